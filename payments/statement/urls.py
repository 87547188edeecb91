"""Addresses of the statement."""

from django.urls import path

from . import views

urlpatterns = [
    path("statement/", views.statement, name="proceeds_statement"),
    path("statement.csv", views.statement_csv, name="statement_csv"),
    path("statement.xlsx", views.statement_xlsx, name="statement_xlsx"),
    path("statement.pdf", views.statement_pdf, name="statement_pdf"),
    path("statement/months/", views.months, name="statement_months"),
    path("statement/months/<str:month>/publish/", views.publish, name="statement_publish"),
]
