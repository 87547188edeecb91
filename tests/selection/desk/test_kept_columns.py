"""What a file keeps for the desk beside its score: size, papers, readings that differ. Who writes it, and who finds by it."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from selection.applications import tasks
from selection.desk import selectors as desk_selectors
from selection.desk.filters import DeskFilter
from selection.models import Application, Conflict
from selection.review import services as review_services
from selection.states import State
from smes.evidence import services as evidence_services
from smes.models import Contradiction, Document
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.states import NeededPapers, PaperState
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tests.factories.accounts import officer
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.factories.smes import DocumentFactory
from tests.selection import made

pytestmark = pytest.mark.django_db


def shown(client, words: str) -> set[str]:
    return set(re.findall(r'data-row="(\w+)"', client.get(f"/desk/?tab=all&{words}").content.decode()))


def with_papers(file: Application, *, state: PaperState = PaperState.UPLOADED, **values) -> list[Document]:
    """All that the firm must send, as if they had come one by one."""
    return [
        DocumentFactory(sme=file.sme, kind=kind, state=state.value, **values)
        for kind in papers_selectors.needed_papers(file.sme)
    ]


def read(file: Application, one, other, *outcomes: str) -> None:
    for person, outcome in zip((one, other), outcomes, strict=False):
        review_services.record_reading(actor=person, application=file, **{**made.READ, "outcome": outcome})


# --------------------------------------------------------------------------------------------------------------- size


@pytest.mark.sqlite_leg
def test_the_size_is_that_of_the_frozen_copy_whatever_the_firm_becomes(client):
    round_ = RoundFactory()
    medium, small = (
        made.scored(round=round_, sme_values={"turnover_pkr": turnover}) for turnover in (300_000_000, 42_000_000)
    )
    assert [(row.size_class, row.facts["size_class"]) for row in (medium, small)] == [("medium",) * 2, ("small",) * 2]
    small.sme.turnover_pkr = 300_000_000
    small.sme.save()
    client.force_login(officer())
    assert (shown(client, "size=small"), shown(client, "size=micro")) == ({small.public_id}, set())
    assert shown(client, f"size=medium&sector={medium.sector}&province={medium.province}") == {medium.public_id}
    assert shown(client, "size=enormous") == {medium.public_id, small.public_id}


# ------------------------------------------------------------------------------------------------------------- papers


@pytest.mark.sqlite_leg
def test_papers_that_came_before_the_submission_count_from_it_on():
    draft = ApplicationFactory()
    with_papers(draft)
    file = ApplicationFactory(sme=draft.sme, round=draft.round, submitted=True)
    assert (draft.needed_papers, file.needed_papers) == ("missing", "sent")


@pytest.mark.sqlite_leg
def test_each_act_on_a_paper_is_seen_in_the_files_that_are_not_over():
    reader = officer()
    file, over = made.scored(), made.scored()
    made.in_state(over, State.DECLINED)
    Application.objects.filter(pk=over.pk).update(sme=file.sme)
    papers = with_papers(file)

    def after(act, **values) -> str:
        act(actor=reader, document=papers[-1], **values)
        deliver_all()
        return made.fresh(file).needed_papers

    assert after(papers_services.refuse_document, reason="Not to be read.") == "missing"
    Document.objects.exclude(pk=papers[-1].pk).update(state=PaperState.VERIFIED.value)
    assert after(papers_services.verify_document) == "verified"
    assert after(papers_services.refuse_document, reason="Of last year.") == "missing"
    assert made.fresh(over).needed_papers == "missing"


@pytest.mark.sqlite_leg
def test_a_paper_that_ran_out_is_missing_from_the_next_morning_on():
    file = ApplicationFactory()
    with_papers(file, state=PaperState.VERIFIED, expires_on=today())
    file = ApplicationFactory(sme=file.sme, round=file.round, submitted=True)
    tasks.note_papers_past_their_day()
    assert made.fresh(file).needed_papers == "verified", "its last day is not over"
    Document.objects.filter(kind="cnic_copy").update(expires_on=today() - timedelta(days=1))
    tasks.note_papers_past_their_day()
    assert made.fresh(file).needed_papers == "missing"


@pytest.mark.sqlite_leg
def test_the_queue_is_narrowed_by_how_far_the_papers_have_come(client):
    round_ = RoundFactory()
    files = {state.value: made.scored(round=round_) for state in NeededPapers}
    for state, file in files.items():
        Application.objects.filter(pk=file.pk).update(needed_papers=state)
    client.force_login(officer())
    for state, file in files.items():
        assert shown(client, f"papers={state}") == {file.public_id}
    assert shown(client, "papers=perhaps") == {file.public_id for file in files.values()}


# ----------------------------------------------------------------------------------------------------------- readings


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    ("outcomes", "differ"), [(("select",), False), (("select", "select"), False), (("select", "decline"), True)]
)
def test_readings_differ_once_both_are_in_and_would_not_do_the_same(client, outcomes, differ):
    one, other = officer(), officer()
    file = made.assigned(one, other)
    read(file, one, other, *outcomes)
    client.force_login(officer())
    assert made.fresh(file).readings_differ is differ
    assert shown(client, "differ=yes") == ({file.public_id} if differ else set())
    assert ("The readings differ" in client.get("/desk/?tab=all").content.decode()) is differ


@pytest.mark.sqlite_leg
def test_a_reading_that_falls_away_takes_the_mark_along():
    one, other = officer(), officer()
    file = made.assigned(one, other)
    read(file, one, other, "select", "decline")
    review_services.declare_conflict(actor=other, application=file, words="My cousin.")
    assert made.fresh(file).readings_differ is False


@pytest.mark.sqlite_leg
def test_readings_of_older_facts_lose_the_mark_when_they_are_opened_again():
    one, other = officer(), officer()
    file = made.assigned(one, other)
    read(file, one, other, "select", "decline")
    file = made.in_state(file, State.SCORED)
    Application.objects.filter(pk=file.pk).update(facts_version=file.facts_version + 1)
    assert review_services.resume_reading(application_id=file.pk)
    assert made.fresh(file).readings_differ is False


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("is_tied", [True, False])
def test_whoever_is_tied_to_the_firm_learns_nothing_of_it(client, is_tied):
    one, other, person = officer(), officer(), officer()
    file = made.assigned(one, other)
    read(file, one, other, "select", "decline")
    review_services.record_reading(
        actor=person, application=file, **made.READ
    )  # the third, without which all are sealed
    if is_tied:
        Conflict.objects.create(official=person, sme=file.sme, words="My cousin.")
    client.force_login(person)
    found = {file.public_id} if not is_tied else set()
    assert shown(client, "differ=yes") == shown(client, "differ=yes&sector=sports_goods&province=PK-PB") == found
    assert shown(client, "") == {file.public_id}
    assert ("The readings differ" in client.get("/desk/?tab=all").content.decode()) is not is_tied
    row = client.get(f"/api/v1/desk/files/?round={file.round.code}").json()["results"][0]
    one_file = client.get(f"/api/v1/desk/files/{file.public_id}/").json()
    assert (row["readings_differ"], one_file["readings_differ"]) == (not is_tied, not is_tied)


# --------------------------------------------------------------------------------------------------- what does not fit


@pytest.mark.sqlite_leg
def test_what_does_not_fit_marks_the_files_of_the_firm_until_it_is_explained_or_solved(client):
    by, round_ = officer(), RoundFactory()
    file, over = made.scored(round=round_), made.scored(round=round_)
    made.in_state(over, State.DECLINED)
    for row in (file, over):
        row.sme.turnover_pkr = 1_000
        row.sme.save()
        evidence_services.look_for_contradictions(sme_id=row.sme_id)
    deliver_all()
    client.force_login(by)
    assert (made.fresh(file).does_not_fit, made.fresh(over).does_not_fit) == (True, False)
    assert (
        shown(client, "unfit=yes") == shown(client, "unfit=yes&sector=sports_goods&province=PK-PB") == {file.public_id}
    )
    assert '<span class="state tone-no">Something does not fit</span>' in client.get("/desk/?tab=all").content.decode()

    for row in Contradiction.objects.filter(sme=file.sme, state="open"):
        evidence_services.explain_contradiction(actor=by, contradiction=row, explanation="A slip of the pen.")
    deliver_all()
    assert made.fresh(file).does_not_fit is False
    assert shown(client, "unfit=yes") == set()


@pytest.mark.sqlite_leg
def test_values_that_fit_again_take_the_mark_away_and_the_old_ones_bring_it_back():
    file = made.scored()
    right = file.sme.turnover_pkr

    def mark_after(turnover: int) -> bool:
        file.sme.turnover_pkr = turnover
        file.sme.save()
        evidence_services.look_for_contradictions(sme_id=file.sme_id)
        deliver_all()
        return made.fresh(file).does_not_fit

    assert [mark_after(turnover) for turnover in (1_000, right, 1_000)] == [True, False, True]


@pytest.mark.sqlite_leg
def test_what_did_not_fit_before_the_submission_marks_the_file_from_it_on():
    draft = ApplicationFactory()
    Contradiction.objects.create(sme=draft.sme, code="city_outside_province", digest="1")
    file = ApplicationFactory(sme=draft.sme, round=draft.round, submitted=True)
    assert (draft.does_not_fit, file.does_not_fit) == (False, True)


def test_the_migration_marks_what_did_not_fit_before(monkeypatch):
    migration = import_module("selection.migrations.0025_does_not_fit")
    monkeypatch.setattr(migration, "CHUNK", 1)
    files = [made.scored() for _each in range(3)]
    for file, state in zip(files, ("open", "solved", "open"), strict=True):
        Contradiction.objects.create(sme=file.sme, code="city_outside_province", digest="1", state=state)
    migration.fill(apps, None)
    assert [made.fresh(file).does_not_fit for file in files] == [True, False, True]


# ------------------------------------------------------------------------------------------------ API, kept rows, indexes


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("size=small", True), ("size=micro", False), ("papers=missing", True), ("papers=verified", False),
        ("differ=yes", False), ("women=yes", True), ("doubled=yes", False), ("unfit=yes", False),
    ],
)  # fmt: skip
def test_the_api_takes_the_filters_of_the_page(client, words, is_found):
    file = made.scored()
    client.force_login(officer())
    rows = client.get(f"/api/v1/desk/files/?round={file.round.code}&{words}").json()["results"]
    assert [(row["id"], row["size_class"], row["papers"]) for row in rows] == (
        [(file.public_id, "small", "missing")] if is_found else []
    )


@pytest.mark.sqlite_leg
def test_the_migration_fills_what_was_there_before(monkeypatch):
    migration = import_module("selection.migrations.0020_desk_size_papers_readings")
    monkeypatch.setattr(migration, "CHUNK", 2)
    one, other = officer(), officer()
    differing = made.assigned(one, other)
    read(differing, one, other, "select", "decline")
    complete, lacking = ApplicationFactory(), made.scored()
    with_papers(complete, state=PaperState.VERIFIED)
    complete = ApplicationFactory(sme=complete.sme, round=complete.round, submitted=True)
    with_papers(lacking, expires_on=today() - timedelta(days=1))
    columns = ("pk", "size_class", "needed_papers", "readings_differ")
    kept = list(Application.objects.order_by("pk").values_list(*columns))
    assert kept == [
        (differing.pk, "small", "missing", True),
        (complete.pk, "small", "verified", False),
        (lacking.pk, "small", "missing", False),
    ]
    Application.objects.update(size_class="", needed_papers="missing", readings_differ=False)
    migration.fill(apps, None)
    assert list(Application.objects.order_by("pk").values_list(*columns)) == kept


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("view", "index"), [({"size": "medium"}, "desk_size"), ({"papers": "verified"}, "desk_papers"), ({"differ": "yes"}, "desk_differ"), ({"unfit": "yes"}, "desk_does_not_fit")]
)  # fmt: skip
def test_each_of_these_filters_can_be_answered_by_an_index_of_its_own(view, index):
    round_ = RoundFactory()
    rows = desk_selectors.queue_of(officer(), round_, DeskFilter(tab="all", **view), day=desk_selectors.desk_day())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in rows.order_by("due_on", "id").explain()
