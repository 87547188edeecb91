"""Rounds as the director runs them."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("new/", views.new, name="round_new"),
    path("<round:code>/edit/", views.edit, name="round_edit"),
    path("<round:code>/closing/", views.closing, name="round_closing"),
    path("<round:code>/<slug:action>/", views.act, name="round_act"),
]
