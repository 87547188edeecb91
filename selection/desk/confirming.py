"""What the page says before an act on a file that cannot be undone: what will happen, what was said, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.choices import flatten_choices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from selection.applications.selectors import newest_card
from selection.engine.explain import points_if_only_verified
from selection.policy.selectors import policy_of
from selection.review import selectors as review_selectors
from selection.rounds.words import closing_words
from selection.states import Outcome, RoundState
from smes.evidence import selectors as evidence_selectors
from smes.papers import selectors as papers_selectors
from smes.states import PaperState
from smes.vocabulary.wording import paper_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import Form
    from django_stubs_ext import StrOrPromise

    from selection.models import Application


@dataclass(frozen=True, slots=True)
class Question:
    """title: takes the firm's name as %(firm)s. can: the word of views.may_do. judges: the act rests on the file as it stands."""

    title: StrOrPromise
    says: StrOrPromise
    submit: StrOrPromise
    can: str
    judges: bool = True
    danger: bool = False


QUESTIONS = MappingProxyType(  # by the name of the act's address
    {
        "desk_read": Question(
            _("Put in your reading of %(firm)s?"),
            _("Once it is in it can no longer be changed. It stays sealed until both readings are in."),
            _("Put in the reading"),
            can="read",
        ),
        "desk_recommend": Question(
            _("Recommend this for %(firm)s?"),
            _("You cannot take it back: a director decides, or returns it to you."),
            _("Recommend"),
            can="recommend",
        ),
        "desk_decide": Question(
            _("Decide this for %(firm)s?"),
            _("The firm is told at once, in these words. This cannot be undone."),
            _("Decide"),
            can="decide",
        ),
        "desk_sign_waiver": Question(
            _("Let %(firm)s be selected without these papers?"),
            _("Your name stands on the file, and the waiver on the firm’s receipt. This cannot be undone."),
            _("Sign the waiver"),
            can="sign_waiver",
        ),
        "desk_conflict": Question(
            _("Declare that you are tied to %(firm)s?"),
            _(
                "Another official judges the firm, and what was judged is no longer shown to you. This cannot be undone."
            ),
            _("Declare the conflict"),
            can="declare_conflict",
            judges=False,
            danger=True,
        ),
    }
)


def answers_of(form: Form) -> list[tuple[StrOrPromise, str]]:
    """What a valid form says, as (label, words); what was left empty is left out."""
    return [
        (bound.label, _words(bound.field, form.cleaned_data[bound.name]))
        for bound in form.visible_fields()
        if form.cleaned_data[bound.name] not in ("", None, [])
    ]


def _words(field: Any, value: object) -> str:
    """A choice by its name."""
    return str(dict(flatten_choices(getattr(field, "choices", ()))).get(value, value))


def still_open(application: Application) -> list[str]:
    """What an official should know before judging for good, as sentences; empty where nothing is open."""
    said = []
    unseen = [paper.kind for paper in review_selectors.papers_of(application) if paper.state == PaperState.UPLOADED]
    if unseen:
        text = ngettext(
            "Nobody has looked at %(number)d paper yet: %(papers)s.",
            "Nobody has looked at %(number)d papers yet: %(papers)s.",
            len(unseen),
        )
        said.append(text % {"number": len(unseen), "papers": _listed(paper_name(kind) for kind in unseen)})
    alike = [
        pair.other.name if pair.one_id == application.sme_id else pair.one.name
        for pair in review_selectors.lookalikes_of(application)
    ]
    if alike:
        said.append(gettext("It may be the same business as %(firms)s.") % {"firms": _listed(alike)})
    clashes = evidence_selectors.open_contradictions(application.sme)
    if clashes:
        names = dict.fromkeys(evidence_selectors.name_of(clash) for clash in clashes)
        said.append(gettext("This does not fit together: %(names)s.") % {"names": _listed(names)})
    for waiver in review_selectors.waivers_of(application):
        text = (
            gettext("Waived, by %(proposed)s and %(signed)s: %(papers)s. %(words)s")
            if waiver.signed_by
            else gettext("%(proposed)s proposes to waive: %(papers)s. %(words)s")
        )
        names = {"proposed": waiver.proposed_by.name, "signed": waiver.signed_by.name if waiver.signed_by else ""}
        said.append(text % {**names, "papers": _listed(map(paper_name, waiver.kinds)), "words": waiver.words})
    round_ = application.round
    if round_.state == RoundState.OPEN:
        text = gettext("Round %(code)s is open until %(day)s: other firms can still apply.")
        said.append(text % {"code": round_.code, "day": closing_words(round_.closes_at)})
    return said


def selects(form: Form) -> bool:
    """Whether a valid form would have the file selected."""
    return str(form.cleaned_data.get("outcome", "")) == Outcome.SELECT


def rests_on(application: Application) -> list[str]:
    """What a selection stands on, as sentences: papers in force, and how well the facts stand that carry the points."""
    kinds = papers_selectors.needed_papers(application.sme)
    lacking = papers_selectors.unverified_papers(application.sme)
    verified = [kind for kind in kinds if kind not in lacking]
    said = []
    if verified:
        said.append(gettext("Verified and in force: %(papers)s.") % {"papers": _listed(map(paper_name, verified))})
    card = newest_card(application)
    if card is None:
        return said
    if not policy_of(card.policy_version).asks_for_proof:
        said.append(gettext("The policy of this round counts what the firm says in full, verified or not."))
        return said
    text = gettext("%(points)s points are won; %(proven)s would be left if only verified facts counted.")
    said.append(text % {"points": card.total, "proven": points_if_only_verified(card)})
    return said


def _listed(names: Iterable[object]) -> str:
    return gettext(", ").join(map(str, names))
