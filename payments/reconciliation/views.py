"""Pages of the finance officer about the bank: files, the queue, one line. Programme managers and directors look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from payments.models import MatchProposal
from payments.models.labels import BANK_FILE_STATE_LABELS
from payments.states import BankFileState, BankLineState
from tdap_portal.core.calendar import today
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import BackToForm, forget_refused, kept_for, kept_form, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import matches, overviews, permissions, second, selectors, services, showing, signing, wording
from .files.statement import BadFile
from .files.table import mapping_of
from .forms import (
    AccountForm,
    AnswerForm,
    AskForm,
    ColumnsForm,
    GoneForm,
    HandForm,
    PairForm,
    ReasonForm,
    RuleForm,
    TakeForm,
    UploadForm,
    rupees_of,
)  # fmt: skip
from .preview import preview_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.models import BankFile, BankLine
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]
QUEUE_PAGE = 10
PREVIEW_PAGE = 100
FILE_TONES = {BankFileState.READ: "you", BankFileState.TAKING: "us", BankFileState.TAKEN: "done"}


def require_seen(request: SignedInRequest) -> None:
    """Raises NotFound, and NotAllowed for somebody who may look and sends something."""
    if not permissions.can_see_bank(request.user):
        raise NotFound
    if request.method == "POST":
        permissions.can_work_bank(request.user).require()


def require_worked(request: SignedInRequest) -> None:
    """Pages that are an act: not there for whoever only looks."""
    if not permissions.can_work_bank(request.user):
        raise NotFound


# --------------------------------------------------------------------------------------------------------------- files


@signed_in()
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Where the accounts stand, what waits, and the files that were handed in."""
    require_seen(request)
    page = keyset_page(
        selectors.files_visible_to(request.user), order=["-id"], cursor=request.GET.get("cursor"), size=15
    )
    context = {
        "page": page,
        "files": [_file_row(row) for row in page.rows],
        "can_work": permissions.can_work_bank(request.user),
        **overviews.overview_now(),
    }
    return render(request, "payments/reconciliation/overview.html", context)


def _file_row(row: BankFile) -> tuple[BankFile, str, str]:
    return row, str(BANK_FILE_STATE_LABELS[BankFileState(row.state)]), FILE_TONES[BankFileState(row.state)]


@signed_in()
@require_http_methods(EDITS)
def accounts(request: SignedInRequest) -> HttpResponse:
    """TDAP's accounts, and how far a line may be off."""
    is_rule = request.method == "POST" and "tolerance" in request.POST
    if not is_rule or not permissions.can_set_rule(request.user):
        require_seen(request)
    kept, standing = kept_for(request), selectors.rule_on(today())
    account_form = AccountForm(None if is_rule else posted(request), initial=kept)
    rule_form = RuleForm(
        posted(request) if is_rule else None,
        sets_limit=bool(permissions.can_set_limit(request.user)),
        initial={"second_from": rupees_of(standing.second_from)} | kept if standing and standing.second_from else kept,
    )
    form: AccountForm | RuleForm = rule_form if is_rule else account_form
    if request.method == "POST" and form.is_valid():
        act = services.set_rule if is_rule else services.set_account
        try:
            act(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("iban" if refusal.code == "iban" else None, str(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("payments:bank_accounts")
    context = {
        "accounts": [(row, selectors.last_covered_day(row)) for row in selectors.accounts()],
        "rules": [
            (row, showing.money(row.tolerance), showing.money(row.second_from) if row.second_from else "")
            for row in selectors.rules()
        ],
        "account_form": account_form,
        "rule_form": rule_form,
        "form": form,
        "can_work": permissions.can_work_bank(request.user),
        "can_set_rule": permissions.can_set_rule(request.user),
    }
    return render(request, "payments/reconciliation/accounts.html", context, status=422 if form.errors else 200)


@signed_in()
@takes_files
@require_http_methods(EDITS)
def upload(request: SignedInRequest) -> HttpResponse:
    """Hand a file in; nothing is booked yet."""
    require_worked(request)
    known = selectors.accounts()
    if not known:
        messages.info(request, _("Note first to which account the files belong."))
        return redirect("payments:bank_accounts")
    form = UploadForm(posted(request), request.FILES or None, accounts=known)
    if request.method == "POST" and form.is_valid():
        file_, account = form.cleaned_data["file"], form.cleaned_data["account"]
        chosen = next(row for row in known if row.public_id == account)
        try:
            row = services.read_in(actor=request.user, account=chosen, file_name=file_.name, content=file_.read())
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            if row.is_taken:
                messages.info(request, _("This file was taken already. Nothing is changed by it."))
            return redirect("payments:bank_file", row.public_id)
    return render(request, "payments/reconciliation/upload.html", {"form": form}, status=422 if form.errors else 200)


@signed_in()
@require_http_methods(EDITS)
def columns(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Which column is which: proposed by all of its lines, confirmed by a person, remembered for the next file."""
    require_worked(request)
    row = selectors.file_for(request.user, public_id)
    if row.format != "table" or row.state != BankFileState.READ:
        return redirect("payments:bank_file", public_id)
    proposal, first, head = services.proposal_for(row)
    known = mapping_of(row.layout) if row.layout is not None else proposal.mapping
    initial = {name: "" if value is None else value for name, value in known.as_dict().items()}
    form = ColumnsForm(posted(request), head=head, initial=initial | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.map_columns(actor=request.user, file=row, mapping=form.mapping())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("payments:bank_file", public_id)
    context = {
        "form": form,
        "file": row,
        "head": head,
        "first": first,
        "doubts": [wording.doubt_words(doubt, proposal.mapping) for doubt in proposal.doubts],
        "is_either": proposal.is_either,
    }
    return render(request, "payments/reconciliation/columns.html", context, status=422 if form.errors else 200)


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a file would bring, line by line; how far it is while its lines are booked; what came of it."""
    if not permissions.can_see_bank(request.user):
        raise NotFound
    if request.method == "POST":
        permissions.can_take_files(request.user).require()
    row = selectors.file_for(request.user, public_id)
    if row.state == BankFileState.READ:
        return _looked_at(request, row)
    if row.state == BankFileState.DROPPED:
        raise NotFound
    is_piece = request.headers.get("HX-Target") == "progress"
    if is_piece and row.is_taken:  # the whole page again: its lines stand otherwise now, and there is a next step
        return HttpResponseClientRefresh()
    lines = selectors.lines_of_file(row)
    page = keyset_page(lines, order=["number", "id"], cursor=request.GET.get("cursor"), size=50)
    context = {
        "file": row,
        "page": page,
        "lines": [showing.LineRow(line, showing.money(line.amount), *showing.line_state(line)) for line in page.rows],
        "counts": overviews.counts_of(row),
    }
    template = "_progress" if is_piece else "taken"
    return render(request, f"payments/reconciliation/{template}.html", context)


def _looked_at(request: SignedInRequest, row: BankFile) -> HttpResponse:
    if row.format == "table" and row.layout is None:
        if permissions.can_work_bank(request.user):
            return redirect("payments:bank_columns", row.public_id)
        return render(request, "payments/reconciliation/preview.html", {"file": row})
    if request.method == "POST" and "page" in request.POST:
        services.choose(actor=request.user, file=row, choices=_choices(request))
        return redirect(f"{reverse('payments:bank_file', args=[row.public_id])}?page={_page(request.POST)}#lines")
    form = TakeForm(posted(request))
    if request.method == "POST" and (form.is_valid() or "drop" in request.POST):
        try:
            return _act_on_file(request, row, form)
        except DomainError as refusal:
            form.add_error({"no_words": "words", "covers": "last"}.get(refusal.code), str(refusal))
    context: dict[str, Any] = {
        "file": row,
        "form": form,
        "can_work": permissions.can_work_bank(request.user),
        "can_take": permissions.can_take_files(request.user),
    }
    row.choices = {**row.choices, **_choices(request)}
    try:
        found = preview_of(row)
    except BadFile as fault:
        context["refusal"] = wording.refusal_words(fault)
    else:
        if found.covers and not form.is_bound:
            form.initial = {"first": found.covers[0], "last": found.covers[1]}
        context |= overviews.preview_context(found, _page(request.GET), PREVIEW_PAGE)
        if context["can_take"]:
            context["can_take"] = permissions.can_take_file(request.user, row, is_proven=not found.unproven)
    return render(request, "payments/reconciliation/preview.html", context, status=422 if form.errors else 200)


def _page(said: Mapping[str, Any]) -> int:
    """From 1 on."""
    number = str(said.get("page", ""))
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1


def _choices(request: SignedInRequest) -> dict[str, str]:
    """By place of a line, what a person chose, from controls named at-3; "" where a choice is taken back."""
    return {name.removeprefix("at-"): str(said) for name, said in request.POST.items() if name.startswith("at-")}


def _act_on_file(request: SignedInRequest, row: BankFile, form: TakeForm) -> HttpResponse:
    """Raises DomainError."""
    if "drop" in request.POST:
        services.drop_file(actor=request.user, file=row)
        messages.success(request, _("The file is put away. Nothing was taken."))
        return redirect("payments:bank")
    services.take_file(
        actor=request.user,
        file=row,
        choices=_choices(request),
        others=form.cleaned_data["others"],
        covers=form.covers(),
        without_bad=form.cleaned_data["without_bad"],
        words=form.cleaned_data["words"],
    )
    return redirect("payments:bank_file", row.public_id)


@signed_in()
@require_safe
def broken(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The lines that cannot be read, with line and cell, for the letter to the bank."""
    require_seen(request)
    row = selectors.file_for(request.user, public_id)
    try:
        bad = preview_of(row).bad
    except BadFile:
        bad = ()
    lines = [[each.number, each.cell, each.said, str(wording.FAULTS[each.code])] for each in bad]
    head = [_("Line"), _("Cell"), _("What stands there"), _("What is wrong")]
    response = HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="broken-{row.public_id}.csv"'
    return response


# --------------------------------------------------------------------------------------------------------------- lines


@signed_in()
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Lines of which nobody knows yet whose they are, the surest first, with what they may belong to."""
    require_seen(request)
    show = request.GET.get("show", "")
    rows = selectors.queue_visible_to(request.user, show)
    page = keyset_page(rows, order=["-certainty", "id"], cursor=request.GET.get("cursor"), size=QUEUE_PAGE)
    waits = selectors.queue_count()
    context = {
        "page": page,
        "rows": showing.queue_rows(page.rows, request.user),
        "show": show if show in {"second", "asked"} else "",
        "tabs": showing.queue_tabs(waits, show, reverse("payments:bank_queue")),
        "number": waits.number,
        "moved": showing.money(waits.moved),
        "can_work": permissions.can_work_bank(request.user),
    }
    return render(request, "payments/reconciliation/queue.html", context)


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def line(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One line: what it may belong to, every way to match it by hand, and its trail."""
    require_seen(request)
    row = selectors.line_for(request.user, public_id)
    act = request.POST.get("act", "")
    pairs = [(each, showing.pair_label(each)) for each in selectors.pairs_for(row)]
    wanted = request.GET.get("payment", "")
    first = {"reference_1": wanted, "amount_1": rupees_of(abs(row.amount)), "reference": wanted}
    forms: dict[str, Any] = {
        "hand": HandForm(request.POST if act == "hand" else None, amount=row.amount, initial=first, prefix="hand"),
        "gone": GoneForm(request.POST if act == "gone" else None, initial=first, prefix="gone"),
        "pair": PairForm(request.POST if act == "pair" else None, lines=pairs, prefix="pair"),
        "charge": ReasonForm(request.POST if act == "charge" else None, prefix="charge"),
        "ask": AskForm(request.POST if act == "ask" else None, prefix="ask"),
        "answered": AnswerForm(request.POST if act == "answered" else None, prefix="answered"),
    }
    refusal = None
    if request.method == "POST":
        form = forms.get(act)
        if form is None or form.is_valid():
            try:
                said = _match(request, row, act, form)
            except DomainError as said_no:
                refusal = said_no
            else:
                messages.success(request, said)
                return _on_to_the_next(request, row)
    on = row.booked_on
    context = {
        "row": showing.line_row(row, request.user),
        "given_back": [
            each
            for each in showing.proposal_rows(selectors.proposals_of(row), request.user)
            if each.proposal.settled_at is not None
        ],
        "day_url": reverse("payments:bank_day", args=[row.account.public_id, on.year, on.month, on.day]),
        "matches": showing.match_rows(selectors.matches_of(row)),
        "is_open": row.state == BankLineState.OPEN and second.waiting_on([row]) is None,
        "forms": forms,
        "act": act,
        "pairs": pairs,
        "refusal": refusal,
        "kept": kept_form(request, request.path),
        "came_from_queue": "queue" in (request.GET.get("from"), request.POST.get("from")),
        "found": [
            (each, showing.money(each.amount), showing.money(each.left))
            for each in selectors.payments_found(request.GET.get("find", ""))
        ],
        "find": request.GET.get("find", ""),
        "can_work": permissions.can_work_bank(request.user),
    }
    wrong = refusal is not None or any(form.errors for form in forms.values())
    return render(request, "payments/reconciliation/line.html", context, status=422 if wrong else 200)


def _match(request: SignedInRequest, row: BankLine, act: str, form: Any) -> str:
    """What was done, as a sentence. Raises DomainError."""
    actor = request.user
    words = form.cleaned_data.get("words", "") if form is not None else ""
    if act == "ask":
        signing.ask_bank(actor=actor, line=row, words=words)
        return _("Noted. The line waits for the answer of the bank.")
    if act == "answered":
        signing.note_answer(actor=actor, line=row, words=words)
        return _("Noted. The line waits among the others again.")
    if act == "take":
        offer = matches.offer_of(row, request.POST.get("offer", ""))
        done = matches.take_offer(actor=actor, line=row, offer=offer)
    elif act == "hand":
        shares = [(_payment(reference), amount) for reference, amount in form.shares()]
        done = matches.match_by_hand(actor=actor, line=row, shares=shares, words=words)
    elif act == "gone":
        said = form.cleaned_data
        payment, is_return = _payment(said["reference"]), said["what"] == "return"
        done = matches.match_gone(actor=actor, line=row, payment=payment, is_return=is_return, words=words)
    elif act == "pair":
        other = selectors.line_for(actor, form.cleaned_data["other"])
        done = matches.match_pair(actor=actor, line=row, other=other, words=words)
    elif act == "charge":
        done = matches.match_charge(actor=actor, line=row, words=words)
    else:
        raise NotFound
    if isinstance(done, MatchProposal):
        return _("Proposed: %(amount)s. Another person signs it.") % {"amount": showing.money(row.amount)}
    return _("Matched: %(amount)s.") % {"amount": showing.money(row.amount)}


def _payment(reference: str) -> Any:
    found = selectors.payment_of_reference(reference)
    if found is None:
        text = _("No payment has the reference “%(reference)s”.") % {"reference": reference}
        raise DomainError(text, code="no_payment")
    return found


def _on_to_the_next(request: SignedInRequest, row: BankLine) -> HttpResponse:
    """Back to the queue, at what is surest now; from the page of a line back to it."""
    if request.POST.get("from") == "queue":
        return redirect(f"{reverse('payments:bank_queue')}#queue")
    return redirect("payments:bank_line", row.public_id)


@signed_in("payments:bank_queue", of=())
@require_POST
def match_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A match was wrong; both stay in the trail."""
    require_seen(request)
    match = selectors.match_for(request.user, public_id)
    page = reverse("payments:bank_line", args=[match.line.public_id])
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why. Whoever looks at this line later reads it."))
        return BackToForm(page)
    try:
        done = matches.take_back(actor=request.user, match=match, words=form.cleaned_data["words"])
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return BackToForm(page)
    is_proposed = isinstance(done, MatchProposal)
    taken = _("The match is taken back. The line waits again.")
    messages.success(
        request, _("Proposed: another person signs that the match is taken back.") if is_proposed else taken
    )
    forget_refused(request, page)
    return redirect(page)


@signed_in("payments:bank_queue", of=())
@require_POST
def proposal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The second person signs what another one proposed, or gives it back with a reason."""
    row = selectors.proposal_for(request.user, public_id)
    page = reverse("payments:bank_line", args=[row.line.public_id])
    try:
        if "sign" in request.POST:
            signing.sign(actor=request.user, proposal=row)
            messages.success(request, _("Signed and booked: %(amount)s.") % {"amount": showing.money(row.line.amount)})
        else:
            signing.give_back(actor=request.user, proposal=row, words=request.POST.get("words", ""))
            messages.success(request, _("Given back. The line waits again."))
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return BackToForm(page)
    forget_refused(request, page)
    return redirect(page)
