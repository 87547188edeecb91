"""Which policy a round's files are counted by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.engine.policy import Policy


def _versions() -> list[tuple[str, str]]:
    """The newest first."""
    return [(policy.version, policy.version) for policy in Policy.all()]


class LevelsForm(forms.Form):
    policy = forms.ChoiceField(label=_("Policy"), choices=_versions)
