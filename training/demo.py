"""The demo's training: one programme of eight modules, trainers and rooms of five cities and online, six cohorts."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fpdf import FPDF

from smes.papers.checks import MAX_BYTES
from tdap_portal.accounts.demo import login_of
from training.practice import services as practice_services
from training.programmes import services, services_materials, services_resources
from training.programmes.files import check_material
from training.questions import services as questions_services

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User
    from training.models import Module, Programme

MODULES: tuple[tuple[str, str, str, tuple[str, ...], tuple[int, ...], str, str], ...] = (
    # title, in Urdu, skill, what the room must have, modules before it, what a firm can do afterwards, in Urdu
    ("Your buyer", "آپ کا خریدار", "markets", ("projector",), (),
     "Name three markets for your product and say why.", "اپنی پروڈکٹ کی تین منڈیاں وجہ کے ساتھ بتانا۔"),
    ("Product pages", "پروڈکٹ کے صفحے", "listing", ("computers", "internet"), (1,),
     "Write a page that a buyer finds and understands.", "ایسا صفحہ لکھنا جو خریدار کو ملے اور سمجھ آئے۔"),
    ("Photographs that sell", "تصویریں جو مال بیچیں", "photography", ("photo_corner",), (1,),
     "Take six photographs of a product with a telephone.", "فون سے پروڈکٹ کی چھ تصویریں لینا۔"),
    ("Prices, payment and risk", "قیمت، ادائیگی اور خطرہ", "pricing", ("projector",), (1,),
     "Work out an export price and choose a safe way to be paid.", "برآمدی قیمت نکالنا اور ادائیگی کا محفوظ طریقہ چننا۔"),
    ("Labels, rules and customs", "لیبل، قواعد اور کسٹمز", "customs", ("projector",), (4,),
     "Fill in the papers of a first shipment.", "پہلی روانگی کے کاغذات پُر کرنا۔"),
    ("Parcels and freight", "پارسل اور مال برداری", "logistics", ("projector",), (5,),
     "Compare three ways to send an order.", "آرڈر بھیجنے کے تین طریقوں کا موازنہ کرنا۔"),
    ("Cloud and data", "کلاؤڈ اور ڈیٹا", "cloud", ("computers", "internet"), (2,),
     "Keep orders and buyers safely in one place.", "آرڈر اور خریدار ایک جگہ محفوظ رکھنا۔"),
    ("Your first ninety days", "آپ کے پہلے نوّے دن", "coaching", ("projector",), (2, 3, 6),
     "Follow a plan of your own for the first order.", "پہلے آرڈر کے لیے اپنے منصوبے پر چلنا۔"),
)  # fmt: skip
TRAINERS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    # name, in Urdu, lives in, teaches, languages, on site in
    ("Hira Saleem", "حرا سلیم", "Sialkot", ("markets", "listing", "photography", "coaching"), ("ur", "en", "pa"),
     ("Sialkot", "Lahore")),
    ("Usman Tariq", "عثمان طارق", "Sialkot", ("listing", "photography", "cloud"), ("ur", "pa"), ("Sialkot", "Lahore")),
    ("Bilal Aziz", "بلال عزیز", "Lahore", ("markets", "pricing", "customs", "logistics"), ("ur", "en", "pa"),
     ("Lahore", "Sialkot")),
    ("Sana Memon", "ثنا میمن", "Karachi", ("markets", "listing", "pricing", "coaching"), ("ur", "sd", "en"),
     ("Karachi", "Quetta")),
    ("Zafar Iqbal", "ظفر اقبال", "Karachi", ("customs", "logistics", "photography", "cloud"), ("ur", "en", "sd"),
     ("Karachi", "Quetta")),
    ("Gul Rukh", "گل رخ", "Peshawar", ("markets", "listing", "photography", "pricing", "coaching"), ("ps", "ur", "en"),
     ("Peshawar", "Quetta")),
    ("Asad Khattak", "اسد خٹک", "Peshawar", ("customs", "logistics", "cloud", "pricing"), ("ps", "ur"),
     ("Peshawar", "Quetta")),
)  # fmt: skip
VENUES: tuple[tuple[str, str, str, int, tuple[str, ...]], ...] = (
    # name, in Urdu, city ("" for online), seats, what is there
    ("Expo room 2", "ایکسپو کمرہ 2", "Lahore", 48, ("projector", "computers", "internet", "photo_corner")),
    ("TDAP, fifth floor", "ٹڈاپ، پانچویں منزل", "Karachi", 60, ("projector", "computers", "internet", "photo_corner", "step_free")),
    ("Chamber hall", "چیمبر ہال", "Sialkot", 60, ("projector", "computers", "internet", "photo_corner", "power_backup")),
    ("Sarhad Chamber", "سرحد چیمبر", "Peshawar", 30, ("projector", "computers", "internet", "photo_corner")),
    ("Serena road hall", "سرینا روڈ ہال", "Quetta", 24, ("projector", "computers", "internet", "photo_corner")),
    ("Online, room A", "آن لائن، کمرہ اے", "", 300, ("projector", "computers", "internet", "photo_corner")),
)  # fmt: skip
COHORTS: tuple[tuple[str, str, str, int, int, bool], ...] = (
    # city, language, time of day, first day from today, places, opened
    ("Lahore", "ur", "morning", 14, 24, True),
    ("Karachi", "ur", "afternoon", 21, 30, True),
    ("Sialkot", "pa", "morning", 28, 20, True),
    ("Peshawar", "ps", "morning", 35, 16, True),
    ("Quetta", "ur", "morning", 49, 12, False),
    ("", "en", "evening", 21, 60, True),
)
QUESTIONS: tuple[tuple[int, str, str, tuple[tuple[str, str], ...], int, str, str], ...] = (
    # module, question, in Urdu, answers in both languages, which of them is right, why, in Urdu
    (1, "What do you look at first when you choose a market?", "منڈی چنتے وقت سب سے پہلے کیا دیکھا جاتا ہے؟",
     (("Who buys the product there, and from whom", "وہاں پروڈکٹ کون خریدتا ہے، اور کس سے"), ("The flag", "جھنڈا"),
      ("How far it is", "فاصلہ")), 0,
     "Demand and rivals say whether there is room for you.", "طلب اور مقابلہ بتاتے ہیں کہ آپ کے لیے گنجائش ہے یا نہیں۔"),
    (1, "A buyer asks for a price by tomorrow. What do you ask back?", "خریدار جلد قیمت مانگتا ہے۔ آپ پہلے کیا پوچھتے ہیں؟",
     (("Quantity, place of delivery and standard", "مقدار، پہنچانے کی جگہ اور معیار"), ("Nothing", "کچھ نہیں"),
      ("His own price", "اس کی اپنی قیمت")), 0,
     "Without them a price means nothing.", "ان کے بغیر قیمت کا کوئی مطلب نہیں۔"),
    (2, "What belongs into the title of a product page?", "پروڈکٹ کے صفحے کے عنوان میں کیا ہونا چاہیے؟",
     (("The words with which a buyer searches", "وہ الفاظ جن سے خریدار تلاش کرتا ہے"), ("Your telephone number", "آپ کا فون نمبر"),
      ("Best quality, best price", "بہترین معیار، بہترین قیمت")), 0,
     "Buyers find pages by the words they type.", "خریدار اپنے لکھے ہوئے الفاظ سے صفحے تک پہنچتے ہیں۔"),
    (3, "Which light is best for a photograph of a product?", "پروڈکٹ کی تصویر کے لیے کون سی روشنی بہتر ہے؟",
     (("Daylight from the side", "ایک طرف سے دن کی روشنی"), ("The flash of the telephone", "فون کی فلیش"),
      ("One lamp from above", "اوپر سے ایک بلب")), 0,
     "Soft light from the side shows form and surface.", "ایک طرف کی نرم روشنی شکل اور سطح دکھاتی ہے۔"),
    (4, "A buyer writes: EXW Sialkot. Who pays the way to Hamburg?", "خریدار EXW Sialkot لکھتا ہے۔ ہیمبرگ تک کا کرایہ کون دیتا ہے؟",
     (("The buyer, from your door on", "خریدار، آپ کے دروازے سے"), ("You, as far as Karachi", "آپ، کراچی تک"),
      ("You, all the way", "آپ، پورا راستہ")), 0,
     "EXW: the buyer takes the goods at your door.", "EXW میں خریدار مال آپ کے دروازے سے اٹھاتا ہے۔"),
    (5, "Who says under which HS code the goods are cleared?", "مال کس HS کوڈ کے تحت نکلے گا، یہ کون بتاتا ہے؟",
     (("You, on the papers of the shipment", "آپ، مال کی روانگی کے کاغذات پر"), ("The driver", "ڈرائیور"),
      ("Nobody", "کوئی نہیں")), 0,
     "The exporter declares it, and answers for it.", "برآمد کنندہ اسے درج کرتا ہے اور اس کا ذمہ دار ہے۔"),
    (6, "What does volumetric weight mean?", "حجمی وزن کا کیا مطلب ہے؟",
     (("Large light parcels are charged by their size", "بڑے ہلکے پارسل کا کرایہ سائز سے لگتا ہے"),
      ("The weight of the paper", "کاغذ کا وزن"), ("The weight without packing", "پیکنگ کے بغیر وزن")), 0,
     "A large box takes room that others cannot use.", "بڑا ڈبہ وہ جگہ لیتا ہے جو کسی اور کو نہیں مل سکتی۔"),
    (7, "Where do you keep the list of your buyers?", "خریداروں کی فہرست کہاں رکھی جائے؟",
     (("Where several people can reach it, with a copy", "جہاں کئی لوگ اسے دیکھ سکیں، ایک نقل کے ساتھ"),
      ("On one telephone", "ایک ہی فون پر"), ("On paper in the shop", "دکان میں کاغذ پر")), 0,
     "A lost telephone must not cost you your buyers.", "فون گم ہونے سے خریدار نہیں کھونے چاہییں۔"),
)  # fmt: skip
WEEKS = 6
MANAGER = "programme"


def build(*, people: People, today: date) -> None:
    """Through the room's own services, in the name of the demo's programme manager. Call it once."""
    manager = people.programme_manager
    if manager is None:
        raise LookupError(login_of(MANAGER))
    programme = services.create_programme(
        actor=manager,
        code="EXPORT-1",
        name="First export order online",
        name_ur="پہلا برآمدی آرڈر آن لائن",
        about="Eight sessions from the first buyer to the first parcel, for firms that sell abroad for the first time.",
        about_ur="پہلے خریدار سے پہلے پارسل تک آٹھ سیشن، ان فرموں کے لیے جو پہلی بار بیرونِ ملک بیچتی ہیں۔",
        attendance_percent=80,
        pass_mark=60,
        is_active=True,
    )
    modules = _modules(manager, programme)
    _materials(manager, modules)
    _assessment(manager, programme, modules, today)
    _trainers_and_venues(manager)
    for city, language, time_of_day, days, places, is_open in COHORTS:
        first = today + timedelta(days=days - (today + timedelta(days=days)).weekday())
        cohort = services.create_cohort(
            actor=manager,
            programme=programme,
            round=None,
            mode="in_person" if city else "online",
            language=language,
            city=city,
            time_of_day=time_of_day,
            starts_on=first,
            ends_on=first + timedelta(weeks=WEEKS, days=-2),
            places=places,
            weekly_sessions=2,
        )
        if is_open:
            services.open_cohort(actor=manager, cohort=cohort)


def _modules(manager: User, programme: Programme) -> list[Module]:
    modules: list[Module] = []
    for title, title_ur, skill, equipment, after, outcome, outcome_ur in MODULES:
        values: dict[str, Any] = {
            "title": title,
            "title_ur": title_ur,
            "minutes": 180,
            "skill": skill,
            "equipment": list(equipment),
            "outcomes": [{"en": outcome, "ur": outcome_ur}],
            "bring": "Your telephone and one product.",
            "bring_ur": "اپنا فون اور ایک پروڈکٹ۔",
            "after": [modules[number - 1] for number in after],
        }
        modules.append(services.add_module(actor=manager, programme=programme, **values))
    return modules


def _assessment(manager: User, programme: Programme, modules: list[Module], today: date) -> None:
    """Eight questions, rules that draw five, and a practical task."""
    for number, text, text_ur, answers, right, why, why_ur in QUESTIONS:
        questions_services.add_question(
            actor=manager,
            module=modules[number - 1],
            kind="single",
            text=text,
            text_ur=text_ur,
            options=[{"en": english, "ur": urdu} for english, urdu in answers],
            right=[right],
            points=1,
            explanation=why,
            explanation_ur=why_ur,
        )
    questions_services.set_assessment(
        actor=manager,
        programme=programme,
        modules=[],
        is_active=True,
        since=today,
        questions_number=5,
        minutes=20,
        spare_minutes=10,
        tries=2,
        pause_hours=24,
        opens_percent=80,
    )
    levels = [
        {"points": 0, "en": "Not there", "ur": "موجود نہیں"},
        {"points": 2, "en": "Partly there", "ur": "کچھ موجود"},
        {"points": 4, "en": "Fully there", "ur": "پورا موجود"},
    ]
    criteria = (
        ("A buyer finds it by its words", "خریدار اسے الفاظ سے ڈھونڈ سکتا ہے"),
        ("Photographs show form and size", "تصویریں شکل اور سائز دکھاتی ہیں"),
        ("Price and delivery are said", "قیمت اور پہنچانے کا طریقہ درج ہے"),
    )
    practice_services.set_task(
        actor=manager,
        programme=programme,
        title="A page for one of your products",
        title_ur="آپ کی ایک پروڈکٹ کا صفحہ",
        words="Write the page of one product as a buyer abroad would read it, with six photographs.",
        words_ur="ایک پروڈکٹ کا صفحہ یوں لکھیں جیسے بیرونِ ملک خریدار پڑھے گا، چھ تصویروں کے ساتھ۔",
        criteria=[{"en": english, "ur": urdu, "levels": levels} for english, urdu in criteria],
        pass_points=8,
        differ_points=3,
        needs_file=True,
        since=today,
        is_active=True,
    )


def _materials(manager: User, modules: list[Module]) -> None:
    for language, title in (("ur", "Work sheet, Urdu"), ("en", "Work sheet, English")):
        sheet = FPDF()
        sheet.add_page()
        sheet.set_font("Helvetica", size=18)
        sheet.cell(text=f"{title}: who buys it, where, and why?")
        content = io.BytesIO(bytes(sheet.output()))
        file = check_material(content, name=f"{title}.pdf", size=None, max_bytes=MAX_BYTES)
        services_materials.add_material(actor=manager, module=modules[0], title=title, language=language, file=file)


def _trainers_and_venues(manager: User) -> None:
    for name, name_ur, home, skills, languages, cities in TRAINERS:
        services_resources.create_trainer(
            actor=manager,
            name=name,
            name_ur=name_ur,
            home_city=home,
            skills=list(skills),
            languages=list(languages),
            cities=list(cities),
            is_online=True,
            weekdays=[0, 1, 2, 3, 4, 5],
            weekly_sessions=5,
        )
    for name, name_ur, city, seats, equipment in VENUES:
        days, hours = (range(7), ["08:00", "22:00"]) if not city else (range(6), ["09:00", "17:00"])
        services_resources.create_venue(
            actor=manager,
            name=name,
            name_ur=name_ur,
            city=city,
            seats=seats,
            equipment=list(equipment),
            opening={str(day): hours for day in days},
            link="" if city else "https://meet.example/tdap-room-a",
        )
