"""The calendar of the training for everybody; cohorts, for officials."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.calendar, name="public_calendar"),
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/new/", views.new, name="cohort_new"),
    path("cohorts/<id12:public_id>/", views.cohort, name="cohort"),
    path("cohorts/<id12:public_id>/edit/", views.edit, name="cohort_edit"),
    path("cohorts/<id12:public_id>/clone/", views.clone, name="cohort_clone"),
    path("cohorts/<id12:public_id>/joining/", views.joining, name="cohort_joining"),
    path("cohorts/<id12:public_id>/open/", views.open_, name="cohort_open"),
    path("cohorts/<id12:public_id>/cancel/", views.cancel, name="cohort_cancel"),
]
