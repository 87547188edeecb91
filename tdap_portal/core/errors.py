"""Refusals that a person can act on. Faults are not here: they rise, are logged and show the plain page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .marks import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise


NOT_FOUND_TEXT = gettext_noop("There is nothing here, or it is not yours.")
translators: list[Callable[[str], str]] = []  # filled when Django starts, since this file knows nothing of it


class DomainError(Exception):
    """A rule of the portal says no.

    text: a full sentence for the person, translatable lazily. code: stable, snake_case, for the API.
    data: JSON-able details the API may show beside the sentence.
    """

    def __init__(self, text: StrOrPromise, *, code: str, **data: Any) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.data = data

    def __str__(self) -> str:
        """The sentence in the language of whoever reads it."""
        if isinstance(self.text, str):
            return translators[0](self.text) if translators else self.text
        return str(self.text)


class WrongState(DomainError):
    """The act does not fit the state the thing is in."""

    def __init__(self, text: StrOrPromise, **data: Any) -> None:
        super().__init__(text, code="wrong_state", **data)


class NotAllowed(DomainError):
    """This person may not do this; the text says who may."""

    def __init__(self, text: StrOrPromise, **data: Any) -> None:
        super().__init__(text, code="not_allowed", **data)


class NotFound(DomainError):
    """Not there, or not this person's: both read the same."""

    def __init__(self, text: StrOrPromise = NOT_FOUND_TEXT, **data: Any) -> None:
        super().__init__(text, code="not_found", **data)
