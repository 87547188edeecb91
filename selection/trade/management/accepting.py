"""What the commands that load flows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from selection.trade import permissions as trade_permissions
from tdap_portal.accounts.selectors import user_by_login

if TYPE_CHECKING:
    from argparse import ArgumentParser


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="publish even what is the same as in use")
    parser.add_argument("--by", default="", metavar="LOGIN", help="who loads them: a director or an administrator")


def given(options: dict[str, Any]) -> dict[str, Any]:
    """`actor` and `again` of a service; raises CommandError for a person who may not."""
    actor = user_by_login(options["by"]) if options["by"] else None
    if options["by"] and (actor is None or not actor.is_active):
        raise CommandError(f"Nobody signs in as {options['by']}.")
    answer = trade_permissions.can_load_flows(actor)
    if not answer:
        raise CommandError(str(answer.reason))
    return {"actor": actor, "again": options["again"]}
