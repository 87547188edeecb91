"""Address of the training as a firm follows it."""

from django.urls import path

from . import views

urlpatterns = [path("firm/<id12:public_id>/", views.training, name="firm")]
