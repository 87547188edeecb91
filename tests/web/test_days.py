"""A moment at 22:00 UTC belongs to the next day in Karachi, on every page that shows a day, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db.models import DateTimeField
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from selection.correspondence import services as correspondence_services
from selection.models import Round
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.days import day_words
from tests.factories.accounts import UserFactory, officer
from tests.factories.selection import ApplicationFactory, ask, decided, owner_of
from tests.factories.smes import DocumentFactory, flag_of
from tests.factories.trade import ImportRunFactory, IndicatorFactory

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 3, 16, 22, 0, tzinfo=UTC)
IN_KARACHI = {"en": "17 March 2026", "ur": "17 مارچ 2026"}
IN_UTC = {"en": "16 March", "ur": "16 مارچ"}
KEPT = ("audit", "sessions", "payments")  # as they are: history, the books and their rules are never changed


@pytest.mark.parametrize(
    ("value", "form", "en", "ur"),
    [
        (LATE, "DATE_FORMAT", "17\xa0March\xa02026", "17\xa0مارچ\xa02026"),
        (LATE, "DATETIME_FORMAT", "17\xa0March\xa02026, 03:00", "17\xa0مارچ\xa02026، 03:00"),
        (LATE, "j F", "17\xa0March", "17\xa0مارچ"),
        (date(2026, 3, 16), "DATE_FORMAT", "16\xa0March\xa02026", "16\xa0مارچ\xa02026"),
    ],
)
def test_a_moment_is_written_in_karachis_time_and_a_day_as_it_is(value, form, en, ur):
    with translation.override("en"):
        assert day_words(value, form) == en
    with translation.override("ur"):
        assert day_words(value, form) == ur


@pytest.fixture(scope="module")
def world(module_db):
    """A decided file with a paper, a letter, an answered question, a twin; an import run; everything at one late moment."""
    file = ApplicationFactory(scored=True)
    twin = ApplicationFactory(scored=True)
    by = officer()
    DocumentFactory(sme=file.sme)
    flag = flag_of(file.sme, twin.sme)
    run = ImportRunFactory()
    IndicatorFactory(hs="")
    question = ask(file, by=by)
    correspondence_services.write_as_desk(actor=by, application=file, words="Come and see us.")
    deliver_all()
    file = decided(file)
    everybody = UserFactory(roles=(Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR))
    for model in apps.get_models():
        if model._meta.app_label in KEPT or model is Round:  # whose moments have an order
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, DateTimeField):
                model._base_manager.exclude(**{field.name: None}).update(**{field.name: LATE})
    return {"file": file, "flag": flag, "run": run, "question": question, "staff": everybody, "firm": owner_of(file)}


PAGES = {
    "duplicate": ("staff", "smes:duplicate", "flag"),
    "papers": ("firm", "smes:papers", "sme"),
    "people": ("firm", "smes:people", "sme"),
    "receipt": ("firm", "selection:receipt", "file"),
    "frozen": ("firm", "selection:frozen", "file"),
    "letters": ("firm", "selection:letters", "file"),
    "home": ("firm", "selection:file", "file"),
    "desk file": ("staff", "selection:desk_file", "file"),
    "run": ("staff", "trade:run", "run"),
    "inbox": ("firm", "notifications:inbox", None),
    "sector": ("staff", "trade:sector", "sports_goods"),
}


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_the_day_of_karachi(client, world, name, language):
    who, address, about = PAGES[name]
    person = world[who]
    person.language = language
    person.save(update_fields=["language"])
    client.force_login(person)
    subject = world["file"].sme if about == "sme" else world.get(about, about)
    args = [] if about is None else [getattr(subject, "public_id", subject)]
    answer = client.get(reverse(address, args=args), headers={"accept-language": language})
    text = answer.content.decode().replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")
    assert IN_KARACHI[language] in text
    assert IN_UTC[language] not in text


def test_a_day_stands_on_one_line_and_its_hour_may_stand_on_the_next():
    html = Template(
        '{{ moment|date:"DATETIME_FORMAT" }}|{{ moment|date:"l j F" }}|{{ moment|date:"c" }}|{{ none|date }}'
    )
    assert html.render(Context({"moment": LATE, "none": None})).split("|") == [
        "17\xa0March\xa02026, 03:00",
        "Tuesday\xa017\xa0March",
        "2026-03-17T03:00:00+05:00",
        "",
    ]
