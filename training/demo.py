"""The demo's training: one programme of eight modules, trainers and rooms of five cities and online, six cohorts."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fpdf import FPDF

from smes.papers.checks import MAX_BYTES
from tdap_portal.accounts.demo import login_of
from training.programmes import services, services_materials, services_resources
from training.programmes.files import check_material

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
