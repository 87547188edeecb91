"""What a firm's home says of its training: choose a cohort, wait, or come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.applications.asks import Ask
from tdap_portal.core.days import day_words
from training.models.labels import PLACE_STATE_LABELS
from training.states import PlaceState

from . import selectors, wording

if TYPE_CHECKING:
    from selection.models import Application, Offer
    from training.models import Place


def firm_ask(offer: Offer) -> Ask:
    """offer: accepted, with its application. For the block on top of the firm's pages; at most four queries."""
    row = offer.application
    url = reverse("training:place", args=[row.public_id])
    places = selectors.living_places(row)
    if places:
        return _of_places(row, places, url)
    number = selectors.fitting_cohorts(offer).count()
    if not number:
        return Ask(
            title=_("The cohorts of your training are not open yet"),
            text=_("The seat is yours. We write to you as soon as you can choose when and where the firm is trained."),
            badge=_("With TDAP"),
            tone="us",
            url=url,
            label=_("Your place in the training"),
        )
    return Ask(
        title=_("Choose the cohort in which your firm is trained"),
        text=ngettext(
            "%(number)d cohort is as you accepted it. Its places go to whoever takes them first.",
            "%(number)d cohorts are as you accepted them. Their places go to whoever takes them first.",
            number,
        )
        % {"number": number},
        badge=_("Waits for you"),
        url=url,
        label=_("Choose a cohort"),
    )


def _of_places(row: Application, places: list[Place], url: str) -> Ask:
    first = places[0]
    words = {"cohort": first.cohort.code, "day": day_words(first.cohort.starts_on)}
    if first.state == PlaceState.HELD:
        training = reverse("training:firm", args=[row.public_id])
        coming = selectors.next_session(first.cohort)
        if coming is not None and coming.starts_at is not None:
            when = day_words(coming.starts_at, "DATETIME_FORMAT")
            return Ask(
                title=_("Your training: %(session)s") % {"session": coming.title_here},
                text=_("On %(day)s. Who comes: %(name)s.") % {"day": when, "name": first.attendee},
                badge=PLACE_STATE_LABELS[PlaceState.HELD],
                tone="done",
                url=training,
                label=_("Your training"),
            )
        return Ask(
            title=_("Your place: cohort %(cohort)s") % words,
            text=_("From %(day)s. %(given)s. Who comes: %(name)s.")
            % {**words, "given": wording.given_words(first.cohort), "name": first.attendee},
            badge=_("Done"),
            tone="done",
            url=training,
            label=_("Your training"),
        )
    return Ask(
        title=_("Your firm waits for a place in cohort %(cohort)s") % words,
        text=_(
            "Number %(number)d of its waiting list. A place that comes free is yours in your turn, and we write to you."
        )
        % {"number": selectors.number_on_list(first)},
        badge=PLACE_STATE_LABELS[PlaceState.WAITING],
        tone="us",
        url=url,
        label=_("Your place in the training"),
    )
