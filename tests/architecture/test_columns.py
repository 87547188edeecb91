"""Templates, styles and scripts can be read without scrolling sideways."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
MAX_COLUMNS = 120


def wide_lines(folder: Path) -> list[str]:
    """Each line of the folder's files with more than MAX_COLUMNS columns, as "file:line"."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files, f"{folder} holds nothing to look at"
    return [
        f"{path.relative_to(folder)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_COLUMNS
    ]


@pytest.mark.parametrize("folder", ["templates", "static/css", "static/js"])
def test_no_line_is_wider_than_the_screen_of_a_reader(folder):
    assert wide_lines(ROOT / folder) == []


def test_a_wide_line_is_found(tmp_path):
    (tmp_path / "page.html").write_text("ی" * MAX_COLUMNS + "\n" + "ی" * (MAX_COLUMNS + 1) + "\n", "utf-8")

    assert wide_lines(tmp_path) == ["page.html:2"]
