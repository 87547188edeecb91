import pytest
import time_machine

from payments.deposits import services as deposits
from payments.ledger import books
from tests.payments.deposits.made import money

from .made import PLAIN, csv, payment, taken


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["sandbox", "raast", "bank"]
    settings.PAYMENT_IBAN, settings.PAYMENT_ACCOUNT_TITLE = "PK36SCBL0000001123456702", "TDAP Deposits"
    settings.RAAST_NAME = "TDAP TRAINING"
    settings.PAYMENT_BANK_DAYS = 3


@pytest.fixture
def clock():
    """The first of April, when all was asked for."""
    with time_machine.travel("2027-04-01T09:00:00+05:00", tick=False) as clock:
        yield clock


@pytest.fixture
def case(clock):
    """The payments of case m05 and its eight lines, taken on the day after."""
    rows = {number: payment(number, firm) for number, firm in ((4711, "Karakoram Textiles"), (4712, "Indus Gloves"))}
    rows[4713] = payment(4713, "", sme=rows[4712].sme)
    rows |= {n: payment(n, firm) for n, firm in ((4714, "Ravi Towels"), (4715, "Chenab Caps"), (4716, "Jhelum Knives"))}
    clock.move_to("2027-04-06T10:00:00+05:00")
    deposits.receive(payment=rows[4715], incoming=money(750_000, into=books.bank("bank")))
    clock.move_to("2027-04-13T10:00:00+05:00")
    taken(
        csv(
            ("12/04/2027", "IBFT DEP 4711 KARAKORAM TEX", "7,500.00"),
            ("12/04/2027", "dep4712/dep4713 INDUS GLOVES", "15,000.00"),
            ("12/04/2027", "DEP-0004714 RAVI TOWELS", "7,400.00"),
            ("12/04/2027", "DEP-0004715 CHENAB CAPS", "7,500.00"),
            ("12/04/2027", "DEP-OOO4716 JHELUM KNIVES", "7,500.00"),
            ("12/04/2027", "DEP-0004717 HUNZA HONEY", "7,500.00"),
            ("12/04/2027", "RAVI TOWELS", "100.00"),
            ("12/04/2027", "dep4714 dep4716", "14,900.00"),
        ),
        mapping=PLAIN,
    )
    return rows
