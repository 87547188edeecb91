"""Firms for tests. Each makes the smallest valid thing; traits add to it."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from io import BytesIO

import factory
import pikepdf
from django.utils import timezone

from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.models import (
    Certification,
    Document,
    DuplicateFlag,
    ExportYear,
    Member,
    Owner,
    Product,
    ProfileStep,
    Sme,
)
from smes.papers import vault
from smes.papers.selectors import unverified_papers
from smes.profile.steps import STEPS
from smes.vocabulary.paper_kinds import KINDS

from .accounts import UserFactory

COMPLETE = {
    "legal_form": "sole_proprietor",
    "founded_on": date(2012, 3, 1),
    "phone": "+923001234567",
    "women_led": True,
    "youth_led": False,
    "province": "PK-PB",
    "city": "Sialkot",
    "address": "14 Daska Road",
    "activity": "manufacturing",
    "turnover_pkr": 42_000_000,
    "turnover_fiscal_year": 2026,
    "employees": 40,
    "women_employees": 12,
    "sector": "sports_goods",
    "capacity_per_month": 12_000,
    "capacity_unit": "balls",
    "capacity_used_pct": 70,
    "lead_time_days": 30,
    "quality_control": "own",
    "export_route": "direct",
    "export_markets": ["DEU", "ESP"],
    "target_markets": ["FRA", "JPN"],
    "channels": ["alibaba_com"],
    "website": True,
    "catalogue_products": 14,
    "product_photos": True,
    "ecommerce_staff": 1,
    "english_staff": True,
    "internet": "broadband",
    "iban": "PK36SCBL0000001123456702",
    "bank_account_named": True,
    "wallet": True,
    "card_payments": False,
    "foreign_currency_account": False,
    "paypal_like_service": False,
}


class SmeFactory(factory.django.DjangoModelFactory):
    """A firm with its owner. complete=True fills the whole profile; other keywords are columns."""

    class Meta:
        model = Sme

    name = factory.Sequence(lambda n: f"Workshop {n}")
    created_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, complete=False, **kwargs):
        sme = Sme.objects.create(**{**(COMPLETE if complete else {}), **kwargs})
        Member.objects.create(sme=sme, user=sme.created_by, role="owner")
        if complete:
            OwnerFactory(sme=sme)
            ProductFactory(sme=sme)
            ExportYear.objects.create(sme=sme, fiscal_year=2026, value_usd=Decimal("61000.00"), route="direct")
            ProfileStep.objects.bulk_create(
                ProfileStep(sme=sme, step=step.code, saved_at=timezone.now()) for step in STEPS
            )
        return sme


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    sme = factory.SubFactory(SmeFactory)
    user = factory.SubFactory(UserFactory)
    role = "preparer"


class OwnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Owner

    sme = factory.SubFactory(SmeFactory)
    name = "Saima Akhtar"
    cnic = factory.Sequence(lambda n: f"35202{n:07d}2")
    gender = "female"
    share_pct = Decimal(100)
    birth_year = 1984


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    sme = factory.SubFactory(SmeFactory)
    hs6 = "950662"
    label = "Hand-stitched footballs"
    share_pct = 100
    is_main = True
    price_pkr = Decimal("1450.00")
    price_unit = "piece"


class CertificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Certification

    sme = factory.SubFactory(SmeFactory)
    kind = "iso_9001"
    expires_on = date(2030, 1, 1)


class DocumentFactory(factory.django.DjangoModelFactory):
    """A paper in force with a real file in the vault; content=b"…" sets it."""

    class Meta:
        model = Document

    sme = factory.SubFactory(SmeFactory)
    kind = "ntn_certificate"
    name = "certificate.pdf"
    content_type = "application/pdf"

    @classmethod
    def _create(cls, model_class, *args, content=None, **kwargs):
        content = content or f"%PDF-1.7 {Document.objects.count()}".encode()
        kwargs.setdefault("uploaded_by", kwargs["sme"].created_by)
        if KINDS[kwargs["kind"]].expires:
            kwargs.setdefault("expires_on", date(2040, 1, 1))
        return Document.objects.create(
            stored_as=vault.store(content, "pdf"),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            **kwargs,
        )


def verified_papers(sme: Sme, *, without: tuple[str, ...] = ()) -> list[Document]:
    """The papers that this firm must have, verified and in force; those that are there stay."""
    sme = Sme.objects.get(pk=sme.pk)
    kinds = [kind for kind in unverified_papers(sme) if kind not in without]
    return [DocumentFactory(sme=sme, kind=kind, state="verified") for kind in kinds]


def flag_of(one: Sme, other: Sme, percent: int = 80) -> DuplicateFlag:
    """A pair for officers to judge."""
    first, second = sorted((one, other), key=lambda sme: sme.pk)
    return DuplicateFlag.objects.create(
        one=first, other=second, percent=percent, reasons=[["phone", 100], ["name", 95]]
    )


def compare_all(document, by, **answers):
    """An officer compares every fact of the paper: the same, or what answers say by fact."""
    for line in evidence_selectors.checklist(document):
        answer = answers.get(line.fact, "same")
        evidence_services.compare_fact(actor=by, document=document, fact=line.fact, answer=answer, seen=line.digest)


def kept(document, by, **answers):
    """The paper compared and kept."""
    compare_all(document, by, **answers)
    return evidence_services.keep_paper(actor=by, document=document)


def pdf_of(*contents: bytes, size: tuple[int, int] = (595, 842)) -> bytes:
    """A real PDF, a page for each content (drawing operators); a font stands there as /F1."""
    made, target = pikepdf.new(), BytesIO()
    font = {"Type": pikepdf.Name.Font, "Subtype": pikepdf.Name.Type1, "BaseFont": pikepdf.Name.Helvetica}
    for content in contents:
        page = made.add_blank_page(page_size=size)
        page.Contents = made.make_stream(content)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pikepdf.Dictionary(**font)))
    made.save(target)
    return target.getvalue()
