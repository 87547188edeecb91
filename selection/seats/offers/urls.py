"""Addresses of offers: the firm's own, and those of a round below the desk's rounds."""

from django.urls import path

from . import views

firm_urlpatterns = [
    path("file/<id12:public_id>/offer/", views.offer, name="offer"),
    path("file/<id12:public_id>/offer/decline/", views.decline, name="offer_decline"),
    path("file/<id12:public_id>/offer/give-back/", views.give_back, name="offer_give_back"),
]
urlpatterns = [
    path("<round:code>/offers/", views.offers, name="offers"),
    path("<round:code>/offers/offers.csv", views.offers_csv, name="offers_csv"),
    path("<round:code>/offers/offers.xlsx", views.offers_xlsx, name="offers_xlsx"),
    path("<round:code>/offers/terms/", views.terms, name="offer_terms"),
    path("<round:code>/offers/waiting/", views.waiting_list, name="waiting_list"),
    path("<round:code>/offers/reserve/", views.reserve, name="offer_reserve"),
    path("<round:code>/offers/short/", views.short_offer, name="short_offer"),
    path("<round:code>/offers/acts/<id12:public_id>/sign/", views.sign, name="seat_act_sign"),
    path("<round:code>/offers/acts/<id12:public_id>/return/", views.return_act, name="seat_act_return"),
    path("<round:code>/offers/<id12:public_id>/remind/", views.remind, name="offer_remind"),
    path("<round:code>/offers/<id12:public_id>/extend/", views.extend, name="offer_extend"),
]
