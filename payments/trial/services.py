"""Playing a scenario: the sandbox is told how a payment goes, and its notices are posted to the portal's own door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx
from django.utils import timezone

from payments.providers.interface import Refused
from payments.providers.sandbox.provider import Sandbox
from payments.providers.switches import provider_of
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.providers.sandbox.script import Deal, Scenario, Script

HURRY = 20_000
"""An hour of the script passes in a fifth of a second; what a notice says of its moment stays."""
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Posted:
    """One notice as the door answered it. status: of HTTP, 0 where it did not answer."""

    number: int
    status: int


def sandbox() -> Sandbox:
    """Raises NotFound where it is not switched on."""
    found = provider_of("sandbox")
    if not isinstance(found, Sandbox):
        raise NotFound
    return found


def read_order(fields: Mapping[str, str]) -> Deal:
    """What the sandbox's page was posted. Raises NotFound for an order that is not ours, which reads as a page that is not there."""
    found = sandbox().read_order(fields)
    if isinstance(found, Refused):
        raise NotFound
    return found


def play(deal: Deal, scenario: Scenario) -> Script:
    """How this payment goes from now on: signed as of this moment, however long the payer looked at the page."""
    return replace(sandbox(), hurry=HURRY).call_up(scenario, replace(deal, at=timezone.now()))


def post_notices(script: Script, door: str) -> list[Posted]:
    """Send them in their order to the door, as a provider would; what the door answered. door: the whole address."""
    found = []
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        for number, notice in enumerate(script.sent, start=1):
            try:
                answer = client.post(door, content=notice.body, headers=dict(notice.headers))
            except httpx.HTTPError:
                found.append(Posted(number, 0))
            else:
                found.append(Posted(number, answer.status_code))
    return found
