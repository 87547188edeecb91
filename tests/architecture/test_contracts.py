"""The import contracts of pyproject.toml: the tree keeps each, and each notices what breaks it."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from pathlib import Path

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
CONTRACTS = {options["name"].partition(":")[0]: options for options in OPTIONS["contracts"]}
TYPES = {"layers": LayersContract, "protected": ProtectedContract}

configure()


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OPTIONS["root_packages"], exclude_type_checking_imports=True, cache_dir=None)


def is_kept(name: str, graph: grimp.ImportGraph) -> bool:
    options = CONTRACTS[name]
    rules = {  # as the tool's own reader hands them over
        key: str(value) if isinstance(value, bool) else value
        for key, value in options.items()
        if key not in ("name", "type")
    }
    session = {key: value for key, value in OPTIONS.items() if key != "contracts"}
    contract = TYPES[options["type"]](name=name, session_options=session, contract_options=rules)
    return contract.check(graph, verbose=False).kept


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_tree_keeps_the_contract(name, graph):
    assert is_kept(name, deepcopy(graph))


@pytest.mark.parametrize(
    ("name", "importer", "imported"),
    [
        ("Floors", "smes.people.services", "selection.states"),
        ("Ground", "tdap_portal.web.views", "tdap_portal.accounts.models"),
        ("Rooms of selection", "selection.review.services", "selection.rounds.services"),
        ("Rooms of selection", "selection.firm.views", "selection.desk.views"),
        ("Rooms of trade", "selection.trade.arithmetic.indicators", "selection.trade.sources.comtrade"),
        ("Rooms of smes", "smes.papers.services", "smes.profile.services"),
        ("Inside a room", "selection.review.services", "selection.review.handlers"),
        ("Inside a room", "selection.review.forms", "selection.review.services"),
        ("Inside a room", "selection.rounds.services", "selection.rounds.tasks"),
        ("Rooms of providers", "payments.providers.jazzcash", "payments.providers.bank"),
        ("Rooms of providers", "payments.providers.signing.rsa", "payments.providers.calling"),
        ("Doors of smes", "selection.intake.services", "smes.models"),
        ("Doors of smes", "selection.firm.views", "smes.profile.forms.trade"),
        ("Doors of selection", "training", "selection.models"),
        ("Doors of trade", "selection.scoring.services", "selection.trade.models"),
    ],
)
def test_a_contract_notices_an_import_that_breaks_it(name, importer, imported, graph):
    broken = deepcopy(graph)
    broken.add_import(importer=importer, imported=imported)
    assert not is_kept(name, broken)


USUAL_NAMES = ("urls", "views", "acts", "handlers", "tasks", "services", "selectors", "permissions", "forms")


def test_every_room_keeps_the_order_inside_a_room():
    """A folder with a file of a usual name stands among the containers of the contract."""
    folders = {path for app in OPTIONS["root_packages"] for path in (ROOT / app).rglob("*") if path.is_dir()}
    rooms = {
        ".".join(folder.relative_to(ROOT).parts)
        for folder in folders
        if any((folder / f"{name}.py").is_file() for name in USUAL_NAMES)
    }
    assert rooms == set(CONTRACTS["Inside a room"]["containers"])


@pytest.mark.parametrize(
    "app",
    ["selection", "smes", "selection/trade", "selection/seats", "training", "payments/finance", "payments/providers"],
)
def test_the_picture_of_the_rooms_is_true(app):
    """docs/architecture.md draws the rooms of an app floor by floor: the same as the contract, and each is a place."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    name = Path(app).name
    drawn = re.search(rf"### The rooms of {name}\n.*?```text\n(.*?)```", text, re.DOTALL)
    assert drawn is not None
    floors = [
        frozenset(re.findall(r"[a-z_]+", floor)) for line in drawn[1].splitlines() if (floor := line.partition("  ")[0])
    ]
    layers = [frozenset(re.findall(r"[a-z_]+", layer)) for layer in CONTRACTS[f"Rooms of {name}"]["layers"]]
    assert floors == layers
    assert [room for floor in floors for room in floor if not any((ROOT / app).glob(f"{room}*"))] == []
