"""The vault on a bad day: a full disk, a machine that is lost while it writes."""

from __future__ import annotations

import errno
import os
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from smes.models import Document
from smes.papers import vault
from smes.papers.tasks import sweep_vault
from tdap_portal.core.errors import DomainError
from tests.factories.smes import SmeFactory


def disk_is_full(*_args):
    raise OSError(errno.ENOSPC, "No space left on device")


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "green").save(target, "PNG")
    return target.getvalue()


def test_a_paper_is_kept_whole_and_for_the_portal_alone(settings):
    stored_as = vault.store(b"whole", "pdf")
    path = settings.VAULT_ROOT / stored_as
    assert (path.read_bytes(), oct(path.stat().st_mode)[-3:]) == (b"whole", "600")
    assert {oct(folder.stat().st_mode)[-3:] for folder in (path.parent, settings.VAULT_ROOT)} == {"700"}
    assert files_in(settings.VAULT_ROOT) == [path.name]


def test_a_full_disk_keeps_nothing_of_a_paper(settings, monkeypatch):
    monkeypatch.setattr(os, "fsync", disk_is_full)
    with pytest.raises(DomainError) as refusal:
        vault.store(b"half", "pdf")
    assert refusal.value.code == "no_room"
    assert files_in(settings.VAULT_ROOT) == []


def test_another_fault_of_the_disk_leaves_nothing_either_and_stays_a_fault(settings, monkeypatch):
    monkeypatch.setattr(Path, "replace", lambda *_args: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(OSError, match="Input/output"):
        vault.store(b"half", "pdf")
    assert files_in(settings.VAULT_ROOT) == []


def test_a_paper_has_its_name_only_once_it_is_whole(settings, monkeypatch):
    """What a lost machine leaves while it writes."""
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _file: seen.extend(files_in(settings.VAULT_ROOT)))
    vault.store(b"whole", "pdf")
    assert [name.endswith(vault.HALF) for name in seen] == [True]


def test_the_sweep_takes_old_halves_and_nothing_else(settings):
    kept = vault.store(b"whole", "pdf")
    old, young = (settings.VAULT_ROOT / f"{kept}-{age}{vault.HALF}" for age in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"ha")
    an_hour_ago = time.time() - vault.HALF_IS_OLD_SECONDS - 1
    for path in (old, settings.VAULT_ROOT / kept):
        os.utime(path, (an_hour_ago, an_hour_ago))

    sweep_vault()

    assert files_in(settings.VAULT_ROOT) == sorted([Path(kept).name, young.name])


@pytest.mark.django_db
def test_the_person_reads_why_and_loses_nothing_that_was_typed(client, settings, monkeypatch):
    sme = SmeFactory(complete=True)
    client.force_login(sme.created_by)
    monkeypatch.setattr(os, "fsync", disk_is_full)
    sent = {"kind": "ntn_certificate", "note": "The new one.", "file": SimpleUploadedFile("a.png", picture())}

    html = client.post(reverse("smes:papers", args=[sme.public_id]), sent).content.decode()

    assert "We have no room for papers just now" in html
    assert "The new one." in html
    assert (Document.objects.filter(name="a.png").count(), files_in(settings.VAULT_ROOT)) == (0, [])
