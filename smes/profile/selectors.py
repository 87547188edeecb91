"""What is known of a firm, and what waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from smes.models import Comparison
from smes.papers.selectors import expiring_documents, missing_papers, refused_documents
from smes.states import PaperState
from smes.vocabulary.sectors import group_of, sector_of, sells_services
from smes.vocabulary.sizes import size_class
from smes.vocabulary.wording import city_name, paper_name, province_name, say
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.web.seen import marks

from . import permissions
from .contradictions import RULES, contradictions_of
from .facts import ASKABLE, FACTS, FROZEN, FROZEN_SCHEMA, LISTS, FactKind, columns_of
from .forms import registration
from .proofs import proofs_of, values_to_compare
from .rows import TABLES, rows_of
from .steps import STEPS, Completeness, progress_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.forms import Field
    from django.http import QueryDict

    from smes.models import Document, ProfileStep, Sme
    from tdap_portal.accounts.models import User
    from tdap_portal.web.seen import Mark

    from .facts import Fact
    from .forms.base import StepForm

READ_WITH = (
    "owners",
    "products",
    "certifications",
    "export_years",
    "documents",
    "steps",
    Prefetch("comparisons", Comparison.objects.filter(undone_at=None).select_related("compared_by"), "answers_kept"),
)


# Facts -----------------------------------------------------------------------------------------------------------


def read_facts(sme: Sme) -> Sme:
    """The same firm with all its rows read now and once: what looks at it twice sees the same and asks nothing again."""
    read_facts_of([sme])
    return sme


def read_facts_of(smes: list[Sme]) -> None:
    """The rows of several firms, in as many queries as those of one."""
    prefetch_related_objects(smes, *READ_WITH)


def mark_of_step(sme: Sme, step: str) -> Mark:
    """The digests of the page of a step."""
    return marks(f"{sme.public_id}-{step}")


def seen_of_step(sme: Sme, step: str) -> dict[str, str]:
    """Digests of what is saved in a step: of the firm's columns by their names, of its rows by <id>.<column>."""
    mark = mark_of_step(sme, step)
    values = {name: getattr(sme, name) for name in sorted(columns_of(step))}
    for row in rows_of(sme, step):
        values |= {f"{row.pk}.{name}": getattr(row, name) for name in TABLES[step].columns}
    return {name: mark(name, value) for name, value in values.items()}


def field_of(sme: Sme, key: str) -> Field:
    """The form field of a fact that may be asked for: that of its step in the profile, so that both take the same."""
    return registration.field_of(ASKABLE[key], sme)


def forms_of(sme: Sme, keys: Iterable[str], data: QueryDict | None = None) -> list[StepForm]:
    """The forms of the steps to which lists among these facts belong, with only these facts open. data: what was sent."""
    wanted = set(keys)
    steps = [step.code for step in STEPS if step.code in {FACTS[key].step for key in wanted & LISTS}]
    return [
        registration.STEP_FORMS[step](data, sme=sme, only={key for key in wanted if FACTS[key].step == step})
        for step in steps
    ]


def frozen_copy(sme: Sme, *, on: date | None = None) -> dict[str, object]:
    """What is known of the firm as one JSON document, without any CNIC, NTN, telephone or bank number.

    Every key is always there; None means the firm has not told. on: the day the copy is made (today).
    """
    day = on or today()
    copy = _without_proofs(sme, day)
    values = values_to_compare(sme, copy)
    return copy | {"proofs": proofs_of(values, list(sme.documents.all()), answers_kept(sme), day)}


def values_now(sme: Sme) -> dict[str, Any]:
    """What the firm says today, by the key of its proof, with private numbers in full: for the eyes of who compares."""
    return values_to_compare(sme, _without_proofs(sme, today()))


def _without_proofs(sme: Sme, day: date) -> dict[str, object]:
    computed = _computed(sme, day) | {"proofs": []}
    return {"schema": FROZEN_SCHEMA} | {fact.key: _value(sme, fact, computed) for fact in FROZEN}


def answers_kept(sme: Sme) -> list[Comparison]:
    """What officers found when they compared the firm's facts with its papers; answers that were taken back are left out."""
    if not hasattr(sme, "answers_kept"):
        prefetch_related_objects([sme], READ_WITH[-1])
    found: list[Comparison] = sme.answers_kept
    return found


def _value(sme: Sme, fact: Fact, computed: Mapping[str, Any]) -> Any:
    """A fact as plain JSON: computed, or read from its column."""
    if fact.key in computed:
        return computed[fact.key]
    value = getattr(sme, fact.column)
    if fact.kind is FactKind.HELD:
        return bool(value)
    if fact.kind is FactKind.DATE:
        return value.isoformat() if value else None
    return (value or None) if fact.kind in (FactKind.TEXT, FactKind.CODE) else value


def _computed(sme: Sme, day: date) -> dict[str, Any]:
    """The facts that are no column of the firm as it stands: from its rows, from rules, or only as far as a step was saved."""
    saved = {row.step for row in sme.steps.all() if row.saved_at}
    products = list(sme.products.all())
    main = max(products, key=lambda product: (product.share_pct or 0, product.is_main), default=None)
    sector = _sector(sme, main.hs6 if main else None)
    size = size_class(
        sme.turnover_pkr, sme.employees, _founded(sme, day), day, activity=sme.activity or "manufacturing"
    )
    return {
        "sme": sme.public_id,
        "name": sme.name,
        "owner_cnic_held": any(owner.cnic for owner in sme.owners.all()),
        "size_class": size.size_class,
        "size_rule": size.rule_id,
        "sector": sector,
        "sector_group": group_of(sector),
        "products": [
            {
                "hs6": product.hs6,
                "label": product.label or None,
                "share_pct": product.share_pct,
                "is_main": product is main,
                "price_pkr": float(product.price_pkr) if product.price_pkr is not None else None,
                "price_unit": product.price_unit or None,
            }
            for product in products
        ],
        "main_hs6": main.hs6 if main else None,
        "services": list(sme.services),
        "certifications": _known(
            [
                {
                    "kind": row.kind,
                    "expires_on": row.expires_on.isoformat() if row.expires_on else None,
                    "verified": row.verified,
                }
                for row in sme.certifications.all()
            ],
            is_saved="capacity" in saved,
        ),
        "export_history": _known(
            [
                {"fiscal_year": row.fiscal_year, "value_usd": float(row.value_usd), "route": row.route}
                for row in sme.export_years.all()
            ],
            is_saved="exports" in saved,
        ),
        "export_markets": _known(sme.export_markets, is_saved="exports" in saved),
        "target_markets": _known(sme.target_markets, is_saved="markets" in saved),
        "channels": _known(sme.channels, is_saved="markets" in saved),
        "documents_verified": sorted(
            {row.kind for row in sme.documents.all() if row.state == PaperState.VERIFIED and row.is_in_force(day)}
        ),
        "frozen_on": day.isoformat(),
    }


def _known(rows: Iterable[object], *, is_saved: bool) -> list[object] | None:
    """A list that is empty because its step was never saved is not known."""
    found = list(rows)
    return found if found or is_saved else None


def _sector(sme: Sme, main_hs6: str | None) -> str | None:
    """By the main product where there is one, so that nobody picks a sector for its points; else as declared."""
    if main_hs6 and not sells_services(sme.sector):
        return sector_of(main_hs6)
    return sme.sector or None


def _founded(sme: Sme, day: date) -> date | None:
    return sme.founded_on if sme.founded_on and sme.founded_on <= day else None


def contradictions_in(copy: Mapping[str, object], *, step: str = "") -> list[str]:
    """What a frozen copy says against itself, in words for the firm. step: only what is told there; "" for all."""
    found = contradictions_of(copy, on=today())
    return [
        in_words(each.code, each.data)
        for each in found
        if RULES[each.code].is_firms and (not step or step in each.steps)
    ]


def in_words(code: str, data: Mapping[str, Any]) -> str:
    """The sentence of a contradiction (contradictions.RULES) with its values, in the language of the page."""
    return say(
        RULES[code].text, {name: _WORDS[name](value) if name in _WORDS else value for name, value in data.items()}
    )


def _label(key: str) -> str:
    fact, _slash, year = key.partition("/")
    return f"{say(FACTS[fact].label)}, {year}" if year else say(FACTS[fact].label)


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = (
    MappingProxyType(  # values that are codes or days, by their name in a sentence
        {
            "city": city_name,
            "province": province_name,
            "other": province_name,
            "paper": paper_name,
            "fact": _label,
            "firms": lambda names: _(", ").join(names),
            "day": lambda day: day_words(date.fromisoformat(day), "j F Y"),
        }
    )
)


def completeness(sme: Sme, copy: Mapping[str, object] | None = None) -> Completeness:
    """How far the profile is, step by step, with what is missing. copy: its frozen_copy, where that was made already."""
    steps = list(sme.steps.all())
    uncopied = [fact for fact in FACTS.values() if not fact.since and fact.needed and fact.column]
    facts = {
        **(frozen_copy(sme) if copy is None else copy),
        **{fact.key: _value(sme, fact, {}) for fact in uncopied},
        "owner_shares_pct": [owner.share_pct for owner in sme.owners.all()],
    }
    return progress_of(
        facts,
        error_counts={row.step: row.error_count for row in steps},
        saved=frozenset(row.step for row in steps if row.saved_at),
    )


def closed_steps(user: User, sme: Sme) -> dict[str, str]:
    """The steps that this person of the firm does not fill in, each with the reason, by code."""
    answers = {step.code: permissions.can_edit_step(user, sme, step.code) for step in STEPS}
    return {code: str(answer.reason) for code, answer in answers.items() if not answer}


def step_of(sme: Sme, step: str) -> ProfileStep | None:
    """The saved row of a step; None before it was first saved."""
    return next((row for row in sme.steps.all() if row.step == step), None)


# Duties ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the firm can or must do. due_on None: no date."""

    code: str
    title: str
    why: str
    url: str
    label: str
    due_on: date | None = None


def duties_for(sme: Sme, progress: Completeness) -> list[Duty]:
    """What waits for the firm in its profile and papers, the most pressing first."""
    papers_url = reverse("smes:papers", args=[sme.public_id])
    duties = [
        Duty(
            "paper_refused",
            _("Send this paper again: %(paper)s") % {"paper": paper_name(paper.kind)},
            paper.reason,
            papers_url,
            _("Send it again"),
        )
        for paper in refused_documents(sme)
    ]
    if progress.next_step is not None:
        duties.append(
            Duty(
                "profile",
                _("Finish your profile"),
                _("%(filled)d of %(needed)d answers are there. You can stop at any step and go on later.")
                % {"filled": progress.filled, "needed": progress.needed},
                reverse("smes:step", args=[sme.public_id, progress.next_step.code]),
                _("Go on"),
            )
        )
    missing = missing_papers(sme)
    if missing:
        duties.append(
            Duty(
                "papers",
                _("Send your papers"),
                _("Still needed: %(papers)s.") % {"papers": _(", ").join(paper_name(kind) for kind in missing)},
                papers_url,
                _("Send papers"),
            )
        )
    return duties + [_expiry_duty(paper, papers_url) for paper in expiring_documents(sme)]


def _expiry_duty(paper: Document, url: str) -> Duty:
    days = (paper.expires_on - today()).days if paper.expires_on else 0
    why = (
        _("It has run out and no longer counts.")
        if days < 0
        else _("It ends in %(days)d days. Your file keeps its points if the new one is here by then.") % {"days": days}
    )
    title = _("Renew this paper: %(paper)s") % {"paper": paper_name(paper.kind)}
    return Duty("paper_expires", title, why, url, _("Upload"), paper.expires_on)
