"""Certificates: the check that is open to everybody, the paper for who earned it, and the cohort's list for officials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.charts.squares import squares_of
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import reads_small_files
from training.states import CertificateState

from . import keys, offline, permissions, selectors, services, wording
from .forms import FileForm, NumberForm, ReplaceForm, RevokeForm
from .numbers import Reading, read_number, shown
from .reasons import REASONS
from .sealing import NotSealed, fingerprint, read_seal

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Certificate

    from .paper import Sheet
    from .sealing import Seal


# ------------------------------------------------------------------------------------------------------- for everybody


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check answers. code: real, revoked, replaced, mistyped, unknown, not_ours; of a file also changed, no_seal, other_key."""

    code: str
    number: str = ""
    certificate: Certificate | None = None
    by_file: bool = False


@require_safe
@rate_limit(action="certificate_check", limit_get=True)
def certificate_search(request: HttpRequest) -> HttpResponse:
    """Where the number is typed, or the PDF is handed in."""
    if "n" not in request.GET:
        return render(request, "training/certificates/check.html", {"form": NumberForm(), "file_form": FileForm()})
    form = NumberForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "file_form": FileForm()}
        return render(request, "training/certificates/check.html", context, status=422)
    return _answer(request, _verdict(form.cleaned_data["n"]), form=form, is_page=False)


@require_safe
@rate_limit(action="certificate_check", limit_get=True)
def certificate_check(request: HttpRequest, number: str) -> HttpResponse:
    """Where the QR code leads."""
    return _answer(request, _verdict(number), form=NumberForm(initial={"n": number[:40]}))


@reads_small_files
@require_http_methods(["POST"])
@rate_limit(action="certificate_check")
def certificate_file(request: HttpRequest) -> HttpResponse:
    """A PDF: whether its seal holds, and whether it is still in force."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": NumberForm(), "file_form": form}
        return render(request, "training/certificates/check.html", context, status=422)
    try:
        seal = read_seal(form.cleaned_data["file"], keys=keys.public_keys())
    except NotSealed:
        return _answer(request, Verdict("no_seal", by_file=True), form=NumberForm(), is_page=False)
    return _answer(request, _verdict_of(seal), form=NumberForm(), is_page=False)


def _verdict(text: str) -> Verdict:
    reading = read_number(text)
    number = text.strip()[:40]
    if reading == Reading.NOT_OURS:
        return Verdict("not_ours", number)
    row = selectors.certificate_by_number(text)
    if row is None:
        return Verdict("mistyped" if reading == Reading.MISTYPED else "unknown", number)
    return Verdict(_state_code(row), shown(row.number), row)


def _verdict_of(seal: Seal) -> Verdict:
    if seal.key not in keys.public_keys():
        return Verdict("other_key", by_file=True)
    if not seal.is_whole:
        return Verdict("changed", by_file=True)
    row = selectors.certificate_by_number(str(seal.facts.get("number", "")))
    if row is None:
        return Verdict("unknown", str(seal.facts.get("number", ""))[:40], by_file=True)
    return Verdict(_state_code(row), shown(row.number), row, by_file=True)


def _state_code(row: Certificate) -> str:
    return "real" if row.state == CertificateState.IN_FORCE else row.state


def _answer(request: HttpRequest, verdict: Verdict, *, form: NumberForm, is_page: bool = True) -> HttpResponse:
    """is_page: the address is that of the certificate, so that one which nobody has is not found."""
    row = verdict.certificate
    context: dict[str, Any] = {
        "form": form,
        "file_form": FileForm(),
        "verdict": verdict,
        "certificate": row,
        "now": timezone.now(),
        "keys": [(name, fingerprint(key)) for name, key in keys.public_keys().items()],
    }
    if row is not None:
        context |= {
            "days": wording.days_words(row.facts),
            "reason": _(REASONS[row.reason_code].words) if row.reason_code in REASONS else "",
        }
    return render(request, "training/certificates/check.html", context, status=404 if is_page and row is None else 200)


@require_safe
def certificate_offline(request: HttpRequest) -> HttpResponse:
    """A page to keep: it checks a PDF on one's own computer, without a connection."""
    response = HttpResponse(offline.page(keys.public_keys()), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="check-certificate.html"'
    return response


# ------------------------------------------------------------------------------------------------- who earned it, officials


@signed_in()
@require_safe
def certificate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The certificate of a person, as it was issued."""
    row = selectors.certificate_for(request.user, public_id)
    sheet = _sheet_of(row)
    context = {
        "certificate": row,
        "sheet": sheet,
        "qr": squares_of(sheet.link) if sheet else None,
        "number": shown(row.number),
        "days": wording.days_words(row.facts),
        "hours": wording.hours_words(row.facts),
        "is_in_force": row.state == CertificateState.IN_FORCE,
        "reason": _(REASONS[row.reason_code].words) if row.reason_code in REASONS else "",
        "can_end": permissions.can_end(request.user, row),
    }
    return render(request, "training/certificates/certificate.html", context)


def _sheet_of(row: Certificate) -> Sheet | None:
    """What the paper says; None for one that is no longer valid, and where there is no key to sign it with."""
    if row.state != CertificateState.IN_FORCE:
        return None
    try:
        name, key = keys.signing_key()
    except DomainError:
        return None
    return wording.sheet_of(row, key_name=name, key=key.public_key())


@signed_in("training:certificate")
@require_safe
def certificate_pdf(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.certificate_for(request.user, public_id)
    try:
        content = services.signed_pdf(row)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("training:certificate", row.public_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{shown(row.number)}.pdf"'
    return response


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.certificate_for(request.user, public_id)
    permissions.can_end(request.user, row).require()
    form = RevokeForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke(actor=request.user, certificate=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The certificate is taken back. Whoever checks its number reads why."))
            return redirect("training:certificate", row.public_id)
    context = {"certificate": row, "number": shown(row.number), "form": form}
    return render(request, "training/certificates/revoke.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same certificate with a name put right."""
    row = selectors.certificate_for(request.user, public_id)
    permissions.can_end(request.user, row).require()
    names = {name: row.facts[name] for name in services.RENAMED}
    form = ReplaceForm(posted(request), initial=names | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            new = services.replace(actor=request.user, certificate=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("A new certificate is issued; the old number says that it was replaced."))
            return redirect("training:certificate", new.public_id)
    context = {"certificate": row, "number": shown(row.number), "form": form}
    return render(request, "training/certificates/replace.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_certificates(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who of a cohort has one, who has earned one, and what the others lack."""
    if not permissions.can_end(request.user):
        raise NotFound
    cohort = selectors.cohort_by_id(public_id)
    refusal = None
    if request.method == "POST":
        permissions.can_issue(request.user).require()
        try:
            number = services.issue_for_cohort(actor=request.user, cohort=cohort)
        except DomainError as error:
            refusal = error
        else:
            messages.success(
                request,
                ngettext(
                    "%(number)d certificate is being issued; the person is told.",
                    "%(number)d certificates are being issued; each person is told.",
                    number,
                )
                % {"number": number},
            )
            return redirect("training:cohort_certificates", public_id)
    lines = selectors.lines_of(cohort)
    context = {
        "cohort": cohort,
        "lines": lines,
        "earned": sum(1 for line in lines if line.certificate is None and not line.lacks),
        "issued": sum(1 for line in lines if line.certificate is not None),
        "can_issue": permissions.can_issue(request.user),
        "refusal": refusal,
    }
    return render(request, "training/certificates/cohort.html", context, status=422 if refusal else 200)
