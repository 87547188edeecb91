"""The lists of the training at size on PostgreSQL: `make bench BENCH=training ROWS=100000`.

So many cohorts of eight sessions, one in twenty of them running; as many firms, each with a file, an accepted seat and a place in
a running cohort, with half of its attendance; all of them nominated by one partner, and as many again by other partners, 200 each;
half of the people fall behind; as many questions in one programme, a tenth as many trainers and rooms.

One JSON line a page: ms, the median of three with a warm cache, of the whole answer as the portal gives it; cpu_ms: of this process alone, where others
use the machine; queries: its statements; sql_ms: of them alone. The lines "partner_board", "night" and "beats" are what they say. BENCH_PLANS=1 prints the plans of
the statements above 100 ms; BENCH_ONLY="calls" measures only what has that in its name.
"""

# ruff: noqa: S608  the SQL is put together from our own columns

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from ._database import analyze, copied, like, median, portal, slow_plans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT_ROWS = 100_000
SESSIONS = 8
SEATS = 20  # people in a running cohort
OTHERS = 200  # nominees of each other partner
BASE = 1_000_000  # ids of what is made here
TURNS = 3
ID = "translate(lpad(to_hex({0}), 12, 'z'), '01', 'gh')"  # letters of public ids


def main(rows: int = DEFAULT_ROWS) -> Iterator[dict[str, Any]]:
    """Raises RuntimeError where PostgreSQL is missing."""
    with portal():
        began = time.perf_counter()
        world = _filled(rows)
        yield {"name": "training filled", "filled_seconds": round(time.perf_counter() - began, 1)}
        only = os.environ.get("BENCH_ONLY", "")
        for measured in (_pages, _board, _night, _beats):
            yield from measured(world, only)


# ------------------------------------------------------------------------------------------------------------ the rows


def _filled(rows: int) -> dict[str, Any]:
    """The persons and single rows that the pages are asked for with."""
    from tdap_portal.accounts.models import Partner
    from tdap_portal.accounts.roles import Role
    from tests.factories.accounts import UserFactory, director, partner_person
    from tests.factories.board import nominees
    from tests.factories.selection import RoundFactory
    from tests.factories.training_places import CohortFactory
    from tests.selection.nominations.made import organisation_of
    from tests.training import made
    from training.models import Programme

    person = partner_person()
    partner, round_ = organisation_of(person), RoundFactory()
    nominees(partner, round_, 40, made_by=person, agreed=1.0, seats=1.0)
    programme = Programme.objects.first() or CohortFactory().programme
    series = f"generate_series(1, {rows}) AS n"
    _firms(rows, round_)
    _cohorts(rows, series, CohortFactory(programme=programme))
    _places(rows, made)
    _nominations(rows, partner, Partner, person)
    _questions(rows, programme, made)
    _people(rows, made)
    analyze()
    return {
        "rows": rows,
        "partner": partner,
        "person": person,
        "manager": UserFactory(roles=(Role.PROGRAMME_MANAGER,)),
        "director": director(),
        "programme": programme,
        "round": round_,
    }


def _firms(rows: int, round_: Any) -> None:
    from selection.models import Application, Decision, Offer

    offer = Offer.objects.filter(state="accepted", round=round_).order_by("-pk").first()
    assert offer is not None
    file = offer.application
    series = f"generate_series(1, {rows}) AS n"
    copied(
        "smes_sme",
        like(file.sme, id=f"{BASE} + n", public_id=ID.format("n"), name="'Firm ' || n", form_token="NULL"),
        series,
    )
    columns = {
        "id": f"{BASE} + n",
        "public_id": ID.format("n"),
        "sme_id": f"{BASE} + n",
        "sme_name": "'Firm ' || n",
        "file_number": "'B-' || n",
    }
    copied(Application._meta.db_table, like(file, **columns), series)
    columns = {"id": f"{BASE} + n", "public_id": ID.format("n"), "application_id": f"{BASE} + n"}
    copied(Decision._meta.db_table, like(offer.decision, **columns), series)
    columns |= {"decision_id": f"{BASE} + n", "answered_at": "now() - n * interval '1 minute'"}
    copied(Offer._meta.db_table, like(offer, **columns), series)


def _cohorts(rows: int, series: str, sample: Any) -> None:
    from tests.training.made import session

    state = "(ARRAY['running','open','planned','planned','cancelled'])[1 + n % 20]"
    columns = {
        "id": f"{BASE} + n",
        "public_id": ID.format("n"),
        "code": "'B-' || n",
        "state": f"CASE WHEN n % 20 < 5 THEN {state} ELSE 'finished' END",
        "city": "(ARRAY['Lahore','Karachi','Sialkot','Peshawar','Quetta'])[1 + n % 5]",
        "language": "(ARRAY['ur','en','pa'])[1 + n % 3]",
        # Running ones in these weeks, open and planned ones to come, the others over the years before.
        "starts_on": "CURRENT_DATE + CASE n % 20 WHEN 0 THEN -20 WHEN 1 THEN 10 + n % 300 WHEN 2 THEN 30 + n % 300"
        " WHEN 3 THEN 60 + n % 300 ELSE -100 - (n % 3000)::int END",
    }
    columns["ends_on"] = f"({columns['starts_on']}) + 60"
    copied("training_cohort", like(sample, **columns), series)
    start = "c.starts_on + s * interval '5 days' + interval '5 hours'"
    copied(
        "training_session",
        like(
            session(sample),
            id=f"{BASE} + (c.id - {BASE}) * {SESSIONS} + s",
            public_id=ID.format(f"(c.id - {BASE}) * {SESSIONS} + s"),
            cohort_id="c.id",
            position="s + 1",
            starts_at=start,
            ends_at=f"{start} + interval '2 hours'",
        ),
        f"training_cohort c, generate_series(0, {SESSIONS - 1}) AS s WHERE c.id > {BASE}",
    )


def _places(rows: int, made: Any) -> None:
    from tests.factories.training import programme_manager
    from training.models import Attendance, Certificate, Cohort, WatchLine, WatchReason

    cohort = Cohort.objects.filter(code="B-20").get()
    sample = made.place(cohort, programme_manager())
    running = max(1, rows // 20)
    columns = {
        "id": f"{BASE} + n",
        "public_id": ID.format("n"),
        "application_id": f"{BASE} + n",
        "sme_id": f"{BASE} + n",
        "cohort_id": f"{BASE} + 20 * (1 + n % {running})",
        "asked_at": "now() - interval '60 days'",
        "attendee_user_id": f"CASE WHEN n % 2 = 0 THEN {sample.attendee_user_id} END",
        "state": "CASE WHEN n % 50 = 0 THEN 'waiting' ELSE 'held' END",
    }
    # One firm in ten has a seat and no place.
    copied("training_place", like(sample, **columns), f"generate_series(1, {rows * 9 // 10}) AS n")
    session = cohort.sessions.first()
    mark = Attendance.objects.create(session=session, place=sample, status="present")
    copied(
        "training_attendance",
        like(
            mark, session_id="s.id", place_id="p.id", status="(ARRAY['present','late','absent'])[1 + (p.id + s.id) % 3]"
        ),
        f"training_place p JOIN training_session s ON s.cohort_id = p.cohort_id WHERE p.id > {BASE}"
        " AND p.state = 'held' AND s.ends_at < now()",
    )
    from tests.factories.training_certificates import certified

    paper = certified(sample)
    numbers = {"number": "lpad((p.id)::text, 12, 'C')", "application_id": "p.application_id", "place_id": "p.id"}
    copied(
        Certificate._meta.db_table,
        like(paper, public_id=ID.format("p.id"), **numbers),
        f"training_place p WHERE p.id > {BASE} AND p.id % 5 = 1 AND p.state = 'held'",
    )
    line = WatchLine.objects.create(
        place=sample, sme=sample.sme, cohort=cohort, main="missed", since=cohort.starts_on, noted_on=cohort.starts_on
    )
    copied(
        "training_watchline",
        like(
            line,
            id="p.id",
            public_id=ID.format("p.id"),
            place_id="p.id",
            sme_id="p.sme_id",
            cohort_id="p.cohort_id",
            since="CURRENT_DATE - (p.id % 40)::int",
            last_outcome="CASE WHEN p.id % 30 = 0 THEN 'wrong_number' ELSE '' END",
            rests_until="CASE WHEN p.id % 11 = 0 THEN CURRENT_DATE + 5 END",
            ended_on="NULL",
        ),
        f"training_place p WHERE p.id > {BASE} AND p.id % 2 = 1 AND p.state = 'held'",
    )
    reason = WatchReason.objects.create(line=line, code="missed", figure=2, of=None, since=cohort.starts_on)
    copied("training_watchreason", like(reason, line_id="l.id"), f"training_watchline l WHERE l.id > {BASE}")
    # What ended over the years, which no list of today may read.
    copied(
        "training_watchline",
        like(
            line,
            id="id + 10000000",
            public_id=ID.format("id + 10000000"),
            place_id="place_id",
            sme_id="sme_id",
            cohort_id="cohort_id",
            ended_on="CURRENT_DATE - 100",
            ended_why="'back'",
        ),
        f"training_watchline WHERE id > {BASE}",
    )


def _nominations(rows: int, partner: Any, model: Any, person: Any) -> None:
    from selection.models import Nomination
    from smes.vocabulary.codes import PROVINCES, SECTORS

    sample = Nomination.objects.filter(partner=partner, state="agreed", sme__isnull=False).order_by("-pk").first()
    columns = {
        "id": f"{BASE} + n",
        "public_id": ID.format("n"),
        "firm": "'Firm ' || n",
        "key": "'b' || n",
        "token": "lpad(n::text, 43, 'x')",
        "sme_id": f"{BASE} + n",
        "recognised_id": "NULL",
        "sector": _one_of([*SECTORS][:5]),
        "province": _one_of([*PROVINCES][:4]),
    }
    columns["state"] = "CASE WHEN n % 9 = 0 THEN 'refused' ELSE 'agreed' END"
    copied("selection_nomination", like(sample, **columns), f"generate_series(1, {rows}) AS n")
    copied(
        model._meta.db_table,
        like(partner, id=f"{BASE} + n", public_id=ID.format("n"), name="'Partner ' || n"),
        f"generate_series(1, {max(1, rows // OTHERS)}) AS n",
    )
    columns |= {
        "id": f"{2 * BASE} + n",
        "public_id": ID.format(f"{BASE} + n"),
        "partner_id": f"{BASE} + 1 + n % {max(1, rows // OTHERS)}",
        "token": "lpad(n::text, 43, 'y')",
    }
    copied("selection_nomination", like(sample, **columns), f"generate_series(1, {rows}) AS n")


def _one_of(codes: list[str]) -> str:
    words = ", ".join(f"'{code}'" for code in codes)
    return f"(ARRAY[{words}])[1 + n % {len(codes)}]"


def _questions(rows: int, programme: Any, made: Any) -> None:
    from training.models import Module, Question, QuestionVersion

    module = Module.objects.create(programme=programme, position=1, title="Pages", minutes=180, skill="listing")
    question = Question.objects.create(module=module)
    version = QuestionVersion.objects.create(
        question=question, number=1, kind="single", text="Which photograph sells?", options=[["a", ""], ["b", ""]],
        right=[0], points=1,
    )  # fmt: skip
    series = f"generate_series(1, {rows}) AS n"
    copied("training_question", like(question, id=f"{BASE} + n", public_id=ID.format("n")), series)
    copied(
        "training_questionversion",
        like(
            version,
            question_id=f"{BASE} + n",
            text="'Which photograph sells ' || n || ' of them?'",
            created_at="now() - n * interval '1 minute'",
        ),
        series,
    )


def _people(rows: int, made: Any) -> None:
    series = f"generate_series(1, {max(1, rows // 10)}) AS n"
    columns = {"id": f"{BASE} + n", "public_id": ID.format("n"), "name": "'Name ' || n"}
    copied("training_trainer", like(made.trainer(), **columns), series)
    copied("training_venue", like(made.venue(), **columns), series)
    from django.db import connection

    number = max(1, rows // 10)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE training_session SET trainer_id = {BASE} + 1 + id % {number}, venue_id = {BASE} + 1 + id % {number}"
            f" WHERE id > {BASE} AND id % 2 = 0"
        )


# ----------------------------------------------------------------------------------------------------------- measured


def _pages(world: dict[str, Any], only: str) -> Iterator[dict[str, Any]]:
    from django.urls import reverse

    from training.models import Cohort, Session

    cohort = Cohort.objects.get(code="B-20")
    session = Session.objects.filter(cohort=cohort, position=1).get()
    programme = world["programme"].public_id
    manager, director, person = world["manager"], world["director"], world["person"]
    pages = {
        "manager_board": (manager, reverse("training:board")),
        "manager_board_filtered": (manager, reverse("training:board") + "?state=running&city=Lahore&language=ur"),
        "manager_board_rare": (manager, reverse("training:board") + "?mode=online"),
        "manager_board_by_places": (manager, reverse("training:board") + "?order=places"),
        "manager_board_by_code": (manager, reverse("training:board") + "?order=code"),
        "cohorts": (manager, reverse("training:cohorts")),
        "cohorts_filtered": (manager, reverse("training:cohorts") + "?state=open&city=Quetta&order=start"),
        "public_calendar": (None, reverse("training:public_calendar")),
        "public_calendar_filtered": (None, reverse("training:public_calendar") + "?city=Quetta&language=en"),
        "director_funnels": (director, reverse("training:board_partners")),
        "calls": (manager, reverse("training:calls")),
        "calls_newest": (manager, reverse("training:calls") + "?order=newest&show=all"),
        "calls_by_cohort": (manager, reverse("training:calls") + "?order=cohort"),
        "calls_reason": (manager, reverse("training:calls") + "?reason=missed&who=free"),
        "calls_rare_reason": (manager, reverse("training:calls") + "?reason=overdue"),
        "places": (manager, reverse("training:desk_places")),
        "roster": (manager, reverse("training:roster", args=[cohort.public_id])),
        "session_roll": (manager, reverse("training:session", args=[session.public_id])),
        "questions": (manager, reverse("training:questions", args=[programme])),
        "questions_search": (manager, reverse("training:questions", args=[programme]) + "?q=77777"),
        "questions_by_points": (manager, reverse("training:questions", args=[programme]) + "?order=points"),
        "trainers": (manager, reverse("training:trainers")),
        "trainers_filtered": (manager, reverse("training:trainers") + "?skill=markets&q=999"),
        "venues": (manager, reverse("training:venues")),
        "programmes": (manager, reverse("training:programmes")),
        "timetable": (manager, reverse("training:timetable")),
        "feedback": (manager, reverse("training:feedback_list")),
        "marking": (manager, reverse("training:marking")),
        "certificates": (manager, reverse("training:cohort_certificates", args=[cohort.public_id])),
        "partner_page": (person, reverse("training:partner_board")),
        "home_manager": (manager, "/"),
    }
    for name, (who, address) in pages.items():
        if only in name:
            yield _page(name, who, address)


def _page(name: str, who: Any, address: str) -> dict[str, Any]:
    """Also the second page behind it, where it has one."""
    import re
    from html import unescape

    from django.test import Client

    client = Client()
    if who is not None:
        client.force_login(who)
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, (name, answer.status_code, answer.redirect_chain)
    line = _measured(name, lambda: client.get(address, follow=True))
    line["kb"] = round(len(answer.content) / 1024)
    found = re.search(r'href="(\?[^"]*cursor=[^"]*)"', answer.content.decode())
    if found:
        path = answer.request["PATH_INFO"] + unescape(found[1])
        line["next_ms"] = round(1000 * median(lambda: client.get(path), turns=TURNS))
    return line


def _measured(name: str, act: Callable[[], object]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    milliseconds = round(1000 * median(act, turns=TURNS))
    cpu = round(1000 * median(act, clock=time.process_time, turns=1))
    with CaptureQueriesContext(connection) as found:
        act()
    if os.environ.get("BENCH_PLANS"):
        print("\n\n".join(slow_plans(act, over_ms=100)), flush=True)
    return {
        "name": f"training {name}",
        "ms": milliseconds,
        "cpu_ms": cpu,
        "queries": len(found),
        "sql_ms": round(sum(float(query["time"]) for query in found) * 1000),
        "load": round(os.getloadavg()[0], 1),
    }


def _board(world: dict[str, Any], only: str) -> Iterator[dict[str, Any]]:
    if only not in "partner_board":
        return
    from training.board import overview, paper, selectors, workbook
    from training.board.figures import Wanted

    found = overview.board_of(selectors.snapshot_of(world["partner"]), Wanted())
    line = _measured("partner_board", lambda: overview.board_of(selectors.snapshot_of(world["partner"]), Wanted()))
    began = time.perf_counter()
    workbook.workbook_of(found)
    line["xlsx_ms"] = round(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    paper.pdf_of(found)
    line["pdf_ms"] = round(1000 * (time.perf_counter() - began))
    yield line


def _night(world: dict[str, Any], only: str) -> Iterator[dict[str, Any]]:
    """The watch over everybody, piece by piece; then a second night in which nothing has changed."""
    if only not in "night":
        return
    from datetime import timedelta

    from django.utils import timezone

    from tdap_portal.audit.outbox import held_back
    from training.engagement import watching
    from training.models import WatchNight

    for name, days in (("night", 0), ("second_night", 1)):
        pieces = []
        with held_back():
            night = watching.start_night(now=timezone.now() + timedelta(days=days))
            while night.done_at is None:
                began = time.perf_counter()
                watching.watch_next(night_id=night.pk)
                pieces.append(time.perf_counter() - began)
                night = WatchNight.objects.get(pk=night.pk)
        yield {
            "name": f"training {name}",
            "night_seconds": round(sum(pieces), 1),
            "pieces": len(pieces),
            "longest_piece": round(max(pieces), 2),
            "seen": night.seen,
            "behind": night.behind,
            "load": round(os.getloadavg()[0], 1),
        }


def _beats(world: dict[str, Any], only: str) -> Iterator[dict[str, Any]]:
    """What the clock asks again and again."""
    from django.utils import timezone

    from training.cohorts import selectors as cohorts_selectors
    from training.feedback import selectors as feedback_selectors
    from training.places import selectors as places_selectors

    beats: dict[str, Callable[[], object]] = {
        "beat_cohorts_to_start": lambda: list(cohorts_selectors.cohorts_to_start()),
        "beat_cohorts_to_finish": lambda: list(cohorts_selectors.cohorts_to_finish()),
        "beat_cohorts_to_give_on": places_selectors.cohorts_to_give_on,
        "beat_files_without_seat": places_selectors.files_without_seat,
        "beat_places_to_end": places_selectors.places_to_end,
        "beat_firms_to_remind": lambda: list(places_selectors.firms_to_remind(timezone.now())[:500]),
        "beat_feedback_to_ask": lambda: feedback_selectors.to_ask(now=timezone.now(), at_once=500),
    }
    for name, act in beats.items():
        if only in name:
            yield _measured(name, act)
