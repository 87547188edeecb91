"""What somebody else saved since a page was opened is not written over unseen."""

from datetime import date
from decimal import Decimal

import pytest

from tdap_portal.web.seen import MAX_LENGTH, Merged, marks, merge, read, written_out

pytestmark = pytest.mark.unit
WRITE, KEEP, STOP = "write", "keep", "stop"


@pytest.mark.parametrize(
    ("seen", "current", "posted", "expected"),
    [
        (45, 45, 45, KEEP),  # nobody changed it
        (45, 45, 61, WRITE),  # this page did
        (45, 61, 45, KEEP),  # somebody else did
        (45, 61, 61, KEEP),  # both did, alike
        (45, 61, 70, STOP),  # both did, and differ
        (45, None, 45, KEEP),  # somebody else emptied it
        (45, None, 70, STOP),
        (45, 61, None, STOP),  # this page emptied it, somebody else wrote into it
        (45, 45, None, WRITE),
        (None, 61, 70, STOP),  # both filled it in first
        (None, 61, None, KEEP),
        (None, None, 70, WRITE),
        ("unsaid", None, 70, WRITE),  # a page that does not say what it was made from
        ("unsaid", "", "x", WRITE),
        ("unsaid", 45, 45, KEEP),
        ("unsaid", 45, 70, STOP),
        ("unsaid", 0, 70, STOP),
        ("unsaid", False, True, STOP),
        (Decimal("60.00"), Decimal(60), Decimal("60.0"), KEEP),
        ("", None, "", KEEP),
        (date(2020, 1, 2), date(2020, 1, 2), date(2020, 2, 1), WRITE),
        (["DEU"], ["DEU", "FRA"], ["DEU"], KEEP),
        (["DEU"], ["DEU", "FRA"], ["DEU", "ITA"], STOP),
        ([], [], ["DEU"], WRITE),
        (True, False, True, KEEP),
    ],
)
def test_only_what_was_changed_on_the_page_is_written(seen, current, posted, expected):
    mark = marks("a form")
    known = {} if seen == "unsaid" else {"it": mark("it", seen)}
    assert merge(known, {"it": current}, {"it": posted}, mark=mark) == {
        WRITE: Merged({"it": posted}, {}),
        KEEP: Merged({}, {}),
        STOP: Merged({}, {"it": current}),
    }[expected]  # fmt: skip


def test_a_digest_fits_one_value_of_one_field_of_one_form_and_shows_nothing_of_it():
    digests = {
        marks(form)(name, value)
        for form in ("a", "b")
        for name in ("ntn", "strn")
        for value in ("4174941", "4174942", "", None)
    }
    assert len(digests) == 12, "nothing and an empty text are one"
    assert all(len(digest) == 10 and "41749" not in digest for digest in digests)


def test_digests_come_back_as_they_went_and_what_is_no_digest_is_passed_over():
    seen = {"name": "0123456789", "12.share_pct": "abcdef0123"}
    assert read(written_out(seen)) == seen
    assert read("name:0123456789 x:zz 12.y: <script> 9.9.z:0123456789"[:40]) == {"name": "0123456789"}
    assert read("") == {}


def test_of_a_field_that_no_page_writes_only_the_beginning_is_read():
    seen = {"name": "0123456789"}
    assert read(f"{written_out(seen)} {'9' * MAX_LENGTH} town:0123456789") == seen
