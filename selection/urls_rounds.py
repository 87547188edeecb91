"""Rounds as the director runs them."""

from django.urls import path

from . import views_rounds as views

urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("new/", views.new, name="round_new"),
    path("rescorings/<id12:public_id>/", views.rescoring, name="rescoring"),
    path("<str:code>/<str:action>/", views.act, name="round_act"),
]
