from django.urls import path

from . import views

urlpatterns = [
    path("calls/", views.calls, name="calls"),
    path("calls/rules/", views.rules, name="watch_rules"),
    path("calls/rules/set/", views.rule, name="watch_rule"),
    path("calls/rules/letters/", views.policy, name="nudge_policy"),
    path("calls/<id12:public_id>/", views.call, name="call"),
    path("calls/<id12:public_id>/take/", views.take, name="call_take"),
    path("calls/<id12:public_id>/leave/", views.leave, name="call_leave"),
]
