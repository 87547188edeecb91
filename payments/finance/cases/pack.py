"""The readiness pack of a firm: what a lender reads, each line with its state and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.finance.schemes import selectors as schemes_selectors
from payments.finance.schemes import wording as schemes_wording
from payments.models.labels import READINESS_KIND_LABELS
from payments.money import rupees, shown
from payments.proceeds import selectors as proceeds_selectors
from payments.readiness import selectors as readiness_selectors
from smes.papers import selectors as papers_selectors
from smes.profile import selectors as profile_selectors
from smes.vocabulary.certificates import CERTIFICATES
from smes.vocabulary.codes import LEGAL_FORMS
from smes.vocabulary.evidence import EvidenceLevel
from smes.vocabulary.identifiers import mask_ntn
from smes.vocabulary.wording import (
    certificate_name,
    city_name,
    language,
    level_name,
    paper_name,
    say,
    sector_name,
)
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words

from . import selectors
from .frozen import MISSING, PROVEN, SAID, Pack, PackLine, as_content, as_pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from payments.models import FinanceCase
    from payments.readiness.selectors import Readiness
    from smes.models import Sme
LANGUAGES = ("en", "ur")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, where it is about one loan. amount: paisa. on: the day of the size class and the schemes."""

    scheme: str = ""
    amount: int | None = None
    days: int | None = None
    lender_kind: str = ""


def pack_of_case(case: FinanceCase) -> Pack:
    """As its lender reads it: live until it decides, and from then on what it decided upon."""
    kept = selectors.decided_pack_of(case)
    return live_pack(case) if kept is None else as_pack(kept.content, language())


def live_pack(case: FinanceCase) -> Pack:
    asked = Asked(case.scheme, case.amount, case.days, case.lender.kind)
    return pack_of(case.sme, on=case.clock_started_on, asked=asked)


def content_now(case: FinanceCase) -> dict[str, Any]:
    """What is kept with a decision: the pack in both languages."""
    packs = {}
    for code in LANGUAGES:
        with translation.override(code):
            packs[code] = live_pack(case)
    return as_content(packs)


def pack_of(sme: Sme, *, on: date, asked: Asked | None = None) -> Pack:
    """As the firm stands now, its size class and schemes by the rules of `on`. Private numbers are masked."""
    sme = profile_selectors.read_facts(sme)
    copy = profile_selectors.frozen_copy(sme)
    levels = {row["fact"]: row for row in copy["proofs"]}  # type: ignore[attr-defined]
    ready = readiness_selectors.readiness_of(sme, facts=copy)
    missing = tuple(_missing(sme))
    lines = (
        _size(sme, copy, levels, on),
        *_schemes(sme, copy, on, asked or Asked()),
        _turnover(copy, levels),
        _proceeds(sme),
        *_credentials(copy, on),
        _account(ready),
        _services(ready),
        *_papers(missing),
    )
    return Pack(on, tuple(_facts(sme, copy)), lines, missing)


def _facts(sme: Sme, copy: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    owners = _(", ").join(owner.name for owner in sme.owners.all())
    year = sme.founded_on.year if sme.founded_on else None
    form = say(LEGAL_FORMS[sme.legal_form]) if sme.legal_form in LEGAL_FORMS else ""
    people = (
        _("%(number)d, of whom %(women)d women") % {"number": sme.employees, "women": sme.women_employees or 0}
        if sme.employees is not None
        else ""
    )
    named = (
        (_("Owner"), owners),
        (_("Legal form"), _(", ").join((form, str(year))) if form and year else form),
        (_("NTN"), mask_ntn(sme.ntn)),
        (_("People"), people),
        (_("Town"), city_name(sme.city) if sme.city else ""),
        (_("Sector"), sector_name(copy["sector"]) if copy["sector"] else ""),
    )
    return ((name, value) for name, value in named if value)


def _level(levels: Mapping[str, Any], key: str) -> tuple[str, str, str]:
    """The state of a fact, its tone, and the paper that shows it."""
    row = levels.get(key)
    if row is None:
        return level_name(EvidenceLevel.SAID), SAID, _("the firm’s own word")
    level = EvidenceLevel(row["level"])
    tone = PROVEN if level in (EvidenceLevel.VERIFIED, EvidenceLevel.CONFIRMED) else SAID
    return level_name(level), tone, paper_name(row["paper"])


def _size(sme: Sme, copy: Mapping[str, Any], levels: Mapping[str, Any], on: date) -> PackLine:
    facts = schemes_selectors.facts_of(sme, copy, on)
    name = _("Size class on %(day)s") % {"day": day_words(on)}
    if copy["turnover_pkr"] is None:
        return PackLine(name, _("The turnover is not told yet."), _("Missing"), MISSING)
    state, tone, rests_on = _level(levels, "turnover_pkr")
    says = _("%(size)s: turnover %(amount)s, fiscal year %(year)s") % {
        "size": schemes_wording.size_name(facts.size_class),
        "amount": shown(rupees(copy["turnover_pkr"]), language=language()),
        "year": copy["turnover_fiscal_year"] or "–",
    }
    return PackLine(name, says, state, tone, rests_on)


def _schemes(sme: Sme, copy: Mapping[str, Any], on: date, asked: Asked) -> Iterator[PackLine]:
    """The scheme that is asked for first, then the others that fit or nearly do."""
    facts = schemes_selectors.facts_of(sme, copy, on)
    tests = schemes_selectors.fits_on(facts, on, amount=asked.amount, days=asked.days, lender_kind=asked.lender_kind)
    chosen = [pair for pair in tests if pair[0].code == asked.scheme]
    for row, test in chosen or tests:
        reasons = " ".join(words for tone, words in schemes_wording.reasons_in_words(test) if tone != PROVEN)
        yield PackLine(
            _scheme_name(row.code, row.name_here),
            reasons or _("All that the scheme asks is met."),
            schemes_wording.fit_words(test.fit),
            schemes_wording.TONES[test.fit],
            _("rule of %(day)s") % {"day": day_words(row.since)},
        )


def _turnover(copy: Mapping[str, Any], levels: Mapping[str, Any]) -> PackLine:
    name = _("Turnover shown")
    if copy["turnover_pkr"] is None:
        return PackLine(name, _("The turnover is not told yet."), _("Missing"), MISSING)
    state, tone, rests_on = _level(levels, "turnover_pkr")
    return PackLine(name, shown(rupees(copy["turnover_pkr"]), language=language()), state, tone, rests_on)


def _proceeds(sme: Sme) -> PackLine:
    name, found = _("Export proceeds"), proceeds_selectors.of_firm(sme.pk, today())
    if not found.receipts or found.last_on is None:
        return PackLine(name, _("A bank has confirmed none in a year."), _("Not known"), SAID)
    words = _("%(amount)s confirmed by banks in a year, the last on %(day)s") % {
        "amount": shown(found.goods + found.services, language=language()),
        "day": day_words(found.last_on),
    }
    if found.without_rate:
        more = ngettext(
            "%(number)d receipt more has no rate", "%(number)d receipts more have no rate", found.without_rate
        )
        words = f"{words}; {more % {'number': found.without_rate}}"
    return PackLine(name, words, _("Proven"), PROVEN, _("banks"))


def _credentials(copy: Mapping[str, Any], on: date) -> Iterator[PackLine]:
    """Certificates in force that TDAP gave or an officer verified; those that are only said are left out."""
    rows = [row for row in copy["certifications"] or () if row["verified"]]
    held = [row for row in rows if not row["expires_on"] or date.fromisoformat(row["expires_on"]) >= on]
    for row in held:
        is_ours = CERTIFICATES[row["kind"]].group == "tdap"
        until = row["expires_on"]
        says = (
            _("valid until %(day)s") % {"day": day_words(date.fromisoformat(until))}
            if until
            else _("without a last day")
        )
        rests_on = _("given by TDAP") if is_ours else _("its paper was compared")
        yield PackLine(certificate_name(row["kind"]), says, _("Proven"), PROVEN, rests_on)
    if not held:
        yield PackLine(_("Certificates"), _("None that is proven."), _("Not known"), SAID)


def _account(ready: Readiness) -> PackLine:
    name = _("Account")
    if not ready.account:
        return PackLine(name, _("No account is named yet."), _("Missing"), MISSING)
    bank = f", {ready.bank}" if ready.bank else ""
    tone = PROVEN if ready.is_ready else SAID
    state = _("Name agrees") if ready.is_ready else _("Not compared yet")
    return PackLine(name, f"{ready.account}{bank}", state, tone, _("seen by TDAP") if ready.is_ready else "")


def _services(ready: Readiness) -> PackLine:
    proven = [str(READINESS_KIND_LABELS[kind]) for kind in ready.proven]
    name = _("Ways to be paid that were shown")
    if not proven:
        return PackLine(name, _("None yet."), _("Not known"), SAID)
    return PackLine(name, _(", ").join(proven), _("Proven"), PROVEN, _("seen by TDAP"))


def _missing(sme: Sme) -> Iterator[str]:
    for one in papers_selectors.papers_standing(sme):
        if one.is_needed and one.state in ("missing", "refused", "expired"):
            yield paper_name(one.kind)


def _papers(missing: tuple[str, ...]) -> Iterator[PackLine]:
    if not missing:
        yield PackLine(_("Papers of the firm"), _("All that TDAP asks for are there."), _("All there"), PROVEN)
        return
    words = ngettext("%(number)d paper is missing", "%(number)d papers are missing", len(missing))
    yield PackLine(
        words % {"number": len(missing)}, _(", ").join(missing), _("Missing"), MISSING, _("the firm sends them to TDAP")
    )


def _scheme_name(code: str, name: str) -> str:
    """With the letters by which people know it; a code of our own, such as MFB_MICRO, tells nobody anything."""
    if "_" in code:
        return _("Scheme: %(name)s") % {"name": name}
    return _("Scheme %(code)s: %(name)s") % {"code": code, "name": name}
