"""Builds the image without an engine: every step of the Dockerfile, in a folder that stands for its file system.

Absolute paths of the image become paths below that folder. Otherwise a step sees what it would see in the image: the
files that COPY brought (those that .dockerignore lets through) and the names that ENV gave, no others.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from tdap_portal import bootstrap

# The base image's Python, and what only root may do: that is written down, not done.
_PROGRAMS = {
    "python": f'exec {shlex.quote(bootstrap.OUTER_PYTHON)} "$@"',
    "pip": f'exec {shlex.quote(bootstrap.OUTER_PYTHON)} -m pip "$@"',
    "useradd": 'echo useradd "$@" >> "${0%/*}/as_root.log"',
    "apt-get": ":",  # what it would fetch is taken from this machine
    "chown": 'echo chown "$@" >> "${0%/*}/as_root.log"',
}


def instructions(text: str) -> list[tuple[str, str]]:
    """Pairs as ("RUN", "its arguments"), comments left out and continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [tuple(line.split(maxsplit=1)) for line in lines.replace("\\\n", " ").splitlines()]  # type: ignore[misc]


def is_let_in(path: Path, rules: list[str]) -> bool:
    """Whether .dockerignore lets a path of the project in: the last rule decides that names it or a folder above it."""
    let_in = True
    for rule in rules:
        pattern = re.escape(rule.lstrip("!")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        if any(re.fullmatch(pattern, str(part)) for part in (path, *path.parents)):
            let_in = rule.startswith("!")
    return let_in


def ignore_rules(project: Path) -> list[str]:
    lines = (project / ".dockerignore").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


class Image:
    """What building leaves behind.

    root: stands for `/`. environment: what ENV gave. steps: the RUN steps of the last stage. workdir, user, command: as
    WORKDIR, USER and CMD say. built_files: what `files()` gave after the last step.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        self.project = project
        self.root = folder / "root"
        self.steps: list[str] = []
        self.command: list[str] = []
        self.user = "root"
        self._rules = ignore_rules(project)
        self._stage = ""
        self._stages = folder / "stages"
        self._stages.mkdir()
        self._programs = folder / "bin"
        self._programs.mkdir(parents=True)
        for name, line in _PROGRAMS.items():
            (self._programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (self._programs / name).chmod(0o755)

    def build(self) -> Image:
        """Go through the Dockerfile; a step that fails raises CalledProcessError, with what it wrote in `stderr`."""
        for word, rest in instructions((self.project / "Dockerfile").read_text()):
            getattr(self, f"_{word.lower()}")(rest)
        self.built_files = self.files()
        return self

    def _from(self, rest: str) -> None:
        if self.root.exists():
            self.root.rename(self._stages / self._stage)
        self._stage = rest.partition(" AS ")[2]
        self.environment = {"PATH": f"{self._programs}:/usr/local/bin:/usr/bin:/bin"}
        self.steps, self.workdir = [], self.root
        (self.root / "tmp").mkdir(parents=True)

    def _workdir(self, rest: str) -> None:
        self.workdir = Path(self.below(rest))
        self.workdir.mkdir(parents=True, exist_ok=True)

    def _env(self, rest: str) -> None:
        for pair in shlex.split(self.below(rest)):
            name, _, value = pair.partition("=")
            self.environment[name] = value.replace("$PATH", self.environment["PATH"])

    def _run(self, rest: str) -> None:
        self.steps.append(rest)
        # Where packages are fetched the machine's own registry is used, as an engine uses its network's.
        self.run(rest, **(registry() if "pip install" in rest else {})).check_returncode()

    def _user(self, rest: str) -> None:
        self.user = rest

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)

    def _expose(self, rest: str) -> None:
        """Says nothing to a step."""

    def _copy(self, rest: str) -> None:
        *sources, target = (word for word in rest.split() if not word.startswith("--"))
        arrives = self.workdir / self.below(target)
        if rest.startswith("--from="):
            arrives.parent.mkdir(parents=True, exist_ok=True)
            stage = rest.split(maxsplit=1)[0].removeprefix("--from=")
            (self._stages / stage / sources[0].lstrip("/")).rename(arrives)
            return
        for source in sources:
            if (self.project / source).is_dir():
                shutil.copytree(self.project / source, arrives, ignore=self._left_out)
            elif is_let_in(Path(source), self._rules):
                arrives.mkdir(exist_ok=True)  # files go to a folder: "./", "requirements/"
                shutil.copy(self.project / source, arrives)
            else:
                raise FileNotFoundError(f"COPY {source}: .dockerignore leaves it out.")

    def below(self, text: str) -> str:
        """The same text with the image's absolute paths below `root`."""
        return re.sub(r"(?<![\w./])/(?=(?:opt|srv|build|tmp|var/lib)\b)", f"{self.root}/", text)

    def run(self, step: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A line of shell inside the image."""
        return subprocess.run(
            ["/bin/sh", "-c", self.below(step)],
            cwd=self.workdir,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def as_root(self) -> str:
        """useradd and chown with their arguments, a line each."""
        return (self._programs / "as_root.log").read_text().replace(str(self.root), "")

    def files(self) -> set[str]:
        """Every file of the image but those of its volumes and its temporary folder."""
        return {str(path.relative_to(self.root)) for top in ("opt", "srv") for path in (self.root / top).rglob("*")}

    def _left_out(self, folder: str, names: list[str]) -> list[str]:
        at = Path(folder).relative_to(self.project)
        return [name for name in names if not (Path(folder) / name).is_dir() and not is_let_in(at / name, self._rules)]


def registry() -> dict[str, str]:
    """What tells pip and uv on this machine where packages come from; nothing else of its environment."""
    listing = subprocess.run(
        [bootstrap.OUTER_PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    ours = ("PIP_", "UV_", "HOME", "SSL_CERT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
    here = {name: value for name, value in os.environ.items() if name.upper().startswith(ours)}
    return {**bootstrap.uv_environment(listing), **here}
