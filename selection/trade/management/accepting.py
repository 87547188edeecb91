"""What the commands that load flows have in common: a person may accept a refusal that turned out to be false."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from selection.trade import permissions as trade_permissions
from selection.trade.arithmetic.checks import ACCEPTABLE
from tdap_portal.accounts.selectors import user_by_login

if TYPE_CHECKING:
    from argparse import ArgumentParser


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="publish even what is the same as in use")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        choices=sorted(ACCEPTABLE),
        metavar="CODE",
        help=f"publish in spite of this refusal; may be said several times: {', '.join(sorted(ACCEPTABLE))}",
    )
    parser.add_argument("--by", default="", metavar="LOGIN", help="who accepts it: a director or an administrator")


def given(options: dict[str, Any]) -> dict[str, Any]:
    """`actor`, `again` and `accept` of a service; raises CommandError for a person who may not."""
    actor = user_by_login(options["by"]) if options["by"] else None
    if options["by"] and (actor is None or not actor.is_active):
        raise CommandError(f"Nobody signs in as {options['by']}.")
    answer = trade_permissions.can_load_flows(actor)
    if not answer:
        raise CommandError(str(answer.reason))
    if options["accept"] and actor is None:
        raise CommandError("Say with --by who accepts the refusal.")
    return {"actor": actor, "again": options["again"], "accept": options["accept"]}
