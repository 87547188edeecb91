"""Addresses of payments: each room of pages keeps its own."""

from django.urls import include, path

from .deposits import views

app_name = "payments"
urlpatterns = [
    path("notices/<slug:way>/", views.notice, name="notice"),
    path("", include("payments.proceeds.urls")),
    path("", include("payments.ageing.urls")),
    path("", include("payments.statement.urls")),
    path("", include("payments.pulse.urls")),
]
