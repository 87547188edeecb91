"""Addresses of selection behind the sign-in: each room of pages keeps its own."""

from django.urls import include, path

from selection.seats.offers.urls import firm_urlpatterns

app_name = "selection"
urlpatterns = [
    path("", include("selection.home.urls")),
    path("", include("selection.firm.urls")),
    path("", include(firm_urlpatterns)),
    path("", include("selection.appeals.urls")),
    path("", include("selection.handover.urls")),
    path("", include("selection.desk.urls")),
    path("", include("selection.verification.urls")),
    path("", include("selection.bulk.urls")),
    path("", include("selection.nominations.urls")),
    path("desk/rounds/", include("selection.scoring.urls")),
    path("desk/rounds/", include("selection.seats.composer.urls")),
    path("desk/rounds/", include("selection.seats.deciding.urls")),
    path("desk/rounds/", include("selection.seats.offers.urls")),
    path("desk/rounds/", include("selection.rounds.urls")),
]
