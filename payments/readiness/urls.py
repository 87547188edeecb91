"""Addresses of how firms are paid."""

from django.urls import path

from . import views

urlpatterns = [
    path("firm/<id12:public_id>/readiness/", views.readiness, name="readiness"),
    path("readiness/", views.queue, name="readiness_queue"),
    path("readiness/<id12:public_id>/", views.proof, name="readiness_proof"),
    path("readiness/<id12:public_id>/paper/", views.paper, name="readiness_paper"),
    path("services/", views.rules, name="service_rules"),
    path("services/<slug:code>/", views.rule, name="service_rule"),
]
