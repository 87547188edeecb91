"""Questions that officers ask again and again, ready in both languages. Pure.

The firm reads what the officer sends as it is typed, so each stands here in English and in Urdu and is put into the form
in the language of the firm; the officer changes it at will.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CommonQuestion:
    """title, words: by language. papers: codes of paper_kinds; facts: keys of smes.profile.facts.ASKABLE."""

    title: dict[str, str]
    words: dict[str, str]
    papers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def as_initial(self, language: str) -> dict[str, object]:
        """The fields of QuestionForm. language: "en" or "ur"."""
        return {
            "title": self.title[language],
            "words": self.words[language],
            "fields_asked": list(self.facts),
            "document_kinds": list(self.papers),
        }


COMMON_QUESTIONS = MappingProxyType(
    {
        "unreadable": CommonQuestion(
            {
                "en": "Please send the NTN certificate again.",
                "ur": "براہِ کرم NTN سرٹیفکیٹ دوبارہ بھیجیں۔",
            },
            {
                "en": "We cannot read the copy that we have. Photograph it by day, all four corners in the picture.",
                "ur": "موجود نقل پڑھی نہیں جا سکتی۔ دن کی روشنی میں تصویر لیں، جس میں چاروں کونے نظر آئیں۔",
            },
            papers=("ntn_certificate",),
        ),
        "cnic": CommonQuestion(
            {
                "en": "Please send both sides of the owner's CNIC.",
                "ur": "براہِ کرم مالک کے شناختی کارڈ کے دونوں رخ بھیجیں۔",
            },
            {
                "en": "One side is missing, or the card has run out. A copy of the valid card, both sides, answers this.",
                "ur": "ایک رخ موجود نہیں، یا کارڈ کی میعاد ختم ہے۔ موجودہ کارڈ کے دونوں رخ بھیج دیں۔",
            },
            papers=("cnic_copy",),
        ),
        "last_return": CommonQuestion(
            {
                "en": "Please send your last income tax return.",
                "ur": "براہِ کرم انکم ٹیکس کا آخری گوشوارہ بھیجیں۔",
            },
            {
                "en": "It shows the sales of the year that your application names. A new firm says since when it sells.",
                "ur": "اس سے اس سال کی فروخت معلوم ہوتی ہے جو درخواست میں درج ہے۔ نیا کاروبار لکھے کہ فروخت کب سے ہے۔",
            },
            papers=("tax_return",),
        ),
        "turnover": CommonQuestion(
            {
                "en": "Are the yearly sales right as they stand?",
                "ur": "کیا سالانہ فروخت جیسے درج ہے، ویسے ہی درست ہے؟",
            },
            {
                "en": "They do not fit the number of people or the exports. Correct them, or send the paper that shows them.",
                "ur": "یہ افراد کی تعداد یا برآمدات سے میل نہیں کھاتی۔ درست کریں، یا وہ کاغذ بھیجیں جس سے یہ ظاہر ہو۔",
            },
            papers=("tax_return",),
            facts=("turnover_pkr",),
        ),
        "employees": CommonQuestion(
            {
                "en": "How many people work in the firm today?",
                "ur": "آج فرم میں کتنے لوگ کام کرتے ہیں؟",
            },
            {
                "en": "Count everybody who is paid by the month or the piece, and the women among them.",
                "ur": "ماہانہ یا فی نگ اجرت پانے والے تمام افراد گنیں، اور ان میں خواتین بھی۔",
            },
            facts=("employees", "women_employees"),
        ),
    }
)
