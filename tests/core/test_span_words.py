"""How long something takes or waits, as people read it."""

from datetime import timedelta

import pytest
from django.utils import translation

from tdap_portal.core.days import span_words


@pytest.mark.parametrize(
    ("span", "english", "urdu"),
    [
        (timedelta(seconds=-3), "0 seconds", "0 سیکنڈ"),
        (timedelta(seconds=59.9), "59 seconds", "59 سیکنڈ"),
        (timedelta(seconds=60), "1 minute", "1 منٹ"),
        (timedelta(minutes=59, seconds=59), "59 minutes", "59 منٹ"),
        (timedelta(hours=1), "1 hour", "1 گھنٹہ"),
        (timedelta(hours=23, minutes=59), "23 hours", "23 گھنٹے"),
        (timedelta(days=1), "1 day", "1 دن"),
        (timedelta(seconds=11_566_637), "133 days", "133 دن"),
    ],
)
def test_a_span_is_told_in_the_largest_unit_of_which_there_is_one(span, english, urdu):
    for language, words in (("en", english), ("ur", urdu)):
        with translation.override(language):
            assert span_words(span) == words.replace(" ", "\xa0")
