"""Third-party files that the pages need, taken or cut from installed packages: none of them lies in this repository."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .fonts import font_files

# Static name: (package that tells the place, file from the folder above that package). The maps are read by browsers' developer tools only, but the
# sheets name them, and the manifest of hashed names wants to find what a sheet names.
NAMED = {
    "bootstrap/bootstrap.min.css": ("bootstrap_wrapper", "bootstrap/css/bootstrap.min.css"),
    "bootstrap/bootstrap.min.css.map": ("bootstrap_wrapper", "bootstrap/css/bootstrap.min.css.map"),
    "bootstrap/bootstrap.rtl.min.css": ("bootstrap_wrapper", "bootstrap/css/bootstrap.rtl.min.css"),
    "bootstrap/bootstrap.rtl.min.css.map": ("bootstrap_wrapper", "bootstrap/css/bootstrap.rtl.min.css.map"),
}


@cache
def packaged_files() -> dict[str, Path]:
    """Where each named file lies in this installation, by static name.

    Raises ModuleNotFoundError, with the package's name, where a package is not installed: a portal without its sheet would look broken, not fail.
    """
    return {name: _folder_of(package) / file for name, (package, file) in NAMED.items()} | font_files()


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            f"{package} is not installed; the pages take their sheets and fonts from it.", name=package
        )
    return Path(spec.origin).parent.parent
