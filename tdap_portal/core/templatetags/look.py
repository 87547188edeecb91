"""Template tags of the portal's look: icons and form controls that wear the theme's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.forms import widgets
from heroicons.templatetags.heroicons import heroicon_outline

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.safestring import SafeString

register = template.Library()

# Pictures that mean a direction turn with the writing; the others never mirror.
WAYS = frozenset(
    {"arrow-right", "arrow-left", "chevron-right", "chevron-left", "arrow-uturn-left", "arrow-right-circle"}
)

TICKS = (widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple)


@register.simple_tag
def icon(name: str) -> str:
    """One outlined picture of the installed set, hidden from screen readers: the words beside it say the same."""
    return heroicon_outline(
        name, size=None, **{"class": "icon icon--way" if name in WAYS else "icon", "aria_hidden": "true"}
    )


def _dress(widget: widgets.Widget) -> str:
    if isinstance(widget, TICKS):
        return "form-check-input"
    if isinstance(widget, widgets.Select):
        return "form-select"
    return "form-control"


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's control with the theme's class; what the form itself set stays."""
    widget = field.field.widget
    if isinstance(widget, widgets.MultiWidget):
        for part in widget.widgets:
            part.attrs["class"] = f"{part.attrs.get('class', '')} {_dress(part)}".strip()
        return field.as_widget()
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {_dress(widget)}".strip()})


@register.filter
def is_tick(field: BoundField) -> bool:
    """True for a single box to tick, whose label stands after it."""
    return isinstance(field.field.widget, widgets.CheckboxInput)


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """True for radio buttons and for several boxes to tick: a group with a legend instead of a label."""
    return isinstance(field.field.widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)


@register.filter
def first_control_id(field: BoundField) -> str:
    """Id of the first control of a field, where the error summary's link lands."""
    widget = field.field.widget
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple | widgets.MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
