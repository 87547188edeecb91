"""HTML as a reader sees it, so that a test does not depend on how a template is laid out."""

from __future__ import annotations

import re


def flat(html: str) -> str:
    """One space for each run of white space; none between two tags, at the ends of an element or at the end of a tag."""
    html = re.sub(r"\s+", " ", html).strip()
    html = re.sub(r"(?<=>) (?=<)| (?=</|>)", "", html)
    return re.sub(r"(<[a-z][^<>]*>) ", r"\1", html)
