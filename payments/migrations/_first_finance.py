"""Schemes, terms and services as they stood when lending began here. Amounts in rupees; each row with its source.

Circulars and pages of the State Bank are read at their source; what only the press says is not confirmed. A row whose name is "" ends its
code on that day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

BANKS, MICROFINANCE = ["bank"], ["microfinance_bank"]
SMALL_AND_MEDIUM = ["micro", "small", "medium", "startup_small", "startup_medium"]
SAAF = {
    "name": "SME Asaan Finance", "name_ur": "ایس ایم ای آسان فنانس", "cap": 10_000_000, "max_rate": "9",
    "rate": "at most 9 % a year", "rate_ur": "سالانہ زیادہ سے زیادہ 9 فیصد", "lender_kinds": BANKS,
    "size_classes": SMALL_AND_MEDIUM, "new_borrowers": True,
}  # fmt: skip
EFS = {
    "name": "Export Finance Scheme", "name_ur": "برآمدی قرض اسکیم", "lender_kinds": BANKS, "exports": "direct",
    "goods_only": True, "days_max": 180,
}  # fmt: skip
YOUTH = {
    "owner_age_min": 21, "owner_age_max": 45, "it_age_min": 18, "lender_kinds": [*BANKS, *MICROFINANCE],
    "terms": "owners from 21 to 45 years, from 18 in IT and e-commerce; one in four for women",
    "terms_ur": "مالک کی عمر 21 سے 45 سال، آئی ٹی اور ای کامرس میں 18 سے؛ ہر چار میں سے ایک قرض خواتین کے لیے",
}  # fmt: skip
MARKET = {"rate": "as the bank says", "rate_ur": "جو بینک طے کرے", "lender_kinds": MICROFINANCE}
SCHEMES: tuple[dict[str, Any], ...] = (
    {"code": "SAAF", "since": date(2021, 8, 16), **SAAF, "is_confirmed": True,
     "terms": "firms without a bank loan, no collateral; the State Bank bears 60 % of a loss up to PKR 4 million, 50 % to 7, 40 % to 10",
     "terms_ur": "وہ فرمیں جن کا بینک سے قرض نہیں، ضمانت کے بغیر؛ اسٹیٹ بینک 40 لاکھ تک نقصان کا 60 فیصد، 70 لاکھ تک 50 فیصد اور 1 کروڑ تک 40 فیصد اٹھاتا ہے",
     "source": "SBP IH&SMEFD Circular 9 of 2021"},
    {"code": "SAAF", "since": date(2023, 9, 18), **SAAF, "is_confirmed": True,
     "terms": "firms without a bank loan, no collateral; the State Bank bears 50 % of a loss up to PKR 4 million, 40 % to 7, 30 % to 10",
     "terms_ur": "وہ فرمیں جن کا بینک سے قرض نہیں، ضمانت کے بغیر؛ اسٹیٹ بینک 40 لاکھ تک نقصان کا 50 فیصد، 70 لاکھ تک 40 فیصد اور 1 کروڑ تک 30 فیصد اٹھاتا ہے",
     "source": "SBP, incentive page for SAAF"},
    {"code": "EFS", "since": date(2016, 7, 1), **EFS, "max_rate": "3", "is_confirmed": True,
     "rate": "3 % a year", "rate_ur": "سالانہ 3 فیصد",
     "terms": "the bank's part is 1 point for large firms, 2 for SMEs",
     "terms_ur": "بینک کا حصہ بڑی فرموں کے لیے 1 فیصد، چھوٹی اور درمیانی فرموں کے لیے 2 فیصد",
     "source": "SBP IH&SMEFD Circular 4 of 2016"},
    {"code": "EFS", "since": date(2022, 12, 30), **EFS,
     "rate": "policy rate of the State Bank less 3 points", "rate_ur": "اسٹیٹ بینک کے پالیسی ریٹ سے 3 فیصد کم",
     "terms": "up to 180 days, for goods with added value; moving from the State Bank to EXIM Bank by 2028",
     "terms_ur": "180 دن تک، اضافی قدر والے مال کے لیے؛ 2028 تک اسٹیٹ بینک سے ایگزم بینک کو منتقل ہو رہی ہے",
     "source": "SBP, incentive page for exports; Augaf, 29 December 2022"},
    {"code": "LTFF", "since": date(2022, 12, 30), "name": "Long Term Financing Facility", "name_ur": "طویل مدتی قرض کی سہولت",
     "lender_kinds": BANKS, "exports": "any", "goods_only": True,
     "rate": "policy rate of the State Bank less 3 points", "rate_ur": "اسٹیٹ بینک کے پالیسی ریٹ سے 3 فیصد کم",
     "terms": "for plant and machinery of exporters; moving to EXIM Bank", "terms_ur": "برآمد کنندگان کے پلانٹ اور مشینری کے لیے؛ ایگزم بینک کو منتقل ہو رہی ہے",
     "source": "Augaf, 29 December 2022; Profit, decision of the ECC, 2025"},
    {"code": "PMYBALS_T1", "since": date(2023, 1, 24), **YOUTH, "name": "Prime Minister's youth loan, first tier",
     "name_ur": "وزیرِ اعظم یوتھ لون، پہلی سطح", "cap": 500_000, "max_rate": "0", "rate": "0 %", "rate_ur": "0 فیصد",
     "source": "The Nation, 24 January 2023"},
    {"code": "PMYBALS_T2", "since": date(2023, 1, 24), **YOUTH, "name": "Prime Minister's youth loan, second tier",
     "name_ur": "وزیرِ اعظم یوتھ لون، دوسری سطح", "cap": 1_500_000, "max_rate": "5", "rate": "5 % a year", "rate_ur": "سالانہ 5 فیصد",
     "source": "The Nation, 24 January 2023"},
    {"code": "PMYBALS_T3", "since": date(2023, 1, 24), **YOUTH, "name": "Prime Minister's youth loan, third tier",
     "name_ur": "وزیرِ اعظم یوتھ لون، تیسری سطح", "cap": 7_500_000, "max_rate": "7", "rate": "7 % a year", "rate_ur": "سالانہ 7 فیصد",
     "source": "The Nation, 24 January 2023"},
    {"code": "KJ_YES", "since": date(2020, 8, 10), "name": "Kamyab Jawan youth entrepreneurship", "name_ur": "کامیاب جوان یوتھ انٹرپرینیورشپ",
     "cap": 25_000_000, "max_rate": "5", "rate": "3, 4 or 5 % a year", "rate_ur": "سالانہ 3، 4 یا 5 فیصد",
     "lender_kinds": BANKS, "terms": "up to 8 years", "terms_ur": "8 سال تک", "source": "Dunya News, 10 August 2020"},
    {"code": "KJ_YES", "since": date(2023, 1, 24), "is_ended": True, "name": "Kamyab Jawan youth entrepreneurship",
     "name_ur": "کامیاب جوان یوتھ انٹرپرینیورشپ", "rate": "ended", "rate_ur": "ختم ہو چکی",
     "source": "The Nation, 24 January 2023: the Prime Minister's youth loan follows it"},
    {"code": "MFB_GENERAL", "since": date(2022, 3, 16), **MARKET, "name": "General loan of a microfinance bank", "name_ur": "مائیکروفنانس بینک کا عام قرض",
     "cap": 350_000, "income_max": 1_200_000, "source": "ProPakistani, 16 March 2022"},
    {"code": "MFB_MICRO", "since": date(2020, 8, 10), **MARKET, "name": "Micro-enterprise loan of a microfinance bank",
     "name_ur": "مائیکروفنانس بینک کا چھوٹے کاروبار کا قرض", "cap": 3_000_000, "source": "Business Recorder, 10 August 2020"},
)  # fmt: skip
TERMS = {
    "since": date(2026, 7, 1), "answer_days": 15, "offer_days": 10, "consent_days": 184, "small": 5,
    "source": "Working choice of TDAP with the first lenders",
}  # fmt: skip
SERVICES: tuple[dict[str, Any], ...] = (
    {"code": "account", "since": date(2022, 2, 1), "kind": "account", "position": 10, "is_confirmed": True,
     "name": "Account in the firm's name, reached by Raast", "name_ur": "فرم کے نام کا اکاؤنٹ، راست سے قابلِ رسائی",
     "needs": "An IBAN whose title is the firm's name; of a sole proprietor the owner's name does too.",
     "needs_ur": "ایسا ⁨IBAN⁩ جس کا ٹائٹل فرم کا نام ہو؛ واحد مالک کی فرم میں مالک کا نام بھی چلتا ہے۔",
     "where": "Any bank, or a wallet with an IBAN; the bank's app links it to Raast.", "where_ur": "کوئی بھی بینک، یا ⁨IBAN⁩ والا موبائل والٹ؛ بینک کی ایپ اسے راست سے جوڑتی ہے۔",
     "source": "ProPakistani, 3 February 2022; SBP on Raast"},
    {"code": "raast_shop", "since": date(2023, 12, 6), "position": 20, "is_confirmed": True,
     "name": "Raast code for payments in a shop or by link", "name_ur": "دکان یا لنک پر ادائیگی کے لیے راست کوڈ",
     "needs": "The account above, and a merchant agreement with its bank. Payers pay no fee.", "needs_ur": "اوپر والا اکاؤنٹ اور اس کے بینک سے دکاندار کا معاہدہ۔ ادا کرنے والے سے کوئی فیس نہیں۔",
     "where": "The bank that keeps the account.", "where_ur": "وہ بینک جس میں اکاؤنٹ ہے۔", "source": "The Nation, 7 December 2023"},
    {"code": "wallet", "since": date(2022, 2, 1), "kind": "wallet", "position": 30,
     "name": "Mobile wallet for merchants (JazzCash, Easypaisa)", "name_ur": "دکانداروں کا موبائل والٹ (جاز کیش، ایزی پیسہ)",
     "needs": "CNIC and a SIM in the owner's name; a bank's paper for higher limits.", "needs_ur": "شناختی کارڈ اور مالک کے نام کی سِم؛ زیادہ حد کے لیے بینک کا کاغذ۔",
     "where": "The app, or a shop of the operator.", "where_ur": "ایپ، یا کمپنی کی دکان۔", "source": "Pages of the operators; ask them for today's limits"},
    {"code": "cards", "since": date(2022, 2, 1), "kind": "cards", "position": 40,
     "name": "Cards on a machine or a web shop", "name_ur": "مشین یا آن لائن دکان پر کارڈ سے ادائیگی",
     "needs": "An account, tax registration, and a contract with a bank that accepts cards.", "needs_ur": "اکاؤنٹ، ٹیکس رجسٹریشن، اور کارڈ قبول کرنے والے بینک سے معاہدہ۔",
     "where": "A bank that accepts cards, or a payment company that works for it.", "where_ur": "کارڈ قبول کرنے والا بینک، یا اس کے لیے کام کرنے والی کمپنی۔", "source": "Working choice of TDAP; ask the bank"},
    {"code": "online", "since": date(2022, 2, 1), "kind": "online", "position": 50,
     "name": "International payment service", "name_ur": "بین الاقوامی ادائیگی کی سروس",
     "needs": "A proof of who the firm is, and an account here into which the service pays.", "needs_ur": "فرم کی شناخت کا ثبوت، اور یہاں کا ایک اکاؤنٹ جس میں سروس رقم بھیجے۔",
     "where": "The service's own page; not every one serves Pakistan.", "where_ur": "سروس کا اپنا صفحہ؛ ہر سروس پاکستان میں کام نہیں کرتی۔", "source": "Working choice of TDAP; ask the service"},
    {"code": "foreign", "since": date(2023, 10, 1), "kind": "foreign", "position": 60, "is_confirmed": True,
     "name": "Foreign currency account for exporters", "name_ur": "برآمد کنندگان کا غیر ملکی کرنسی اکاؤنٹ",
     "needs": "IT firms of PSEB or P@SHA and freelancers keep half of what they earn, or USD 5,000 a month where that is more.",
     "needs_ur": "⁨PSEB⁩ یا ⁨P@SHA⁩ کی آئی ٹی فرمیں اور فری لانسر اپنی کمائی کا آدھا، یا ماہانہ ⁨USD 5,000⁩ (جو زیادہ ہو) رکھ سکتے ہیں۔",
     "where": "A bank that deals in foreign exchange.", "where_ur": "زرِ مبادلہ کا کام کرنے والا بینک۔", "source": "SBP rules on special accounts of exporters, October 2023"},
    {"code": "b2c", "since": date(2021, 1, 1), "position": 70, "is_confirmed": True,
     "name": "Small parcels to buyers abroad", "name_ur": "بیرونِ ملک خریداروں کو چھوٹے پارسل",
     "needs": "Up to USD 5,000 a parcel without a bank's export form; the bank registers the firm once, and the money is here within 60 days.",
     "needs_ur": "فی پارسل ⁨USD 5,000⁩ تک بینک کے برآمدی فارم کے بغیر؛ بینک فرم کو ایک بار رجسٹر کرتا ہے، اور رقم 60 دن میں یہاں آنی چاہیے۔",
     "where": "Your bank, and a courier that files in WeBOC.", "where_ur": "آپ کا بینک، اور ⁨WeBOC⁩ میں اندراج کرنے والی کوریئر کمپنی۔", "source": "SBP framework for exports by e-commerce (B2C)"},
)  # fmt: skip


def put(apps: Any) -> None:
    """Write each row that is not there. apps: of a migration, or Django's own."""
    scheme, terms, service = (apps.get_model("payments", name) for name in ("Scheme", "LendingTerms", "ServiceRule"))
    for row in SCHEMES:
        paisa = {key: row[key] * 100 for key in ("cap", "income_max") if key in row}
        scheme.objects.get_or_create(code=row["code"], since=row["since"], defaults={**row, **paisa})
    terms.objects.get_or_create(since=TERMS["since"], defaults=TERMS)
    for row in SERVICES:
        service.objects.get_or_create(code=row["code"], since=row["since"], defaults=row)
