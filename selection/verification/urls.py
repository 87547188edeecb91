"""Addresses of verifying a firm by its papers."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/<id12:public_id>/verify/", views.firm, name="verify"),
    path("desk/<id12:public_id>/verify/firm/", views.verify_firm, name="verify_firm"),
    path("desk/<id12:public_id>/verify/<id12:paper>/", views.paper, name="verify_paper"),
    path("desk/<id12:public_id>/verify/<id12:paper>/answers/", views.answer, name="verify_answer"),
    path("desk/<id12:public_id>/verify/<id12:paper>/undo/", views.undo, name="verify_undo"),
    path("desk/<id12:public_id>/verify/<id12:paper>/refuse/", views.refuse, name="verify_refuse"),
    path("desk/<id12:public_id>/verify/<id12:paper>/reopen/", views.reopen, name="verify_reopen"),
]
