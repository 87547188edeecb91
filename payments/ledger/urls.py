"""Addresses of the books, below /payments/books/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.balances, name="books"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/lines.csv", views.account_csv, name="account_csv"),
    path("accounts/<int:pk>/lines.xlsx", views.account_xlsx, name="account_xlsx"),
    path("entries/<int:pk>/", views.entry, name="entry"),
    path("days/", views.days, name="days"),
    path("days/<str:day>/prepare/", views.prepare, name="day_prepare"),
    path("days/<str:day>/close/", views.close, name="day_close"),
]
