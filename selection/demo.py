"""The demo's rounds and files: one round decided, one in review, one open; replayed day by day through our own services."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from selection.appeals import demo as appeals_demo
from selection.correspondence import services as correspondence_services
from selection.intake import services as intake_services
from selection.nominations import demo as nominations_demo
from selection.nominations import services as nominations_services
from selection.review import obstacles
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import services as rounds_services
from selection.seats import demo as seats_demo
from selection.seats.offers import services as offers_services
from smes import demo as firms
from smes.duplicates import selectors as duplicates_selectors
from smes.duplicates import services as duplicates_services
from smes.evidence import selectors as evidence_selectors
from smes.papers import selectors as papers_selectors
from smes.states import FlagState
from smes.vocabulary.codes import Track
from tdap_portal.accounts import demo as accounts_demo
from tdap_portal.audit import outbox
from tdap_portal.core.calendar import add_working_days, is_working_day
from tdap_portal.core.demo import Replay, clock_at, moment

from .demo_words import (
    ANOTHER_FIRM,
    DECISIONS,
    LETTERS,
    MOTIVATIONS,
    QUESTIONS,
    SEEN_IN_THE_BOOKS,
    SHARED_HALL,
    WAIVERS,
)
from .models import Application, Reading, Recommendation
from .states import OPEN_STATES, OfferState, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from smes.models import Sme
    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User

    from .models import Round

POLICY = "2026-2"
APPLY = (54, 48, 14)  # firms in the first, second and third round; the others have begun and got some way
# Nobody registers while the first round is decided: a firm that looks like one in it would raise a doubt between composing and signing.
QUIET_UNTIL, QUIET_DAYS = 85, 25  # days before today
FIRST_SEATS, FIRST_RESERVE = 18, 2
SECOND_SEATS, SECOND_RESERVE = 8, 2
# By the place of the offer; the others take theirs.
ANSWERS = {4: "too_far", 8: seats_demo.NO_ANSWER, 11: "other_programme"}


class Story:
    """Who does what on which day. `today` is the last day played."""

    def __init__(self, *, people: People, seed: int, today: date) -> None:
        self.people = people
        self.today = today
        self.now = timezone.now()  # the real one: inside an act the clock shows the act's own moment
        self.rng = random.Random(seed)
        self.plans = firms.plans(seed)
        self.firms: dict[int, tuple[User, Sme]] = {}
        self.rounds: dict[int, Round] = {}
        self.drafts: list[tuple[User, Application]] = []
        self.points: dict[tuple[int, date], list[Decimal]] = {}
        self.replay = Replay(after_each_day=keep_offers)

    # The calendar of the demo: days before today
    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def working_day(self, back: int) -> date:
        day = self.day(back)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def at(self, day: date, act: Any, *args: Any, after: datetime | None = None) -> datetime:
        """Some time of that day, never later than now; after: nor before that. Returns the moment."""
        when = moment(day, self.rng.randint(9, 16), self.rng.randint(0, 59))
        when = min(when, self.now - timedelta(minutes=self.rng.randint(2, 90)))
        if after is not None and when <= after:
            when = after + timedelta(seconds=20)  # holidays put two steps on one day
        self.replay.at(when, lambda: act(*args))
        return when

    def tell(self) -> None:
        """Schedule everything and play it."""
        self._rounds()
        self._firms()
        self.at(self.working_day(3), accounts_demo.ask_for_roles, self.people)
        self.replay.at(moment(self.day(38), 11), lambda: nominations_demo.long_ago(self.rounds[2]))
        self.replay.at(moment(self.day(9), 11), nominations_services.lapse_due)
        self.replay.at(moment(self.day(6), 8), lambda: nominations_demo.this_week(self.rounds[3]))
        self.replay.at(self.now - timedelta(minutes=2), self._exceptions)  # after all that the others did today
        self.replay.at(self.now - timedelta(minutes=1), lambda: self._compose(2, SECOND_RESERVE))
        self.replay.run()

    # Rounds -----------------------------------------------------------------------------------------------------------
    def _rounds(self) -> None:
        self.at(self.day(136), self._open, 1, moment(self.day(118), 18), FIRST_SEATS)
        self.at(self.day(134), lambda: seats_demo.set_terms(self.rounds[1], self.people.directors[0]))
        self.replay.at(moment(self.day(118), 18), lambda: self._close(1))
        self.at(self.day(40), self._open, 2, moment(self.day(8), 18), SECOND_SEATS)
        self.replay.at(moment(self.day(8), 18), lambda: self._close(2))
        self._seats()
        self.at(self.day(7), self._open, 3, moment(self.day(-36), 18), 50)

    def _seats(self) -> None:
        """The first round is decided by a composition, one director after the other; what that leaves is decided file by file. The
        third director, who had no part in it, answers the appeals. Last week a firm gave its seat back, and the next one was asked.
        """
        first, second, *_others = self.people.directors
        composed = self.working_day(107)
        acts: tuple[tuple[int, Callable[[], object]], ...] = (  # so many working days later
            (0, lambda: self._compose(1, FIRST_RESERVE)),
            (1, lambda: seats_demo.send(self.rounds[1], first)),
            (2, lambda: seats_demo.sign(self.rounds[1], second)),
            (3, self._decide_the_rest),
            (4, self._finish),
            (5, self._answer_offers),
            (6, lambda: appeals_demo.send(self.rounds[1])),
            (8, self._take_later_seats),
            (9, lambda: appeals_demo.answer(self.rounds[1])),
            (11, self._take_later_seats),
            (16, self._take_later_seats),
        )
        for days, act in acts:
            self.at(add_working_days(composed, days), act)
        self.at(self.working_day(3), self._give_back)

    def _compose(self, number: int, reserve: int) -> None:
        seats_demo.compose(self.rounds[number], self.people.directors[0], on=timezone.localdate(), reserve=reserve)

    def _answer_offers(self) -> None:
        for place, offer in enumerate(seats_demo.offers_in(self.rounds[1], OfferState.OPEN)):
            is_noor = offer.application.sme_id == self.noor.pk
            seats_demo.answer(offer, "" if is_noor else ANSWERS.get(place, ""))

    def _take_later_seats(self) -> None:
        """Who moved up, or was right in an appeal, takes the seat; whoever looked at an offer and said nothing says nothing."""
        for offer in seats_demo.offers_in(self.rounds[1], OfferState.OPEN):
            if offer.opened_at is None:
                seats_demo.answer(offer)

    def _give_back(self) -> None:
        taken = seats_demo.offers_in(self.rounds[1], OfferState.ACCEPTED)
        seats_demo.give_back(next(row for row in taken if row.application.sme_id != self.noor.pk), "found_a_buyer")

    @property
    def noor(self) -> Sme:
        return next(sme for owner, sme in self.firms.values() if owner.email == accounts_demo.login_of("noor"))

    def _open(self, number: int, closes_at: Any, seats: int) -> None:
        director = self.people.directors[0]
        self.rounds[number] = rounds_services.create_round(
            actor=director,
            number=number,
            opens_at=timezone.now(),
            closes_at=closes_at,
            seats=seats,
            policy=POLICY,
            tracks=tuple(Track),
            training_note="training in Lahore, Karachi, Sialkot and online",
            training_note_ur="تربیت لاہور، کراچی، سیالکوٹ اور آن لائن",
        )
        rounds_services.open_round(actor=director, round=self.rounds[number])

    def _close(self, number: int) -> None:
        rounds_services.close_round(actor=self.people.directors[0], round=self.rounds[number])

    # Firms ------------------------------------------------------------------------------------------------------------
    def _firms(self) -> None:
        """Who applies in which round. Half of the firms that register apply; the others stop on the way, most of them early."""
        order = list(self.plans)
        self.rng.shuffle(order)
        known = {plan.login.split("@")[0]: plan for plan in order if plan.known}
        order = [plan for plan in order if not plan.known]
        first, second, third = APPLY
        order.insert(0, known["noor"])
        order.insert(first + 5, known["mehran"])
        order.insert(first + 6, known["chenab"])
        order.insert(first + second + 10, known["hala"])
        for place, plan in enumerate(order):
            if place < first:
                self._applies(plan, 1, applied_back=self.rng.randint(119, 131))
            elif place < first + second:
                back = 14 if plan.known else self.rng.randint(13, 27)
                self._applies(plan, 2, applied_back=back)
            elif place < first + second + third:
                self._applies(plan, 3, applied_back=self.rng.randint(0, 6))
            else:
                back = self.rng.randint(0, 105)
                self._begins(plan, back=back + (QUIET_DAYS if back > QUIET_UNTIL else 0))

    def _begins(self, plan: firms.Plan, *, back: int) -> None:
        def act() -> None:
            owner, sme = firms.register(plan)
            firms.fill_in(plan, owner, sme, steps=min(self.rng.randint(least, 9) for least in (0, 1, 1)))

        self.at(self.day(back), act)

    def _applies(self, plan: firms.Plan, number: int, *, applied_back: int) -> None:
        def register() -> None:
            self.firms[plan.number] = owner, sme = firms.register(plan)
            firms.fill_in(plan, owner, sme)
            with clock_at(timezone.now() + timedelta(seconds=20)):
                firms.send_papers(plan, owner, sme)
            if number == 1:  # looked at before the application, so that its first score is its last
                with clock_at(timezone.now() + timedelta(seconds=30)):
                    self._papers(plan, self._readers(plan)[0], all_of_them=True)

        self.at(self.day(applied_back + self.rng.randint(1, 3)), register)
        self.at(self.day(applied_back), self._apply, plan, number)

    def _apply(self, plan: firms.Plan, number: int) -> None:
        owner, sme = self.firms[plan.number]
        row = intake_services.start_application(actor=owner, round=self.rounds[number], sme=sme, track=_track(plan))
        intake_services.save_application_draft(
            actor=owner,
            application=row,
            track=_track(plan),
            motivation=_one_of(MOTIVATIONS, plan),
            commitment_name=plan.owner,
        )
        if number == 3 and (plan.number % 3 == 0 or plan.login.startswith("hala")):
            if not plan.known:
                self.drafts.append((owner, row))
            return
        if (number == 3 and plan.number % 10 == 1) or (number == 1 and plan.number % 3 == 1):
            nominations_demo.claimed(self.rounds[number], owner, sme)
        intake_services.submit_application(actor=owner, application=row, declared=True)
        applied = timezone.localdate()
        if plan.number % 7 == 0:
            self.at(min(applied + timedelta(days=2), self.today), self._writes, plan, row)
        if number == 1:
            self._review(plan, row, day=applied + timedelta(days=self.rng.randint(1, 3)), pace=3)
        elif number == 2:
            self._review(plan, row, day=applied + timedelta(days=self.rng.randint(1, 5)), pace=4)

    def leave_one_to_the_worker(self) -> None:
        """One firm submits at this moment and nothing is delivered: the worker's first file, which it scores when it starts."""
        owner, row = self.drafts[-1]
        intake_services.submit_application(actor=owner, application=row, declared=True)

    def _writes(self, plan: firms.Plan, row: Application) -> None:
        owner, _sme = self.firms[plan.number]
        correspondence_services.write_letter(actor=owner, application=fresh(row), words=_one_of(LETTERS, plan))

    # Review -----------------------------------------------------------------------------------------------------------
    def _review(self, plan: firms.Plan, row: Application, *, day: date, pace: int) -> None:
        """Papers, readers, readings, recommendation, decision, each some days after the other; today ends the story."""
        first, second = self._readers(plan)
        steps: list[tuple[int, object]] = [
            (0, lambda: self._papers(plan, first, all_of_them=_is_looked_through(plan))),
            (1, lambda: self._assign(row, first, second)),
            (pace, lambda: self._read(plan, row, first)),
            (pace + 2, lambda: self._read(plan, row, second)),
            (pace + 5, lambda: self._recommend(plan, row)),
        ]
        if pace == 3:
            steps = steps[1:4]  # recommended when every file of the round has its score
        elif plan.login.startswith("chenab") or plan.number % 11 == 3:
            steps[2:] = [(3, lambda: self._ask(plan, row, first))]
        elif plan.number % 23 == 7:
            steps = [(2, lambda: self._withdraw(plan, row))]
        elif plan.login.startswith("mehran"):
            steps = steps[:3]
        elif _is_looked_through(plan):
            steps = steps[: 5 if plan.number % 5 else 3]
        else:
            steps = steps[: 1 + plan.number // 3 % 3]
        before = None
        for offset, act in steps:
            when = day + timedelta(days=offset)
            while not is_working_day(when):
                when += timedelta(days=1)
            if when <= self.today:
                before = self.at(when, act, after=before)
        if pace == 3:
            self.at(self.working_day(113 - plan.number % 6), self._finish_reading, plan, row)

    def _readers(self, plan: firms.Plan) -> tuple[User, User]:
        officers = self.people.officers
        return officers[plan.number % 4], officers[(plan.number + 1 + plan.number % 3) % 4]

    def _papers(self, plan: firms.Plan, officer: User, *, all_of_them: bool) -> None:
        _owner, sme = self.firms[plan.number]
        firms.judge_papers(officer, sme, plan, verify=None if all_of_them else (plan.number * 3) % 6)

    def _assign(self, row: Application, first: User, second: User) -> None:
        row = fresh(row)
        if row.state in (State.SCORED, State.IN_REVIEW):
            review_services.assign_readers(actor=self.people.directors[0], application=row, first=first, second=second)

    def _read(self, plan: firms.Plan, row: Application, reader: User) -> None:
        row = fresh(row)
        if row.state != State.IN_REVIEW:
            return
        proof = 2 if plan.is_proven else 0  # who has sent a paper for all it says means it
        mark = max(2, min(10, round(plan.quality * 10) + proof + self.rng.randint(-1, 2)))
        review_services.record_reading(
            actor=reader,
            application=row,
            commitment=mark,
            product_fit=max(2, mark - 1),
            outcome=Outcome.SELECT if mark >= 6 else Outcome.WAITLIST if mark >= 4 else Outcome.DECLINE,
            comment="Named a person, time and money for it."
            if mark >= 6
            else "Wants to, but nobody is free for it yet.",
        )

    def _ask(self, plan: firms.Plan, row: Application, officer: User) -> None:
        row = fresh(row)
        if row.state not in (State.SCORED, State.IN_REVIEW):
            return
        field, said = QUESTIONS[plan.number % len(QUESTIONS)]
        title, words = said[plan.language]
        correspondence_services.ask_question(actor=officer, application=row, title=title, words=words, fields=[field])

    def _withdraw(self, plan: firms.Plan, row: Application) -> None:
        owner, _sme = self.firms[plan.number]
        intake_services.withdraw_application(
            actor=owner, application=fresh(row), reason="We apply again when the new workshop is ready."
        )

    def _recommend(self, plan: firms.Plan, row: Application) -> None:
        row = fresh(row)
        if row.state != State.REVIEWED:
            return
        if not review_selectors.has_line(row.round):
            self.at(max(timezone.localdate() + timedelta(days=1), self.working_day(6)), self._recommend, plan, row)
            return
        if plan.number % 3:
            self._clear_up(row)
        outcome, reasons = self._outcome(row)
        if outcome is None:
            return
        review_services.recommend(
            actor=row.officer or self.people.officers[0],
            application=row,
            outcome=outcome,
            reason_codes=reasons,
            words=DECISIONS[outcome][plan.language],
        )

    def _outcome(self, row: Application) -> tuple[str | None, list[str]]:
        """None where the officer first waits for what stands against the file, as long as its round goes on."""
        if obstacles.obstacles_of(row):
            return (Outcome.DECLINE, ["facts_not_shown"]) if row.round_id == self.rounds[1].pk else (None, [])
        place = 1 + sum(points > row.points for points in self._points_in_the_way(row.round))
        if place <= row.round.seats:
            return Outcome.SELECT, ["strong_score", "ready_to_sell"]
        if place <= row.round.seats + seats_demo.WAITING:
            return Outcome.WAITLIST, ["seats_full", "near_the_line"]
        return Outcome.DECLINE, ["score_too_low"]

    def _points_in_the_way(self, round_: Round) -> list[Decimal]:
        """Of the files of a round that nothing stands against on this day; looked up once a day."""
        key = (round_.pk, timezone.localdate())
        if key not in self.points:
            scored = Application.objects.filter(round=round_, has_score=True).exclude(state=State.HELD)
            files = list(scored.select_related("sme", "round"))
            against = obstacles.obstacles_among(files)
            self.points[key] = [row.points for row in files if not against[row.pk]]
        return self.points[key]

    def _finish_reading(self, plan: firms.Plan, row: Application) -> None:
        """In the first round what still waits is read and recommended on this day."""
        if state_of(row) == State.SCORED:
            self._assign(row, *self._readers(plan))
        for _each in range(2):  # two readers; where they disagree, a third
            for reader in readers_to_come(row):
                self._read(plan, row, reader)
        self._clear_up(row)
        self._recommend(plan, row)

    def _clear_up(self, row: Application) -> None:
        """The officer calls the firm: it is another than the one it looks like, and what did not seem to fit does."""
        if state_of(row) != State.REVIEWED:
            return
        officer = first_reader(row)
        for flag in duplicates_selectors.duplicates_of(row.sme).filter(state=FlagState.OPEN):
            duplicates_services.judge_duplicate(actor=officer, flag=flag, same=False, note=ANOTHER_FIRM)
        for found in evidence_selectors.open_contradictions(row.sme):
            review_services.explain_contradiction(
                actor=officer, application=row, contradiction=found.public_id, explanation=SEEN_IN_THE_BOOKS
            )

    def _decide_the_rest(self) -> None:
        """Files that no composition could choose, since a paper does not show what the firm says."""
        rows = Application.objects.filter(round=self.rounds[1], state__in=OPEN_STATES).select_related("round", "sme")
        for row in rows.order_by("pk"):
            proposal = newest_recommendation(row)
            review_services.decide(
                actor=self.people.directors[row.pk % 2],
                application=row,
                outcome=proposal.outcome,
                reason_codes=proposal.reason_codes,
                words=proposal.words,
                basis=review_selectors.basis_of(row),
            )

    def _exceptions(self) -> None:
        """In the round under review two certificates of a bank are waived, one with both signatures, one still without the
        director's; and an officer explains why two firms sent the same picture."""
        read = (State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED)
        rows = Application.objects.filter(round=self.rounds[2], state__in=read, readings__place=1)
        files = list(rows.select_related("sme", "round").order_by("pk"))
        lacking = [
            row
            for row in files
            if row.state != State.RECOMMENDED and "bank_certificate" in papers_selectors.unverified_papers(row.sme)
        ]
        unreadable = {
            row.pk
            for row in lacking
            if any(paper.kind == "bank_certificate" for paper in papers_selectors.refused_documents(row.sme))
        }
        lacking.sort(key=lambda row: row.pk not in unreadable)
        waivers = [
            review_services.propose_waiver(
                actor=first_reader(row), application=row, kinds=["bank_certificate"], words=words
            )
            for row, words in zip(lacking, WAIVERS, strict=False)
        ]
        for waiver in waivers[:1]:
            review_services.sign_waiver(
                actor=self.people.directors[0], application=waiver.application, waiver=waiver.public_id
            )
        shared = [
            (row, found)
            for row in files
            for found in evidence_selectors.open_contradictions(row.sme)
            if found.code == "same_paper"
        ]
        for row, found in shared[:1]:
            review_services.explain_contradiction(
                actor=first_reader(row), application=row, contradiction=found.public_id, explanation=SHARED_HALL
            )

    def _finish(self) -> None:
        self.rounds[1] = rounds_services.finish_round(actor=self.people.directors[0], round=self.rounds[1])


def _is_looked_through(plan: firms.Plan) -> bool:
    """Whether officers have compared all papers of a firm of the second round; such files are read to the end."""
    return plan.is_proven or plan.number % 3 != 2


def _one_of(words: Mapping[str, Sequence[str]], plan: firms.Plan) -> str:
    """One of several texts, in the firm's language."""
    return words[plan.language][plan.number % len(words[plan.language])]


def _track(plan: firms.Plan) -> str:
    if plan.sector == "carpets":
        return Track.CARPET_REVIVAL
    if plan.sector in ("ict", "fintech"):
        return Track.SERVICES
    return Track.GENERAL


def build(*, people: People, seed: int, today: date, beside: Callable[[Replay], None]) -> Story:
    """Tell the story once. beside: schedules what the floors above do in these months. Raises what the services raise: the demo
    tests the real path."""
    story = Story(people=people, seed=seed, today=today)
    beside(story.replay)
    story.tell()
    with clock_at(timezone.now()):
        rounds_services.sound_promise_alarms()
        outbox.deliver_all()
        story.leave_one_to_the_worker()
    return story


def fresh(row: Application) -> Application:
    return Application.objects.get(pk=row.pk)


def state_of(row: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=row.pk)


def first_reader(row: Application) -> User:
    return row.readings.select_related("reader").earliest("place").reader


def readers_to_come(row: Application) -> list[User]:
    open_readings = Reading.objects.filter(application=row, done_at=None).select_related("reader").order_by("place")
    return [reading.reader for reading in open_readings]


def keep_offers() -> None:
    """What beat rings of offers, and what waits in the outbox, at the end of a day."""
    offers_services.remind_of_offers()
    offers_services.expire_offers()
    outbox.deliver_all()


def newest_recommendation(row: Application) -> Recommendation:
    return Recommendation.objects.filter(application=row).latest("pk")
