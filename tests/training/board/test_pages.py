"""The pages of the boards: a partner's own, what it never shows, its files, and those of officials."""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import timedelta

import pypdfium2
import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from selection.models import Application, Nomination
from tdap_portal.accounts.roles import PartnerKind, Role
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.board import nominees, running, train
from tests.factories.selection import RoundFactory
from tests.factories.training_places import CohortFactory, programme_manager
from tests.queries import queries_of, repeated
from tests.selection.nominations.made import nominated, organisation_of
from tests.smes.pages import text_of
from tests.training import made
from training.board import selectors
from training.board.suppress import LEAST, is_small
from training.models import Cohort, Place
from training.resources import services as resources_services

pytestmark = pytest.mark.django_db
PAGE = "/training/partner/"
FILES = (PAGE, f"{PAGE}board.xlsx", f"{PAGE}board.pdf")


@pytest.fixture
def person():
    return partner_person()


@pytest.fixture
def world(person):
    dice = random.Random(5)
    rounds = [RoundFactory(), RoundFactory()]
    partner = organisation_of(person)
    rows = [row for round_ in rounds for row in nominees(partner, round_, 30, made_by=person, dice=dice, seats=0.7)]
    train(rows, [running(CohortFactory(code="SKT-1", city="Sialkot")), running(CohortFactory(code="LHR-2"))], dice=dice)
    return rows


def texts_of(client, query=""):
    """The page, every cell of the workbook and every line of the PDF, as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}board.xlsx{query}").content))
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    pdf = pypdfium2.PdfDocument(client.get(f"{PAGE}board.pdf{query}").content)
    pages = [page.get_textpage().get_text_range() for page in pdf]
    return text_of(client.get(PAGE + query)), "\n".join(cells), "\n".join(pages)


# ------------------------------------------------------------------------------------------------------- the partner


def test_a_partner_sees_its_figures_its_cohorts_and_whom_to_call(client, person, world):
    client.force_login(person)
    answer = client.get(PAGE)
    board = answer.context["board"]
    text = text_of(answer)
    assert f"Of 60 firms that you nominated, {board.counts[4]} accepted a seat" in text
    assert "SKT-1" in text
    assert "LHR-2" in text
    assert board.needs
    assert board.needs[0].nominee.firm in text
    assert "no-store" in answer["Cache-Control"]


def test_a_partner_without_nominees_is_told_what_will_be_here(client, person):
    client.force_login(person)
    text = text_of(client.get(PAGE))
    assert "You have nominated nobody yet" in text
    for file in FILES[1:]:
        assert client.get(file).status_code == 200


@pytest.mark.parametrize(
    "made", [officer, director, programme_manager, UserFactory, lambda: partner_person(PartnerKind.PLATFORM)]
)
def test_whoever_is_of_no_partner_that_nominates_finds_no_partners_board(client, made):
    client.force_login(made())
    assert [client.get(file).status_code for file in FILES] == [404] * 3
    assert client.post(f"{PAGE}digest/", {"wanted": "1"}).status_code == 404


@pytest.mark.parametrize("rest", ["", "board.xlsx", "board.pdf"])
def test_a_rival_finds_neither_the_board_nor_by_its_own_that_the_nominees_exist(client, person, world, rest):
    rival = partner_person()
    client.force_login(rival)
    own = organisation_of(person).public_id
    assert client.get(f"{PAGE}{rest}?partner={own}").status_code == 404
    assert client.get(f"{PAGE}{rest}?partner={'z' * 12}").status_code == 404
    for text in texts_of(client):
        assert not any(row.firm in text for row in world)
        assert "SKT-1" not in text


def test_a_rivals_nomination_of_the_same_firms_changes_neither_figures_nor_queries(client, person, world):
    client.force_login(person)
    before, asked = texts_of(client), len(queries_of(client, PAGE))
    rival = partner_person()
    for row in world:
        if row.sme_id:
            copy = Nomination.objects.get(pk=row.pk)
            copy.pk, copy.public_id, copy.token = None, f"r{row.pk:011d}", f"r{row.pk}".ljust(43, "x")
            copy.partner = organisation_of(rival)
            copy.save(force_insert=True)
    clock = re.compile(r"\d\d:\d\d")
    for old, new in zip(before, texts_of(client), strict=True):
        assert clock.sub("", re.sub(r"csrf\S+|value=\S+", "", old)) == clock.sub(
            "", re.sub(r"csrf\S+|value=\S+", "", new)
        )
    assert len(queries_of(client, PAGE)) == asked


def test_nothing_of_the_file_is_shown_neither_score_nor_number_nor_registered_name_nor_who_comes(client, person, world):
    Application.objects.update(points="87.65")
    Place.objects.update(attendee="Zarina Secret")
    client.force_login(person)
    files = list(Application.objects.filter(sme__in=[row.sme_id for row in world if row.sme_id]))
    assert files
    for text in texts_of(client):
        assert "Zarina Secret" not in text
        assert "87.65" not in text
        for file in files:
            assert file.file_number not in text
            assert file.sme.name not in text
            assert file.public_id not in text


def test_no_page_says_how_a_file_was_decided(client, person, world):
    """Whoever was not selected and whoever declined, or has not answered, count alike."""
    client.force_login(person)
    before = client.get(PAGE).context["board"].counts
    Application.objects.filter(state="declined").update(state="selected")
    assert client.get(PAGE).context["board"].counts == before
    for text in texts_of(client):
        assert not re.search(r"\bselected\b(?!>)", text, re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_page_workbook_and_pdf_tell_the_same_figures_in_both_languages(client, person, world, language):
    client.force_login(person)
    client.cookies["django_language"] = language
    client.post("/language/", {"language": language})
    board = client.get(PAGE).context["board"]
    page, book, pdf = texts_of(client)
    for number in board.counts.values():
        assert str(number) in page
        assert f"{number}" in book
        assert str(number) in pdf
    for row in board.cohorts:
        assert row.line.cohort.code in page
        assert row.line.cohort.code in book
        assert row.share.replace("\xa0", " ") in book.replace("\xa0", " ")


@pytest.mark.parametrize("query", ["", "?round={first}", "?round={second}"])
def test_no_group_of_a_few_firms_stands_in_any_of_the_files(client, person, world, query):
    first, second = sorted({row.round.code for row in world})
    client.force_login(person)
    board = client.get(PAGE + query.format(first=first, second=second)).context["board"]
    counts = [count for table in board.splits for _name, row in table.rows for count in row]
    assert not any(is_small(count) for count in counts if count is not None)
    content = client.get(f"{PAGE}board.xlsx" + query.format(first=first, second=second)).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = [row for row in book.get_sheet_by_name("By group").to_python() for row in [row[1:]]]
    assert not any(isinstance(cell, float) and is_small(int(cell)) for row in shown for cell in row)


def test_a_cohort_shows_no_groups_whatever_is_asked_for(client, person, world):
    client.force_login(person)
    public_id = next(iter(client.get(PAGE).context["board"].cohort_names))[0]
    answer = client.get(f"{PAGE}?cohort={public_id}")
    assert answer.context["board"].splits == ()
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}board.xlsx?cohort={public_id}").content))
    assert "By group" not in book.sheet_names


def test_texts_in_the_workbook_never_run(client, person):
    for at, name in enumerate(["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "http://evil.example", "{=1}", "12345"]):
        row = nominated(person, RoundFactory(), firm="Kotli", mobile=f"0300 76543{at:02d}")
        Nomination.objects.filter(pk=row.pk).update(firm=name, lapses_at=row.created_at)
    client.force_login(person)
    content = client.get(f"{PAGE}board.xlsx").content
    sheets = zipfile.ZipFile(io.BytesIO(content))
    xml = "".join(sheets.read(name).decode() for name in sheets.namelist() if "worksheets" in name)
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert "=HYPERLINK(1)" in sheets.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(
    "query",
    [
        "round=" + "9" * 5000,
        "cohort=NaN",
        "cohort=" + "z" * 12,
        "round=R1&round=R2",
        "cohort=%EF%BB%BF",
        "x=1",
    ],
)
def test_nonsense_in_the_address_reads_as_no_filter(client, person, world, query):
    client.force_login(person)
    for file in FILES:
        assert client.get(f"{file}?{query}").status_code == 200
    assert len(client.get(f"{PAGE}?{query}").context["board"].nominees) in (30, 60)


@pytest.mark.parametrize("partner", ["", "x", "z" * 12, "9" * 5000])
def test_another_organisation_in_the_address_is_not_found(client, person, partner):
    client.force_login(person)
    assert client.get(f"{PAGE}?partner={partner}").status_code == (404 if partner else 200)


def test_the_page_asks_the_same_number_of_queries_for_few_and_many(client, person, world):
    few = partner_person()
    rows = nominees(organisation_of(few), RoundFactory(), 4, made_by=few, agreed=1, seats=1)
    train(rows, [running(CohortFactory())])
    client.force_login(few)
    small = queries_of(client, PAGE)
    client.force_login(person)
    asked = queries_of(client, PAGE)
    assert len(asked) == len(small)
    assert repeated(asked) == []


def test_the_masthead_and_the_home_lead_a_partner_to_its_nominees_and_the_platform_to_what_it_teaches(client, person):
    client.force_login(person)
    assert text_of(client.get("/home/partner/")).count(f'href="{PAGE}"') == 2
    client.force_login(partner_person(PartnerKind.PLATFORM))
    text = text_of(client.get("/home/partner/"))
    assert PAGE not in text
    assert text.count(f'href="{TAUGHT}"') == 2


# ----------------------------------------------------------------------------------------------- who sends trainers


TAUGHT = "/training/taught/"


def teaches(cohort, organisation):
    """A trainer of an organisation takes over the first session of a cohort."""
    session = cohort.sessions.order_by("position").first()
    session.trainer = made.trainer(name=f"Of {organisation.pk}", partner=organisation)
    session.save()


@pytest.fixture
def alibaba():
    return partner_person(PartnerKind.PLATFORM)


def test_the_platform_sees_the_cohorts_that_its_trainers_teach_and_no_others(client, world, alibaba):
    lahore, other = Cohort.objects.get(code="LHR-2"), partner_person(PartnerKind.PLATFORM)
    teaches(lahore, organisation_of(alibaba))
    teaches(Cohort.objects.get(code="SKT-1"), organisation_of(other))
    client.force_login(alibaba)
    answer = client.get(TAUGHT)
    (line,) = [line for line, *_rest in answer.context["rows"]]
    held = Place.objects.filter(cohort=lahore, state="held")
    published = lahore.sessions.filter(cancelled_at=None, starts_at__isnull=False)
    assert (line.cohort, line.own, line.sessions) == (lahore, 1, published.count())
    assert line.certified == held.filter(certificates__state="in_force").count()
    official = {row.cohort.code: row for row in selectors.board_lines(list(selectors.cohorts_page({}, None).rows))}
    assert line.share == official["LHR-2"].share
    text = text_of(answer)
    assert "SKT-1" not in text
    assert "Firm " not in text
    assert "Registered" not in text


@pytest.mark.parametrize(("held", "is_shown"), [(LEAST - 1, False), (LEAST, True)])
def test_of_a_small_cohort_nothing_shows_that_its_firms_did(client, world, alibaba, held, is_shown):
    lahore = Cohort.objects.get(code="LHR-2")
    teaches(lahore, organisation_of(alibaba))
    kept = Place.objects.filter(cohort=lahore, state="held").order_by("pk").values_list("pk", flat=True)[:held]
    Place.objects.filter(cohort=lahore).exclude(pk__in=list(kept)).update(state="given_up")
    client.force_login(alibaba)
    (line,) = [line for line, *_rest in client.get(TAUGHT).context["rows"]]
    assert (line.share is not None, line.certified is not None) == (is_shown, is_shown)
    assert line.cohort.held == held


def test_a_platform_whose_trainers_teach_nothing_reads_so(client, alibaba):
    client.force_login(alibaba)
    assert "None of your trainers teaches yet" in text_of(client.get(TAUGHT))


def test_what_is_taught_costs_the_same_for_one_cohort_and_for_many(client, world, alibaba):
    teaches(Cohort.objects.get(code="LHR-2"), organisation_of(alibaba))
    client.force_login(alibaba)
    client.get(TAUGHT)
    few = queries_of(client, TAUGHT)  # of a cohort with places, about which more is asked
    for at in range(30):
        cohort = running(CohortFactory(code=f"QTA-{at}"))
        made.published(cohort, "2027-04-06 10:00", trainer=made.trainer(partner=organisation_of(alibaba)))
    assert len(queries_of(client, TAUGHT)) <= len(few)
    assert client.get(TAUGHT).context["page"].next


@pytest.mark.parametrize("kind", [kind for kind in PartnerKind if kind != PartnerKind.PLATFORM])
def test_other_partners_have_no_page_of_what_is_taught(client, kind):
    client.force_login(partner_person(kind))
    assert client.get(TAUGHT).status_code == 404


# ----------------------------------------------------------------------------------------------------- the officials


def test_the_home_of_a_manager_says_what_waits_in_the_training_and_where(client):
    me = programme_manager()
    client.force_login(me)
    assert "Nothing waits for you." in text_of(client.get("/home/programme/"))

    begun, ill = running(CohortFactory(code="LHR-1")), made.trainer()
    for days in (3, 9):
        start = timezone.now() + timedelta(days=days)
        made.session(begun, starts_at=start, ends_at=start + timedelta(hours=2), trainer=ill)
    made.session(begun)
    resources_services.note_absence(
        actor=me, trainer=ill, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=5), words=""
    )
    text = text_of(client.get("/home/programme/"))
    assert "1 session cannot be as it is" in text
    assert "1 session has no day yet" in text
    assert "2 things wait for you." in text
    assert text.count('class="task tone-') == 2
    assert 'href="/training/timetable/"' in text
    client.force_login(UserFactory(roles=(Role.FINANCE_OFFICER,)))
    assert "cannot be as it is" not in text_of(client.get("/home/finance/"))


def test_the_manager_sees_every_cohort_in_figures(client, world):
    client.force_login(programme_manager())
    answer = client.get("/training/board/")
    lines = {line.cohort.code: line for line, *_rest in answer.context["rows"]}
    for code, line in lines.items():
        held = Place.objects.filter(cohort__code=code, state="held")
        assert line.cohort.held == held.count()
        assert line.cohort.waiting == Place.objects.filter(cohort__code=code, state="waiting").count()
        assert line.certified == held.filter(certificates__state="in_force").count()
        assert (
            line.next.starts_at
            == line.cohort.sessions.filter(cancelled_at=None, starts_at__gt=line.next.created_at)
            .order_by("starts_at")
            .first()
            .starts_at
        )
    text = text_of(answer)
    assert "2 cohorts are running." in text
    assert "/training/cohorts/" in text


def test_the_board_filters_orders_and_pages(client):
    for at in range(30):
        CohortFactory(code=f"LHR-{100 + at}", places=at + 1)
    CohortFactory(code="KHI-1", city="Karachi", state="planned")
    client.force_login(programme_manager())

    def codes(query):
        return [line.cohort.code for line, *_rest in client.get(f"/training/board/?{query}").context["rows"]]

    assert codes("city=Karachi") == ["KHI-1"]
    assert codes("state=planned") == ["KHI-1"]
    assert codes("order=places")[:2] == ["LHR-129", "LHR-128"]
    assert codes("order=code")[0] == "KHI-1"
    first = client.get("/training/board/?order=code")
    rest = codes(f"order=code&cursor={first.context['page'].next}")
    assert len(rest) == 6
    assert rest[-1] == "LHR-129"
    for query in ("round=" + "9" * 5000, "state=x", "order=zz", "cursor=x", "city=%EF%BB%BF"):
        assert len(codes(query)) == 25


def test_the_board_costs_the_same_for_one_cohort_and_for_many(client, world):
    client.force_login(programme_manager())
    many = queries_of(client, "/training/board/")
    one = queries_of(client, "/training/board/?city=Sialkot")
    assert abs(len(many) - len(one)) == 0


@pytest.mark.parametrize(
    ("role", "board", "partners"),
    [
        (Role.PROGRAMME_MANAGER, 200, 403),
        (Role.OFFICER, 200, 200),
        (Role.APPROVER, 200, 200),
        (Role.FINANCE_OFFICER, 403, 403),
        (Role.ADMINISTRATOR, 403, 403),
        (None, 404, 404),
    ],
)
def test_the_boards_of_officials_are_for_those_named(client, role, board, partners):
    client.force_login(UserFactory(roles=[role] if role else []))
    assert client.get("/training/board/").status_code == board
    assert client.get("/training/board/partners/").status_code == partners


@pytest.mark.sqlite_leg
def test_the_director_sees_partners_side_by_side_as_each_of_them_sees_itself(client, person, world):
    client.force_login(director())
    round_ = max((row.round for row in world), key=lambda row: row.number)
    answer = client.get(f"/training/board/partners/?round={round_.code}")
    line = answer.context["table"].rows[0]
    client.force_login(person)
    counts = client.get(f"{PAGE}?round={round_.code}").context["board"].counts
    steps = [number for step, number in counts.items() if step.name != "CAME"]
    assert line == (organisation_of(person).name, *map(str, steps))


def test_the_page_of_partners_without_a_nomination_says_so(client):
    client.force_login(director())
    assert "Nobody is nominated yet" in text_of(client.get("/training/board/partners/"))
