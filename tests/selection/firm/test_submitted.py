"""After the submission: the how-manieth firm of its round it is, and a picture of it to share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation
from PIL import Image

from selection.firm import journey, picture, selectors
from selection.intake import services as intake_services
from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory, RoundFactory, owner_of
from tests.factories.smes import SmeFactory

if TYPE_CHECKING:
    from selection.models import Application

LATE = datetime(2026, 3, 16, 22, 0, tzinfo=UTC)


def words_of(client, file: Application, language: str = "en") -> str:
    owner = owner_of(file)
    owner.language = language
    owner.save()
    client.force_login(owner)
    page = client.get(reverse("selection:submitted", args=[file.public_id]), headers={"accept-language": language})
    return re.sub(r"[\u2068\u2069]", "", page.content.decode())


@pytest.mark.django_db
@pytest.mark.sqlite_leg
def test_a_firm_reads_its_number_in_the_order_of_receipt(client):
    round_ = RoundFactory()
    ApplicationFactory(submitted=True)  # of another round
    draft = ApplicationFactory(round=round_)
    first, second = (ApplicationFactory(round=round_, submitted=True) for _file in range(2))
    late = intake_services.submit_application(actor=owner_of(draft), application=draft, declared=True)
    assert [selectors.number_of_receipt(file) for file in (first, second, late)] == [1, 2, 3]
    assert "Yours is firm number 3 to apply in this round." in words_of(client, late)
    assert "اس مرحلے میں درخواست دینے والی فرموں میں آپ کی فرم کا نمبر 3 ہے۔" in words_of(client, late, "ur")


@pytest.mark.django_db
@pytest.mark.sqlite_leg
def test_a_firm_that_withdrew_and_came_again_keeps_its_number_and_counts_once():
    round_ = RoundFactory()
    first, second = (ApplicationFactory(round=round_, submitted=True) for _file in range(2))
    intake_services.withdraw_application(actor=owner_of(first), application=first)
    again = ApplicationFactory(round=round_, sme=first.sme, submitted=True)
    third = ApplicationFactory(round=round_, submitted=True)
    assert [selectors.number_of_receipt(file) for file in (first, again, second, third)] == [1, 1, 2, 3]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_firms_that_submit_at_the_same_moment_have_different_numbers():
    round_ = RoundFactory()
    drafts = [ApplicationFactory(round=round_, sme=SmeFactory(complete=True)) for _firm in range(4)]
    start, numbers = Barrier(len(drafts)), []

    def submit(draft: Application) -> None:
        start.wait()
        row = intake_services.submit_application(actor=owner_of(draft), application=draft, declared=True)
        numbers.append((row.file_number, selectors.number_of_receipt(row)))
        connection.close()

    threads = [Thread(target=submit, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [(f"{round_.code}-{number:04d}", number) for number in range(1, 5)]


# -------------------------------------------------------------------------------------------------------- the picture


@pytest.mark.django_db
def test_the_picture_says_who_which_file_and_when_and_nothing_else():
    file = ApplicationFactory(scored=True)
    file.submitted_at, file.sme_name = LATE, "نور Sports"
    words = {"file": file.file_number, "round": file.round.number}
    with translation.override("en"):
        assert [line.text for line in journey.lines_of_picture(file)] == [
            "Trade Development Authority of Pakistan",
            "Export and e-commerce programme for small firms",
            "نور Sports",
            "Application {file} in round {round}".format(**words),
            "Submitted on 17\xa0March\xa02026",
        ]
    with translation.override("ur"):
        assert [line.text for line in journey.lines_of_picture(file)][3:] == [
            "مرحلہ {round} میں درخواست \u2068{file}\u2069".format(**words),
            "17\xa0مارچ\xa02026 کو جمع ہوئی",
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_firm_gets_it_as_a_png_of_the_size_that_messengers_show(client, language):
    file = ApplicationFactory(submitted=True)
    assert reverse("selection:picture", args=[file.public_id]) in words_of(client, file, language)
    answer = client.get(reverse("selection:picture", args=[file.public_id]))
    shown = Image.open(BytesIO(answer.content))
    assert (answer["Content-Type"], shown.format, shown.size) == ("image/png", "PNG", (1200, 630))
    assert answer["Content-Disposition"] == f'attachment; filename="{file.file_number}.png"'


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["stranger", "owner of a draft"])
def test_nobody_else_gets_it_and_nothing_is_there_before_the_submission(client, who):
    file = ApplicationFactory(submitted=who == "stranger")
    client.force_login(UserFactory() if who == "stranger" else owner_of(file))
    assert client.get(reverse("selection:picture", args=[file.public_id])).status_code == 404


def inked(text: str, *, from_right: bool) -> tuple[int, int]:
    """Leftmost and rightmost column that a line of letters covers."""
    drawn = picture.draw([picture.Line(text, 330, 64)], from_right=from_right)
    below_the_band = Image.open(BytesIO(drawn)).convert("L").crop((0, 40, *picture.SIZE)).point(lambda grey: 255 - grey)
    left, _top, right, _bottom = below_the_band.getbbox()
    return left, right


@pytest.mark.unit
@pytest.mark.parametrize(
    "text", ["Noor", "نور سپورٹس", "Noor Sports and Leather Goods " * 9, "نور سپورٹس اینڈ لیدر " * 9]
)
def test_a_line_stays_within_the_picture_and_stands_where_its_reader_begins(text):
    (left, right), (_from_right_left, from_right_right) = inked(text, from_right=False), inked(text, from_right=True)
    inner, outer = picture.EDGE - 12, picture.SIZE[0] - picture.EDGE + 12
    assert inner <= left <= inner + 40
    assert right <= outer
    assert outer - 40 <= from_right_right <= outer


@pytest.mark.unit
def test_each_script_has_a_font_that_knows_it_and_urdu_is_read_from_the_right():
    pieces = picture._fitting(picture.Line("مرحلہ 3 میں \u2068R3-0027\u2069، نور Leather Goods", 330, 36))
    assert [text for text, _font in pieces if text.strip()] == [
        "Leather Goods", "، نور", "R3-0027", "میں", "3", "مرحلہ",
    ]  # fmt: skip
    assert [font.getname()[0].startswith("Noto") for text, font in pieces if text.strip()] == [
        False, True, False, True, False, True,
    ]  # fmt: skip
