"""How many doubled firms are found, and how many of those flagged are one: 2,000 made pairs whose truth is known.

Run by `make bench BENCH=duplicates ROWS=2000`. The pairs are made from tables of spellings collected by hand, not from
those that the portal folds by, with a fixed seed. One JSON object a line:

- `duplicates`: all kinds of pairs; recall and precision of flags beside those for a telephone or e-mail alone;
- `duplicates_kept_aside`: only the kinds that the weights were not chosen by;
- `duplicates_other_names`: all kinds with names that nobody had tried while the likeness was tuned;
- `duplicates_blocks`: the keys of as many firms as 50 × ROWS, and how many pairs would be compared.

`missed` and `false` name a few pairs that went wrong.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

from smes.duplicates.likeness import Traces, blocking_keys, likeness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20_261_129
TOWNS = ("Sialkot", "Lahore", "Karachi", "Faisalabad", "Gujranwala", "Multan", "Peshawar", "Wazirabad")
# One person's name as registers, letterheads and tax files write it; the last spelling is in Urdu letters.
PEOPLE = (
    ("Muhammad Aslam", "Mohammad Aslam", "Mohammed Aslam", "محمد اسلم"),
    ("Tahir Mahmood", "Tahir Mehmood", "Taher Mahmud", "طاہر محمود"),
    ("Khalid Pervaiz", "Khaled Pervez", "Khalid Parvaiz", "خالد پرویز"),
    ("Sheikh Naeem", "Shaikh Naeem", "Sheikh Naim", "شیخ نعیم"),
    ("Rehmat Elahi", "Rahmat Ilahi", "Rehmat Ellahi", "رحمت الٰہی"),
    ("Chaudhry Nazir", "Choudhary Nazeer", "Chaudhary Nazir", "چوہدری نذیر"),
    ("Syed Zaheer", "Sayed Zahir", "Syed Zahir", "سید ظہیر"),
    ("Ghulam Rasool", "Ghulam Rasul", "Gulam Rasool", "غلام رسول"),
    ("Yaqoob Mirza", "Yaqub Mirza", "Yakoob Mirza", "یعقوب مرزا"),
    ("Abdul Rauf", "Abdur Rauf", "Abdul Raoof", "عبد الرؤف"),
    ("Fazal Karim", "Fazl Kareem", "Fazal Kareem", "فضل کریم"),
    ("Habib Ullah", "Habibullah", "Habeeb Ullah", "حبیب اللہ"),
    ("Inayat Butt", "Enayat Butt", "Inayat But", "عنایت بٹ"),
    ("Javed Iqbal", "Javaid Iqbal", "Jawed Iqbal", "جاوید اقبال"),
    ("Zulfiqar Ali", "Zulfqar Ali", "Zulfikar Ali", "ذوالفقار علی"),
    ("Mansoor Dar", "Mansur Dar", "Mansoor Daar", "منصور ڈار"),
    ("Waqas Bhatti", "Waqaas Bhatti", "Wakas Bhatti", "وقاص بھٹی"),
    ("Sarfraz Gondal", "Sarfaraz Gondal", "Serfraz Gondal", "سرفراز گوندل"),
    ("Aftab Warraich", "Aftaab Waraich", "Aftab Warraech", "آفتاب وڑائچ"),
    ("Nusrat Begum", "Nusrat Baigum", "Nusret Begum", "نصرت بیگم"),
    ("Tanveer Sethi", "Tanvir Sethi", "Tanweer Sethi", "تنویر سیٹھی"),
    ("Bashir Cheema", "Basheer Cheema", "Bashir Chima", "بشیر چیمہ"),
    ("Ehsan Lodhi", "Ihsan Lodhi", "Ahsan Lodhi", "احسان لودھی"),
    ("Gulzar Wyne", "Gulzaar Wyne", "Gulzar Wain", "گلزار وائن"),
)
# Names that firms give themselves.
FANCY = (
    ("Chenab", "Chanab", "Chinab", "چناب"), ("Shaheen", "Shahin", "Shaheeen", "شاہین"),
    ("Al Noor", "Al-Noor", "Al Nur", "النور"), ("Sitara", "Sitaara", "Setara", "ستارہ"),
    ("Mehran", "Mahran", "Mehraan", "مہران"), ("Gulistan", "Gulestan", "Gulistaan", "گلستان"),
    ("Khyber", "Khaibar", "Khyaber", "خیبر"), ("Paradise", "Paradize", "Paradise", "پیراڈائز"),
    ("Falcon", "Falcan", "Falcon", "فالکن"), ("Crescent", "Cresent", "Crescent", "کریسنٹ"),
    ("Margalla", "Margala", "Margallah", "مارگلہ"), ("Zamzam", "Zam Zam", "Zamzam", "زمزم"),
    ("Anmol", "Unmol", "Anmole", "انمول"), ("Kohinoor", "Koh-i-Noor", "Kohinur", "کوہ نور"),
    ("Minar", "Meenar", "Minaar", "مینار"), ("Saltoro", "Saltoro", "Saltorro", "سالتورو"),
)  # fmt: skip
# A trade: the words that one firm may use for it.
TRADES = (
    ("Sports", "Sport", "سپورٹس"), ("Surgical", "Surgicals", "سرجیکل"), ("Leather", "Leathers", "لیدر"),
    ("Textiles", "Textile", "ٹیکسٹائل"), ("Carpets", "Carpet", "کارپٹس"), ("Rice", "Rice", "رائس"),
    ("Foods", "Food", "فوڈز"), ("Steel", "Steels", "سٹیل"), ("Gloves", "Glove", "گلوز"),
    ("Cutlery", "Cutlery", "کٹلری"), ("Furniture", "Furnitures", "فرنیچر"), ("Garments", "Garment", "گارمنٹس"),
)  # fmt: skip
GENERIC = ("Traders", "Enterprises", "Industries", "International", "Brothers", "& Sons", "Corporation", "Works")
LEGAL = ("", "(Pvt) Ltd", "Pvt. Limited", "(Private) Limited", "SMC (Pvt) Ltd", "& Co", "LLP")
# Given names that look alike and are two persons'.
LOOK_ALIKE = (
    ("Hassan", "Hussain"), ("Khalid", "Khalil"), ("Yousaf", "Younas"), ("Saleem", "Salman"), ("Rashid", "Rasheed ud Din"),
    ("Naeem", "Nadeem"), ("Tariq", "Tahir"), ("Akram", "Ikram"), ("Ashraf", "Arshad"), ("Shahid", "Sajid"),
    ("Imran", "Irfan"), ("Jamil", "Jalil"), ("Karim", "Kamran"), ("Zahid", "Zahoor"), ("Aslam", "Salam"),
)  # fmt: skip
# The same three tables with names that were written down after the likeness was tuned, and run once before they were kept.
OTHER_PEOPLE = (
    ("Shahbaz Anjum", "Shehbaz Anjum", "Shahbaz Anjam", "شہباز انجم"), ("Rizwan Haider", "Rizwaan Hyder", "Rizvan Haidar", "رضوان حیدر"),
    ("Nighat Parveen", "Nighet Parvin", "Nighat Perveen", "نگہت پروین"), ("Liaquat Virk", "Liaqat Virk", "Liyaqat Virk", "لیاقت ورک"),
    ("Chaudhry Munir", "Chaudhary Muneer", "Choudhry Munir", "چوہدری منیر"), ("Muhammad Ilyas", "Mohammad Ilyas", "Muhammed Elyas", "محمد الیاس"),
    ("Sheikh Maqbool", "Shaikh Maqbool", "Sheikh Maqbul", "شیخ مقبول"), ("Farooq Sandhu", "Faruq Sandhu", "Farook Sandhu", "فاروق سندھو"),
    ("Ameer Hamza", "Amir Hamza", "Ameer Hamzah", "امیر حمزہ"), ("Ijaz Tarar", "Ejaz Tarar", "Ijaaz Tarar", "اعجاز تارڑ"),
    ("Qasim Niazi", "Kasim Niazi", "Qaasim Niazi", "قاسم نیازی"), ("Uzma Gillani", "Uzma Gilani", "Azma Gillani", "عظمیٰ گیلانی"),
)  # fmt: skip
OTHER_FANCY = (
    ("Makran", "Mekran", "Makraan", "مکران"), ("Rehbar", "Rahbar", "Rehber", "رہبر"),
    ("Shalimar", "Shalamar", "Shalimaar", "شالیمار"), ("Nishat", "Nashat", "Nishaat", "نشاط"),
    ("Diamond", "Dimond", "Diamond", "ڈائمنڈ"), ("Bahadur", "Bahadar", "Bahadoor", "بہادر"),
)  # fmt: skip
OTHER_LOOK_ALIKE = (
    ("Faisal", "Fazal"), ("Nasir", "Nazir"), ("Waqar", "Waqas"), ("Jameel", "Jamal"), ("Amir", "Umar"),
    ("Sohail", "Sabir"), ("Usman", "Osama"), ("Bilal", "Hilal"), ("Kashif", "Asif"), ("Rafiq", "Shafiq"),
)  # fmt: skip
SHORT = {"Muhammad": ("M.", "Mohd", "Mohd."), "Chaudhry": ("Ch.",), "Sheikh": ("Sh.",)}
Pair = tuple[Traces, Traces]


class Maker:
    """Makes pairs. A firm is a name, a trade, a generic word, a legal form and a town."""

    def __init__(self, *, other_names: bool = False) -> None:
        self.rng = random.Random(SEED)
        self.people = OTHER_PEOPLE if other_names else PEOPLE
        self.names = self.people + (OTHER_FANCY if other_names else FANCY)
        self.look_alike = OTHER_LOOK_ALIKE if other_names else LOOK_ALIKE

    def one_of(self, choices: tuple) -> object:
        return self.rng.choice(choices)

    def pair(self, one: str, other: str, *, towns: tuple[str, str] | None = None, **numbers: frozenset[str]) -> Pair:
        here = self.rng.choice(TOWNS)
        first, second = towns or (here, here)
        return Traces("a", one, first, dict(numbers)), Traces("b", other, second, dict(numbers))

    # One firm twice -----------------------------------------------------------------------------------------------

    def spelling(self) -> Pair:
        one, other = self.rng.sample(self.one_of(self.names)[:3], 2)
        trade = self.one_of(TRADES)[0]
        return self.pair(f"{one} {trade}", f"{other} {trade}")

    def plural(self) -> Pair:
        name, trade = self.one_of(self.names)[0], self.one_of(TRADES)
        return self.pair(f"{name} {trade[0]}", f"{name} {trade[1]}")

    def legal_form(self) -> Pair:
        name, trade = self.one_of(self.names)[0], self.one_of(TRADES)[0]
        one, other = self.rng.sample(LEGAL, 2)
        return self.pair(f"{name} {trade} {one}", f"{name.upper()} {trade.upper()} {other}")

    def generic_left_out(self) -> Pair:
        name, trade = self.one_of(self.names)[0], self.one_of(TRADES)[0]
        return self.pair(f"{name} {trade} {self.one_of(GENERIC)}", f"{name} {trade}")

    def other_town(self) -> Pair:
        one, other = self.rng.sample(TOWNS, 2)
        name, trade = self.one_of(self.names)[0], self.one_of(TRADES)[0]
        return self.pair(f"{name} {trade}", f"{name} {trade}", towns=(one, other))

    def same_number(self) -> Pair:
        one, other = self.rng.sample(self.names, 2)
        kind = self.one_of(("ntn", "secp", "account", "owner"))
        return self.pair(f"{one[0]} {self.one_of(TRADES)[0]}", other[1], **{kind: frozenset({"x"})})

    def script(self) -> Pair:
        name, trade = self.one_of(self.names), self.one_of(TRADES)
        return self.pair(f"{name[0]} {trade[0]}", f"{name[3]} {trade[2]}")

    def shortened(self) -> Pair:
        name = self.one_of(tuple(each[0] for each in self.people if each[0].split()[0] in SHORT))
        first, rest = name.split(maxsplit=1)
        trade = self.one_of(TRADES)[0]
        return self.pair(f"{name} {trade}", f"{self.one_of(SHORT[first])} {rest} {trade}")

    def one_letter_wrong(self) -> Pair:
        name, trade = self.one_of(self.people)[0], self.one_of(TRADES)[0]
        place = self.rng.randrange(2, len(name) - 1)
        wrong = self.one_of((name[:place] + name[place + 1 :], name[:place] + name[place] + name[place:]))
        return self.pair(f"{name} {trade}", f"{wrong} {trade}")

    def other_order(self) -> Pair:
        name, trade = self.one_of(self.names)[0], self.one_of(TRADES)[0]
        return self.pair(f"{name} {trade}", f"{trade} {name} & Co")

    # Two firms ----------------------------------------------------------------------------------------------------

    def other_trade(self) -> Pair:
        name = self.one_of(self.names)[0]
        one, other = self.rng.sample(TRADES, 2)
        return self.pair(f"{name} {one[0]}", f"{name} {other[0]}", towns=tuple(self.rng.sample(TOWNS, 2)))

    def other_name(self) -> Pair:
        one, other = self.rng.sample(self.names, 2)
        trade = self.one_of(TRADES)[0]
        return self.pair(f"{one[0]} {trade}", f"{other[0]} {trade}")

    def generic_alone(self) -> Pair:
        name = self.one_of(("Ali", "Ahmad", "Malik", "Butt", "Rana", "Khan", "Iqbal", "Raza"))
        one, other = self.rng.sample(GENERIC, 2)
        return self.pair(f"{name} {one}", f"{name} {other}")

    def half_a_name(self) -> Pair:
        one, other = self.rng.sample(self.people, 2)
        trade = self.one_of(TRADES)[0]
        return self.pair(f"{one[0]} {trade}", f"{one[0].split()[0]} {other[0].split()[1]} {trade}")

    def looks_alike(self) -> Pair:
        one, other = self.one_of(self.look_alike)
        trade = self.one_of(TRADES)[0]
        return self.pair(f"{one} {trade}", f"{other} {trade}")

    def looks_alike_in_full(self) -> Pair:
        one, other = self.one_of(self.look_alike)
        last = self.one_of(("Butt", "Malik", "Dar", "Cheema"))
        return self.pair(f"{one} {last} {self.one_of(GENERIC)}", f"{other} {last} {self.one_of(GENERIC)}")


SAME = ("spelling", "plural", "legal_form", "generic_left_out", "other_town", "same_number", "script", "shortened", "one_letter_wrong", "other_order")  # fmt: skip
TWO = ("other_trade", "other_name", "generic_alone", "half_a_name", "looks_alike", "looks_alike_in_full")
KEPT_ASIDE = ("script", "one_letter_wrong", "other_order", "half_a_name", "looks_alike_in_full")


def made_pairs(count: int, *, other_names: bool = False) -> Iterator[tuple[str, bool, Pair]]:
    """(kind, whether it is one firm, the pair): half and half, the kinds in turn."""
    maker = Maker(other_names=other_names)
    for number in range(count):
        is_one = number % 2 == 0
        kinds = SAME if is_one else TWO
        kind = kinds[number // 2 % len(kinds)]
        make: Callable[[], Pair] = getattr(maker, kind)
        yield kind, is_one, make()


def is_flagged(pair: Pair) -> bool:
    """As the portal does it: a shared key first, then the likeness. A shared contact alone is a flag of its own kind."""
    one, other = pair
    if not blocking_keys(one) & blocking_keys(other):
        return False
    found = likeness(one, other)
    return found.is_suspicious and not found.is_contact_only


def judged(name: str, pairs: list[tuple[str, bool, Pair]]) -> dict[str, object]:
    """Recall and precision over pairs whose truth is known."""
    begun = time.perf_counter()
    flags = [is_flagged(pair) for _kind, _is_one, pair in pairs]
    seconds = time.perf_counter() - begun
    right = sum(flag and is_one for flag, (_kind, is_one, _pair) in zip(flags, pairs, strict=True))
    wrong = [
        (is_one, f"{kind}: {one.name} / {other.name}")
        for flag, (kind, is_one, (one, other)) in zip(flags, pairs, strict=True)
        if flag != is_one
    ]
    return {
        "name": name,
        "rows": len(pairs),
        "recall": round(right / sum(is_one for _kind, is_one, _pair in pairs), 4),
        "precision": round(right / max(sum(flags), 1), 4),
        "microseconds_a_pair": round(seconds / len(pairs) * 1e6, 1),
        "missed": [text for is_one, text in wrong if is_one][:8],
        "false": [text for is_one, text in wrong if not is_one][:8],
    }


def blocks(firms: int) -> dict[str, object]:
    """How wide the blocks of many firms are: names are made of syllables, so that there are enough of them."""
    rng = random.Random(SEED)
    parts = ("ba", "dir", "fa", "gul", "ha", "jam", "ka", "lo", "mir", "na", "pir", "qa", "ro", "sul", "ta", "wa", "zu")
    ends = ("n", "d", "r", "sh", "l", "m", "b", "q", "t", "z")
    begun = time.perf_counter()
    sizes: Counter[str] = Counter()
    for number in range(firms):
        given = "".join(rng.choices(parts, k=2)) + rng.choice(ends)
        family = "".join(rng.choices(parts, k=2)) + rng.choice(ends)
        name = f"{given} {family} {rng.choice(TRADES)[0]} {rng.choice(GENERIC)}"
        sizes.update(blocking_keys(Traces(str(number), name, rng.choice(TOWNS))))
    kept = {key: size for key, size in sizes.items() if size <= 200}
    pairs = sum(size * (size - 1) // 2 for size in kept.values())
    return {
        "name": "duplicates_blocks",
        "rows": firms,
        "keys_a_firm": round(sum(sizes.values()) / firms, 1),
        "pairs_a_firm": round(pairs / firms, 1),
        "share_of_all_pairs": pairs / (firms * (firms - 1) / 2),
        "microseconds_a_firm": round((time.perf_counter() - begun) / firms * 1e6, 1),
    }


def main(rows: int = 2_000) -> Iterator[dict[str, object]]:
    """Recall and precision of all kinds and of those kept aside, and the width of blocks."""
    pairs = list(made_pairs(rows))
    yield judged("duplicates", pairs)
    yield judged("duplicates_kept_aside", [each for each in pairs if each[0] in KEPT_ASIDE])
    yield judged("duplicates_other_names", list(made_pairs(rows, other_names=True)))
    yield blocks(50 * rows)
