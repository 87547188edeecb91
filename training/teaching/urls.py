"""Addresses of the trainer's pages."""

from django.urls import path

from . import acts, views

urlpatterns = [
    path("day/", views.day, name="day"),
    path("sessions/worker.js", views.worker, name="session_worker"),
    path("sessions/<id12:public_id>/", views.session, name="session"),
    path("sessions/<id12:public_id>/code/", views.code, name="session_code"),
    path("sessions/<id12:public_id>/screen/", views.screen, name="session_screen"),
    path("sessions/<id12:public_id>/code/stop/", acts.code_stop, name="session_code_stop"),
    path("sessions/<id12:public_id>/code/show/", acts.code_show, name="session_code_show"),
    path("sessions/<id12:public_id>/roll/", acts.roll, name="session_roll"),
    path("sessions/<id12:public_id>/marks/", acts.marks, name="session_marks"),
    path("sessions/<id12:public_id>/sheet/", acts.sheet, name="session_sheet"),
    path("sessions/<id12:public_id>/sheet.pdf", views.sheet_pdf, name="session_sheet_pdf"),
    path("sessions/<id12:public_id>/people/<id12:place_id>/", acts.person, name="session_person"),
]
