"""Asking for a role and answering; below /accounts/."""

from django.urls import path

from . import views

app_name = "roles"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("<id12:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/<id12:public_id>/", views.one, name="request"),
    path("waiting/<id12:public_id>/grant/", views.grant, name="grant"),
    path("waiting/<id12:public_id>/refuse/", views.refuse, name="refuse"),
]
