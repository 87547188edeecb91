"""Addresses of an appeal, the firm's page and those of the desk."""

from django.urls import path

from . import views

urlpatterns = [
    path("file/<id12:public_id>/appeal/", views.appeal, name="appeal"),
    path("desk/appeals/", views.appeals, name="desk_appeals"),
    path("desk/appeals/appeals.csv", views.appeals_csv, name="desk_appeals_csv"),
    path("desk/appeals/<id12:public_id>/", views.desk_appeal, name="desk_appeal"),
    path("desk/appeals/<id12:public_id>/decide/", views.decide, name="desk_appeal_decide"),
]
