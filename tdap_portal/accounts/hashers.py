"""Argon2id with OWASP's minimum: 19 MiB, 2 passes, 1 lane. Django's own setting would allow five sign-ins a second."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2Hasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
