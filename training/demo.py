"""The demo's training: one programme of eight modules, trainers and rooms of five cities and online, six cohorts; one is over and
has its certificates, two run, a trainer is ill."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from fpdf import FPDF

from smes.papers.checks import MAX_BYTES
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.demo import PASSWORD, login_of
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.demo import clock_at, moment
from training.assessment import services as assessment_services
from training.assessment.services import Page
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.certificates import selectors as certificates_selectors
from training.certificates import services as certificates_services
from training.cohorts import services as cohorts_services
from training.engagement import watching
from training.feedback import selectors as feedback_selectors
from training.feedback import services as feedback_services
from training.materials import services as materials_services
from training.materials.files import check_material
from training.models import Cohort, Place, Session, TimetableProposal
from training.places import selectors as places_selectors
from training.places import services as places_services
from training.practice import services as practice_services
from training.programmes import services as programmes_services
from training.questions import services as questions_services
from training.resources import services as resources_services
from training.states import AttendanceStatus as Status
from training.states import CohortState, PlaceState
from training.timetable import proposals
from training.timetable import services as timetable_services

from .demo_words import COHORTS, MODULES, QUESTIONS, SIGNS_IN, TRAINERS, VENUES

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User
    from tdap_portal.core.demo import Replay
    from training.models import Module, Programme

FINISHED_IN = COHORTS[0][0]
WEEKS = 6
SENT_BY_THE_PLATFORM = ("Usman Tariq", "Bilal Aziz", "Sana Memon")
MANAGER, TRAINER = "programme", "trainer"
SET_UP, PLANNED, PUBLISHED, CHOSEN = 94, 93, 92, 90  # days before today
SEED, STEPS = 2017, 120
LATE_MINUTES = 25
ASKED_SINCE = timedelta(days=21)  # what people say of older sessions is long read
TASK_SINCE = 20  # days before today: cohorts that begin from then on hand in a practical task


class Story:
    """The training from the day on which its cohorts were set up; `today` is the last day played."""

    replay: Replay

    def __init__(self, *, people: People, today: date) -> None:
        if people.programme_manager is None:
            raise LookupError(login_of(MANAGER))
        self.manager, self.today = people.programme_manager, today

    def schedule(self, replay: Replay) -> None:
        self.replay = replay
        self.replay.at(moment(self._day(SET_UP), 10), lambda: set_up(self.manager, self.today))
        self.replay.at(moment(self._day(PLANNED), 10), self._plan)
        self.replay.at(moment(self._day(PUBLISHED), 10), self._publish)
        self.replay.at(moment(self._day(CHOSEN), 11), self._choose)
        self.replay.at(moment(self._day(1), 3), watching.start_night)
        self.replay.at(moment(self._day(1), 17), self._ill)

    def _day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def _plan(self) -> None:
        proposals.ask_proposal(actor=self.manager, seed=SEED, steps=STEPS)

    def _publish(self) -> None:
        proposals.take_proposal(actor=self.manager, proposal=TimetableProposal.objects.get())
        timetable_services.publish(actor=self.manager, words="The first timetable of all cohorts.")
        for session in Session.objects.filter(ends_at__lt=self.replay.ends_at).select_related("cohort"):
            self._hold(session)

    def _hold(self, session: Session) -> None:
        assert session.starts_at is not None  # noqa: S101  it is published
        assert session.ends_at is not None  # noqa: S101
        self.replay.at(session.starts_at + timedelta(minutes=1), cohorts_services.keep_cohorts)
        self.replay.at(session.starts_at + timedelta(minutes=4), lambda: scan(session))
        self.replay.at(session.ends_at - timedelta(minutes=9), lambda: take_roll(self.manager, session))
        self.replay.at(session.ends_at + timedelta(minutes=1), cohorts_services.keep_cohorts)
        if session.ends_at > self.replay.ends_at - ASKED_SINCE:
            self.replay.at(session.ends_at + timedelta(minutes=30), feedback_services.ask_those_who_came)
            self.replay.at(session.ends_at + timedelta(hours=2), lambda: say_how_it_was(session))
        if not session.cohort.sessions.filter(ends_at__gt=session.ends_at).exists():
            self.replay.at(session.ends_at + timedelta(hours=3), lambda: take_assessment(session.cohort))
            self.replay.at(session.ends_at + timedelta(days=2), lambda: try_again(session.cohort))
            self.replay.at(session.ends_at + timedelta(days=3), lambda: certify(self.manager, session.cohort))

    def _choose(self) -> None:
        """Every firm that has accepted its seat by now takes a place as it accepted it."""
        for offer in list(places_selectors.firms_without_place().order_by("pk")):
            cohort = Cohort.objects.get(city=offer.city, state=CohortState.OPEN)
            owner = offer.application.sme.created_by
            places_services.take_place(
                actor=owner, application=offer.application, cohort=cohort, attendee=owner.name, attendee_user=owner
            )

    def _ill(self) -> None:
        """The trainer of the next session on site is ill for some days: a clash that waits for the manager."""
        coming = Session.objects.filter(
            starts_at__gt=timezone.now() + timedelta(days=1), cohort__state=CohortState.RUNNING
        )
        session = coming.exclude(cohort__city="").select_related("trainer").earliest("starts_at")
        assert session.starts_at is not None  # noqa: S101  it is published
        assert session.trainer is not None  # noqa: S101
        day = timezone.localdate(session.starts_at)
        resources_services.note_absence(
            actor=self.manager,
            trainer=session.trainer,
            starts_at=moment(day, 0),
            ends_at=moment(day + timedelta(days=3), 0),
            words="Ill; a doctor's note is here.",
        )


def accounts() -> list[dict[str, str]]:
    """Who of the trainers can sign in."""
    return [{"role": "trainer", "login": login_of(TRAINER), "password": PASSWORD}]


def set_up(manager: User, today: date) -> None:
    """A programme with its modules, who teaches it where, and the cohorts."""
    programme = programmes_services.create_programme(
        actor=manager,
        code="EXPORT-1",
        name="First export order online",
        name_ur="پہلا برآمدی آرڈر آن لائن",
        about="Eight sessions from the first buyer to the first parcel, for firms that sell abroad for the first time.",
        about_ur="پہلے خریدار سے پہلے پارسل تک آٹھ سیشن، ان فرموں کے لیے جو پہلی بار بیرونِ ملک بیچتی ہیں۔",
        attendance_percent=80,
        pass_mark=60,
        is_active=True,
    )
    modules = _modules(manager, programme)
    _materials(manager, modules)
    _assessment(manager, programme, modules, today)
    _trainers_and_venues(manager)
    for city, language, time_of_day, days, places, is_open in COHORTS:
        first = today + timedelta(days=days - (today + timedelta(days=days)).weekday())
        cohort = cohorts_services.create_cohort(
            actor=manager,
            programme=programme,
            round=None,
            mode="in_person" if city else "online",
            language=language,
            city=city,
            time_of_day=time_of_day,
            starts_on=first,
            ends_on=first + timedelta(weeks=WEEKS, days=-2),
            places=places,
            weekly_sessions=2,
        )
        if is_open:
            cohorts_services.open_cohort(actor=manager, cohort=cohort)


def scan(session: Session) -> None:
    """Every other person scans the code on the screen."""
    for number, place in enumerate(attendance_selectors.expected_in(session)):
        if number % 2 == 0 and not _stays_away(place, session):
            attendance_services.scan(
                actor=place.sme.created_by, session=session, device=f"demo {place.pk}", scanned_at=timezone.now()
            )


def take_roll(manager: User, session: Session) -> None:
    """One is late now and then, one was ill once, and one no longer comes."""
    called = []
    for number, place in enumerate(attendance_selectors.expected_in(session)):
        status, minutes = Status.PRESENT, None
        if _stays_away(place, session):
            status = Status.ABSENT
        elif number % 2 and (number + session.position) % 5 == 0:
            status, minutes = Status.LATE, Decimal(session.minutes - LATE_MINUTES)
        elif number % 2 and (number + session.position) % 7 == 3:
            status = Status.EXCUSED
        called.append(
            attendance_services.Called(
                key=f"demo {place.pk}", place=place.public_id, status=status, at=timezone.now(), minutes=minutes
            )
        )
    attendance_services.take_roll(actor=manager, session=session, called=called)


def _stays_away(place: Place, session: Session) -> bool:
    """The last who took a place in a running cohort comes to its first session only; the demo's best known firm comes to all."""
    if session.position == 1 or session.cohort.city == FINISHED_IN:
        return False
    others = Place.objects.filter(cohort=session.cohort, state=PlaceState.HELD)
    last = others.exclude(sme__created_by__email=login_of("noor")).order_by("-pk").values_list("pk", flat=True).first()
    return place.pk == last


def say_how_it_was(session: Session) -> None:
    """Most of those who came answer."""
    places = list(attendance_selectors.expected_in(session))
    came = feedback_selectors.places_that_came(session, places)
    for number, place in enumerate(one for one in places if one.pk in came):
        if number % 4 != 3:
            feedback_services.give_feedback(
                actor=place.sme.created_by,
                session=session,
                place=place,
                useful=5 - number % 2,
                clear=4 - number % 3,
                words="More examples of photographs, please." if number == 0 else "",
            )


def take_assessment(cohort: Cohort) -> None:
    """All pass at once but the last, who has two of five right."""
    places = list(certificates_selectors.places_in(cohort))
    for place in places:
        answer(place, wrong=3 if place == places[-1] else 1 if place == places[0] else 0)


def try_again(cohort: Cohort) -> None:
    answer(list(certificates_selectors.places_in(cohort))[-1], wrong=0)


def answer(place: Place, *, wrong: int) -> None:
    """A try with so many wrong answers, the first ones."""
    owner = place.sme.created_by
    attempt = assessment_services.begin(actor=owner, place=place)
    sent = {}
    for number, row in enumerate(attempt.questions.select_related("version")):
        right = row.version.right[0]
        sent[row.position] = frozenset({(right + 1) % 3 if number < wrong else right})
    with clock_at(timezone.now() + timedelta(minutes=11)):
        assessment_services.hand_in(actor=owner, attempt=attempt, page=Page(shown={}, sent=sent))


def certify(manager: User, cohort: Cohort) -> None:
    certificates_services.issue_for_cohort(actor=manager, cohort=cohort)


def _modules(manager: User, programme: Programme) -> list[Module]:
    modules: list[Module] = []
    for title, title_ur, skill, equipment, after, outcome, outcome_ur in MODULES:
        values: dict[str, Any] = {
            "title": title,
            "title_ur": title_ur,
            "minutes": 180,
            "skill": skill,
            "equipment": list(equipment),
            "outcomes": [{"en": outcome, "ur": outcome_ur}],
            "bring": "Your telephone and one product.",
            "bring_ur": "اپنا فون اور ایک پروڈکٹ۔",
            "after": [modules[number - 1] for number in after],
        }
        modules.append(programmes_services.add_module(actor=manager, programme=programme, **values))
    return modules


def _assessment(manager: User, programme: Programme, modules: list[Module], today: date) -> None:
    """Eight questions, rules that draw five, and a practical task."""
    for number, text, text_ur, answers, right, why, why_ur in QUESTIONS:
        questions_services.add_question(
            actor=manager,
            module=modules[number - 1],
            kind="single",
            text=text,
            text_ur=text_ur,
            options=[{"en": english, "ur": urdu} for english, urdu in answers],
            right=[right],
            points=1,
            explanation=why,
            explanation_ur=why_ur,
        )
    questions_services.set_assessment(
        actor=manager,
        programme=programme,
        modules=[],
        is_active=True,
        since=timezone.localdate(),
        questions_number=5,
        minutes=20,
        spare_minutes=10,
        tries=2,
        pause_hours=24,
        opens_percent=80,
    )
    levels = [
        {"points": 0, "en": "Not there", "ur": "موجود نہیں"},
        {"points": 2, "en": "Partly there", "ur": "کچھ موجود"},
        {"points": 4, "en": "Fully there", "ur": "پورا موجود"},
    ]
    criteria = (
        ("A buyer finds it by its words", "خریدار اسے الفاظ سے ڈھونڈ سکتا ہے"),
        ("Photographs show form and size", "تصویریں شکل اور سائز دکھاتی ہیں"),
        ("Price and delivery are said", "قیمت اور پہنچانے کا طریقہ درج ہے"),
    )
    practice_services.set_task(
        actor=manager,
        programme=programme,
        title="A page for one of your products",
        title_ur="آپ کی ایک پروڈکٹ کا صفحہ",
        words="Write the page of one product as a buyer abroad would read it, with six photographs.",
        words_ur="ایک پروڈکٹ کا صفحہ یوں لکھیں جیسے بیرونِ ملک خریدار پڑھے گا، چھ تصویروں کے ساتھ۔",
        criteria=[{"en": english, "ur": urdu, "levels": levels} for english, urdu in criteria],
        pass_points=8,
        differ_points=3,
        needs_file=True,
        since=today - timedelta(days=TASK_SINCE),
        is_active=True,
    )


def _materials(manager: User, modules: list[Module]) -> None:
    for language, title in (("ur", "ورک شیٹ"), ("en", "Work sheet")):
        sheet = FPDF()
        sheet.add_page()
        sheet.set_font("Helvetica", size=18)
        sheet.cell(text="Work sheet: who buys it, where, and why?")
        content = io.BytesIO(bytes(sheet.output()))
        file = check_material(content, name=f"work-sheet-{language}.pdf", size=None, max_bytes=MAX_BYTES)
        materials_services.add_material(actor=manager, module=modules[0], title=title, language=language, file=file)


def _trainers_and_venues(manager: User) -> None:
    """The one who teaches most in the days to come has an account, that of the demo's trainer."""
    login = login_of(TRAINER)
    accounts_services.create_person(actor=None, name=SIGNS_IN, email=login, password=PASSWORD, is_demo=True)
    platform = next(row for row in accounts_selectors.active_partners() if row.kind == PartnerKind.PLATFORM)
    for name, name_ur, home, skills, languages, cities in TRAINERS:
        resources_services.create_trainer(
            actor=manager,
            partner=platform if name in SENT_BY_THE_PLATFORM else None,
            email=login if name == SIGNS_IN else "",
            name=name,
            name_ur=name_ur,
            home_city=home,
            skills=list(skills),
            languages=list(languages),
            cities=list(cities),
            is_online=True,
            weekdays=[0, 1, 2, 3, 4, 5],
            weekly_sessions=5,
        )
    for name, name_ur, city, seats, equipment, address, directions in VENUES:
        days, hours = (range(7), ["08:00", "22:00"]) if not city else (range(6), ["09:00", "17:00"])
        resources_services.create_venue(
            actor=manager,
            name=name,
            name_ur=name_ur,
            city=city,
            address=address[0],
            address_ur=address[1],
            directions=directions[0],
            directions_ur=directions[1],
            seats=seats,
            equipment=list(equipment),
            opening={str(day): hours for day in days},
            link="" if city else "https://meet.example/tdap-room-a",
        )
