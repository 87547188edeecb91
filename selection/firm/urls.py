"""Addresses of the firm's own pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("file/", views.home, name="firm_home"),
    path("firm/<id12:public_id>/", views.firm, name="firm"),
    path("apply/<round:code>/", views.apply, name="apply"),
    path("file/<id12:public_id>/", views.file, name="file"),
    path("file/<id12:public_id>/submitted/", views.submitted, name="submitted"),
    path("file/<id12:public_id>/picture.png", views.picture, name="picture"),
    path("file/<id12:public_id>/copy/", views.frozen, name="frozen"),
    path("file/<id12:public_id>/reopen/", views.reopen, name="reopen"),
    path("file/<id12:public_id>/question/", views.question, name="question"),
    path("file/<id12:public_id>/letters/", views.letters, name="letters"),
    path("file/<id12:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("file/<id12:public_id>/receipt/", views.receipt, name="receipt"),
    path("file/<id12:public_id>/receipt/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("file/<id12:public_id>/receipt/card.json", views.card, name="card"),
]
