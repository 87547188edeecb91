"""Addresses of what everybody can check: whether the programme is for a firm, and whether a score is right."""

from django.urls import path

from . import views

urlpatterns = [
    path("check/", views.check, name="check"),
    path("check/keep/", views.keep_check, name="keep_check"),
    path("receipt/check/", views.receipt_check, name="receipt_check"),
    path("receipt/<str:code>/", views.receipt_by_code, name="receipt_by_code"),
]
