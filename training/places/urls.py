"""Addresses of places: the firm's own, and those of officials."""

from django.urls import path

from . import views

urlpatterns = [
    path("firm/<id12:public_id>/place/", views.place, name="place"),
    path("firm/<id12:public_id>/place/attendee/", views.attendee, name="place_attendee"),
    path("firm/<id12:public_id>/place/<id12:cohort_id>/", views.cohort, name="place_cohort"),
    path("firm/<id12:public_id>/place/<id12:cohort_id>/change/", views.change, name="place_change"),
    path("firm/<id12:public_id>/place/<id12:cohort_id>/wait/", views.wait, name="place_wait"),
    path("firm/<id12:public_id>/place/<id12:cohort_id>/stop-waiting/", views.stop_waiting, name="place_stop_waiting"),
    path("places/", views.desk_places, name="desk_places"),
    path("places/<id12:public_id>/", views.roster, name="roster"),
    path("places/<id12:public_id>/<id12:place_id>/name/", views.roster_name, name="roster_name"),
    path("places/<id12:public_id>/roster.csv", views.roster_csv, name="roster_csv"),
]
