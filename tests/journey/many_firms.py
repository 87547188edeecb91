"""A round of many firms that were scored, and read by two officers, built in seconds: what the real acts leave, written in bulk."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from selection.applications import tallies
from selection.applications.freezing import COPIED, is_new_exporter
from selection.engine.facts import Facts
from selection.engine.measures import Case
from selection.engine.points import tie_key
from selection.engine.score import score
from selection.models import Application, FrozenFacts, Reading, Round, ScoreCard
from selection.policy.selectors import policy_of
from selection.scoring import services as scoring_services
from selection.states import Outcome, State
from smes.demo_words import MEN, NAMES_OF_PEOPLE, SECTOR_WORDS, WOMEN
from smes.models import Document, ExportYear, Member, Owner, Product, ProfileStep, Sme
from smes.papers.selectors import needed_papers
from smes.profile import selectors as profile_selectors
from smes.profile.steps import STEPS
from smes.states import NeededPapers
from smes.vocabulary.paper_kinds import KINDS
from smes.vocabulary.places import CITIES
from tdap_portal.accounts.models import User
from tdap_portal.core.calendar import today
from tdap_portal.core.folding import searchable
from tests.factories.accounts import PASSWORD
from tests.factories.smes import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20_261_129
WITH_GOODS = [code for code, words in SECTOR_WORDS.items() if words.products]
IN_ALL_PROVINCES = ("Quetta", "Gilgit", "Peshawar", "Muzaffarabad", "Gwadar", "Skardu")


def registered_firms(number: int) -> list[Sme]:
    """Firms that differ in trade, town, size, exports and papers, the same on every day; each with an owner who can sign in."""
    rng = random.Random(SEED)
    smes, years = [], []
    password = make_password(PASSWORD)
    people = User.objects.bulk_create(
        User(
            email=f"owner{at:03d}@example.pk",
            name=rng.choice(WOMEN if at % 4 == 0 else MEN),
            password=password,
            language="ur",
        )
        for at in range(number)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in people
    )
    for at, owner in enumerate(people):
        sector = WITH_GOODS[at % len(WITH_GOODS)]
        words = SECTOR_WORDS[sector]
        city = IN_ALL_PROVINCES[at // 12 % len(IN_ALL_PROVINCES)] if at % 12 == 0 else rng.choice(words.towns)
        exports = rng.choice((0, 0, 4_000, 18_000, 61_000, 140_000))
        values = {
            "name": f"{NAMES_OF_PEOPLE[at % len(NAMES_OF_PEOPLE)]} {next(iter(words.trades))} {at + 1}",
            "women_led": at % 4 == 0,
            "sector": sector,
            "city": city,
            "province": CITIES[city].province,
            "founded_on": date(rng.randint(1995, 2020), 3, 1),
            "turnover_pkr": rng.randint(8, 90) * 1_000_000,
            "employees": rng.randint(8, 90),
            "women_employees": rng.randint(0, 7),
            "capacity_used_pct": rng.choice((40, 60, 80)),
            "quality_control": rng.choice(("none", "own", "third_party")),
            "website": rng.random() < 0.5,
            "catalogue_products": rng.choice((0, 4, 14, 40)),
            "product_photos": rng.random() < 0.6,
            "ecommerce_staff": rng.choice((0, 1, 2)),
            "english_staff": rng.random() < 0.6,
            "channels": rng.choice(([], ["alibaba_com"])),
            "export_route": "direct" if exports else "export_house",
            "export_house": "" if exports else "Anchor Exports",
            "export_markets": rng.sample(["DEU", "ESP", "ARE", "GBR"], rng.randint(1, 3)) if exports else [],
        }
        smes.append(Sme(created_by=owner, **{**COMPLETE, **values}))
        years.append(exports)
    Sme.objects.bulk_create(smes)
    Member.objects.bulk_create(Member(sme=sme, user=sme.created_by, role="owner") for sme in smes)
    Owner.objects.bulk_create(
        Owner(
            sme=sme,
            name=sme.created_by.name,
            cnic=f"35202{at:07d}2",
            gender="female" if sme.women_led else "male",
            share_pct=Decimal(100),
            birth_year=1975,
        )
        for at, sme in enumerate(smes)
    )
    products = [SECTOR_WORDS[sme.sector].products[at % 3] for at, sme in enumerate(smes)]
    Product.objects.bulk_create(
        Product(sme=sme, hs6=hs6, label=label, share_pct=100, is_main=True, price_pkr=Decimal(1450), price_unit="piece")
        for sme, (hs6, label, *_price) in zip(smes, products, strict=True)
    )
    ExportYear.objects.bulk_create(
        ExportYear(sme=sme, fiscal_year=2026, value_usd=Decimal(value), route="direct")
        for sme, value in zip(smes, years, strict=True)
        if value
    )
    ProfileStep.objects.bulk_create(
        ProfileStep(sme=sme, step=step.code, saved_at=timezone.now()) for sme in smes for step in STEPS
    )
    return smes


def verified_papers_of(smes: Sequence[Sme]) -> None:
    """The papers that these firms must have, verified and in force; there are no files behind them."""
    Document.objects.bulk_create(
        Document(
            sme=sme,
            kind=kind,
            name="paper.pdf",
            content_type="application/pdf",
            stored_as=f"{sme.pk}-{kind}.pdf",
            size=1000,
            sha256=f"{sme.pk:032x}{at:032x}",
            uploaded_by=sme.created_by,
            expires_on=date(2040, 1, 1) if KINDS[kind].expires else None,
            state="verified",
        )
        for sme in smes
        for at, kind in enumerate(needed_papers(sme))
    )
    Document.objects.update(created_at=timezone.now() - timedelta(days=2))  # they came before the files


def read_files(round_: Round, smes: Sequence[Sme], readers: tuple[User, User]) -> list[Application]:
    """A file of each firm, submitted, scored by the round's policy and read by both; as they stand in the order of the firms.

    round_: still open. A file that does not pass the gates would be held, so each firm must be within them.
    """
    smes = list(Sme.objects.filter(pk__in=[sme.pk for sme in smes]).select_related("created_by").order_by("pk"))
    profile_selectors.read_facts_of(smes)
    policy, evidence, files, cards = policy_of(round_.policy), {}, [], []
    moment = timezone.now()
    for at, sme in enumerate(smes, start=1):
        sme_facts = profile_selectors.frozen_copy(sme)
        row = Application(
            round=round_,
            sme=sme,
            started_by=sme.created_by,
            state=State.REVIEWED.value,
            file_number=f"{round_.code}-{at:04d}",
            motivation="ہم اپنا مال خود بیچنا چاہتے ہیں۔",
            commitment_name=sme.created_by.name,
            facts=sme_facts,
            facts_version=1,
            scored_version=1,
            has_score=True,
            submitted_at=moment + timedelta(milliseconds=at),
            clock_started_on=today(),
            due_on=today() + timedelta(days=30),
            officer=readers[0],
            sme_name=sme.name,
            search_text=searchable(sme.name, sme.city),
            new_exporter=is_new_exporter(sme_facts),
            needed_papers=NeededPapers.VERIFIED.value,
        )
        for name in (*COPIED, "city", "women_led"):
            setattr(row, name, row.facts[name])
        facts = Facts.from_frozen(row.facts)
        key = (facts.main_hs6, facts.sector)
        if key not in evidence:
            evidence[key] = scoring_services.evidence_of(facts, on=today())
        card = score(facts, evidence[key], policy, on=today(), track=row.track)
        assert card.passed, (sme.name, card.refusals)
        row.points = card.total
        row.tie_key = f"{tie_key(Case(card.facts, card.evidence, card.on), policy):020d}"
        files.append(row)
        cards.append(card)
    Application.objects.bulk_create(files)
    Round.objects.filter(pk=round_.pk).update(last_file_number=len(files))
    tallies.shift_many([(None, tallies.cell_of(row)) for row in files])
    FrozenFacts.objects.bulk_create(FrozenFacts(application=row, version=1, facts=row.facts) for row in files)
    ScoreCard.objects.bulk_create(
        ScoreCard(
            application=row,
            facts_version=1,
            policy_version=card.policy_version,
            engine_version=card.engine_version,
            vintage=", ".join(card.evidence.vintages)[: scoring_services.VINTAGE_LENGTH],
            scored_on=card.on,
            gates_passed=True,
            points=card.total,
            card=card.to_json(),
            seal=card.seal,
        )
        for row, card in zip(files, cards, strict=True)
    )
    Reading.objects.bulk_create(
        Reading(
            application=row,
            place=place,
            reader=reader,
            commitment=7,
            product_fit=7,
            outcome=Outcome.SELECT.value,
            comment="Names a person and the hours.",
            facts_version=1,
            done_at=timezone.now(),
        )
        for row in files
        for place, reader in enumerate(readers, start=1)
    )
    return files
