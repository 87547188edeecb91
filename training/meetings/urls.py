"""Addresses of reports of meetings online, each of a session."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions/<id12:public_id>/report/", views.upload, name="report_upload"),
    path("sessions/<id12:public_id>/report/result/", views.result, name="report_result"),
    path("sessions/<id12:public_id>/report/names/", views.names, name="report_names"),
    path("sessions/<id12:public_id>/report/<id12:report_id>/", views.report, name="report"),
    path("sessions/<id12:public_id>/report/<id12:report_id>/columns/", views.columns, name="report_columns"),
]
