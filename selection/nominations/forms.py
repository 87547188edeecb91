"""The shape of what partners, firms and officials write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.models.labels import NOMINATION_STATE_LABELS
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.wording import province_name, sectors_by_name
from tdap_portal.core.sheet import MAX_BYTES

from .checks import Field
from .wording import FIELD_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from smes.models import Sme
    from tdap_portal.accounts.models import Partner


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Your list, as CSV or Excel file (XLSX)"),
        help_text=_(
            "One firm a row, headings in the first row, at most 10,000 rows and 5 MB. Nobody is asked before you say so."
        ),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """The size is looked at here, before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Send it in parts."), code="too_large")
        return file


class NomineeForm(forms.Form):
    """One firm: what a chamber knows by heart. Names of the fields are those of a sheet, but for `contact`."""

    firm = forms.CharField(label=_("Name of the firm"), max_length=200)
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"),
        help_text=_("The firm is asked there, the same hour."),
        max_length=254,
    )
    city = forms.CharField(label=_("City"), max_length=80, help_text=_("Where the firm works."))
    sector = forms.ChoiceField(label=_("Sector"), choices=lambda: [("", _("Choose")), *sectors_by_name()])

    def values(self) -> dict[str, str]:
        """Text by field, as in a row of a sheet."""
        said = self.cleaned_data
        name = Field.EMAIL if "@" in said["contact"] else Field.MOBILE
        sectors = dict(sectors_by_name())
        return {
            Field.FIRM: said["firm"], name: said["contact"], Field.CITY: said["city"],
            Field.SECTOR: str(sectors[said["sector"]]),
        }  # fmt: skip


class ColumnsForm(forms.Form):
    """Which column is which. mapping: column by field as it is now."""

    def __init__(self, *args: Any, head: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, StrOrPromise]] = [("", _("Not in this file"))]
        choices += [
            (str(at), _("Column %(number)d: %(heading)s") % {"number": at + 1, "heading": f"\u2068{heading}\u2069"})
            for at, heading in enumerate(head)
        ]
        for name in Field:
            field = forms.ChoiceField(label=FIELD_LABELS[name], choices=choices, required=name == Field.FIRM)
            if name in (Field.MOBILE, Field.EMAIL):  # one of the two
                field.needed_sometimes = True  # type: ignore[attr-defined]  # so that it is not called optional
            self.fields[name.value] = field

    def mapping(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.cleaned_data.items() if value}


class ClaimForm(forms.Form):
    """For which of a person's firms a nomination is claimed."""

    firm = forms.ChoiceField(label=_("For which of your firms?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, firms: Sequence[Sme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["firm"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type
        field.choices = [(firm.public_id, f"\u2068{firm.name}\u2069") for firm in firms]
        if len(firms) == 1:
            field.initial = firms[0].public_id


class NominationFilterForm(forms.Form):
    """What the officials' list shows; a nonsense value in the address reads as no filter."""

    partner = forms.ChoiceField(label=_("Organisation"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((state.value, label) for state, label in NOMINATION_STATE_LABELS.items())],
    )
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, choices=lambda: [("", _("All sectors")), *sectors_by_name()]
    )

    def __init__(self, *args: Any, partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type
        field.choices = [("", _("All")), *((row.public_id, f"\u2068{row.name}\u2069") for row in partners)]

    def filters(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name in self.fields if (value := self.cleaned_data.get(name))}


class RadarFilterForm(forms.Form):
    """What the radar shows."""

    sector = forms.ChoiceField(
        label=_("Sector"), required=False, choices=lambda: [("", _("All sectors")), *sectors_by_name()]
    )
    province = forms.ChoiceField(
        label=_("Province"),
        required=False,
        choices=lambda: [("", _("All provinces")), *((code, province_name(code)) for code in PROVINCES)],
    )
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Where nobody is yet")), ("all", _("All"))]
    )

    def filters(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class PlacesForm(forms.Form):
    """Empty means the usual number."""

    places = forms.IntegerField(label=_("Places"), required=False, min_value=0, max_value=100_000)
