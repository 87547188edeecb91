"""What a search for products finds, ready for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smes.vocabulary import hs_search as hs
from smes.vocabulary.hs_search import everyday_label
from smes.vocabulary.sectors import SECTORS, SERVICES_OFFERED
from smes.vocabulary.wording import language, sector_name, service_name

if TYPE_CHECKING:
    from collections.abc import Sequence


def results(
    query: str, sector: str | None, chosen: list[str], *, listed: Sequence[str] | None = None
) -> dict[str, object]:
    """What the list of found products needs, wherever products are searched for.

    listed: where products are ticked, the codes that have a box of their own on the page, by which they are dropped: a second
    one in the list would keep them. None where nothing is ticked.
    """
    query = query[: hs.MAX_QUERY_LENGTH]  # the page repeats it and marks its words
    hits = hs.search(query, sector=sector if sector in SECTORS else None, limit=8)
    services = hs.services_for(query)
    picks = [
        {
            "hit": hit,
            "name": everyday_label(hit.hs6, language()) if hit.words and language().startswith("ur") else "",
            "is_chosen": hit.hs6 in chosen,
            "is_listed": hit.hs6 in (listed or ()),
            "has_box": listed is not None and hit.hs6 not in listed,
            "sector": sector_name(hit.sector),
            "is_own": bool(sector) and hit.sector == sector,
        }
        for hit in hits
    ]
    found = (
        ngettext("%(number)d product found for “%(query)s”.", "%(number)d products found for “%(query)s”.", len(hits))
        if hits
        else _("Nothing found for “%(query)s”. Try a shorter or another word, or browse the chapters.")
    )
    # Of a service it is said that it has no code; that nothing was found would sound like a missing word.
    is_said = query.strip() and (hits or services is None)
    sentence = found % {"number": len(hits), "query": query.strip()} if is_said else ""
    return {
        "query": query,
        "picks": picks,
        "found": sentence,
        "is_service": services is not None,
        "services": [service_name(code) for code in services or SERVICES_OFFERED],
        "edition": hs.EDITION,
        "sector": sector or "",
    }
