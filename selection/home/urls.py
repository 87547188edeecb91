"""Where officials and partners begin: one address a role (settings.HOMES)."""

from django.urls import path

from . import views

urlpatterns = [
    path("home/officer/", views.officer, name="officer_home"),
    path("home/director/", views.director, name="director_home"),
    path("home/programme/", views.programme, name="programme_home"),
    path("home/finance/", views.finance, name="finance_home"),
    path("home/administrator/", views.administrator, name="administrator_home"),
    path("home/partner/", views.partner, name="partner_home"),
]
