from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read-all/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("sms/received/", views.sms_received, name="sms_received"),
    path("sent/", views.sent, name="sent"),
    path("sent/answer/", views.sms_answer, name="sms_answer"),
    path("sent/<id12:public_id>/again/", views.again, name="again"),
    path("<id12:public_id>/", views.message, name="message"),
]
