"""A score in words, shut gates, and the cheapest ways up."""

import string
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from selection.engine import words
from selection.engine.card import Reason
from selection.engine.explain import apply_changes, sentence, shown, ways_up
from selection.engine.facts import Certification, Evidence, Figure
from selection.engine.measures import Case
from selection.engine.points import columns_of, score_many
from selection.engine.policy import Change, Policy, Way
from selection.engine.score import score
from tests.selection.engine.situations import ON, TRADE, evidence, facts, nothing_told

pytestmark = pytest.mark.unit

POLICY = Policy.version_of("2026-1")


def part(code, figures=None, **told):
    card = score(facts(**told), figures or evidence(), POLICY, on=ON)
    (found,) = (part for part in card.parts if part.code == code)
    return found


def refusal(code, track="general", **told):
    card = score(facts(**told), evidence(), POLICY, on=ON, track=track)
    (found,) = (gate for gate in card.refusals if gate.code == code)
    return str(found.reason), str(found.to_meet)


# ------------------------------------------------------------------------------------------------------------- reasons


def test_a_part_says_what_it_saw_and_from_where():
    experience = part("export_experience")

    assert str(experience.reason) == (
        "Best export year of the last three: USD 46,800. Years with exports: 2. You export through an export house."
    )
    assert str(experience.source) == "Your application, as frozen on 1 November 2026."
    assert experience.missing is False


def test_a_part_from_trade_figures_names_value_period_source_and_vintage():
    product = part("product_evidence")

    assert str(product.reason) == (
        "Pakistan’s advantage in your product (1 is the world’s average): 4.20, 2021 to 2025. "
        "World exports of your product changed by +6.1 % a year, 2021 to 2025. "
        "Pakistan’s share in your product changed by -2.0 % a year, 2021 to 2025. "
        "Concentration of buyers of your product (1 is a single country): 0.10, 2021 to 2025."
    )
    assert str(product.source) == "UN Comtrade, 2021 to 2025, loaded 2026-10."


def test_two_sources_are_both_named():
    other = Figure.of("unit_value_gap_india", 0.1, period="2024", source="BACI", vintage="2026-02")

    assert str(part("price_position", evidence(unit_value_gap_india=other)).source) == (
        "UN Comtrade, 2021 to 2025, loaded 2026-10. BACI, 2024, loaded 2026-02."
    )


def test_a_missing_figure_says_why_and_how_it_was_treated():
    price = part("price_position")

    assert str(price.reason) == (
        "Pakistan’s price for your product against China’s: -9.0 %, 2021 to 2025. "
        "No price comparison with India for your product. India reports no weights. "
        "The figures that there are were counted in full; the missing one was left out."
    )
    assert price.missing is True


def test_figures_that_nobody_has_are_scored_neutrally_and_it_says_so():
    platform = part("platform_demand")

    assert str(platform.reason) == (
        "No figure for buyers’ requests on the platform. There is no such figure in the evidence. "
        "No figure for searches on the platform. There is no such figure in the evidence. "
        "A missing national figure does not count against you: this part was scored neutrally."
    )
    assert str(platform.source) == "There is no such figure in the evidence."


def test_what_the_firm_did_not_tell_is_a_hint():
    women = part("women", women_led=None)

    assert str(women.reason) == (
        "You have not told us whether a woman leads your firm. Women who work in your firm: 1."
    )
    assert women.missing is True


def test_facts_without_a_date_say_no_date():
    assert str(part("women", frozen_on=None).source) == "Your application, as frozen."


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("sector", "carpets", "Your sector: Carpets and rugs."),
        ("sector", "tea", "Your sector: tea."),
        ("province", "PK-BA", "Your province: Balochistan."),
        ("internet", "broadband", "You have a broadband connection."),
        ("internet", "satellite", "Your internet connection is on file."),
        ("website", True, "You have a website."),
        ("website", False, "You have no website."),
        ("spare_capacity_pct", 15.0, "Free capacity for new orders: 15 %."),
    ],
)
def test_each_kind_of_value_has_its_sentence(code, value, said):
    assert str(sentence(code, value, Evidence())) == said


@pytest.mark.parametrize(
    ("value", "show", "text"),
    [(46800.4, "count", "46,800"), (1.703, "decimal", "1.70"), (0.061, "percent", "6.1"), (-0.09, "change", "-9.0")],
)
def test_numbers_are_shown_as_people_write_them(value, show, text):
    assert shown(value, show) == text


def test_a_reason_is_translated_with_the_names_inside_it():
    urdu = {"Your sector: %(value)s.": "آپ کا شعبہ: %(value)s۔", "Carpets and rugs": "قالین"}
    reason = Reason.joined([sentence("sector", "carpets", Evidence()), Reason("More.")])

    assert reason.format(lambda text: urdu.get(text, text)) == "آپ کا شعبہ: قالین۔ More."


def test_a_per_cent_sign_in_a_source_does_no_harm():
    figure = Figure.of("rca", None, missing_reason="Below 5 % of the weight is known.")

    assert str(sentence("rca", None, Evidence({"rca": figure}))) == (
        "No figure for Pakistan’s advantage in your product. Below 5 % of the weight is known."
    )


def test_every_sentence_uses_only_the_parameters_it_is_given():
    allowed = {"value", "period", "why"}

    for texts in words.MEASURES.values():
        for text in texts.values():
            named = {piece.split(")")[0] for piece in text.split("%(")[1:]}
            assert named <= allowed, text
            assert "%(" not in text % dict.fromkeys(allowed, "x")
            assert text.strip()[-1] in ".s"


def test_every_label_is_words_and_not_a_code():
    labels = [*words.CRITERIA.values(), *words.GATES.values(), *words.WAYS.values()]

    assert all(label[0] in string.ascii_uppercase and "_" not in label for label in labels)


def test_joining_nothing_is_refused():
    with pytest.raises(ValueError, match="not enough values"):
        Reason.joined([])


# --------------------------------------------------------------------------------------------------------------- gates


@pytest.mark.parametrize(
    ("code", "track", "told", "reason", "to_meet"),
    [
        (
            "identity", "general", {"tax_registered": False, "owner_cnic_held": False},
            "We do not hold the owner’s CNIC.",
            "Give us your CNIC number: it is enough for a sole proprietor.",
        ),
        (
            "identity", "general", {"tax_registered": False, "legal_form": "private_limited", "owner_cnic_held": False},
            "You are not registered for tax.",
            "Register with the Federal Board of Revenue and give us your NTN.",
        ),
        (
            "size", "general", {"size_class": "unknown"},
            "We do not know your size: tell us your sales of the last closed fiscal year.",
            "The programme is for firms with yearly sales inside the limit for small and medium firms.",
        ),
        (
            "sector", "general", {"sector": None},
            "We know of no priority sector of yours: you named none, or your main product is in none.",
            "This track is for the priority sectors; your main product decides which is yours.",
        ),
        (
            "export_presence", "general", {"export_route": "none", "export_history": []},
            "You do not export yet.",
            "Tell us of your exports, or name the export house that you supply.",
        ),
        (
            "young_firm", "startup", {},
            "Age of your firm in years: 14.67.",
            "Firms up to 5 years old can use this track.",
        ),
    ],
)  # fmt: skip
def test_a_shut_gate_names_the_nearest_unmet_condition_and_what_would_meet_it(code, track, told, reason, to_meet):
    assert refusal(code, track, **told) == (reason, to_meet)


def test_an_open_gate_says_by_which_way_it_opened():
    card = score(facts(tax_registered=False), evidence(), POLICY, on=ON)

    assert (str(card.gates[0].reason), card.gates[0].to_meet) == (
        "You are a sole proprietor and we hold your CNIC.",
        None,
    )


# ------------------------------------------------------------------------------------------------------------- ways up


def up(line=None, **told):
    return ways_up(facts(**told), evidence(), POLICY, on=ON, line=line)


def test_ways_up_come_cheapest_first_with_gains_by_a_second_scoring():
    ways = up()

    assert [(way.code, str(way.gain), way.cost_pkr, way.days) for way in ways] == [
        ("verify_certificates", "2.24", 0, 3),
        ("online_catalogue", "1.12", 0, 3),
        ("bank_account_verified", "1.50", 0, 4),
        ("ecommerce_person", "0.96", 0, 7),
        ("first_channel", "0.84", 0, 7),
        ("online_payment_service", "0.50", 0, 10),
        ("foreign_currency_account", "1.00", 5000, 14),
        ("broadband", "0.40", 6000, 10),
        ("card_payments", "0.50", 15000, 21),
        ("english_writer", "0.80", 20000, 60),
        ("website", "1.20", 40000, 21),
        ("outside_inspection", "0.80", 60000, 14),
        ("renew_certificate", "3.20", 185000, 56),
        ("further_certificate", "0.96", 350000, 120),
    ]
    assert ways[0].criteria == ("certifications",)
    assert ways[0].label == "Upload your certificates in force, so that we can verify them."
    assert ways[0].source.startswith("Working estimate")
    assert not any(way.lifts for way in ways)


def test_each_gain_is_what_the_changed_firm_would_really_score():
    case = Case(facts(), evidence(), ON)
    rows = {way.code: way for way in POLICY.ways}

    for way in up():
        changed = apply_changes(case, [rows[way.code]])
        after = score(changed.facts, changed.evidence, POLICY, on=ON).total
        assert after - score(facts(), evidence(), POLICY, on=ON).total == way.gain


def lifting(line, **told):
    return [way.code for way in up(line=Decimal(line), **told) if way.lifts]


def test_the_marked_ways_lift_the_firm_over_the_line_and_none_can_be_left_out():
    assert lifting("63.00") == ["verify_certificates"]
    assert lifting("63.50") == ["verify_certificates", "online_catalogue"]
    assert lifting("64.70") == ["verify_certificates", "online_catalogue", "bank_account_verified"]


def test_a_way_that_a_dearer_one_makes_needless_is_not_marked():
    # The catalogue is gathered before the bank account, which with the papers alone is enough: it is dropped again.
    assert lifting("64.60") == ["verify_certificates", "bank_account_verified"]


SEEN = [
    {"channels": ["a"], "website": True, "english_staff": True, "catalogue_products": 9, "internet": "broadband"},
    {"certifications": None, "website": True, "channels": ["a"], "bank_account_named": None, "ecommerce_staff": 3},
]


def all_sets(told):
    """Every set of the firm's ways, with what it would score with all of them."""
    case, rows = Case(facts(**told), evidence(), ON), {way.code: way for way in POLICY.ways}
    ways = [rows[way.code] for way in up(**told)]
    sets = [some for number in range(len(ways) + 1) for some in combinations(ways, number)]
    totals = score_many(columns_of([apply_changes(case, some) for some in sets], POLICY), POLICY).total
    return list(zip(sets, totals.tolist(), strict=True))


def burden(some):
    return sum(w.cost_pkr for w in some), sum(w.days for w in some), len(some), sorted(w.code for w in some)


@pytest.mark.parametrize("told", SEEN)
def test_the_marked_ways_are_the_cheapest_of_all_sets_that_reach_the_line(told):
    tried = all_sets(told)
    top = max(total for _some, total in tried)
    now = min(total for _some, total in tried)
    assert len(tried) >= 2**5
    for line in {now + 1, *range(now + 37, top, 53), top}:
        reaching = [some for some, total in tried if total >= line]
        assert lifting(Decimal(line) / 100, **told) == [
            way.code for way in up(**told) if way.code in {w.code for w in min(reaching, key=burden)}
        ]
    assert lifting(Decimal(top + 1) / 100, **told) == []


@pytest.mark.parametrize("line", ["60.90", "30", "99.99"])
def test_nothing_is_marked_over_the_line_or_where_all_ways_together_do_not_reach_it(line):
    assert lifting(line) == []


def test_a_way_is_offered_only_to_firms_that_can_take_it():
    assert "bank_account_verified" not in {way.code for way in up(bank_account_named=None)}
    assert "verify_certificates" not in {way.code for way in up(certifications=None)}
    assert "export_house" in {way.code for way in up(export_route="none")}


def test_a_firm_that_has_everything_has_no_way_up():
    perfect = facts(
        sector="carpets", export_route="direct", export_markets=["A", "B", "C", "D", "E", "F"], employees=30,
        capacity_used_pct=50, lead_time_days=10, quality_control="third_party", website=True, catalogue_products=12,
        ecommerce_staff=3, english_staff=True, internet="broadband", channels=["daraz", "etsy"], women_employees=10,
        bank_account_verified=True, card_payments=True, foreign_currency_account=True, paypal_like_service=True,
        certifications=[{"kind": str(n), "expires_on": None, "verified": True} for n in range(3)],
    )  # fmt: skip

    assert ways_up(perfect, evidence(), POLICY, on=ON) == ()


def changed(act, fact, to=None, **told):
    way = Way("wallet", (), (Change(fact, act, to),), 0, 1, POLICY.ways[0].provenance)
    return getattr(apply_changes(Case(facts(**told), evidence(), ON), [way]).facts, fact)


def test_changes_never_make_a_firm_worse():
    assert changed("set", "website", to=True) is True
    assert changed("raise", "catalogue_products", 10) == 10
    assert changed("raise", "catalogue_products", 10, catalogue_products=None) == 10
    assert changed("raise", "catalogue_products", 10, catalogue_products=40) == 40
    assert changed("raise", "channels", 1) == ("new-0",)
    assert changed("raise", "target_markets", 3) == ("GBR", "USA", "ARE")
    assert changed("raise", "target_markets", 2, target_markets=None) == ("new-0", "new-1")
    assert changed("lower", "lead_time_days", 20) == 20
    assert changed("lower", "lead_time_days", 20, lead_time_days=5) == 5
    assert changed("lower", "lead_time_days", 20, lead_time_days=None) is None
    assert changed("climb", "internet", "broadband") == "broadband"
    assert changed("climb", "internet", "mobile", internet="broadband") == "broadband"
    assert changed("climb", "internet", "mobile", internet=None) == "mobile"
    assert changed("climb", "internet", "mobile", internet="satellite") == "satellite"


IN_THREE_YEARS = ON + timedelta(days=1095)


def test_certificates_are_verified_renewed_or_added():
    iso, fifa = facts().certifications

    assert changed("verify", "certifications") == (iso, replace(fifa, verified=True))
    assert changed("renew", "certifications") == (fifa, replace(iso, expires_on=IN_THREE_YEARS))
    assert changed("add", "certifications") == (iso, fifa, Certification("new", IN_THREE_YEARS, verified=False))
    assert changed("add", "certifications", certifications=None) == (
        Certification("new", IN_THREE_YEARS, verified=False),
    )
    assert changed("renew", "certifications", certifications=[]) == ()


def test_a_certificate_that_has_expired_cannot_be_verified_any_more():
    old = {"kind": "halal", "expires_on": "2025-01-01", "verified": False}

    assert changed("verify", "certifications", certifications=[old]) == (
        Certification("halal", date(2025, 1, 1), verified=False),
    )


def test_of_expired_certificates_the_verified_one_is_renewed():
    old = {"kind": "halal", "expires_on": "2025-01-01", "verified": False}
    proven = {"kind": "ce", "expires_on": "2025-01-01", "verified": True}

    renewed = changed("renew", "certifications", certifications=[old, proven])

    assert renewed == (
        Certification("halal", date(2025, 1, 1), verified=False),
        Certification("ce", IN_THREE_YEARS, verified=True),
    )


def test_a_firm_that_told_nothing_is_told_what_it_can_do():
    ways = ways_up(nothing_told(), Evidence({"rca": Figure.of("rca", 1.0, **TRADE)}), POLICY, on=ON)

    assert "photographs" in {way.code for way in ways}
    assert all(way.gain > 0 for way in ways)
