import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_x():
    with connection.cursor() as c:
        c.execute("select 1")
