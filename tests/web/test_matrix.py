"""Who reaches which address with which method for whose object. All addresses come from the URL table, what is right from the
table of docs/security.md.

Reached means: not led to sign in, not refused (401, 403) and not "not found". Whoever does not reach an address changes nothing there.
"""

from __future__ import annotations

import functools
import random
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from tdap_portal import urls as portal
from tests.web.addresses import Address, all_addresses
from tests.web.matrix_world import MatrixWorld, of_closed_round

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SEED = 2026
METHODS = ("get", "post", "head", "put", "patch", "delete", "options")
SHARES = {"get": 0.15, "post": 0.09}  # of the cells of a method that are tried; the seed decides which
SHARE_OF_OTHERS, SHARE_OF_ADMIN = 0.025, 0.025
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')

# Each address by the thing of docs/security.md that it shows or changes. By GET it is reached by who may see the thing, by POST by who may
# act on it; of SEES only GET is taken, of ACTS only POST, FORMS are pages of an act alone: both are for who may act.
SEES, ACTS, BOTH, FORMS = "sees", "acts", "both", "forms"
THINGS: dict[str, dict[str, str]] = {
    "what is public, and acts without a person": {
        SEES: "home rounds round results results_csv accessibility privacy alive style check smes:hs_browse smes:hs_search"
        " receipt_by_code"
        " trade:sectors trade:sector api-schema api-docs training:public_calendar"
        " training:calendar_feed training:certificate_search training:certificate_check training:certificate_offline"
        " training:session_worker payments:schemes payments:finance_figures"
        " payments:proceeds_statement payments:statement_csv payments:statement_xlsx payments:statement_pdf payments:pulse payments:pulse_csv",
        ACTS: "keep_check set_language training:certificate_file",
        BOTH: "receipt_check training:attend_code training:attend",
    },
    "an invitation into a firm": {BOTH: "smes:invitation"},
    "the link of a nomination": {BOTH: "selection:nomination"},
    "a partner's own nominations and sheets": {
        SEES: "selection:nominations_start selection:nominees selection:nomination_reasons api_training:nominees",
        BOTH: "selection:nominations selection:nominate_one selection:nomination_sheet selection:nomination_columns",
        FORMS: "selection:nomination_withdraw",
    },
    "a partner's own cohorts, in figures": {
        SEES: "training:partner_board training:partner_workbook training:partner_pdf",
        ACTS: "training:digest",
    },
    "cohorts that the platform's trainers teach, in figures": {SEES: "training:taught"},
    "the link that ends the mail of a partner's figures": {BOTH: "training:digest_stop"},
    "all nominations, the radar": {SEES: "selection:desk_nominations selection:radar selection:radar_csv"},
    "the board of cohorts": {SEES: "training:board"},
    "how the nominees of each partner went": {SEES: "training:board_partners"},
    "how many firms a partner may nominate": {BOTH: "selection:nomination_places"},
    "one's own account, messages and wishes": {
        SEES: "smes:firms selection:firm_home training:assessment notifications:inbox api:rounds api:sectors api:indicators api:sector_indicators"
        " api:applications api_training:cohorts api_training:cohort api_training:sessions api_training:attendance"
        " api_training:certificates payments_api:payments payments_api:finance_cases payments_api:finance_queue",
        ACTS: "notifications:read_all",
        BOTH: "smes:register notifications:settings training:calendar",
    },
    "the home of a role": {
        SEES: "selection:officer_home selection:director_home selection:programme_home selection:finance_home"
        " selection:administrator_home selection:partner_home"
    },
    "a message": {SEES: "notifications:message"},
    "applying in a round": {BOTH: "selection:apply"},
    "a firm's tasks and files, as it reads them": {
        SEES: "selection:firm selection:file selection:submitted selection:picture selection:frozen api:application"
    },
    "taking a file back, answering a question": {BOTH: "selection:reopen selection:question"},
    "withdrawing a file": {BOTH: "selection:withdraw"},
    "the offer of a seat to a firm": {
        BOTH: "selection:offer",
        ACTS: "selection:offer_decline selection:offer_give_back",
    },
    "a firm's place in a cohort": {
        SEES: "training:firm training:place",
        BOTH: "training:place_cohort",
        ACTS: "training:place_attendee training:place_change training:place_wait training:place_stop_waiting",
    },
    "places of all firms, rosters of cohorts": {SEES: "training:desk_places training:roster training:roster_csv"},
    "the name of who comes, where it was written wrongly": {FORMS: "training:roster_name"},
    "when and where a published session is": {SEES: "api_training:session"},
    "the meeting of a session online": {BOTH: "training:join"},
    "reports of a session's meeting online": {
        SEES: "training:report_result",
        ACTS: "training:report_names",
        BOTH: "training:report_upload training:report training:report_columns",
    },
    "letters of the firm": {BOTH: "selection:letters"},
    "profile of a firm": {SEES: "smes:profile", FORMS: "smes:step"},
    "papers of a firm": {SEES: "smes:paper smes:paper_page", BOTH: "smes:papers", FORMS: "smes:replace_paper"},
    "people of a firm": {BOTH: "smes:people", ACTS: "smes:role smes:withdraw", FORMS: "smes:remove_member"},
    "pairs of firms that may be one": {SEES: "smes:duplicates", BOTH: "smes:duplicate"},
    "files at the desk, many at once, ties": {
        SEES: "selection:desk selection:desk_file api:desk_files api:desk_file",
        ACTS: "selection:desk_conflict selection:desk_bulk_confirm",
        BOTH: "selection:desk_view_save selection:desk_bulk",
    },
    "a saved view": {ACTS: "selection:desk_view_forget"},
    "a bulk act": {SEES: "selection:desk_bulk_act"},
    "score receipt": {SEES: "selection:receipt selection:receipt_pdf selection:card"},
    "readings": {ACTS: "selection:desk_read"},
    "recommendations": {ACTS: "selection:desk_recommend api:desk_recommend"},
    "questions to the firm, waivers, explanations": {
        ACTS: "selection:desk_cancel_question selection:desk_extend_question selection:desk_waive selection:desk_explain",
        FORMS: "selection:desk_ask",
    },
    "comparing a firm's facts with its papers": {
        SEES: "selection:verify selection:verify_paper",
        ACTS: "selection:verify_firm selection:verify_answer selection:verify_undo selection:verify_reopen",
        FORMS: "selection:verify_refuse",
    },
    "readers of a file, letters of the desk": {ACTS: "selection:desk_write", FORMS: "selection:desk_assign"},
    "decisions, files returned": {
        ACTS: "selection:desk_return selection:desk_decide selection:desk_sign_waiver selection:desk_call_third api:desk_decide"
    },
    "an appeal, as its firm writes and reads it": {BOTH: "selection:appeal"},
    "an appeal at the desk": {
        SEES: "api:desk_appeal",
        ACTS: "selection:desk_appeal_decide",
        BOTH: "selection:desk_appeal",
    },
    "the list of appeals": {SEES: "selection:desk_appeals selection:desk_appeals_csv api:desk_appeals"},
    "rounds": {
        SEES: "selection:rounds",
        FORMS: "selection:round_new selection:round_edit selection:round_act selection:round_closing",
    },
    "filling the seats of a round, deciding it by two signatures": {
        SEES: "selection:composition selection:compositions_beside selection:round_decision",
        ACTS: "selection:round_decision_sign selection:round_decision_return",
        FORMS: "selection:seats selection:send_to_decision",
    },
    "decisions of many files: their list, changes": {
        SEES: "selection:round_decisions",
        FORMS: "selection:change_decisions",
    },
    "offers and the waiting list of a round": {
        SEES: "selection:offers selection:offers_csv selection:offers_xlsx selection:waiting_list",
        FORMS: "selection:offer_terms selection:offer_reserve selection:short_offer selection:offer_extend",
        ACTS: "selection:seat_act_sign selection:seat_act_return",
    },
    "reminding a firm of its offer": {ACTS: "selection:offer_remind"},
    "scoring a round again": {
        SEES: "selection:rescoring selection:level_study",
        FORMS: "selection:round_rescore selection:round_levels",
    },
    "an officer's open work, files that nobody has": {
        SEES: "selection:person",
        FORMS: "selection:person_hand_over selection:nobody",
    },
    "people of TDAP and its partners: roles, lock-outs": {
        FORMS: "selection:person_lock_out selection:person_return selection:person_roles"
    },
    "asking for a role": {BOTH: "roles:ask"},
    "a role that one asked for": {FORMS: "roles:withdraw"},
    "roles that others asked for": {SEES: "roles:waiting roles:request", ACTS: "roles:grant roles:refuse"},
    "where trade figures come from": {SEES: "trade:runs trade:run", ACTS: "trade:pull"},
    "the platform's figures": {
        SEES: "trade:platform_template",
        ACTS: "trade:confirm trade:drop",
        FORMS: "trade:platform",
    },
    "the platform's figures that another person handed in": {ACTS: "trade:publish trade:refuse"},
    "programmes, trainers, venues and cohorts": {
        SEES: "training:programmes training:programme training:trainers training:venues training:cohorts training:cohort",
        ACTS: "training:module_move training:absence_remove training:closing_remove",
        BOTH: "training:trainer training:venue",
        FORMS: "training:programme_new training:programme_edit training:module_new training:module_edit"
        " training:material training:material_withdraw training:trainer_new training:trainer_edit"
        " training:venue_new training:venue_edit training:cohort_new training:cohort_edit training:cohort_clone"
        " training:cohort_joining training:cohort_open training:cohort_cancel",
    },
    "what is handed out in a programme": {
        SEES: "training:material_file training:material_pack",
        BOTH: "training:materials",
    },
    "a certificate": {
        SEES: "training:certificate training:certificate_pdf api_training:certificate",
        FORMS: "training:certificate_revoke training:certificate_replace",
    },
    "the three questions on a session": {BOTH: "training:feedback"},
    "what people say of sessions, without names": {SEES: "training:feedback_list training:feedback_results"},
    "calls to people who fall behind": {
        SEES: "training:calls",
        ACTS: "training:call_take training:call_leave",
        BOTH: "training:call",
    },
    "rules of who falls behind and is written to": {
        SEES: "training:watch_rules",
        FORMS: "training:watch_rule training:nudge_policy",
    },
    "the door of the SMS provider": {ACTS: "notifications:sms_received"},
    "the door of payment companies": {ACTS: "payments:notice"},
    "what the bank says: lines, reports, accounts, handing files in": {
        SEES: "payments:bank payments:bank_queue payments:bank_broken payments:bank_month payments:bank_month_xlsx"
        " payments:bank_month_csv",
        ACTS: "payments:bank_match_back",
        BOTH: "payments:bank_line payments:bank_accounts payments:bank_reports payments:bank_report",
        FORMS: "payments:bank_upload payments:bank_columns",
    },
    "files and days of the bank, matches for a second person": {
        BOTH: "payments:bank_file payments:bank_day",
        ACTS: "payments:bank_proposal",
    },
    "payments of a firm": {
        SEES: "payments:attempt payments:challan",
        ACTS: "payments:pay payments:attempt_look payments:attempt_leave payments:slip_send",
    },
    "papers about a firm's payments: receipts, slips, statement, its list": {
        SEES: "payments:firm payments:statement payments:receipt payments:slip payments:payment",
    },
    "a firm's payments, for programs": {
        SEES: "payments_api:payment",
        BOTH: "payments_api:attempts",
        ACTS: "payments_api:leave",
    },
    "the payments of one's firms, wherever one's own list stands": {SEES: "payments:home"},
    "the desk of payments and the books": {
        SEES: "payments:desk payments:desk_payments payments:desk_payments_csv payments:desk_payments_xlsx payments:desk_payment"
        " payments:desk_findings payments:desk_acts payments:desk_proofs payments:desk_refunds payments:desk_refused"
        " payments:books payments:accounts payments:account payments:account_csv payments:account_xlsx payments:entry payments:days",
        ACTS: "payments:desk_propose payments:desk_settle payments:desk_found payments:desk_found_back payments:desk_sign payments:desk_return payments:desk_proof_approve"
        " payments:desk_proof_refuse payments:desk_refund_paid payments:desk_refund_seen payments:desk_refund_not_gone"
        " payments:day_prepare payments:day_close",
    },
    "the rule of how deposits are asked for": {BOTH: "payments:desk_rules"},
    "where a payer comes back to": {BOTH: "payments:back"},
    "the sandbox's page, in the demo alone": {ACTS: "payments:sandbox payments:sandbox_play"},
    "an SMS as a firm would send it, in the demo alone": {ACTS: "notifications:sms_answer"},
    "how a firm is paid, as it shows it": {BOTH: "payments:readiness"},
    "proofs of how firms are paid, as finance officers look": {
        SEES: "payments:readiness_queue payments:readiness_paper",
        BOTH: "payments:readiness_proof",
    },
    "what services ask for, finance schemes, days of lenders": {
        SEES: "payments:service_rules payments:schemes_desk",
        FORMS: "payments:service_rule payments:scheme payments:scheme_new payments:lending_terms",
    },
    "a firm's loans, its readiness pack": {
        SEES: "payments:finance payments:finance_pack payments:finance_pack_pdf payments_api:finance_case",
        BOTH: "payments:finance_case",
    },
    "asking a lender, consents, small loans without a name": {
        BOTH: "payments:consent_end payments:consent_prolong payments:pool_reply"
    },
    "asking a lender, being counted without a name": {FORMS: "payments:finance_ask payments:finance_wish"},
    "a lender's queue": {SEES: "payments:lender_queue"},
    "a case, as its lender reads it": {
        SEES: "payments:lender_case_pdf payments_api:finance_pack",
        BOTH: "payments:lender_case",
    },
    "demand without names": {SEES: "payments:lender_demand", BOTH: "payments:pool_answer"},
    "where the loans of all firms stand": {SEES: "payments:finance_overview"},
    "certificates of a cohort": {BOTH: "training:cohort_certificates"},
    "questions with their answers, rules of assessments, practical tasks": {
        SEES: "training:questions training:question training:practical_tasks",
        ACTS: "training:question_retire",
        FORMS: "training:question_new training:question_edit training:assessment_rules"
        " training:practical_task_new training:practical_task",
    },
    "tries of the people of a cohort, more time for one of them": {
        SEES: "training:cohort_assessment training:cohort_attempt",
        FORMS: "training:assessment_more",
    },
    "the assessment and the practical tasks of a place": {
        SEES: "training:attempt training:attempt_result training:firm_work_file",
        ACTS: "training:attempt_prolong",
        BOTH: "training:assessment_begin training:attempt_question training:attempt_hand_in training:firm_task",
    },
    "works of firms, to be marked": {SEES: "training:marking training:marking_file", BOTH: "training:marking_work"},
    "a trainer's day": {SEES: "training:day"},
    "the roll of a session": {
        SEES: "training:session training:session_sheet_pdf",
        ACTS: "training:session_roll training:session_marks",
        BOTH: "training:session_person",
        FORMS: "training:session_sheet",
    },
    "the code on the screen of a session": {
        SEES: "training:session_code training:session_screen",
        ACTS: "training:session_code_stop training:session_code_show",
    },
    "the plan of the timetable": {
        SEES: "training:timetable training:timetable_versions training:timetable_version training:timetable_hours",
        ACTS: "training:timetable_try training:timetable_propose",
        BOTH: "training:timetable_session training:timetable_proposal training:timetable_publish",
    },
    "holidays, hours, roads and rules of the timetable": {
        FORMS: "training:timetable_holiday_new training:timetable_holiday training:timetable_hours_new"
        " training:timetable_hours_edit training:timetable_road training:timetable_rule",
    },
    "exports of a firm and the money for them": {
        SEES: "payments:proceeds payments:proceeds_csv payments:proceeds_xlsx payments:shipment payments:proceeds_receipt",
        ACTS: "payments:shipment_withdraw payments:proceeds_match payments:proceeds_unmatch payments:proceeds_withdraw"
        " payments:proceeds_ask_again payments:proceeds_complete",
        FORMS: "payments:shipment_new payments:proceeds_receipt_new",
    },
    "money that firms say came through a bank": {
        SEES: "payments:proceeds_queue payments:bank_receipt",
        ACTS: "payments:bank_confirm payments:bank_disagree",
    },
    "export proceeds of all firms, their rules and months": {
        SEES: "payments:board payments:board_csv payments:board_xlsx payments:proceeds_rules payments:statement_months",
        ACTS: "payments:statement_publish",
        BOTH: "payments:board_held",
        FORMS: "payments:proceeds_rule_add payments:purpose_code_add payments:exchange_rate_add",
    },
    "figures of the finance pulse": {FORMS: "payments:pulse_add"},
    "exports, by a program": {
        SEES: "payments_api:shipments payments_api:proceeds payments_api:statement payments_api:pulse"
    },
    "one export, by a program": {SEES: "payments_api:shipment"},
    "money for exports, by a program": {SEES: "payments_api:receipt"},
    "messages that left, without their texts": {SEES: "notifications:sent", ACTS: "notifications:again"},
    "health of the portal": {SEES: "health"},
    "administration pages: partners, closed days, rounds, trade figures": {},  # BORROWED
}
UNKNOWN_TO_THE_API = ""  # the address without a name
PLACES = {  # of each address: its thing and how it is used
    name: (thing, use) for thing, uses in THINGS.items() for use, names in uses.items() for name in names.split()
}

FIRM = ("owner", "preparer", "finance_member", "trainee")
PARTNERS = ("platform", "chamber", "bank", "microfinance", "province")
OFFICERS, DIRECTORS = ("officer", "reader", "tied_officer"), ("director", "tied_director")
OFFICIALS = (*OFFICERS, *DIRECTORS, "programme", "finance", "administrator")
SIGNED_IN = (*OFFICIALS, *PARTNERS, *FIRM, "stranger", "newcomer", "trainer")
KEYS = ("key", "writing key")  # of officers who read nothing and are not tied
WORDS = {  # of the table, and the roles of the matrix that they mean
    "everybody": (*SIGNED_IN, "visitor"),
    "signed in": SIGNED_IN,
    "its people": FIRM,
    "owner": ("owner",),
    "preparer": ("preparer",),
    "finance member": ("finance_member",),
    "finance officer": ("finance",),
    "desk": (*OFFICERS, *DIRECTORS),
    "officers": OFFICERS,
    "untied officer": ("officer", "reader"),
    "director": DIRECTORS,
    "untied director": ("director",),
    "director drawn for it": ("director",),
    "programme manager": ("programme",),
    "bank": ("bank",),
    "microfinance bank": ("microfinance",),
    "its lender": ("bank",),
    "administrator": ("administrator",),
    "officials": OFFICIALS,
    "trainers": ("trainer",),
    "its trainer": ("trainer",),
    "firms with a place": FIRM,
    "platform": ("platform",),
    "nobody": (),
}
ITS_PERSON = {  # by address
    "smes:invitation": ("newcomer",),
    "notifications:message": ("owner",),
    "selection:desk_view_forget": ("officer",),
    "selection:desk_bulk_act": ("director",),
    "roles:withdraw": ("newcomer",),
    "selection:officer_home": OFFICERS,
    "selection:director_home": DIRECTORS,
    "selection:programme_home": ("programme",),
    "selection:finance_home": ("finance",),
    "selection:administrator_home": ("administrator",),
    "selection:partner_home": PARTNERS,
    **dict.fromkeys(
        (
            "selection:nominations_start",
            "training:partner_board",
            "training:partner_workbook",
            "training:partner_pdf",
            "training:digest",
            "api_training:nominees",
        ),
        tuple(role for role in PARTNERS if role != "platform"),
    ),
    **dict.fromkeys(
        (
            "selection:nominees",
            "selection:nomination_reasons",
            "selection:nominations",
            "selection:nominate_one",
            "selection:nomination_sheet",
            "selection:nomination_columns",
            "selection:nomination_withdraw",
        ),
        ("chamber",),
    ),
}
READ_FILES = ("own",)  # by "officer" and "reader"; nobody has read the others
# Addresses, with the method, at which the walk serves nobody, and why.
SERVED_TO_NOBODY = {
    ("api:desk_recommend", "post"): "400 without the fields; tests/selection/api/test_api.py sends them",
    ("api:desk_decide", "post"): "as above",
    ("selection:desk_bulk_confirm", "post"): "409 without a signed plan; tests/selection/bulk/test_bulk.py sends one",
    ("selection:seats", "post"): "422 without a form; tests/selection/seats/composer/test_pages.py sends one",
    (
        "selection:send_to_decision",
        "post",
    ): "422 without a form; tests/selection/seats/deciding/test_pages.py sends one",
    ("selection:round_decision_sign", "post"): "as above",
    ("selection:round_decision_return", "post"): "as above",
    ("selection:change_decisions", "post"): "as above",
    ("selection:offer_terms", "post"): "422 without the fields; tests/selection/seats/offers/test_pages.py sends them",
    ("selection:offer_reserve", "post"): "as above",
    ("selection:offer_extend", "post"): "as above",
    ("selection:short_offer", "post"): "as above",
    ("selection:seat_act_return", "post"): "as above",
    (
        "training:certificate_file",
        "post",
    ): "422 without a file; tests/training/certificates/test_certificates.py sends them",
    (
        "training:attend",
        "get",
    ): "422 with an old code, but for who was marked; tests/training/attendance/test_pages.py scan good ones",
    ("training:attend", "post"): "as above",
    ("training:attend_code", "post"): "422 without a code; tests/training/attendance/test_pages.py sends them",
    ("training:join", "post"): "422 for who teaches or manages; where the draw falls on its firm it is served",
    ("training:report_upload", "post"): "422 without a file; tests/training/meetings/test_pages.py sends them",
    ("training:report_columns", "post"): "422 without the fields; the same",
    ("training:cohort_certificates", "post"): "422 where nobody earned one; the same",
    ("training:feedback", "post"): "422 without the marks; tests/training/feedback/test_pages.py sends them",
    ("training:call", "post"): "422 without the outcome; tests/training/engagement/test_pages.py sends it",
    ("training:watch_rule", "post"): "422 without the fields; the same",
    ("training:nudge_policy", "post"): "as above",
    ("selection:appeal", "post"): "422 without the fields; tests/selection/appeals/test_pages.py sends them",
    ("selection:desk_appeal", "post"): "as above",
    ("selection:desk_appeal_decide", "post"): "as above",
    (
        "training:timetable_session",
        "post",
    ): "422 without the fields; tests/training/timetable/test_pages.py sends them",
    (
        "training:timetable_holiday_new",
        "post",
    ): "422 without the fields; tests/training/timetable/test_hours.py sends them",
    ("training:timetable_holiday", "post"): "as above",
    ("training:timetable_hours_new", "post"): "as above",
    ("training:timetable_hours_edit", "post"): "as above",
    ("training:timetable_road", "post"): "as above",
    ("training:timetable_rule", "post"): "as above",
    (
        "training:timetable_publish",
        "post",
    ): "422 without the reasons; tests/training/timetable/test_pages.py sends them",
    ("payments:pay", "post"): "422 without a way; tests/payments/checkout sends one",
    ("payments:slip_send", "post"): "422 without a file; the same",
    ("payments:back", "get"): "leads on, where the draw falls on the payer; tests/payments/checkout comes back",
    ("payments:attempt_leave", "post"): "409 for a try that is over; the same",
    ("payments:desk_rules", "post"): "422 without the fields; tests/payments/desk sends them",
    ("payments:desk_propose", "post"): "as above",
    ("payments_api:attempts", "post"): "400 without the fields; tests/payments/api sends them",
    ("payments_api:leave", "post"): "400 without a key; the same",
    ("training:roster_name", "post"): "422 without the fields; tests/training/places/test_another_person.py sends them",
    (
        "payments:bank_accounts",
        "post",
    ): "422 without the fields; tests/payments/reconciliation/test_pages.py sends them",
    ("payments:bank_upload", "post"): "as above",
    ("payments:bank_line", "post"): "as above",
    ("payments:bank_reports", "post"): "as above",
    ("payments:bank_day", "post"): "422 where nothing is to be signed; the same",
    ("training:session_marks", "post"): "422 without marks; tests/training/teaching/test_pages.py sends them",
    ("training:session_person", "post"): "as above",
    ("training:session_sheet", "post"): "as above",
    **dict.fromkeys(
        (
            (f"payments:{name}", "post")
            for name in (
                "shipment_withdraw",
                "proceeds_match",
                "proceeds_unmatch",
                "proceeds_withdraw",
                "shipment_new",
                "proceeds_receipt_new",
                "bank_disagree",
                "board_held",
                "proceeds_rule_add",
                "purpose_code_add",
                "exchange_rate_add",
                "pulse_add",
            )
        ),
        "422 without the fields; tests/payments/proceeds/test_pages.py and its neighbours send them",
    ),
    ("payments:readiness", "post"): "422 without the fields; tests/payments/readiness/test_pages.py sends them",
    ("payments:readiness_proof", "post"): "as above",
    ("payments:service_rule", "post"): "as above",
    ("payments:scheme", "post"): "422 without the fields; tests/payments/finance/test_pages.py sends them",
    ("payments:scheme_new", "post"): "as above",
    ("payments:lending_terms", "post"): "as above",
    ("payments:finance_ask", "post"): "as above",
    ("payments:finance_wish", "post"): "as above",
    ("payments:consent_prolong", "post"): "422 without a day; tests/payments/finance/test_prolonging.py sends one",
    ("payments:lender_case", "post"): "422 without an act; the same",
    ("account_new_code", "get"): "taken by POST alone",
    ("account_token", "get"): "as above",
    ("account_confirm_password_reset_code", "get"): "only in the midst of a reset",
    ("mfa_deactivate_totp", "get"): "only for whoever has a second factor",
    ("mfa_view_recovery_codes", "get"): "as above",
    ("mfa_download_recovery_codes", "get"): "as above",
}


def table_of_rights() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The table of docs/security.md: for each thing the words of who may see it and who may act on it."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = re.search(r"\| thing \| may see \| may act \|\n\|[-|]+\n((?:\|.*\n)+)", text)[1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {thing: (tuple(sees.split(", ")), tuple(acts.split(", "))) for thing, sees, acts in cells}


RIGHTS = table_of_rights()


def may(words: tuple[str, ...], name: str, thing: str, *, reads: bool) -> set[str]:
    """The roles of the matrix that these words mean for an address and an object."""
    means = WORDS | {"its person": ITS_PERSON.get(name, ())}
    means["its readers"] = ("officer", "reader") if thing in READ_FILES else ()
    means["who may recommend"] = ("officer", "reader")
    roles = {role for word in words for role in means[word]}
    if thing == "foreign":
        roles = roles - set(FIRM) | ({"stranger"} if "owner" in roles else set())
    if name in ("selection:apply", "payments:home") and "owner" in roles:
        roles.add("stranger")  # with the own firm
    if name.startswith(("api:", "api_training:", "payments_api:")):
        untied = {"desk", "untied officer", "officials", "signed in"} & set(words) or (
            "who may recommend" in words and thing not in READ_FILES
        )
        roles |= set(KEYS if reads else KEYS[1:]) if untied else set()
    elif "visitor" in roles:
        roles |= set(KEYS)
    return roles


def rule_of(name: str, thing: str) -> tuple[set[str] | None, set[str] | None]:
    """Who reaches an address by GET and by POST; None where the method is not taken."""
    if name == UNKNOWN_TO_THE_API or thing == "missing":
        take_get, take_post = (True, True) if name == UNKNOWN_TO_THE_API else _taken(PLACES[name][1])
        return set() if take_get else None, set() if take_post else None
    what, use = PLACES[name]
    sees, acts = RIGHTS[what]
    takes_get, takes_post = _taken(use)
    return (
        may(acts if use == FORMS else sees, name, thing, reads=True) if takes_get else None,
        may(acts, name, thing, reads=False) if takes_post else None,
    )


def _taken(use: str) -> tuple[bool, bool]:
    return use != ACTS, use != SEES


# Addresses of Django and allauth, by how their names begin: (who reaches them, whom we ask nothing of because they decide themselves).
BORROWED = {"admin:": ("administrator",), "mfa_": SIGNED_IN, "account_": SIGNED_IN}
OPEN_TO_VISITORS = {
    "account_signup", "account_login", "account_logout", "account_inactive", "account_reset_password", "account_new_code",
    "account_complete_password_reset", "account_password_reset_completed", "account_request_login_code",
    "account_email_verification_sent", "mfa_login_webauthn", "admin:logout",
    "account_confirm_login_code", "account_verify_phone", "account_confirm_password_reset_code", "mfa_authenticate",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(module_db, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("vault")
        patch.setattr("django.conf.settings.VAULT_ROOT", folder)
        made = MatrixWorld()
    made.vault = folder
    return made


@pytest.fixture(autouse=True)
def _vault(settings, request):
    if "world" in request.fixturenames:  # each test gets an empty vault otherwise
        settings.VAULT_ROOT = request.getfixturevalue("world").vault


OF_A_FIRM = (
    "firm/", "payments/firm/", "payments/readiness/<", "payments/cases/", "payments/consents/", "payments/pools/", "payments/lender/cases/",
    "api/v1/payments/finance/",
)  # fmt: skip
"""Addresses of things that another firm has too."""


def objects_of(address: Address) -> tuple[str, ...]:
    if not address.params or address.name == "payments:back":  # which says the same of whatever is named
        return ("own",)
    of_open_file = ("selection:desk_cancel_question", "selection:desk_extend_question")
    is_of_seats = address.route.startswith("desk/rounds/<round:code>/offers/") and "public_id" in address.params
    if address.name in of_open_file or is_of_seats or of_closed_round(address.route):
        return ("own", "missing")  # of a decided file, or a round that is over, there is none
    if address.name == "selection:question":
        return ("own", "foreign", "missing")
    if address.route.startswith(("file/", "training/firm/", "desk/<", "api/v1/app", "api/v1/desk/files")):
        return ("own", "finished", "foreign", "missing")
    if "<round:" in address.route:
        return ("own", "finished", "missing")
    return ("own", "foreign", "missing") if address.route.startswith(OF_A_FIRM) else ("own", "missing")


Cell = tuple[Address, str, str, str]


def cells(addresses: list[Address], roles: list[str]) -> list[Cell]:
    """Address, object, method, role: the share that the seed draws, and of each address those that `sure` wants."""
    drawn = random.Random(SEED)
    found = [
        (address, thing, method, role)
        for address in addresses
        for thing in objects_of(address)
        for method in METHODS
        for role in roles
        if drawn.random()
        < (SHARE_OF_ADMIN if address.name.startswith("admin:") else 1) * SHARES.get(method, SHARE_OF_OTHERS)
    ]
    return list(dict.fromkeys([*found, *(cell for address in addresses for cell in sure(address, roles, drawn))]))


def sure(address: Address, roles: list[str], drawn: random.Random) -> Iterator[Cell]:
    """For each object that is there and each method that is taken somebody who may, and for one's own somebody who may not."""
    if address.name.startswith(tuple(BORROWED)):
        yield from ((address, "own", "get", role) for role in (roles_of_borrowed(address.name)[0], "visitor"))
        return
    for thing in objects_of(address)[: -1 if address.params else None]:
        for method, allowed in zip(("get", "post"), rule_of(address.name, thing), strict=True):
            choices = [] if allowed is None else [allowed, set(roles) - allowed] if thing == "own" else [allowed]
            yield from ((address, thing, method, drawn.choice(sorted(some))) for some in choices if some)


def ask(world: MatrixWorld, place: str, method: str, role: str) -> tuple[HttpResponse, set[str]]:
    """The answer, and the tables that were written, all of it undone again."""
    client, written = world.clients[role], set()
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def note(execute, sql, params, many, context):
        if found := WRITTEN.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        answer = getattr(client, method)(place)
        b"".join(answer)  # to its end, so that a file is closed
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return answer, written - {"django_session"}


def reached(answer: HttpResponse) -> bool:
    return answer.status_code not in (401, 403, 404, 405) and not (
        answer.status_code == 302 and "/login/" in answer["Location"]
    )


def fault_of(answer: HttpResponse, written: set[str], cell: tuple[Address, str, str, str]) -> str:
    """What is wrong with the answer of a cell; "" for nothing."""
    address, thing, method, role = cell
    if answer.status_code >= 500 and address.name != "health":  # no worker runs here, and health says so
        return "a fault"
    if address.name.startswith(tuple(BORROWED)):
        return fault_of_borrowed(answer, written, address, role)
    get, post = rule_of(address.name, thing)
    rule = {"get": get, "head": get, "post": post}.get(method)
    if rule is None:
        if written:
            return "writes by a method it does not take"
        return "takes a method it should not" if method != "options" and answer.status_code < 300 else ""
    is_only_read_and_posted = method == "head" and answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    if (role in rule) != reached(answer) and not is_only_read_and_posted:
        return "reached" if reached(answer) else "not reached"
    return "writes although it turns away" if written - {"selection_savedview"} and role not in rule else ""


def roles_of_borrowed(name: str) -> tuple[str, ...]:
    return next(roles for start, roles in BORROWED.items() if name.startswith(start))


def fault_of_borrowed(answer: HttpResponse, written: set[str], address: Address, role: str) -> str:
    """The same for an address of Django or allauth."""
    if not reached(answer):
        return "writes although it turns away" if written else ""
    is_open = role in roles_of_borrowed(address.name) or address.name in OPEN_TO_VISITORS
    return "" if is_open else "reached"


@dataclass
class Walk:
    """cells: how many were asked. faults: what is wrong, a line each. served, refused: addresses with the method by which
    somebody was served (2xx, or led on) and somebody turned away, for things that are there."""

    cells: int = 0
    faults: list[str] = field(default_factory=list)
    served: set[tuple[str, str]] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)


def walk(world: MatrixWorld, addresses: list[Address]) -> Walk:
    found = Walk()
    for cell in cells(addresses, list(world.clients)):
        address, thing, method, role = cell
        if method != "get":
            cache.clear()  # no limit on how often
        answer, written = ask(world, address.path(world.values(address, thing)), method, role)
        found.cells += 1
        if fault := fault_of(answer, written, cell):
            found.faults.append(
                f"{method.upper()} {address.name or address.route} ({thing}) by {role}: {answer.status_code} {fault}"
            )
        if thing != "missing" and answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            if not reached(answer):
                found.refused.add((address.name, method))
            elif (
                answer.status_code < HTTPStatus.BAD_REQUEST or address.name == "health"
            ):  # 503 once no worker beat lately
                found.served.add((address.name, method))
    return found


@pytest.fixture(scope="module")
def whole_walk():
    """What the walk over all addresses found, for the tests of this file that read it."""
    return functools.cache(lambda world: walk(world, all_addresses()))


def borrowed_pages() -> set[str]:
    """Of Django's and allauth's addresses those that open for somebody as the world stands."""
    names = {address.name for address in all_addresses() if address.name.startswith(tuple(BORROWED))}
    return {name for name in names if not name.startswith("admin:") or name.endswith(("index", "_changelist"))}


def names_of_ours() -> set[str]:
    return {address.name for address in all_addresses() if not address.name.startswith(tuple(BORROWED))}


def test_every_address_is_of_a_thing_of_the_table_and_every_thing_has_its_row():
    names = names_of_ours() - {UNKNOWN_TO_THE_API}
    assert names - set(PLACES) == set(), "say in THINGS of tests/web/test_matrix.py which thing they show or change"
    assert set(PLACES) - names == set(), "these addresses are gone: take them out of THINGS"
    assert OPEN_TO_VISITORS - {address.name for address in all_addresses()} == set(), (
        "take them out of OPEN_TO_VISITORS"
    )
    assert list(THINGS) == list(RIGHTS), "the rows of docs/security.md and THINGS are the same things"
    assert len(PLACES) == sum(len(names.split()) for uses in THINGS.values() for names in uses.values())


def test_everybody_reaches_what_the_table_says_and_nothing_else(world, whole_walk):
    found = whole_walk(world)
    print(f"\ncells {found.cells:,}")
    assert not found.faults, "\n" + "\n".join(found.faults)


def test_every_address_is_reached_by_somebody_and_refused_to_somebody(world, whole_walk):
    """So that no row of the matrix asks for things that are not there."""
    found = whole_walk(world)
    served, refused = set(), set()
    for name in names_of_ours() - {UNKNOWN_TO_THE_API}:
        for method, allowed in zip(("get", "post"), rule_of(name, "own"), strict=True):
            served |= {(name, method)} if allowed else set()
            refused |= {(name, method)} if allowed is not None and set(world.clients) - allowed else set()
    served |= {(name, "get") for name in borrowed_pages()}
    assert served - found.served <= set(
        SERVED_TO_NOBODY
    )  # some of those are served where the draw falls on the one who may
    assert set(SERVED_TO_NOBODY) <= served
    assert refused - found.refused == set()


def unguarded(request, public_id):
    """A page whose author forgot to ask who it is for."""
    return HttpResponse(public_id)


urlpatterns = [path("desk/<id12:public_id>/unguarded/", unguarded, name="unguarded"), *portal.urlpatterns]


@pytest.mark.urls("tests.web.test_matrix")
def test_a_view_that_asks_nobody_is_noticed(world, monkeypatch):
    monkeypatch.setitem(PLACES, "unguarded", ("files at the desk, many at once, ties", SEES))
    monkeypatch.setitem(SHARES, "get", 1)
    found = walk(world, [address for address in all_addresses() if address.name == "unguarded"])
    wanted = {
        f"GET unguarded ({thing}) by {role}: 200 reached"
        for thing, role in (("own", "visitor"), ("own", "finance"), ("missing", "officer"))
    }
    assert wanted <= set(found.faults)


@pytest.mark.urls("tests.web.test_matrix")
def test_an_address_without_a_thing_is_noticed():
    with pytest.raises(AssertionError, match="say in THINGS"):
        test_every_address_is_of_a_thing_of_the_table_and_every_thing_has_its_row()


def test_another_word_in_the_table_is_another_rule(world, monkeypatch):
    """The table is what is asked: with finance officers in it, the portal is at fault."""
    sees, acts = RIGHTS["papers of a firm"]
    monkeypatch.setitem(RIGHTS, "papers of a firm", ((*sees, "officials"), acts))
    monkeypatch.setitem(SHARES, "get", 1)
    found = walk(world, [address for address in all_addresses() if address.name == "smes:papers"])
    assert "GET smes:papers (own) by finance: 404 not reached" in found.faults
