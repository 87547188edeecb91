"""What the firm and directors write about offers: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.seats.composer.wording import names_of_values
from tdap_portal.core.calendar import today
from tdap_portal.core.folding import fold

from .reasons import reasons_on
from .terms import MAX_TERM_DAYS
from .wording import choices_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from selection.models import OfferTerms

MOMENT = "%Y-%m-%dT%H:%M"
MAX_LINES = 12
SOMEBODY_ELSE = ""


def _moment(label: StrOrPromise, help_text: StrOrPromise = "", *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )


# --------------------------------------------------------------------------------------------------------- the firm


class AcceptForm(forms.Form):
    """Names of the fields are those of services.accept_offer, but for the way, which is one of the choices of the terms, and the
    person, who is one of the firm's people or else typed as attendee."""

    way = forms.ChoiceField(label=_("How will you take part?"), widget=forms.RadioSelect)
    person = forms.ChoiceField(
        label=_("Who will come to the training?"),
        help_text=_("One person, the same each time."),
        required=False,
        widget=forms.RadioSelect,
    )
    attendee = forms.CharField(label=_("Name of somebody else"), max_length=120, required=False)
    agreed = forms.BooleanField(label=_("We have read what we commit to, and take it on for the firm."))
    typed_name = forms.CharField(label=_("Your name, as a signature"), max_length=120)

    def __init__(self, *args: Any, terms: OfferTerms, people: Sequence[str], **kwargs: Any) -> None:
        """people: names of the firm's people."""
        super().__init__(*args, **kwargs)
        self.terms = terms
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            *((name, name) for name in dict.fromkeys(people) if name),
            (SOMEBODY_ELSE, _("Somebody else")),
        ]
        for name in ("person", "attendee"):  # one of the two, so neither is called optional
            self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]
        ways = choices_of(terms)
        if len(ways) > 1:
            self.fields["way"].choices = ways  # type: ignore[attr-defined]
        else:
            del self.fields["way"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        person, attendee = values.get("person", SOMEBODY_ELSE), values.get("attendee", "")
        if person == SOMEBODY_ELSE and not attendee:
            self.add_error("attendee", gettext("Choose who will come, or write the name of somebody else."))
        elif person != SOMEBODY_ELSE and attendee not in ("", person):
            self.add_error(
                "attendee",
                gettext("You chose %(name)s and wrote another name. Choose “Somebody else”, or leave this empty.")
                % {"name": person},
            )
        return values

    def as_act(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["attendee"] = values.pop("person") or values["attendee"]
        way = int(values.pop("way", 0))
        choice: Mapping[str, str] = self.terms.choices[way] if self.terms.choices else {}
        return values | {"mode": choice.get("mode", ""), "city": choice.get("city", "")}


class LeaveForm(forms.Form):
    """Names of the fields are those of services.decline_offer and give_back."""

    reason_code = forms.ChoiceField(label=_("Why?"), help_text=_("It helps us to plan the next round."))
    words = forms.CharField(
        label=_("In your words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(reason.code, gettext(reason.words)) for reason in reasons_on(today())]
        self.fields["reason_code"].choices = [("", _("Choose a reason")), *reasons]  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------------- directors


class TermsForm(forms.Form):
    """Terms of a round; as_terms gives what services.set_terms takes."""

    term_days = forms.IntegerField(label=_("Working days to answer"), min_value=1, max_value=MAX_TERM_DAYS)
    closing_hour = forms.IntegerField(
        label=_("Hour at which the last day ends"),
        help_text=_("Pakistan time, from 1 to 23."),
        min_value=1,
        max_value=23,
    )
    last_moment = _moment(
        _("No offer is accepted after"), _("Pakistan time. Leave it empty where there is no such day."), required=False
    )
    short_days = forms.IntegerField(
        label=_("Fewest working days of a shortened offer"),
        help_text=_("Where the full term does not fit any more. Leave it empty: then only two directors make one."),
        min_value=1,
        max_value=MAX_TERM_DAYS,
        required=False,
    )
    deposit_rupees = forms.IntegerField(
        label=_("Deposit in rupees"), help_text=_("0: none is asked."), min_value=0, max_value=1_000_000
    )
    online = forms.BooleanField(label=_("A firm may take part online"), required=False)
    towns = forms.CharField(
        label=_("Towns where a firm may take part in person"),
        help_text=_("One a line, or with commas between. Leave it empty where there is nothing to choose."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    includes = forms.CharField(
        label=_("What a seat includes, one a line"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )
    includes_ur = forms.CharField(
        label=_("The same in Urdu, line by line"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl", "lang": "ur"}),
    )
    commitments = forms.CharField(
        label=_("What a firm commits to, one a line"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )
    commitments_ur = forms.CharField(
        label=_("The same in Urdu, line by line"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "rtl", "lang": "ur"}),
    )

    def clean_towns(self) -> list[str]:
        known = {fold(str(name)): code for code, name in names_of_values("city").items()}
        known |= {fold(code): code for code in names_of_values("city")}
        found = []
        for typed in self.cleaned_data["towns"].replace(",", "\n").replace("،", "\n").splitlines():
            if not typed.strip():
                continue
            if fold(typed) not in known:
                raise forms.ValidationError(
                    gettext("No town of this name is known: %(town)s") % {"town": typed.strip()}
                )
            found.append(known[fold(typed)])
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in ("includes", "commitments"):
            if len(_lines(values.get(name, ""))) > MAX_LINES:
                self.add_error(name, _("At most %(number)d lines.") % {"number": MAX_LINES})
        if (values.get("short_days") or 0) >= values.get("term_days", MAX_TERM_DAYS):
            self.add_error("short_days", _("A shortened offer has fewer days than a full one."))
        return values

    def as_terms(self) -> dict[str, Any]:
        values = self.cleaned_data
        in_person = [{"mode": "in_person", "city": town} for town in values["towns"]]
        return {
            "term_days": values["term_days"],
            "closing_hour": values["closing_hour"],
            "last_moment": values["last_moment"],
            "short_days": values["short_days"],
            "deposit_paisa": values["deposit_rupees"] * 100,
            "choices": ([{"mode": "online", "city": ""}] if values["online"] else []) + in_person,
            "includes": _in_both(values["includes"], values["includes_ur"]),
            "commitments": _in_both(values["commitments"], values["commitments_ur"]),
        }

    @staticmethod
    def shown(terms: OfferTerms) -> dict[str, Any]:
        """What the form shows of terms that are kept."""

        def lines(rows: Any, language: str) -> str:
            return "\n".join(row.get(language, "") for row in rows)

        return {
            "term_days": terms.term_days,
            "closing_hour": terms.closing_hour,
            "last_moment": terms.last_moment,
            "short_days": terms.short_days,
            "deposit_rupees": terms.deposit_paisa // 100,
            "online": any(choice.get("mode") == "online" for choice in terms.choices),
            "towns": "\n".join(choice["city"] for choice in terms.choices if choice.get("city")),
            "includes": lines(terms.includes, "en"),
            "includes_ur": lines(terms.includes, "ur"),
            "commitments": lines(terms.commitments, "en"),
            "commitments_ur": lines(terms.commitments, "ur"),
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _in_both(english: str, urdu: str) -> list[dict[str, str]]:
    """Line by line; a line that has no fellow stands in one language."""
    first, other = _lines(english), _lines(urdu)
    return [{"en": line, "ur": other[at] if at < len(other) else ""} for at, line in enumerate(first)]


def _words() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        help_text=_("For the second director, and for the record."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReserveForm(forms.Form):
    reserve = forms.IntegerField(label=_("Seats kept for appeals"), min_value=0, max_value=1_000_000)
    words = _words()


class ExtendForm(forms.Form):
    deadline = _moment(_("It can be accepted until"), _("Pakistan time."))
    words = _words()


class ShortOfferForm(forms.Form):
    file = forms.CharField(label=_("File"), help_text=_("Its number as it is printed, such as R4-0117."), max_length=16)
    deadline = _moment(_("It can be accepted until"), _("Pakistan time."))
    words = _words()


class ReturnActForm(forms.Form):
    words = forms.CharField(label=_("Why it goes back"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
