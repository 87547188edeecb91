"""The lock under which every act on a file works."""

from __future__ import annotations

from selection.models import Application

# ---------------------------------------------------------------------------------------------------------- guards


def locked_file(pk: int) -> Application:
    """The file with its round and firm, locked until the act's transaction ends."""
    return Application.objects.select_for_update(of=("self",)).select_related("round", "sme").get(pk=pk)
