"""What the timetable keeps to, below /training/timetable/hours/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.hours, name="timetable_hours"),
    path("holidays/new/", views.holiday_new, name="timetable_holiday_new"),
    path("holidays/<id12:public_id>/", views.holiday, name="timetable_holiday"),
    path("new/", views.hours_new, name="timetable_hours_new"),
    path("<id12:public_id>/", views.hours_edit, name="timetable_hours_edit"),
    path("road/", views.road, name="timetable_road"),
    path("rule/", views.rule, name="timetable_rule"),
]
