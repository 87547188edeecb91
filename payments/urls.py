from django.urls import include, path

from .deposits import views

app_name = "payments"
urlpatterns = [
    path("notices/<slug:way>/", views.notice, name="notice"),
    path("", include("payments.reconciliation.urls")),
]
