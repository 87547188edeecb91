"""Addresses of the desk."""

from django.urls import path

from . import acts, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/views/", views.save_view, name="desk_view_save"),
    path("desk/views/<int:view_id>/forget/", views.forget_view, name="desk_view_forget"),
    path("desk/<id12:public_id>/", views.file, name="desk_file"),
    path("desk/<id12:public_id>/read/", acts.do_act, name="desk_read"),
    path("desk/<id12:public_id>/recommend/", acts.do_act, name="desk_recommend"),
    path("desk/<id12:public_id>/return/", acts.do_act, name="desk_return"),
    path("desk/<id12:public_id>/decide/", acts.do_act, name="desk_decide"),
    path("desk/<id12:public_id>/assign/", acts.assign, name="desk_assign"),
    path("desk/<id12:public_id>/third/", acts.call_third, name="desk_call_third"),
    path("desk/<id12:public_id>/ask/", acts.ask, name="desk_ask"),
    path("desk/<id12:public_id>/questions/<id12:question>/cancel/", acts.cancel_question, name="desk_cancel_question"),
    path("desk/<id12:public_id>/questions/<id12:question>/extend/", acts.do_act, name="desk_extend_question"),
    path("desk/<id12:public_id>/conflict/", acts.do_act, name="desk_conflict"),
    path("desk/<id12:public_id>/letters/", acts.do_act, name="desk_write"),
    path("desk/<id12:public_id>/waivers/", acts.do_act, name="desk_waive"),
    path("desk/<id12:public_id>/waivers/<id12:waiver>/sign/", acts.do_act, name="desk_sign_waiver"),
    path("desk/<id12:public_id>/contradictions/<id12:contradiction>/explain/", acts.do_act, name="desk_explain"),
]
