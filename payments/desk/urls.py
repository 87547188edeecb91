"""Addresses of the desk of payments, below /payments/desk/."""

from django.urls import path

from . import acts, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("payments/", views.payments, name="desk_payments"),
    path("payments.csv", views.payments_csv, name="desk_payments_csv"),
    path("payments.xlsx", views.payments_xlsx, name="desk_payments_xlsx"),
    path("payments/<id12:public_id>/", views.payment, name="desk_payment"),
    path("payments/<id12:public_id>/propose/", acts.propose, name="desk_propose"),
    path("findings/", views.findings, name="desk_findings"),
    path("findings/<id12:public_id>/settle/", acts.settle, name="desk_settle"),
    path("findings/<id12:public_id>/found/", acts.give_found, name="desk_found"),
    path("findings/<id12:public_id>/back/", acts.found_back, name="desk_found_back"),
    path("acts/", views.acts, name="desk_acts"),
    path("acts/<id12:public_id>/sign/", acts.sign, name="desk_sign"),
    path("acts/<id12:public_id>/return/", acts.give_back, name="desk_return"),
    path("proofs/", views.proofs, name="desk_proofs"),
    path("proofs/<id12:public_id>/approve/", acts.approve, name="desk_proof_approve"),
    path("proofs/<id12:public_id>/refuse/", acts.refuse, name="desk_proof_refuse"),
    path("refunds/", views.refunds, name="desk_refunds"),
    path("refunds/<id12:public_id>/paid/", acts.note_by_hand, name="desk_refund_paid"),
    path("refunds/<id12:public_id>/seen/", acts.bear_out, name="desk_refund_seen"),
    path("refunds/<id12:public_id>/not-gone/", acts.note_not_gone, name="desk_refund_not_gone"),
    path("refused/", views.refused, name="desk_refused"),
    path("rules/", views.rules, name="desk_rules"),
]
