"""What the desk asks and the firm answers: shapes only. Acts and rules are in the services."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.review.forms import ShownNowField, text_field
from smes.papers import selectors as papers_selectors
from smes.papers.checks import PaperError, check_last_day, check_paper
from smes.papers.turns import firm_in_turn
from smes.papers.virus import refuse_infected
from smes.profile import selectors as profile_selectors
from smes.profile.facts import ASKABLE, known_keys
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from datetime import date

    from selection.models import Application, Question
    from smes.models import Sme
    from smes.papers.checks import CheckedPaper
    from tdap_portal.core.errors import DomainError


class DeskLetterForm(forms.Form):
    """A letter to the firm; the token makes a double click one letter."""

    letter = text_field(_("Message to the firm"), rows=3)
    token = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = secrets.token_hex(16)

    def as_act(self) -> dict[str, str]:
        return {"words": self.cleaned_data["letter"], "token": self.cleaned_data["token"]}


class QuestionForm(forms.Form):
    """A question that opens named facts, asks for papers, or both."""

    title = forms.CharField(label=_("The question, in one line"), max_length=160)
    words = text_field(_("Why we ask, and what would answer it"), rows=4)
    fields_asked = forms.MultipleChoiceField(
        label=_("Facts that the firm may correct"),
        help_text=_("Only these open; everything else stays as it was frozen."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, gettext(fact.question)) for key, fact in ASKABLE.items()],
    )
    document_kinds = forms.MultipleChoiceField(
        label=_("Papers that we need"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, gettext(kind.name)) for code, kind in KINDS.items()],
    )
    answer_days = forms.IntegerField(
        label=_("Working days to answer"), min_value=1, max_value=40, initial=10, widget=forms.NumberInput
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("fields_asked") or cleaned.get("document_kinds")):
            self.add_error("fields_asked", _("Choose at least one fact or paper that would answer it."))
        return cleaned

    def as_act(self) -> dict[str, Any]:
        kwargs = dict(self.cleaned_data)
        return {"fields": kwargs.pop("fields_asked"), **kwargs}


MAX_TEXT = 2000
NO_PAPER_TEXT = _("Add the paper we asked for, or tick that you cannot send it and write why.")


class FirmLetterForm(forms.Form):
    """token: made with the empty form, so that a double click is one letter."""

    words = forms.CharField(
        label=_("Your letter to the desk"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words first.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": secrets.token_hex(16), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class PaperField(forms.FileField):
    """A file that smes.papers.checks has looked at; gives the CheckedPaper. sme: whose paper it is."""

    def __init__(self, *, sme: Sme | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sme = sme

    def clean(self, data: object, initial: object = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            with firm_in_turn(self.sme) if self.sme else nullcontext():
                return refuse_infected(
                    check_paper(upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES)
                )
        except PaperError as wrong:
            raise forms.ValidationError(gettext(wrong.text) % wrong.data, code=wrong.code) from None


class AnswerForm(forms.Form):
    """The facts and papers that a question opened, and nothing else, each with its own kind of control.

    question: the public id of the question that the page shows.
    """

    question = ShownNowField(required=False)

    def __init__(self, *args: Any, question: Question, application: Application, **kwargs: Any) -> None:
        self.sme = application.sme
        self.keys = known_keys(question.fields)
        self.kinds = tuple(kind for kind in question.document_kinds if kind in KINDS)
        kept = application.facts or {}
        kwargs["initial"] = (
            {key: kept.get(key) for key in self.keys} | kwargs.get("initial", {}) | {"question": question.public_id}
        )
        super().__init__(*args, **kwargs)
        for key in self.keys:
            self.fields[key] = profile_selectors.field_of(application.sme, key)
        for kind in self.kinds:
            self._add_paper(kind)
        if self.kinds:
            self.fields["cannot_send"] = forms.BooleanField(
                label=_("We cannot send what you asked for; the reason is below"), required=False
            )
        self.fields["answer"] = forms.CharField(
            label=_("Anything we should know?"),
            max_length=MAX_TEXT,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def _add_paper(self, code: str) -> None:
        kind = KINDS[code]
        self.fields[f"paper_{code}"] = PaperField(
            sme=self.sme,
            label=gettext(kind.name),
            help_text=gettext("%(help)s PDF or photograph, up to 8 MB.") % {"help": gettext(kind.help)},
            required=False,
        )
        if kind.expires:
            self.fields[f"until_{code}"] = papers_selectors.last_day_field(
                gettext("Valid until: %(paper)s") % {"paper": gettext(kind.name)}
            )

    def clean(self) -> dict[str, Any]:
        """A question that asks for papers is answered with one, or with the reason why there is none."""
        cleaned = super().clean() or {}
        for code, _paper, until in self.papers():
            try:
                check_last_day(code, until, on=today())
            except PaperError as wrong:
                self.add_error(f"until_{code}", gettext(wrong.text))
        if cleaned.get("cannot_send") and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Write why you cannot send it."))
        elif self.kinds and not self.papers() and not cleaned.get("cannot_send") and not self.errors:
            raise forms.ValidationError(NO_PAPER_TEXT, code="nothing")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The facts as typed, by their key; dates as ISO text, as they stand in the frozen copy."""
        return {key: _plain(self.cleaned_data[key]) for key in self.keys if key in self.cleaned_data}

    def papers(self) -> list[tuple[str, CheckedPaper, date | None]]:
        """(kind, paper, valid until) of each file that came."""
        found = []
        for kind in self.kinds:
            paper = self.cleaned_data.get(f"paper_{kind}")
            if paper:
                found.append((kind, paper, self.cleaned_data.get(f"until_{kind}")))
        return found

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal beside the fields it is about, or on top."""
        beside = refusal.data.get("fields") or {}
        for key, sentences in beside.items():
            for sentence in sentences:
                self.add_error(key if key in self.fields else None, sentence)
        if not beside:
            self.add_error(None, str(refusal))


def _plain(value: object) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
