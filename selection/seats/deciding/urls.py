"""Addresses of decisions of many files, below those of rounds."""

from django.urls import path

from . import views

urlpatterns = [
    path("<round:code>/seats/<letter:letter>/send/", views.send, name="send_to_decision"),
    path("<round:code>/decisions/", views.decisions, name="round_decisions"),
    path("<round:code>/decisions/change/", views.change, name="change_decisions"),
    path("<round:code>/decisions/<id12:public_id>/", views.decision, name="round_decision"),
    path("<round:code>/decisions/<id12:public_id>/sign/", views.sign, name="round_decision_sign"),
    path("<round:code>/decisions/<id12:public_id>/return/", views.give_back, name="round_decision_return"),
]
