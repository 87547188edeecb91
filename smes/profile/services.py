"""Acts on a firm's profile. Each is one transaction: allowed? lock, move, save, record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from smes.models import Certification, Member, Owner, ProfileStep, Sme
from smes.people import selectors as people_selectors
from smes.states import PROFILE, Happened, ProfileState
from smes.vocabulary.certificates import CERTIFICATES
from smes.vocabulary.places import CITIES, lies_in, parse_city
from tdap_portal.accounts import services as accounts_services
from tdap_portal.audit.selectors import timeline
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tdap_portal.web.seen import SEEN, Merged, merge, written_out

from . import permissions, selectors
from .contradictions import FIT_TOGETHER, women_among
from .facts import ASKABLE, FACTS, ROWS_OF_STEP, columns_of
from .rows import Stopped, TableSaved, merge_rows
from .steps import STEP_BY_CODE, OwnerShare, led_by_women, led_by_young

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tdap_portal.accounts.models import User


LEADERS = ("women_led", "youth_led")
NO_ROWS: Mapping[str, Any] = MappingProxyType({})
# A change here is a change of who the firm is: an officer looks again.
VERIFIED_STEPS = frozenset({"identity", "owners"})


# Registration and profile ----------------------------------------------------------------------------------------


def register_sme(
    *,
    actor: User,
    name: str,
    legal_form: str = "",
    token: str | None = None,
    beginnings: Mapping[str, str] | None = None,
    is_demo: bool = False,
) -> Sme:
    """A new firm with the actor as its owner. Raises DomainError "too_many_firms".

    token: of the form; the same person and token give the same firm, so that a double click registers once.
    beginnings: what is known from the eligibility check (smes.check.eligibility.profile_beginnings).
    """
    found = people_selectors.sme_by_token(actor, token or "")
    if found is not None:
        return found
    try:
        with transaction.atomic():
            accounts_services.lock_person(actor)
            if people_selectors.number_registered_by(actor) >= settings.FIRMS_PER_PERSON:
                raise DomainError(
                    _(
                        "You have registered %(number)d firms, and one person registers no more. Call TDAP if you need one."
                    )
                    % {"number": settings.FIRMS_PER_PERSON},
                    code="too_many_firms",
                )
            sme = Sme.objects.create(
                name=name.strip(),
                legal_form=legal_form,
                created_by=actor,
                form_token=token or None,
                is_demo=is_demo,
                **{key: value for key, value in (beginnings or {}).items() if key in {"sector", "export_route"}},
            )
            Member.objects.create(sme=sme, user=actor, role="owner")
            record(Happened.REGISTERED, subject=sme, actor=actor, legal_form=legal_form)
            return sme
    except IntegrityError:
        # A concurrent request won; return its row.
        found = people_selectors.sme_by_token(actor, token or "")
        if found is None:
            raise
        return found


@dataclass(frozen=True, slots=True)
class SavedStep:
    """What became of a page of a step.

    stopped: what was not written, since somebody else saved something else there. seen: digests of what the page shows from
    now on, for its next sending. ids: of new rows, by their place on the page.
    """

    sme: Sme
    stopped: tuple[Stopped, ...]
    seen: dict[str, str]
    ids: dict[str, int]


def save_step(
    *,
    actor: User,
    sme: Sme,
    step: str,
    values: Mapping[str, object],
    rows: Iterable[Mapping[str, object]] | None = None,
    draft: Mapping[str, object] | None = None,
    error_count: int = 0,
) -> Sme:
    """The same as save_page_of_step for whoever is no page: what is handed over counts, whatever was saved before."""
    return save_page_of_step(
        actor=actor, sme=sme, step=step, values=values, rows=rows, draft=draft, error_count=error_count, seen=None
    ).sme


@transaction.atomic
def save_page_of_step(
    *,
    actor: User,
    sme: Sme,
    step: str,
    values: Mapping[str, object],
    rows: Iterable[Mapping[str, object]] | None,
    draft: Mapping[str, object] | None,
    error_count: int,
    seen: Mapping[str, str] | None,
) -> SavedStep:
    """Save what is right of a step and was changed on its page, and keep what is not as a draft.

    values: columns of the firm; those that do not belong to the step are refused. rows: all owners, products, certificates
    or export years of the page; None leaves those that are saved. A row may hold "id", of the saved row that it is, and
    "at", its place on the page. seen: digests of what the page was made from (tdap_portal.web.seen), {} for a page without;
    None writes everything. draft: what was typed, by field name, kept only while something is wrong or stopped. Takes a
    verification back where who the firm is changes.
    Raises NotAllowed, KeyError for an unknown step, ValueError for a column of another step.
    """
    if foreign := set(values) - columns_of(step):
        raise ValueError(f"{step} does not hold {sorted(foreign)}")
    row = Sme.objects.select_for_update().get(pk=sme.pk)
    permissions.can_edit_step(actor, row, step).require()  # by the role as it is now, not as it was read with the page
    mark = selectors.mark_of_step(row, step)
    current = {key: getattr(row, key) for key in values}
    if seen is None:
        merged = Merged({key: value for key, value in values.items() if current[key] != value}, {})
    else:
        merged = merge(seen, current, values, mark=mark)
        _keep_together(row, merged)
    changed = sorted(merged.written)
    for key in changed:
        setattr(row, key, values[key])
    if "iban" in changed:
        row.bank_account_verified = False
    table = merge_rows(row, step, list(rows), seen, mark) if rows is not None else TableSaved()
    rows_changed = table.is_changed
    if step == "owners" and rows_changed:
        _tell_who_leads(row)
    row.save(update_fields=[*changed, "bank_account_verified", "women_led", "youth_led", "updated_at"])
    stopped = (
        *(_with_who_saved(row, step, Stopped(name, name, value)) for name, value in merged.stopped.items()),
        *(_with_who_saved(row, step, stop) for stop in table.stopped),
    )
    shown = selectors.seen_of_step(row, step)
    on_page = {str(pk) for pk in table.on_page}
    taken = {name for name in shown if (name in values if "." not in name else name.partition(".")[0] in on_page)}
    seen_now = {name: shown[name] if name in taken else (seen or {}).get(name, "") for name in shown}
    seen_now = {name: digest for name, digest in seen_now.items() if digest}
    error_count += len(stopped)
    kept = {**(draft or {}), SEEN: [written_out(seen_now)], **{f"{at}-id": [str(pk)] for at, pk in table.ids.items()}}
    saved = _keep_step(
        row,
        step,
        draft=kept if error_count and draft is not None else {},
        error_count=error_count,
        saved_at=timezone.now(),
        saved_by=actor,
    )
    if changed or rows_changed:
        record(Happened.STEP_SAVED, subject=row, actor=actor, step=step, fields=changed, rows=rows_changed)
        if step in VERIFIED_STEPS and row.profile_state == ProfileState.VERIFIED:
            reopen_profile(actor=actor, sme=row, because="who")
    if row.completed_at is None and saved >= set(STEP_BY_CODE):  # the look at the whole waits for its last step
        _note_completion(row, actor)
    return SavedStep(row, stopped, seen_now, table.ids)


@transaction.atomic
def correct_profile(
    *,
    actor: User,
    sme: Sme,
    values: Mapping[str, object],
    rows: Mapping[str, Iterable[Mapping[str, object]]] = NO_ROWS,
) -> Sme:
    """Correct single facts that an officer asked for, by the key they have in the frozen copy.

    Values are text, numbers, true or false, dates or lists of codes; each is checked by the field of its step, and who leads
    the firm by its owners. rows: of facts that have rows, by key: all rows, as the form of the step gives them. Takes a
    verification back where who the firm is changes. Raises NotAllowed; DomainError "wrong_value" with .data["fields"]
    (key → sentences) where a value cannot be, and nothing is changed then; ValueError for rows of a fact without.
    """
    row = Sme.objects.select_for_update().get(pk=sme.pk)
    permissions.can_correct_profile(actor, row).require()
    if foreign := set(rows) - set(ROWS_OF_STEP.values()):
        raise ValueError(f"{sorted(foreign)} have no rows")
    before = {key: getattr(row, FACTS[key].column) for key in values if key in ASKABLE and FACTS[key].column}
    wrong = _set_values(row, values)
    wrong |= _impossible_together(row, set(values) - set(wrong))
    if wrong:
        raise DomainError(_("Some of these values cannot be right."), code="wrong_value", fields=wrong)
    changed = {key for key, value in before.items() if getattr(row, FACTS[key].column) != value}
    written = {FACTS[key].column for key in before}
    if "city" in before and (town := CITIES.get(parse_city(row.city))):  # a town that we do not know may lie anywhere
        row.province = town.province
        written.add("province")
    changed |= _correct_rows(row, rows, actor)
    if "owners" in changed:
        _tell_who_leads(row)
        written |= set(LEADERS)
    row.save(update_fields=[*sorted(written), "updated_at"])
    if written:
        record(Happened.STEP_SAVED, subject=row, actor=actor, step="", fields=sorted(written), rows=False)
    if row.profile_state == ProfileState.VERIFIED and any(FACTS[key].step in VERIFIED_STEPS for key in changed):
        reopen_profile(actor=actor, sme=row, because="who")
    return row


@transaction.atomic
def verify_profile(*, actor: User, sme: Sme, until: date | None = None) -> Sme:
    """An officer has compared the profile with the papers. until: the first day on which one of them ends, None where none does.

    Raises NotAllowed, DomainError "incomplete".
    """
    row = Sme.objects.select_for_update().get(pk=sme.pk)
    permissions.can_verify_profile(actor, row).require()
    move = PROFILE.move("verify", row.profile_state)
    if not selectors.completeness(row).is_complete:
        raise DomainError(_("The profile is not complete yet."), code="incomplete")
    row.profile_state = move.target.value
    row.verified_at, row.verified_until = timezone.now(), until
    row.save(update_fields=["profile_state", "verified_at", "verified_until", "updated_at"])
    record(move.event, subject=row, actor=actor)
    return row


@transaction.atomic
def add_credential(
    *, actor: User | None, sme: Sme, kind: str, reference: str, expires_on: date | None = None
) -> Certification:
    """A certificate that TDAP itself gave; it is verified at once. Giving it again changes nothing.

    actor None: the portal itself (the worker that issues certificates). Raises KeyError for an unknown kind.
    """
    known = CERTIFICATES[kind]
    credential, is_new = Certification.objects.get_or_create(
        sme=sme, kind=known.code, defaults={"reference": reference, "expires_on": expires_on, "verified": True}
    )
    if is_new:
        record(Happened.CREDENTIAL_ADDED, subject=sme, actor=actor, kind=kind, reference=reference)
    return credential


def _keep_step(sme: Sme, step: str, **values: object) -> set[str]:
    """Keep a step's row and say which steps the firm has by now. It is locked, so nobody else makes one meanwhile."""
    there = set(ProfileStep.objects.filter(sme=sme).values_list("step", flat=True))
    if step in there:
        ProfileStep.objects.filter(sme=sme, step=step).update(**values)
    else:
        ProfileStep.objects.create(sme=sme, step=step, **values)
    return there | {step}


def _keep_together(sme: Sme, merged: Merged) -> None:
    """Of two columns that must fit, somebody else may have changed the other meanwhile: then neither is written."""
    for pair, fit in FIT_TOGETHER.items():
        current = {key: getattr(sme, key) for key in pair}
        written = merged.written.keys() & current.keys()
        if written and not fit(*(merged.written.get(key, value) for key, value in current.items())):
            for key in written:
                del merged.written[key]
                merged.stopped[key] = current[key]


def _with_who_saved(sme: Sme, step: str, stopped: Stopped) -> Stopped:
    """The same with who saved what is there, and when: the last act that names the column, or the rows of the step."""
    acts = timeline(sme).filter(name=Happened.STEP_SAVED).reverse()
    if stopped.at == stopped.column != "":  # SQLite cannot look into a list
        last = next((act for act in acts.iterator(chunk_size=50) if stopped.column in act.data.get("fields", ())), None)
    else:
        last = acts.filter(data__step=step, data__rows=True).first()
    return replace(stopped, by=last.actor, when=last.at) if last else stopped


def _who_leads(sme: Sme) -> tuple[bool | None, bool | None]:
    """Whether women and whether young people lead the firm, by its owners; None where they do not tell."""
    shares = [OwnerShare(owner.gender, owner.share_pct, owner.birth_year) for owner in Owner.objects.filter(sme=sme)]
    return led_by_women(shares), led_by_young(shares, today().year)


def _set_values(sme: Sme, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Set what the fields of the steps take; what they do not take stays as it was, and is returned with what is wrong."""
    wrong: dict[str, list[str]] = {}
    for key, value in values.items():
        if key not in ASKABLE or not FACTS[key].column:
            wrong[key] = [_("This is not corrected here; change it in the profile.")]
            continue
        field = selectors.field_of(sme, key)
        try:
            setattr(sme, FACTS[key].column, field.clean(field.prepare_value(value)))
        except ValidationError as mistake:
            wrong[key] = list(mistake.messages)
    return wrong


def _correct_rows(sme: Sme, rows: Mapping[str, Iterable[Mapping[str, object]]], actor: User) -> set[str]:
    """Write the rows of these facts; returns those in which something changed."""
    changed = set()
    for key, posted in rows.items():
        step = FACTS[key].step
        if merge_rows(sme, step, list(posted), None, selectors.mark_of_step(sme, step)).is_changed:
            changed.add(key)
            record(Happened.STEP_SAVED, subject=sme, actor=actor, step=step, fields=[], rows=True)
    return changed


def _tell_who_leads(sme: Sme) -> None:
    sme.women_led, sme.youth_led = _who_leads(sme)


def _note_completion(sme: Sme, actor: User) -> None:
    if selectors.completeness(selectors.read_facts(sme)).is_complete:
        sme.completed_at = timezone.now()
        sme.save(update_fields=["completed_at"])
        record(Happened.COMPLETED, subject=sme, actor=actor)


def reopen_profile(*, actor: User | None, sme: Sme, because: str, papers: Sequence[str] = ()) -> None:
    """Take a verification back, and tell the firm why. sme: locked by the caller.

    because: "who" (who the firm is changed), "fact" (another fact that was compared), "paper" (papers, the kinds of which are
    given, were refused, replaced or ran out), "open" (something does not fit together). actor None: the portal itself.
    """
    move = PROFILE.move("reopen", sme.profile_state)
    sme.profile_state = move.target.value
    sme.verified_at, sme.verified_until = None, None
    sme.save(update_fields=["profile_state", "verified_at", "verified_until"])
    record(move.event, subject=sme, actor=actor, because=because, papers=list(papers))


def _impossible_together(sme: Sme, keys: set[str]) -> dict[str, list[str]]:
    """Values that are well formed but cannot be, by key."""
    wrong: dict[str, list[str]] = {}
    if keys & {"employees", "women_employees"} and not women_among(sme.employees or 0, sme.women_employees or 0):
        wrong["women_employees"] = [_("There cannot be more women than employees.")]
    if "province" in keys and "city" not in keys and not lies_in(sme.city, sme.province):
        wrong["province"] = [_("The city does not lie in this province. Choose the province in which it lies.")]
    for key, leads in zip(LEADERS, _who_leads(sme), strict=True):
        if key in keys and leads is not None and getattr(sme, key) != leads:
            wrong[key] = [_("This follows from the owners. Correct them in your profile, in the step on owners.")]
    return wrong
