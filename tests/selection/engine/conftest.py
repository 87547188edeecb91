"""Property tests here run without a clock (the machine may be busy) and leave no files behind."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "engine", deadline=None, database=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("engine")
