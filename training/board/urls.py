"""Addresses of the boards."""

from django.urls import path

from . import views

urlpatterns = [
    path("partner/", views.partner_board, name="partner_board"),
    path("partner/board.xlsx", views.partner_workbook, name="partner_workbook"),
    path("partner/board.pdf", views.partner_pdf, name="partner_pdf"),
    path("partner/digest/", views.digest, name="digest"),
    path("digest/<token:token>/", views.digest_stop, name="digest_stop"),
    path("taught/", views.taught, name="taught"),
    path("board/", views.board, name="board"),
    path("board/partners/", views.funnels, name="board_partners"),
]
