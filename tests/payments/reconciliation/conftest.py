import pytest


@pytest.fixture(autouse=True)
def _ways_to_pay(settings):
    settings.PAYMENT_PROVIDERS = ["sandbox", "raast", "bank"]
    settings.PAYMENT_IBAN, settings.PAYMENT_ACCOUNT_TITLE = "PK36SCBL0000001123456702", "TDAP Deposits"
    settings.RAAST_NAME = "TDAP TRAINING"
    settings.PAYMENT_BANK_DAYS = 3
