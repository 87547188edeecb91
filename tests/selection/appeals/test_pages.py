"""The pages of an appeal: the firm's, the list, the director's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.appeals import services
from selection.models import Appeal, Decision, Round
from selection.states import AppealOutcome, AppealState, Outcome, State, Verdict
from smes.models import Document
from tests.factories.accounts import director, officer
from tests.factories.selection import owner_of
from tests.factories.smes import MemberFactory
from tests.selection import made as files
from tests.selection.appeals import made
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db


def typed(*words: str, **more) -> dict:
    data = {"point-TOTAL_FORMS": len(words), "point-INITIAL_FORMS": 0, "name": "Saima Akhtar"}
    for number, one in enumerate(words):
        data |= {f"point-{number}-ground": "A1", f"point-{number}-words": one}
    return data | more


def page_of(file) -> str:
    return f"/file/{file.public_id}/appeal/"


def test_the_owner_writes_keeps_adds_and_sends(client):
    file = made.decided_file()
    client.force_login(owner_of(file))
    url = page_of(file)

    assert "Tell us what we got wrong" in text_of(client.get(url))
    assert client.post(url, typed("Half a", keep="1")).status_code == 302
    assert "Half a" in text_of(client.get(url))
    more = text_of(client.post(url, typed("Half a", more="1")))
    assert "point-1-words" in more
    assert "to put right" not in more
    assert client.post(url, typed(made.WORDS, "The bank’s second page.", send="1")).status_code == 302

    appeal = Appeal.objects.get(application=file)
    assert (appeal.state, appeal.points_made.count(), appeal.typed_name) == (AppealState.SENT, 2, "Saima Akhtar")
    assert appeal.code in text_of(client.get(url))
    assert client.post(url, typed(made.WORDS, "The bank’s second page.", send="1")).status_code == 302
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize(("number", "points"), [("9" * 5_000, 2), ("-1", 2), ("many", 2), ("", 2), ("3", 4), ("99", 5)])
def test_one_more_point_is_shown_whatever_number_of_points_is_sent(client, number, points):
    file = made.decided_file()
    client.force_login(owner_of(file))

    answer = client.post(page_of(file), typed("Half a", more="1") | {"point-TOTAL_FORMS": number})

    page = text_of(answer)
    assert answer.status_code == 200
    assert (f"point-{points - 1}-words" in page, f"point-{points}-words" in page) == (True, False)


def test_a_draft_that_is_sent_as_it_was_kept_loses_no_point(client):
    file = made.decided_file()
    client.force_login(owner_of(file))
    for press in ("keep", "send"):
        client.post(page_of(file), typed(made.WORDS, "The bank’s second page.", **{press: "1"}))

    assert Appeal.objects.get(application=file, state=AppealState.SENT).points_made.count() == 2


def test_a_page_opened_before_the_end_and_sent_after_it_keeps_the_words(client):
    file = made.decided_file()
    client.force_login(owner_of(file))
    client.get(page_of(file))
    made.decided_days_ago(file, 60)

    answer = client.post(page_of(file), typed(made.WORDS, send="1"))

    assert answer.status_code == 422
    text = text_of(answer)
    assert made.WORDS in text
    assert "The time for an appeal is over" in text
    assert made.WORDS in text_of(client.get(page_of(file)))
    assert not Appeal.objects.filter(state=AppealState.SENT).exists()


def test_what_lacks_is_said_beside_its_field(client):
    file = made.decided_file()
    client.force_login(owner_of(file))

    answer = client.post(page_of(file), typed("", send="1", name=""))

    assert answer.status_code == 422
    assert "to put right" in text_of(answer)


def test_members_see_it_and_do_not_send(client):
    file = made.decided_file()
    client.force_login(MemberFactory(sme=file.sme).user)

    assert "Only an owner of the firm can appeal" in text_of(client.get(page_of(file)))
    assert client.post(page_of(file), typed(made.WORDS, send="1")).status_code == 403
    assert not Appeal.objects.exists()


def test_others_find_nothing(client):
    file = made.decided_file()
    made.sent(file)
    for person in (owner_of(made.decided_file()), officer(), director()):
        client.force_login(person)
        assert client.get(page_of(file)).status_code == 404


def test_a_selected_file_has_nothing_to_appeal_against(client):
    file = made.decided_file(Outcome.SELECT)
    client.force_login(owner_of(file))

    assert "nothing to appeal against" in text_of(client.get(page_of(file)))


def test_a_closed_appeal_is_written_anew_once_the_seat_is_taken_back(client):
    file = made.decided_file()
    made.sent(file)
    client.force_login(owner_of(file))
    files.in_state(file, State.SELECTED)
    services.close(application_id=file.pk)
    assert "Your appeal is closed" in text_of(client.get(page_of(file)))

    files.in_state(file, State.WAITLISTED)

    assert "Tell us what we got wrong" in text_of(client.get(page_of(file)))
    assert client.post(page_of(file), typed("Put back without a reason.", send="1")).status_code == 302
    assert Appeal.objects.get().state == AppealState.SENT


def test_the_receipt_leads_to_the_appeal(client):
    file = made.decided_file()
    client.force_login(owner_of(file))

    text = text_of(client.get(f"/file/{file.public_id}/receipt/"))

    assert page_of(file) in text
    made.decided_days_ago(file, 60)
    assert page_of(file) not in text_of(client.get(f"/file/{file.public_id}/receipt/"))


# ------------------------------------------------------------------------------------------------------- the desk


def findings(verdict=Verdict.RIGHT, outcome=AppealOutcome.UPHELD, **values) -> dict:
    return {
        "p1-verdict": verdict.value,
        "p1-answer": made.REASON,
        "p1-facts": list(values),
        **{f"p1-{key}": value for key, value in values.items()},
        "outcome": outcome.value,
        "words": made.REASON,
    }


def test_the_drawn_director_computes_again_looks_and_signs(client):
    file = made.decided_file()
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=1)
    appeal = made.drawn(file)
    client.force_login(appeal.director)
    url = f"/desk/appeals/{appeal.public_id}/"

    assert "the old score comes out again" in text_of(client.get(url))
    chosen = text_of(client.post(url, findings() | {"p1-facts": ["ecommerce_staff"], "again": "1"}))
    assert 'name="p1-ecommerce_staff"' in chosen
    better = findings(ecommerce_staff="6", catalogue_products="400")
    assert "instead of" in text_of(client.post(url, better | {"again": "1"}))
    sure = client.post(f"{url}decide/", better)
    assert "with a seat of the reserve" in text_of(sure)
    assert files.fresh(file).state == State.WAITLISTED
    assert client.post(f"{url}decide/", better | {"sure": "1", "basis": sure.context["basis"]}).status_code == 302

    assert (files.fresh(file).state, made.fresh(appeal).outcome) == (State.SELECTED, AppealOutcome.UPHELD)
    client.force_login(owner_of(file))
    answered = text_of(client.get(page_of(file)))
    assert "Your appeal was right" in answered
    assert f'href="/file/{file.public_id}/offer/"' in answered


def test_what_is_signed_is_what_was_read(client):
    file = made.decided_file()
    appeal = made.drawn(file)
    client.force_login(appeal.director)

    answer = client.post(
        f"/desk/appeals/{appeal.public_id}/decide/",
        findings(Verdict.WRONG, AppealOutcome.REJECTED) | {"sure": "1", "basis": "of another day"},
    )

    assert answer.status_code == 422
    assert made.fresh(appeal).state == AppealState.SENT


def test_who_had_a_part_sees_that_there_is_one_and_its_outcome_alone(client):
    file = made.decided_file()
    appeal = made.drawn(file)
    decider = Decision.objects.get(application=file).approver
    reader = file.readings.first().reader
    for person in (decider, reader):
        client.force_login(person)
        text = text_of(client.get(f"/desk/appeals/{appeal.public_id}/"))
        assert made.WORDS not in text
        assert appeal.code in text
    client.force_login(decider)
    assert client.post(f"/desk/appeals/{appeal.public_id}/decide/", findings()).status_code == 403


def test_no_draft_is_seen_at_the_desk(client):
    file = made.decided_file()
    draft = services.keep_draft(actor=owner_of(file), application=file, points=[made.point()])
    client.force_login(director())

    assert client.get(f"/desk/appeals/{draft.public_id}/").status_code == 404
    assert made.WORDS not in text_of(client.get("/desk/appeals/"))


def test_the_list_shows_ones_own_first_and_can_be_narrowed(client):
    appeal = made.drawn(made.decided_file())
    done = made.answered(made.drawn(made.decided_file()), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    client.force_login(appeal.director)

    text = text_of(client.get("/desk/appeals/"))
    assert text.index(appeal.public_id) < text.index(done.public_id)
    assert done.public_id not in text_of(client.get("/desk/appeals/?state=sent"))
    assert client.get("/desk/appeals/?round=nonsense&cursor=x").status_code == 200
    client.force_login(officer())
    assert client.get("/desk/appeals/").status_code == 403


def test_the_papers_of_a_point_are_linked_for_both_sides(client):
    file = made.decided_file()
    Document.objects.filter(sme=file.sme).update(created_at=file.submitted_at - timedelta(days=1))
    paper = Document.objects.filter(sme=file.sme).first()
    appeal = made.drawn(file, made.point(papers=[paper.public_id]))

    for person, url in ((owner_of(file), page_of(file)), (appeal.director, f"/desk/appeals/{appeal.public_id}/")):
        client.force_login(person)
        assert f"/firm/{file.sme.public_id}/papers/{paper.public_id}/" in text_of(client.get(url))


def test_later_papers_are_not_offered(client):
    file = made.decided_file()
    Document.objects.filter(sme=file.sme).update(created_at=timezone.now() + timedelta(days=1))
    client.force_login(owner_of(file))

    assert "No paper was with us when you submitted." in text_of(client.get(page_of(file)))
