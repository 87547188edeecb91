"""From the first question to the score receipt: one firm in Urdu on a telephone, three officials at their desks, a real worker."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from PIL import Image
from playwright.sync_api import expect

from selection.models import Application
from selection.rounds import services as rounds_services
from selection.trade import services as trade
from tdap_portal.audit.models import Event
from tests.factories.accounts import PASSWORD, director, officer
from tests.factories.smes import verified_papers

from .people import Person, wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]

FIRM = "نور اسپورٹس"
MOBILE = "0300 7654321"
TITLE = "How many footballs can you make in a month?"
FIRST_OPINION = "The owner sends samples within a week; the stitching is even."
SECOND_OPINION = "A catalogue is there and someone answers in English."
REASON = "A product that travels well and a person who has time for it."
ANSWERS = {
    "makes": "yes", "sector": "sports_goods", "registered": "ntn", "turnover": "small", "age": "old",
    "exports": "direct", "house": "no", "bank": "yes", "order": "yes", "online": "yes", "time": "yes",
}  # fmt: skip


class Officials(NamedTuple):
    director: str
    first: str
    second: str


@pytest.fixture
def officials(celery_real_worker) -> Officials:
    """A round that is open, trade figures, two officers and a director; gives their logins. The worker is running."""
    chief = director(name="Hina Qureshi")
    round_ = rounds_services.create_round(
        actor=chief,
        number=1,
        opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=30),
        seats=60,
        policy="2026-1",
    )
    rounds_services.open_round(actor=chief, round=round_)
    trade.load_sample()
    return Officials(chief.email, officer(name="Kamran Shah").email, officer(name="Rabia Malik").email)


@pytest.fixture
def person(live_portal, browser):
    """Makes people with a browser of their own: person(width, height)."""
    people = []

    def make(width: int, height: int) -> Person:
        people.append(Person(browser, base_url=live_portal.url, width=width, height=height))
        return people[-1]

    yield make
    for one in people:
        one.leave()


def test_a_firm_walks_from_the_first_question_to_its_score_receipt(officials, person, tmp_path):
    firm = person(360, 740)
    check(firm)
    register(firm, tmp_path)
    profile = fill_the_profile(firm)
    send_a_paper(firm, profile)
    apply(firm)
    application = the_status_page_promises_a_day(firm)

    chief, first, second = (person(1280, 800) for _seat in officials)
    for desk, login in zip((chief, first, second), officials, strict=True):
        desk.sign_in(login, PASSWORD)
    share_out(chief, "Kamran Shah", "Rabia Malik")
    verify_the_paper_and_ask(first)
    answer(firm, application)
    read(first, 8, FIRST_OPINION, application)
    read(second, 7, SECOND_OPINION, application, hidden=FIRST_OPINION)
    verified_papers(Application.objects.get().sme)
    recommend(first, told=SECOND_OPINION)
    decide(chief, first)
    receipt(firm, application)

    assert [one.complaints for one in (firm, chief, first, second)] == [[], [], [], []]
    assert history() == [
        "application.started", "application.submitted", "application.scored", "application.assigned",
        "question.asked", "question.answered", "review.recorded", "review.recorded", "application.reviewed",
        "application.recommended", "application.selected", "offer.made",
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ the firm


def check(firm: Person) -> None:
    """Ten questions from the landing page on, in Urdu, without an account."""
    firm.open("/")
    firm.find('button[name=language][value="ur"]').click()
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    for question, said in ANSWERS.items():
        firm.fill(**{question: said})
        firm.press("form.check")
        firm.at(rf"[?&]{question}={said}")
    expect(firm.find("section.sheet--ask.tone-done h1")).to_be_visible()
    firm.press('form[action="/check/keep/"]')


def register(firm: Person, folder: Path) -> None:
    """An account by a mobile number and the code that came by SMS; then the firm."""
    firm.at("/accounts/signup/")
    firm.fill(name="نور فاطمہ", phone=MOBILE, password1="three-words-that-stay")
    firm.press('form[action="/accounts/signup/"]')
    expect(firm.find("main [name=code]")).to_be_visible()
    firm.fill(code=code_by_sms(folder))
    firm.press()
    firm.at("/firm/new/")
    firm.fill(name=FIRM, legal_form="sole_proprietor")
    firm.press()


def fill_the_profile(firm: Person) -> str:
    """All nine steps; gives the address of the firm's pages."""
    home = firm.at("(/firm/[0-9a-z]{12}/)profile/identity/")
    identity = {"founded_on": "01/03/2012", "ntn": "1234567-8", "phone": "052 4261234", "email": "noor@example.pk"}
    firm.fill(**identity | {"ntn": "12345"})
    firm.press()
    expect(firm.find(".field.is-wrong")).to_have_count(1)
    expect(firm.find(".field.is-wrong:has([name=ntn]) .field__wrong")).to_be_visible()
    for name, typed in {"name": FIRM, "legal_form": "sole_proprietor", **identity, "ntn": "12345"}.items():
        expect(firm.find(f"[name={name}]")).to_have_value(typed)
    firm.fill(ntn="1234567-8")
    firm.press()

    firm.at("/owners/")
    firm.fill(owner__0__name="نور فاطمہ", owner__0__cnic="۳۵۲۰۲-۱۲۳۴۵۶۷-۲", owner__0__share_pct=100,
              owner__0__gender="female", owner__0__birth_year=1984)  # fmt: skip
    firm.press()

    firm.at("/place/")
    firm.fill(province="PK-PB", city="سیالکوٹ", address="ڈسکہ روڈ 14", activity="manufacturing",
              turnover_pkr="۴۲٬۰۰۰٬۰۰۰", turnover_fiscal_year=last_fiscal_year(), employees=40, women_employees=12)  # fmt: skip
    firm.press()

    firm.at("/sector/")
    expect(firm.find('[name=sector][value="sports_goods"]')).to_be_checked()  # told in the check
    firm.press()

    firm.at("/products/")
    firm.find("main [name=q]").press_sequentially("فٹ بال", delay=20)
    firm.find('#hs-results [name=hs][value="950662"]').check()
    firm.find("#hs-results button[name=find]").click()
    firm.fill(**{"main": "950662", "950662__label": "Hand-stitched footballs", "950662__share_pct": 100,
                 "950662__price_pkr": "1,450", "950662__price_unit": "piece"})  # fmt: skip
    firm.press()

    firm.at("/capacity/")
    firm.fill(capacity_per_month="12,000", capacity_unit="balls", capacity_used_pct=70, lead_time_days=30,
              quality_control="own")  # fmt: skip
    firm.press()

    firm.at("/exports/")
    expect(firm.find('[name=export_route][value="direct"]')).to_be_checked()  # told in the check
    firm.fill(year__0__fiscal_year=last_fiscal_year(), year__0__value_usd="61,000", year__0__route="direct",
              market_0="جرمنی", market_1="Spain")  # fmt: skip
    firm.press()

    firm.at("/markets/")
    firm.fill(target_0="France", channels=["alibaba_com"], website="yes", website_url="https://noor.example",
              catalogue_products=14, product_photos="yes", ecommerce_staff=1, english_staff="yes", internet="broadband")  # fmt: skip
    firm.press()

    firm.at("/payments/")
    firm.fill(bank_account_named="yes", iban="PK36 SCBL 0000 0011 2345 6702", wallet="yes", card_payments="no",
              foreign_currency_account="no", paypal_like_service="no")  # fmt: skip
    firm.press()

    firm.at("/firm/[0-9a-z]{12}/$")
    expect(firm.find("details.tasks__group a.task.tone-done")).to_have_count(9)
    return home


def send_a_paper(firm: Person, home: str) -> None:
    """A photograph of the tax certificate, as a telephone takes it."""
    firm.open(f"{home}papers/")
    photograph = BytesIO()
    Image.new("RGB", (800, 600), "white").save(photograph, "JPEG")
    firm.fill("#send", kind="ntn_certificate")
    firm.find("#send [name=file]").set_input_files(
        {"name": "تصویر.jpg", "mimeType": "image/jpeg", "buffer": photograph.getvalue()}
    )
    firm.press("#send form")
    expect(firm.find("a[href*='/papers/'].is-new")).to_have_count(1)


def apply(firm: Person) -> None:
    """Begin, fill in, and submit with a double click, and once more in a second tab."""
    firm.open("/file/")
    firm.find("a.task[href^='/apply/R1/']").click()
    firm.fill(track="general")
    firm.press()
    expect(firm.find("main [name=motivation]")).to_be_visible()
    second_tab = firm.context.new_page()
    second_tab.goto(firm.page.url)
    firm.fill(motivation="ہم اپنے فٹ بال براہ راست بیچنا چاہتے ہیں۔", commitment_name="نور فاطمہ", declared=True)
    firm.find("button[name=submit]").dblclick()
    firm.at("/file/[0-9a-z]{12}/submitted/")

    second_tab.fill("[name=motivation]", "ایک بار پھر")
    second_tab.check("[name=declared]")
    second_tab.click("button[name=submit]")
    second_tab.wait_for_url(re.compile("/file/[0-9a-z]{12}/$"))
    second_tab.close()
    assert Application.objects.count() == 1
    assert Event.objects.filter(name="application.submitted").count() == 1


def the_status_page_promises_a_day(firm: Person) -> Application:
    """The worker scores; the page shows the way and the promised date."""
    firm.find("main a.btn-primary[href^='/file/']").click()
    firm.at("/file/[0-9a-z]{12}/$")
    firm.wait_for_the_worker("ol.path li.path__step:nth-child(5).is-now")
    application = Application.objects.get()
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    expect(firm.find("ol.path .is-done")).to_have_count(4)
    expect(firm.find("main .clock__say")).to_contain_text(in_urdu(application.due_on, "l j F Y"))
    return application


def answer(firm: Person, application: Application) -> None:
    """The message leads to the question; the clock stands still until the answer is there."""
    firm.open("/inbox/")
    firm.wait_for_the_worker(f"ul.rows li:has-text('{TITLE}')")
    firm.open("/file/")
    expect(firm.find("main .clock.tone-rest")).to_be_visible()
    firm.open("/inbox/")
    firm.find("ul.rows li", has_text=TITLE).locator("a").click()
    firm.find("main a.btn-primary[href$='/question/']").click()
    expect(firm.find("main [name=capacity_per_month]")).to_have_value("12,000")
    firm.fill(capacity_per_month=7000, answer="بارہ ہزار دو شفٹوں میں بنتے ہیں۔")
    firm.press()
    firm.at("/file/[0-9a-z]{12}/$")
    expect(firm.find("main .clock.tone-us")).to_be_visible()
    wait_until(lambda: is_scored_again(application))


def receipt(firm: Person, application: Application) -> None:
    """The decision and its receipt, still in Urdu."""
    firm.open("/file/")
    firm.find("main .acts a[href$='/receipt/']").click()  # beside the offer, which comes first
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    application.refresh_from_db()
    expect(firm.find(".receipt h1")).to_contain_text(FIRM)
    expect(firm.find(".receipt .total b")).to_have_text(f"{application.points.normalize():f}")
    expect(firm.find(".receipt")).to_contain_text(application.file_number)
    assert firm.page.evaluate("document.documentElement.scrollWidth") == 360


# ------------------------------------------------------------------------------------------------------------ the desk


def open_file(desk: Person) -> None:
    """From the queue into the panel beside it."""
    desk.open("/desk/?tab=all")
    desk.find("a[data-row]", has_text=FIRM).click()
    expect(desk.find("[data-panel] [data-file]")).to_be_visible()


def share_out(chief: Person, first: str, second: str) -> None:
    open_file(chief)
    chief.find("[data-panel] a[href$='/assign/']").click()
    for name, reader in {"first": first, "second": second}.items():
        choice = chief.find(f"[name={name}]")
        choice.select_option(choice.locator("option", has_text=reader).get_attribute("value"))
    chief.press()
    chief.at("/desk/[0-9a-z]{12}/$")


def verify_the_paper_and_ask(desk: Person) -> None:
    open_file(desk)
    desk.find("[data-panel] .evid--papers a[href*='/verify/']").first.click()
    desk.at("/desk/[0-9a-z]{12}/verify/[0-9a-z]{12}/$")
    expect(desk.find("[data-check].is-now")).to_have_count(1)
    for left in reversed(range(desk.find("[data-check]").count())):
        desk.page.keyboard.press("1")
        expect(desk.find("[data-check]")).to_have_count(left)
        expect(desk.find("[data-check].is-now")).to_have_count(min(left, 1))
    desk.page.keyboard.press("n")
    expect(desk.find("main").get_by_text("kept.").first).to_be_visible()
    open_file(desk)
    desk.find("[data-panel] a[href$='/ask/']").click()
    desk.fill(title=TITLE, words="The electricity bill points to about 7,000.", fields_asked="capacity_per_month")
    desk.press()
    desk.at("/desk/[0-9a-z]{12}/$")
    expect(desk.find("main").get_by_text("the clock stands still").first).to_be_visible()
    assert Application.objects.get().awaiting_firm


def read(desk: Person, mark: int, opinion: str, application: Application, *, hidden: str = "") -> None:
    """A reading, put in from the panel; what the other reader wrote is not in the page before."""
    open_file(desk)
    if hidden:
        expect(desk.find("[data-panel]").get_by_text("It stays sealed until yours is in.")).to_be_visible()
        assert hidden not in desk.page.content()
        desk.open(f"/desk/{application.public_id}/")
        assert hidden not in desk.page.content()
        open_file(desk)
    within = "[data-panel] form[action$='/read/']"
    desk.fill(within, commitment=mark, product_fit=mark, outcome="select", comment=opinion)
    desk.press(within)
    desk.find(f"{within} [name=confirmed]").click()
    expect(desk.find(within)).to_have_count(0)


def recommend(desk: Person, *, told: str) -> None:
    open_file(desk)
    expect(desk.find("[data-panel]")).to_contain_text(told)  # both readings are in: they are open now
    within = "[data-panel] form[action$='/recommend/']"
    desk.fill(within, outcome="select", reason="ready_to_sell", words=REASON)
    desk.press(within)
    desk.find(f"{within} [name=confirmed]").click()
    expect(desk.find(within)).to_have_count(0)


def decide(chief: Person, proposer: Person) -> None:
    """By another person: the officer who recommended is not even offered it."""
    within = "form[action$='/decide/']"
    open_file(proposer)
    expect(proposer.find(within)).to_have_count(0)
    open_file(chief)
    expect(chief.find(f"[data-panel] {within} [name=words]")).to_have_value(REASON)
    chief.press(f"[data-panel] {within}")
    chief.find(f"[data-panel] {within} [name=confirmed]").click()
    expect(chief.find(f"[data-panel] {within}")).to_have_count(0)


# ------------------------------------------------------------------------------------------------------------- details


def code_by_sms(folder: Path) -> str:
    """The code in the text message that the worker sent to the firm's number."""
    sent = folder / "sent" / "sms"
    wait_until(lambda: any(sent.glob("*.json")))
    texts = [json.loads(one.read_text()) for one in sent.glob("*.json")]
    assert [(text["to"], text["language"]) for text in texts] == [("+923007654321", "ur")]
    return re.search(r"\b(?=\S*\d)?[0-9A-Z]{3,4}-?[0-9A-Z]{3,4}\b", texts[0]["text"])[0]


def is_scored_again(application: Application) -> bool:
    """The answer is in the points, and the file is back with its readers."""
    application.refresh_from_db()
    newest = application.score_cards.order_by("-pk").first()
    waiting = newest is None or newest.facts_version != application.facts_version
    return not waiting and application.facts["capacity_per_month"] == 7000 and application.state == "in_review"


def history() -> list[str]:
    """What happened to the file, in order, without what a correction sets off by itself."""
    by_itself = ("application.rescored", "application.papers_taken_up")
    rows = Event.objects.filter(subject_type="selection.application").exclude(name__in=by_itself).order_by("pk")
    return [row.name for row in rows if not row.data.get("again")]


def last_fiscal_year() -> int:
    """The year in which the last closed fiscal year (July to June) ended."""
    today = timezone.localdate()
    return today.year if today.month > 6 else today.year - 1


def in_urdu(day: object, how: str) -> str:
    with translation.override("ur"):
        return date_format(day, how)
