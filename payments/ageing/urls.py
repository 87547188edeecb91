"""Addresses of the board of export proceeds."""

from django.urls import path

from . import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board.csv", views.board_csv, name="board_csv"),
    path("board.xlsx", views.board_xlsx, name="board_xlsx"),
    path("board/held/<id12:public_id>/", views.held, name="board_held"),
    path("board/rules/", views.rules, name="proceeds_rules"),
    path("board/rules/add/", views.rule, name="proceeds_rule_add"),
    path("board/rules/code/", views.code, name="purpose_code_add"),
    path("board/rules/rate/", views.rate, name="exchange_rate_add"),
]
