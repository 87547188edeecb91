"""What is handed out: files in versions, withdrawn, packed for offline use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.papers import services as papers_services
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.models import Material, MaterialVersion, Module
from training.programmes import permissions
from training.states import Happened

if TYPE_CHECKING:
    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User

MAX_MATERIALS = 20  # of a module and language
MAX_VERSIONS = 50


def add_material(*, actor: User, module: Module, title: str, language: str, file: CheckedPaper) -> MaterialVersion:
    """The first version of something new. file: as files.check_material gave it. The same file for a module is kept once.

    Raises NotAllowed; DomainError "too_many_materials", "no_room".
    """
    permissions.can_manage_training(actor).require()
    with papers_services.all_or_nothing():
        locked = Module.objects.select_for_update(of=("self",)).get(pk=module.pk)
        there = Material.objects.filter(module=locked, language=language, is_withdrawn=False)
        same = MaterialVersion.objects.filter(material__in=there.filter(title=title), sha256=file.sha256).first()
        if same is not None:
            return same
        if there.count() >= MAX_MATERIALS:
            raise DomainError(
                _("A module has at most %(number)d files in a language. Withdraw one first.")
                % {"number": MAX_MATERIALS},
                code="too_many_materials",
            )
        row = Material.objects.create(module=locked, title=title, language=language)
        return _add(actor, row, file, 1)


def add_version(*, actor: User, material: Material, file: CheckedPaper) -> MaterialVersion:
    """A newer version, which counts from now on. The same file as the newest one is no new version.

    Raises NotAllowed; DomainError "withdrawn", "too_many_versions", "no_room".
    """
    permissions.can_manage_training(actor).require()
    with papers_services.all_or_nothing():
        row = Material.objects.select_for_update().get(pk=material.pk)
        if row.is_withdrawn:
            raise DomainError(_("This is no longer handed out."), code="withdrawn")
        newest = row.versions.order_by("-number").first()
        if newest is not None and newest.sha256 == file.sha256:
            return newest
        number = newest.number + 1 if newest else 1
        if number > MAX_VERSIONS:
            raise DomainError(
                _("More than %(number)d versions are not kept. Add it as something new.") % {"number": MAX_VERSIONS},
                code="too_many_versions",
            )
        return _add(actor, row, file, number)


def withdraw_material(*, actor: User, material: Material) -> Material:
    """Hand it out no more; its versions are kept for officials. Twice is once. Raises NotAllowed."""
    permissions.can_manage_training(actor).require()
    with papers_services.all_or_nothing():
        row = Material.objects.select_for_update(of=("self",)).select_related("module__programme").get(pk=material.pk)
        if not row.is_withdrawn:
            row.is_withdrawn = True
            row.save(update_fields=["is_withdrawn", "updated_at"])
            programme = row.module.programme
            details = {"material": row.public_id, "title": row.title}
            record(Happened.MATERIAL_WITHDRAWN.value, subject=programme, actor=actor, **details)
        return row


def _add(actor: User, material: Material, file: CheckedPaper, number: int) -> MaterialVersion:
    row = MaterialVersion.objects.create(
        material=material,
        number=number,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        stored_as=papers_services.keep_file(file.content, file.extension),
        added_by=actor,
    )
    details = {"material": material.public_id, "title": material.title, "number": number}
    record(Happened.MATERIAL_ADDED.value, subject=material.module.programme, actor=actor, **details)
    return row
