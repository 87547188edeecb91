"""For migrations: a handler that gets another name takes the rows of its deliveries along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations import RunPython

if TYPE_CHECKING:
    from collections.abc import Mapping


def rename_handlers(names: Mapping[str, str]) -> RunPython:
    """A migration's operation: deliveries of the old names belong to the new ones; backwards as far as it is one to one.

    names: {old: new}. The migration depends on ("audit", "0003_keyed_chain") or a later one.
    """

    def forwards(apps: object, schema_editor: object) -> None:
        _rename(apps, schema_editor, names)

    def backwards(apps: object, schema_editor: object) -> None:
        _rename(apps, schema_editor, {new: old for old, new in names.items()})

    return RunPython(forwards, backwards)


def _rename(apps: Any, schema_editor: Any, names: Mapping[str, str]) -> None:
    deliveries = apps.get_model("audit", "Delivery").objects.using(schema_editor.connection.alias)
    for old, new in names.items():
        deliveries.filter(handler=old).update(handler=new)
