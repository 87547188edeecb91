"""Addresses of payments: each room of pages keeps its own."""

from django.urls import include, path

from .deposits import views

app_name = "payments"
urlpatterns = [
    path("notices/<slug:way>/", views.notice, name="notice"),
    path("desk/", include("payments.desk.urls")),
    path("books/", include("payments.ledger.urls")),
    path("", include("payments.trial.urls")),
    path("", include("payments.checkout.urls")),
    path("", include("payments.readiness.urls")),
    path("", include("payments.finance.schemes.urls")),
    path("", include("payments.finance.firm.urls")),
    path("", include("payments.finance.lender.urls")),
    path("", include("payments.proceeds.urls")),
    path("", include("payments.ageing.urls")),
    path("", include("payments.statement.urls")),
    path("", include("payments.pulse.urls")),
    path("", include("payments.reconciliation.urls")),
]
