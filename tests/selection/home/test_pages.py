"""The homes: each role lands on its own, to the others it is not there, and each says what truly waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from selection.correspondence import services as correspondence_services
from selection.models import Application, Question, Reading, Round
from selection.review import services as review_services
from selection.states import Outcome, RoundState, State
from selection.trade import services as trade_services
from tdap_portal.accounts.roles import PartnerKind, Role
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.notifications import MessageFactory
from tests.factories.selection import RoundFactory, ask, decided, owner_of
from tests.factories.smes import DocumentFactory, MemberFactory
from tests.factories.trade import demand_line, platform_file
from tests.markup import flat
from tests.queries import queries_of, repeated
from tests.selection import made
from tests.selection.desk.test_queue import altered

pytestmark = pytest.mark.django_db
HOMES = {
    Role.OFFICER: "/home/officer/",
    Role.APPROVER: "/home/director/",
    Role.PROGRAMME_MANAGER: "/home/programme/",
    Role.FINANCE_OFFICER: "/home/finance/",
    Role.ADMINISTRATOR: "/home/administrator/",
    Role.PARTNER: "/home/partner/",
}
BEGINS = {**HOMES, None: "/file/"}
SECRET = "Sealed-words-of-the-first-reader"


@pytest.fixture
def page_of(client):
    """The page of a person as one line of HTML."""

    def get(person, address="") -> str:
        client.force_login(person)
        answer = client.get(address or HOMES[next(role for role in HOMES if person.has_role(role))])
        assert answer.status_code == 200
        return flat(answer.content.decode())

    return get


# ---------------------------------------------------------------------------------------------------------- who gets in


@pytest.mark.parametrize("address", HOMES.values())
@pytest.mark.parametrize("role", [*Role, None])
def test_a_home_is_there_for_its_role_alone(client, role, address):
    client.force_login(UserFactory(roles=(role,) if role else ()))
    assert client.get(address).status_code == (200 if HOMES.get(role) == address else 404)


@pytest.mark.parametrize("address", HOMES.values())
def test_a_visitor_is_asked_to_sign_in(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("role", BEGINS)
def test_after_signing_in_each_role_lands_on_its_page_and_finds_it_first_in_the_masthead(client, role):
    client.force_login(UserFactory(roles=(role,) if role else ()))
    answer = client.get("/accounts/start/", follow=True)
    assert answer.request["PATH_INFO"] == BEGINS[role]
    assert answer.status_code == 200
    nav = flat(client.get("/accounts/person/").content.decode()).partition("masthead__nav")[2]
    first = f'<a href="{BEGINS[role]}">Home</a>' if role else f'<a href="{BEGINS[role]}">Your file</a>'
    assert nav.partition('aria-label="Main">')[2].startswith(first)


def test_who_holds_several_roles_begins_at_the_first_of_them(client):
    client.force_login(UserFactory(roles=(Role.PARTNER, Role.APPROVER, Role.OFFICER)))
    assert client.get("/accounts/start/").url == "/home/officer/"
    assert client.get("/home/director/").status_code == 200


# ----------------------------------------------------------------------------------------------------------- the officer


MORNING = "2026-11-23 09:00+05:00"  # a Monday; files are made before, since the database's clock opens rounds


def named(name: str) -> dict:
    return {"sme_values": {"name": name}}


def test_an_officer_reads_what_needs_them_first_and_what_is_late_by_name(page_of, time_machine):
    me, other, round_ = officer(name="Ayesha Karim"), officer(), RoundFactory(number=3)
    late = made.assigned(me, other, round=round_, **named("Bannu Honey House"))
    soon = made.reviewed(me, other, round=round_, **named("Mehran Seafoods"))
    sent = made.recommended(me, round=round_, **named("Lyari Code Studio"))
    for file, due in ((late, date(2026, 11, 20)), (soon, date(2026, 11, 24)), (sent, date(2026, 11, 26))):
        altered(file, due_on=due)
    time_machine.move_to(MORNING, tick=False)

    text = page_of(me)
    assert '<b>2 files need you.</b> One is late: <span class="is-bad">Bannu Honey House.</span>' in text
    assert "1 file waits for others." in text
    assert "3 files are yours. You have read 2 of them." in text
    assert text.index("Read Bannu Honey House") < text.index("Recommend on Mehran Seafoods")
    assert f'<a class="task tone-no is-next" href="/desk/{late.public_id}/">' in text
    assert "day 16 of 15" in text
    assert "Late by 1 day" in text
    assert "Due tomorrow" in text
    assert "recommended; for the director" in text
    assert "by 26 November" in text


def test_the_fullest_day_is_drawn_with_what_is_late_before_it(page_of, time_machine):
    me = officer()
    for due in (date(2026, 11, 20), date(2026, 11, 26), date(2026, 11, 26), date(2026, 11, 30)):
        altered(made.assigned(me), due_on=due)
    time_machine.move_to(MORNING, tick=False)
    text = page_of(me)
    assert "Thursday is your fullest day" in text
    twin = text.partition("The same as a table")[2]
    cells = [("late", 1), ("23", 0), ("24", 0), ("25", 0), ("Thu 26", 2), ("27", 0), ("30", 1)]
    for day, number in cells:
        assert f'<tr><th scope="row">{day}</th><td class="is-num">{number}</td></tr>' in twin


def test_what_waits_for_others_is_grouped(page_of):
    me, other = officer(), officer()
    for name in ("Multan Pottery", "Quetta Leather", "Swat Honey", "Hala Crafts"):
        file = made.assigned(me, other, **named(name))
        review_services.record_reading(actor=me, application=file, **made.READ)
    asked = made.assigned(me, other, **named("Noor Sports"))
    ask(asked, by=me)
    text = page_of(me)
    assert "Nothing needs you now." in text
    assert "5 files wait for others." in text
    assert "<b>Noor Sports</b>" in text
    assert "for the firm, one answer; the clock stands still" in text
    assert "<b>Multan Pottery, Quetta Leather and 2 more</b>" in text
    assert 'href="/desk/?tab=mine&amp;state=in_review"' in text


def test_an_empty_morning_says_so_and_what_is_to_come(page_of):
    RoundFactory(number=4, planned=True)
    text = page_of(officer())
    assert "<h2>Nothing needs you now</h2>" in text
    assert "Round 4 opens" in text
    assert "fullest day" not in text


def test_the_marks_of_another_reader_stay_sealed_and_a_tied_firm_stays_away(page_of):
    me, other = officer(), officer()
    file = made.assigned(me, other)
    review_services.record_reading(
        actor=other, application=file, commitment=3, product_fit=2, outcome="waitlist", comment=SECRET
    )
    tied = made.assigned(me, other, **named("Cousin Carpets"))
    assert "Cousin Carpets" in page_of(me)
    MemberFactory(sme=tied.sme, user=me)
    text = page_of(me)
    assert "the other reading is in, sealed" in text
    assert SECRET not in text
    assert "Put on the waiting list" not in text
    assert "Cousin Carpets" not in text


def test_a_letter_waits_until_its_officer_opens_the_file(client, page_of):
    me, other = officer(), officer()
    file = made.assigned(me, other, **named("Noor Sports"))
    review_services.record_reading(actor=me, application=file, **made.READ)
    correspondence_services.write_letter(actor=owner_of(file), application=file, words="When is the training?")
    client.force_login(other)
    assert client.get(f"/desk/{file.public_id}/").status_code == 200
    assert "Open the letter of Noor Sports" in page_of(me)
    client.get(f"/desk/{file.public_id}/")
    assert "Open the letter of Noor Sports" not in page_of(me)


def test_the_desk_says_what_needs_the_officer_by_the_same_count(page_of):
    me, other = officer(), officer()
    made.assigned(me, other)
    made.recommended(me)
    made.recommended(me)
    text = page_of(me, "/desk/")
    assert "3 files are yours." in text
    assert '<b class="loud">1 file needs you.</b>' in text
    assert "2 files wait for others." in text
    assert "needs you" not in page_of(director(), "/desk/")


def test_new_messages_are_shown_until_they_are_read(page_of):
    me = officer()
    for number in range(4):
        MessageFactory(to=me, subject=f"News {number}")
    text = page_of(me)
    assert [f"News {number}" in text for number in range(4)] == [False, True, True, True]
    me.refresh_from_db()
    assert "New for you" not in page_of(officer())


# ---------------------------------------------------------------------------------------------------------- the director


def test_a_director_sees_the_decisions_that_are_theirs_the_nearest_first(page_of, time_machine):
    chief = UserFactory(roles=(Role.APPROVER, Role.OFFICER), name="Farah Siddiqui")
    round_ = RoundFactory(number=2)
    far = made.recommended(officer(name="Sana"), round=round_, **named("Hala Crafts"))
    near = made.recommended(
        officer(), outcome=Outcome.WAITLIST, codes=("seats_full",), round=round_, **named("Swat Honey")
    )
    read = made.reviewed(reader := officer(), chief, round=round_, **named("Own Reading"))
    proposed = made.held(round=round_, sme_values={**made.TOO_LARGE, "name": "Own Proposal"})
    for by, file, outcome, code in (
        (reader, read, "select", "ready_to_sell"),
        (chief, proposed, "decline", "gate_not_met"),
    ):
        review_services.recommend(actor=by, application=file, outcome=outcome, reason_codes=[code], words=made.WORDS)
    tied = made.recommended(officer(), round=round_, **named("Cousin Carpets"))
    MemberFactory(sme=tied.sme, user=chief)
    made.reviewed(officer(), round=round_, **named("Not Yet"))
    altered(far, due_on=date(2026, 11, 30))
    altered(near, due_on=date(2026, 11, 20))
    time_machine.move_to(MORNING, tick=False)

    text = page_of(chief, "/home/director/")
    assert "2 decisions wait for you." in text
    assert text.index("Decide on Swat Honey") < text.index("Decide on Hala Crafts")
    assert "Sana recommends: Select" in text
    assert "Late by 1 day" in text
    assert "3 more wait for another director." in text
    assert [name for name in ("Own Reading", "Own Proposal", "Cousin Carpets", "Not Yet") if name in text] == []


def test_the_table_of_officers_follows_the_rule(page_of, time_machine):
    """Slow reads one file in 20 working days and has two due tomorrow; quick reads 20, and has one due."""
    slow, quick = officer(name="Slow"), officer(name="Quick")
    read = [made.assigned(quick, slow) for _ in range(20)]
    for file in read:
        review_services.record_reading(actor=quick, application=file, **made.READ)
    review_services.record_reading(actor=slow, application=read[0], **made.READ)
    Reading.objects.filter(done_at__isnull=False).update(done_at=datetime(2026, 11, 16, 4, tzinfo=UTC))
    Application.objects.update(due_on=date(2027, 1, 29))
    for file in [made.assigned(slow, quick) for _ in range(2)]:
        altered(file, due_on=date(2026, 11, 24))
    time_machine.move_to(MORNING, tick=False)

    text = page_of(director())
    assert "1 officer will break a promise within 5 working days:" in text
    assert '<span class="is-bad">2 readings of Slow.</span>' in text
    rows = text.partition("<tbody>")[2]
    slow_row, quick_row = rows.partition("Quick")[0], rows.partition("Quick")[2].partition("</tr>")[0]
    assert slow_row.index("Slow") > 0  # who will be late stands first
    assert ">0.1</td>" in slow_row  # 1 reading in 20 working days, one decimal
    assert "2, from Tuesday on" in slow_row
    assert ">1.0</td>" in quick_row
    assert "room for 3" in quick_row  # five days at one a day, two due
    assert ">20 <span" in quick_row


def closed(round_: Round) -> Round:
    Round.objects.filter(pk=round_.pk).update(state=RoundState.IN_REVIEW)
    return round_


def test_rounds_stand_as_cards_with_their_figures(page_of, time_machine):
    first = RoundFactory(number=1, seats=2)
    decided(made.recommended(round=first))
    made.held(round=first)
    made.scored(round=first)
    closed(first)
    opens, closes = datetime(2026, 11, 24, 4, tzinfo=UTC), datetime(2026, 12, 24, 4, tzinfo=UTC)
    RoundFactory(number=2, planned=True, seats=80, opens_at=opens, closes_at=closes)
    time_machine.move_to(MORNING, tick=False)
    text = page_of(director())
    assert "<dt>Passed the conditions</dt><dd>2 of 3</dd>" in text
    assert "<dt>Read twice</dt><dd>1</dd>" in text
    assert "<dt>Decided</dt><dd>1 of 3</dd>" in text
    assert "1 file waits for its readers." in text
    assert "<dt>Seats</dt><dd>80</dd>" in text
    assert "Opens on 24 November." in text


def test_a_round_without_an_open_file_can_be_finished_by_the_director_alone(page_of):
    round_ = RoundFactory(number=1)
    decided(made.recommended(round=round_))
    closed(round_)
    finish = 'href="/desk/rounds/R1/finish/"'
    assert finish in page_of(director())
    assert finish not in page_of(UserFactory(roles=(Role.PROGRAMME_MANAGER,)))


def test_promises_of_the_last_thirty_days_are_counted(page_of):
    """Of three decisions one took 16 days of 15; a fourth is too old. An answer took four days."""
    old, late, *_others = [decided(made.scored()) for _ in range(4)]
    Application.objects.filter(pk=old.pk).update(decided_at=timezone.now() - timedelta(days=31))
    Application.objects.filter(pk=late.pk).update(days_used=16)
    asked = made.scored()
    question = ask(asked)
    correspondence_services.answer_question(actor=owner_of(asked), question=question, answer="12,000.")
    Question.objects.update(asked_at=timezone.now() - timedelta(days=4))

    text = page_of(director())
    assert '<dt>decided in time, of 3 files</dt><dd><span class="code" dir="ltr">67&nbsp;%</span></dd>' in text
    assert "<dd>4 <small>days</small></dd>" in text


def test_a_portal_on_its_first_day_says_how_to_begin(page_of):
    text = page_of(director())
    assert "No decision waits for you." in text
    assert "No officer yet" in text
    assert 'href="/desk/rounds/new/"' in text
    assert "Nothing was decided or answered in these days." in text


# --------------------------------------------------------------------------------------- other officials, and the partners


@pytest.mark.parametrize(
    ("role", "why"),
    [
        (Role.PROGRAMME_MANAGER, "Cohorts, programmes, trainers and venues stand in the head of the page."),
        (Role.FINANCE_OFFICER, "Deposits, refunds and the books stand behind Payments."),
    ],
)
def test_officials_whose_floor_is_to_come_are_told_that_nothing_waits(page_of, role, why):
    made.scored(round=RoundFactory(number=3))
    text = page_of(UserFactory(roles=(role,)))
    assert f"<b>Nothing waits for you.</b> {why}" in text
    assert "<dt>Applied</dt><dd>1</dd>" in text
    assert "Round 3 closes" in text


def test_a_platform_finds_its_own_files_and_the_one_that_waits_for_its_yes(page_of):
    me, rival = partner_person(PartnerKind.PLATFORM), partner_person(PartnerKind.PLATFORM)
    assert "You have handed in no figures yet" in page_of(me)
    run = trade_services.import_platform_csv(actor=me, file=platform_file(demand_line()), dry_run=True)
    text = page_of(me)
    assert "<b>1 thing waits for you.</b>" in text
    assert f'<a class="task tone-you is-next" href="/trade/runs/{run.public_id}/">' in text
    trade_services.confirm_platform_csv(actor=me, run=run)
    text = page_of(me)
    assert "which of them need a call, stands on your page of cohorts.</b>" in text
    assert f'href="/trade/runs/{run.public_id}/"' in text
    assert run.public_id not in page_of(rival)


def test_figures_wait_on_the_page_of_a_director_who_did_not_hand_them_in(page_of):
    me, other = director(), director()
    held = trade_services.import_platform_csv(actor=me, file=platform_file(demand_line()), dry_run=False)
    assert held.state == "held"
    assert [f'href="/trade/runs/{held.public_id}/"' in page_of(person) for person in (me, other)] == [False, True]


@pytest.mark.parametrize("kind", [kind for kind in PartnerKind if kind != PartnerKind.PLATFORM])
def test_a_partner_sees_open_figures_and_no_firm(page_of, kind):
    me = partner_person(kind)
    made.scored(round=RoundFactory(number=3), **named("Noor Sports"))
    text = page_of(me)
    assert "Pakistan: 0 of 1 firm selected" in text
    assert "Round 3 takes applications until" in text
    assert "Your figures" not in text
    assert "Noor Sports" not in text


def test_a_province_sees_the_figures_of_its_own_firms(page_of):
    me = partner_person(PartnerKind.PROVINCE)
    me.partnerships.get().partner.__class__.objects.update(province="PK-SD")
    round_ = RoundFactory(number=3)
    made.scored(round=round_)
    text = page_of(me)
    assert "No firm has applied yet" in text
    made.scored(round=round_, sme_values={"province": "PK-SD", "city": "Karachi"})
    decided(made.scored(round=round_, sme_values={"province": "PK-SD", "city": "Karachi"}))
    assert "Sindh: 1 of 2 firms selected" in page_of(me)


# ------------------------------------------------------------------------------------------------------------------ cost


@pytest.fixture
def kept(monkeypatch):
    """What all pages of the desk share does not grow old between two looks at a slow hour."""
    monkeypatch.setattr("selection.desk.selectors.NOW_SECONDS", 3600)


@pytest.mark.parametrize(("address", "number"), [("/home/officer/", 6), ("/home/director/", 20)])
def test_a_home_of_the_desk_costs_the_same_with_one_file_and_with_many(client, kept, address, number):
    me, round_ = UserFactory(roles=(Role.OFFICER, Role.APPROVER)), RoundFactory()
    client.force_login(me)
    for files in (1, 3):
        for _ in range(files):
            DocumentFactory(sme=made.assigned(me, round=round_).sme)
            made.assigned(officer(), me, round=round_)
            made.recommended(round=round_)
            MessageFactory(to=me)
        queries = queries_of(client, address)
        assert (files, len(queries), repeated(queries)) == (files, number, [])


@pytest.mark.parametrize(
    ("make", "number"),
    [
        (lambda: UserFactory(roles=(Role.PROGRAMME_MANAGER,)), 14),  # one a kind of what may wait in the training
        (lambda: UserFactory(roles=(Role.FINANCE_OFFICER,)), 22),  # one a kind of what may wait in payments
        (lambda: partner_person(PartnerKind.PLATFORM), 10),
        (partner_person, 9),
    ],
)
def test_the_other_homes_cost_a_few_queries(client, kept, make, number):
    me = make()
    client.force_login(me)
    made.scored(round=RoundFactory())
    queries = queries_of(client, HOMES[next(role for role in HOMES if me.has_role(role))])
    assert (len(queries), repeated(queries)) == (number, [])


def test_a_state_that_is_unknown_to_the_others_is_not_there(page_of):
    """A file that was withdrawn waits for nobody."""
    me = officer()
    file = made.assigned(me, **named("Gone Goods"))
    assert "Gone Goods" in page_of(me)
    made.in_state(file, State.WITHDRAWN)
    assert "Gone Goods" not in page_of(me)
