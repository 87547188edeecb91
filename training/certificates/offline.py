"""The page that checks a PDF without a connection: our public keys and the check in one file (Web Crypto's Ed25519)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from .sealing import fingerprint, public_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SCRIPT = "js/check-certificate.js"


def page(keys: Mapping[str, Ed25519PublicKey]) -> str:
    """HTML that needs nothing else. keys: by name."""
    script = Path(str(finders.find(SCRIPT))).read_text("utf-8")
    known = json.dumps({name: public_text(key) for name, key in keys.items()})
    html = render_to_string(
        "training/certificates/offline.html", {"keys": [(name, fingerprint(key)) for name, key in keys.items()]}
    )
    return html.lstrip().replace("<!-- script -->", f"<script>const KEYS = {known};\n{script}</script>")
