"""Addresses of nominations."""

from django.urls import path

from . import views

urlpatterns = [
    path("nominations/", views.start, name="nominations_start"),
    path("nominations/<id12:public_id>/", views.nominations, name="nominations"),
    path("nominations/<id12:public_id>/one/", views.one, name="nominate_one"),
    path("nominations/<id12:public_id>/nominees/", views.nominees, name="nominees"),
    path("nominations/sheets/<id12:public_id>/", views.sheet, name="nomination_sheet"),
    path("nominations/sheets/<id12:public_id>/columns/", views.columns, name="nomination_columns"),
    path("nominations/sheets/<id12:public_id>/reasons.csv", views.reasons, name="nomination_reasons"),
    path("nominations/nominees/<id12:public_id>/withdraw/", views.withdraw, name="nomination_withdraw"),
    path("nomination/<token:token>/", views.nomination, name="nomination"),
    path("desk/nominations/", views.desk, name="desk_nominations"),
    path("desk/nominations/places/", views.places, name="nomination_places"),
    path("desk/radar/", views.radar_page, name="radar"),
    path("desk/radar.csv", views.radar_csv, name="radar_csv"),
]
