"""Every page for the person it is made for, in both languages on a 360 px telephone: nothing sticks out, nothing is in the way.

Both languages come from one template, so axe reads every page in English and those of AXE_IN_URDU_TOO in Urdu as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from string import Formatter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver, resolve
from pytest_django.live_server_helper import LiveServer

from tests.conftest import PUT_BACK

from .world import STEP_CODES, World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = {
    "nobody": (
        "/receipt/{receipt_code}/", "/training/certificates/check/", "/training/certificates/check/?n=x", "/training/certificates/check/{certificate_number}/",
        "/", "/check/", "/check/?asked=makes", "/check/?makes=yes",
        "/check/?makes=yes&sector=sports_goods&registered=ntn&turnover=small&age=old&exports=direct&house=no&bank=yes&order=yes&online=yes&time=yes",
        "/check/?makes=yes&sector=carpets&registered=no&turnover=small&age=old&exports=no&house=unnamed&bank=no&order=no&online=no&time=no",
        "/check/?makes=no&sector=other&registered=no&turnover=large&age=old&exports=no&house=no&bank=no&order=no&online=no&time=no",
        "/receipt/check/", "/receipt/check/?file=R1-0001&seal=0123456789ab",
        "/hs/", "/hs/?code=95", "/hs/search/?q=فٹ بال", "/hs/search/?q=xyzzy", "/rounds/", "/rounds/R1/", "/rounds/R2/", "/results/",
        "/accessibility/", "/privacy/", "/trade/sectors/", "/trade/sectors/sports_goods/", "/trade/sectors/fintech/",
        "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/", "/accounts/inactive/",
        "/accounts/password/reset/done/", "/invitation/{token}/", "/style/",
        "/nomination/{nomination_token}/", "/nomination/{agreed_token}/",
        "/training/", "/training/?city=Quetta", "/training/attend/", "/training/digest/{digest_token}/",
        "/payments/schemes/", "/payments/finance/figures/", "/payments/statement/", "/payments/pulse/", "/payments/back/{payment}/",
    ),
    "newcomer": ("/file/", "/firm/", "/firm/new/", "/apply/R1/", "/inbox/", "/accounts/roles/", "/accounts/roles/{own_request}/withdraw/"),
    "owner": (
        "/payments/", "/payments/firm/{ready_firm}/", "/payments/{payment}/", "/payments/{payment}/tries/1/", "/payments/{paid_payment}/",
        "/file/", "/firm/", "/firm/{ready_firm}/", "/firm/{fresh_firm}/profile/", "/firm/{ready_firm}/profile/",
        *(f"/firm/{{fresh_firm}}/profile/{code}/" for code in ("owners", "products", "exports")),
        *(f"/firm/{{ready_firm}}/profile/{code}/" for code in STEP_CODES),
        "/firm/{fresh_firm}/papers/", "/firm/{ready_firm}/papers/", "/firm/{ready_firm}/papers/{paper}/replace/",
        "/firm/{ready_firm}/people/", "/firm/{ready_firm}/people/{friend}/remove/",
        "/invitation/{token}/", "/apply/R1/?firm={ready_firm}", "/apply/R1/?firm={draft_firm}", "/apply/R1/?firm={fresh_firm}",
        "/apply/R2/?firm={ready_firm}",
        *(f"/file/{{{word}}}/" for word in ("draft", "scored", "held", "asked", "selected", "waitlisted", "declined", "withdrawn")),
        "/file/{scored}/submitted/", "/file/{asked}/copy/", "/file/{held}/reopen/", "/file/{asked}/question/",
        "/file/{reviewed}/letters/", "/file/{scored}/letters/", "/file/{scored}/withdraw/", "/file/{scored}/receipt/",
        "/file/{selected}/offer/", "/file/{selected}/receipt/", "/file/{waitlisted}/receipt/", "/file/{declined}/receipt/",
        "/training/attend/{joined_session}/ABCDEF/", "/training/join/{joined_session}/", "/training/join/{coming_session}/",
        "/training/calendar/", "/training/certificates/{certificate}/", "/file/{seated}/", "/file/{seated}/offer/", "/training/firm/{seated}/", "/training/firm/{seated}/place/", "/training/firm/{unplaced}/place/", "/training/firm/{unplaced}/place/?time=evening&language=sd",
        "/training/assessment/", "/training/assessment/places/{assessed_place}/", "/training/assessment/attempts/{attempt}/2/",
        "/training/assessment/attempts/{attempt}/3/", "/training/assessment/attempts/{attempt}/hand-in/", "/training/assessment/attempts/{over_attempt}/result/",
        *(f"/training/assessment/places/{{assessed_place}}/tasks/{{{word}}}/" for word in ("firm_task", "differing_task")),
        "/training/feedback/{answered_session}/",
        *(f"/training/firm/{{{word}}}/place/{{{cohort}}}/" for word in ("seated", "unplaced") for cohort in ("held_cohort", "full_cohort", "cohort_elsewhere")),
        "/file/{waitlisted}/appeal/", "/file/{declined}/appeal/", "/file/{selected}/appeal/",
        *(f"/payments/firm/{{ready_firm}}/{rest}" for rest in ("readiness/", "readiness/?kind=account", "finance/", "finance/ask/", "finance/pack/", "finance/small/")),
        "/payments/cases/{finance_case}/", "/payments/cases/{offered_case}/", "/payments/consents/{consent}/end/", "/payments/consents/{consent}/prolong/", "/payments/pools/{pool_reply}/",
        "/payments/firm/{ready_firm}/proceeds/", *(f"/payments/firm/{{ready_firm}}/proceeds/shipment/?kind={kind}" for kind in ("goods", "parcel", "service")),
        "/payments/firm/{fresh_firm}/proceeds/", "/payments/firm/{ready_firm}/proceeds/receipt/", "/payments/firm/{ready_firm}/proceeds/receipt/?kind=service",
        *(f"/payments/shipments/{{{word}}}/" for word in ("open_shipment", "late_shipment")),
        *(f"/payments/proceeds/{{{word}}}/" for word in ("said_receipt", "paid_receipt", "disputed_receipt")),
        "/inbox/", "/inbox/{message_owner}/", "/inbox/settings/", "/accounts/person/", "/accounts/email/",
        "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/",
    ),
    "officer": (
        "/home/officer/", "/desk/", "/desk/?tab=all", "/desk/?tab=late", "/desk/?tab=all&q=xyzzy", "/desk/?tab=all&open={in_review}",
        *(f"/desk/{{{word}}}/" for word in ("scored", "held", "asked", "in_review", "half_read", "reviewed", "recommended", "declined")),
        "/desk/{in_review}/ask/", "/desk/{in_review}/assign/", "/desk/views/?tab=all",
        *(f"/desk/bulk/?kind={kind}&tab=all" for kind in ("assign", "auto_assign", "ask", "recommend_decline")),
        "/desk/{reviewed}/verify/", "/desk/{reviewed}/verify/{to_compare}/", "/desk/{reviewed}/verify/{compared}/",
        "/desk/{reviewed}/verify/{to_compare}/refuse/?code=P07", "/desk/{scored}/verify/",
        "/desk/nominations/", "/desk/nominations/places/", "/training/board/partners/", "/desk/radar/", "/desk/radar/?show=all",
        "/desk/rounds/", "/duplicates/", "/duplicates/?state=same", "/duplicates/{flag}/", "/firm/{ready_firm}/profile/",
        "/file/{reviewed}/receipt/", "/trade/", "/trade/runs/{run}/", "/inbox/", "/inbox/{message_officer}/", "/health/",
        "/training/calls/", "/training/calls/?show=all", "/training/calls/?reason=tasks", "/training/calls/{watch_line}/", "/training/calls/{called_line}/", "/training/calls/rules/",
    ),
    "director": (
        "/home/director/", "/desk/", "/desk/{recommended}/", "/desk/{waitlisted}/", "/desk/bulk/?kind=decide&tab=all", "/desk/bulk/{bulk}/",
        "/desk/rounds/", "/desk/rounds/new/", "/desk/rounds/R2/edit/", *(f"/desk/rounds/R1/{act}/" for act in ("publish", "cancel", "open", "close", "closing", "finish", "rescore", "levels")),
        *(f"/desk/rounds/R1/offers/{page}" for page in ("", "terms/", "waiting/", "reserve/", "short/", "{offer}/extend/")),
        "/desk/appeals/", "/desk/appeals/?state=answered", "/desk/appeals/{appeal}/",
        "/desk/rounds/rescorings/{rescoring}/", "/desk/rounds/studies/{study}/", "/people/{reader}/", "/desk/nobody/",
        *(f"/desk/rounds/R4/{rest}/" for rest in ("seats/A", "seats/B", "seats/B/beside/A", "seats/A/send", "decisions", "decisions/change", "decisions/{round_decision}")), "/desk/rounds/R1/seats/",
        "/accounts/roles/waiting/", "/accounts/roles/waiting/{request}/", "/trade/", "/trade/platform/",
    ),
    "administrator": ("/home/administrator/", "/home/administrator/?q=xyzzy", "/accounts/roles/waiting/", "/accounts/roles/waiting/{request}/", "/people/{reader}/", "/people/{leaver}/",
        *(f"/people/{{reader}}/{act}/" for act in ("lock-out", "roles", "hand-over")), "/people/{leaver}/return/", "/desk/nobody/", "/inbox/sent/", "/trade/", "/health/", "/accounts/second-factor/", "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/phone/change/", "/accounts/reauthenticate/"),
    "programme": (
        "/home/programme/", "/training/board/", "/training/board/?state=cancelled", "/training/places/", "/training/places/{held_cohort}/", "/training/places/{held_cohort}/{roster_place}/name/", "/training/places/{full_cohort}/",
        "/training/certificates/{certificate}/revoke/", "/training/certificates/{certificate}/replace/", "/training/cohorts/{held_cohort}/certificates/",
        *(f"/training/programmes/{{programme}}/{rest}/" for rest in ("questions", "questions/new", "questions/{bank_question}", "questions/{bank_question}/edit", "assessment", "tasks", "tasks/new", "tasks/{practical_task}")),
        "/training/programmes/{programme}/questions/?q=xyzzy", "/training/marking/", "/training/marking/?show=all", "/training/marking/{work}/", "/training/marking/{differing_work}/",
        *(f"/training/cohorts/{{held_cohort}}/assessment/{rest}" for rest in ("", "?q=xyzzy", "{over_attempt}/", "{attempt}/", "{assessed_place}/more/")),
        "/training/programmes/", "/training/programmes/new/", "/training/programmes/{programme}/",
        *(f"/training/programmes/{{programme}}/{rest}/" for rest in ("edit", "modules/new", "modules/{module}", "materials", "materials/{material}", "materials/{material}/withdraw")),
        *(f"/training/{kind}s/{rest}" for kind in ("trainer", "venue") for rest in ("", "?q=xyzzy", "new/", f"{{{kind}}}/", f"{{{kind}}}/edit/")),
        "/training/calls/", "/training/calls/{watch_line}/", *(f"/training/calls/rules/{rest}" for rest in ("", "set/", "letters/")),
        "/training/feedback/", "/training/feedback/?order=useful", "/training/feedback/{answered_session}/results/",
        "/training/cohorts/", "/training/cohorts/?state=finished", "/training/cohorts/new/", "/training/cohorts/{cohort}/",
        *(f"/training/cohorts/{{planned_cohort}}/{rest}" for rest in ("", "edit/", "clone/", "joining/", "open/", "cancel/")),
        *(f"/training/timetable/{rest}" for rest in ("", "?week={week}&by=trainer", "?week={week}&by=cohort", "publish/", "versions/", "versions/1/")),
        *(f"/training/timetable/{rest}/" for rest in ("sessions/{planned_session}", "sessions/{lost_session}", "proposals/{timetable_proposal}")),
        *(f"/training/timetable/hours/{rest}" for rest in ("", "holidays/new/", "holidays/{holiday}/", "new/", "{hours}/", "road/", "rule/")),
    ),
    "trainer": (
        "/training/programmes/{programme}/materials/", "/training/join/{joined_session}/", "/training/assessment/", "/training/marking/", "/training/marking/{work}/",
        "/training/day/", "/training/day/?on=2027-01-01",
        *(f"/training/sessions/{{running_session}}/{rest}" for rest in ("", "screen/", "sheet/", "people/{running_place}/")),
        *(f"/training/sessions/{{joined_session}}/report/{rest}" for rest in ("", "result/", "{meeting_report}/", "{meeting_report}/columns/", "{late_report}/")),
        "/training/feedback/", "/training/feedback/{answered_session}/results/",
    ),
    "finance": (
        "/payments/desk/", "/payments/desk/payments/", "/payments/desk/payments/?q=xyzzy", "/payments/desk/payments/{paid_payment}/",
        "/payments/desk/payments/{paid_payment}/?finding={finding}", "/payments/desk/findings/", "/payments/desk/acts/", "/payments/desk/proofs/",
        "/payments/desk/refunds/", "/payments/desk/refused/", "/payments/desk/rules/", "/payments/books/", "/payments/books/accounts/",
        "/payments/books/accounts/{account}/", "/payments/books/entries/{entry}/", "/payments/books/days/",
        "/home/finance/", "/payments/readiness/", "/payments/readiness/?kind=wallet", "/payments/readiness/{proof}/", "/payments/services/", "/payments/services/account/",
        "/payments/schemes/desk/", "/payments/schemes/desk/new/", "/payments/schemes/desk/terms/", "/payments/schemes/desk/saaf/", "/payments/finance/", "/payments/finance/?late=1",
        *(f"/payments/bank/{rest}" for rest in ("", "accounts/", "upload/", "queue/", "queue/?show=second", "queue/?show=asked", "reports/", "reports/{bank_report}/")),
        *(f"/payments/bank/files/{rest}/" for rest in ("{bank_file}", "{bank_looked}", "{bank_unread}/columns")),
        *(f"/payments/bank/lines/{{{line}}}/" for line in ("bank_line", "bank_gone", "bank_charge", "bank_large")),
        *(f"/payments/bank/{{bank_account}}/{rest}/" for rest in ("months/{bank_year}/{bank_month}", "days/{bank_year}/{bank_month}/{bank_day}")),
        "/payments/board/", "/payments/board/?age=over", "/payments/board/?sector=rice", "/payments/board/held/{held_shipment}/",
        *(f"/payments/board/rules/{rest}" for rest in ("", "add/", "code/", "rate/")), "/payments/statement/months/", "/payments/pulse/add/",
    ),
    "bank": (
        "/home/partner/", "/payments/lender/", "/payments/lender/?tab=over", "/payments/lender/cases/{finance_case}/",
        "/payments/bank/proceeds/", "/payments/bank/proceeds/?show=disputed", "/payments/bank/proceeds/{said_receipt}/", "/payments/bank/proceeds/{disputed_receipt}/",
    ),
    "microfinance": ("/payments/lender/", "/payments/lender/cases/{offered_case}/", "/payments/lender/demand/", "/payments/lender/demand/answer/?city=Sialkot&sector=sports_goods&up_to=300000000"),
    "platform": ("/home/partner/", "/trade/", "/trade/platform/", "/trade/runs/{run}/", "/trade/runs/{wrong_run}/", "/training/taught/"),
    "chamber": (
        "/home/partner/", "/trade/sectors/", "/rounds/", "/nominations/{partner}/", "/nominations/{partner}/one/", "/nominations/{partner}/nominees/",
        "/nominations/sheets/{nomination_sheet}/", "/nominations/sheets/{nomination_sheet}/columns/", "/nominations/nominees/{nominee}/withdraw/",
        "/training/partner/", "/training/partner/?round=R1", "/training/partner/?cohort={held_cohort}",
    ),
}  # fmt: skip
NO_PAGE = {
    # acts, downloads, answers to machines, and pages that only lead on
    "alive", "set_language", "results_csv", "keep_check", "selection:card", "selection:receipt_pdf", "smes:paper", "selection:picture", "smes:role", "smes:withdraw",
    "selection:desk_bulk_confirm", "selection:desk_view_forget", "selection:desk_read", "selection:desk_recommend",
    "selection:desk_return", "selection:desk_decide", "selection:desk_cancel_question", "selection:desk_conflict",
    "selection:desk_extend_question", "selection:desk_call_third", "selection:desk_waive", "selection:desk_sign_waiver",
    "selection:desk_explain", "selection:desk_appeal_decide",
    "selection:desk_write", "selection:verify_firm", "selection:verify_answer", "selection:verify_undo",
    "selection:verify_reopen", "smes:paper_page", "trade:pull", "trade:confirm",
    "trade:drop", "trade:publish", "trade:refuse", "trade:platform_template", "notifications:read_all", "notifications:again",
    "roles:grant", "roles:refuse", "selection:round_decision_sign", "selection:round_decision_return",
    "selection:offer_decline", "selection:offer_give_back", "selection:offers_csv", "selection:offers_xlsx", "selection:desk_appeals_csv", "selection:offer_remind",
    "selection:seat_act_sign", "selection:seat_act_return",
    "training:report_names", "training:place_attendee", "training:place_change", "training:place_wait", "training:place_stop_waiting", "training:roster_csv",
    "selection:nominations_start", "selection:nomination_reasons", "selection:radar_csv",
    "training:module_move", "training:material_file", "training:material_pack", "training:absence_remove", "training:closing_remove",
    "training:question_retire", "training:attempt", "training:attempt_prolong", "training:firm_work_file", "training:marking_file",
    "training:timetable_try", "training:timetable_propose", "training:certificate_file", "training:certificate_offline", "training:certificate_pdf", "training:calendar_feed",
    "training:partner_workbook", "training:partner_pdf", "training:digest",
    "training:session_code", "training:session_code_stop", "training:session_code_show", "training:session_roll", "training:session_marks",
    "training:session_sheet_pdf", "training:session_worker",
    "training:call_take", "training:call_leave", "notifications:sms_received", "payments:notice", "payments:readiness_paper", "payments:finance_pack_pdf", "payments:lender_case_pdf",
    "payments:statement", "payments:receipt", "payments:pay", "payments:attempt_look", "payments:attempt_leave", "payments:slip_send", "payments:challan",
    "payments:slip", "payments:sandbox", "payments:sandbox_play", "payments:desk_payments_csv", "payments:desk_payments_xlsx", "payments:desk_propose",
    "payments:desk_settle", "payments:desk_found", "payments:desk_found_back", "payments:desk_sign", "payments:desk_return", "payments:desk_proof_approve", "payments:desk_proof_refuse",
    "payments:desk_refund_paid", "payments:desk_refund_seen", "payments:desk_refund_not_gone", "payments:account_csv", "payments:account_xlsx",
    "payments:day_prepare", "payments:day_close",
    "notifications:sms_answer",
    "payments:proceeds_csv", "payments:proceeds_xlsx", "payments:shipment_withdraw", "payments:proceeds_match", "payments:proceeds_unmatch",
    "payments:proceeds_withdraw", "payments:proceeds_ask_again", "payments:proceeds_complete", "payments:bank_confirm", "payments:bank_disagree",
    "payments:board_csv", "payments:board_xlsx", "payments:statement_csv", "payments:statement_xlsx", "payments:statement_pdf",
    "payments:statement_publish", "payments:pulse_csv",
    "payments:bank_broken", "payments:bank_match_back", "payments:bank_proposal", "payments:bank_month_xlsx", "payments:bank_month_csv",
}  # fmt: skip
NUMBERS = ("bank_year", "bank_month", "bank_day")
NOT_OURS = ("api", "payments_api", "mfa", "admin", "account_")
AXE_IN_URDU_TOO = {  # one of each kind: text, forms, tables, charts, a long file
    ("nobody", "/"), ("nobody", "/accounts/login/"), ("nobody", "/results/"), ("nobody", "/style/"),
    ("owner", "/firm/{ready_firm}/profile/owners/"), ("owner", "/firm/{ready_firm}/papers/"), ("owner", "/file/{scored}/receipt/"),
    ("officer", "/home/officer/"), ("director", "/home/director/"), ("director", "/desk/rounds/R4/seats/B/"), ("administrator", "/home/administrator/"), ("officer", "/desk/?tab=all"), ("officer", "/desk/{in_review}/"), ("officer", "/desk/{reviewed}/verify/{to_compare}/"), ("platform", "/trade/"),
    ("finance", "/payments/board/"), ("owner", "/payments/proceeds/{said_receipt}/"), ("nobody", "/payments/pulse/"),
    ("chamber", "/training/partner/"), ("programme", "/training/board/"),
    ("owner", "/payments/firm/{ready_firm}/finance/"), ("owner", "/payments/firm/{ready_firm}/readiness/?kind=account"), ("owner", "/payments/cases/{offered_case}/"), ("bank", "/payments/lender/cases/{finance_case}/"),
    ("finance", "/payments/bank/queue/"),
    ("nobody", "/training/"), ("programme", "/training/programmes/{programme}/"), ("programme", "/training/venues/{venue}/edit/"),
    ("owner", "/training/assessment/attempts/{attempt}/2/"), ("programme", "/training/marking/{differing_work}/"),
    ("programme", "/training/timetable/?week={week}&by=trainer"), ("programme", "/training/timetable/sessions/{planned_session}/"),
    ("trainer", "/training/sessions/{running_session}/"),
}  # fmt: skip
WORKER_IS_LATE = (
    "tdap_portal.core.selectors.HEARTBEAT_LATE_AFTER",
    "tdap_portal.audit.selectors.OLDEST_MAY_WAIT",
    "tdap_portal.notifications.selectors.OLDEST_MAY_WAIT",
    "selection.scoring.selectors.OLDEST_MAY_WAIT",
)
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
SHAPE = """() => ({
    width: document.documentElement.scrollWidth,
    headings: document.querySelectorAll('h1').length,
    direction: document.documentElement.dir,
    wide: [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361 || e.getBoundingClientRect().left < -1)
      .filter((e) => !e.closest('.visually-hidden, .scroll-x, svg')).slice(0, 3).map((e) => e.tagName + '.' + e.className),
})"""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, pytestconfig, tmp_path_factory):
    """One small portal for all pages of this file; they only look at it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # a request's connection ends with it
        for limit in WORKER_IS_LATE:
            patch.setattr(limit, timedelta(hours=2))  # no worker runs here, and all pages take their time
        patch.setattr(settings, "ACCOUNT_REAUTHENTICATION_TIMEOUT", 3600, raising=False)  # long enough for all pages
        folder = tmp_path_factory.mktemp("vault")
        patch.setattr(settings, "VAULT_ROOT", folder)
        made = World()
        made.vault = folder
        yield made
        call_command("flush", interactive=False, verbosity=0)
        pytestconfig.stash[PUT_BACK]()


@pytest.fixture(autouse=True)
def _vault(settings, request):
    if "world" in request.fixturenames:  # each test gets an empty vault otherwise
        settings.VAULT_ROOT = request.getfixturevalue("world").vault


@pytest.fixture(scope="module")
def opened(world: World, browser: Browser):
    """Opens an address for a person in a language; each person keeps one tab a language. Gives the page and what went wrong."""
    server = LiveServer("localhost")
    tabs: dict[tuple[str, str], tuple[Page, list[str]]] = {}

    def tab(who: str, language: str) -> tuple[Page, list[str]]:
        if (who, language) not in tabs:
            context = browser.new_context(
                base_url=server.url, viewport={"width": 360, "height": 740}, reduced_motion="reduce"
            )
            cookies = {"django_language": language}
            if who != "nobody":
                cookies["sessionid"] = world.sessions[who]
            context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
            page, said = context.new_page(), []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            tabs[who, language] = page, said
        return tabs[who, language]

    def go(who: str, language: str, path: str) -> tuple[Page, list[str]]:
        page, said = tab(who, language)
        said.clear()
        wanted = path.format(**world.ids)
        answer = page.goto(wanted)
        faults = [] if answer.status == 200 else [f"answer {answer.status}"]
        faults += [] if urlsplit(page.url).path == urlsplit(wanted).path else [f"led to {page.url}"]
        return page, faults + [f"console: {line}" for line in said]

    yield go
    for page, _said in tabs.values():
        page.context.close()
    server.stop()


def faults_of(page: Page, found: list[str], language: str, *, axe: bool) -> list[str]:
    """What is wrong with the open page, as lines, after what was found while it opened; axe: look for barriers too."""
    shape = page.evaluate(SHAPE)
    found = list(found)
    page.set_viewport_size({"width": 320, "height": 740})
    narrow = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 360, "height": 740})
    if shape["width"] > 360 or narrow > 320:
        found.append(f"{shape['width']} px wide at 360, {narrow} at 320: {', '.join(shape['wide'])}")
    if shape["headings"] != 1:
        found.append(f"{shape['headings']} h1")
    if shape["direction"] != {"en": "ltr", "ur": "rtl"}[language]:
        found.append(f"direction {shape['direction']}")
    found += [f"a value nobody wrote for people: {line}" for line in unwritten(page.evaluate(WORDS))]
    # One style sheet serves all pages: what axe fetches it for (css-orientation-lock) it asks of those it reads in Urdu too.
    options = {**AXE, "preload": language == "ur"}
    violations = Axe().run(page, options=options).response["violations"] if axe else []
    return found + [f"{v['id']}: {node['target'][0]}" for v in violations for node in v["nodes"]]


UNWRITTEN = re.compile(
    r".*(<?built-in method|object at 0x|<(function|bound method|class|Query|Model)|\{[{%#]).*|\W*(None|True|False|nan)\W*"
)


WORDS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, style')) words.push(walker.currentNode.data);
    for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'value'])
        words.push(...[...document.querySelectorAll('[' + name + ']')].map((each) => each.getAttribute(name)));
    return words.flatMap((text) => text.split('\\n'));
}"""


def unwritten(lines: list[str]) -> list[str]:
    """Of the lines of a page, those that show a thing of the program's and no words: an object, a bare None, a template's own signs."""
    return [line.strip() for line in lines if UNWRITTEN.fullmatch(line)]


@pytest.mark.parametrize(
    "line",
    [
        "<built-in method clear of dict object at 0x7f0000000000>", "<function f at 0x7f0>", "<bound method A.f of A>",
        "<SmeForm object at 0x7f0>", "None", "  None · ", "<QuerySet []>", "{{ name }}", "True",
    ],
)  # fmt: skip
def test_a_value_of_the_program_on_a_page_is_seen(line):
    assert unwritten(["Review desk", line, "None yet. Nobody is asked."]) == [line.strip()]


@pytest.mark.parametrize(
    ("who", "path"), [pytest.param(who, path, id=f"{who} {path}") for who, paths in PAGES.items() for path in paths]
)
def test_a_page_has_no_fault(opened, who, path):
    with_axe = {"en": True, "ur": (who, path) in AXE_IN_URDU_TOO}
    faults = [
        (language, fault)
        for language, axe in with_axe.items()
        for fault in faults_of(*opened(who, language, path), language, axe=axe)
    ]

    assert faults == []


def test_the_pages_that_axe_reads_twice_are_there():
    assert {(who, path) for who, paths in PAGES.items() for path in paths} >= AXE_IN_URDU_TOO


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_queue_and_the_open_file_stand_beside_each_other(opened, language):
    page, _faults = opened("officer", language, "/desk/?tab=all&open={in_review}")
    page.set_viewport_size({"width": 1280, "height": 800})
    queue, file = (page.locator(selector).bounding_box() for selector in (".desk-table", "[data-panel]"))
    page.set_viewport_size({"width": 360, "height": 740})
    left, right = (queue, file) if language == "en" else (file, queue)

    assert left["x"] + left["width"] <= right["x"]


def test_no_page_is_left_out():
    paths = [path for paths in PAGES.values() for path in paths]
    ids = {
        word: 1 if word in NUMBERS else "0" * (43 if word.endswith("token") else 12)
        for path in paths
        for _text, word, *_how in Formatter().parse(path)
        if word
    }
    seen = {resolve(urlsplit(path.format(**ids)).path).view_name for path in paths}

    left_out = {name for name in names_of(get_resolver()) if not name.startswith(NOT_OURS)} - seen
    assert left_out == NO_PAGE, "name a page in PAGES, what is no page in NO_PAGE"


def names_of(resolver: object, within: str = "") -> set[str]:
    """Names of all addresses, with their namespaces."""
    found = set()
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            found |= names_of(one, f"{within}{one.namespace}:" if one.namespace else within)
        elif one.name:
            found.add(f"{within}{one.name}")
    return found
