"""Rows whose words stand in both languages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language


class InBothLanguages(models.Model):
    """name_here reads name or name_ur, in the language of the page; the same for each column of BOTH. An Urdu that is not written yet is
    read in English."""

    BOTH: tuple[str, ...] = ("name",)

    class Meta:
        abstract = True

    def __getattr__(self, name: str) -> Any:
        column = name.removesuffix("_here")
        if column == name or column not in type(self).BOTH:
            raise AttributeError(name)
        urdu = (get_language() or "en").startswith("ur")
        return (urdu and getattr(self, f"{column}_ur")) or getattr(self, column)
