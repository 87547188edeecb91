"""Addresses of /api/v1/payments/."""

from django.urls import path

from . import payments

app_name = "payments_api"
urlpatterns = [
    path("", payments.Payments.as_view(), name="payments"),
    path("<id12:public_id>/", payments.OnePayment.as_view(), name="payment"),
    path("<id12:public_id>/attempts/", payments.Attempts.as_view(), name="attempts"),
    path("<id12:public_id>/attempts/<int:number>/leave/", payments.LeaveAttempt.as_view(), name="leave"),
]
