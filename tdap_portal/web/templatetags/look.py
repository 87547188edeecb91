"""Tags and filters that every page knows without a load.

The portal's look (icons, charts, pips of the promise clock, form controls that wear the theme's classes), and texts,
numbers and dates that belong to no app.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from django import template
from django.conf import settings
from django.forms import widgets
from django.template import defaultfilters
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_bidi, gettext
from heroicons.templatetags.heroicons import heroicon_outline

from tdap_portal.charts.bars import bar_svg
from tdap_portal.core.calendar import today
from tdap_portal.core.days import unbroken

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from django.forms import BaseForm, BoundField
    from django.utils.safestring import SafeString

    from tdap_portal.charts.drawing import ChartFigure, Number

register = template.Library()

# Pictures that mean a direction turn with the writing; the others never mirror.
WAYS = frozenset({"arrow-right", "arrow-left", "chevron-right", "chevron-left", "arrow-uturn-left"})
FREE_TEXT = (widgets.TextInput, widgets.Textarea)  # not what is derived from them: numbers, addresses, dates
GROUPS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)  # several controls under one legend
TICKS = (widgets.CheckboxInput, *GROUPS)
ARABIC_LETTER = re.compile("[\u0620-\u064a\u0671-\u06d3]")
LEVEL_TONES = {"error": "no", "warning": "you", "success": "done"}


class Sentence(Protocol):
    """A message id with its values, such as a reason of the engine."""

    def format(self, translate: Callable[[str], str]) -> str: ...


@register.filter
def direction(text: object) -> str:
    """For the attribute dir of a value: "rtl" where it has an Urdu letter on an Urdu page, also behind a Latin word with
    which it begins ("HACCP", "USD 9,018"); else "auto"."""
    return "rtl" if get_language_bidi() and ARABIC_LETTER.search(str(text)) else "auto"


@register.simple_tag
def contact() -> dict[str, str]:
    """How to reach TDAP: phone with its hours, and the number as it is dialled; email. Empty where the settings name none.

    A tag and not a context processor, since the page of a fault has no request.
    """
    return {
        "phone": settings.CONTACT_PHONE,
        "dialled": re.sub(r"[^\d+]", "", settings.CONTACT_PHONE),
        "hours": settings.CONTACT_HOURS and gettext(settings.CONTACT_HOURS),
        "email": settings.CONTACT_EMAIL,
    }


@register.filter
def translated(message_id: str) -> str:
    """A text that a pure file keeps as a message id, in the reader's language."""
    return gettext(message_id) if message_id else ""


@register.filter
def sentence(reason: Sentence | None) -> str:
    """A sentence with its values, in the reader's language."""
    return reason.format(gettext) if reason else ""


@register.filter
def language_of(text: str) -> str:
    """For lang="" round words that a person wrote: "ur" where most of their letters are of the Arabic script, else "en"."""
    urdu, latin = (len(re.findall(letters, str(text))) for letters in ("[\u0620-\u06ff]", "[A-Za-z]"))
    return "ur" if urdu > latin else "en"


@register.filter
def whole_codes(text: str) -> str:
    """A sentence in which no line ends inside a short name such as LHR-1 or R1-0412."""
    return re.sub(r"(?<=[A-Z0-9])-(?=[0-9])", "-\N{WORD JOINER}", str(text))


@register.filter
def tenths(number: Decimal) -> str:
    """A number with one decimal."""
    return f"{number:.1f}"


@register.filter(name="date", expects_localtime=True)
def unbroken_date(value: date | None, form: str | None = None) -> str:
    """Django's own filter, of which the words stay on one line."""
    return unbroken(defaultfilters.date(value, form))


@register.filter
def days_left(day: date) -> int:
    """Days until then; below 0 when it is past."""
    return (day - today()).days


@register.simple_tag
def icon(name: str) -> str:
    """One outlined picture of the installed set, hidden from screen readers: the words beside it say the same."""
    dress = "icon icon--way" if name in WAYS else "icon"
    return heroicon_outline(name, size=None, **{"class": dress, "aria_hidden": "true"})


@register.inclusion_tag("components/chart.html")
def chart(figure: ChartFigure, level: int = 2, twin: bool = True) -> dict[str, object]:  # noqa: FBT001, FBT002  how templates hand things over
    """A chart with its title, unit, picture, key, source and table twin. level: of its heading. twin=False where the table stands on the page anyway."""
    return {
        "figure": figure,
        "picture": drawn(figure),
        "legend": figure.drawing.legend(),
        "table": figure.drawing.table() if twin else None,
        "level": level,
    }


@register.filter
def drawn(figure: ChartFigure) -> SafeString:
    """The picture of a figure alone, for a page that gives it its own frame. The drawing escapes its words."""
    return mark_safe(figure.drawing.svg(str(figure.title), rtl=get_language_bidi()))


@register.simple_tag
def score_bar(points: Number, of: Number, scale: Number, neutral: bool = False) -> SafeString:  # noqa: FBT001, FBT002  as above
    """The bar of one factor; scale is the largest weight of the receipt."""
    return mark_safe(bar_svg(points, of, scale, neutral=neutral))


@register.filter
def pips(clock: Any) -> list[str]:
    """One theme class a working day of a promise clock: used, today, still to come, and over."""
    used = min(clock.used, clock.of)
    coming = clock.of - used
    row = ["is-used"] * used
    if coming and not clock.paused:
        row.append("is-today")
        coming -= 1
    return row + [""] * coming + ["is-over"] * clock.late_by


@register.filter
def level_tone(level_tag: str) -> str:
    """The theme's tone of a message of the last act, by the tag of its level."""
    return LEVEL_TONES.get(level_tag, "us")


def _dress(widget: widgets.Widget) -> str:
    if isinstance(widget, TICKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, widgets.Select) else "form-control"


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's control with the theme's class; classes that the form itself set stay. What is typed in words decides
    from which side it runs, whatever the language of the page."""
    widget = field.field.widget
    if isinstance(widget, widgets.MultiWidget):
        for part in widget.widgets:
            part.attrs["class"] = _dress(part)
        return field.as_widget()
    attrs: dict[str, str | bool] = {"class": f"{_dress(widget)} {widget.attrs.get('class', '')}".strip()}
    if type(widget) in FREE_TEXT and "dir" not in widget.attrs:
        attrs["dir"] = "auto"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def reword(form: BaseForm, name: str, label: str, help_text: str = "") -> str:
    """Gives one field of a form our words, in the error summary too; a field that the form does not have is passed over.

    For forms of packages, whose words know neither our voice nor Urdu. A placeholder that repeats the old label goes.
    """
    if name in form.fields:
        field = form[name]
        field.label, field.help_text = label, help_text
        field.field.widget.attrs.pop("placeholder", None)
    return ""


@register.filter
def is_tick(field: BoundField) -> bool:
    """True for a single box to tick, whose label stands after it."""
    return isinstance(field.field.widget, widgets.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """True for radio buttons and for several boxes to tick: a legend instead of a label."""
    return isinstance(field.field.widget, GROUPS)


@register.filter
def landing_id(field: BoundField) -> str:
    """Id of the field's first control, where a link of the error summary lands."""
    several = isinstance(field.field.widget, (*GROUPS, widgets.MultiWidget))
    return f"{field.auto_id}_0" if several else field.id_for_label or field.auto_id
