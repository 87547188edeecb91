"""A firm of its own and its owner at a browser, for the rooms that look at pages."""

import pytest

from tests.factories.smes import SmeFactory


@pytest.fixture
def sme():
    return SmeFactory(name="Noor Sports Works", legal_form="private_limited", city="Sialkot")


@pytest.fixture
def owner(client, sme):
    client.force_login(sme.created_by)
    return client
