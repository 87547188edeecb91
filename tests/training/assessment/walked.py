"""An assessment and practical tasks for walks over all pages: a try that is over, one under way, a work that waits, one whose marks differ."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from tests.factories.smes import pdf_of
from tests.factories.training_assessment import RIGHT, bank, module_of, rules, task
from tests.training.made import manager, session
from training.assessment import services
from training.assessment.services import Page
from training.materials.files import check_material
from training.practice import services as practice_services

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Place, Programme, Trainer

LONG = "Muhammadabdulrehmanbrotherssurgicalinstruments.com.pk"


def walked(boss: User, place: Place, *, programme: Programme, trainer: Trainer) -> dict[str, str]:
    """What stands in addresses, by a word. place: held by a firm of which nobody is named as who comes. programme: another one, whose
    question bank is walked over."""
    question = bank(module_of(programme, "Buyers"), 3, by=boss)[0].question
    other = task(programme, by=boss)
    course, owner = place.cohort.programme, place.sme.created_by
    session(place.cohort, trainer=trainer)
    bank(module_of(course, LONG), 8, by=boss)
    rules(course, by=boss, questions_number=6, tries=3, pause_hours=0)
    over = services.begin(actor=owner, place=place)
    right = {number: frozenset({RIGHT}) for number in range(1, 4)}
    services.save(actor=owner, attempt=over, page=Page({}, right))
    services.hand_in(actor=owner, attempt=over)
    attempt = services.begin(actor=owner, place=place)
    services.save(actor=owner, attempt=attempt, page=Page({}, {2: frozenset({RIGHT})}, flags={3: True}))
    page = check_material(BytesIO(pdf_of(b"BT ET")), name=f"{LONG}.pdf", size=None, max_bytes=8_000_000)
    waiting, differing = task(course, by=boss, title=LONG), task(course, by=boss, title="Photographs")
    work = practice_services.hand_in(actor=owner, place=place, task=waiting, text=LONG, files=[page])
    apart = practice_services.hand_in(actor=owner, place=place, task=differing, text="Six photographs.")
    for marker, levels in ((boss, [0, 0]), (manager(), [2, 2])):
        practice_services.mark(actor=marker, work=apart, levels=levels, words="Sharp, and too dark.")
    return {
        "bank_question": question.public_id,
        "practical_task": other.public_id,
        "assessed_place": place.public_id,
        "over_attempt": over.public_id,
        "attempt": attempt.public_id,
        "firm_task": waiting.public_id,
        "differing_task": differing.public_id,
        "work": work.public_id,
        "differing_work": apart.public_id,
        "work_file": work.files.get().public_id,
    }
