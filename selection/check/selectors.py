"""Kept score cards, found by what stands on a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import ScoreCard

if TYPE_CHECKING:
    from selection.engine.card import Card


def card_by_seal(file_number: str, seal: str) -> ScoreCard | None:
    """The card of a file whose seal begins so; None for an unknown number and for a wrong seal alike.

    seal: at least the twelve hexadecimal digits that a receipt prints, without spaces.
    """
    return ScoreCard.objects.filter(application__file_number=file_number, seal__startswith=seal).order_by("-pk").first()


def is_issued(card: Card) -> bool:
    """Whether the portal itself gave this card. The engine is open, so anybody can make one up whose seal fits."""
    return ScoreCard.objects.filter(application__sme__public_id=card.facts.sme, seal=card.seal).exists()


def card_by_code(code: str) -> ScoreCard | None:
    """The card whose receipt prints this code, in any spelling; with its file. None for any other."""
    plain = "".join(sign for sign in code.upper() if sign.isalpha())
    return ScoreCard.objects.filter(code=plain).select_related("application", "application__round").first()


def is_newest(card: ScoreCard) -> bool:
    """Whether no later score of the file took its place."""
    return not ScoreCard.objects.filter(application=card.application_id, pk__gt=card.pk).exists()
