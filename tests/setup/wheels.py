"""Packages made on the spot, so that installing can be tested without a registry."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FAKE_UV = """#!/usr/bin/env python3
import json, os, subprocess, sys
with open(os.environ["UV_LOG"], "a") as log:
    told = {name: value for name, value in os.environ.items() if name.startswith("UV_") or name == "SSL_CERT_FILE"}
    log.write(json.dumps({"arguments": sys.argv[1:], "environment": told}) + "\\n")
if os.environ.get("UV_FAILS"):
    sys.exit(2)
words = sys.argv[1:]
python = words[words.index("--python") + 1]
sys.exit(subprocess.call([os.environ["OUTER_PYTHON"], "-m", "pip", "--disable-pip-version-check", "--python", python,
    "install", "--quiet", *words[words.index("--require-hashes"):]]))
"""


def make_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> str:
    """Write a wheel into `folder`; returns its line for a hashed requirements file."""
    about = f"{name}-{version}.dist-info"
    contents = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in contents.items()]
    contents[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for path, text in contents.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if ".data/scripts/" in path else 0o100644) << 16
            packed.writestr(entry, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
