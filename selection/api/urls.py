"""Addresses of /api/v1/."""

from django.urls import path

from . import views as api

app_name = "api"
urlpatterns = [
    path("rounds/", api.Rounds.as_view(), name="rounds"),
    path("sectors/", api.Sectors.as_view(), name="sectors"),
    path("indicators/", api.Indicators.as_view(), name="indicators"),
    path("indicators/<slug:sector>/", api.SectorIndicators.as_view(), name="sector_indicators"),
    path("applications/", api.OwnApplications.as_view(), name="applications"),
    path("applications/<slug:public_id>/", api.OwnApplication.as_view(), name="application"),
    path("desk/files/", api.Queue.as_view(), name="desk_files"),
    path("desk/files/<slug:public_id>/", api.DeskFile.as_view(), name="desk_file"),
    path("desk/files/<slug:public_id>/recommend/", api.Recommend.as_view(), name="desk_recommend"),
    path("desk/files/<slug:public_id>/decide/", api.Decide.as_view(), name="desk_decide"),
]
