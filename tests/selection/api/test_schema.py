"""The description of the API is kept in the repository and does not drift."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.unit
def test_the_kept_schema_is_the_one_that_the_code_gives():
    """After a wanted change: `python manage.py spectacular --file docs/openapi.yaml`."""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out, stderr=StringIO())
    assert out.getvalue() == (ROOT / "docs" / "openapi.yaml").read_text("utf-8")


@pytest.mark.django_db
def test_its_page_loads_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs/").content.decode()
    assert "https://" not in page.replace("https://spec.openapis.org", "")
    assert "/static/drf_spectacular_sidecar/" in page


@pytest.mark.django_db
def test_its_page_keeps_to_the_security_policy(client):
    page = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r"<script(?![^>]* src=)|<style|style=", page) == []
    own = re.findall(r'<script src="([^"]+)"', page)[-1].replace("&amp;", "&")
    script = client.get(own)
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
