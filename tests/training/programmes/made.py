"""Files as programs make them, for the checks of what is handed out."""

from __future__ import annotations

import io
import zipfile

RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
PARTS = {"pptx": "presentationml.presentation", "docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet"}


def office(kind="pptx", *, main="", links="", extra=None, types=None) -> bytes:
    """A small Office file. links: relationships of its main part; extra: further parts by name."""
    told = main or MAIN.format(PARTS[kind])
    text = types or (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{told}"/></Types>'
    )
    parts = {
        "[Content_Types].xml": text,
        "_rels/.rels": RELS.format('<Relationship Id="r1" Type="http://x/officeDocument" Target="main.xml"/>'),
        "main.xml": "<main/>",
        "_rels/main.xml.rels": RELS.format(links),
        **(extra or {}),
    }
    return packed(parts)


def packed(parts) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))  # the same file each time
            package.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def link(kind: str, *, outside: bool) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="r9" Type="http://x/relationships/{kind}" Target="https://example.com/"{mode}/>'
