"""Addresses of /api/v1/."""

from django.urls import path

from . import views

app_name = "api"
urlpatterns = [
    path("rounds/", views.Rounds.as_view(), name="rounds"),
    path("sectors/", views.Sectors.as_view(), name="sectors"),
    path("indicators/", views.Indicators.as_view(), name="indicators"),
    path("indicators/<slug:sector>/", views.SectorIndicators.as_view(), name="sector_indicators"),
    path("applications/", views.OwnApplications.as_view(), name="applications"),
    path("applications/<id12:public_id>/", views.OwnApplication.as_view(), name="application"),
    path("desk/files/", views.Queue.as_view(), name="desk_files"),
    path("desk/files/<id12:public_id>/", views.DeskFile.as_view(), name="desk_file"),
    path("desk/appeals/", views.DeskAppeals.as_view(), name="desk_appeals"),
    path("desk/appeals/<id12:public_id>/", views.DeskAppeal.as_view(), name="desk_appeal"),
    path("desk/files/<id12:public_id>/recommend/", views.Recommend.as_view(), name="desk_recommend"),
    path("desk/files/<id12:public_id>/decide/", views.Decide.as_view(), name="desk_decide"),
]
