"""The demo's firms: four hundred, invented, with names, products and towns that fit; built through our own services."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from stdnum.iso7064 import mod_97_10

from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers.checks import CheckedPaper, check_paper
from smes.people import selectors as people_selectors
from smes.profile import services as profile_services
from smes.vocabulary.certificates import CERTIFICATES, OPEN_CERTIFICATES
from smes.vocabulary.paper_kinds import KINDS
from smes.vocabulary.places import CITIES
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.demo import PASSWORD, login_of
from tdap_portal.core.demo import clock_at

from .demo_words import MEN, NAMES_OF_A_PLACE, NAMES_OF_PEOPLE, SECTOR_WORDS, TAILS, WOMEN, SectorWords

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

    from .models import Sme

FIRMS = 400
PAPER_SIZE, FRAME = (480, 315), (9, 9, 471, 306)

FIRST_DIGIT = {"PK-KP": "1", "PK-PB": "3", "PK-SD": "4", "PK-BA": "5", "PK-IS": "6", "PK-GB": "7", "PK-JK": "8"}
EXPORT_HOUSES = ("Sialkot Export House", "Crescent Exports", "Karachi Trading Corporation", "Al-Falah Export House")
BANKS = ("HABB", "MEZN", "SCBL", "UNIL", "MUCB", "ALFH", "BAHL")


@dataclass(frozen=True, slots=True)
class Plan:
    """One firm to be: quality runs from 0 (a beginner) to 1 (nearly an exporter already). trade: the part of the name that says
    what it makes."""

    number: int
    name: str
    trade: str
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

    @property
    def is_proven(self) -> bool:
        """One in five has sent a paper for whatever it says, and officers compare them all."""
        return self.known or self.number % 5 == 1

    @property
    def doubt(self) -> str:
        """What of it does not fit together, for officers to find: "" for nearly all."""
        if self.known:
            return ""
        return {3: "exports", 8: "picture", 13: "paper", 21: "turnover"}.get(self.number % 40, "")


KNOWN = {  # the firms whose people sign in, by place in their sector
    ("sports_goods", 0): ("Noor", "Sports Works", "Sialkot", "Noor Fatima", True, 0.62, "noor", "ur"),
    ("carpets", 0): ("Chenab", "Carpets", "Lahore", "Waheed Anwar", False, 0.55, "chenab", "en"),
    ("seafood", 0): ("Mehran", "Seafoods", "Karachi", "Saima Baloch", True, 0.8, "mehran", "en"),
    ("furniture_decor", 0): ("Hala", "Handicrafts", "Hyderabad", "Rukhsana Soomro", True, 0.45, "hala", "ur"),
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
                first, trade, city, owner, woman, quality, login, language = KNOWN[sector, place]
                name = f"{first} {trade}"
                used.add(name)
                plan = Plan(
                    number, name, trade, sector, city, owner, woman, quality, login_of(login), language, known=True
                )
            else:
                city = rng.choice(sector_words.towns)
                name, trade = _new_name(rng, sector_words, city, used)
                woman = rng.random() < 0.24
                owner = rng.choice(WOMEN if woman else MEN)
                quality = min(1.0, max(0.0, rng.gauss(0.5, 0.2)))
                language, login = rng.choice(("en", "ur", "ur")), login_of(f"firm{number:03d}")
                plan = Plan(number, name, trade, sector, city, owner, woman, quality, login, language, known=False)
            found.append(plan)
    return found


def _new_name(rng: random.Random, sector_words: SectorWords, city: str, used: set[str]) -> tuple[str, str]:
    """A name that fits the town and says the trade, and that trade."""
    firsts = (*NAMES_OF_A_PLACE[CITIES[city].province], *NAMES_OF_PEOPLE)
    while True:
        trade = rng.choice(list(sector_words.trades))
        tail = rng.choice(TAILS)
        if tail == " Co." and trade.endswith(("Company", "Works", "Mills")):
            continue
        name = f"{rng.choice(firsts)} {trade}{tail}"
        if name not in used:
            used.add(name)
            return name, trade


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
    """The papers that follow from what the firm claims; a proven one sends a paper for all the rest too."""
    today = timezone.localdate()
    sme = people_selectors.sme_by_id(sme.pk) or sme  # as its steps have left it
    kinds = [*papers_selectors.needed_papers(sme)]
    if plan.is_proven:
        kinds += [kind for kind in OTHER_PAPERS if kind not in kinds and _says_something_of(kind, sme)]
    elif plan.number % 3 == 0:
        kinds.append("electricity_bill")
    if plan.doubt == "picture" and "product_photo" not in kinds:
        kinds.append("product_photo")
    for number, kind in enumerate(kinds):
        days = 40 + (plan.number * 37 + number * 91) % 600
        expires = today + timedelta(days=days) if KINDS[kind].expires else None
        papers_services.upload_document(
            actor=owner, sme=sme, kind=kind, paper=_paper(plan, kind, sme), expires_on=expires
        )
    for row in sme.certifications.all() if plan.is_proven else ():
        kind = f"{CERTIFICATES[row.kind].group}_certificate"
        papers_services.upload_document(
            actor=owner,
            sme=sme,
            kind=kind,
            paper=_paper(plan, f"{kind} {row.kind}", sme),
            certificate=row.kind,
            expires_on=row.expires_on,
        )


def judge_papers(officer: User, sme: Sme, plan: Plan, *, verify: int | None) -> None:
    """An officer compares the facts with the papers: the first `verify` (None: all) are kept, every ninth firm has one refused."""
    values = evidence_selectors.values_of(people_selectors.sme_by_id(sme.pk) or sme)
    began = timezone.now()
    for number, document in enumerate(reversed(papers_selectors.documents_of(sme))):
        with clock_at(began + timedelta(seconds=5 * number)):
            if verify is None or number < verify:
                lines = evidence_selectors.checklist(document, values, answers=())  # nobody has compared it before
                answers = {line.fact: ("same", "") for line in lines}
                if plan.doubt == "paper" and document.kind == "tax_return" and "turnover_pkr" in answers:
                    answers["turnover_pkr"] = ("differs", f"PKR {int(values['turnover_pkr'] * 0.6):,}")
                evidence_services.keep_paper(actor=officer, document=document, answers=answers)
            elif sme.pk % 9 == 0:
                evidence_services.refuse_paper(actor=officer, document=document, code="P07")
                return


OTHER_PAPERS = (
    "inspection_report",
    "employee_list",
    "payment_statement",
    "shop_pages",
    "electricity_bill",
    "product_photo",
)


def _says_something_of(kind: str, sme: Sme) -> bool:
    """Whether the firm says anything that a paper of this kind shows."""
    if kind == "inspection_report":
        return sme.quality_control == "third_party"
    if kind == "payment_statement":
        return bool(sme.wallet or sme.card_payments or sme.paypal_like_service)
    return kind != "shop_pages" or bool(sme.website or sme.channels or sme.catalogue_products)


def _paper(plan: Plan, kind: str, sme: Sme) -> CheckedPaper:
    """A picture with the firm's own words, checked as every upload is; two firms in doubt send the same one of their workshop."""
    title = kind.replace("_", " ").upper()
    picture = _photograph(plan, title) if kind == "product_photo" else _form(plan, [title, *_figures(plan, kind, sme)])
    # Here and there an accountant sends a PDF: its look-through takes a process of its own.
    form, ending = ("PDF", "pdf") if kind == "tax_return" and plan.number % 40 == 3 else ("JPEG", "jpg")
    stream = io.BytesIO()
    picture.save(stream, form, quality=70)
    return check_paper(io.BytesIO(stream.getvalue()), name=f"{kind}.{ending}", size=len(stream.getvalue()))


def _figures(plan: Plan, kind: str, sme: Sme) -> list[str]:
    """What a paper of this kind shows beside the firm's name."""
    if kind == "tax_return":
        turnover = int((sme.turnover_pkr or 0) * (0.6 if plan.doubt == "paper" else 1))
        return [f"Turnover PKR {turnover:,}", f"NTN {sme.ntn}"]
    if kind == "ntn_certificate":
        return [f"NTN {sme.ntn}"]
    if kind == "bank_certificate":
        return [f"IBAN {sme.iban}"]
    if kind == "export_proof":
        rows = sme.export_years.all()
        return [f"{row.fiscal_year - 1}-{row.fiscal_year}: USD {row.value_usd:,.0f}" for row in rows]
    return []


def _form(plan: Plan, lines: list[str]) -> Any:
    from PIL import ImageDraw  # noqa: PLC0415  the demo only

    picture = _letterhead(plan).copy()
    ImageDraw.Draw(picture).text((30, 130), "\n".join(lines), fill="#14211B", font=_font())
    return picture


@lru_cache(maxsize=1)
def _letterhead(plan: Plan) -> Any:
    """Drawn once for all forms of a firm. In grey, as a form is scanned, which takes a third of the time."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  the demo only

    picture = Image.new("L", PAPER_SIZE, "#FAF8F3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle(FRAME, outline="#0B5D3B", width=2)
    lines = ["SPECIMEN - drawn for the demo", "", plan.name, f"{plan.owner}, {plan.city}"]
    draw.text((30, 28), "\n".join(lines), fill="#14211B", font=_font())
    return picture


def _photograph(plan: Plan, title: str) -> Any:
    from PIL import Image, ImageDraw  # noqa: PLC0415  the demo only

    is_shared = plan.doubt == "picture"
    picture = Image.new("RGB", PAPER_SIZE, "#FAF8F3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle(FRAME, outline="#0B5D3B", width=2)
    _draw_shapes(draw, "" if is_shared else plan.name)
    whose = ["Workshop, table and tools"] if is_shared else [plan.name, f"{plan.owner}, {plan.city}"]
    lines = ["SPECIMEN - drawn for the demo", "", title, *whose]
    draw.text((30, 28), "\n".join(lines), fill="#14211B", font=_font())
    return picture


@cache
def _font() -> Any:
    """Read once: a size named at each drawing reads the font's file each time."""
    from PIL import ImageFont  # noqa: PLC0415  the demo only

    return ImageFont.load_default(15)


def _draw_shapes(draw: Any, of: str) -> None:
    """Something of its own for each firm: a photograph of one is like that of no other."""
    rng = random.Random(of)
    for _shape in range(14):
        left, top = rng.randint(0, 420), rng.randint(45, 255)
        box = (left, top, left + rng.randint(45, 225), top + rng.randint(30, 150))
        shade = f"#{rng.randint(0x40, 0xF0):02x}{rng.randint(0x40, 0xF0):02x}{rng.randint(0x40, 0xF0):02x}"
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=shade)


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


Answers = tuple[dict[str, object], list[dict[str, object]] | None]


def _profile(plan: Plan, rng: random.Random) -> dict[str, Answers]:
    """What this firm answers in the nine steps: the columns of each, and its rows."""
    size = _size(plan, rng)
    products = _products(plan, rng)
    return {
        "identity": (
            {"name": plan.name, "legal_form": _legal_form(plan), "email": plan.login} | _numbers(plan, size),
            None,
        ),
        "owners": ({}, [_owner(plan, rng, size)]),
        "place": (_place(plan, size, makes=bool(products)), None),
        "sector": (
            {"sector": plan.sector, "services": [] if products else ["SG1" if plan.sector == "fintech" else "SI21"]},
            None,
        ),
        "products": ({}, products),
        "capacity": (_capacity(plan, rng, size, products), _certificates(plan, rng)),
        "exports": _exports(plan, rng, size),
        "markets": (_online(plan, rng), None),
        "payments": (_payments(plan, rng), None),
    }


@dataclass(frozen=True, slots=True)
class Size:
    """last_year: the last closed fiscal year."""

    founded: date
    is_young: bool
    last_year: int
    turnover: int
    employees: int
    women: int


def _size(plan: Plan, rng: random.Random) -> Size:
    today = timezone.localdate()
    is_young = rng.random() < 0.14
    founded = today - timedelta(days=rng.randint(300, 1700) if is_young else rng.randint(2200, 12000))
    turnover = int(10 ** rng.uniform(6.6, 8.3 if plan.quality > 0.4 else 7.7)) // 1000 * 1000
    if plan.number % 67 == 5:
        turnover = 900_000_000  # above the limit: a gate shuts
    employees = max(2, int(turnover / rng.randint(900_000, 2_400_000)))
    women = int(employees * (rng.uniform(0.3, 0.8) if plan.woman else rng.uniform(0, 0.35)))
    return Size(founded, is_young, today.year if today.month >= 7 else today.year - 1, turnover, employees, women)


def _numbers(plan: Plan, size: Size) -> dict[str, object]:
    return {
        "founded_on": size.founded,
        "ntn": f"{4_000_000 + plan.number}",
        "secp_number": f"{90_000 + plan.number:07d}" if _legal_form(plan) == "private_limited" else "",
        "phone": f"+92300{plan.number + 1_000_000:07d}",
    }


def _owner(plan: Plan, rng: random.Random, size: Size) -> dict[str, object]:
    """One in seven was registered in another province than the firm's."""
    home = CITIES[plan.city].province
    province = rng.choice(list(FIRST_DIGIT)) if rng.random() < 0.15 else home
    return {
        "name": plan.owner,
        "cnic": f"{FIRST_DIGIT[province]}{1000 + plan.number % 9000:04d}{plan.number:07d}{'2' if plan.woman else '1'}",
        "gender": "female" if plan.woman else "male",
        "share_pct": Decimal(100),
        "birth_year": timezone.localdate().year - (rng.randint(23, 29) if size.is_young else rng.randint(31, 62)),
    }


def _place(plan: Plan, size: Size, *, makes: bool) -> dict[str, object]:
    return {
        "province": CITIES[plan.city].province,
        "city": plan.city,
        "address": f"Plot {plan.number % 90 + 1}, Small Industries Estate, {plan.city}",
        "activity": "manufacturing" if makes else "services",
        "turnover_pkr": size.turnover // (4 if plan.doubt == "turnover" else 1),
        "turnover_fiscal_year": size.last_year,
        "employees": size.employees,
        "women_employees": size.women,
    }


def _products(plan: Plan, rng: random.Random) -> list[dict[str, object]]:
    """What the name says first, then others of the sector; prices spread about the usual one."""
    known = {row[0]: row for row in plan.words.products}
    chosen = [known[hs6] for hs6 in plan.words.trades[plan.trade].split()]
    number = min(len(known), rng.choice((1, 2, 2, 3)))
    others = [row for row in plan.words.products if row not in chosen]
    chosen = (chosen + rng.sample(others, len(others)))[:number]
    shares = {0: (), 1: (100,), 2: (rng.randrange(55, 90, 5),), 3: (60, 25)}[len(chosen)]
    shares = (*shares, *((100 - sum(shares),) if len(chosen) > 1 else ()))
    return [
        {
            "hs6": hs6,
            "label": label,
            "share_pct": share,
            "is_main": place == 0,
            "price_pkr": Decimal(_rounded(price * rng.uniform(0.7, 1.45))),
            "price_unit": unit,
        }
        for place, ((hs6, label, price, unit), share) in enumerate(zip(chosen, shares, strict=True))
    ]


def _rounded(price: float) -> int:
    """To two leading figures, as prices are asked: 1,438 is 1,400."""
    step = 10 ** max(0, len(str(int(price))) - 2)
    return max(1, round(price / step)) * step


def _capacity(plan: Plan, rng: random.Random, size: Size, products: list[dict[str, object]]) -> dict[str, object]:
    """What it makes in a month is what it sells in one, by its price, and what it could make besides."""
    used = rng.randint(35, 95)
    price = float(str(products[0]["price_pkr"])) if products else 0
    made = size.turnover / 12 / price if price else size.employees * 160
    return {
        "capacity_per_month": max(1, int(made * 100 / used)),
        "capacity_unit": products[0]["price_unit"] if products else "hours of work",
        "capacity_used_pct": used,
        "lead_time_days": rng.choice((10, 15, 21, 30, 45, 60)),
        "quality_control": "third_party" if plan.quality > 0.7 else "own" if plan.quality > 0.35 else "none",
    }


def _exports(plan: Plan, rng: random.Random, size: Size) -> Answers:
    """No year before the firm was there, and less than it sold; of a firm in doubt more than that."""
    q = plan.quality
    route = "direct" if q > 0.55 else "export_house" if q > 0.33 else "none"
    first = size.founded.year + (size.founded.month >= 7)
    years = [year for year in range(size.last_year, size.last_year - (3 if q > 0.5 else 2), -1) if year >= first]
    if route == "none" or not years:
        return {"export_route": "none", "export_markets": []}, []
    best = size.turnover / 280 * (rng.uniform(1.6, 2.2) if plan.doubt == "exports" else rng.uniform(0.1, 0.7))
    rows: list[dict[str, object]] = [
        {"fiscal_year": year, "value_usd": Decimal(int(best * rng.uniform(0.72, 0.98) ** back)), "route": route}
        for back, year in enumerate(years)
    ]
    markets = plan.words.markets
    answers: dict[str, object] = {"export_route": route, "export_markets": []}
    if route == "direct":
        answers["export_markets"] = list(rng.sample(markets, min(len(markets), 1 + int(q * 3))))
    else:
        answers["export_house"] = rng.choice(EXPORT_HOUSES)
    return answers, rows


def _online(plan: Plan, rng: random.Random) -> dict[str, object]:
    q, markets = plan.quality, plan.words.markets
    bars = (("alibaba_com", 0.6), ("daraz", 0.4), ("own_store", 0.7))
    return {
        "target_markets": list(rng.sample(markets, min(2, len(markets)))),
        "channels": [code for code, bar in bars if q > bar and rng.random() < 0.7],
        "website": q > 0.5,
        "catalogue_products": int(q * 24) if q > 0.35 else 0,
        "product_photos": q > 0.3,
        "ecommerce_staff": 2 if q > 0.75 else 1 if q > 0.45 else 0,
        "english_staff": q > 0.35,
        "internet": "broadband" if q > 0.4 else "mobile",
    }


def _payments(plan: Plan, rng: random.Random) -> dict[str, object]:
    q = plan.quality
    return {
        "bank_account_named": q > 0.3,
        "iban": _iban(plan) if q > 0.3 else "",
        "wallet": rng.random() < 0.7,
        "card_payments": q > 0.7,
        "foreign_currency_account": q > 0.6,
        "paypal_like_service": q > 0.5 and rng.random() < 0.5,
    }


def accounts() -> list[dict[str, str]]:
    """Firms whose people can sign in."""
    return [{"role": "firm owner", "login": login_of(row[6]), "password": PASSWORD} for row in KNOWN.values()]


def is_built() -> bool:
    return people_selectors.demo_firms_exist()
