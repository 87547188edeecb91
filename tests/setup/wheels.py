"""Packages made on the spot, so that installing can be tested without a registry."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Notes how it was called, then unpacks what the locks name. As the real one it takes a package that is recorded as
# installed for whole. UV_FAILS lets it fail; UV_ENDS_WITH sends its parent a signal while a package lies there by half.
FAKE_UV = """
import json, os, sys, sysconfig, zipfile
from pathlib import Path

with open(os.environ["UV_LOG"], "a") as log:
    log.write(json.dumps({"arguments": sys.argv[1:], "environment": dict(os.environ)}) + "\\n")
if "UV_FAILS" in os.environ:
    sys.exit(2)
site = Path(sysconfig.get_paths()["purelib"])
for lock in (word for word in sys.argv if word.endswith(".txt")):
    for line in Path(lock).read_text().splitlines():
        name, version = line.split()[0].split("==")
        if (site / f"{name}-{version}.dist-info").exists():
            continue
        with zipfile.ZipFile(Path(os.environ["UV_FIND_LINKS"]) / f"{name}-{version}-py3-none-any.whl") as wheel:
            if "UV_ENDS_WITH" in os.environ:
                wheel.extractall(site, [path for path in wheel.namelist() if ".dist-info/" in path])
                os.kill(os.getppid(), int(os.environ["UV_ENDS_WITH"]))
                sys.exit()
            wheel.extractall(site)
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
            packed.writestr(path, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
