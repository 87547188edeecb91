"""Invented but believable words for the demo's firms: names, products with HS codes, towns and markets that fit. Pure."""

from __future__ import annotations

from typing import NamedTuple


class SectorWords(NamedTuple):
    """trades: second halves of firm names, each with the HS codes of what a firm of that name makes, its main product first; "" for
    any of the sector. products: (hs6, label, usual price in PKR, unit). towns: repeated by weight."""

    share: int  # of 400 firms
    trades: dict[str, str]
    products: tuple[tuple[str, str, int, str], ...]
    towns: tuple[str, ...]
    markets: tuple[str, ...]
    certificates: tuple[str, ...]


SECTOR_WORDS: dict[str, SectorWords] = {
    "textile": SectorWords(
        66,
        {
            "Textiles": "",
            "Garments": "620342 620520",
            "Knitwear": "610910 611020",
            "Home Textiles": "630221 630231",
            "Towels": "630260",
            "Apparel": "620520 610910 620342",
            "Weaving Mills": "521142 630231",
            "Fabrics": "521142",
            "Hosiery": "611020 610910",
        },
        (
            ("620342", "Men's cotton trousers", 1650, "piece"),
            ("630260", "Terry towels of cotton", 520, "piece"),
            ("630221", "Printed cotton bed linen", 2850, "set"),
            ("610910", "Cotton T-shirts", 640, "piece"),
            ("611020", "Cotton jerseys and pullovers", 1480, "piece"),
            ("620520", "Men's cotton shirts", 1350, "piece"),
            ("630231", "Cotton bed linen", 2400, "set"),
            ("521142", "Denim", 410, "metre"),
        ),
        ("Faisalabad",) * 5 + ("Karachi",) * 4 + ("Lahore",) * 3 + ("Multan", "Hyderabad", "Sargodha"),
        ("USA", "GBR", "DEU", "NLD", "ESP", "ARE"),
        ("oeko_tex", "gots", "iso_9001", "bsci"),
    ),
    "sports_goods": SectorWords(
        52,
        {
            "Sports Works": "",
            "Sports": "",
            "Ball Makers": "950662 950669",
            "Sporting Goods": "950699 950662",
            "Gloves": "420321",
            "Athletics": "950691 950699",
            "Cricket Works": "950669 420321",
        },
        (
            ("950662", "Hand-stitched footballs", 1450, "piece"),
            ("950669", "Cricket balls", 780, "piece"),
            ("420321", "Leather sports gloves", 1150, "pair"),
            ("950699", "Shin guards and goal nets", 620, "piece"),
            ("950691", "Boxing and gym equipment", 4200, "piece"),
        ),
        ("Sialkot",) * 9 + ("Lahore", "Gujranwala"),
        ("DEU", "GBR", "USA", "FRA", "ESP"),
        ("fifa_basic", "iso_9001", "bsci"),
    ),
    "surgical_goods": SectorWords(
        48,
        {
            "Surgical": "901890",
            "Surgico": "901890 902110",
            "Instruments": "901890 901849",
            "Dental Works": "901849",
            "Medical Instruments": "901890 901849",
            "Scissors Works": "901890",
            "Hospital Supplies": "940290 902110",
        },
        (
            ("901890", "Surgical scissors and forceps", 890, "piece"),
            ("901849", "Dental instruments", 760, "piece"),
            ("940290", "Hospital furniture", 38500, "piece"),
            ("902110", "Orthopaedic supports", 1250, "piece"),
        ),
        ("Sialkot",) * 9 + ("Lahore", "Wazirabad"),
        ("USA", "DEU", "GBR", "ITA", "JPN"),
        ("iso_13485", "ce_mark", "iso_9001"),
    ),
    "leather": SectorWords(
        40,
        {
            "Leather Goods": "",
            "Leather": "420310 420330",
            "Bags": "420221",
            "Saddlery": "420100 420330",
            "Footwear": "640399",
            "Leather Garments": "420310",
        },
        (
            ("420310", "Leather jackets", 9800, "piece"),
            ("420221", "Leather handbags", 4200, "piece"),
            ("640399", "Leather shoes", 3900, "pair"),
            ("420330", "Leather belts", 950, "piece"),
            ("420100", "Saddles and harness", 12500, "piece"),
        ),
        ("Kasur",) * 3 + ("Karachi",) * 3 + ("Sialkot",) * 3 + ("Lahore", "Quetta", "Sheikhupura"),
        ("DEU", "ITA", "ESP", "GBR", "USA"),
        ("lwg", "iso_9001", "reach"),
    ),
    "light_engineering": SectorWords(
        44,
        {
            "Engineering": "841370 870899",
            "Fan Company": "841451",
            "Cutlery": "821193 732393",
            "Auto Parts": "870899",
            "Metal Works": "732393 870899",
            "Pumps": "841370",
            "Electric Works": "853650 841451",
        },
        (
            ("841451", "Electric ceiling fans", 7800, "piece"),
            ("821193", "Knives with folding blades", 640, "piece"),
            ("732393", "Stainless steel tableware", 420, "piece"),
            ("870899", "Parts of motor vehicles", 1850, "piece"),
            ("841370", "Centrifugal pumps", 28500, "piece"),
            ("853650", "Electrical switches", 210, "piece"),
        ),
        ("Gujranwala",) * 4 + ("Gujrat",) * 3 + ("Wazirabad",) * 3 + ("Lahore", "Karachi", "Hyderabad", "Mirpur"),
        ("ARE", "BGD", "SAU", "AFG", "GBR"),
        ("iso_9001", "ce_mark"),
    ),
    "carpets": SectorWords(
        30,
        {
            "Carpets": "",
            "Rugs": "570310 570242",
            "Carpet Weavers": "570110 570242",
            "Hand-knotted Rugs": "570110",
            "Kilims": "570210",
        },
        (
            ("570110", "Hand-knotted woollen carpets", 68500, "square metre"),
            ("570242", "Woven carpets", 8900, "square metre"),
            ("570310", "Tufted woollen carpets", 6400, "square metre"),
            ("570210", "Kilims", 9800, "square metre"),
        ),
        ("Lahore",) * 4 + ("Quetta",) * 3 + ("Peshawar",) * 3 + ("Gilgit", "Skardu", "Muzaffarabad", "Islamabad"),
        ("USA", "DEU", "GBR", "ARE"),
        ("goodweave", "iso_9001"),
    ),
    "rice": SectorWords(
        24,
        {"Rice Mills": "100630 100640", "Basmati": "100630", "Rice Processing": "", "Grains": "100630 100620"},
        (
            ("100630", "Basmati rice, milled", 315, "kg"),
            ("100620", "Husked brown rice", 240, "kg"),
            ("100640", "Broken rice", 120, "kg"),
        ),
        ("Gujranwala",) * 3 + ("Sheikhupura",) * 3 + ("Larkana",) * 2 + ("Rahim Yar Khan", "Lahore", "Bahawalpur"),
        ("ARE", "SAU", "GBR", "NLD", "BEL"),
        ("haccp", "iso_22000", "halal"),
    ),
    "seafood": SectorWords(
        20,
        {"Seafoods": "", "Fisheries": "030389", "Marine Products": "030617 030389", "Frozen Foods": "030617 160529"},
        (
            ("030617", "Frozen shrimps", 1850, "kg"),
            ("030389", "Frozen fish", 640, "kg"),
            ("160529", "Prepared shrimps", 2400, "kg"),
        ),
        ("Karachi",) * 6 + ("Gwadar",) * 3,
        ("CHN", "ARE", "THA", "JPN"),
        ("haccp", "eu_plant", "halal"),
    ),
    "furniture_decor": SectorWords(
        28,
        {
            "Furniture": "940360 940350",
            "Wood Crafts": "442090 940360",
            "Home Decor": "",
            "Blue Pottery": "691390",
            "Handicrafts": "442090 691390",
            "Brass Works": "830629",
        },
        (
            ("940360", "Carved wooden furniture", 42000, "piece"),
            ("691390", "Blue pottery", 1450, "piece"),
            ("830629", "Brass ornaments", 2100, "piece"),
            ("442090", "Wooden boxes with inlay", 1850, "piece"),
            ("940350", "Wooden bedroom furniture", 86000, "set"),
        ),
        ("Chiniot",) * 4 + ("Peshawar",) * 2 + ("Multan",) * 2 + ("Gujrat", "Karachi", "Hyderabad"),
        ("USA", "GBR", "ARE", "SAU", "FRA"),
        ("fsc", "iso_9001"),
    ),
    "personal_care": SectorWords(
        14,
        {
            "Botanicals": "330129 330499",
            "Herbal Care": "330499",
            "Soaps": "340111",
            "Oils": "330129",
            "Beauty Care": "330499 340111",
            "Manicure Works": "821420",
        },
        (
            ("330499", "Skin creams with apricot oil", 890, "piece"),
            ("340111", "Handmade soap", 220, "piece"),
            ("821420", "Manicure sets", 1250, "set"),
            ("330129", "Essential oils", 4800, "kg"),
        ),
        ("Gilgit", "Skardu", "Lahore", "Karachi", "Sialkot", "Islamabad"),
        ("ARE", "GBR", "MYS", "USA"),
        ("halal", "iso_22716"),
    ),
    "agritech": SectorWords(
        10,
        {"Agro Tech": "", "Farm Machines": "843280", "Seeds": "120991", "Irrigation": "842482"},
        (
            ("843280", "Seed drills", 185000, "piece"),
            ("842482", "Drip irrigation sets", 64000, "set"),
            ("120991", "Vegetable seeds", 5200, "kg"),
        ),
        ("Multan", "Faisalabad", "Bahawalpur", "Mardan", "Sargodha"),
        ("AFG", "KEN", "ARE"),
        ("iso_9001",),
    ),
    "ict": SectorWords(
        18,
        {"Code Studio": "", "Software": "", "Systems": "", "Digital": "", "Labs": "", "Design House": ""},
        (),
        ("Lahore",) * 3 + ("Karachi",) * 3 + ("Islamabad",) * 3 + ("Rawalpindi", "Peshawar", "Abbottabad"),
        ("USA", "GBR", "ARE", "DEU"),
        ("iso_27001", "pseb"),
    ),
    "fintech": SectorWords(
        6,
        {"Pay": "", "Fintech": "", "Ledger": ""},
        (),
        ("Karachi", "Islamabad", "Lahore"),
        ("ARE", "GBR"),
        ("iso_27001", "pci_dss"),
    ),
}

NAMES_OF_A_PLACE = {
    "PK-PB": ("Chenab", "Ravi", "Sutlej", "Jhelum", "Shalimar", "Minar", "Soan", "Potohar", "Cholistan", "Gulshan"),
    "PK-SD": ("Indus", "Mehran", "Thar", "Kirthar", "Keenjhar", "Sachal", "Clifton"),
    "PK-KP": ("Khyber", "Swat", "Kaghan", "Chitral", "Gandhara"),
    "PK-BA": ("Bolan", "Makran", "Ziarat"),
    "PK-GB": ("Hunza", "Shigar", "Karakoram"),
    "PK-JK": ("Neelum", "Mangla"),
    "PK-IS": ("Margalla", "Rawal"),
}
"""Rivers, hills and quarters after which a firm of that province is named."""
NAMES_OF_PEOPLE = (
    "Noor", "Zamzama", "Saif", "Al-Barkat", "Rehman", "Iqbal", "Anwar", "Farooq", "Bilal", "Usman", "Hamza", "Tariq", "Naveed", "Asif",
    "Shahid", "Yousaf", "Rashid", "Karim", "Waheed", "Zainab", "Amina", "Saima", "Nadia", "Rabia", "Sadia", "Hina", "Maryam", "Kiran",
    "Uzma", "Sohni", "Attock", "Al-Madina", "Paradise", "New Star", "Pak Crescent",
)  # fmt: skip
TAILS = ("", "", "", " (Pvt) Ltd", " & Sons", " Brothers", " International", " Enterprises", " Co.")
WOMEN = ("Saima Baloch", "Amina Khan", "Nadia Malik", "Rabia Ahmed", "Hina Butt", "Sadia Qureshi", "Uzma Shah", "Maryam Yousaf", "Kiran Abbasi", "Zainab Mir", "Fatima Awan", "Sana Rizvi", "Bushra Khattak", "Lubna Memon")  # fmt: skip
MEN = ("Imran Sheikh", "Tariq Mehmood", "Usman Ali", "Bilal Akhtar", "Farooq Ahmed", "Asif Raza", "Naveed Iqbal", "Shahid Afzal", "Kamran Gul", "Waqas Butt", "Zahid Hussain", "Adeel Chaudhry", "Saleem Baloch", "Yasir Khattak", "Ghulam Rasool", "Junaid Memon")  # fmt: skip
