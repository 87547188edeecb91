"""The page for officials says what the policy says."""

from pathlib import Path

import pytest

from selection.engine.policy import Policy

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")
POLICY = Policy.version_of("2026-1")


def rows_of(heading: str) -> dict[str, list[str]]:
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {label: rest for label, *rest in cells[2:]}


def test_the_page_gives_every_criterion_its_weight():
    assert {label: cells[0] for label, cells in rows_of("The criteria").items()} == {
        criterion.label: str(criterion.weight) for criterion in POLICY.criteria
    }


@pytest.mark.parametrize("criterion", POLICY.criteria, ids=lambda criterion: criterion.code)
def test_the_page_gives_every_share_of_a_criterion(criterion):
    described = rows_of("The criteria")[criterion.label][1]

    told = sorted(int(piece.split(")")[0]) for piece in described.split("(")[1:])
    assert told == sorted(item.share for item in criterion.items if len(criterion.items) > 1)


def test_the_page_names_every_gate():
    assert set(rows_of("The gates")) == {gate.label for gate in POLICY.gates}
