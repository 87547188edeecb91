"""Addresses of the timetable, below /training/timetable/."""

from django.urls import path

from . import views, views_hours

urlpatterns = [
    path("", views.timetable, name="timetable"),
    path("sessions/<id12:public_id>/", views.session, name="timetable_session"),
    path("sessions/<id12:public_id>/try/", views.try_move, name="timetable_try"),
    path("proposals/", views.propose, name="timetable_propose"),
    path("proposals/<id12:public_id>/", views.proposal, name="timetable_proposal"),
    path("publish/", views.publish, name="timetable_publish"),
    path("versions/", views.versions, name="timetable_versions"),
    path("versions/<int:number>/", views.version, name="timetable_version"),
    path("hours/", views_hours.hours, name="timetable_hours"),
    path("hours/holidays/new/", views_hours.holiday_new, name="timetable_holiday_new"),
    path("hours/holidays/<id12:public_id>/", views_hours.holiday, name="timetable_holiday"),
    path("hours/new/", views_hours.hours_new, name="timetable_hours_new"),
    path("hours/<id12:public_id>/", views_hours.hours_edit, name="timetable_hours_edit"),
    path("hours/road/", views_hours.road, name="timetable_road"),
    path("hours/rule/", views_hours.rule, name="timetable_rule"),
]
