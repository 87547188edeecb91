"""Addresses of the finance pulse."""

from django.urls import path

from . import views

urlpatterns = [
    path("pulse/", views.pulse, name="pulse"),
    path("pulse.csv", views.pulse_csv, name="pulse_csv"),
    path("pulse/add/", views.add, name="pulse_add"),
]
