"""Days and hours that people read are written in one place, tdap_portal/core/days.py, and by the filter `date` in templates."""

from __future__ import annotations

import ast
import re

import pytest

from .test_house import ROOT, python_files

pytestmark = pytest.mark.unit
ALLOWED = {
    "tdap_portal/core/days.py": {"date_format"},
    "tdap_portal/audit/chain.py": {"strftime"},  # of what is sealed, in UTC, for good
    "tdap_portal/audit/anchor.py": {"%Y%m%d%H%M%S%f"},  # the name of a file that was put away
    "payments/providers/reading.py": {"strftime"},  # as providers read it, on a clock that is named
    "selection/seats/offers/terms.py": {"date"},  # of moments that were turned to their zone
    "training/attendance/meeting.py": {"date"},  # of moments in the zone of the report
    **{  # of times on the wall in Pakistan, as the solver counts them; of moments turned to it
        f"training/timetable/{name}.py": {"date"} for name in ("board", "moving", "views", "solver/problem")
    },
    "selection/trade/models.py": {"%Y-%m"},  # months that are days without an hour
    "selection/trade/services.py": {"%Y-%m"},
}
LETTERS = re.compile(r"%[A-Za-z]")


def own_dates(source: str) -> set[str]:
    """What in a module writes a day by itself, or takes the day of a moment without asking where: by what it is."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_bare_date = name == "date" and isinstance(node.func, ast.Attribute) and not (node.args or node.keywords)
            if name in ("strftime", "date_format", "time_format") or is_bare_date:
                found.add(name)
        elif isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(part.value for part in node.format_spec.values if isinstance(part, ast.Constant))
            if LETTERS.search(spec):
                found.add(spec)
    return found


def test_no_module_writes_days_by_itself():
    found = {str(path.relative_to(ROOT)): own_dates(path.read_text("utf-8")) for path in python_files()}
    assert {name: ways for name, ways in found.items() if ways} == ALLOWED


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ('row.created_at.strftime("%d.%m.%Y")', {"strftime"}),
        ('f"{sme.created_at:%d.%m.%Y}"', {"%d.%m.%Y"}),
        ("moment.date()", {"date"}),
        ("timezone.now().date()", {"date"}),
        ('date_format(row.created_at, "j F Y")', {"date_format"}),
        ("formats.date_format(row.created_at)", {"date_format"}),
        ("date(2027, 3, 17)", set()),
        ("datetime.date(2027, 3, 17)", set()),
        ("timezone.localdate(moment)", set()),
        ('f"{points:.1f} {amount:,}"', set()),
    ],
)  # fmt: skip
def test_a_module_that_does_is_noticed(source, way):
    assert own_dates(source) == way


JINJA_MOMENT = re.compile(r"\.\s*(strftime|isoformat|date)\s*\(|_at\b")


def test_a_template_without_the_filter_is_handed_words():
    """Jinja's templates know no Karachi."""
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.jinja")}
    assert {"list.jinja", "rows.jinja"} <= texts.keys()
    assert [name for name, text in texts.items() if JINJA_MOMENT.search(text)] == []


@pytest.mark.parametrize("text", ["{{ row.submitted_at }}", "{{ day.strftime('%d') }}", "{{ moment.date() }}"])
def test_a_moment_in_such_a_template_is_noticed(text):
    assert JINJA_MOMENT.search(text)


BARE_MOMENT = re.compile(r"\{\{[^}|]*_at\s*\}\}")


def test_no_template_shows_a_moment_without_the_filter():
    paths = [path for kind in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}")]
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}
    assert any("_at|date:" in text for text in texts.values())
    assert [name for name, text in texts.items() if BARE_MOMENT.search(text)] == []
    assert BARE_MOMENT.search("<td>{{ row.created_at }}</td>")
    assert not BARE_MOMENT.search('<td>{{ row.created_at|date:"j F Y" }}</td>')
