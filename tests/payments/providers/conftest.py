from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from .stand import running


@pytest.fixture
def stand():
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def our_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def their_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
