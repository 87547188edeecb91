"""Addresses of assessments: the person's own, and those of a cohort for programme managers."""

from django.urls import path

from . import views

urlpatterns = [
    path("assessment/", views.assessment, name="assessment"),
    path("assessment/places/<id12:public_id>/", views.begin, name="assessment_begin"),
    path("assessment/attempts/<id12:public_id>/", views.attempt, name="attempt"),
    path("assessment/attempts/<id12:public_id>/<int:number>/", views.attempt_question, name="attempt_question"),
    path("assessment/attempts/<id12:public_id>/more-time/", views.attempt_prolong, name="attempt_prolong"),
    path("assessment/attempts/<id12:public_id>/hand-in/", views.attempt_hand_in, name="attempt_hand_in"),
    path("assessment/attempts/<id12:public_id>/result/", views.attempt_result, name="attempt_result"),
    path("cohorts/<id12:public_id>/assessment/", views.cohort_assessment, name="cohort_assessment"),
    path("cohorts/<id12:public_id>/assessment/<id12:attempt_id>/", views.cohort_attempt, name="cohort_attempt"),
    path("cohorts/<id12:public_id>/assessment/<id12:place_id>/more/", views.assessment_more, name="assessment_more"),
]
