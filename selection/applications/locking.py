"""The locks under which acts work: each takes its file's first, and its round's where seats or the closing count."""

from __future__ import annotations

from selection.models import Application, Round

# ---------------------------------------------------------------------------------------------------------- guards


def locked_file(pk: int) -> Application:
    """The file with its round and firm, locked until the act's transaction ends; acts that only refer to it, such as a certificate of
    its cohort, do not wait, and so wait for nobody crosswise."""
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("round", "sme").get(pk=pk)


def locked_round(pk: int) -> Round:
    """The round, locked until the act's transaction ends; acts on its files that only refer to it do not wait."""
    return Round.objects.select_for_update(no_key=True).get(pk=pk)
