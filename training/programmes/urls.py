"""Programmes and their modules, for officials."""

from django.urls import path

from . import views

urlpatterns = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/new/", views.new, name="programme_new"),
    path("programmes/<id12:public_id>/", views.programme, name="programme"),
    path("programmes/<id12:public_id>/edit/", views.edit, name="programme_edit"),
    path("programmes/<id12:public_id>/modules/new/", views.module_new, name="module_new"),
    path("programmes/<id12:public_id>/modules/<id12:module_id>/", views.module_edit, name="module_edit"),
    path("programmes/<id12:public_id>/modules/<id12:module_id>/move/", views.module_move, name="module_move"),
]
