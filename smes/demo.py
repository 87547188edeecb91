"""The demo's firms: four hundred, invented, with names, products and towns that fit; built through our own services."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from stdnum.iso7064 import mod_97_10

from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers.checks import CheckedPaper, check_paper
from smes.people import selectors as people_selectors
from smes.profile import services as profile_services
from smes.vocabulary.certificates import OPEN_CERTIFICATES
from smes.vocabulary.paper_kinds import KINDS
from smes.vocabulary.places import CITIES
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.demo import PASSWORD, login_of

from .demo_words import FIRST_HALVES, MEN, SECTOR_WORDS, TAILS, WOMEN, SectorWords

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

    from .models import Sme

FIRMS = 400

FIRST_DIGIT = {"PK-KP": "1", "PK-PB": "3", "PK-SD": "4", "PK-BA": "5", "PK-IS": "6", "PK-GB": "7", "PK-JK": "8"}
BANKS = ("HABB", "MEZN", "SCBL", "UNIL", "MUCB", "ALFH", "BAHL")


@dataclass(frozen=True, slots=True)
class Plan:
    """One firm to be: quality runs from 0 (a beginner) to 1 (nearly an exporter already)."""

    number: int
    name: str
    sector: str
    city: str
    owner: str
    woman: bool
    quality: float
    login: str
    language: str
    known: bool  # one of the few whose password is printed

    @property
    def words(self) -> SectorWords:
        return SECTOR_WORDS[self.sector]


KNOWN = {  # the firms whose people sign in, by place in their sector
    ("sports_goods", 0): ("Noor Sports Works", "Sialkot", "Noor Fatima", True, 0.62, "noor", "ur"),
    ("carpets", 0): ("Chenab Carpets", "Lahore", "Waheed Anwar", False, 0.55, "chenab", "en"),
    ("seafood", 0): ("Mehran Seafoods", "Karachi", "Saima Baloch", True, 0.8, "mehran", "en"),
    ("furniture_decor", 0): ("Hala Handicrafts", "Hyderabad", "Rukhsana Soomro", True, 0.45, "hala", "ur"),
}


def plans(seed: int) -> list[Plan]:
    """All firms to be, the same for the same seed; names are never used twice."""
    rng = random.Random(seed)
    used: set[str] = set()
    found: list[Plan] = []
    for sector, sector_words in SECTOR_WORDS.items():
        for place in range(sector_words.share):
            number = len(found)
            if (sector, place) in KNOWN:
                name, city, owner, woman, quality, login, language = KNOWN[sector, place]
                found.append(
                    Plan(number, name, sector, city, owner, woman, quality, login_of(login), language, known=True)
                )
                used.add(name)
                continue
            name = _new_name(rng, sector_words, used)
            woman = rng.random() < 0.29
            owner = rng.choice(WOMEN if woman else MEN)
            quality = min(1.0, max(0.0, rng.gauss(0.5, 0.2)))
            language = rng.choice(("en", "ur", "ur"))
            city = rng.choice(sector_words.towns)
            found.append(
                Plan(
                    number,
                    name,
                    sector,
                    city,
                    owner,
                    woman,
                    quality,
                    login_of(f"firm{number:03d}"),
                    language,
                    known=False,
                )
            )
    return found


def _new_name(rng: random.Random, sector_words: SectorWords, used: set[str]) -> str:
    while True:
        name = f"{rng.choice(FIRST_HALVES)} {rng.choice(sector_words.names)}{rng.choice(TAILS)}"
        if name not in used:
            used.add(name)
            return name


def products() -> list[str]:
    """HS six-digit codes of all that these firms make."""
    return sorted({hs6 for sector_words in SECTOR_WORDS.values() for hs6, *_ in sector_words.products})


def register(plan: Plan) -> tuple[User, Sme]:
    """The owner and the firm, as on its first day."""
    owner = accounts_services.create_person(
        actor=None,
        name=plan.owner,
        email=plan.login,
        mobile=f"+92300{plan.number + 1_000_000:07d}",
        password=PASSWORD if plan.known else None,
        language=plan.language,
        is_demo=True,
    )
    return owner, profile_services.register_sme(actor=owner, name=plan.name, legal_form=_legal_form(plan), is_demo=True)


def fill_in(plan: Plan, owner: User, sme: Sme, *, steps: int = 9) -> None:
    """Save the first `steps` steps of the profile."""
    rng = random.Random(plan.number)
    for step, (values, rows) in list(_profile(plan, rng).items())[:steps]:
        profile_services.save_step(actor=owner, sme=sme, step=step, values=values, rows=rows)


def send_papers(plan: Plan, owner: User, sme: Sme) -> None:
    """The papers a firm of its legal form must send, and the proof of its certificates."""
    today = timezone.localdate()
    for number, kind in enumerate(papers_selectors.needed_papers(sme)):
        expires = today + timedelta(days=40 + (plan.number * 37 + number * 91) % 600) if KINDS[kind].expires else None
        papers_services.upload_document(actor=owner, sme=sme, kind=kind, paper=_paper(kind), expires_on=expires)
    if plan.number % 3 == 0:
        soon = today + timedelta(days=60 + plan.number % 90)
        papers_services.upload_document(
            actor=owner, sme=sme, kind="chamber_membership", paper=_paper("chamber_membership"), expires_on=soon
        )


def judge_papers(officer: User, sme: Sme, *, verify: int | None) -> None:
    """An officer looks at the papers: the first `verify` (None: all) are in order, every ninth firm has one refused."""
    for number, document in enumerate(papers_selectors.documents_of(sme)):
        if verify is None or number < verify:
            papers_services.verify_document(actor=officer, document=document)
        elif sme.pk % 9 == 0:
            papers_services.refuse_document(
                actor=officer, document=document, reason="The photograph is too dark to read the number."
            )
            return


_papers: dict[str, CheckedPaper] = {}


def _paper(kind: str) -> CheckedPaper:
    """A small picture that says what it stands for, checked as every upload is."""
    if kind not in _papers:
        from PIL import Image, ImageDraw  # noqa: PLC0415  the demo only

        picture = Image.new("RGB", (640, 420), "#FAF8F3")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((12, 12, 628, 408), outline="#0B5D3B", width=3)
        draw.text(
            (40, 40), f"DEMO PAPER\n\n{kind.replace('_', ' ').upper()}\n\nInvented. Not a document.", fill="#14211B"
        )
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        _papers[kind] = check_paper(io.BytesIO(stream.getvalue()), name=f"{kind}.png", size=len(stream.getvalue()))
    return _papers[kind]


def _legal_form(plan: Plan) -> str:
    if "(Pvt) Ltd" in plan.name:
        return "private_limited"
    return ("sole_proprietor", "sole_proprietor", "partnership", "private_limited")[plan.number % 4]


def _iban(plan: Plan) -> str:
    """A number that passes every check and belongs to nobody: the account part is zeros and the firm's place."""
    rest = f"{BANKS[plan.number % len(BANKS)]}{plan.number + 1:016d}"
    return f"PK{mod_97_10.calc_check_digits(rest + 'PK')}{rest}"


def _certificates(plan: Plan, rng: random.Random) -> list[dict[str, Any]]:
    names = {kind.code for kind in OPEN_CERTIFICATES}
    fitting = [code for code in plan.words.certificates if code in names] or sorted(names)[:2]
    count = min(len(fitting), int(plan.quality * 2.6))
    today = timezone.localdate()
    return [
        {"kind": code, "expires_on": today + timedelta(days=rng.randint(-60, 900))}
        for code in rng.sample(fitting, count)
    ]


def _profile(plan: Plan, rng: random.Random) -> dict[str, tuple[dict[str, object], list[dict[str, object]] | None]]:
    """What this firm answers in the nine steps."""
    q, sector_words = plan.quality, plan.words
    today = timezone.localdate()
    last_year = today.year if today.month >= 7 else today.year - 1
    province = next(city.province for city in CITIES.values() if city.name == plan.city)
    legal_form = _legal_form(plan)
    young = rng.random() < 0.14
    founded = today - timedelta(days=rng.randint(300, 1700) if young else rng.randint(2200, 12000))
    turnover = int(10 ** rng.uniform(6.6, 8.3 if q > 0.4 else 7.7)) // 1000 * 1000
    if plan.number % 67 == 5:
        turnover = 900_000_000  # above the limit: a gate shuts
    employees = max(2, int(turnover / rng.randint(900_000, 2_400_000)))
    women = int(employees * (rng.uniform(0.3, 0.8) if plan.woman else rng.uniform(0, 0.35)))
    route = "direct" if q > 0.55 else "export_house" if q > 0.33 else "none"
    export = int(turnover / 280 * rng.uniform(0.1, 0.7)) if route != "none" else 0
    years = [
        {
            "fiscal_year": last_year - back,
            "value_usd": Decimal(int(export * rng.uniform(0.72, 0.98) ** back)),
            "route": route,
        }
        for back in range(3 if q > 0.5 else 2)
    ]
    markets = (
        list(rng.sample(sector_words.markets, min(len(sector_words.markets), 1 + int(q * 3))))
        if route == "direct"
        else []
    )
    chosen = rng.sample(sector_words.products, min(len(sector_words.products), rng.choice((1, 2, 2, 3))))
    shares = {1: (100,), 2: (70, 30), 3: (60, 25, 15)}.get(len(chosen), ())
    products = [
        {
            "hs6": hs6,
            "label": label,
            "share_pct": share,
            "is_main": place == 0,
            "price_pkr": Decimal(price),
            "price_unit": unit,
        }
        for place, ((hs6, label, price, unit), share) in enumerate(zip(chosen, shares, strict=True))
    ]
    online = [
        code
        for code, bar in (("alibaba_com", 0.6), ("daraz", 0.4), ("own_store", 0.7))
        if q > bar and rng.random() < 0.7
    ]
    first_digit = FIRST_DIGIT[province]
    account = q > 0.3
    return {
        "identity": (
            {
                "name": plan.name,
                "legal_form": legal_form,
                "founded_on": founded,
                "ntn": f"{4_000_000 + plan.number}",
                "secp_number": f"{90_000 + plan.number:07d}" if legal_form == "private_limited" else "",
                "phone": f"+92300{plan.number + 1_000_000:07d}",
                "email": plan.login,
            },
            None,
        ),
        "owners": (
            {},
            [
                {
                    "name": plan.owner,
                    "cnic": f"{first_digit}{1000 + plan.number % 9000:04d}{plan.number:07d}{'2' if plan.woman else '1'}",
                    "gender": "female" if plan.woman else "male",
                    "share_pct": Decimal(100),
                    "birth_year": today.year - (rng.randint(23, 29) if young else rng.randint(31, 62)),
                }
            ],
        ),
        "place": (
            {
                "province": province,
                "city": plan.city,
                "address": f"Plot {plan.number % 90 + 1}, Small Industries Estate, {plan.city}",
                "activity": "manufacturing" if products else "services",
                "turnover_pkr": turnover,
                "turnover_fiscal_year": last_year,
                "employees": employees,
                "women_employees": women,
            },
            None,
        ),
        "sector": (
            {"sector": plan.sector, "services": [] if products else ["SG1" if plan.sector == "fintech" else "SI21"]},
            None,
        ),
        "products": ({}, products),
        "capacity": (
            {
                "capacity_per_month": int(10 ** rng.uniform(2.2, 4.3)),
                "capacity_unit": products[0]["price_unit"] if products else "hours of work",
                "capacity_used_pct": rng.randint(35, 95),
                "lead_time_days": rng.choice((10, 15, 21, 30, 45, 60)),
                "quality_control": "third_party" if q > 0.7 else "own" if q > 0.35 else "none",
            },
            _certificates(plan, rng),
        ),
        "exports": ({"export_route": route, "export_markets": markets}, years if route != "none" else []),
        "markets": (
            {
                "target_markets": list(rng.sample(sector_words.markets, min(2, len(sector_words.markets)))),
                "channels": online,
                "website": q > 0.5,
                "catalogue_products": int(q * 24) if q > 0.35 else 0,
                "product_photos": q > 0.3,
                "ecommerce_staff": 2 if q > 0.75 else 1 if q > 0.45 else 0,
                "english_staff": q > 0.35,
                "internet": "broadband" if q > 0.4 else "mobile",
            },
            None,
        ),
        "payments": (
            {
                "bank_account_named": account,
                "iban": _iban(plan) if account else "",
                "wallet": rng.random() < 0.7,
                "card_payments": q > 0.7,
                "foreign_currency_account": q > 0.6,
                "paypal_like_service": q > 0.5 and rng.random() < 0.5,
            },
            None,
        ),
    }


def accounts() -> list[dict[str, str]]:
    """Firms whose people can sign in."""
    return [{"role": "firm owner", "login": login_of(row[5]), "password": PASSWORD} for row in KNOWN.values()]


def is_built() -> bool:
    return people_selectors.demo_firms_exist()
