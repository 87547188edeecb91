"""Addresses of rescoring, below those of rounds."""

from django.urls import path

from . import views

urlpatterns = [
    path("rescorings/<id12:public_id>/", views.rescoring, name="rescoring"),
    path("<round:code>/rescore/", views.rescore, name="round_rescore"),
]
