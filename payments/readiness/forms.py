"""Showing how a firm is paid, looking at it, and what services ask for: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.fields import DAY, iban_of
from payments.models import ServiceRule
from payments.models.labels import READINESS_KIND_LABELS
from smes.papers.checks import PaperError
from smes.papers.pages import Upload, check_pages
from smes.papers.turns import firm_in_turn
from smes.papers.virus import refuse_infected
from smes.vocabulary.wording import say

from .kinds import WITH_IBAN
from .wording import answer_choices, fact_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.states import ReadinessKind
    from smes.evidence.selectors import Line as FactLine
    from smes.models import Document, Sme


class ProofForm(forms.Form):
    """One way to be paid, with the paper that shows it: a new file, or one that the firm has sent."""

    iban = forms.CharField(
        label=_("IBAN of the account"),
        help_text=_("24 characters that begin with PK, on your cheque book. We never ask for a PIN or password."),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "data-private": True}),
    )
    title = forms.CharField(
        label=_("Title of the account"),
        help_text=_("As the bank prints it, letter by letter."),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    document = forms.ChoiceField(label=_("A paper that you have sent"), required=False)
    file = forms.FileField(label=_("Or a new paper"), required=False, allow_empty_file=True, max_length=None)

    def __init__(self, *args: Any, sme: Sme, kind: ReadinessKind, papers: Sequence[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sme, self.kind = sme, kind
        if kind not in WITH_IBAN:
            del self.fields["iban"], self.fields["title"]
        names = [(paper.public_id, f"\u2068{paper.name}\u2069") for paper in papers]
        if names:
            self.fields["document"].choices = [("", gettext("None of these")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["document"]
            self.fields["file"].label = _("The paper that shows it")
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = gettext("PDF or photograph (JPEG, PNG), up to %(megabytes)d MB.") % {
            "megabytes": megabytes
        }
        self.fields["file"].widget.attrs["accept"] = "application/pdf,image/jpeg,image/png"

    def clean_iban(self) -> str:
        return iban_of(self.cleaned_data["iban"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.pop("file", None)
        if upload is None and not cleaned.get("document"):
            self.add_error("file", _("Choose the paper that shows it."))
        elif upload is not None and not self.errors:
            try:
                with firm_in_turn(self.sme):
                    paper = check_pages(
                        [Upload(upload.file, upload.name, upload.size)], max_bytes=settings.PAPER_MAX_BYTES
                    )
                    cleaned["paper"] = refuse_infected(paper)
            except PaperError as refusal:
                self.add_error("file", forms.ValidationError(say(refusal.text, refusal.data), code=refusal.code))
        return cleaned


class LookForm(forms.Form):
    """What an officer finds: an answer for each fact that the paper can show and that nobody compared as it is now."""

    def __init__(self, *args: Any, lines: Sequence[FactLine], about: Sequence[str], **kwargs: Any) -> None:
        """about: facts that are accepted or returned with the proof, and are not asked one by one."""
        super().__init__(*args, **kwargs)
        self.others = [line for line in lines if line.fact not in about and line.is_open]
        for line in self.others:
            name, value = fact_words(line)
            self.fields[f"fact-{line.fact}"] = forms.ChoiceField(
                label=f"{name}: {value}", choices=answer_choices(), widget=forms.RadioSelect
            )
        self.fields["words"] = forms.CharField(
            label=_("Your words"),
            help_text=_("The firm reads them where it comes back. Needed too where an account has another title."),
            required=False,
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        )

    def answers(self) -> dict[str, str]:
        return {line.fact: self.cleaned_data[f"fact-{line.fact}"] for line in self.others}


class ServiceRuleForm(forms.ModelForm):
    """A new row of a service. Its code stands in the address."""

    class Meta:
        model = ServiceRule
        fields = (
            "since", "is_ended", "name", "name_ur", "needs", "needs_ur", "where", "where_ur", "source",
            "source_ur", "is_confirmed",
        )  # fmt: skip
        widgets = {
            "since": DAY,
            **{
                name: forms.TextInput(attrs={"dir": "rtl", "lang": "ur"})
                for name in ("name_ur", "where_ur", "source_ur")
            },
            "needs": forms.Textarea(attrs={"rows": 2}),
            "needs_ur": forms.Textarea(attrs={"rows": 2, "dir": "rtl", "lang": "ur"}),
        }

    def validate_unique(self) -> None:
        """The service says what a second row of a day is."""

    def validate_constraints(self) -> None:
        """As above."""


class FilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Way to be paid"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(code.value, label) for code, label in READINESS_KIND_LABELS.items()]
        self.fields["kind"].choices = [("", gettext("All")), *ways]  # type: ignore[attr-defined]
