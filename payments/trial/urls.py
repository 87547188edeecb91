"""Addresses of the sandbox, below /payments/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sandbox/", views.order, name="sandbox"),
    path("sandbox/play/", views.play, name="sandbox_play"),
]
