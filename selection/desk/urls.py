"""Addresses of the desk."""

from django.urls import path

from . import acts, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/views/", views.save_view, name="desk_view_save"),
    path("desk/views/<int:view_id>/forget/", views.forget_view, name="desk_view_forget"),
    path("desk/<id12:public_id>/", views.file, name="desk_file"),
    path("desk/<id12:public_id>/read/", acts.read, name="desk_read"),
    path("desk/<id12:public_id>/recommend/", acts.recommend, name="desk_recommend"),
    path("desk/<id12:public_id>/return/", acts.send_back, name="desk_return"),
    path("desk/<id12:public_id>/decide/", acts.decide, name="desk_decide"),
    path("desk/<id12:public_id>/assign/", acts.assign, name="desk_assign"),
    path("desk/<id12:public_id>/ask/", acts.ask, name="desk_ask"),
    path("desk/<id12:public_id>/questions/<id12:question>/cancel/", acts.cancel_question, name="desk_cancel_question"),
    path("desk/<id12:public_id>/conflict/", acts.declare_conflict, name="desk_conflict"),
    path("desk/<id12:public_id>/letters/", acts.write, name="desk_write"),
    path("desk/<id12:public_id>/papers/<id12:paper>/verify/", acts.verify_paper, name="desk_verify_paper"),
    path("desk/<id12:public_id>/papers/<id12:paper>/refuse/", acts.refuse_paper, name="desk_refuse_paper"),
]
