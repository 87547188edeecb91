"""Places in words, and which letter an event is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import get_language, gettext

from smes.vocabulary.wording import MODES, city_name
from training.models.labels import LANGUAGE_LABELS, TIME_OF_DAY_LABELS
from training.states import Happened, PlaceState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.models import Cohort


def way_words(mode: str, city: str) -> str:
    """ "In person, Lahore", "Online"; "" where neither is said."""
    return gettext(", ").join(part for part in (str(MODES.get(mode, mode)), city_name(city) if city else "") if part)


def given_words(cohort: Cohort, *, language: str = "") -> str:
    """How a cohort is given, in one line: "In person, Lahore, Urdu, Morning"."""
    with translation.override(language or get_language()):
        way = way_words(cohort.mode, cohort.city)
        parts = (way, str(LANGUAGE_LABELS[cohort.language]), str(TIME_OF_DAY_LABELS[cohort.time_of_day]))
        return gettext(", ").join(part for part in parts if part)


def letter_of(event: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The template of the message to the firm, "" for none, and the state in which the place must be for it to be true."""
    if event == Happened.PLACE_GIVEN_UP:
        templates = {"cancelled": "place.cancelled", "begun": "place.begun"}
        return templates.get(data["why"], ""), PlaceState.GIVEN_UP.value
    if event == Happened.PLACE_WAITING:
        return event, PlaceState.WAITING.value
    return "place.promoted" if data.get("promoted") else event, PlaceState.HELD.value
