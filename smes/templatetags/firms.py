"""What the codes of firms are called on pages, in the language of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from smes.vocabulary import wording
from smes.vocabulary.hs_search import MAX_QUERY_LENGTH, dotted, everyday_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

register = template.Library()

register.filter("sector_name", wording.sector_name)
register.filter("service_name", wording.service_name)
register.filter("province_name", wording.province_name)
register.filter("city_name", wording.city_name)
register.filter("channel_name", wording.channel_name)
register.filter("market_name", wording.market_name)
register.filter("paper_name", wording.paper_name)
register.filter("certificate_name", wording.certificate_name)
register.filter("level_name", wording.level_name)
register.filter("level_meaning", wording.level_meaning)
register.filter("dotted", dotted)


@register.filter
def paper_names(kinds: Iterable[str]) -> str:
    return gettext(", ").join(wording.paper_name(kind) for kind in kinds)


@register.filter
def everyday(hs6: str) -> str:
    """The short name of a product in the language of the page."""
    return everyday_label(hs6, wording.language())


@register.filter
def labelled(code: str, table: str) -> object:
    """The label of a code in one of the tables of smes.vocabulary.wording: {{ role|labelled:"MEMBER_ROLES" }}."""
    found = getattr(wording, table).get(code, code)
    return found[0] if isinstance(found, tuple) else found


@register.filter
def tone(state: str, table: str) -> str:
    """The tone of a state in PAPER_STATES, PROFILE_STATES or FLAG_STATES."""
    found = getattr(wording, table).get(state)
    return found[1] if found else "rest"


@register.filter
def marked(words: Iterable[str], query: str) -> SafeString:
    """Everyday words in a row, with what was searched for marked."""
    line = str(conditional_escape(", ".join(words)))
    parts = [re.escape(escape(part)) for part in query[:MAX_QUERY_LENGTH].split() if len(part) > 1]
    if not parts:
        return mark_safe(line)
    pattern = re.compile(f"({'|'.join(sorted(parts, key=len, reverse=True))})", re.IGNORECASE)
    return mark_safe(pattern.sub(r"<mark>\1</mark>", line))
