"""From a bare Python to an installed portal, with the standard library alone.

`manage.py` calls `enter()` first. It returns at once when this interpreter has the locked packages; otherwise it fills
`.venv` from the hashed locks in requirements/ and starts the same command again inside it. `python3 -m
tdap_portal.bootstrap` fills it for development; further words name further locks.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Holds the fingerprints of the locks that .venv was filled from; empty while it is being filled.
STAMP = VENV / "installed"
RUNTIME, DEVELOPMENT, UV = (ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "dev", "uv"))
# The interpreter that .venv is made from; it has pip, .venv has not.
OUTER_PYTHON = str(getattr(sys, "_base_executable", None) or sys.executable)
# uv does not read pip's configuration: pip's option -> uv's variable.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def enter(arguments: list[str]) -> None:
    """Return when the portal's packages can be imported here, else start `arguments` again inside `.venv`.

    `test` needs the development lock on top. Ends the program with a message and exit code 1 when the packages cannot
    be had, 130 after Ctrl-C.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  (whoever starts with an older one is told so here)
        sys.exit(f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    locks = [RUNTIME, DEVELOPMENT] if arguments[1:2] == ["test"] else [RUNTIME]
    is_ours = Path(sys.prefix).resolve() == VENV.resolve() and STAMP.exists()
    if is_filled_from(locks, "{}.{}".format(*sys.version_info)) if is_ours else is_equipped(test=DEVELOPMENT in locks):
        return
    install(locks)
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606  (our own interpreter, the caller's own words)


def is_equipped(*, test: bool) -> bool:
    """True in an environment that was filled by others from the same locks (the image's), known by its Django and pytest."""
    pins = f"{RUNTIME.read_text()}\n{DEVELOPMENT.read_text()}"
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return all(
            f"{name}=={importlib.metadata.version(name)} " in pins for name in ("django", *(["pytest"] if test else []))
        )
    return False


def is_filled_from(locks: list[Path], version: str) -> bool:
    """True when `.venv` was completely filled from these locks for this version of Python."""
    return STAMP.exists() and fingerprints(locks, version) <= set(STAMP.read_text().split())


def fingerprints(locks: list[Path], version: str) -> set[str]:
    """One a lock; it changes with the lock's content and with the version of Python ("3.11")."""
    return {hashlib.sha256(version.encode() + lock.read_bytes()).hexdigest() for lock in locks}


def venv_version() -> str:
    """The version of Python that `.venv` has; "" when it does not start (removed, or its folder was moved)."""
    with contextlib.suppress(OSError):
        return run(PYTHON, "-Sc", "import sys; print('{}.{}'.format(*sys.version_info))").stdout.strip()
    return ""


def install(locks: list[Path]) -> None:
    """Fill `.venv` from the locks; waits, and says so, while another start does. Ends the program as `enter()` says."""
    (ROOT / "var").mkdir(exist_ok=True)
    try:
        with (ROOT / "var" / "setup.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another start is installing the packages; waiting for it …", file=sys.stderr)
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_filled_from(locks, venv_version()):
                fill(locks)
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        sys.exit(130)


def fill(locks: list[Path]) -> None:
    """Install the locks into `.venv`, which is made where it does not work, and anew where filling it was cut off."""
    print("Setting up .venv (first start or changed requirements) …", file=sys.stderr)
    is_cut_off = STAMP.exists() and not STAMP.read_text()
    if is_cut_off or not venv_version():
        # Without pip: a bare Debian has no ensurepip, and the outer pip installs from outside.
        made = run(OUTER_PYTHON, "-m", "venv", "--clear", "--without-pip", VENV)
        if made.returncode:
            sys.exit(f"Python could not create {VENV}:\n{made.stderr}{made.stdout}")
    STAMP.write_text("")
    fetch(locks)
    STAMP.write_text("\n".join(fingerprints(locks, venv_version())))


def fetch(locks: list[Path]) -> None:
    """Install the hashed locks with uv, which pip fetches; with pip itself where uv cannot be had or fails."""
    outer_pip = (OUTER_PYTHON, "-m", "pip", "--disable-pip-version-check")
    # Without compiling, which costs more than the rest: only what is imported needs it, when it is imported.
    pip = (*outer_pip, "--python", PYTHON, "--no-input", "--retries", "2", "install", "--quiet", "--no-compile")
    wanted = ["--require-hashes", *(word for lock in locks for word in ("-r", lock))]
    if run(*pip, "--require-hashes", "-r", UV).returncode == 0:
        environment = {**uv_environment(run(*outer_pip, "config", "list").stdout), **os.environ}
        uv = (PYTHON, "-m", "uv", "--quiet", "pip", "install", "--python", PYTHON)
        if subprocess.run([*uv, *wanted], env=environment, check=False).returncode == 0:
            return
    print("Installing with pip instead of uv, which takes longer …", file=sys.stderr)
    by_pip = run(*pip, "--no-deps", *wanted)  # the locks are whole
    if "No module named pip" in by_pip.stderr:
        sys.exit("This Python has no pip. On Debian: apt-get install python3-pip, then start again.")
    if by_pip.returncode:
        last = "\n".join(by_pip.stderr.strip().splitlines()[-6:])
        sys.exit(
            "\nThe packages could not be fetched. Is the package registry within reach of this machine "
            f"(network, proxy, pip's index settings)?\n\n{last}\n\nWhen it is, start again: nothing is broken."
        )


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command, its output kept for a later message."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def uv_environment(listing: str) -> dict[str, str]:
    """The answer of `pip config list` in uv's words; as with pip, the environment wins over the files.

    All indexes count alike, as with pip: the hashes, not the order, decide what is let in.
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in sorted(listing.splitlines(), key=lambda line: line.startswith(":env:")):  # the last one wins
        match = re.fullmatch(r"(?:global|install|:env:)\.([a-z-]+)=(['\"])(.*)\2", line)
        if match and match[1] in UV_VARIABLES:
            values = match[3].replace("\\n", " ").split()
            if match[1] == "find-links":  # pip only warns of a folder that is not there
                values = [",".join(value for value in values if "://" in value or Path(value).exists())]
            found[UV_VARIABLES[match[1]]] = " ".join(values)
    return found


if __name__ == "__main__":
    install([RUNTIME, DEVELOPMENT, *(RUNTIME.with_name(f"{name}.txt") for name in sys.argv[1:])])
