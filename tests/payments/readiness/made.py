"""Firms that show how they are paid, for tests."""

from __future__ import annotations

from payments.readiness import services
from payments.states import ReadinessKind
from tests.factories.smes import DocumentFactory, SmeFactory

IBAN = "PK36SCBL0000001123456702"
OTHER_IBAN = "PK93HABB0000000000000001"


def firm(**kwargs):
    return SmeFactory(complete=True, name="Noor Sports Works", **{"bank_account_named": None, "iban": "", **kwargs})


def sent(sme=None, kind=ReadinessKind.ACCOUNT, *, title="NOOR SPORTS WORKS", iban=IBAN, document=None, **kwargs):
    sme = sme or firm()
    paper = document or DocumentFactory(
        sme=sme, kind="bank_certificate" if kind in ("account", "foreign") else "payment_statement"
    )
    return services.send_proof(
        actor=kwargs.pop("actor", sme.created_by),
        sme=sme,
        kind=kind,
        iban=iban if kind == ReadinessKind.ACCOUNT else "",
        title=title if kind == ReadinessKind.ACCOUNT else "",
        document=paper.public_id,
        **kwargs,
    )
