"""Addresses of rescoring and of studies of levels, below those of rounds."""

from django.urls import path

from . import views

urlpatterns = [
    path("rescorings/<id12:public_id>/", views.rescoring, name="rescoring"),
    path("studies/<id12:public_id>/", views.level_study, name="level_study"),
    path("<round:code>/levels/", views.levels, name="round_levels"),
    path("<round:code>/rescore/", views.rescore, name="round_rescore"),
]
