"""Addresses of being there: the code on the trainer's screen, and the meeting online."""

from django.urls import path

from . import views

urlpatterns = [
    path("attend/", views.attend_code, name="attend_code"),
    path("attend/<id12:public_id>/<str:code>/", views.attend, name="attend"),
    path("join/<id12:public_id>/", views.join, name="join"),
]
