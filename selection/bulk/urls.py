"""Addresses of acts on many files."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/bulk/", views.bulk, name="desk_bulk"),
    path("desk/bulk/confirm/", views.confirm, name="desk_bulk_confirm"),
    path("desk/bulk/<id12:public_id>/", views.bulk_act, name="desk_bulk_act"),
]
