"""Acts of comparing. Each is one transaction: allowed? lock, compare, save, record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smes.models import Comparison, Contradiction, Document, Sme
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers.permissions import can_judge_paper
from smes.papers.reasons import reasons_in_force
from smes.people import services as people_services
from smes.profile import selectors as profile_selectors
from smes.profile import services as profile_services
from smes.profile.contradictions import RULES, leaps_between
from smes.profile.permissions import can_verify_profile
from smes.profile.proofs import COUNTING, digest_of, shows
from smes.states import CONTRADICTION, ComparisonAnswer, ContradictionState, Happened, PaperState, ProfileState
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from smes.profile.contradictions import Contradiction as Found
    from tdap_portal.accounts.models import User

ACCOUNT_PAPER, IBAN = "bank_certificate", "iban_held"
LEAPS = frozenset({"fact_leaps"})  # found when a file is submitted again; all others follow from the firm as it stands


def compare_fact(
    *, actor: User, document: Document, fact: str, answer: str, note: str = "", seen: str | None = None
) -> None:
    """An officer looked at one fact and one paper side by side: see compare_facts."""
    digests = None if seen is None else {fact: seen}
    compare_facts(actor=actor, document=document, answers={fact: (answer, note)}, seen=digests)


@transaction.atomic
def compare_facts(
    *, actor: User, document: Document, answers: Mapping[str, tuple[str, str]], seen: Mapping[str, str] | None = None
) -> None:
    """An officer looked at facts and a paper side by side. Earlier answers of the same paper are taken back by these.

    answers: by the key of its proof what was found, and what the paper says instead ("" for nothing). seen: the digests of the
    values that were on the page; None where there was no page. Raises NotAllowed, DomainError "paper_gone" (refused or replaced
    meanwhile), "not_shown" (such a paper does not show it, or the firm does not say it), "fact_changed" (the firm wrote
    something else since the page was opened); then none of the answers is kept.
    """
    can_judge_paper(actor, document).require()
    row = _locked(document)
    values = selectors.values_of(row.sme)
    _compare(row, actor, answers, seen, values)
    _settle_account(row, values)


@transaction.atomic
def undo_comparison(*, actor: User, comparison: Comparison) -> None:
    """Take an answer back; taking it back twice is once. Raises NotAllowed, DomainError "paper_gone"."""
    can_judge_paper(actor, comparison.document).require()
    document = _locked(comparison.document)
    row = Comparison.objects.get(pk=comparison.pk)
    if row.undone_at is None:
        _take_back(row, actor)
        _settle_account(document, selectors.values_of(document.sme))
        record(Happened.COMPARISON_UNDONE, subject=document, actor=actor, sme_id=document.sme_id, fact=row.fact)


@transaction.atomic
def keep_paper(
    *,
    actor: User,
    document: Document,
    answers: Mapping[str, tuple[str, str]] | None = None,
    seen: Mapping[str, str] | None = None,
    expires_on: date | None = None,
) -> Document:
    """The paper is what it says, and each fact that it shows was compared: what was found the same is verified from now on.

    answers, seen: those that are given with it, as in compare_facts, which says what is raised besides. expires_on: the day
    an officer read off it, where it differs from the firm's. A paper that was kept before is kept anew where its day or an
    answer changed. Where nothing is left to be done, the firm is verified by it. Raises WrongState, DomainError
    "not_compared", which names how many facts are left.
    """
    can_judge_paper(actor, document).require()
    row = _locked(document)
    values = selectors.values_of(row.sme)
    _compare(row, actor, answers or {}, seen, values)
    left = [line for line in selectors.checklist(row, values) if line.is_open]
    if left:
        raise DomainError(
            ngettext(
                "Compare first what this paper shows: %(number)d fact is left.",
                "Compare first what this paper shows: %(number)d facts are left.",
                len(left),
            )
            % {"number": len(left)},
            code="not_compared",
        )
    if row.state != PaperState.VERIFIED:
        row = papers_services.verify_locked(actor=actor, row=row, expires_on=expires_on)
    elif _is_new(row, expires_on):
        row = papers_services.verify_again(actor=actor, document=row, expires_on=expires_on)
    _settle_account(row, values)
    sme = Sme.objects.get(pk=row.sme_id)
    is_settled = sme.profile_state == ProfileState.VERIFIED and row.kind not in papers_selectors.needed_papers(sme)
    may_verify = bool(can_verify_profile(actor, sme))  # a finance officer keeps papers about money and verifies no firm
    if (
        may_verify and not is_settled and not papers_selectors.unverified_papers(sme)
    ):  # cheaper than all that may be left
        sme = _firm(row.sme_id)
        if selectors.what_is_left(sme).is_nothing:
            _verify_firm(actor, sme)
    return row


@transaction.atomic
def verify_firm(*, actor: User, sme: Sme) -> Sme:
    """Everything that the firm says of itself was compared with the papers that it must have, and nothing is open.

    Twice is once. Raises NotAllowed, DomainError "something_is_left".
    """
    people_services.locked_firm(sme.pk)
    row = _firm(sme.pk)
    can_verify_profile(actor, row).require()
    if not selectors.what_is_left(row).is_nothing:
        raise DomainError(_("Something is still to be done before this firm is verified."), code="something_is_left")
    return _verify_firm(actor, row)


def _verify_firm(actor: User, row: Sme) -> Sme:
    """row: locked, read anew, with nothing left."""
    until = selectors.holds_until(row)
    if row.profile_state == ProfileState.VERIFIED and row.verified_until == until:
        return row
    return profile_services.verify_profile(actor=actor, sme=row, until=until)


@transaction.atomic
def refuse_paper(*, actor: User, document: Document, code: str, note: str = "") -> Document:
    """The paper does not do. code: of smes.papers.reasons. note: what the firm reads beside it, in its language.

    Raises NotAllowed, WrongState, DomainError "unknown_reason".
    """
    can_judge_paper(actor, document).require()
    if code not in {reason.code for reason in reasons_in_force(today())}:
        raise DomainError(_("Choose a reason."), code="unknown_reason")
    words = selectors.refusal_words(document.sme_id, code, note)
    return papers_services.refuse_document(actor=actor, document=document, reason=words, code=code)


@transaction.atomic
def recheck_firm(*, sme_id: int) -> bool:
    """Take a verification back where something is left to be done again; whether it was. For the portal itself: after a change
    of the firm or of its papers, and when a paper has run out."""
    if people_services.locked_firm(sme_id).profile_state != ProfileState.VERIFIED:
        return False  # before all its rows are read: of most firms that is all
    sme = _firm(sme_id)
    left = selectors.what_is_left(sme)
    if left.is_nothing:
        return False
    because = "paper" if left.missing else "fact" if left.papers or left.differing else "open"
    profile_services.reopen_profile(actor=None, sme=sme, because=because, papers=list(left.missing))
    return True


def _firm(sme_id: int) -> Sme:
    """The firm with its rows, read anew."""
    return profile_selectors.read_facts(Sme.objects.get(pk=sme_id))


def _is_new(document: Document, expires_on: date | None) -> bool:
    """Whether a kept paper got another day, or an answer after it was kept."""
    later = document.judged_at is not None and document.comparisons.filter(compared_at__gt=document.judged_at).exists()
    return later or expires_on not in (None, document.expires_on)


def _settle_account(document: Document, values: Mapping[str, Any]) -> None:
    """Once the IBAN itself was compared, only a kept certificate on which it was found the same verifies the account; one about another account
    of the firm, or one whose answer was taken back, does not. values: what the firm says now."""
    if document.kind != ACCOUNT_PAPER or document.state != PaperState.VERIFIED:
        return
    compared = Comparison.objects.filter(sme=document.sme_id, document__kind=ACCOUNT_PAPER, fact=IBAN)
    kept = Document.objects.filter(sme=document.sme_id, kind=ACCOUNT_PAPER, state=PaperState.VERIFIED.value)
    if kept.exclude(pk__in=compared.values("document")).exists():
        return  # one was judged as a whole, and stands for what it shows
    shown = compared.filter(
        document__state=PaperState.VERIFIED.value,
        answer=ComparisonAnswer.SAME.value,
        undone_at=None,
        digest=digest_of(IBAN, values[IBAN]) if IBAN in values else "",
    )
    Sme.objects.filter(pk=document.sme_id).update(bank_account_verified=shown.exists())


def _compare(
    row: Document,
    actor: User,
    answers: Mapping[str, tuple[str, str]],
    seen: Mapping[str, str] | None,
    values: Mapping[str, Any],
) -> None:
    """Keep the answers. row: locked; values: what the firm says now."""
    there = {kept.fact: kept for kept in Comparison.objects.filter(document=row, fact__in=answers, undone_at=None)}
    made: list[Comparison] = []
    for fact, (answer, note) in answers.items():
        if fact not in values or not shows(row, fact):
            raise DomainError(_("This paper does not show that, or the firm no longer says it."), code="not_shown")
        digest = digest_of(fact, values[fact])
        if seen is not None and seen.get(fact) != digest:
            raise DomainError(
                _("The firm has changed this since you opened the page. Look at what it says now."), code="fact_changed"
            )
        before, found = there.get(fact), ComparisonAnswer(answer).value
        if before is not None:
            if (before.answer, before.digest, before.note) == (found, digest, note):
                continue
            _take_back(before, actor)
        made.append(
            Comparison(
                sme_id=row.sme_id,
                document=row,
                fact=fact,
                answer=found,
                note=note,
                digest=digest,
                compared_by=actor,
                compared_at=timezone.now(),
            )
        )
        record(Happened.FACT_COMPARED, subject=row, actor=actor, sme_id=row.sme_id, fact=fact, answer=found)
    Comparison.objects.bulk_create(made)


@transaction.atomic
def look_for_contradictions(*, sme_id: int) -> list[Contradiction]:
    """Compare what a firm says and sends with itself and with other firms' papers; keep what does not fit. For the worker.

    What is there stays, what holds no more is solved, what was explained and comes back is explained still. The firms that have,
    or had, the same papers are looked over too, so that both files show it. Gives the firm's rows that are new.
    """
    firms = {sme_id, *selectors.firms_with_papers_of(sme_id)}
    # Locked in one order for everybody, so that no two wait for each other; rows that only point at a firm do not wait.
    there = list(Sme.objects.select_for_update(no_key=True).filter(pk__in=firms).order_by("pk"))
    profile_selectors.read_facts_of(there)
    made: list[Contradiction] = []
    for sme in there:
        new = _keep(sme, selectors.contradictions_today(sme), RULES.keys() - LEAPS)
        made += new if sme.pk == sme_id else []
    return made


@transaction.atomic
def note_leaps(*, sme_id: int, about: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Contradiction]:
    """Keep which figures changed by more than half between two submitted copies of a firm's facts. about: the file's number."""
    sme = Sme.objects.select_for_update(no_key=True).get(pk=sme_id)
    return _keep(sme, leaps_between(before, after, about=about), LEAPS, about=f"{about} ")


@transaction.atomic
def explain_contradiction(*, actor: User, contradiction: Contradiction, explanation: str) -> Contradiction:
    """An officer says why two things that do not seem to fit do. Saying the same twice is once.

    Raises NotAllowed, WrongState where it was solved meanwhile, DomainError "no_words".
    """
    permissions.can_explain(actor, contradiction.sme).require()
    if not explanation.strip():
        raise DomainError(_("Write what explains it: the director reads it before deciding."), code="no_words")
    row = Contradiction.objects.select_for_update().get(pk=contradiction.pk)
    move = CONTRADICTION.move("explain", row.state)
    if (row.state, row.explanation, row.explained_by_id) == (move.target, explanation.strip(), actor.pk):
        return row
    row.state, row.explanation = move.target.value, explanation.strip()
    row.explained_by, row.explained_at = actor, timezone.now()
    row.save(update_fields=["state", "explanation", "explained_by", "explained_at", "updated_at"])
    record(move.event, subject=row, actor=actor, sme_id=row.sme_id, code=row.code)
    return row


def _keep(sme: Sme, found: Iterable[Found], codes: Iterable[str], *, about: str = "") -> list[Contradiction]:
    """Bring the kept rows of these rules, whose `about` begins so, in line with what was found. Gives those that are new."""
    rows = Contradiction.objects.filter(sme=sme, code__in=list(codes), about__startswith=about)
    kept = {(row.code, row.about, row.digest): row for row in rows}
    new, changed = [], []
    for each in found:
        key = (each.code, each.about, digest_of(each.code, each.values))
        row = kept.pop(key, None)
        if row is None:
            new.append(
                Contradiction.objects.create(
                    sme=sme,
                    code=each.code,
                    about=each.about,
                    digest=key[2],
                    facts=list(each.facts),
                    data=each.data,
                    stops=RULES[each.code].stops,
                )
            )
        elif row.state == ContradictionState.SOLVED:
            row.state = (ContradictionState.EXPLAINED if row.explanation else ContradictionState.OPEN).value
            changed.append(row)
    for row in kept.values():
        if row.state != ContradictionState.SOLVED:
            row.state = ContradictionState.SOLVED.value
            changed.append(row)
    for row in changed:
        row.save(update_fields=["state", "updated_at"])
    if new:
        record(Happened.CONTRADICTIONS_FOUND, subject=sme, actor=None, codes=sorted({row.code for row in new}))
    elif changed:
        record(Happened.CONTRADICTIONS_CHANGED, subject=sme, actor=None, codes=sorted({row.code for row in changed}))
    return new


def _locked(document: Document) -> Document:
    """Under the lock of its firm, which comes first in every act on it: what the firm says stands still meanwhile."""
    sme = people_services.locked_firm(document.sme_id)
    row = Document.objects.select_for_update().get(pk=document.pk)
    row.sme = sme
    if row.state not in COUNTING:
        raise DomainError(_("This paper was refused or replaced meanwhile."), code="paper_gone")
    return row


def _take_back(row: Comparison, actor: User) -> None:
    row.undone_by, row.undone_at = actor, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
