"""Addresses of /api/v1/payments/."""

from django.urls import path

from . import finance, payments, proceeds

app_name = "payments_api"
urlpatterns = [
    path("", payments.Payments.as_view(), name="payments"),
    path("<id12:public_id>/", payments.OnePayment.as_view(), name="payment"),
    path("<id12:public_id>/attempts/", payments.Attempts.as_view(), name="attempts"),
    path("<id12:public_id>/attempts/<int:number>/leave/", payments.LeaveAttempt.as_view(), name="leave"),
    path("finance/cases/", finance.OwnCases.as_view(), name="finance_cases"),
    path("finance/cases/<id12:public_id>/", finance.OwnCase.as_view(), name="finance_case"),
    path("finance/queue/", finance.LenderQueue.as_view(), name="finance_queue"),
    path("finance/queue/<id12:public_id>/", finance.LenderPack.as_view(), name="finance_pack"),
    path("shipments/", proceeds.Shipments.as_view(), name="shipments"),
    path("shipments/<id12:public_id>/", proceeds.OneShipment.as_view(), name="shipment"),
    path("proceeds/", proceeds.Receipts.as_view(), name="proceeds"),
    path("proceeds/<id12:public_id>/", proceeds.OneReceipt.as_view(), name="receipt"),
    path("statement/", proceeds.Statement.as_view(), name="statement"),
    path("pulse/", proceeds.Pulse.as_view(), name="pulse"),
]
