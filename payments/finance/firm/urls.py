"""Addresses of a firm's loans."""

from django.urls import path

from . import views

urlpatterns = [
    path("firm/<id12:public_id>/finance/", views.finance, name="finance"),
    path("firm/<id12:public_id>/finance/ask/", views.ask, name="finance_ask"),
    path("firm/<id12:public_id>/finance/pack/", views.pack, name="finance_pack"),
    path("firm/<id12:public_id>/finance/pack.pdf", views.pack_pdf, name="finance_pack_pdf"),
    path("firm/<id12:public_id>/finance/small/", views.wish, name="finance_wish"),
    path("cases/<id12:public_id>/", views.case, name="finance_case"),
    path("consents/<id12:public_id>/end/", views.end_consent, name="consent_end"),
    path("consents/<id12:public_id>/prolong/", views.prolong_consent, name="consent_prolong"),
    path("pools/<id12:public_id>/", views.pool_reply, name="pool_reply"),
]
