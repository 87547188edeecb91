"""The first test with made values reads all modules for constants, which takes seconds on a busy machine. No clock is kept here."""

from hypothesis import HealthCheck, settings

settings.register_profile("money", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("money")
