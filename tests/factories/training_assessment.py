"""Question banks, assessments and practical tasks for tests, made by the real acts."""

from __future__ import annotations

from datetime import date

from tests.training.made import manager
from training.models import Assessment, Module, PracticalTask, Programme, QuestionVersion
from training.practice import services as practice_services
from training.questions import services as questions_services

RIGHT, WRONG = 1, 0
CRITERIA = [
    {
        "en": name,
        "ur": urdu,
        "levels": [
            {"points": 0, "en": "Not there", "ur": "موجود نہیں"},
            {"points": 2, "en": "Partly there", "ur": "کچھ موجود"},
            {"points": 4, "en": "Fully there", "ur": "پورا موجود"},
        ],
    }
    for name, urdu in (("Photographs", "تصویریں"), ("Words", "الفاظ"))
]


def module_of(programme: Programme, title: str = "Prices, payment and risk") -> Module:
    position = programme.modules.count() + 1
    return Module.objects.create(programme=programme, position=position, title=title, skill="pricing")


def question(module: Module, number: int = 1, *, by=None, **values):
    """The second of four answers is right."""
    given = {
        "kind": "single",
        "text": f"Who pays the way to Hamburg? ({number})",
        "text_ur": f"ہیمبرگ تک کا کرایہ کون دیتا ہے؟ {number}",
        "options": [
            {"en": "Half and half", "ur": "آدھا آدھا"},
            {"en": "The buyer, from your door on", "ur": "خریدار، آپ کے دروازے سے"},
            {"en": "You, all the way", "ur": "آپ، پورا راستہ"},
            {"en": "You, as far as Karachi", "ur": "آپ، کراچی تک"},
        ],
        "right": [RIGHT],
        "points": 1,
        "explanation": "EXW: the buyer takes the goods at your door.",
        "explanation_ur": "EXW: خریدار مال آپ کے دروازے سے اٹھاتا ہے۔",
    }
    return questions_services.add_question(actor=by or manager(), module=module, **{**given, **values})


def bank(module: Module, number: int, *, by=None) -> list[QuestionVersion]:
    by = by or manager()
    return [question(module, one, by=by).versions.get() for one in range(1, number + 1)]


def rules(programme: Programme, *, by=None, modules=(), **values) -> Assessment:
    """Ten questions, thirty minutes, two tries, open from the first day."""
    given = {
        "is_active": True,
        "since": date(2026, 1, 1),
        "questions_number": 10,
        "minutes": 30,
        "spare_minutes": 15,
        "tries": 2,
        "pause_hours": 24,
        "opens_percent": 0,
    }
    return questions_services.set_assessment(
        actor=by or manager(), programme=programme, modules=list(modules), **{**given, **values}
    )


def task(programme: Programme, *, by=None, **values) -> PracticalTask:
    """Eight points at most, five to reach; marks may lie two apart."""
    given = {
        "title": "A page for your product",
        "title_ur": "آپ کی پروڈکٹ کا صفحہ",
        "words": "Write a page and take six photographs.",
        "words_ur": "ایک صفحہ لکھیں اور چھ تصویریں لیں۔",
        "criteria": CRITERIA,
        "pass_points": 5,
        "differ_points": 2,
        "needs_file": False,
        "since": date(2026, 1, 1),
        "is_active": True,
    }
    return practice_services.set_task(actor=by or manager(), programme=programme, **{**given, **values})
