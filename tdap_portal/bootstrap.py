"""From a bare Python to an installed portal, with the standard library alone.

`manage.py` calls `enter()` first. It returns at once when this interpreter has the locked packages; otherwise it fills
`.venv` from the hashed lock files and starts the same command again inside it. `python3 -m tdap_portal.bootstrap` fills
it for development; further words name further locks of requirements/.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME = ROOT / "requirements" / "runtime.txt"
DEVELOPMENT = ROOT / "requirements" / "dev.txt"
UV = ROOT / "requirements" / "uv.txt"
OLDEST_PYTHON = (3, 11)

# uv knows nothing of pip's configuration: option of pip -> variable of uv, and what joins several values.
UV_WORDS = {
    "index-url": ("UV_DEFAULT_INDEX", None),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", None),
    "cert": ("SSL_CERT_FILE", None),
    "client-cert": ("SSL_CLIENT_CERT", None),
    "timeout": ("UV_HTTP_TIMEOUT", None),
    "default-timeout": ("UV_HTTP_TIMEOUT", None),
    "proxy": ("ALL_PROXY", None),
}


class CannotInstall(Exception):
    """The packages could not be installed; the text says why and what to do."""


def enter(arguments: list[str]) -> None:
    """Return when the portal's packages can be imported here, else start `arguments` again inside `.venv`.

    `test` needs the development set on top. Ends the program with a message and exit code 1 when the packages cannot
    be had, 130 when it is interrupted.
    """
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"The portal needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}."
        )
    wanted = [RUNTIME, DEVELOPMENT] if "test" in arguments[1:2] else [RUNTIME]
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if inside and is_stamped(wanted):
        return
    # Without a stamp it is an image or an environment of somebody's own, filled from the same lock.
    if not (inside and (half_done().exists() or stamp_of(RUNTIME).exists())) and is_equipped(wanted):
        return
    set_up(wanted)
    python = str(venv_python())
    os.execv(python, [python, *arguments])  # noqa: S606  (our own interpreter, the caller's own words)


def set_up(wanted: list[Path]) -> None:
    """`install()`, with its refusals as messages: ends the program with 1, or with 130 after Ctrl-C."""
    try:
        install(wanted)
    except CannotInstall as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        sys.exit(130)


def is_equipped(wanted: list[Path]) -> bool:
    """True when this interpreter has the locked Django and Celery, and pytest where the development set is wanted."""
    for name in ("Django", "celery", *(("pytest",) if DEVELOPMENT in wanted else ())):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            if importlib.metadata.version(name) in locked_versions(wanted).get(name.lower(), ()):
                continue
        return False
    return True


def locked_versions(files: list[Path]) -> dict[str, set[str]]:
    """Lower-case package name -> the versions that the lock files pin it to."""
    pins: dict[str, set[str]] = {}
    for file in files:
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", file.read_text(), flags=re.MULTILINE):
            pins.setdefault(name.lower(), set()).add(version)
    return pins


def stamp_of(file: Path) -> Path:
    """The file inside `.venv` that holds the fingerprint of the lock it was last filled from."""
    return VENV / f".installed-{file.stem}"


def fingerprint(file: Path) -> str:
    """Changes with the lock's content and with the Python it was installed for."""
    return f"{hashlib.sha256(file.read_bytes()).hexdigest()} {sys.version_info.major}.{sys.version_info.minor}"


def is_stamped(files: list[Path]) -> bool:
    """True when `.venv` was completely filled from just these locks."""
    with contextlib.suppress(OSError):
        return all(stamp_of(file).read_text() == fingerprint(file) for file in files)
    return False


def venv_python() -> Path:
    """The interpreter of `.venv`."""
    return VENV / "bin" / "python"


def outer_python() -> str:
    """The interpreter that `.venv` is made from; it has pip, `.venv` has not."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def install(files: list[Path]) -> None:
    """Fill `.venv` from the lock files; one at a time, and from scratch when an earlier try was cut off.

    Raises CannotInstall with the reason in words.
    """
    with only_one_installs():
        if not venv_works() or half_done().exists():
            shutil.rmtree(VENV, ignore_errors=True)
        elif is_stamped(files):
            return  # somebody else just did it
        print("Setting up .venv (first start or changed requirements) …", file=sys.stderr, flush=True)
        if not VENV.exists():
            make_venv()
        half_done().touch()
        for file in files:
            stamp_of(file).unlink(missing_ok=True)
        fetch(files)
        for file in files:
            stamp_of(file).write_text(fingerprint(file))
        half_done().unlink()


def half_done() -> Path:
    """Lies in `.venv` while packages are being written there."""
    return VENV / ".installing"


@contextlib.contextmanager
def only_one_installs() -> Iterator[None]:
    """Hold the lock of this folder's installation; waits, and says so, while another start holds it."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is installing the packages; waiting for it …", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def venv_works() -> bool:
    """True when `.venv` has an interpreter that starts (its Python may have been removed, the folder moved)."""
    try:
        return subprocess.run([venv_python(), "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Create `.venv` without pip: a bare Debian has no ensurepip, and nothing here needs it."""
    made = subprocess.run(
        [outer_python(), "-m", "venv", "--without-pip", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotInstall(f"Python could not create {VENV}:\n{made.stderr}{made.stdout}")


def fetch(files: list[Path]) -> None:
    """Install the hashed locks with uv, which pip fetches; with pip itself where uv cannot be had or fails."""
    if run_quietly([outer_python(), "-m", "pip", "--version"]).returncode:
        raise CannotInstall("This Python has no pip. On Debian: apt-get install python3-pip, then start again.")
    locks = [word for file in files for word in ("-r", str(file))]
    tool = VENV / ".uv"
    pip = [outer_python(), "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    # pip is the one of the outer Python; --target keeps clear of what the system's package manager guards.
    got_uv = run_quietly(
        [*pip, "install", "--quiet", "--target", str(tool), "--upgrade", "--require-hashes", "-r", str(UV)]
    )
    if got_uv.returncode == 0:
        uv = [
            str(tool / "bin" / "uv"),
            "--quiet",
            "pip",
            "install",
            "--python",
            str(venv_python()),
            "--require-hashes",
            *locks,
        ]
        try:
            done = subprocess.run(uv, env={**os.environ, **uv_environment(pip_options())}, check=False).returncode == 0
        except OSError:  # a folder from which nothing may be started
            done = False
        shutil.rmtree(tool, ignore_errors=True)
        if done:
            return
    print("Installing with pip instead of uv, which takes a minute …", file=sys.stderr, flush=True)
    by_pip = run_quietly([*pip, "--python", str(venv_python()), "install", "--quiet", "--require-hashes", *locks])
    if by_pip.returncode:
        last = "\n".join((by_pip.stderr or got_uv.stderr or "").strip().splitlines()[-6:])
        raise CannotInstall(
            "The packages could not be fetched. Is the package registry within reach of this machine "
            f"(network, proxy, pip's index settings)?\n\n{last}\n\nWhen it is, start again: nothing is broken."
        )


def run_quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, its output kept for a later message."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def pip_options() -> dict[str, list[str]]:
    """pip's own settings from its files and environment, option -> values; the environment wins over the files."""
    listed = run_quietly([outer_python(), "-m", "pip", "config", "list"])
    return parse_pip_options(listed.stdout)


def parse_pip_options(listing: str) -> dict[str, list[str]]:
    """The answer of `pip config list` as option -> values. Sections in rising order: global, install, environment."""
    found: dict[str, tuple[int, list[str]]] = {}
    for line in listing.splitlines():
        match = re.fullmatch(r"(global|install|:env:)\.([a-z-]+)=(.*)", line.strip())
        if not match:
            continue
        section, option, quoted = match.groups()
        rank = ("global", "install", ":env:").index(section)
        if option not in found or rank >= found[option][0]:
            try:
                value = str(ast.literal_eval(quoted))
            except (SyntaxError, ValueError):
                value = quoted
            found[option] = (rank, value.split())
    return {option: values for option, (_rank, values) in found.items()}


def uv_environment(options: dict[str, list[str]]) -> dict[str, str]:
    """pip's settings in uv's words. What is already set for uv stays as it is.

    All indexes count alike, as with pip: the hashes, not the order, decide what is let in.
    """
    told = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_NO_PROGRESS": "1"}
    for option, (name, joint) in UV_WORDS.items():
        values = options.get(option, [])
        if option == "find-links":
            values = [value for value in values if "://" in value or Path(value).exists()]
        if values:
            told[name] = joint.join(values) if joint else values[-1]
    return {name: value for name, value in told.items() if name not in os.environ}


if __name__ == "__main__":
    set_up([RUNTIME, DEVELOPMENT, *(RUNTIME.with_name(f"{name}.txt") for name in sys.argv[1:])])
