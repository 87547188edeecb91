"""The seats of a round of 600 firms: composed, sent back, signed, carried out, accepted, declined, given on, appealed against.

Directors at their desks, firms in Urdu on a telephone, a partner, and a real worker between them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from selection.models import Appeal, Application, Composition, Decision, Nomination, Offer, Round, RoundDecision
from selection.nominations import services as nominations_services
from selection.seats.offers import selectors as offers_selectors
from selection.seats.offers import services as offers_services
from selection.states import AppealOutcome, OfferState, RoundState, State
from selection.trade import services as trade
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director, officer, partner_person
from tests.factories.selection import RoundFactory
from tests.selection.nominations import made as made_nominations
from tests.selection.seats.offers import world as offers_world

from .many_firms import read_files, registered_firms, verified_papers_of
from .people import ENGLISH, look, open_message, wait_until

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .people import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]

FIRMS, SEATS, RESERVE, WAITING, NOMINATED = 600, 58, 2, 120, 24
PROMISED = "Buyers in Riyadh wait for this workshop; the minister of commerce has written to the board."
RETURNED = "Say in words that the public can read why one firm is held in by hand."
WHY = "At least 15 % new exporters by the guideline; surgical goods take at most twelve seats; Balochistan and women are named."
WHY_UR = "رہنما اصول کے مطابق کم از کم 15% نئے برآمد کنندگان؛ جراحی کے سامان کی زیادہ سے زیادہ 12 نشستیں۔"
PLEA = "2026 میں ہماری برآمدات 640,000 ڈالر تھیں؛ رقم بینک کے کاغذ پر ہے۔"
ANSWER = "بینک کے کاغذ پر یہی رقم ہے۔ آپ درست کہتے ہیں۔"
REFUSED = "status of 422"  # a form that was sent unfinished on purpose


class Play(NamedTuple):
    """The round, and logins of those who play; nominees: files that the chamber nominated."""

    round: Round
    chief: str
    second: str
    partner: str
    nominees: list[Application]


@pytest.fixture
def play(celery_real_worker) -> Play:
    """A round in review with 600 files that two officers read, one earlier round whose list moved, and two partners."""
    chief, second = director(name="Hina Qureshi"), director(name="Omar Javed")
    trade.load_sample()
    an_earlier_round()
    round_ = RoundFactory(number=2, seats=SEATS + RESERVE)
    smes = registered_firms(FIRMS)
    verified_papers_of(smes)
    chamber, rival = partner_person(name="Tariq Mehmood"), partner_person(name="Zoya Khan")
    for person, firms in ((chamber, smes[:NOMINATED]), (rival, smes[NOMINATED : NOMINATED + 2])):
        for sme in firms:
            row = made_nominations.nominated(person, round_, firm=sme.name, mobile=f"0300 {sme.pk + 1_000_000}")
            nominations_services.claim_nomination(actor=sme.created_by, token=row.token, sme=sme)
    files = read_files(round_, smes, (officer(name="Kamran Shah"), officer(name="Rabia Malik")))
    for row in files[: NOMINATED + 2]:
        nominations_services.count_under_partner(application_id=row.pk)
    Round.objects.filter(pk=round_.pk).update(
        state=RoundState.IN_REVIEW, closes_at=timezone.now() - timedelta(minutes=1)
    )
    round_.refresh_from_db()
    return Play(round_, chief.email, second.email, chamber.email, files[:NOMINATED])


def an_earlier_round() -> None:
    """Decided, and three firms of its waiting list got a seat. Its directors have no part in the next round."""
    round_ = offers_world.composed(seats=4, number=1)
    for place in (1, 2, 3):
        row = offers_world.put(round_, State.SELECTED, 70)
        offers_services.make_offer(application=row, decision=row.decisions.get(), from_place=place)
    Round.objects.filter(pk=round_.pk).update(state=RoundState.DECIDED)


def test_a_round_of_600_is_played_from_composition_to_places_promotion_and_appeal(play, person):
    chief, second = person(play.chief), person(play.second)
    compose(chief)
    held_in = lock_one_and_compose_again(chief, play.round)
    compare(chief, held_in)
    first = send(chief)
    send_back(second, first, held_in)
    decision = send_again(chief, first)
    countersign(second, decision)
    carried_out(chief, decision, play.round)

    chosen = next(row for row in selected(play.round) if row in play.nominees)
    firm = person_of(person, chosen)
    accept(firm, chosen)
    gone = the_firm_whose_seat_a_rule_holds(play.round)
    no_script = person_of(person, gone, java_script_enabled=False)
    heir = decline(no_script, gone)
    told = person_of(person, heir.application)
    is_promoted(told, heir)
    waiting = offers_selectors.waiting_files(play.round)[0]
    waits = person_of(person, waiting)
    sees_its_place(waits, waiting)

    declined = one_that_was_declined(play.round)
    appellant = person_of(person, declined)
    appeal(appellant, declined)
    judge = person(drawn_by_lot(play))
    uphold(judge, declined)
    reads_that_it_was_right(appellant, declined)

    partner = person(play.partner, 360)
    sees_stages_of_its_own(partner, play)

    everybody = (chief, second, firm, no_script, told, waits, appellant, judge, partner)
    assert [fault for one in everybody for fault in one.complaints if REFUSED not in fault] == []


@pytest.mark.parametrize("text", ["The seat goes to the next firm.", "آپ کی پیشکش: Nothing was changed yet۔"])
def test_an_english_sentence_on_an_urdu_page_is_seen(text):
    assert ENGLISH.search(text)


@pytest.mark.parametrize("text", ["آپ کی نشست: R2-0117, TDAP Portal", "Noor Textiles 1، سیالکوٹ"])
def test_a_name_on_an_urdu_page_is_no_english_sentence(text):
    assert not ENGLISH.search(text)


# ------------------------------------------------------------------------------------------------------- the directors


def compose(chief: Person) -> None:
    """From the list of rounds: four rules, and the composition with its proof and the price of each."""
    chief.open("/desk/rounds/")
    chief.find("main a[href='/desk/rounds/R2/seats/']").first.click()
    expect(chief.find("main .eyebrow").first).to_contain_text("600")
    expect(chief.find("[name='rule-0-group']")).to_have_value("new_exporter:yes")  # the guideline stands there already
    expect(chief.find("[name='rule-0-amount']")).to_have_value("15")
    chief.fill(seats=SEATS, reserve=RESERVE)
    fold = chief.find("details.fold", has_text="Add a rule")
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    rules = (("sector:surgical_goods", "cap", 12, "seats"), ("province:PK-BA", "floor", 8, "seats"),
             ("women_led:yes", "floor", 60, "percent"))  # fmt: skip
    for at, (group, bound, amount, unit) in enumerate(rules, start=1):
        chief.fill(**{f"rule__{at}__group": group, f"rule__{at}__bound": bound, f"rule__{at}__amount": amount,
                      f"rule__{at}__unit": unit})  # fmt: skip
    look(chief, "rules")
    chief.press("form[data-keep='seats-R2']")
    show_what_was_found(chief, "A")
    expect(chief.find(".proof")).to_contain_text(f"Proven: no set of {SEATS} has more points under these rules")
    made = compositions().get()
    assert (made.state, len(made.result["answer"]["chosen"]), made.pool) == ("ready", SEATS, FIRMS)
    assert made.result["answer"]["points"] == made.result["answer"]["bound"]
    assert made.result["certificate_code"] in chief.find(".proof").inner_text()
    for words in ("New exporters, at least 15 %", "Balochistan, at least 8", "Women-led, at least 60 %"):
        expect(chief.find("section[aria-labelledby='price-h']")).to_contain_text(words)
    look(chief, "composed")


def compositions() -> QuerySet[Composition]:
    return Composition.objects.filter(round__number=2)


def show_what_was_found(chief: Person, letter: str) -> None:
    """The page asks by itself how far the worker is, and then leads to the result."""
    chief.at(f"/desk/rounds/R2/seats/{letter}/")
    wait_until(lambda: compositions().latest("number").finished_at is not None)
    chief.find("[aria-labelledby='proof-h']").or_(chief.find("main a", has_text="Show what was found")).first.click()
    chief.at(f"/desk/rounds/R2/seats/{letter}/$")
    expect(chief.find("[aria-labelledby='proof-h']")).to_be_visible()


def lock_one_and_compose_again(chief: Person, round_: Round) -> Application:
    """A firm that is not chosen is held in with a reason; without the reason the form says what is missing."""
    chosen = set(compositions().get().result["answer"]["chosen"])
    files = Application.objects.filter(round=round_).exclude(pk__in=chosen).exclude(province="PK-BA")
    row = files.filter(women_led=False, sector="textile").order_by("points")[0]
    chief.find("details.rules-fold > summary").click()
    chief.find("details.fold", has_text="Firms held in or out by hand").locator("summary").click()
    chief.fill(lock__0__file=row.file_number, lock__0__way="in")
    chief.press("form[data-keep='seats-R2']")
    expect(chief.find("section.wrongs")).to_contain_text("Write why this firm is held in or out by hand.")
    assert compositions().count() == 1
    look(chief, "lock-without-reason")
    chief.fill(lock__0__words=PROMISED)
    chief.press("form[data-keep='seats-R2']")
    show_what_was_found(chief, "B")
    locked = chief.find("section[aria-labelledby='locks-h']")
    expect(locked).to_contain_text(row.sme_name)
    expect(locked).to_contain_text(PROMISED)
    expect(locked).to_contain_text("costs")
    look(chief, "locked")
    assert row.pk in compositions().latest("number").result["answer"]["chosen"]
    return row


def compare(chief: Person, held_in: Application) -> None:
    chief.find("main a.btn", has_text="Compare with A").click()
    chief.at("/seats/B/beside/A/$")
    expect(chief.find("main")).to_contain_text(held_in.sme_name)
    expect(chief.find("main")).to_contain_text("Firms that differ")
    look(chief, "beside")
    chief.page.go_back()


def send(chief: Person) -> RoundDecision:
    """Only with the words that the public will read; then the page says what nobody has done yet."""
    chief.find("main a.btn-primary", has_text="Send B to decision").click()
    chief.at("/seats/B/send/$")
    chief.fill(waiting=WAITING)
    chief.press()
    expect(chief.find("section.wrongs")).to_be_visible()
    chief.fill(words=WHY, words_ur=WHY_UR)
    look(chief, "send")
    chief.press()
    chief.at("/desk/rounds/R2/decisions/[0-9a-z]{12}/$")
    numbers = f"{SEATS} selected, {WAITING} on the waiting list, {FIRMS - SEATS - WAITING} declined."
    expect(chief.find("main .lead-in")).to_contain_text(numbers)
    expect(chief.find("main .lead-in")).to_contain_text("Nothing is done and nobody is told")
    expect(chief.find("#sign")).to_contain_text("a second director signs it")
    expect(chief.find("#sign [name=sure]")).to_have_count(0)
    look(chief, "sent")
    return RoundDecision.objects.latest("pk")


def send_back(second: Person, decision: RoundDecision, held_in: Application) -> None:
    """The second director hears of it, reads what differs, and returns it with a reason."""
    open_message(second, "round_decision.sent")
    second.at(f"/decisions/{decision.public_id}/$")
    expect(second.find("section[aria-labelledby='rank-h'] h2")).to_contain_text("Against plain ranking:")
    before = second.find("section[aria-labelledby='before-h']")
    expect(before).to_contain_text("Against composition A")
    expect(before).to_contain_text(held_in.sme_name)
    expect(second.find("section[aria-labelledby='locks-h']")).to_contain_text(PROMISED)
    expect(second.find("section[aria-labelledby='officers-h'] h2")).to_contain_text("Nothing is decided against")
    look(second, "to-sign")
    second.find("main a[href='#sign']").click()
    second.fill("form[action$='/return/']", words=RETURNED)
    second.find("form[action$='/return/'] button.btn-refuse").click()
    expect(second.find("main")).to_contain_text("It went back. Nothing of it was done.")
    decision.refresh_from_db()
    assert (decision.returned_words, decision.signed_at) == (RETURNED, None)
    assert not Decision.objects.filter(round_decision=decision).exists()


def send_again(chief: Person, returned: RoundDecision) -> RoundDecision:
    """The first director reads why, and sends the same composition once more."""
    open_message(chief, "round_decision.returned")
    expect(chief.find("main .hands")).to_contain_text(RETURNED)
    look(chief, "returned")
    chief.find("main a[href='/desk/rounds/R2/seats/B/']").first.click()
    chief.find("main a.btn-primary", has_text="Send B to decision").click()
    chief.fill(waiting=WAITING, words=f"{WHY} One firm is held in: its buyers wait.", words_ur=WHY_UR)
    chief.press()
    chief.at("/desk/rounds/R2/decisions/[0-9a-z]{12}/$")
    sent = RoundDecision.objects.latest("pk")
    assert sent.pk != returned.pk
    return sent


def countersign(second: Person, decision: RoundDecision) -> None:
    open_message(second, "round_decision.sent")
    second.at(f"/decisions/{decision.public_id}/$")
    second.press("form[action$='/sign/']")
    expect(second.find("#sign .is-wrong")).to_be_visible()  # nothing is signed without the tick
    assert not RoundDecision.objects.filter(signed_at__isnull=False, pk=decision.pk).exists()
    second.fill("form[action$='/sign/']", sure=True)
    second.press("form[action$='/sign/']")
    expect(second.find("main")).to_contain_text("It is signed and is being carried out.")
    look(second, "signed")


def carried_out(chief: Person, decision: RoundDecision, round_: Round) -> None:
    """In pieces, each file once, with one message to each firm."""
    wait_until(lambda: RoundDecision.objects.get(pk=decision.pk).finished_at is not None, seconds=240)
    open_message(chief, "round_decision.done")
    expect(chief.find("main .eyebrow").first).to_contain_text("Carried out")
    look(chief, "carried-out")
    pieces = Event.objects.filter(name="round_decision.continued", subject_id=decision.pk).count()
    assert pieces == FIRMS // 50
    assert decision.lines.filter(left_as_was="", done_at__isnull=False).count() == FIRMS
    states = [State(state) for state in Application.objects.filter(round=round_).values_list("state", flat=True)]
    assert [states.count(state) for state in (State.SELECTED, State.WAITLISTED, State.DECLINED)] == [
        SEATS, WAITING, FIRMS - SEATS - WAITING,
    ]  # fmt: skip
    assert Offer.objects.filter(round=round_, state=OfferState.OPEN).count() == SEATS
    wait_until(lambda: len(owners_told(round_)) >= FIRMS, seconds=240)
    assert len(owners_told(round_)) == len(set(owners_told(round_))) == FIRMS
    assert keeps_the_rules(round_)


def owners_told(round_: Round) -> list[int]:
    """Ids of the owners who got a message of a decision, once for each message."""
    owners = Application.objects.filter(round=round_).values("started_by")
    names = ("application.selected", "application.waitlisted", "application.declined")
    return list(Message.objects.filter(template__in=names, to__in=owners).values_list("to", flat=True))


def keeps_the_rules(round_: Round) -> bool:
    files = selected(round_)
    return (
        len(files) == SEATS
        and sum(row.sector == "surgical_goods" for row in files) <= 12
        and sum(row.province == "PK-BA" for row in files) >= 8
        and sum(row.women_led for row in files) >= 35
        and sum(row.new_exporter for row in files) >= 9
    )


# --------------------------------------------------------------------------------------------------------- the firms


def selected(round_: Round) -> list[Application]:
    rows = Application.objects.filter(round=round_, state=State.SELECTED).select_related("sme__created_by", "round")
    return list(rows.order_by("-points", "tie_key"))


def person_of(person, row: Application, **options) -> Person:
    return person(row.sme.created_by.email, 360, **options)


def accept(firm: Person, row: Application) -> None:
    """In Urdu on a telephone: reads the offer, forgets the name, types it, and has the seat."""
    firm.open("/file/")
    look(firm, "selected-home")
    open_message(firm, "application.selected")
    firm.at(f"/file/{row.public_id}/offer/$")
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    expect(firm.find("main h1")).to_contain_text("نشست")
    look(firm, "offer")
    within = "form[action$='/offer/']"
    firm.fill(within, attendee="رابعہ نور", agreed=True)
    firm.press(within)
    expect(firm.find("main .field.is-wrong [name=typed_name]")).to_be_visible()
    assert Offer.objects.get(application=row).state == OfferState.OPEN
    look(firm, "offer-without-name")
    firm.fill(within, typed_name=row.sme.created_by.name)
    firm.press(within)
    expect(firm.find("[aria-labelledby='acc-h']")).to_contain_text("رابعہ نور")
    look(firm, "accepted")
    offer = Offer.objects.get(application=row)
    assert (offer.state, offer.attendee, offer.typed_name) == ("accepted", "رابعہ نور", row.sme.created_by.name)
    assert Event.objects.filter(name="offer.accepted", subject_id=row.pk).count() == 1


def the_firm_whose_seat_a_rule_holds(round_: Round) -> Application:
    """One from Balochistan, without which the floor of its province would be missed."""
    files = reversed(selected(round_))
    return next(row for row in files if row.province == "PK-BA" and not (row.women_led or row.new_exporter))


def decline(firm: Person, row: Application) -> Offer:
    """Without JavaScript, with a reason; the seat goes to the next firm that keeps the rules."""
    firm.open(f"/file/{row.public_id}/offer/")
    look(firm, "offer-no-script")
    within = "form[action$='/decline/']"
    firm.find(f"{within} button").click()
    expect(firm.find("main .field.is-wrong [name=reason_code]")).to_be_visible()
    firm.fill(within, reason_code="too_far", words="کوئٹہ سے تربیت کا شہر بہت دور ہے۔")
    firm.find(f"{within} button").click()
    expect(firm.find("main .sheet").first).to_be_visible()
    look(firm, "declined-offer")
    gone = Offer.objects.get(application=row)
    assert (gone.state, gone.reason_code) == ("declined", "too_far")
    wait_until(lambda: Offer.objects.filter(instead_of=gone).exists())
    heir = Offer.objects.select_related("application__sme__created_by").get(instead_of=gone)
    assert heir.application.province == "PK-BA"
    assert heir.from_place > 1  # firms with more points were passed over, for the rule
    assert keeps_the_rules(row.round)
    row.refresh_from_db()
    assert row.state == State.GIVEN_BACK
    return heir


def is_promoted(firm: Person, heir: Offer) -> None:
    open_message(firm, "application.selected")
    firm.at(f"/file/{heir.application.public_id}/offer/$")
    expect(firm.find("main .sheet--ask")).to_contain_text(f"{heir.from_place}")
    look(firm, "promoted")


def sees_its_place(firm: Person, row: Application) -> None:
    """Its place, why, how far the list moved and a range of its chance; never a bare number."""
    firm.open("/file/")
    look(firm, "waiting-home")
    firm.open(f"/file/{row.public_id}/")
    waits = firm.find("section[aria-labelledby='wait-h']")
    expect(waits.locator("h2")).to_contain_text("1")
    expect(waits).to_contain_text(f"{WAITING - 1}")
    expect(waits).to_contain_text("بلوچستان")  # the seat went past it by this rule
    expect(waits.locator("b").last).to_contain_text(re.compile(r"50.*100|0.*50"))
    look(firm, "waiting-file")


def one_that_was_declined(round_: Round) -> Application:
    """With so few exports that the right number brings it over the line."""
    rows = Application.objects.filter(round=round_, state=State.DECLINED).select_related("sme__created_by")
    rows = [
        row for row in rows.order_by("-points") if (row.facts["export_history"] or [{}])[0].get("value_usd") == 4000
    ]
    return rows[0]


def appeal(firm: Person, row: Application) -> None:
    """From the receipt; kept half written, then sent with a ground, words, a paper and the name."""
    firm.open("/file/")
    look(firm, "declined-home")
    open_message(firm, "application.declined")
    look(firm, "declined-receipt")
    firm.find(f"main a[href='/file/{row.public_id}/appeal/']").first.click()
    look(firm, "appeal")
    firm.fill("form[data-keep^='appeal-']", point__0__ground="A1", point__0__words=PLEA)
    firm.find("button[name=keep]").click()
    expect(firm.find("[name='point-0-words']")).to_have_value(PLEA)
    assert Appeal.objects.get().state == "draft"
    firm.find("[name='point-0-papers']").first.check()
    firm.fill("form[data-keep^='appeal-']", name=row.sme.created_by.name)
    firm.find("button[name=send]").click()
    expect(firm.find("main h1")).to_contain_text("A2-001")
    look(firm, "appeal-sent")
    sent = Appeal.objects.get()
    assert (sent.state, sent.points_made.get().ground) == ("sent", "A1")


def drawn_by_lot(play: Play) -> str:
    """The login of the director who decides: one who had no part in the round."""
    wait_until(lambda: Appeal.objects.get().director is not None)
    login = Appeal.objects.get().director.email
    assert login not in (play.chief, play.second)
    return login


def uphold(judge: Person, row: Application) -> None:
    """The number is corrected, computed again, read and signed."""
    open_message(judge, "appeal.drawn")
    made = Appeal.objects.get()
    judge.at(f"/desk/appeals/{made.public_id}/$")
    expect(judge.find("main")).to_contain_text(PLEA)
    look(judge, "appeal-desk")
    judge.find("[name='p1-verdict'][value=right]").check()
    judge.fill(p1__answer=ANSWER)
    judge.find("details.fold", has_text="Correct what was frozen").locator("summary").click()
    judge.find("[name='p1-facts'][value='export_history/2026/direct']").check()
    judge.find("button", has_text="Compute again").click()
    judge.fill(**{"p1__export_history/2026/direct": 640_000})
    judge.find("button", has_text="Compute again").click()
    look(judge, "computed-again")
    judge.fill(outcome="upheld", words=ANSWER)
    judge.find("main .sheet--ask .btn-primary").click()
    expect(judge.find("main .sheet--ask")).to_contain_text("The file is selected with a seat of the reserve")
    look(judge, "appeal-sure")
    judge.find("button[name=sure]").click()
    expect(judge.find("main")).to_contain_text("The appeal is answered, and its firm is told.")
    look(judge, "appeal-answered")
    made.refresh_from_db()
    row.refresh_from_db()
    assert (made.outcome, made.from_reserve, row.state) == (AppealOutcome.UPHELD, True, State.SELECTED)
    assert made.points_after > made.points
    assert Round.objects.get(pk=row.round_id).appeal_reserve == RESERVE - 1
    assert Offer.objects.get(application=row).state == OfferState.OPEN


def reads_that_it_was_right(firm: Person, row: Application) -> None:
    open_message(firm, "appeal.answered")
    firm.at(f"/file/{row.public_id}/offer/$")
    look(firm, "seat-by-appeal")
    firm.open(f"/file/{row.public_id}/appeal/")
    expect(firm.find("main")).to_contain_text(ANSWER)
    expect(firm.find(f"main a.btn-primary[href='/file/{row.public_id}/offer/']")).to_be_visible()
    look(firm, "appeal-upheld")


# -------------------------------------------------------------------------------------------------------- the partner


def sees_stages_of_its_own(partner: Person, play: Play) -> None:
    """What has become of its nominees, and nothing else: no points, no place, no firm of another partner."""
    partner.open("/home/partner/")
    look(partner, "partner-home")
    partner.find("main a[href='/nominations/']").first.click()
    expect(partner.find("main")).to_contain_text("No round takes nominations now.")
    look(partner, "partner-nominations")
    partner.find("main a", has_text="All of them").click()
    partner.at("/nominees/")
    look(partner, "partner-nominees")
    text = partner.find("main").inner_text()
    assert [row.sme_name for row in play.nominees if row.sme_name not in text] == []
    assert text.count("has accepted a seat") == 1
    assert text.count("decided, applied") == NOMINATED - 1
    rivals = Nomination.objects.exclude(partner=Nomination.objects.earliest("pk").partner)
    assert [row.firm for row in rivals if row.firm in partner.page.content()] == []
    points = [f"{row.points.normalize():f}" for row in play.nominees]
    assert [number for number in points if number in text] == []
    answer = partner.page.request.get(f"/file/{play.nominees[0].public_id}/receipt/")
    assert answer.status == 404
