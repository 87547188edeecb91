"""Trainers and venues, for officials."""

from django.urls import path

from . import views

urlpatterns = [
    path("trainers/", views.trainers, name="trainers"),
    path("trainers/new/", views.trainer_new, name="trainer_new"),
    path("trainers/<id12:public_id>/", views.trainer, name="trainer"),
    path("trainers/<id12:public_id>/edit/", views.trainer_edit, name="trainer_edit"),
    path("trainers/<id12:public_id>/absences/<id12:away_id>/remove/", views.absence_remove, name="absence_remove"),
    path("venues/", views.venues, name="venues"),
    path("venues/new/", views.venue_new, name="venue_new"),
    path("venues/<id12:public_id>/", views.venue, name="venue"),
    path("venues/<id12:public_id>/edit/", views.venue_edit, name="venue_edit"),
    path("venues/<id12:public_id>/closings/<id12:away_id>/remove/", views.closing_remove, name="closing_remove"),
]
