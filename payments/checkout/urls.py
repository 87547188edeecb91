"""Addresses of the firm's pages, below /payments/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("firm/<id12:public_id>/", views.firm, name="firm"),
    path("firm/<id12:public_id>/statement.pdf", views.statement, name="statement"),
    path("receipts/<id12:public_id>/", views.receipt, name="receipt"),
    path("back/<id12:public_id>/", views.back, name="back"),
    path("<id12:public_id>/", views.payment, name="payment"),
    path("<id12:public_id>/pay/", views.pay, name="pay"),
    path("<id12:public_id>/tries/<int:number>/", views.attempt, name="attempt"),
    path("<id12:public_id>/tries/<int:number>/look/", views.look, name="attempt_look"),
    path("<id12:public_id>/tries/<int:number>/leave/", views.leave, name="attempt_leave"),
    path("<id12:public_id>/tries/<int:number>/slip/", views.send_slip, name="slip_send"),
    path("<id12:public_id>/tries/<int:number>/challan.pdf", views.challan, name="challan"),
    path("<id12:public_id>/slips/<id12:proof_id>/", views.slip, name="slip"),
]
