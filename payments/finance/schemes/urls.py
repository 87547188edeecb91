"""Addresses of the finance schemes."""

from django.urls import path

from . import views

urlpatterns = [
    path("schemes/", views.schemes, name="schemes"),
    path("schemes/desk/", views.desk, name="schemes_desk"),
    path("schemes/desk/new/", views.new, name="scheme_new"),
    path("schemes/desk/terms/", views.terms, name="lending_terms"),
    path("schemes/desk/<slug:code>/", views.edit, name="scheme"),
]
