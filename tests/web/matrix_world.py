"""The small portal of the browser's tests, with a person of every role and what each of them may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client

from payments.models import PoolReply
from selection.models import Application, Conflict, Question, SavedView, Waiver
from selection.review import services as review_services
from selection.rounds import services as rounds_services
from smes.models import Contradiction, Document, Member, Sme
from smes.people import services as people_services
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.notifications.models import Dispatch
from tests.browser.world import World
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, decided
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, flag_of
from tests.payments.finance import made as made_finance
from tests.payments.readiness import made as made_readiness

if TYPE_CHECKING:
    from tests.web.addresses import Address

MISSING = {
    "public_id": "z" * 12,
    "code": "R999",
    "token": "z" * 43,
    "letter": "ZZ",
    "other": "ZZ",
    "pk": 99_999_999,
    "view_id": 99_999_999,
}

SPECIAL_FILES = {  # of the own ones, where an act needs another than the recommended one
    "selection:question": "asked",
    "selection:desk_cancel_question": "asked",
    "selection:desk_extend_question": "asked",
    "selection:reopen": "held",
    "selection:desk_call_third": "differing",
}


def of_closed_round(route: str) -> bool:
    """Filling the seats of a round and deciding it: what is there of the closed round alone."""
    return route.startswith(("desk/rounds/<round:code>/seats/", "desk/rounds/<round:code>/decisions/"))


def _token_word(route: str) -> str:
    words = {"nomination/": "nomination_token", "training/calendar/": "feed_token", "training/digest/": "digest_token"}
    return next((word for start, word in words.items() if route.startswith(start)), "token")


def _place_word(route: str) -> str:
    words = {"training/sessions/": "running_place", "training/places/": "roster_place"}
    return next((word for start, word in words.items() if route.startswith(start)), "assessed_place")


class MatrixWorld(World):
    """clients: who asks, by role; "key" and "writing key" are programs of an officer. objects: see `values`.

    own: the firm of `owner`, `preparer`, `finance_member` and `trainee`, its file before the decision, the officer's own
    things. finished: a selected file of theirs in a round that is over. foreign: the firm of `stranger`. missing: nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._finished_round()
        self._file_of_before_the_rule()
        owned = Sme.objects.filter(created_by=self.people["owner"])
        for role, word in (("preparer", "preparer"), ("finance", "finance_member"), ("trainee", "trainee")):
            self.people[word] = UserFactory()
            Member.objects.bulk_create(Member(sme=sme, user=self.people[word], role=role) for sme in owned)
        other = ApplicationFactory(round=self.round, scored=True)
        self.people |= {
            "stranger": other.sme.created_by,
            "tied_officer": officer(),
            "tied_director": director(),
            "microfinance": partner_person(PartnerKind.MICROFINANCE_BANK),
            "province": partner_person(PartnerKind.PROVINCE),
        }
        for name in ("tied_officer", "tied_director"):
            Conflict.objects.bulk_create(
                Conflict(official=self.people[name], sme=sme, words="A cousin.") for sme in Sme.objects.all()
            )
        foreign_member = MemberFactory(sme=other.sme, user=UserFactory())
        foreign_case = made_finance.referred(self.people["bank"], other.sme)
        self.ids |= {
            "foreign": other.public_id,
            "foreign_firm": other.sme.public_id,
            "foreign_paper": DocumentFactory(sme=other.sme).public_id,
            "foreign_friend": foreign_member.user.public_id,
            "foreign_invitation": people_services.invite_member(
                actor=other.sme.created_by, sme=other.sme, role="trainee", email="friend@example.pk"
            ).public_id,
            "foreign_flag": flag_of(other.sme, SmeFactory()).public_id,
            "foreign_case": foreign_case.public_id,
            "foreign_consent": foreign_case.consent.public_id,
            "foreign_proof": made_readiness.sent(other.sme).public_id,
            "foreign_pool_reply": self._reply_of(other.sme),
        }
        self._small_things()
        for paper in Document.objects.filter(public_id__in=[self.ids["paper"], self.ids["foreign_paper"]]):
            paper.drawn_as = [paper.stored_as]
            paper.save()
        self.clients = {"visitor": Client(raise_request_exception=False)}
        for name, person in self.people.items():
            self.clients[name] = Client(raise_request_exception=False)
            self.clients[name].force_login(person)
        for name, may_write in (("key", False), ("writing key", True)):
            key = accounts_services.renew_token(user=(person := officer()), may_write=may_write)
            self.people[name] = person
            self.clients[name] = Client(raise_request_exception=False, headers={"Authorization": f"Token {key}"})

    def _finished_round(self) -> None:
        over = RoundFactory(number=3)
        row = decided(ApplicationFactory(round=over, sme_values={"created_by": self.people["owner"]}, scored=True))
        DocumentFactory(sme=row.sme)
        self.ids |= {"finished": row.public_id, "finished_firm": row.sme.public_id}
        for act in (rounds_services.close_round, rounds_services.finish_round):
            act(actor=self.people["director"], round=over)

    def _file_of_before_the_rule(self) -> None:
        """Its readings disagree and it is reviewed all the same: a third reading was not asked for by rule then."""
        row, readers = self._file("differing"), [self.people["officer"], self.people["reader"]]
        review_services.assign_readers(
            actor=self.people["director"], application=row, first=readers[0], second=readers[1]
        )
        for reader in readers:
            review_services.record_reading(
                actor=reader, application=row, commitment=8, product_fit=7, outcome="select", comment="Well made."
            )
        row.readings.filter(place=2).update(outcome="decline")
        Application.objects.filter(pk=row.pk).update(readings_differ=True)

    def _small_things(self) -> None:
        """What acts ask for beside a file or a firm: a question, papers, an invitation to the newcomer, a view, a message."""
        ready = Sme.objects.get(public_id=self.ids["ready_firm"])
        invitation = people_services.invite_member(
            actor=self.people["owner"], sme=ready, role="trainee", email=self.people["newcomer"].email
        )
        papers = {
            f"paper_of_{word}": DocumentFactory(sme=Application.objects.get(public_id=self.ids[word]).sme).public_id
            for word in ("recommended", "finished", "foreign")
        }
        for word in ("recommended", "finished", "foreign"):
            file = Application.objects.get(public_id=self.ids[word])
            waiver = Waiver.objects.create(
                application=file, kinds=["tax_return"], words="Flooded.", proposed_by=self.people["officer"]
            )
            clash = Contradiction.objects.create(sme=file.sme, code="city_outside_province", digest=word)
            self.ids |= {f"waiver_of_{word}": waiver.public_id, f"contradiction_of_{word}": clash.public_id}
        self.ids |= papers | {
            "question": Question.objects.get(application__public_id=self.ids["asked"]).public_id,
            "token": invitation.token,
            "invitation": invitation.public_id,
            "view": SavedView.objects.get(user=self.people["officer"]).pk,
            "dispatch": Dispatch.objects.get(state="failed").public_id,
        }

    def _reply_of(self, sme: Sme) -> str:
        """Of a firm that came to the pool after it was answered."""
        answer = PoolReply.objects.get(public_id=self.ids["pool_reply"]).answer
        return PoolReply.objects.create(answer=answer, wish=made_finance.wish_of(sme)).public_id

    def _money(self, *, foreign: bool) -> dict[str, str]:
        """What stands in addresses of loans and proofs: a firm's own, or another one's."""
        case = "foreign_case" if foreign else "finance_case"
        return {
            "payments/readiness/": "foreign_proof" if foreign else "proof",
            "payments/cases/": case,
            "payments/lender/cases/": case,
            "payments/consents/": "foreign_consent" if foreign else "consent",
            "payments/pools/": "foreign_pool_reply" if foreign else "pool_reply",
            "api/v1/payments/finance/": case,
        }

    def values(self, address: Address, thing: str) -> dict[str, Any]:
        """What stands in the places of the address for own, finished, foreign or missing."""
        firm = {"own": "ready_firm", "finished": "finished_firm", "foreign": "foreign_firm"}.get(thing)
        file = {"own": "recommended", "finished": "finished", "foreign": "foreign"}.get(thing)
        if thing == "own":
            file = SPECIAL_FILES.get(address.name, file)
        special = {
            "people/": "reader", "inbox/sent/": "dispatch", "inbox/": "message_owner", "duplicates/": "flag",
            "nominations/sheets/": "nomination_sheet", "nominations/nominees/": "nominee", "nominations/": "partner",
            "trade/runs/": "run", "desk/bulk/": "bulk", "desk/appeals/": "appeal", "api/v1/desk/appeals/": "appeal",
            "desk/rounds/rescorings/": "rescoring",
            "desk/rounds/studies/": "study", "firm/": firm,
            "desk/rounds/<round:code>/decisions/": "round_decision",
            "desk/rounds/<round:code>/offers/acts/": "seat_act", "desk/rounds/<round:code>/offers/<": "offer",
            "accounts/roles/<": "own_request", "accounts/roles/waiting/": "request",
            "payments/desk/payments/": "paid_payment", "payments/desk/findings/": "finding", "payments/desk/acts/": "payment_act",
            "payments/desk/proofs/": "slip", "payments/desk/refunds/": "refund", "payments/receipts/": "money_receipt",
            "payments/firm/": firm, "payments/": "payment", "api/v1/payments/": "payment",
            "training/programmes/": "programme", "training/trainers/": "trainer", "training/venues/": "venue",
            "training/cohorts/": "planned_cohort", "training/places/": "held_cohort", "training/certificates/": "certificate",
            "training/assessment/attempts/": "attempt", "training/assessment/places/": "assessed_place", "training/marking/": "work",
            "training/attend/": "joined_session", "training/join/": "joined_session",
            "training/sessions/<id12:public_id>/report/": "joined_session",
            "training/sessions/": "running_session", "training/timetable/sessions/": "planned_session", "training/timetable/proposals/": "timetable_proposal",
            "payments/shipments/": "open_shipment", "payments/proceeds/": "said_receipt",
            "payments/bank/proceeds/": "said_receipt", "payments/board/held/": "held_shipment",
            "api/v1/payments/shipments/": "open_shipment", "api/v1/payments/proceeds/": "said_receipt",
            "api/v1/training/cohorts/": "cohort", "api/v1/training/certificates/": "certificate",
            "api/v1/training/sessions/": "joined_session",
            **self._money(foreign=thing == "foreign"),
            "payments/bank/files/": "bank_file", "payments/bank/lines/": "bank_line",
            "payments/bank/matches/": "bank_match", "payments/bank/reports/": "bank_report",
            "payments/bank/proposals/": "bank_proposal",
            "training/feedback/": "answered_session", "training/calls/<": "watch_line",
            "training/timetable/hours/holidays/": "holiday", "training/timetable/hours/": "hours",
        }  # fmt: skip
        longest_first = sorted(special.items(), key=lambda one: -len(one[0]))
        word = next((word for start, word in longest_first if address.route.startswith(start)), file)
        foreign = thing == "foreign"
        found = {
            "public_id": self.ids[word] if word else "",
            "proof_id": self.ids["slip"],
            "number": 1,
            "day": "2026-01-05",
            "pk": self.ids["account" if "accounts/" in address.route else "entry"],
            "paper_id": self.ids["foreign_paper" if foreign else "paper"],
            "paper": self.ids.get(f"paper_of_{file}", ""),
            "waiver": self.ids.get(f"waiver_of_{file}", ""),
            "contradiction": self.ids.get(f"contradiction_of_{file}", ""),
            "question": self.ids["question"],
            "user_id": self.ids["foreign_friend" if foreign else "friend"],
            "invitation_id": self.ids["foreign_invitation" if foreign else "invitation"],
            "view_id": self.ids["view"],
            "token": self.ids[_token_word(address.route)],
            "code": {"own": "R1", "finished": "R3"}.get(thing, "R1"),
            "letter": "A",
            "other": "B",
            "account": self.ids["bank_account"],
            "module_id": self.ids["module"],
            "material_id": self.ids["material"],
            "away_id": self.ids["closing" if "venues" in address.route else "absence"],
            "report_id": self.ids["meeting_report"],
            "language": "ur",
            "question_id": self.ids["bank_question"],
            "task_id": self.ids["firm_task" if "assessment/places/" in address.route else "practical_task"],
            "work_id": self.ids["work"],
            "file_id": self.ids["work_file"],
            "attempt_id": self.ids["over_attempt"],
            "place_id": self.ids[_place_word(address.route)],
        }
        if address.route.startswith("training/cohorts/<id12:public_id>/assessment/"):
            found["public_id"] = self.ids["held_cohort"]
        if of_closed_round(address.route):
            found["code"] = "R4"
        if address.route.startswith("training/firm/"):
            found["cohort_id"] = self.ids["held_cohort"]
        if address.route.startswith("training/firm/") and thing == "own":
            found["public_id"] = self.ids["seated"]
        if "certificates/check/" in address.route and thing == "own":
            found["number"] = self.ids["certificate_number"]
        if address.route.startswith("receipt/"):
            found["code"] = self.ids["receipt_code"]
        if thing == "missing":
            found = dict.fromkeys(found, MISSING["public_id"]) | MISSING
        if "<slug:code>" in address.route:
            found["code"] = _code_in(address.route, thing)
        rest = {
            "sector": "nothing" if thing == "missing" else "sports_goods",
            "action": "close",
            "number": 999 if thing == "missing" and address.route.startswith("training/") else 1,
            "object_id": 1,
            "content_type_id": 1,
        }
        of_payments = self._of_payments(address, thing)
        return {**dict.fromkeys(address.params, MISSING["public_id"]), "pk": 1, **rest, **found, **of_payments}

    def _of_payments(self, address: Address, thing: str) -> dict[str, Any]:
        if address.route.startswith("payments/bank/"):
            return {name: self.ids[f"bank_{name}"] for name in ("year", "month", "day")}
        if thing == "own" and address.route.startswith(("payments/proceeds/", "payments/statement/")):
            return {"number": self.ids["allocation"], "month": self.ids["statement_month"]}
        return {}


def _code_in(route: str, thing: str) -> str:
    """What is named by a code of its own."""
    if thing == "missing":
        return "nothing"
    words = {"payments/services/": "account", "payments/schemes/": "saaf", "trade/sectors/": "sports_goods"}
    return next((word for start, word in words.items() if route.startswith(start)), "products")
