"""Rounds whose seats can be filled, with files that differ as a test wants it."""

from __future__ import annotations

from decimal import Decimal

from selection.models import Application, Composition, Round, RoundDecision
from selection.seats.composer import services as composer_services
from selection.seats.deciding import services as deciding_services
from selection.states import RoundState, State
from tdap_portal.audit import outbox
from tests.factories.accounts import director
from tests.factories.selection import RoundFactory
from tests.selection import made

WORDS = "The floors follow the guideline of the board."


def rule(attribute: str, values=(), *, floor=None, cap=None, per_mille=None, weight=None) -> dict:
    """As rules are kept. floor, cap: seats; with per_mille a flag for which of the two it is."""
    is_floor = floor is not None
    number = floor if is_floor else cap
    return {
        "attribute": attribute,
        "values": list(values),
        "is_floor": is_floor,
        "number": None if per_mille is not None else number,
        "per_mille": per_mille,
        "weight": weight,
    }


WOMEN = ("women_led", ["yes"])


def closed_round(seats: int = 2, **kwargs) -> Round:
    """In review; its files are made while it is open (reviewed_files)."""
    return RoundFactory(seats=seats, **kwargs)


def reviewed_files(round_: Round, *rows: dict) -> list[Application]:
    """Files that were read and whose papers are verified; rows: columns of each. Then the round is closed."""
    files = [made.reviewed(round=round_) for _row in rows]
    for file, columns in zip(files, rows, strict=True):
        Application.objects.filter(pk=file.pk).update(
            **{"women_led": False, **columns, "points": Decimal(str(columns["points"]))}
        )
    Round.objects.filter(pk=round_.pk).update(state=RoundState.IN_REVIEW)
    round_.refresh_from_db()
    return [made.fresh(file) for file in files]


def composed(round_: Round, *, by=None, seats: int | None = None, rules=(), **kwargs) -> Composition:
    """Asked for and worked out."""
    asked = composer_services.ask_composition(
        actor=by or director(), round=round_, seats=seats or round_.seats, rules=list(rules), **kwargs
    )
    outbox.deliver_all()
    return Composition.objects.select_related("round", "made_by").get(pk=asked.pk)


def sent(composition: Composition, *, by=None, waiting: int = 1, overrides=()) -> RoundDecision:
    return deciding_services.send_composition(
        actor=by or composition.made_by, composition=composition, waiting=waiting, words=WORDS, overrides=overrides
    )


def signed(decision: RoundDecision, *, by=None, deliver: bool = True) -> RoundDecision:
    """Signed by a second director and, unless deliver=False, carried out."""
    deciding_services.sign(actor=by or director(), decision=decision, basis=decision.basis)
    if deliver:
        outbox.deliver_all()
    return RoundDecision.objects.get(pk=decision.pk)


def states(*files: Application) -> list[State]:
    return [State(made.fresh(file).state) for file in files]
