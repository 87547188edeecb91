"""Addresses of the firm's exports and of its bank's queue."""

from django.urls import path

from . import views

urlpatterns = [
    path("firm/<id12:public_id>/proceeds/", views.own, name="proceeds"),
    path("firm/<id12:public_id>/proceeds.csv", views.own_csv, name="proceeds_csv"),
    path("firm/<id12:public_id>/proceeds.xlsx", views.own_xlsx, name="proceeds_xlsx"),
    path("firm/<id12:public_id>/proceeds/shipment/", views.shipment_new, name="shipment_new"),
    path("firm/<id12:public_id>/proceeds/receipt/", views.receipt_new, name="proceeds_receipt_new"),
    path("shipments/<id12:public_id>/", views.shipment, name="shipment"),
    path("shipments/<id12:public_id>/withdraw/", views.shipment_withdraw, name="shipment_withdraw"),
    path("proceeds/<id12:public_id>/", views.receipt, name="proceeds_receipt"),
    path("proceeds/<id12:public_id>/match/", views.receipt_match, name="proceeds_match"),
    path("proceeds/<id12:public_id>/match/<int:number>/back/", views.receipt_unmatch, name="proceeds_unmatch"),
    path("proceeds/<id12:public_id>/withdraw/", views.receipt_withdraw, name="proceeds_withdraw"),
    path("proceeds/<id12:public_id>/ask/", views.receipt_ask_again, name="proceeds_ask_again"),
    path("proceeds/<id12:public_id>/complete/", views.receipt_complete, name="proceeds_complete"),
    path("bank/proceeds/", views.bank_queue, name="proceeds_queue"),
    path("bank/proceeds/<id12:public_id>/", views.bank_receipt, name="bank_receipt"),
    path("bank/proceeds/<id12:public_id>/confirm/", views.bank_confirm, name="bank_confirm"),
    path("bank/proceeds/<id12:public_id>/disagree/", views.bank_disagree, name="bank_disagree"),
]
