"""The policy file: what the first one says, and what the loader refuses."""

from datetime import date
from decimal import Decimal

import pytest

from selection.engine import policy as policy_module
from selection.engine import words
from selection.engine.measures import MEASURES
from selection.engine.policy import FOLDER, Change, Policy, PolicyError
from smes.vocabulary.codes import SECTORS

pytestmark = pytest.mark.unit

TEXT = (FOLDER / "2026-1.toml").read_text(encoding="utf-8")


def refusal_of(text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        Policy.parse(text)
    assert str(refused.value) == f"{refused.value.key}: {refused.value.problem}"
    return str(refused.value)


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def item(measure: str, lines: str) -> str:
    """The policy with the lines after this item's `kind` line put in place of its own."""
    start = TEXT.index(f'measure = "{measure}"\nshare')
    kind = TEXT.index("kind = ", start)
    end = TEXT.index("unit = ", kind)
    return TEXT[:kind] + lines + "\n" + TEXT[end:]


def test_the_first_policy_weighs_twelve_criteria():
    policy = Policy.version_of("2026-1")

    assert {criterion.code: criterion.weight for criterion in policy.criteria} == {
        "sector_priority": 12,
        "export_experience": 14,
        "market_diversification": 8,
        "product_evidence": 14,
        "price_position": 8,
        "platform_demand": 8,
        "capacity": 8,
        "certifications": 8,
        "digital_readiness": 8,
        "payment_readiness": 5,
        "women": 4,
        "province": 3,
    }
    assert policy.in_force_from == date(2026, 1, 1)


def test_weights_and_shares_sum_to_exactly_one_hundred_in_every_policy_of_the_folder():
    for path in FOLDER.glob("*.toml"):
        policy = Policy.load(path)
        assert sum(criterion.weight for criterion in policy.criteria) == Decimal(100)
        assert {sum(item.share for item in criterion.items) for criterion in policy.criteria} == {100}


def test_carpets_are_the_first_of_all_sectors():
    (priority,) = Policy.version_of("2026-1").criteria[0].items

    shares = dict(priority.table)
    assert set(shares) == set(SECTORS)
    assert [sector for sector, share in shares.items() if share == 1] == ["carpets"]


def test_each_track_has_its_gates():
    policy = Policy.version_of("2026-1")

    assert {track: [gate.code for gate in policy.gates_of(track)] for track in policy.tracks} == {
        "general": ["identity", "size", "sector", "export_presence"],
        "carpet_revival": ["identity", "size", "carpets", "export_presence"],
        "startup": ["identity", "size", "sector", "young_firm"],
        "services": ["identity", "size", "services", "export_presence"],
    }
    with pytest.raises(PolicyError) as refused:
        policy.gates_of("space")
    assert str(refused.value) == "tracks: this policy has no track 'space'."


def test_every_number_of_the_policy_has_unit_date_and_source():
    policy = Policy.version_of("2026-1")
    tables = [*policy.criteria, *policy.items, *policy.ways]

    for provenance in (table.provenance for table in tables):
        assert provenance.unit
        assert provenance.since <= policy.in_force_from
        assert provenance.source


def test_a_policy_is_found_by_its_version_and_by_the_day():
    assert Policy.in_force(date(2026, 1, 1)) == Policy.version_of("2026-1")
    with pytest.raises(PolicyError) as refused:
        Policy.in_force(date(2025, 12, 31))
    assert str(refused.value) == "in_force_from: no policy is in force on 2025-12-31."


@pytest.mark.parametrize("version", ["1999-1", "../policies/2026-1", ""])
def test_an_unknown_version_is_refused(version):
    with pytest.raises(PolicyError) as refused:
        Policy.version_of(version)

    assert str(refused.value) == f"version: there is no policy {version!r}."


def test_a_file_that_holds_another_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(policy_module, "FOLDER", tmp_path)
    (tmp_path / "2027-1.toml").write_text(TEXT)

    with pytest.raises(PolicyError) as refused:
        Policy.version_of("2027-1")

    assert str(refused.value) == "version: the file 2027-1.toml holds policy '2026-1'."


def test_two_texts_of_one_version_are_told_apart_by_their_digest():
    other = Policy.parse(changed("cost_pkr = 15000", "cost_pkr = 16000"))

    assert other.version == Policy.parse(TEXT).version
    assert other.digest != Policy.parse(TEXT).digest


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("schema = 1", "schema = 3", "schema: this engine reads schemas up to 2."),
        ("schema = 1\n", "", "schema: the key is missing."),
        ("schema = 1", "schema = true", "schema: expected a whole number from 0 on."),
        ('version = "2026-1"', 'version = "../1"', "version: expected a year and a number, as 2026-1."),
        ('version = "2026-1"', "version = 2026", "version: expected a text that is not empty."),
        ("in_force_from = 2026-01-01", 'in_force_from = "soon"', "in_force_from: expected a date as 2026-07-01."),
        ("in_force_from = 2026-01-01", "in_force_from = 2026-01-01T08:00:00", "in_force_from: expected a date as 2026-07-01."),
        ("in_force_from = 2026-01-01", "in_force_from = 2025-12-31", "gates[0].since: this is later than the first day of the policy."),
        ('tracks = ["general", ', 'tracks = ["general", "general", ', "tracks: 'general' stands here twice."),
        ('tracks = ["general", ', 'tracks = ["space", ', "tracks: nobody knows 'space' here."),
        ('"startup", "services"]\n\n[sources]', '"startup", 5]\n\n[sources]', "tracks: expected a list of codes that is not empty."),
        ("[sources]\n", '[sources]\nrumour = ""\n', "sources.rumour: expected a text that is not empty."),
        ("[sources]\n", "[[sources]]\n", "sources: expected a table."),
        ("schema = 1", "schema = 1\nsecret = 5", "secret: nobody knows this key."),
        ('code = "identity"', 'code = "charm"', "gates[0].code: nobody knows 'charm' here."),
        ('code = "identity"', 'code = "identity"\nmood = 5', "gates[0].mood: nobody knows this key."),
        ('code = "tax_number"', 'code = "tax_number"\nmood = 5', "gates[0].any_of[1].mood: nobody knows this key."),
        ('source = "programme"', 'source = "hearsay"', "gates[0].source: nobody knows 'hearsay' here."),
        ('code = "size"', 'code = "identity"', "gates: 'identity' stands here twice."),
        ('owner_cnic_held", is = true', 'owner_cnic_held", is = 1', "gates[0].any_of[0].all_of[1].is: expected true or false."),
        ('owner_cnic_held", is = true', 'owner_cnic_held", at_least = 1', "gates[0].any_of[0].all_of[1].measure: owner_cnic_held is asked with one of: is."),
        ('owner_cnic_held", is = true', 'owner_cnic_held", is = true, in = []', "gates[0].any_of[0].all_of[1].measure: owner_cnic_held is asked with one of: is."),
        ('owner_cnic_held", is = true', 'owner_cnic_held", is = true, by = 5', "gates[0].any_of[0].all_of[1].by: nobody knows this key."),
        ('in = ["sole_proprietor"]', "in = []", "gates[0].any_of[0].all_of[0].in: expected a list of codes that is not empty."),
        ('at_most = 5, unit = "years since founding", ', "at_most = 5, ", "gates[6].any_of[0].all_of[0].unit: the key is missing."),
        ("at_most = 5, ", "at_most = nan, ", "gates[6].any_of[0].all_of[0].at_most: expected a finite number."),
        ("at_most = 5, ", "at_most = 1e400, ", "gates[6].any_of[0].all_of[0].at_most: expected a finite number."),
        ("at_most = 5, ", "at_most = true, ", "gates[6].any_of[0].all_of[0].at_most: expected a number."),
        ("weight = 12", "weight = 12.5", "criteria: the weights must sum to exactly 100, they sum to 100.5."),
        ("weight = 12", "weight = 0", "criteria[0].weight: a weight is above 0, at most 100, and has at most two decimals."),
        ("weight = 12", "weight = 12.001", "criteria[0].weight: a weight is above 0, at most 100, and has at most two decimals."),
        ("weight = 12", "weight = 1e300", "criteria[0].weight: a weight is above 0, at most 100, and has at most two decimals."),
        ("weight = 12", "weight = 1e400", "criteria[0].weight: expected a finite number."),
        ("weight = 12", "weight = inf", "criteria[0].weight: expected a finite number."),
        ("weight = 12", 'weight = "12"', "criteria[0].weight: expected a number."),
        ('code = "province"\nweight', 'code = "women"\nweight', "criteria: 'women' stands here twice."),
        ('code = "province"\nweight', 'code = "charm"\nweight', "criteria[11].code: nobody knows 'charm' here."),
        ('missing = "rest"\nneutral = 0.5', 'missing = "rest"', "criteria[3].neutral: the key is missing."),
        ('missing = "rest"\nneutral = 0.5', 'missing = "rest"\nneutral = 1.5', "criteria[3].neutral: a share lies between 0 and 1."),
        ('missing = "zero"', 'missing = "guess"', "criteria[0].missing: nobody knows 'guess' here."),
        ('missing = "zero"', 'missing = "zero"\nneutral = 0.5', "criteria[0].neutral: nobody knows this key."),
        ("share = 35", "share = 36", "criteria[3].items: the shares must sum to exactly 100, they sum to 101."),
        ("share = 35", "share = 0", "criteria[3].items[0].share: expected a whole number from 1 on."),
        ('measure = "world_import_growth"', 'measure = "rca"', "criteria[3].items: 'rca' stands here twice."),
        ('measure = "rca"', 'measure = "luck"', "criteria[3].items[0].measure: nobody knows 'luck' here."),
        ('measure = "rca"', 'measure = "website"', "criteria[3].items[0].kind: nobody knows 'line' here."),
        ("carpets = 1,", "carpets = 0.95,", "criteria[0].items[0].shares: the best value must win the whole share (1): else nobody could reach 100 points."),
        ("otherwise = 0.3", "otherwise = -0.3", "criteria[0].items[0].shares: a share lies between 0 and 1."),
        ("otherwise = 0.3", "otherwise = 0.3\nmood = 5", "criteria[0].items[0].mood: nobody knows this key."),
        ('[[tie_break]]\nmeasure = "women_led"', '[[tie_break]]\nmeasure = "charm"', "tie_break[0].measure: nobody knows 'charm' here."),
        ("[[tie_break]]\n", '[[tie_break]]\nmeasure = "youth_led"\nis = true\n\n' * 7 + "[[tie_break]]\n", "tie_break: there can be at most 8 steps."),
        ('code = "wallet"\n', 'code = "photographs"\n', "ways: 'photographs' stands here twice."),
        ("cost_pkr = 15000", "cost_pkr = -1", "ways[12].cost_pkr: expected a whole number from 0 on."),
        ("cost_pkr = 15000", "cost_pkr = 15000\nmood = 5", "ways[12].mood: nobody knows this key."),
        ('{ fact = "wallet", act = "set", to = true },', "", "ways[8].changes: a way up must change something."),
        ('fact = "wallet", act = "set"', 'fact = "wallet", act = "raise"', "ways[8].changes[0].act: 'wallet' cannot be changed by 'raise'."),
        ('fact = "wallet", act = "set"', 'fact = "charm", act = "set"', "ways[8].changes[0].act: 'charm' cannot be changed by 'set'."),
        ('fact = "wallet", act = "set"', 'fact = "founded_on", act = "set"', "ways[8].changes[0].act: 'founded_on' cannot be changed by 'set'."),
        ('act = "verify" }', 'act = "verify", to = 5 }', "ways[3].changes[0].to: nobody knows this key."),
        ('act = "climb", to = "own"', 'act = "climb", to = "angels"', "ways[7].changes[0].to: nobody knows 'angels' here."),
        ('act = "raise", to = 10', 'act = "raise", to = 1.5', "ways[2].changes[0].to: expected a whole number from 0 on."),
    ],
)  # fmt: skip
def test_a_broken_policy_is_refused_by_the_name_of_its_key(old, new, refusal):
    assert refusal_of(changed(old, new)) == refusal


@pytest.mark.parametrize(
    ("measure", "lines", "problem"),
    [
        ("rca", 'kind = "line"\npoints = 5', "expected a list of pairs [value, share won]."),
        ("rca", 'kind = "line"\npoints = [[0, 0, 1]]', "expected a list of pairs [value, share won]."),
        ("rca", 'kind = "line"\npoints = [[0, 1]]', "there are too few pairs."),
        ("rca", 'kind = "steps"\npoints = []', "there are too few pairs."),
        ("rca", 'kind = "line"\npoints = [[0, 0], [0, 1]]', "the values must rise from pair to pair."),
        ("rca", 'kind = "line"\npoints = [[0, 0], [1e-320, 1]]', "the values must rise from pair to pair."),
        ("rca", 'kind = "line"\npoints = [[-1e308, 0], [1e308, 1]]', "the values lie too far apart."),
        ("rca", 'kind = "line"\npoints = [[0, 0], [1, 2]]', "a share lies between 0 and 1."),
        ("rca", 'kind = "line"\npoints = [[0, 1], [1, 1]]', "a line must rise or fall."),
        ("rca", 'kind = "line"\npoints = [[0, 1], [1, 0]]', "more of rca is better: it must not lower the share."),
        ("rca", 'kind = "line"\npoints = [[0, 0], [1, 1], [2, 0.5]]', "more of rca is better: it must not lower the share."),
        ("lead_time_days", 'kind = "line"\npoints = [[0, 0], [9, 1]]', "less of lead_time_days is better: it must not lower the share."),
        ("lead_time_days", 'kind = "steps"\npoints = [[9, 1]]', 'less of lead_time_days is better: use kind = "line".'),
    ],
)  # fmt: skip
def test_a_normaliser_that_could_be_unfair_is_refused(measure, lines, problem):
    assert refusal_of(item(measure, lines)).endswith(f".points: {problem}")


@pytest.mark.parametrize("value", ["true", '"much"', "nan", "1e400", "-1e400", f"1{'0' * 400}"])
def test_a_pair_holds_two_numbers(value):
    refused = refusal_of(item("rca", f'kind = "line"\npoints = [[0, 0], [{value}, 1]]'))

    assert refused.startswith("criteria[3].items[0].points[1]: expected a")


def test_a_gate_without_a_way_in_and_a_way_in_without_a_condition_are_refused():
    gate = '[[gates]]\ncode = "identity"\ntracks = ["general"]\nsince = 2026-01-01\nsource = "programme"\n'
    start, end = TEXT.index("[[gates]]"), TEXT.index("# ----", TEXT.index("[[gates]]"))

    def alone(any_of: str) -> str:
        return TEXT[:start] + gate + any_of + "\n" + TEXT[end:]

    assert refusal_of(alone("any_of = []")) == "gates[0].any_of: a gate needs at least one way in."
    assert (
        refusal_of(alone('[[gates.any_of]]\ncode = "sme"\nall_of = []'))
        == "gates[0].any_of[0].all_of: a way in needs at least one condition."
    )
    assert refusal_of(alone("any_of = 5")) == "gates[0].any_of: expected a list of tables."
    assert refusal_of(alone("any_of = [5]")) == "gates[0].any_of[0]: expected a table."


@pytest.mark.parametrize("text", ["weights: 5", "weight = 1e99999999999999999999", f"weight = 1{'0' * 5000}"])
def test_a_text_that_is_not_toml_or_holds_an_endless_number_is_refused(text):
    assert refusal_of(text).startswith("file: this is not TOML: ")


def test_a_way_up_changes_facts_by_known_acts():
    ways = {way.code: way.changes for way in Policy.parse(TEXT).ways}

    assert ways["broadband"] == (Change("internet", "climb", "broadband"),)
    assert ways["target_markets"] == (Change("target_markets", "raise", 3),)
    assert ways["verify_certificates"] == (Change("certifications", "verify", None),)
    assert ways["delivery_time"] == (Change("lead_time_days", "lower", 30),)


def test_what_can_be_climbed_goes_from_the_lowest_to_the_highest():
    """The order of the tables of codes decides, so it is written here once more."""
    assert policy_module.LADDERS == {
        "quality_control": ("none", "own", "third_party"),
        "internet": ("none", "mobile", "broadband"),
        "export_route": ("none", "export_house", "direct"),
    }


def test_every_code_has_its_words():
    assert set(words.MET) == set(words.TO_MEET)
    assert set(MEASURES) == set(words.MEASURES)
    for code, measure in MEASURES.items():
        wanted = {"flag": {"yes", "no", "missing"}, "number": {"told", "missing"}, "text": {"told", "missing"}}
        assert wanted[measure.kind] <= set(words.MEASURES[code]), code
