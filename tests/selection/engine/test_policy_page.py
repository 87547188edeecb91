"""The page for officials says what the policy says."""

from pathlib import Path

import pytest

from selection.engine.policy import Policy
from smes.vocabulary.evidence import LEVELS

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")
POLICY = Policy.version_of("2026-2")


def rows_of(heading: str) -> dict[str, list[str]]:
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {label: rest for label, *rest in cells[2:]}


def test_the_page_gives_every_criterion_its_weight():
    names = {criterion.label for criterion in POLICY.criteria}
    assert {label: cells[0] for label, cells in rows_of("The criteria").items() if label in names} == {
        criterion.label: str(criterion.weight) for criterion in POLICY.criteria
    }


@pytest.mark.parametrize("criterion", POLICY.criteria, ids=lambda criterion: criterion.code)
def test_the_page_gives_every_share_of_a_criterion(criterion):
    described = rows_of("The criteria")[criterion.label][1]

    told = sorted(int(piece.split(")")[0]) for piece in described.split("(")[1:])
    assert told == sorted(item.share for item in criterion.items if len(criterion.items) > 1)


def test_the_page_says_how_far_a_firm_that_sells_only_services_can_get():
    about_goods = [row for row in POLICY.criteria if all(item.of.is_evidence for item in row.items)]
    lost = sum(float(row.weight) * (1 - row.neutral) for row in about_goods)

    said = " ".join(PAGE.split())
    assert [row.weight for row in about_goods] == [15, 8]
    assert f"two criteria which weigh 23 together: the most it can reach is {100 - lost:g} of 100" in said


def test_the_page_names_every_gate():
    assert set(rows_of("The gates")) == {gate.label for gate in POLICY.gates}


def test_the_page_says_what_each_level_earns():
    earned = {label: cells[1:] for label, cells in rows_of("The criteria").items() if label in tuple(LEVELS)}
    scales = {item.scale.code: item.scale.earns for item in POLICY.items if item.scale}
    wanted = zip(LEVELS, scales["papers"], scales["plain_to_see"], strict=True)

    assert earned == {level.value: [f"{one * 100:g} %", f"{other * 100:g} %"] for level, one, other in wanted}
