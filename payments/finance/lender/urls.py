"""Addresses of lenders, of those who watch over them, and of figures about them."""

from django.urls import path

from . import views

urlpatterns = [
    path("lender/", views.queue, name="lender_queue"),
    path("lender/cases/<id12:public_id>/", views.case, name="lender_case"),
    path("lender/cases/<id12:public_id>/pack.pdf", views.case_pdf, name="lender_case_pdf"),
    path("lender/demand/", views.demand, name="lender_demand"),
    path("lender/demand/answer/", views.pool_answer, name="pool_answer"),
    path("finance/", views.overview, name="finance_overview"),
    path("finance/figures/", views.figures, name="finance_figures"),
]
