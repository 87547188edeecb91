"""Addresses of selection behind the sign-in: each room of pages keeps its own."""

from django.urls import include, path, register_converter

from tdap_portal.web.converters import PublicIdConverter

register_converter(PublicIdConverter, "id12")

app_name = "selection"
urlpatterns = [
    path("", include("selection.firm.urls")),
    path("", include("selection.desk.urls")),
    path("", include("selection.bulk.urls")),
    path("desk/rounds/", include("selection.scoring.urls")),
    path("desk/rounds/", include("selection.rounds.urls")),
]
