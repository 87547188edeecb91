import random

import pytest

from smes.duplicates.likeness import Clue, Likeness, Traces, alike_among, blocking_keys, likeness
from smes.duplicates.names import name_likeness, words_of
from tests.bench import duplicates as made

pytestmark = pytest.mark.unit


def firm(key="a", name="Noor Sports Works", city="Sialkot", **numbers):
    return Traces(key, name, city, {kind: frozenset(prints) for kind, prints in numbers.items()})


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("Noor Sports (Pvt.) Ltd.", ["nor", "sports"]),
        ("M/s Noor & Sons", ["nor", "sons"]),
        ("Café  Ravi Company", ["kafi", "raoi"]),
        ("نور اینڈ کمپنی", ["nor"]),
        ("Pvt Ltd", ["pot", "ltd"]),
        ("", []),
    ],
)
def test_the_legal_form_is_no_part_of_a_name(name, sounds):
    assert [word.heard for word in words_of(name)] == sounds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Khawaja Leather", "Khwaja Leathers"),
        ("Chaudhry Textile Mills", "Choudhary Textiles"),
        ("Muhammad Yousaf Carpets", "M. Yousuf Carpets"),
        ("Muhammad Yousaf Carpets", "Mohd Yusuf"),
        ("Muhammed Yousaf Carpets", "Mohd Yusuf Carpets"),
        ("Ahmed Surgical", "Ahmad Surgicals"),
        ("Qureshi Traders", "Quraishi Traders"),
        ("Phaisal Fans", "Faisal Fan Company"),
        ("Zia ul Haq Rice", "Ziaulhaq Rice"),
        ("محمد سپورٹس", "Muhammad Sports"),
        ("كريم قالين", "کریم قالین"),
        ("Noor\u200cSports", "NoorSports"),
        ("نور ۷۸۶ فوڈز", "Noor 786 Foods"),
    ],
)
def test_one_firm_in_one_town_is_flagged_however_it_is_written(one, other):
    first, second = firm(name=one, city="Lahore"), firm("b", other, "lahore")
    assert blocking_keys(first) & blocking_keys(second)
    assert likeness(first, second).is_suspicious
    assert not likeness(first, second).is_contact_only


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ali Enterprises", "Ali Traders"),
        ("Malik Industries", "Malik Corporation"),
        ("Hassan Rice", "Hussain Rice"),
        ("Akram Leather", "Ikram Leather"),
        ("Naeem Steel", "Nadeem Steel"),
        ("Muhammad Yousaf Carpets", "Muhammad Younas Carpets"),
    ],
)
def test_two_firms_in_one_town_are_not_flagged_for_what_many_names_share(one, other):
    assert not likeness(firm(name=one, city="Lahore"), firm("b", other, "Lahore")).is_suspicious


@pytest.mark.parametrize(
    ("one", "other", "at_least"),
    [
        ("Noor Sports (Pvt) Ltd", "NOOR SPORTS", 100),
        ("Sports Noor & Co", "Noor Sports", 100),
        ("Khalid Surgical Works", "Khaled Surgical", 85),
        ("Chaudhry Carpets", "Choudhary Carpets", 100),
        ("Haq Textiles", "Haque Textile Mills", 85),
    ],
)
def test_spellings_of_one_name_are_alike(one, other, at_least):
    assert name_likeness(one, other) >= at_least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Noor Sports", "Noor Surgical"),
        ("Al Karam Towels", "Al Noor Footwear"),
        ("Ravi Rice", "Chenab Rice"),
        ("", "A"),
    ],
)
def test_different_firms_are_not_alike(one, other):
    assert name_likeness(one, other) < 82


def test_one_tax_number_twice_is_almost_certain():
    assert likeness(firm(ntn={"f1"}), firm("b", "Ravi Rice", "Lahore", ntn={"f1"})) == Likeness(97, (Clue("ntn", 100),))


def test_reasons_add_up_and_the_strongest_comes_first():
    found = likeness(firm(phone={"p"}, account={"x"}), firm("b", "Noor Sports", phone={"p"}, account={"x", "y"}))
    assert [reason.kind for reason in found.reasons] == ["account", "name", "phone", "city"]
    assert found.percent == 97


def test_the_same_name_in_the_same_town_is_worth_a_look_and_in_another_it_still_is():
    assert likeness(firm(), firm("b")).percent == 72
    assert likeness(firm(), firm("b", city="Lahore")).percent == 65


def test_a_shared_town_alone_says_nothing():
    assert likeness(firm(), firm("b", "Ravi Rice")) == Likeness(0, ())


@pytest.mark.parametrize("kind", ["phone", "email"])
def test_a_shared_telephone_or_mail_alone_is_looked_at_as_a_flag_of_its_own_kind(kind):
    found = likeness(firm(**{kind: {"p"}}), firm("b", "Ravi Rice", "Lahore", **{kind: {"p"}}))
    assert (found.percent, found.is_suspicious, found.is_contact_only) == (45, True, True)
    with_name = likeness(firm(**{kind: {"p"}}), firm("b", **{kind: {"p"}}))
    assert with_name.percent > 80
    assert not with_name.is_contact_only


def test_a_name_written_otherwise_counts_in_one_town_only():
    one, other = firm(name="Chaudhry Textile Mills"), firm("b", "Choudhary Textiles", "Lahore")
    assert 82 <= name_likeness(one.name, other.name) < 100
    assert likeness(one, other).is_suspicious
    assert not likeness(firm(name="Sialkot Noor Sports"), firm("b", "Noor Sports Hub", "Lahore")).is_suspicious


def test_made_pairs_are_found_and_few_flags_are_wrong():
    pairs = list(made.made_pairs(2_000))
    figures = made.judged("all", pairs)
    assert figures["recall"] >= 0.95, figures["missed"]
    assert figures["precision"] >= 0.9, figures["false"]
    aside = made.judged("aside", [each for each in pairs if each[0] in made.KEPT_ASIDE])
    assert aside["recall"] >= 0.9, aside["missed"]
    assert aside["precision"] >= 0.9, aside["false"]


def test_names_that_nobody_tried_while_tuning_are_found_too():
    figures = made.judged("other", list(made.made_pairs(2_000, other_names=True)))
    assert figures["recall"] >= 0.95, figures["missed"]
    assert figures["precision"] >= 0.9, figures["false"]


def test_the_measure_of_made_pairs_can_fail(monkeypatch):
    monkeypatch.setattr(made, "blocking_keys", lambda _traces: frozenset())
    assert made.judged("none", list(made.made_pairs(20)))["recall"] == 0


def test_likeness_does_not_depend_on_the_order():
    a, b = firm(phone={"p"}), firm("b", "Noor Sport & Co", "Lahore", phone={"p"}, owner={"o"})
    assert likeness(a, b) == likeness(b, a)


def test_only_suspicious_firms_are_given_most_alike_first():
    one = firm(ntn={"n"})
    same_number = firm("b", "Other Name", ntn={"n"})
    same_name = firm("c")
    found = alike_among(one, [same_name, firm("d", "Ravi Rice"), same_number, one])
    assert [other.key for other, _ in found] == ["b", "c"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (firm(ntn={"n"}), firm("b", "Ravi Rice", ntn={"n"})),
        (firm(name="Khalid Surgical Works"), firm("b", "Khaled Surgical")),
        (firm(name="Noor Traders"), firm("b", "Nur & Sons")),
        (firm(name="Chaudhry Hand Made Carpets"), firm("b", "Choudhary Carpets Hand")),
    ],
)
def test_firms_that_are_alike_share_a_key(one, other):
    assert blocking_keys(one) & blocking_keys(other)


def test_a_firm_without_a_name_has_only_the_keys_of_its_numbers():
    assert blocking_keys(firm(name="", ntn={"n"})) == {"ntn:n"}


def test_blocks_stay_small_among_many_firms():
    rng = random.Random(7)
    first = [f"{a}{b}{c}" for a in "bdfglmnrst" for b in "aeiou" for c in ("lim", "rah", "sood", "ber", "dan", "ktar")]
    trade = ["Sports", "Surgical", "Carpets", "Towels", "Rice", "Leather", "Steel", "Foods", "Denim", "Fans"]
    towns = ["Sialkot", "Lahore", "Karachi", "Faisalabad", "Multan"]
    blocks: dict[str, int] = {}
    for number in range(20_000):
        name = f"{rng.choice(first)} {rng.choice(first)} {rng.choice(trade)}"
        for key in blocking_keys(firm(str(number), name, rng.choice(towns))):
            blocks[key] = blocks.get(key, 0) + 1
    pairs = sum(size * (size - 1) // 2 for size in blocks.values())
    assert pairs < 20_000 * 20_000 / 2 / 50


@pytest.mark.parametrize(
    ("kind", "percent"),
    [("ntn", 97), ("secp", 97), ("strn", 95), ("account", 85), ("owner", 70), ("phone", 45), ("email", 45)],
)
def test_each_number_in_common_has_its_weight(kind, percent):
    one, other = firm(name="Ravi Rice", city="Lahore", **{kind: {"x"}}), firm("b", **{kind: {"x"}})

    assert likeness(one, other) == Likeness(percent, (Clue(kind, 100),))


def test_a_shared_town_adds_to_another_reason():
    assert likeness(firm(ntn={"x"}), firm("b", "Ravi Rice", "SIALKOT", ntn={"x"})) == Likeness(
        98, (Clue("ntn", 100), Clue("city", 100))
    )


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Noor Sports", {"=nrsprt", "nr+sprt", "nr@sialkot", "sprt~n@sialkot"}),
        ("Noor Traders", {"=nrtrdr", "nr+trdr", "nr@sialkot"}),
        ("Noor Ltd", {"=nr", "nr", "nr@sialkot"}),
        ("نور سپورٹس", {"=nrsprt", "nr+sprt", "nr@sialkot", "sprt~n@sialkot"}),
        (
            "Ravi Chenab Sports",
            {"=rcnbsprt", "cnb+r+sprt", "cnb+r", "cnb+sprt", "r+sprt", "sprt~r@sialkot", "sprt~c@sialkot"},
        ),
    ],
)
def test_the_keys_of_a_name(name, keys):
    assert blocking_keys(firm(name=name, city="SIALKOT", phone={"p"})) == {f"name:{key}" for key in keys} | {"phone:p"}


def test_of_a_long_name_the_first_eight_words_count_and_a_key_is_cut():
    long = " ".join(f"{letter}ad" * 20 for letter in "bcdfglmnpr")
    keys = blocking_keys(firm(name=long))
    assert max(map(len, keys)) == 120
    assert sum("+" in key for key in blocking_keys(firm(name=" ".join(f"{letter}ad" for letter in "bcdfglmnpr")))) == 29


def test_equally_alike_firms_stand_in_the_order_of_their_keys():
    found = alike_among(firm(), [firm("d"), firm("c"), firm("b")])

    assert [other.key for other, _ in found] == ["b", "c", "d"]
