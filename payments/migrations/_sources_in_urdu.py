"""Where the first schemes and services come from, in Urdu: rows that stand already get it, by their English words."""

from __future__ import annotations

from typing import Any

SOURCES = {
    "SBP IH&SMEFD Circular 9 of 2021": "اسٹیٹ بینک، سرکلر ⁨IH&SMEFD 9⁩ برائے 2021",
    "SBP, incentive page for SAAF": "اسٹیٹ بینک، آسان فنانس کی مراعات کا صفحہ",
    "SBP IH&SMEFD Circular 4 of 2016": "اسٹیٹ بینک، سرکلر ⁨IH&SMEFD 4⁩ برائے 2016",
    "SBP, incentive page for exports; Augaf, 29 December 2022": "اسٹیٹ بینک، برآمدات کی مراعات کا صفحہ؛ اخبار ⁨Augaf⁩، 29 دسمبر 2022",
    "Augaf, 29 December 2022; Profit, decision of the ECC, 2025": (
        "اخبار ⁨Augaf⁩، 29 دسمبر 2022؛ جریدہ ⁨Profit⁩، اقتصادی رابطہ کمیٹی کا فیصلہ، 2025"
    ),
    "The Nation, 24 January 2023": "اخبار ⁨The Nation⁩، 24 جنوری 2023",
    "Dunya News, 10 August 2020": "دنیا نیوز، 10 اگست 2020",
    "The Nation, 24 January 2023: the Prime Minister's youth loan follows it": (
        "اخبار ⁨The Nation⁩، 24 جنوری 2023: اس کی جگہ وزیرِ اعظم یوتھ لون نے لی"
    ),
    "ProPakistani, 16 March 2022": "⁨ProPakistani⁩، 16 مارچ 2022",
    "Business Recorder, 10 August 2020": "بزنس ریکارڈر، 10 اگست 2020",
    "ProPakistani, 3 February 2022; SBP on Raast": "⁨ProPakistani⁩، 3 فروری 2022؛ راست پر اسٹیٹ بینک",
    "The Nation, 7 December 2023": "اخبار ⁨The Nation⁩، 7 دسمبر 2023",
    "Pages of the operators; ask them for today's limits": "کمپنیوں کے صفحے؛ آج کی حدیں انہی سے پوچھیں",
    "Working choice of TDAP; ask the bank": "TDAP کا عارضی انتخاب؛ بینک سے پوچھیں",
    "Working choice of TDAP; ask the service": "TDAP کا عارضی انتخاب؛ سروس سے پوچھیں",
    "SBP rules on special accounts of exporters, October 2023": (
        "برآمد کنندگان کے خصوصی اکاؤنٹس پر اسٹیٹ بینک کے ضابطے، اکتوبر 2023"
    ),
    "SBP framework for exports by e-commerce (B2C)": "ای کامرس سے برآمدات پر اسٹیٹ بینک کا ضابطہ ⁨(B2C)⁩",
}


def put(apps: Any) -> None:
    """apps: of a migration."""
    for name in ("Scheme", "ServiceRule"):
        rows = apps.get_model("payments", name).objects.filter(source_ur="")
        for source, urdu in SOURCES.items():
            rows.filter(source=source).update(source_ur=urdu)
