"""Form fields that understand what people type, and say in plain words what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.hs_search import parse_hs6
from smes.vocabulary.identifiers import IdentifierError, plain_digits
from smes.vocabulary.markets import UnknownCountry, parse_country
from smes.vocabulary.places import parse_city
from smes.vocabulary.wording import YES_NO, choices, say

if TYPE_CHECKING:
    from collections.abc import Callable


SomeField = TypeVar("SomeField", bound=forms.Field)
LATIN = {"dir": "ltr"}
MAX_TYPED = 60  # characters of a number or a day, before anything else looks at them


class IdentifierField(forms.CharField):
    """A number read by one of the parsers of smes.vocabulary.identifiers.

    is_private: it tells of a person, a tax file or an account, so the browser keeps no copy of it and no draft shows it
    to anybody but the person who typed it.
    """

    def __init__(self, parse: Callable[[str], str], *, is_private: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_TYPED)
        super().__init__(**kwargs)
        self.parse, self.is_private = parse, is_private
        self.widget.attrs.update({**LATIN, "autocomplete": "off", "data-private": is_private})

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.parse(text)
        except IdentifierError as mistake:
            raise ValidationError(say(mistake.text, mistake.data), code=mistake.code) from None


class NumberField(forms.CharField):
    """A number as people write it: 1,450 or 1,50,000 or PKR 1450 or in Urdu digits. Gives Decimal, None where empty."""

    default_error_messages = {
        "number": _("Write a number, like 12,500."),
        "whole": _("Write a whole number, without a decimal point."),
        "min_value": _("Write %(least)s or more."),
        "max_value": _("Write %(most)s or less."),
    }

    def __init__(self, *, min_value: int = 0, max_value: int = 10**11, places: int = 0, **kwargs: Any) -> None:
        if max_value < 12_500:  # an example that the field would refuse helps nobody
            kwargs.setdefault("error_messages", {}).setdefault("number", _("Write a number, like 40."))
        super().__init__(max_length=40, **kwargs)
        self.min_value, self.max_value, self.places = min_value, max_value, places
        self.widget.attrs.update({**LATIN, "inputmode": "decimal" if places else "numeric", "autocomplete": "off"})

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        plain = (
            plain_digits(str(text)).upper().replace("PKR", "").replace("USD", "").replace("RS.", "").replace("RS", "")
        )
        for mark in (",", "٬", "،", " ", "\u00a0", "_"):
            plain = plain.replace(mark, "")
        plain = plain.replace("٫", ".").removesuffix("%")
        if not re.fullmatch(r"[+-]?([0-9]{1,16}(\.[0-9]*)?|\.[0-9]+)", plain):
            raise self._wrong("number")
        number = Decimal(plain)
        if number != number.quantize(Decimal(10) ** -self.places):
            raise self._wrong("whole" if not self.places else "number")
        if number < self.min_value:
            raise self._wrong("min_value", least=self._written(self.min_value))
        if number > self.max_value:
            raise self._wrong("max_value", most=self._written(self.max_value))
        return number if self.places else int(number)

    def prepare_value(self, value: object) -> Any:
        return self._written(value) if isinstance(value, int | Decimal) else value

    def _written(self, number: int | Decimal) -> str:
        return f"{number.normalize():,f}" if isinstance(number, Decimal) else f"{number:,}"

    def _wrong(self, code: str, **data: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=data)


class YearField(NumberField):
    """A year: a number without a thousands mark."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = _("Write a year, like 1985.")
        super().__init__(error_messages={"number": sentence, "whole": sentence}, **kwargs)

    def _written(self, number: int | Decimal) -> str:
        return str(number)


class DayField(forms.DateField):
    """A day, from the browser's own picker or typed as 31/12/2020."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        kwargs.setdefault("error_messages", {}).setdefault("invalid", _("Write a day, like 31/12/2020."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value[:MAX_TYPED]) if isinstance(value, str) else value)


class LongAgoField(DayField):
    """A day of years ago, which nobody wants to look for in a picker: typed day first, with any sign between or none."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = LATIN | {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(widget=forms.DateInput(format="%d/%m/%Y", attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            plain = plain_digits(value[:MAX_TYPED])
            parts = re.findall(r"[0-9]+", plain)
            if len(parts) == 1 and len(parts[0]) == 8:
                parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
            if not re.search(r"[^0-9\s./,،\u2010-\u2015\u2212-]", plain):
                value = "-".join(parts)
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """A day of a frozen copy, which is ISO text, is shown like any other."""
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return value


class YesNoField(forms.TypedChoiceField):
    """Yes or no; None where nothing is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault("required", _("Choose yes or no."))
        super().__init__(
            choices=choices(YES_NO),
            widget=forms.RadioSelect,
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class CountryField(forms.CharField):
    """A country by name, in English or Urdu, with suggestions from the page's list. Gives the ISO code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "countries", "autocomplete": "off"}))
        super().__init__(max_length=80, **kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_country(text)
        except UnknownCountry as mistake:
            if mistake.is_home:
                raise ValidationError(
                    _("This is for countries abroad. Write where you sell outside Pakistan.")
                ) from None
            if mistake.nearest:
                raise ValidationError(
                    _("We do not know this country. Did you mean %(country)s?"), params={"country": mistake.nearest}
                ) from None
            raise ValidationError(_("We do not know this country. Write its name in English or Urdu.")) from None


class MarketsField(forms.Field):
    """Several countries at once, by name or code, as a list. Gives their ISO codes, each once."""

    def clean(self, value: Any) -> list[str]:
        country = CountryField()
        return list(dict.fromkeys(country.clean(each) for each in value or ()))


class CityField(forms.CharField):
    """A town, with suggestions from the page's list; any town may be written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "cities", "autocomplete": "address-level2"}))
        super().__init__(max_length=80, **kwargs)

    def clean(self, value: object) -> str:
        return parse_city(super().clean(value))


class HsField(forms.CharField):
    """An HS code of six digits, with or without dots."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TYPED, **kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_hs6(text)
        except ValueError:
            raise ValidationError(_("There is no such HS code. Search for the product by its name.")) from None


NOT_TOLD = ("", _("Choose"))


def needed_sometimes(field: SomeField) -> SomeField:
    """The same field, which some firms or papers need: it may stay empty, and its label does not call it optional."""
    field.needed_sometimes = True  # type: ignore[attr-defined]  # read by components/field.html
    return field


def offer(form: forms.Form, name: str, choices: list[object]) -> None:
    """Set what a field offers, where it depends on the language of the page or on the day."""
    field: Any = form.fields[name]
    field.choices = choices
