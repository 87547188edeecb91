import random

import pytest

from smes.duplicates.likeness import (
    Clue,
    Likeness,
    Traces,
    alike_among,
    blocking_keys,
    likeness,
    name_likeness,
    plain_name,
    sound_of,
)

pytestmark = pytest.mark.unit


def firm(key="a", name="Noor Sports Works", city="Sialkot", **numbers):
    return Traces(key, name, city, {kind: frozenset(prints) for kind, prints in numbers.items()})


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Noor Sports (Pvt.) Ltd.", "noor sports"),
        ("M/s Noor & Sons", "m s noor"),
        ("Al-Karam Traders", "al karam"),
        ("Pak Traders", "pak traders"),
        ("Café  Ravi Enterprises", "cafe ravi"),
        ("نور اسپورٹس اینڈ سنز", "نور اسپورٹس"),
        ("", ""),
    ],
)
def test_words_that_only_say_what_kind_of_firm_it_is_are_left_out(name, plain):
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("one", "other", "at_least"),
    [
        ("Noor Sports (Pvt) Ltd", "NOOR SPORTS", 100),
        ("Sports Noor & Bros", "Noor Sports", 100),
        ("Khalid Surgical Works", "Khaled Surgical", 90),
        ("Chaudhry Carpets", "Choudhary Carpets", 88),
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


@pytest.mark.parametrize(
    ("one", "other"),
    [("phool", "fool"), ("qasim", "kasim"), ("aziz", "azeez"), ("wazir", "vazeer"), ("jamal", "gamal")],
)
def test_spelling_variants_sound_the_same(one, other):
    assert sound_of(one) == sound_of(other)


def test_one_tax_number_twice_is_almost_certain():
    assert likeness(firm(ntn={"f1"}), firm("b", "Ravi Rice", "Lahore", ntn={"f1"})) == Likeness(97, (Clue("ntn", 100),))


def test_reasons_add_up_and_the_strongest_comes_first():
    found = likeness(firm(phone={"p"}, account={"x"}), firm("b", "Noor Sports", phone={"p"}, account={"x", "y"}))
    assert [reason.kind for reason in found.reasons] == ["account", "name", "phone", "city"]
    assert found.percent == 98


def test_the_same_name_in_the_same_town_is_worth_a_look_and_in_another_it_still_is():
    assert likeness(firm(), firm("b")).percent == 72
    assert likeness(firm(), firm("b", city="Lahore")).percent == 65


def test_a_shared_town_or_telephone_alone_is_not_suspicious():
    assert likeness(firm(), firm("b", "Ravi Rice")) == Likeness(0, ())
    assert likeness(firm(phone={"p"}), firm("b", "Ravi Rice", "Lahore", phone={"p"})).is_suspicious is False


@pytest.mark.parametrize(
    ("one", "other", "percent", "reasons"),
    [
        ("Noori Instruments", "Sports Instruments", 81, ()),
        ("Khaled Instruments", "Kasim Instruments", 82, (Clue("name", 82),)),
    ],
)
def test_names_are_a_reason_from_82_percent_on(one, other, percent, reasons):
    assert name_likeness(one, other) == percent
    assert likeness(firm(name=one), firm("b", other, "Lahore")).reasons == reasons


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
    [("ntn", 97), ("secp", 97), ("strn", 95), ("account", 85), ("owner", 70), ("phone", 55), ("email", 55)],
)
def test_each_number_in_common_has_its_weight(kind, percent):
    one, other = firm(name="Ravi Rice", city="Lahore", **{kind: {"x"}}), firm("b", **{kind: {"x"}})

    assert likeness(one, other) == Likeness(percent, (Clue(kind, 100),))


def test_a_shared_town_adds_to_another_reason():
    assert likeness(firm(ntn={"x"}), firm("b", "Ravi Rice", "SIALKOT", ntn={"x"})) == Likeness(
        98, (Clue("ntn", 100), Clue("city", 100))
    )


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        ("sheikh", "sk"),
        ("ghulam", "glm"),
        ("chaudhry", "cdr"),
        ("quick", "k"),
        ("wasim", "vsm"),
        ("zahid", "sd"),
        ("jamal", "gml"),
        ("aziz", "as"),
        ("umar", "amr"),
        ("bhatti", "bt"),
    ],
)
def test_a_word_by_its_sound(word, sound):
    assert sound_of(word) == sound


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Noor Sports", {"name:nr+sprts", "name:nrs…rts@sialkot"}),
        ("Noor", {"name:nr@sialkot"}),
        ("Noor Nur", {"name:nr@sialkot"}),
    ],
)
def test_a_name_gives_pairs_of_sounds_and_its_ends_with_the_town(name, keys):
    assert blocking_keys(firm(name=name, city="SIALKOT", phone={"p"})) == keys | {"phone:p"}


def test_a_long_name_gives_fifteen_pairs_at_most():
    name = " ".join(f"{letter}d" for letter in "bcdfglmnpr")

    assert sum("+" in key for key in blocking_keys(firm(name=name))) == 15


def test_equally_alike_firms_stand_in_the_order_of_their_keys():
    found = alike_among(firm(), [firm("d"), firm("c"), firm("b")])

    assert [other.key for other, _ in found] == ["b", "c", "d"]
