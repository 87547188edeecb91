from django.urls import include, path

from .deposits import views

app_name = "payments"
urlpatterns = [
    path("notices/<slug:way>/", views.notice, name="notice"),
    path("", include("payments.readiness.urls")),
    path("", include("payments.finance.schemes.urls")),
    path("", include("payments.finance.firm.urls")),
    path("", include("payments.finance.lender.urls")),
]
