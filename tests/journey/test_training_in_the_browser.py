"""One cohort from the chosen place to the verified certificate: a firm in Urdu without JavaScript, a trainer who loses the network,
a programme manager, two chambers and whoever holds the paper, with a real worker between them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from selection.nominations import services as nominations_services
from tdap_portal.accounts.models import User
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory, partner_person
from tests.factories.selection import RoundFactory
from tests.factories.training_assessment import bank, module_of, rules
from tests.factories.training_places import CohortFactory, move_to, owner_of, put, seated
from tests.selection.nominations.made import nominated
from tests.training import made
from training.assessment import selectors as assessment_selectors
from training.assessment import services as assessment_services
from training.assessment.services import Page
from training.attendance import services as attendance_services
from training.models import Attempt, Attendance, AttendanceMark, Certificate, Cohort, DraftSession, Place, Session
from training.states import AttendanceStatus as Status
from training.states import CohortState

from .people import look, open_message, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from selection.models import Application

    from .people import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]

QUESTIONS = 4
RIGHT = "خریدار، آپ کے دروازے سے"  # the right one of the answers in tests/factories/training_assessment.py
WRONG = "آپ، پورا راستہ"
ATTENDEE = "رابعہ نور"
WHY = "The hall is needed for the census on that day."
NO_DATABASE = "postgres://nobody@127.0.0.1:9/none"
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"  # the trainer's telephone in the hall
REFUSED = "status of 422"  # a form that was sent unfinished on purpose


class Play(NamedTuple):
    """A cohort of three sessions, and who plays. others: places of four more firms, by who comes. rival: the firm that the other
    chamber nominated; it is Sana's."""

    cohort: Cohort
    sessions: list[Session]
    file: Application
    others: dict[str, Place]
    rival: str
    logins: dict[str, str]


@pytest.fixture
def play(celery_real_worker) -> Play:
    """A firm with an accepted seat and no place yet; the cohort is open, its three sessions are published, four firms are in it."""
    manager = made.manager()
    course = made.programme(name="First export order", name_ur="پہلا برآمدی آرڈر")
    bank(module_of(course), QUESTIONS, by=manager)
    rules(course, by=manager, questions_number=QUESTIONS, opens_percent=100)
    first_day = today() + timedelta(days=14)
    first_day += timedelta(days=-first_day.weekday() % 7)  # a Monday
    cohort = CohortFactory(
        programme=course, code="LHR-7", starts_on=first_day, ends_on=first_day + timedelta(days=40), places=5
    )
    CohortFactory(programme=course, code="KHI-2", city="Karachi")
    teacher = UserFactory(name="Hira Saleem", language="en")
    hira = made.trainer(name="Hira Saleem", name_ur="حرا سلیم", user=teacher)
    hall = made.venue(
        name="Expo hall", name_ur="ایکسپو ہال", address_ur="جوہر ٹاؤن", directions_ur="دروازہ نمبر 3 سے، دوسری منزل"
    )
    sessions = [
        made.published(cohort, f"{first_day + timedelta(weeks=week):%Y-%m-%d} 09:30", trainer=hira, venue=hall)
        for week in range(3)
    ]
    round_ = RoundFactory(number=2)
    seat = seated(round_, attendee=ATTENDEE)
    User.objects.filter(pk=owner_of(seat).pk).update(language="ur")
    others = {name: put(seated(round_), cohort, attendee=name) for name in ("Sana", "Bilal", "Usman", "Maryam")}
    chamber, rival = partner_person(name="Tariq Mehmood"), partner_person(name="Zoya Khan")
    nominate(chamber, seat.application)
    nominate(rival, others["Sana"].application)
    logins = {"firm": owner_of(seat), "trainer": teacher, "manager": manager, "chamber": chamber, "rival": rival}
    return Play(
        cohort,
        sessions,
        seat.application,
        others,
        others["Sana"].sme.name,
        {name: user.email for name, user in logins.items()},
    )


def nominate(chamber: User, file: Application) -> None:
    """The firm of a file, which claims it."""
    row = nominated(chamber, file.round, firm=file.sme.name, mobile=f"0300 {file.sme.pk + 1_000_000}")
    nominations_services.claim_nomination(actor=file.sme.created_by, token=row.token, sme=file.sme)


def test_a_cohort_is_played_from_the_chosen_place_to_the_verified_certificate(play, person, tmp_path):
    firm = person(play.logins["firm"], 360, java_script_enabled=False)
    chooses_a_cohort(firm, play)

    manager = person(play.logins["manager"])
    moved = moves_the_last_session(manager, play)
    reads_the_new_day(firm, play, moved)

    the_last_session_runs(play)
    trainer = person(play.logins["trainer"], 360)
    shows_the_code(trainer, play)
    is_marked_by_the_code(firm, play, read_from=trainer)
    calls_the_roll(trainer, play)
    the_last_session_ends(play)

    passes_the_assessment(firm, play)
    pass_assessment_of(play.others["Usman"])
    issues_certificates(manager, play)
    paper = downloads_its_certificate(firm, play, tmp_path)

    chamber, rival = person(play.logins["chamber"], 360), person(play.logins["rival"], 360)
    sees_its_own_firm_alone(chamber, play, own=play.file.sme.name, not_its=play.rival, certified=1)
    sees_its_own_firm_alone(rival, play, own=play.rival, not_its=play.file.sme.name, certified=0)

    anybody = person("", 360)
    is_verified(anybody, paper)

    everybody = (firm, manager, trainer, chamber, rival, anybody)
    complaints = [fault for one in everybody for fault in one.complaints]
    assert [fault for fault in complaints if REFUSED not in fault and NO_NETWORK not in fault] == []


# ----------------------------------------------------------------------------------------------------------- the firm


def chooses_a_cohort(firm: Person, play: Play) -> None:
    """From its home: of two cohorts the one in its town; who comes is asked first."""
    firm.open("/file/")
    look(firm, "home")
    firm.find(f"main a[href='/training/firm/{play.file.public_id}/place/']").first.click()
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    look(firm, "place")
    firm.find(f"main a[href$='/place/{play.cohort.public_id}/']").first.click()
    within = f"main form[action$='/place/{play.cohort.public_id}/']"
    firm.fill(within, who="other", attendee="")
    firm.press(within)
    expect(firm.find("main .field.is-wrong [name=attendee]")).to_be_visible()
    assert not Place.objects.filter(application=play.file).exists()
    look(firm, "nobody-named")
    firm.fill(within, attendee=ATTENDEE)
    firm.press(within)
    firm.at("/place/$")
    expect(firm.find("[aria-labelledby='held-h']")).to_contain_text(ATTENDEE)
    look(firm, "place-taken")
    place = Place.objects.get(application=play.file)
    assert (place.cohort, place.state, place.attendee) == (play.cohort, "held", ATTENDEE)


def opens_its_training(firm: Person, play: Play) -> None:
    firm.open("/file/")
    firm.find(f"main a[href='/training/firm/{play.file.public_id}/']").first.click()
    firm.at(f"/training/firm/{play.file.public_id}/$")


def reads_the_new_day(firm: Person, play: Play, moved: datetime) -> None:
    """The message of the new timetable leads on; the training shows the day that is published now."""
    open_message(firm, "timetable.published")
    firm.at("/training/calendar/$")
    look(firm, "calendar")
    opens_its_training(firm, play)
    expect(
        firm.find(f"[aria-labelledby='days-h'] time[datetime^='{timezone.localtime(moved):%Y-%m-%dT%H:%M}']")
    ).to_be_visible()
    expect(firm.find("[aria-labelledby='next-h']")).to_contain_text("دروازہ نمبر 3")
    look(firm, "training-to-come")
    firm.find("main a[href='/training/assessment/']").first.click()
    expect(firm.find("main a.btn-primary")).to_have_count(0)  # it opens when all sessions were held
    look(firm, "assessment-to-come")


def is_marked_by_the_code(firm: Person, play: Play, *, read_from: Person) -> None:
    """Types the letters that stand on the wall; mistyped ones mark nobody."""
    opens_its_training(firm, play)
    expect(firm.find("main h1")).to_contain_text(play.sessions[-1].title_ur)
    look(firm, "training-now")
    firm.find("main a[href='/training/attend/']").click()
    firm.fill("main form", code="222222")
    firm.press()
    expect(firm.find("main .field.is-wrong [name=code]")).to_be_visible()
    assert not AttendanceMark.objects.filter(session=play.sessions[-1]).exists()
    firm.fill("main form", code=read_from.find(".qr-code .code").inner_text())
    firm.press()
    firm.at(f"/training/attend/{play.sessions[-1].public_id}/")
    expect(firm.find("main .verdict.tone-done")).to_contain_text(ATTENDEE)
    look(firm, "marked")
    mark = AttendanceMark.objects.get(session=play.sessions[-1])
    assert (mark.place.application, mark.source, mark.status) == (play.file, "scan", "present")


def passes_the_assessment(firm: Person, play: Play) -> None:
    """Without JavaScript, one question a page; one is answered wrong and put right before the end."""
    opens_its_training(firm, play)
    look(firm, "training-over")
    firm.find("main a[href='/training/assessment/']").first.click()
    look(firm, "assessments")
    firm.find("main a.btn-primary[href*='/assessment/places/']").click()
    look(firm, "assessment")
    firm.press()
    for number in range(1, QUESTIONS + 1):
        firm.at(f"/attempts/[0-9a-z]{{12}}/{number}/$")
        answers(firm, WRONG if number == 2 else RIGHT)
        if number == 1:
            look(firm, "question")
        firm.find("button[name=go][value=next]").click()
    firm.at("/hand-in/$")
    look(firm, "hand-in")
    firm.find("main .qmap a").nth(1).click()
    expect(firm.find("main label", has_text=WRONG).locator("input")).to_be_checked()
    answers(firm, RIGHT)
    firm.find("button[name=go][value=end]").click()
    firm.press()
    firm.at("/result/$")
    expect(firm.find("main .sent .tone-done")).to_be_visible()
    look(firm, "result")
    tried = Attempt.objects.get(application=play.file)
    assert (tried.state, tried.is_passed, tried.percent) == ("handed_in", True, 100)


def answers(firm: Person, words: str) -> None:
    firm.find("main label", has_text=words).locator("input").check()


def downloads_its_certificate(firm: Person, play: Play, folder: Path) -> Path:
    """The message leads to it, and so does the training."""
    open_message(firm, "certificate.issued")
    row = Certificate.objects.get(application=play.file)
    firm.at(f"/training/certificates/{row.public_id}/$")
    expect(firm.find("main h1")).to_contain_text(ATTENDEE)
    look(firm, "certificate")
    opens_its_training(firm, play)
    look(firm, "training-certified")
    firm.find(f"main a.btn-primary[href='/training/certificates/{row.public_id}/']").click()
    with firm.page.expect_download() as coming:
        firm.find("main a.btn-primary[href$='/certificate.pdf']").click()
    paper = folder / coming.value.suggested_filename
    coming.value.save_as(paper)
    assert paper.read_bytes().startswith(b"%PDF-")
    return paper


def pass_assessment_of(place: Place) -> None:
    """What the pages of another firm would do."""
    person = place.sme.created_by
    tried = assessment_services.begin(actor=person, place=place)
    right = {row.position: frozenset(row.version.right) for row in assessment_selectors.questions_of(tried)}
    assessment_services.hand_in(actor=person, attempt=tried, page=Page(shown={}, sent=right))


# ------------------------------------------------------------------------------------------------ the programme manager


def moves_the_last_session(manager: Person, play: Play) -> datetime:
    """To a place that is offered; nobody sees it before it is published, and then each person is told once. When it is now."""
    last = play.sessions[-1]
    manager.open("/training/timetable/")
    look(manager, "timetable")
    for _week in play.sessions[1:]:  # the week of the first is open
        manager.find("main a[data-key=']']").click()
    manager.find(f".week a[href*='/timetable/sessions/{last.public_id}/']").click()
    look(manager, "session")
    manager.find("form.levers [name=to]").last.check()
    manager.press("form.levers")
    expect(manager.find("main")).to_contain_text("People see:")
    published, planned = last.starts_at, DraftSession.objects.get(session=last).starts_at
    last.refresh_from_db()
    assert last.starts_at == published != planned
    manager.open("/training/timetable/")
    manager.find("main a[href='/training/timetable/publish/']").first.click()
    look(manager, "publish")
    manager.fill(words=WHY)
    manager.press()
    manager.at("/timetable/versions/1/$")
    look(manager, "version")
    last.refresh_from_db()
    assert (last.starts_at, last.sequence) == (planned, 1)
    return planned


def issues_certificates(manager: Person, play: Play) -> None:
    """From the cohort's page; the worker issues them, and who has not earned one reads what is lacking."""
    manager.open("/training/cohorts/")
    manager.find(f"main a[href='/training/cohorts/{play.cohort.public_id}/']").first.click()
    look(manager, "cohort")
    manager.find("main a[href$='/assessment/']").first.click()
    look(manager, "cohort-assessment")
    manager.find("main a[href$='/certificates/']").first.click()
    expect(manager.find("main .lead-in")).to_contain_text("2 people have earned a certificate")
    look(manager, "to-issue")
    manager.press()
    wait_until(lambda: Certificate.objects.count() == 2)
    manager.page.reload()
    expect(manager.find("main .lead-in")).to_contain_text("2 are issued.")
    look(manager, "issued")
    assert set(Certificate.objects.values_list("place__attendee", flat=True)) == {ATTENDEE, "Usman"}
    assert Event.objects.filter(name="certificate.issued").count() == 2


# ---------------------------------------------------------------------------------------------------------- the trainer


def the_last_session_runs(play: Play) -> None:
    """Weeks later: two sessions were held, with Bilal away from both; the third runs for an hour already."""
    now = timezone.now()
    Place.objects.filter(cohort=play.cohort).update(asked_at=now - timedelta(days=40))
    Cohort.objects.filter(pk=play.cohort.pk).update(starts_on=today() - timedelta(days=20))
    move_to(play.cohort, CohortState.RUNNING)
    last = play.sessions[-1]
    for session, days in zip(play.sessions[:2], (14, 7), strict=True):
        begins(session, now - timedelta(days=days))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    begins(last, max(now - timedelta(hours=1), midnight))  # the trainer's day is the one on which it begins
    boss = User.objects.get(email=play.logins["manager"])
    for session in play.sessions[:2]:
        for place in Place.objects.filter(cohort=play.cohort):
            status = Status.ABSENT if place.attendee == "Bilal" else Status.PRESENT
            attendance_services.correct(actor=boss, session=session, place=place, status=status, words="By the sheet")


def the_last_session_ends(play: Play) -> None:
    last = play.sessions[-1]
    begins(last, timezone.now() - timedelta(minutes=last.minutes, seconds=1))


def begins(session: Session, at: datetime) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=at, ends_at=at + timedelta(minutes=session.minutes))


def shows_the_code(trainer: Person, play: Play) -> None:
    """From the day to the session, and the code on the whole screen."""
    last = play.sessions[-1]
    trainer.open("/training/day/")
    look(trainer, "day")
    trainer.find(f"main a[href='/training/sessions/{last.public_id}/']").first.click()
    expect(trainer.find(".qr-side svg.qr")).to_be_visible()
    look(trainer, "session")
    trainer.find(f"main a[href='/training/sessions/{last.public_id}/screen/']").click()
    expect(trainer.find(".qr-code .code")).to_be_visible()
    look(trainer, "screen")


def calls_the_roll(trainer: Person, play: Play) -> None:
    """Whoever scanned is in already. Two are marked and sent; Usman comes while there is no network, and is sent when there is one."""
    last = play.sessions[-1]
    trainer.find(f"main a[href='/training/sessions/{last.public_id}/']").click()
    expect(trainer.find("main .lead-in")).to_contain_text("1 of 5 are in.")
    marks(trainer, play, "Sana", "present")
    marks(trainer, play, "Bilal", "absent")
    expect(trainer.find("[data-net=kept]")).to_contain_text("not sent yet: 2")
    trainer.find("main button.btn-primary", has_text="Save the roll").click()
    expect(trainer.find("[data-net=said]")).to_contain_text("2 marks are saved.")
    look(trainer, "roll")

    trainer.context.set_offline(True)
    marks(trainer, play, "Usman", "late")
    expect(trainer.find("[data-net=off]")).to_be_visible()
    expect(trainer.find("[data-net=kept]")).to_contain_text("not sent yet: 1")
    look(trainer, "roll-offline")
    assert not AttendanceMark.objects.filter(session=last, place=play.others["Usman"]).exists()
    trainer.context.set_offline(False)
    expect(trainer.find("[data-net=said]")).to_contain_text("1 mark is saved.")
    expect(trainer.find("[data-net=kept]")).to_be_hidden()

    trainer.find("button[name=all]").click()
    wait_until(lambda: Attendance.objects.filter(session=last).count() == 5)
    expect(trainer.find("[data-roll] button[name=all]")).to_have_count(0)
    expect(trainer.find("main .lead-in")).to_contain_text("4 of 5 are in.")
    expect(trainer.find(".counters")).to_contain_text("4 are in")
    look(trainer, "roll-called")
    status = dict(Attendance.objects.filter(session=last).values_list("place__attendee", "status"))
    assert status == {ATTENDEE: "present", "Sana": "present", "Bilal": "absent", "Usman": "late", "Maryam": "present"}


def marks(trainer: Person, play: Play, name: str, status: str) -> None:
    row = trainer.find(f"li[data-place='{play.others[name].public_id}']")
    row.locator(f"[value={status}]").check(force=True)


# --------------------------------------------------------------------------------------------------------- the partners


def sees_its_own_firm_alone(partner: Person, play: Play, *, own: str, not_its: str, certified: int) -> None:
    """How far its nominee came, session by session; nothing of any other firm, and no certificate."""
    partner.open("/home/partner/")
    partner.find(".masthead__menu summary").click()
    partner.find(".masthead__nav a[href='/training/partner/']").click()
    row = partner.find("main tr", has_text=play.cohort.code)
    expect(row.locator("[data-label='Your firms']")).to_have_text("1")
    expect(row.locator("[data-label='Certified']")).to_have_text(str(certified))
    look(partner, "board")
    row.locator("a.code").click()
    expect(partner.find("main table.strip tbody tr")).to_have_count(1)
    expect(partner.find("main table.strip")).to_contain_text(own)
    look(partner, "board-of-a-cohort")
    assert not_its not in partner.page.content()
    one = Certificate.objects.get(application=play.file)
    assert partner.page.request.get(f"/training/certificates/{one.public_id}/").status == 404


# -------------------------------------------------------------------------------------------------------------- anybody


def is_verified(anybody: Person, paper: Path) -> None:
    """By its number, by the file, and without the portal; one byte that is another one is seen."""
    row = Certificate.objects.get(place__attendee=ATTENDEE)
    anybody.open("/training/certificates/check/")
    look(anybody, "check")
    anybody.fill("form.ask-line", n=row.number.lower())
    anybody.press("form.ask-line")
    expect(anybody.find("main .verdict.tone-done")).to_contain_text(ATTENDEE)
    anybody.open(f"/training/certificates/check/{row.number}/")  # where the drawing on the paper leads
    expect(anybody.find("main .verdict.tone-done")).to_contain_text(row.place.sme.name)
    look(anybody, "real")
    hands_in(anybody, paper)
    expect(anybody.find("main .verdict.tone-done")).to_contain_text("holds: the file is as it was issued")
    held = verified_by_command(paper)
    assert (held.returncode, f"number: {row.number}" in held.stdout) == (0, True), held.stderr

    changed = with_one_byte_changed(paper)
    hands_in(anybody, changed)
    expect(anybody.find("main .verdict.tone-no")).to_contain_text("This file is not as we issued it")
    look(anybody, "changed")
    broken = verified_by_command(changed)
    assert (broken.returncode, "The seal does not hold" in broken.stderr) == (1, True), broken.stderr


def hands_in(anybody: Person, paper: Path) -> None:
    anybody.find("main [name=file]").set_input_files(paper)
    anybody.find("main form[action$='/check/file/'] button").click()


def with_one_byte_changed(paper: Path) -> Path:
    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    changed = paper.with_name("changed.pdf")
    changed.write_bytes(content)
    return changed


def verified_by_command(paper: Path) -> subprocess.CompletedProcess:
    """As somebody does who has the program and no database."""
    return subprocess.run(
        [sys.executable, "manage.py", "verify_certificate", str(paper)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test", "DATABASE_URL": NO_DATABASE},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
