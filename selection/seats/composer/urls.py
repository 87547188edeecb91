"""Addresses of the composer, below those of rounds."""

from django.urls import path

from . import views

urlpatterns = [
    path("<round:code>/seats/", views.seats, name="seats"),
    path("<round:code>/seats/<letter:letter>/", views.composition, name="composition"),
    path("<round:code>/seats/<letter:letter>/beside/<letter:other>/", views.beside, name="compositions_beside"),
]
