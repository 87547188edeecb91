"""Addresses of /api/v1/training/."""

from django.urls import path

from . import views

app_name = "api_training"
urlpatterns = [
    path("cohorts/", views.Cohorts.as_view(), name="cohorts"),
    path("cohorts/<id12:public_id>/", views.OneCohort.as_view(), name="cohort"),
    path("sessions/", views.Sessions.as_view(), name="sessions"),
    path("sessions/<id12:public_id>/", views.OneSession.as_view(), name="session"),
    path("attendance/", views.AttendanceRows.as_view(), name="attendance"),
    path("certificates/", views.Certificates.as_view(), name="certificates"),
    path("certificates/<id12:public_id>/", views.OneCertificate.as_view(), name="certificate"),
    path("nominees/", views.Nominees.as_view(), name="nominees"),
]
