"""Addresses of the timetable, below /training/timetable/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.timetable, name="timetable"),
    path("sessions/<id12:public_id>/", views.session, name="timetable_session"),
    path("sessions/<id12:public_id>/try/", views.try_move, name="timetable_try"),
    path("proposals/", views.propose, name="timetable_propose"),
    path("proposals/<id12:public_id>/", views.proposal, name="timetable_proposal"),
    path("publish/", views.publish, name="timetable_publish"),
    path("versions/", views.versions, name="timetable_versions"),
    path("versions/<int:number>/", views.version, name="timetable_version"),
]
