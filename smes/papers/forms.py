"""Sending a paper: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from smes.fields import NOT_TOLD, DayField, needed_sometimes, offer
from smes.vocabulary import wording
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.calendar import today

from .checks import PaperError, check_last_day
from .pages import Upload, check_pages
from .selectors import needed_papers
from .turns import firm_in_turn
from .virus import refuse_infected

if TYPE_CHECKING:
    from smes.models import Document, Sme

PROVES_A_CERTIFICATE = frozenset({"quality_certificate", "social_certificate"})


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class PagesField(forms.FileField):
    """One file, or several photographs of one paper; gives a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: object = None) -> Any:
        return [super(PagesField, self).clean(one, initial) for one in data or [None]]


class PaperForm(forms.Form):
    """One paper. A clean form holds what smes.papers.pages.check_pages gave in cleaned_data["paper"]."""

    kind = forms.ChoiceField(label=_("Which paper is it?"))
    certificate = needed_sometimes(
        forms.ChoiceField(
            label=_("Which certificate?"),
            required=False,
            help_text=_("Only for quality, social and environmental certificates."),
        )
    )
    file = PagesField(label=_("The file"), allow_empty_file=True, max_length=None)
    expires_on = needed_sometimes(
        DayField(
            label=_("Valid until"),
            required=False,
            help_text=_(
                "Needed for a CNIC, a chamber membership and certificates. Leave it empty where there is no last day."
            ),
        )
    )
    note = forms.CharField(label=_("Note for the officer"), required=False, max_length=200)

    def __init__(self, *args: Any, sme: Sme, replaces: Document | None = None, only: str = "", **kwargs: Any) -> None:
        """only: the kind of paper that is asked for; the form then has just the fields of that kind."""
        super().__init__(*args, **kwargs)
        self.sme = sme
        needed = needed_papers(sme)
        ordered = [*needed, *(code for code in KINDS if code not in needed)]
        offer(self, "kind", [NOT_TOLD, *((code, wording.paper_name(code)) for code in ordered)])
        offer(self, "certificate", [NOT_TOLD, *wording.certificate_choices()])
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = _(
            "PDF or photograph (JPEG, PNG), up to %(megabytes)d MB. Two sides or several pages: choose all their "
            "photographs, and they become one paper."
        ) % {"megabytes": megabytes}
        self.fields["file"].widget.attrs["accept"] = "application/pdf,image/jpeg,image/png"
        if replaces is not None:
            self.fields["kind"].initial = replaces.kind
            self.fields["certificate"].initial = replaces.certificate
        self.only = only
        if only:
            self._ask_only(only)

    def _ask_only(self, kind: str) -> None:
        self.fields["kind"].widget = forms.HiddenInput()
        self.fields["kind"].initial = kind
        if kind not in PROVES_A_CERTIFICATE:
            del self.fields["certificate"]
        if not KINDS[kind].expires:
            del self.fields["expires_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["kind"] = self.only or cleaned.get("kind")
        kind, expires_on = cleaned.get("kind"), cleaned.get("expires_on")
        if kind and "expires_on" in self.fields and "expires_on" not in self.errors:
            try:
                check_last_day(kind, expires_on, on=today())
            except PaperError as refusal:
                self.add_error("expires_on", wording.say(refusal.text))
        if kind not in PROVES_A_CERTIFICATE:
            cleaned["certificate"] = ""
        elif "certificate" in self.fields and not cleaned.get("certificate"):
            self.add_error("certificate", _("Choose which certificate it is."))
        cleaned.setdefault("expires_on", None)
        uploads = [Upload(upload.file, upload.name, upload.size) for upload in cleaned.pop("file", None) or ()]
        if uploads:
            try:
                with firm_in_turn(self.sme):
                    paper = check_pages(uploads, max_bytes=settings.PAPER_MAX_BYTES)
                    cleaned["paper"] = refuse_infected(paper)
            except PaperError as refusal:
                self.add_error(
                    "file", forms.ValidationError(wording.say(refusal.text, refusal.data), code=refusal.code)
                )
        return cleaned
