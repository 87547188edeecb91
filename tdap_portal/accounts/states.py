"""The way of a request for a role, as a table. Pure."""

from __future__ import annotations

from enum import StrEnum

from tdap_portal.core.states import Machine, Move


class RequestState(StrEnum):
    PENDING = "pending"  # waits for an administrator
    SIGNED = "signed"  # one signature; waits for a second person
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # nobody decided in time


class Happened(StrEnum):
    ASKED = "role.asked"
    SIGNED = "role.signed"
    GRANTED = "role.granted"
    REFUSED = "role.refused"
    WITHDRAWN = "role.withdrawn"
    LAPSED = "role.lapsed"


class Refusal(StrEnum):
    """Why a role was refused. A code is never used for another reason later."""

    NOT_KNOWN = "not_known"
    OTHER_ROLE = "other_role"
    NOT_NEEDED = "not_needed"
    OFFICE_WRITES = "office_writes"


OPEN_REQUESTS = (RequestState.PENDING, RequestState.SIGNED)
ROLE_REQUEST = Machine(
    # a signature whose giver cannot give roles any more is replaced by the next one
    Move("sign", OPEN_REQUESTS, RequestState.SIGNED, Happened.SIGNED),
    Move("grant", OPEN_REQUESTS, RequestState.GRANTED, Happened.GRANTED),
    Move("refuse", OPEN_REQUESTS, RequestState.REFUSED, Happened.REFUSED),
    Move("withdraw", OPEN_REQUESTS, RequestState.WITHDRAWN, Happened.WITHDRAWN),
    Move("lapse", OPEN_REQUESTS, RequestState.LAPSED, Happened.LAPSED),
)
