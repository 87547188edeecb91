"""Addresses of what the bank says."""

from django.urls import path

from . import days, views

DAY = "bank/<id12:account>/days/<int:year>/<int:month>/<int:day>/"
MONTH = "bank/<id12:account>/months/<int:year>/<int:month>"

urlpatterns = [
    path("bank/", views.overview, name="bank"),
    path("bank/accounts/", views.accounts, name="bank_accounts"),
    path("bank/upload/", views.upload, name="bank_upload"),
    path("bank/files/<id12:public_id>/", views.file, name="bank_file"),
    path("bank/files/<id12:public_id>/columns/", views.columns, name="bank_columns"),
    path("bank/files/<id12:public_id>/broken.csv", views.broken, name="bank_broken"),
    path("bank/queue/", views.queue, name="bank_queue"),
    path("bank/lines/<id12:public_id>/", views.line, name="bank_line"),
    path("bank/matches/<id12:public_id>/back/", views.match_back, name="bank_match_back"),
    path("bank/proposals/<id12:public_id>/", views.proposal, name="bank_proposal"),
    path("bank/reports/", days.reports, name="bank_reports"),
    path("bank/reports/<id12:public_id>/", days.report, name="bank_report"),
    path(f"{MONTH}/", days.month, name="bank_month"),
    path(f"{MONTH}.xlsx", days.month_xlsx, name="bank_month_xlsx"),
    path(f"{MONTH}.csv", days.month_csv, name="bank_month_csv"),
    path(DAY, days.day, name="bank_day"),
]
