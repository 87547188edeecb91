"""The pages of the timetable: who reads and who plans, what a move says before it is kept, what publishing asks for."""

from __future__ import annotations

from datetime import date, time

import pytest
import time_machine
from django.urls import reverse

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.calendar import forget_closed_days
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import UserFactory, director, officer
from tests.training.made import at, cohort, manager, place, published, session, trainer, venue
from training.cohorts.versions import Slot
from training.hours import holidays
from training.models import DraftSession, Session, TeachingHours, TimetableVersion
from training.timetable import moving, parts, proposals, reading, selectors, services
from training.timetable.board import Board
from training.timetable.solver.rules import check, hard

pytestmark = pytest.mark.django_db
BOARD = "/training/timetable/"


class Spring:
    """One cohort in Lahore with three sessions, two of them published in April 2027; two trainers and two rooms."""

    def __init__(self) -> None:
        self.boss = manager()
        TeachingHours.objects.create(
            name="Usual", weekdays=list(range(6)), opens=time(9), closes=time(17), starts=["09:30", "14:00"]
        )
        self.of = cohort(
            code="LHR-3", starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5), time_of_day="any", places=20
        )
        self.hira, self.bilal = trainer(name="Hira Saleem"), trainer(name="Bilal Aziz")
        self.room, self.small = venue(name="Expo room 2"), venue(name="Small room", seats=8)
        self.first = published(self.of, "2027-04-06 09:30", trainer=self.hira, venue=self.room)
        self.second = published(self.of, "2027-04-13 09:30", trainer=self.hira, venue=self.room)
        self.third = session(self.of)
        place(self.of, UserFactory())

    def move(self, row: Session, when: str, **values: object) -> DraftSession:
        given = {"trainer": self.hira, "venue": self.room, "actor": self.boss}
        return services.move_session(session=row, starts_at=at(when), **given | values)

    def url(self, row: Session) -> str:
        return reverse("training:timetable_session", args=[row.public_id])

    def typed(self, when: str, **values: object) -> dict[str, object]:
        return {"starts_at": when, "trainer": self.hira.pk, "venue": self.room.pk, **values}


@pytest.fixture
def spring():
    made = Spring()
    with time_machine.travel(at("2027-03-20 09:00"), tick=False):
        yield made
    forget_closed_days()


def refused(act) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def codes(refusal: DomainError) -> list[str]:
    return [one["code"] for one in refusal.data["blocks"]]


# --------------------------------------------------------------------------------------------------------------- moving


def test_a_move_that_breaks_nothing_is_kept_and_published_to_nobody(spring):
    draft = spring.move(spring.second, "2027-04-14 14:00")
    assert (draft.starts_at, draft.moved_by, draft.reason) == (at("2027-04-14 14:00"), spring.boss, "")
    spring.second.refresh_from_db()
    assert spring.second.starts_at == at("2027-04-13 09:30")


def test_a_block_is_told_first_and_kept_with_a_reason_only(spring):
    move = {"venue": spring.small}
    assert codes(refused(lambda: spring.move(spring.second, "2027-04-14 09:30", **move))) == ["capacity"]
    unseen = refused(lambda: spring.move(spring.second, "2027-04-14 09:30", reason="Half of them are away.", **move))
    assert (unseen.code, codes(unseen)) == ("blocks", ["capacity"])  # a reason for what they were not told of
    assert DraftSession.objects.count() == 0
    known = [f"capacity:{spring.second.pk}"]
    draft = spring.move(spring.second, "2027-04-14 09:30", reason="Half of them are away.", known=known, **move)
    assert draft.reason == "Half of them are away."


@pytest.mark.parametrize(
    ("when", "code", "rule"),
    [("2027-03-19 09:30", "impossible", "past"), ("2027-04-18 09:30", "blocks", "hours"),
     ("2027-06-07 09:30", "blocks", "window"), ("2027-04-09 13:30", "blocks", "prayer")],
)  # fmt: skip
def test_where_a_session_cannot_be_is_told(spring, when, code, rule):
    if rule == "prayer":
        TeachingHours.objects.create(kind="prayer", name="Prayer", weekdays=[4], opens=time(13), closes=time(14, 30))
    refusal = refused(lambda: spring.move(spring.second, when))
    assert refusal.code == code
    assert rule in codes(refusal)
    assert DraftSession.objects.count() == 0


def test_no_reason_moves_a_session_into_the_past(spring):
    known = [f"{code}:{spring.second.pk}" for code in ("past", "window")]
    refusal = refused(lambda: spring.move(spring.second, "2027-03-19 09:30", reason="It was so.", known=known))
    assert refusal.code == "impossible"


def test_a_session_is_not_moved_onto_a_holiday_unseen(spring):
    holidays.set_holiday(
        actor=spring.boss, name="Eid", starts_on=date(2027, 4, 15), ends_on=date(2027, 4, 16), source="Cabinet Division",
        is_provisional=False,
    )  # fmt: skip
    assert codes(refused(lambda: spring.move(spring.second, "2027-04-15 09:30"))) == ["holiday"]


def test_of_two_browsers_that_give_one_trainer_two_places_the_second_is_told(spring, client):
    other = cohort(code="LHR-4", starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5), time_of_day="any", places=20)
    theirs = published(other, "2027-04-07 09:30", trainer=spring.bilal, venue=venue(name="Hall"))
    client.force_login(spring.boss)
    seen = selectors.mark_of(selectors.session_by_id(spring.second.public_id))
    services.move_session(  # the other browser, in between
        actor=manager(), session=theirs, starts_at=at("2027-04-14 09:30"), trainer=spring.hira, venue=theirs.venue
    )
    answer = client.post(spring.url(spring.second), spring.typed("2027-04-14T09:30", seen=seen))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Hira Saleem teaches two sessions at that time" in page
    assert 'value="2027-04-14T09:30"' in page  # nothing that was typed is lost
    assert not DraftSession.objects.filter(session=spring.second).exists()


def test_a_session_that_somebody_moved_meanwhile_is_not_moved_over(spring):
    seen = selectors.mark_of(selectors.session_by_id(spring.second.public_id))
    spring.move(spring.second, "2027-04-14 14:00", actor=manager())
    refusal = refused(lambda: spring.move(spring.second, "2027-04-15 09:30", seen=seen))
    assert refusal.code == "moved_meanwhile"
    assert DraftSession.objects.get().starts_at == at("2027-04-14 14:00")


def test_what_a_move_is_told_is_what_the_whole_check_says_of_it(spring):
    """The check of one move looks at what the session can touch alone; the check of everything is its control."""
    spring.move(spring.third, "2027-04-20 09:30")
    board = Board()
    for row in (spring.first, spring.second, spring.third):
        for when in ("2027-04-13 10:00", "2027-04-14 14:00", "2027-04-17 09:30"):
            for who, where in ((spring.hira, spring.room), (spring.bilal, spring.small)):
                placed = reading.placed_at(Slot(at(when), None, who.pk, where.pk))
                whole = check(board.problem, {**board.plan, str(row.pk): placed})
                of_row = {one for one in map(repr, whole) if f"'{row.pk}'" in one}
                assert {
                    repr(one) for one in moving.check_move(board.problem, board.plan, str(row.pk), placed)
                } == of_row


def test_three_places_without_a_block_are_offered_and_they_are_without(spring):
    board = Board()
    offers = moving.offers(board.problem, board.plan, str(spring.third.pk))
    assert len(offers) == 3
    for offer in offers:
        violations = check(board.problem, {**board.plan, str(spring.third.pk): offer.placed})
        assert [one.code for one in hard(violations)] == []
        assert offer.placed.venue == str(spring.room.pk)  # the small one would block


def test_nothing_is_offered_where_nobody_teaches_it(spring):
    spring.of.sessions.filter(pk=spring.third.pk).update(skill="customs")
    board = Board()
    assert moving.offers(board.problem, board.plan, str(spring.third.pk)) == []


# ----------------------------------------------------------------------------------------------------------- publishing


def test_what_blocks_is_published_with_a_reason_only(spring):
    services.plan_session(
        actor=spring.boss,
        session=spring.second,
        starts_at=at("2027-04-14 09:30"),
        trainer=spring.hira,
        venue=spring.small,
    )
    refusal = refused(lambda: services.publish(actor=spring.boss))
    assert (refusal.code, codes(refusal)) == ("blocks", ["capacity"])
    assert TimetableVersion.objects.count() == 0
    assert services.publish(actor=spring.boss, reasons={spring.second.pk: "Eight come."}).number == 1


def test_without_the_guard_what_blocks_would_reach_its_people(spring, monkeypatch):
    """The control of the test above."""
    services.plan_session(
        actor=spring.boss,
        session=spring.second,
        starts_at=at("2027-04-14 09:30"),
        trainer=spring.hira,
        venue=spring.small,
    )
    monkeypatch.setattr(services, "_kept_blocks", lambda *_args: [])
    assert services.publish(actor=spring.boss).number == 1


def test_what_was_kept_with_a_reason_goes_out_without_another(spring):
    known = [f"capacity:{spring.second.pk}"]
    spring.move(spring.second, "2027-04-14 09:30", venue=spring.small, reason="Eight come.", known=known)
    services.publish(actor=spring.boss)
    kept = history_of_publishing()["kept"]
    assert kept == [{"rule": "capacity", "session": spring.second.public_id, "reason": "Eight come."}]


def history_of_publishing() -> dict[str, object]:
    (event,) = audit_selectors.last_of(["timetable.published"], number=5)
    return event.data


def test_a_block_that_stands_already_does_not_keep_another_session_from_its_people(spring):
    """The control: the same clash of a session that this version moves is refused above."""
    Session.objects.filter(pk=spring.first.pk).update(venue=spring.small)
    spring.move(spring.second, "2027-04-14 09:30")
    assert services.publish(actor=spring.boss).number == 1


def test_a_time_that_passed_while_it_was_planned_is_not_published(spring):
    spring.move(spring.second, "2027-04-07 09:30")
    with time_machine.travel(at("2027-04-08 09:00"), tick=False):
        refusal = refused(lambda: services.publish(actor=spring.boss, reasons={spring.second.pk: "Late."}))
    assert "past" in codes(refusal)


# ---------------------------------------------------------------------------------------------------------------- pages


def pages(spring: Spring) -> list[str]:
    services.plan_session(
        actor=spring.boss,
        session=spring.second,
        starts_at=at("2027-04-14 09:30"),
        trainer=spring.hira,
        venue=spring.small,
    )
    row = proposals.ask_proposal(actor=spring.boss)
    proposals.work_out(row.pk)
    return [
        BOARD, f"{BOARD}?week=2027-04-13&by=trainer", f"{BOARD}?week=2027-04-13&by=cohort", f"{BOARD}?week=nonsense&by=x",
        spring.url(spring.second), spring.url(spring.third), f"{BOARD}proposals/{row.public_id}/", f"{BOARD}publish/",
        f"{BOARD}versions/", f"{BOARD}hours/",
    ]  # fmt: skip


def test_officials_read_the_plan_and_everybody_else_finds_nothing(spring, client):
    addresses = pages(spring)
    for person, status in ((spring.boss, 200), (officer(), 200), (director(), 200), (UserFactory(), 404)):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [status] * len(addresses)


def test_only_a_programme_manager_acts(spring, client):
    client.force_login(officer())
    for address, data in (
        (spring.url(spring.second), spring.typed("2027-04-14T14:00")), (spring.url(spring.second), {"lock": "1"}),
        (f"{BOARD}sessions/{spring.second.public_id}/try/", spring.typed("2027-04-14T14:00")), (f"{BOARD}proposals/", {}),
        (f"{BOARD}publish/", {"expected": 0}), (f"{BOARD}hours/holidays/new/", {}), (f"{BOARD}hours/rule/", {}),
    ):  # fmt: skip
        assert client.post(address, data).status_code == 403
    assert DraftSession.objects.count() == 0


def test_the_board_says_what_blocks_and_what_has_no_place(spring, client):
    pages(spring)
    client.force_login(spring.boss)
    page = client.get(f"{BOARD}?week=2027-04-13").content.decode()
    assert "2 of 3 sessions have a place." in page
    assert "Small room has 8 seats, the cohort 20 people." in page
    assert "Nothing stands in its way" in page
    assert "1 session is moved and not published." in page


def test_the_board_costs_the_same_queries_with_one_cohort_and_with_four(spring, client, django_assert_num_queries):
    client.force_login(spring.boss)
    client.get(BOARD)
    forget_closed_days()
    with django_assert_num_queries(20) as counted:
        client.get(BOARD)
    for number in range(3):
        other = cohort(code=f"KHI-{number}", city="Karachi", starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5))
        published(other, "2027-04-07 09:30", trainer=spring.bilal, venue=spring.room)
        session(other)
    forget_closed_days()
    with django_assert_num_queries(len(counted)):
        client.get(BOARD)


@pytest.fixture
def crowded(spring, monkeypatch):
    """Four more cohorts, two of them in Karachi and one online, where three are too many for one page and two fill one."""
    monkeypatch.setattr(parts, "MAX_COHORTS", 3)
    monkeypatch.setattr(parts, "PAGE", 2)
    for code, city in (("KHI-1", "Karachi"), ("LHR-4", "Lahore"), ("LHR-5", "Lahore"), ("ONL-1", "")):
        mode = {} if city else {"mode": "online"}
        other = cohort(code=code, city=city, starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5), **mode)
        published(other, "2027-04-07 09:30", trainer=spring.bilal, venue=spring.room if city else None)
        session(other)
    return spring


def test_a_plan_too_large_for_one_page_shows_one_city_and_says_so(crowded, client):
    client.force_login(crowded.boss)
    page = client.get(BOARD).content.decode()
    assert "3 cohorts meet in this week in Lahore" in page
    assert "5 cohorts are not over: too many for one page. Here are 2 of them." in page
    assert 'value="Karachi"' in page
    assert ("LHR-3" in page, "LHR-4" in page, "LHR-5" in page, "KHI-1" in page) == (True, True, False, False)
    further = client.get(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&").join([BOARD, ""]))
    assert ("LHR-5" in further.content.decode(), "LHR-4" in further.content.decode()) == (True, False)
    karachi = client.get(f"{BOARD}?city=Karachi&by=cohort").content.decode()
    assert "1 cohort meets in this week in Karachi" in karachi
    assert "city=Karachi" in karachi.split("Week before")[0].rsplit("href=", 1)[1]
    assert "1 cohort meets online in this week" in client.get(f"{BOARD}?city=").content.decode()
    assert "3 cohorts meet in this week in Lahore" in client.get(f"{BOARD}?city=nowhere&cursor=x").content.decode()
    assert "0 cohorts meet online in this week" in client.get(f"{BOARD}?week=2029-01-01").content.decode()


def test_a_part_of_a_large_plan_costs_the_same_queries_however_large_the_plan_is(
    crowded, client, django_assert_num_queries
):
    client.force_login(crowded.boss)
    client.get(BOARD)
    forget_closed_days()
    with django_assert_num_queries(23) as counted:
        client.get(BOARD)
    for number in range(6, 12):
        other = cohort(code=f"LHR-{number}", starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5))
        published(other, "2027-04-07 09:30", trainer=trainer(), venue=venue())
        session(other)
    forget_closed_days()
    with django_assert_num_queries(len(counted)):
        page = client.get(BOARD).content.decode()
    assert "11 cohorts are not over" in page


def test_more_sessions_than_one_proposal_can_hold_are_refused_in_words(spring, client, monkeypatch):
    monkeypatch.setattr(proposals, "MAX_SESSIONS", 2)
    client.force_login(spring.boss)
    answer = client.post(f"{BOARD}proposals/", {}, follow=True)
    assert "3 sessions are too many for one proposal: 2 at most." in answer.content.decode()
    assert selectors.last_proposal() is None


def test_a_proposal_counts_its_prices_and_its_steps_as_one_way(spring, monkeypatch):
    row, told = proposals.ask_proposal(actor=spring.boss, steps=200), []
    monkeypatch.setattr(proposals, "_tell", lambda _row, number, share: told.append((number, share)))
    proposals.work_out(row.pk)
    shares = [share for _number, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1][0] == 200


def test_a_session_is_moved_by_one_of_the_offered_places(spring, client):
    client.force_login(spring.boss)
    page = client.get(spring.url(spring.third)).content.decode()
    to = page.split('name="to"')[1].split('value="')[1].split('"')[0]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(spring.url(spring.third), {"to": to, "seen": seen}).status_code == 302
    assert DraftSession.objects.get(session=spring.third).trainer in {spring.hira, spring.bilal}


def test_a_drag_is_told_what_would_block_and_keeps_nothing(spring, client):
    client.force_login(spring.boss)
    address = f"{BOARD}sessions/{spring.second.public_id}/try/"
    small = client.post(address, spring.typed("2027-04-14T09:30", venue=spring.small.pk)).json()
    assert small["tone"] == "no"
    assert small["lines"][0] == "Small room has 8 seats, the cohort 20 people."
    fine = client.post(address, spring.typed("2027-04-10T09:30")).json()
    assert fine == {"tone": "done", "lines": ["Nothing blocks and nothing warns."]}
    assert client.post(address, {"starts_at": "nonsense"}).json()["tone"] == "no"
    assert DraftSession.objects.count() == 0


def test_a_session_is_locked_put_back_and_called_off(spring, client):
    client.force_login(spring.boss)
    url = spring.url(spring.second)
    client.post(url, {"lock": "1"})
    assert DraftSession.objects.get().is_locked
    client.post(url, {"lock": "0"})
    assert not DraftSession.objects.get().is_locked
    assert client.post(url, {"call_off": "1", "reason": " "}).status_code == 422
    client.post(url, {"call_off": "1", "reason": "The hall is flooded."})
    assert DraftSession.objects.get().is_cancelled
    client.post(url, {"put_back": "1"})
    assert DraftSession.objects.count() == 0


def test_what_was_called_off_is_moved_back_under_the_same_rules(spring):
    services.plan_cancelling(actor=spring.boss, session=spring.second, reason="Flooded.")
    assert codes(refused(lambda: spring.move(spring.second, "2027-04-14 09:30", venue=spring.small))) == ["capacity"]
    assert not spring.move(spring.second, "2027-04-14 09:30").is_cancelled


def test_an_offered_place_that_is_gone_stands_in_the_form(spring, client):
    client.force_login(spring.boss)
    to = f"2027-04-13T09:30 {spring.hira.pk} {spring.room.pk}"  # the second session is there
    answer = client.post(spring.url(spring.third), {"to": to})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hira Saleem teaches two sessions at that time" in page
    assert 'value="2027-04-13T09:30"' in page


def test_a_form_without_day_trainer_or_room_says_so_and_keeps_the_rest(spring, client):
    client.force_login(spring.boss)
    answer = client.post(spring.url(spring.second), {"starts_at": "", "trainer": "", "venue": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Say on which day and at what time.", "Choose who teaches it.", "Choose a room"):
        assert words in page


def test_publishing_asks_for_the_reason_and_tells_how_many_people(spring, client):
    pages(spring)
    client.force_login(spring.boss)
    page = client.get(f"{BOARD}publish/").content.decode()
    assert "1 person gets one message" in page
    assert f'name="reason_{spring.second.pk}"' in page
    assert client.post(f"{BOARD}publish/", {"expected": 0}).status_code == 422
    typed = {"expected": 0, "words": "A smaller room.", f"reason_{spring.second.pk}": "Eight come."}
    answer = client.post(f"{BOARD}publish/", typed)
    assert answer["Location"] == f"{BOARD}versions/1/"
    assert "Expo room 2" not in client.get(answer["Location"]).content.decode()
    assert client.post(f"{BOARD}publish/", typed).status_code == 422  # nothing has moved since
    assert TimetableVersion.objects.get().words == "A smaller room."


def test_who_publishes_what_somebody_else_published_meanwhile_is_told(spring, client):
    spring.move(spring.second, "2027-04-14 09:30")
    services.publish(actor=manager())
    spring.move(spring.second, "2027-04-14 14:00")
    client.force_login(spring.boss)
    answer = client.post(f"{BOARD}publish/", {"expected": 0})
    assert answer.status_code == 422
    assert "Somebody published version 1 meanwhile." in answer.content.decode()


def test_a_proposal_is_asked_for_looked_at_and_taken_over(spring, client):
    client.force_login(spring.boss)
    url = client.post(f"{BOARD}proposals/", {"keeps_plan": "1"})["Location"]
    assert "is being worked out" in client.get(url).content.decode()
    proposals.work_out(selectors.last_proposal().pk)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Show what was found" in part
    assert "Take it over into the plan" in client.get(url).content.decode()
    assert client.post(url)["Location"] == BOARD
    assert not Board().unplaced


def test_a_proposal_of_a_plan_that_moved_since_is_refused_in_words(spring, client):
    client.force_login(spring.boss)
    url = client.post(f"{BOARD}proposals/", {})["Location"]
    proposals.work_out(selectors.last_proposal().pk)
    spring.move(spring.second, "2027-04-14 09:30")
    assert "The plan has changed since" in client.get(url).content.decode()
    answer = client.post(url)
    assert answer.status_code == 422
    assert "Have it worked out again" in answer.content.decode()


def test_why_a_session_has_no_place_is_said_in_words(spring, client):
    spring.of.sessions.filter(pk=spring.third.pk).update(skill="customs")
    client.force_login(spring.boss)
    assert "No trainer teaches “Labels, rules and customs” in Urdu in Lahore." in client.get(BOARD).content.decode()
