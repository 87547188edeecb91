"""A small portal with a file in every state, a firm's whole folder, and a person of each kind. Made by the real acts."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.deposits import acts as payment_acts
from payments.deposits import services as services_of_payments
from payments.finance.cases import services as cases_services
from payments.finance.pools import selectors as pools_selectors
from payments.finance.pools import services as pools_services
from payments.ledger import selectors as ledger_selectors
from payments.models import Allocation
from payments.proceeds import allocating, confirming
from payments.readiness import services as readiness_services
from payments.states import Look, ReadinessKind
from selection.appeals import services as appeals_services
from selection.appeals.services import PointGiven
from selection.bulk import services as bulk_services
from selection.correspondence import services as correspondence_services
from selection.desk import services as desk_services
from selection.handover import services as handover_services
from selection.intake import services as intake_services
from selection.models import Appeal, Application, BulkAct, Nomination
from selection.nominations import services as nominations_services
from selection.review import services as review_services
from selection.scoring import services as scoring_services
from selection.seats.offers import services as offers_services
from selection.seats.offers import signing
from selection.states import Outcome
from selection.trade import services as trade
from smes.evidence import services as evidence_services
from smes.models import Sme
from smes.papers import services as papers_services
from smes.people import services as people_services
from smes.profile.steps import STEPS
from tdap_portal.accounts.role_requests import services as role_requests_services
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.tasks import heartbeat
from tdap_portal.notifications.models import Message
from tests.factories import proceeds as made_proceeds
from tests.factories import training_places as made_places
from tests.factories.accounts import PASSWORD, UserFactory, administrator, director, officer, partner_person
from tests.factories.bank import bank_rows
from tests.factories.notifications import DispatchFactory
from tests.factories.payments import finance_officer
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, decided
from tests.factories.smes import (
    DocumentFactory,
    MemberFactory,
    SmeFactory,
    compare_all,
    flag_of,
    pdf_of,
    verified_papers,
)
from tests.factories.trade import demand_line, platform_file
from tests.factories.training import (
    CohortFactory,
    ProgrammeFactory,
    TrainerFactory,
    VenueFactory,
    add_module,
    place_in,
    publish,
)
from tests.factories.training_certificates import certified
from tests.payments.deposits import made as made_payments
from tests.payments.deposits import test_proofs as slips
from tests.payments.finance import made as made_finance
from tests.payments.readiness import made as made_readiness
from tests.selection.nominations import made as made_nominations
from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule, sent
from tests.training import made as training_made
from tests.training.assessment.walked import walked
from tests.training.timetable.planned import planned
from training.attendance import services as attendance_services
from training.attendance.services import Called
from training.board import services as board_services
from training.calendars import services as calendars_services
from training.calendars.selectors import feed_token
from training.codes import EQUIPMENT, SKILLS
from training.engagement import services as engagement_services
from training.feedback import services as feedback_services
from training.materials import services as materials_services
from training.materials.files import check_material
from training.meetings import selectors as meetings_selectors
from training.meetings import services as meetings_services
from training.models import Attendance, Cohort, Place, Programme, Trainer, Venue, WatchLine, WatchReason
from training.resources import services as resources_services
from training.states import AttendanceStatus, PlaceState

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Session

CITIES = ("Sialkot", "Khanewal", "Toba Tek Singh")
STEP_CODES = tuple(step.code for step in STEPS)
BIG = {"name": "Muhammad Abdul Rehman Brothers Surgical Instruments & General Trading Company"}
UNBROKEN = "Muhammadabdulrehmanbrotherssurgicalinstruments.com.pk"


class World:
    """people: who opens pages, by a word; sessions: their cookies. ids: what stands in addresses, by a word."""

    def __init__(self) -> None:
        self.ids: dict[str, Any] = {}
        self.people: dict[str, User] = {
            "owner": UserFactory(name="Saima Akhtar", email="a.very.long.address.of.a.person@mail.workshop.example.pk"),
            "newcomer": UserFactory(name="Bilal"),
            "officer": officer(name="Kamran Shah"),
            "reader": officer(name="Rabia Malik"),
            "director": director(name="Hina Qureshi"),
            "programme": UserFactory(name="Rizwan Aziz", roles=(Role.PROGRAMME_MANAGER,)),
            "trainer": UserFactory(name="Hira Saleem"),
            "finance": UserFactory(name="Shazia Munir", roles=(Role.FINANCE_OFFICER,)),
            "administrator": administrator(name="Imran Ali"),
            "platform": partner_person(PartnerKind.PLATFORM, name="Zoya Khan"),
            "chamber": partner_person(name="Tariq Mehmood"),
            "bank": partner_person(PartnerKind.BANK, name=UNBROKEN),
            "microfinance": partner_person(PartnerKind.MICROFINANCE_BANK, name="Rukhsana Mengal"),
        }
        trade.load_sample()
        trade.simulate_platform()
        self.round = RoundFactory(number=1)
        RoundFactory(number=2, planned=True)
        self._files()
        self._offers()
        self._places()
        self._folder()
        self._desk()
        self._trade()
        self._leaver()
        self._roles()
        self._seats()
        self._nominations()
        self._finance()
        self._training()
        self.ids |= bank_rows(self.people["finance"])
        self._running()
        self._behind()
        self._proceeds()
        self._payments()
        deliver_all()  # who waits may get a place, and a proposal rests on how many come
        self.ids |= planned(self.people["programme"])
        deliver_all()  # inside a test's transaction nobody rang
        for name in ("owner", "officer"):
            self.ids[f"message_{name}"] = Message.objects.filter(to=self.people[name]).earliest("pk").public_id
        DispatchFactory(state="failed", error="no_way_out")
        heartbeat()
        self.sessions = {name: session_of(person) for name, person in self.people.items()}

    def _proceeds(self) -> None:
        """Exports of the ready firm: open, late, paid; money at the bank; a number that another firm wrote; a month to publish."""
        sme, bank = Sme.objects.get(public_id=self.ids["ready_firm"]), made_proceeds.bank_of(self.people["bank"])
        made_proceeds.with_rules()
        for back in (100, 60, 25, 2):
            made_proceeds.rate(day=made_proceeds.days_ago(back), by=self.people["finance"])
        open_one = made_proceeds.shipped(sme, shipped_on=made_proceeds.days_ago(20), bank=bank)
        late = made_proceeds.shipped(sme, shipped_on=made_proceeds.days_ago(200), bank=bank)
        sold = made_proceeds.service(sme, amount=9_000_00, shipped_on=made_proceeds.days_ago(40))
        paid = made_proceeds.came(sme, bank=bank, came_on=made_proceeds.days_ago(60), amount=9_999_00)
        allocating.match(actor=sme.created_by, receipt=paid, parts={late.public_id: 4_000_00}, seen=0)
        made_proceeds.confirmed(paid, person=self.people["bank"])
        said = made_proceeds.came(sme, bank=bank, is_service=True, service="SI21", amount=30_000_00, kept=100_00)
        allocating.match(actor=sme.created_by, receipt=said, parts={sold.public_id: 1_000_00}, seen=0)
        wrong = made_proceeds.came(sme, bank=bank, amount=77_00)
        confirming.disagree(actor=self.people["bank"], receipt=wrong, reason="remittance", words="Coded otherwise.")
        self.ids |= {
            "open_shipment": open_one.public_id,
            "late_shipment": late.public_id,
            "said_receipt": said.public_id,
            "paid_receipt": paid.public_id,
            "disputed_receipt": wrong.public_id,
            "allocation": Allocation.objects.get(receipt=said).pk,
            "held_shipment": made_proceeds.shipped(number=open_one.number).public_id,
            "statement_month": paid.came_on.strftime("%Y-%m"),
        }

    def _file(self, word: str, **kwargs: Any) -> Application:
        """A file of the owner's, one more firm each; known in addresses by its word."""
        row = ApplicationFactory(
            round=self.round,
            sme_values={"created_by": self.people["owner"], "city": CITIES[len(self.ids) % 3], **kwargs.pop("sme", {})},
            **{"scored": True, **kwargs},
        )
        self.ids[word], self.ids[f"{word}_firm"] = row.public_id, row.sme.public_id
        return row

    def _files(self) -> None:
        first, second, chief = (self.people[name] for name in ("officer", "reader", "director"))
        self._file("draft", scored=False)
        self._file("scored", sme=BIG)
        self._file("held", sme={"turnover_pkr": 2_000_000_000})
        for word in ("asked", "in_review", "half_read", "reviewed", "recommended"):
            values = {"in_review": {"name": UNBROKEN}, "reviewed": {"turnover_pkr": 5_000_000}}
            row = self._file(word, sme=values.get(word, {}))
            review_services.assign_readers(actor=chief, application=row, first=first, second=second)
            for reader in {"half_read": [second], "reviewed": [first, second], "recommended": [first, second]}.get(
                word, []
            ):
                review_services.record_reading(
                    actor=reader, application=row, commitment=8, product_fit=7, outcome="select", comment="Well made."
                )
            if word == "reviewed":  # something does not fit, and a paper is to be waived
                evidence_services.look_for_contradictions(sme_id=row.sme_id)
                review_services.propose_waiver(
                    actor=second, application=row, kinds=["tax_return"], words="Its first return is not due yet."
                )
            if word == "recommended":
                verified_papers(row.sme)
                review_services.recommend(
                    actor=first, application=row, outcome="select", reason_codes=["ready_to_sell"], words="Ready."
                )
            if word == "asked":
                ask(
                    row,
                    fields=("capacity_per_month", "quality_control", "founded_on"),
                    document_kinds=("tax_return",),
                    by=first,
                )
        for word, outcome in (
            ("selected", Outcome.SELECT),
            ("waitlisted", Outcome.WAITLIST),
            ("declined", Outcome.DECLINE),
        ):
            decided(self._file(word, sme={"name": UNBROKEN} if word == "selected" else {}), outcome)
        self._appeal()
        gone = self._file("withdrawn")
        intake_services.withdraw_application(actor=self.people["owner"], application=gone, reason="We come back.")

    def _appeal(self) -> None:
        """Of the declined file, drawn to the director; the one that waits can still be appealed for."""
        file = Application.objects.get(public_id=self.ids["declined"])
        points = [
            PointGiven("A1", f"{UNBROKEN} stands on page 3 of the bill."),
            PointGiven("A3", "ہمارے پوائنٹس کم ہیں۔"),
        ]
        row = appeals_services.send(
            actor=self.people["owner"], application=file, points=points, name=self.people["owner"].name
        )
        Appeal.objects.filter(pk=row.pk).update(director=self.people["director"], drawn_of=2)
        self.ids["appeal"] = row.public_id

    def _roles(self) -> None:
        """The newcomer waits for an administrator, another person for a second signature."""
        words = {"office": "Review desk, Toba Tek Singh", "why": "I read files for Mr Aziz, who can confirm it."}
        newcomer, other = self.people["newcomer"], UserFactory(name=UNBROKEN)
        own = role_requests_services.ask_for_role(actor=newcomer, role=Role.OFFICER, **words)
        signed = role_requests_services.ask_for_role(actor=other, role=Role.FINANCE_OFFICER, **words)
        role_requests_services.grant_request(actor=administrator(name="Omar Javed"), request=signed)
        self.ids |= {"own_request": own.public_id, "request": signed.public_id}

    def _seats(self) -> None:
        """A closed round of which one director worked out two compositions and sent the second: A without a rule, B with one."""
        closed, sender = closed_round(seats=1, number=4), director(name=UNBROKEN)
        reviewed_files(
            closed, {"points": "70", "sme_name": UNBROKEN}, {"points": "60", "sme_name": "Makli", "women_led": True}
        )
        composed(closed, by=sender)
        decision = sent(composed(closed, by=sender, rules=[rule(*WOMEN, floor=1)]))
        self.ids["round_decision"] = decision.public_id

    def _offers(self) -> None:
        """An offer that waits for an answer, and an act that waits for a second signature."""
        row = Application.objects.get(public_id=self.ids["selected"])
        self.ids["offer"] = offers_services.make_offer(application=row, decision=row.decisions.get()).public_id
        act = signing.propose_reserve(actor=director(), round=self.round, reserve=1, words="An appeal may come.")
        self.ids["seat_act"] = act.public_id
        self.ids["receipt_code"] = row.score_cards.get().code_shown

    def _places(self) -> None:
        """A firm with an accepted seat and a place in a cohort, another that waits for one, and cohorts to choose from."""
        programme = made_places.ProgrammeFactory(code="EXPORT-1")
        held, full = (
            made_places.CohortFactory(programme=programme, code=code, places=places)
            for code, places in (("LHR-11", 2), ("LHR-12", 1))
        )
        elsewhere = made_places.CohortFactory(programme=programme, code="KHI-11", city="Karachi", time_of_day="evening")
        for word in ("seated", "unplaced", "filling"):
            row = decided(self._file(word, sme={"name": UNBROKEN} if word == "seated" else {}))
            offer = offers_services.make_offer(application=row, decision=row.decisions.get())
            offer = made_places.accepted(offer, deposit=500_000, attendee=UNBROKEN)
            if word == "seated":
                place = self.seated_place = made_places.put(offer, held, attendee=UNBROKEN)
                certificate = certified(place)
                feed = calendars_services.open_feed(actor=self.people["owner"])
                self.ids |= {
                    "roster_place": place.public_id,
                    "certificate": certificate.public_id,
                    "certificate_number": certificate.number,
                    "feed_token": feed_token(feed),
                }
                made_places.put(offer, full, PlaceState.WAITING)
            elif word == "filling":
                made_places.put(offer, full)
        self.ids |= {
            "held_cohort": held.public_id,
            "full_cohort": full.public_id,
            "cohort_elsewhere": elsewhere.public_id,
        }

    def _payments(self) -> None:
        """Of a firm of the owner one payment to be paid, with a slip, and one paid twice, with what two people decide about it."""
        sme = Sme.objects.get(public_id=self.ids["ready_firm"])
        open_, paid = (made_payments.asked(sme) for _number in range(2))
        proof = slips.sent(open_)
        services_of_payments.receive(payment=paid, incoming=made_payments.money())
        services_of_payments.receive(payment=paid, incoming=made_payments.money())
        first, second = finance_officer(), finance_officer()
        by_hand = payment_acts.propose(
            actor=first, payment=paid, kind=payment_acts.Kind.REFUND, amount=1000, words="A part goes back."
        )
        payment_acts.send_refund(payment_acts.sign(actor=second, act=by_hand).pk)
        act = payment_acts.propose(
            actor=first, payment=paid, kind=payment_acts.Kind.PAY_CREDIT, amount=1000, words="Paid twice."
        )
        entry = ledger_selectors.entries_about(paid.reference).first()
        self.ids |= {
            "payment": open_.public_id,
            "paid_payment": paid.public_id,
            "slip": proof.public_id,
            "payment_act": act.public_id,
            "refund": by_hand.public_id,
            "finding": paid.findings.get(kind="double").public_id,
            "money_receipt": entry.receipts.get().public_id,
            "entry": entry.pk,
            "account": ledger_selectors.lines_of(entry)[0].account_id,
        }

    def _behind(self) -> None:
        """A session that is over, with what people said of it; one of them falls behind, was called and is to be called."""
        trainer = Trainer.objects.get(public_id=self.ids["trainer"])
        Cohort.objects.filter(public_id=self.ids["held_cohort"]).update(places=20)
        cohort = Cohort.objects.get(public_id=self.ids["held_cohort"])
        session = training_made.session(cohort, title=UNBROKEN)
        session.starts_at = timezone.now() - timedelta(hours=5)
        session.ends_at, session.trainer = session.starts_at + timedelta(hours=2), trainer
        session.save()
        seated = Place.objects.get(cohort=cohort, attendee=UNBROKEN)
        Place.objects.filter(pk=seated.pk).update(asked_at=session.starts_at - timedelta(days=9))
        for number in range(6):
            place = seated
            if number:
                place = training_made.place(
                    cohort,
                    UserFactory(),
                    application=ApplicationFactory(round=self.round),
                    asked_at=session.starts_at - timedelta(days=9),
                )
            Attendance.objects.create(session=session, place=place, status="present")
            if number:
                feedback_services.give_feedback(
                    actor=place.attendee_user,
                    session=session,
                    place=place,
                    useful=number,
                    clear=5,
                    words=UNBROKEN if number == 1 else "بہت اچھا سیشن تھا۔",
                )
        lines, day = [], timezone.localdate()
        for place in Place.objects.filter(cohort=cohort, attendee_user__isnull=False)[:2]:
            line = WatchLine.objects.create(
                place=place,
                sme=place.sme,
                cohort=cohort,
                main="missed",
                since=day,
                noted_on=day,
            )
            WatchReason.objects.create(line=line, code="missed", figure=2, of=2, since=day)
            WatchReason.objects.create(line=line, code="attendance", figure=41, of=80)
            lines.append(line)
        officer = self.people["officer"]
        engagement_services.note_call(
            actor=officer, line=lines[0], key="0" * 32, outcome="cannot", why="ill", words=f"{UNBROKEN} is ill."
        )
        engagement_services.claim(actor=self.people["programme"], line=lines[1])
        engagement_services.leave(actor=self.people["programme"], line=lines[1])
        self.ids |= {
            "answered_session": session.public_id,
            "watch_line": lines[1].public_id,
            "called_line": lines[0].public_id,
        }

    def _folder(self) -> None:
        """Papers, people, an invitation and a half-told firm."""
        owner = self.people["owner"]
        fresh = SmeFactory(created_by=owner, name="New workshop")
        ready = SmeFactory(created_by=owner, name=UNBROKEN, complete=True)
        self.ids |= {"fresh_firm": fresh.public_id, "ready_firm": ready.public_id}
        paper = DocumentFactory(sme=ready, state="refused", reason="The stamp cannot be read.")
        DocumentFactory(
            sme=ready, kind="bank_certificate", name="a_long_name_of_a_file_without_any_spaces_in_it_2026.pdf"
        )
        friend = MemberFactory(sme=ready, user=UserFactory(name=UNBROKEN), role="preparer")
        invitation = people_services.invite_member(actor=owner, sme=ready, role="finance", email="new@example.pk")
        self.ids |= {"paper": paper.public_id, "friend": friend.user.public_id, "token": invitation.token}
        self.ids["flag"] = flag_of(ready, fresh).public_id

    def _desk(self) -> None:
        reviewed = ApplicationFactory._meta.model.objects.get(public_id=self.ids["reviewed"])
        words = b"BT /F1 18 Tf 60 690 Td (National Tax Number 4217698-3) Tj 0 -40 Td (ATTOCK SURGICO) Tj ET"
        to_compare = DocumentFactory(sme=reviewed.sme, content=pdf_of(words))
        papers_services.draw_paper(to_compare)
        compared = DocumentFactory(sme=reviewed.sme, kind="bank_certificate", content=pdf_of(words))
        papers_services.draw_paper(compared)
        compare_all(compared, self.people["officer"])
        evidence_services.keep_paper(actor=self.people["officer"], document=compared)
        self.ids |= {"to_compare": to_compare.public_id, "compared": compared.public_id}
        for person, words in ((self.people["owner"], "When is the training?"), (self.people["officer"], "In May.")):
            correspondence_services.write_letter(actor=person, application=reviewed, words=words)
        _plan, signed = bulk_services.plan_bulk(
            actor=self.people["director"],
            kind=BulkAct.Kind.ASSIGN.value,
            round=self.round,
            files=[self.ids["scored"]],
            choices={name: self.people[who].public_id for name, who in (("first", "officer"), ("second", "reader"))},
        )
        self.ids["bulk"] = bulk_services.confirm_bulk(actor=self.people["director"], plan=signed).public_id
        self.ids["rescoring"] = scoring_services.start_rescoring(
            actor=self.people["director"], round=self.round
        ).public_id
        study = scoring_services.start_level_study(
            actor=self.people["director"], round=self.round, policy=self.round.policy
        )
        self.ids["study"] = study.public_id
        desk_services.save_view(actor=self.people["officer"], name="Sialkot", query="tab=all&q=Sialkot")

    def _leaver(self) -> None:
        """An officer who has left two files that nobody has yet."""
        gone = officer(name=UNBROKEN)
        for word in ("left", "left_too"):
            row = self._file(word, sme=BIG if word == "left" else {})
            review_services.assign_readers(
                actor=self.people["director"], application=row, first=gone, second=self.people["reader"]
            )
        handover_services.lock_out(actor=self.people["administrator"], person=gone, reason="Moves to Quetta.")
        self.ids |= {"leaver": gone.public_id, "reader": self.people["reader"].public_id}

    def _nominations(self) -> None:
        """A sheet with something to put right, three of its firms nominated, one of which agreed."""
        person = self.people["chamber"]
        sheet = made_nominations.sheet(person, self.round)
        nominations_services.take_rows(actor=person, sheet=sheet)
        asked, agreed, _third = Nomination.objects.order_by("pk")
        nominations_services.answer_nomination(token=agreed.token, agrees=True, actor=None)
        self.ids |= {
            "partner": made_nominations.organisation_of(person).public_id,
            "nomination_sheet": sheet.public_id,
            "nominee": asked.public_id,
            "nomination_token": asked.token,
            "agreed_token": agreed.token,
        }
        seated = Application.objects.get(public_id=self.ids["seated"])
        claimed = made_nominations.nominated(person, self.round, firm=UNBROKEN, mobile="0300 7654399")
        now = timezone.now()
        Nomination.objects.filter(pk=claimed.pk).update(
            state="agreed", answered_at=now, claimed_at=now, sme=seated.sme_id
        )
        wish = board_services.want_digest(actor=person, partner=claimed.partner)
        self.ids["digest_token"] = wish.token

    def _training(self) -> None:
        """A programme with what is handed out; a planned cohort and one that is open, in which the owner's firm has a place; a
        trainer with an account and a time away, a room that is closed for a time."""
        manager, name = self.people["programme"], UNBROKEN
        programme = ProgrammeFactory(code="EXP-1", name=name, about="For firms that sell abroad for the first time.")
        first = add_module(programme, title=name, by=manager, outcomes=[{"en": "Write a page.", "ur": "صفحہ لکھنا۔"}])
        module = add_module(programme, title="Photographs", by=manager, after=[first], bring="A product")
        material = {"module": module, "title": name, "language": "ur"}
        file = check_material(BytesIO(pdf_of(b"BT ET")), name=f"{name}.pdf", size=None, max_bytes=8_000_000)
        version = materials_services.add_material(actor=manager, file=file, **material)
        planned = CohortFactory(programme=programme, by=manager, code="LHR-1")
        opened = CohortFactory(programme=programme, by=manager, code="SKT-1", city="Sialkot", state="open", places=2)
        trainer = TrainerFactory(name=name, user=self.people["trainer"], cities=list(CITIES), skills=list(SKILLS))
        venue = VenueFactory(name=name, address="12 Mall Road", equipment=list(EQUIPMENT))
        publish(opened.sessions.get(position=1), trainer=trainer, venue=venue)
        times = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": timezone.now() + timedelta(days=2)}
        away = resources_services.note_absence(actor=manager, trainer=trainer, words="اپنے گاؤں میں", **times)
        closing = resources_services.note_closing(actor=manager, venue=venue, **times)
        file = Application.objects.select_related("sme").get(public_id=self.ids["selected"])
        place_in(opened, application=file)
        joined = self._joined(opened, trainer)
        self.ids |= {
            "joined_session": joined.public_id,
            "coming_session": opened.sessions.get(position=1).public_id,
            "programme": programme.public_id,
            "module": module.public_id,
            "material": version.material.public_id,
            "planned_cohort": planned.public_id,
            "cohort": opened.public_id,
            "trainer": trainer.public_id,
            "venue": venue.public_id,
            "absence": away.public_id,
            "closing": closing.public_id,
        }
        self.ids |= walked(manager, self.seated_place, programme=programme, trainer=trainer)

    def _joined(self, cohort: Cohort, trainer: Trainer) -> Session:
        """A session of a cohort that runs now and is joined online; the owner has joined it."""
        now = timezone.now()
        session = cohort.sessions.get(position=2)
        session.starts_at, session.ends_at = now - timedelta(hours=1), now + timedelta(hours=2)
        session.trainer, session.join_url = trainer, f"https://meet.example.org/j/{UNBROKEN}"
        session.save()
        attendance_services.join(actor=self.people["owner"], session=session, device="the owner's computer")
        self._reports(session, self.people["trainer"])
        return session

    def _running(self) -> None:
        """A session under way, also just after midnight; of one of its people two devices say something else, one has no sign, one is a
        visitor."""
        now, manager = timezone.now(), self.people["programme"]
        programme = Programme.objects.get(public_id=self.ids["programme"])
        trainer, venue = (
            model.objects.get(public_id=self.ids[word]) for model, word in ((Trainer, "trainer"), (Venue, "venue"))
        )
        cohort = CohortFactory(programme=programme, by=manager, code="SKT-0", city="Sialkot")
        Cohort.objects.filter(pk=cohort.pk).update(state="running", starts_on=timezone.localdate())
        row = cohort.sessions.get(position=1)
        row.starts_at = max(now - timedelta(minutes=30), timezone.localtime(now).replace(hour=0, minute=0, second=0))
        row.ends_at, row.trainer, row.venue = row.starts_at + timedelta(minutes=row.minutes), trainer, venue
        row.changed_at = now
        row.save()
        words = ("scored", "reviewed", "asked")
        files = [Application.objects.select_related("sme").get(public_id=self.ids[word]) for word in words]
        known, _without_a_sign = (place_in(cohort, application=file) for file in files[:2])
        visitor = place_in(cohort, application=files[2], state="waiting")
        for device, place, status in (("a1", known, "absent"), ("b2", known, "late"), ("b2", visitor, "present")):
            attendance_services.take_roll(
                actor=self.people["trainer"],
                session=row,
                device=device,
                called=[Called(f"{device}-{place.pk}", place.public_id, AttendanceStatus(status), now)],
            )
        self.ids |= {"running_session": row.public_id, "running_place": known.public_id}

    def _reports(self, session: Session, trainer: User) -> None:
        """Of its meeting: one that counts, with names that were given and some that were not; one to look at; one of another day."""
        begin = timezone.localtime(session.starts_at)
        times = [f"{begin + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}" for minutes in (5, 50)]
        other_day = [f"{begin - timedelta(days=1, minutes=-minutes):%Y-%m-%d %H:%M:%S}" for minutes in (5, 50)]
        reports = {}
        for name, who, span in (
            ("counted", ("iPhone", UNBROKEN, "Saima"), times),
            ("meeting_report", (self.people["owner"].name, "Galaxy A12"), times),
            ("late_report", ("iPhone",), other_day),
        ):
            rows = [f"{one},{self._email_of(one)},{span[0]},{span[1]}" for one in who]
            content = "\n".join(["Name (Original Name),User Email,Join Time,Leave Time", *rows]).encode()
            reports[name] = meetings_services.read_in(
                actor=trainer, session=session, file_name=f"{UNBROKEN}.csv", content=content
            )
        meetings_services.count(actor=trainer, report=reports["counted"])
        place = session.cohort.places_taken.get()
        for written, chosen in (("iPhone", place.public_id), (UNBROKEN, meetings_selectors.NOBODY)):
            meetings_services.name_participants(actor=trainer, session=session, named={written: chosen})
        self.ids |= {name: reports[name].public_id for name in ("meeting_report", "late_report")}

    def _email_of(self, name: str) -> str:
        return self.people["owner"].email if name == self.people["owner"].name else ""

    def _finance(self) -> None:
        """A case that is asked about, one with an offer, a proof that waits and another that came back, a pool that was answered and a second one."""
        sme, bank, microfinance = (
            Sme.objects.get(public_id=self.ids["ready_firm"]),
            self.people["bank"],
            self.people["microfinance"],
        )
        case = made_finance.referred(bank, sme, use=f"{UNBROKEN} {UNBROKEN}")
        cases_services.look(actor=bank, case=case, way=Look.PAGE)
        cases_services.ask(actor=bank, case=case, words=UNBROKEN)
        cases_services.answer(actor=self.people["owner"], case=case, words="ہم نے بھیج دیا ہے۔")
        offered = made_finance.offered(
            microfinance, made_finance.referred(microfinance, sme, scheme=""), words=UNBROKEN
        )
        proofs = [made_readiness.sent(sme, title=UNBROKEN), made_readiness.sent(sme, ReadinessKind.WALLET)]
        readiness_services.return_proof(actor=self.people["finance"], proof=proofs[1], words="مہر نظر نہیں آتی۔")
        for amount in (300_000, 2_000_000):
            for _firm in range(5):
                made_finance.wish(amount, city="Sialkot")
        own = made_finance.wish_of(sme)
        pool = next(one for one in pools_selectors.pools_for(microfinance) if one.band.above == 0)
        answer = pools_services.answer_pool(
            actor=microfinance,
            pool=pool,
            rate_bp=2250,
            days=360,
            words=UNBROKEN,
            until=timezone.localdate() + timedelta(days=20),
        )
        self.ids |= {
            "finance_case": case.public_id,
            "consent": case.consent.public_id,
            "offered_case": offered.public_id,
            "proof": proofs[0].public_id,
            "pool_reply": answer.replies.get(wish=own).public_id,
        }

    def _trade(self) -> None:
        run = trade.import_platform_csv(actor=self.people["platform"], file=platform_file(demand_line()), dry_run=True)
        wrong = trade.import_platform_csv(
            actor=self.people["platform"],
            file=platform_file(demand_line(hs6="x"), demand_line(month="2026-13")),
            dry_run=True,
        )
        self.ids |= {"run": run.public_id, "wrong_run": wrong.public_id}


def session_of(person: User) -> str:
    """Signed in, and asked for the password once more, as the pages that protect an account want it."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.cookies["sessionid"].value
