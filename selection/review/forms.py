"""What officials type in when they judge a file: shapes only. Rules and acts are in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from selection.applications.reasons import reasons_for
from selection.models.labels import OUTCOME_LABELS
from selection.states import Outcome
from smes.vocabulary.paper_kinds import KINDS
from smes.vocabulary.wording import paper_name
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words

from .selectors import MAX_LOAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django_stubs_ext import StrOrPromise

    from tdap_portal.accounts.models import User

MAX_TEXT = 2000
CARRY_THROUGH = {
    0: _("0: nobody is named and no time is set aside"),
    2: _("2: somebody is named, without time or money"),
    4: _("4: a person has some hours, nothing is budgeted"),
    6: _("6: a person and the hours a week are named"),
    8: _("8: named a person, time and money for it"),
    10: _("10: has begun already and can show it"),
}
FIT_ONLINE = {
    0: _("0: cannot be sold online abroad"),
    2: _("2: needs a new product or a new package"),
    4: _("4: needs tests, labels or a lower price first"),
    6: _("6: fit after small changes that the training covers"),
    8: _("8: fit now, with photographs and a price list"),
    10: _("10: sells online abroad today"),
}


def _scale(guide: dict[int, Any]) -> list[tuple[Any, Any]]:
    """Eleven steps; those between two described ones carry the number alone."""
    return [("", _("Choose from 0 to 10")), *((step, guide.get(step, str(step))) for step in range(11))]


def text_field(
    label: StrOrPromise, *, rows: int = 3, help_text: StrOrPromise = "", required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ReadingForm(forms.Form):
    """One official's own reading."""

    commitment = forms.TypedChoiceField(
        label=_("Will the owner carry it through?"), coerce=int, choices=lambda: _scale(CARRY_THROUGH)
    )
    product_fit = forms.TypedChoiceField(
        label=_("Is the product fit for sale online abroad?"), coerce=int, choices=lambda: _scale(FIT_ONLINE)
    )
    outcome = forms.ChoiceField(
        label=_("What would you do?"),
        choices=[(outcome.value, OUTCOME_LABELS[outcome]) for outcome in Outcome],
        widget=forms.RadioSelect,
    )
    comment = text_field(_("Why, for the director and the other reader"), required=False)


class ShownNowField(forms.CharField):
    """A hidden value of the page as it is drawn now, also where the form comes back with something to put right."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class _OutcomeForm(forms.Form):
    """An outcome with one or two coded reasons and the sentence the firm reads."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Main reason"))
    second_reason = forms.ChoiceField(label=_("Another reason"), required=False)
    words = text_field(_("Reason, in words the firm will read"))

    def __init__(
        self,
        *args: Any,
        outcomes: Iterable[Outcome] = tuple(Outcome),
        held: bool = False,
        has_line: bool = True,
        **kwargs: Any,
    ) -> None:
        """held, has_line: as for reasons_for; what may be given is checked by the service."""
        super().__init__(*args, **kwargs)
        allowed = [outcome for outcome in outcomes if not held or outcome == Outcome.DECLINE]
        self.fields["outcome"].choices = [(outcome.value, OUTCOME_LABELS[outcome]) for outcome in allowed]  # type: ignore[attr-defined]
        grouped = [
            (
                OUTCOME_LABELS[outcome],
                [
                    (reason.code, gettext(reason.words))
                    for reason in reasons_for(outcome, on=today(), held=held, has_line=has_line)
                ],
            )
            for outcome in allowed
        ]
        self.fields["reason"].choices = [("", _("Choose a reason")), *grouped]  # type: ignore[attr-defined]
        self.fields["second_reason"].choices = [("", _("No other reason")), *grouped]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        """The words of the service: outcome, reason_codes, words."""
        cleaned = self.cleaned_data
        codes = [code for code in (cleaned["reason"], cleaned["second_reason"]) if code]
        return {"outcome": cleaned["outcome"], "reason_codes": list(dict.fromkeys(codes)), "words": cleaned["words"]}

    def cleaned_reasons(self) -> dict[str, Any]:
        """The words of services.check_reasons: outcome, codes, words."""
        act = self.as_act()
        return {"outcome": act["outcome"], "codes": act["reason_codes"], "words": act["words"]}


class RecommendForm(_OutcomeForm):
    """What the officer proposes."""


class DecideForm(_OutcomeForm):
    """What the director decides. basis: selectors.basis_of the file that the page shows."""

    basis = ShownNowField(required=False)

    def as_act(self) -> dict[str, Any]:
        return {**super().as_act(), "basis": self.cleaned_data["basis"]}


class ReturnForm(forms.Form):
    returned_words = text_field(_("What should the officer look at again?"), rows=2)
    basis = ShownNowField(required=False)

    def as_act(self) -> dict[str, str]:
        return {"words": self.cleaned_data["returned_words"], "basis": self.cleaned_data["basis"]}


class ConflictForm(forms.Form):
    ties = forms.CharField(label=_("What ties you to the firm"), max_length=300)

    def as_act(self) -> dict[str, str]:
        return {"words": self.cleaned_data["ties"]}


class WaiverForm(forms.Form):
    """Which papers a file may be selected without, and why."""

    kinds = forms.MultipleChoiceField(label=_("Papers"), widget=forms.CheckboxSelectMultiple)
    waiver_words = forms.CharField(
        label=_("Why the file can be selected without them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The firm reads it on its receipt."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Which of the kinds are needed, the service says; initial "offered": those that the page shows."""
        super().__init__(*args, **kwargs)
        offered = (self.initial or {}).get("offered") or list(KINDS)
        self.fields["kinds"].choices = [(kind, paper_name(kind)) for kind in offered]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        return {"kinds": self.cleaned_data["kinds"], "words": self.cleaned_data["waiver_words"]}


class SignForm(forms.Form):
    """Nothing more to say: the director signs what was proposed."""


class ExplainForm(forms.Form):
    explanation = forms.CharField(label=_("What explains it"), max_length=500)


def with_load(person: Any) -> str:
    """An officer of selectors.officers_with_load as a choice: the name, and what waits for that officer."""
    to_read = ngettext("%(number)s reading open", "%(number)s readings open", person.to_read)
    files = ngettext("%(number)s file waits", "%(number)s files wait", person.files)
    words = {
        "name": person.name,
        "to_read": to_read % {"number": up_to(person.to_read)},
        "files": files % {"number": up_to(person.files)},
    }
    if person.since is None:
        return gettext("%(name)s: %(to_read)s, %(files)s") % words
    words["day"] = day_words(person.since)
    return gettext("%(name)s: %(to_read)s since %(day)s, %(files)s") % words


def up_to(number: int) -> str:
    """A count that stops at MAX_LOAD: "99+" from there on."""
    return str(number) if number < MAX_LOAD else f"{MAX_LOAD - 1}+"


class AssignForm(forms.Form):
    """Two readers; the first is also the officer of the file."""

    first = forms.ChoiceField(label=_("First reader, officer of the file"))
    second = forms.ChoiceField(label=_("Second reader"))

    def __init__(self, *args: Any, officers: Sequence[User], stay: Sequence[User] = (), **kwargs: Any) -> None:
        """officers: with their load (selectors.officers_with_load). stay: people who have left and whose reading is in."""
        super().__init__(*args, **kwargs)
        self._by_id = {person.public_id: person for person in (*officers, *stay)}
        stays = gettext("%(name)s (has left; the reading is in and would stay)")
        people = [
            ("", _("Choose an officer")),
            *((person.public_id, with_load(person)) for person in officers),
            *((person.public_id, stays % {"name": person.name}) for person in stay),
        ]
        for name in ("first", "second"):
            self.fields[name].choices = people  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, User]:
        return {name: self._by_id[self.cleaned_data[name]] for name in ("first", "second")}
