"""The table of facts, and what derives from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from selection.engine.facts import Facts, kind_of_fact
from smes.models import Sme
from smes.profile.facts import (
    ASKABLE,
    FACTS,
    FROZEN,
    FROZEN_SCHEMA,
    GROUPS,
    FactKind,
    Origin,
    columns_of,
    known_keys,
    label_of,
)
from smes.profile.steps import STEP_BY_CODE
from tests.selection.engine.situations import FROZEN as A_COPY

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]
# A copy of schema 1 holds these and no others for ever: scores of then are computed again from it.
SCHEMA_1 = """
sme name legal_form founded_on tax_registered owner_cnic_held secp_registered sales_tax_registered city province turnover_pkr
turnover_fiscal_year employees women_employees size_class size_rule women_led youth_led sector sector_group products main_hs6
services capacity_per_month capacity_unit capacity_used_pct lead_time_days quality_control certifications export_route
export_history export_markets target_markets channels website catalogue_products product_photos ecommerce_staff english_staff
internet bank_account_named bank_account_verified wallet card_payments foreign_currency_account paypal_like_service
documents_verified frozen_on
"""


def test_the_facts_of_schema_1_are_fixed():
    assert [fact.key for fact in FROZEN if fact.since == 1] == SCHEMA_1.split()


def test_every_column_step_and_group_of_a_fact_is_there():
    columns = {field.name for field in Sme._meta.get_fields()}
    assert {fact.column for fact in FACTS.values()} - columns == {""}
    assert {fact.step for fact in FACTS.values()} - set(STEP_BY_CODE) == {""}
    assert {fact.group for fact in FACTS.values()} - {""} == set(GROUPS)


@pytest.mark.parametrize(
    ("step", "columns"),
    [
        ("identity", {"name", "legal_form", "founded_on", "ntn", "strn", "secp_number", "phone", "email"}),
        ("owners", set()),
        ("sector", {"sector", "services"}),
        ("exports", {"export_route", "export_house", "export_markets"}),
        (
            "payments",
            {
                "iban",
                "bank_account_named",
                "wallet",
                "card_payments",
                "foreign_currency_account",
                "paypal_like_service",
            },
        ),
    ],
)
def test_a_step_writes_its_own_columns(step, columns):
    assert columns_of(step) == columns


def test_no_private_number_is_a_fact_that_is_copied():
    copied = {fact.column for fact in FROZEN if fact.kind is not FactKind.HELD}
    assert copied & {"ntn", "strn", "secp_number", "phone", "email", "iban", "address", "postcode"} == set()


def test_every_fact_that_can_be_asked_for_is_one_that_the_engine_reads_in_the_same_kind():
    kinds = {
        FactKind.FLAG: "flag",
        FactKind.WHOLE: "whole",
        FactKind.TEXT: "text",
        FactKind.CODE: "text",
        FactKind.DATE: "other",
    }
    copied = {key: fact for key, fact in ASKABLE.items() if fact.since}
    assert {key: kinds.get(fact.kind, "other") for key, fact in copied.items()} == {
        key: kind_of_fact(key) for key in copied
    }


def test_a_code_that_can_be_asked_for_has_its_table():
    assert {key for key, fact in ASKABLE.items() if fact.codes} == {
        key for key, fact in ASKABLE.items() if fact.kind is FactKind.CODE
    } - {"province", "declared_sector", "activity"}  # which the field of their step offers


def test_what_an_official_alone_sets_cannot_be_asked_for():
    assert {fact.origin for fact in ASKABLE.values()} == {Origin.FIRM, Origin.DERIVED}


def test_known_keys_come_once_in_the_order_of_the_table():
    assert known_keys(["website", "city", "ntn", "city"]) == ("city", "website")


@pytest.mark.parametrize(
    ("key", "label"),
    [("website", "Do you have your own website?"), ("services", "Services you sell"), ("gone", "gone")],
)
def test_a_fact_is_called_as_it_is_asked_for(key, label):
    assert label_of(key) == label


ADDED = """
import django; django.setup()
from django.core.management import call_command
call_command("makemigrations", "smes", verbosity=0)
call_command("migrate", verbosity=0)
from selection.applications.copy_words import groups_of
from selection.engine.facts import Facts
from selection.engine.measures import MEASURES
from smes.profile import selectors, services
from smes.profile.facts import FACTS
from smes.profile.steps import needed_in
from tdap_portal.accounts.models import User
sme = services.register_sme(actor=User.objects.create_user("noor@example.pk", name="Noor"), name="Noor")
services.save_step(actor=sme.created_by, sme=sme, step="markets", values={"export_packing": True})
sme.refresh_from_db()
copy = selectors.frozen_copy(sme)
schema = FACTS["export_packing"].since
assert (copy["schema"], copy["export_packing"]) == (schema, True)
assert "export_packing" in needed_in("markets", copy)
assert Facts.from_frozen(copy).export_packing is True
earlier = {key: value for key, value in copy.items() if key != "export_packing"} | {"schema": schema - 1}
assert Facts.from_frozen(earlier).to_frozen() == earlier
words = [row.label for group in groups_of(copy) for row in group.rows if row.key == "export_packing"]
assert words == ["Do you pack for export?"]
assert selectors.field_of(sme, "export_packing").label == "Do you pack for export?"
services.correct_profile(actor=sme.created_by, sme=sme, values={"export_packing": False})
print("everywhere")
"""


@pytest.mark.slow
def test_a_new_fact_is_a_line_a_column_and_nothing_else(tmp_path):
    """In a copy of the portal a fact is added in two files; all that derives from the table knows it."""
    for name in ("tdap_portal", "smes", "selection", "training", "payments", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    table, model = tmp_path / "smes" / "profile" / "facts.py", tmp_path / "smes" / "models" / "firms.py"
    line = (
        'Fact("export_packing", flag, _("Whether you pack for export"), "markets", "export_packing", "online",'
        f' question=_("Do you pack for export?"), needed=_everybody, since={FROZEN_SCHEMA + 1}),\n        # Getting paid'
    )
    table.write_text(table.read_text("utf-8").replace("# Getting paid", line, 1), "utf-8")
    column = "export_packing = models.BooleanField(null=True)\n\n    # Payments"
    model.write_text(model.read_text("utf-8").replace("# Payments", column, 1), "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", ADDED],
        cwd=tmp_path,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test",
            "VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )

    assert found.stdout.strip().splitlines()[-1:] == ["everywhere"], found.stderr


def test_a_copy_of_an_unknown_schema_is_refused():
    with pytest.raises(ValueError, match="schema"):
        Facts.from_frozen({**A_COPY, "schema": 99})
