"""Addresses of question banks, within their programme."""

from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<id12:public_id>/questions/", views.questions, name="questions"),
    path("programmes/<id12:public_id>/questions/new/", views.question_new, name="question_new"),
    path("programmes/<id12:public_id>/questions/<id12:question_id>/", views.question, name="question"),
    path("programmes/<id12:public_id>/questions/<id12:question_id>/edit/", views.question_edit, name="question_edit"),
    path(
        "programmes/<id12:public_id>/questions/<id12:question_id>/retire/",
        views.question_retire,
        name="question_retire",
    ),
    path("programmes/<id12:public_id>/assessment/", views.assessment_rules, name="assessment_rules"),
]
