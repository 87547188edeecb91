"""The portal as it runs, with the bare view of the benchmark."""

from tdap_portal.settings.dev import *  # noqa: F403  a settings file

ROOT_URLCONF = "tests.bench._desk_urls"
