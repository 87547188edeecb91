"""Every call of /api/v1/ for every role, in the one error shape, through the same rules as the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient
from rest_framework.throttling import AnonRateThrottle

from selection.models import Decision, Recommendation
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import Outcome, State
from selection.trade.services import simulate_platform
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.services import renew_token
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, decided, owner_of
from tests.factories.smes import MemberFactory
from tests.factories.trade import IndicatorFactory
from tests.selection import made

pytestmark = pytest.mark.django_db
SECRET = "Sealed-words-of-the-first-reader"
OPEN_TO_ALL = (
    "/api/v1/rounds/",
    "/api/v1/sectors/",
    "/api/v1/indicators/",
    "/api/v1/indicators/rice/",
    "/api/v1/applications/",
)
SELECT = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": "A strong file."}


def as_(user) -> APIClient:
    """With the person's token, as a machine would."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {renew_token(user=user, may_write=True)}")
    return client


def file_url(file, act="") -> str:
    return f"/api/v1/desk/files/{file.public_id}/" + (f"{act}/" if act else "")


# ----------------------------------------------------------------------------------------------------------- who calls


@pytest.mark.parametrize("url", [*OPEN_TO_ALL, "/api/v1/desk/files/", "/api/v1/desk/files/aaaaaaaaaaaa/"])
def test_without_a_token_nothing_is_told(url):
    answer = APIClient().get(url)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_wrong_token_is_refused():
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Token nonsense")
    answer = client.get("/api/v1/rounds/")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_a_token_of_somebody_switched_off_is_refused():
    user = officer()
    client = as_(user)
    user.is_active = False
    user.save()
    assert client.get("/api/v1/rounds/").status_code == 401


def test_the_session_of_the_pages_is_good_too_and_its_posts_need_the_forms_token():
    user, file = officer(), made.reviewed()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get("/api/v1/desk/files/").status_code == 200
    answer = client.post(file_url(file, "recommend"), SELECT, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("role", [*Role, None])
def test_what_everybody_signed_in_may_read(role):
    client = as_(UserFactory(roles=(role,) if role else ()))
    assert {url: client.get(url).status_code for url in OPEN_TO_ALL} == dict.fromkeys(OPEN_TO_ALL, 200)


@pytest.mark.parametrize("role", [*Role, None])
def test_the_desk_is_there_for_its_people_alone(role):
    file = made.scored()
    client = as_(UserFactory(roles=(role,) if role else ()))
    expected = 200 if role in (Role.OFFICER, Role.APPROVER) else 404
    assert [client.get(url).status_code for url in ("/api/v1/desk/files/", file_url(file))] == [expected, expected]
    if expected == 404:
        answers = [client.post(file_url(file, act), SELECT, format="json") for act in ("recommend", "decide")]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2


# ----------------------------------------------------------------------------------------------------- what is the same


def test_rounds_sectors_and_indicators():
    round_ = RoundFactory(seats=60)
    client = as_(UserFactory())
    (told,) = client.get("/api/v1/rounds/").json()
    assert (told["code"], told["state"], told["seats"], told["promise_days"]) == (round_.code, "open", 60, 15)
    sectors = client.get("/api/v1/sectors/").json()
    assert next(row for row in sectors if row["code"] == "carpets")["hs_prefixes"] == ["57"]
    assert len(client.get("/api/v1/indicators/").json()) == len(sectors)
    figure = IndicatorFactory(sector="rice", hs="1006", name="export_value")
    IndicatorFactory(vintage=figure.vintage, sector="rice", hs="", name="export_value")
    rice = client.get("/api/v1/indicators/rice/").json()
    assert [row["vintage"] for row in (*rice["indicators"], *rice["headings"]["1006"])] == [figure.vintage.name] * 2
    listed = next(row for row in client.get("/api/v1/indicators/").json() if row["sector"]["code"] == "rice")
    assert listed["indicators"] == rice["indicators"]
    answer = client.get("/api/v1/indicators/gold/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# ---------------------------------------------------------------------------------------------------------- own files


def test_a_firm_reads_its_own_applications_and_nobody_elses():
    mine, others = made.scored(), made.scored()
    client = as_(owner_of(mine))
    listed = client.get("/api/v1/applications/").json()
    assert [row["id"] for row in listed["results"]] == [mine.public_id]
    assert (listed["next"], listed["previous"]) == (None, None)
    told = client.get(f"/api/v1/applications/{mine.public_id}/").json()
    assert (told["file"], told["state"], told["due_on"]) == (mine.file_number, "scored", mine.due_on.isoformat())
    answer = client.get(f"/api/v1/applications/{others.public_id}/")
    assert (answer.status_code, set(answer.json())) == (404, {"code", "detail"})


def test_an_official_has_no_applications_of_their_own():
    file = made.scored()
    client = as_(officer())
    assert client.get("/api/v1/applications/").json()["results"] == []
    assert client.get(f"/api/v1/applications/{file.public_id}/").status_code == 404


def test_points_and_reasons_are_told_after_the_decision_alone():
    file = made.scored()
    client = as_(owner_of(file))
    before = client.get(f"/api/v1/applications/{file.public_id}/").json()
    decided(file, Outcome.WAITLIST, words="Close to the line.")
    after = client.get(f"/api/v1/applications/{file.public_id}/").json()
    assert (before["points"], before["decision"]) == (None, None)
    assert after["points"] == f"{file.points:.2f}"
    assert (after["decision"]["outcome"], after["decision"]["words"]) == ("waitlist", "Close to the line.")
    assert [reason["code"] for reason in after["decision"]["reasons"]] == ["seats_full"]


def test_the_firm_learns_nothing_of_readings_or_recommendations():
    file = made.recommended()
    Recommendation.objects.update(words=SECRET)
    file.readings.update(comment=SECRET)
    client = as_(owner_of(file))
    texts = [
        client.get(url).content.decode() for url in ("/api/v1/applications/", f"/api/v1/applications/{file.public_id}/")
    ]
    assert [SECRET in text for text in texts] == [False, False]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_a_firm_costs_the_same_for_one_and_for_three(number, django_assert_num_queries):
    first = made.scored()
    owner = owner_of(first)
    for _round in range(number - 1):
        ApplicationFactory(scored=True, sme=first.sme, round=RoundFactory())
    client = as_(owner)
    with django_assert_num_queries(5):  # the token with its person, the applications, decisions, appeals, offers
        assert len(client.get("/api/v1/applications/").json()["results"]) == number


# -------------------------------------------------------------------------------------------------------------- the desk


def test_the_queue_is_filtered_and_paged_by_the_same_cursor(monkeypatch):
    monkeypatch.setattr("selection.api.views.PAGE_SIZE", 2)
    round_ = RoundFactory()
    files = [made.scored(round=round_) for _file in range(3)]
    client = as_(officer())
    first = client.get("/api/v1/desk/files/?order=submitted&sector=sports_goods").json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == [file.public_id for file in files]
    assert "sector=sports_goods" in first["next"]
    assert [row["id"] for row in client.get(second["previous"]).json()["results"]] == [f.public_id for f in files[:2]]
    assert client.get("/api/v1/desk/files/?sector=rice").json()["results"] == []
    assert client.get("/api/v1/desk/files/?round=R999").status_code == 404
    assert client.get("/api/v1/desk/files/?cursor=nonsense&sector=nonsense").status_code == 200


def test_without_a_round_there_is_no_queue():
    assert as_(officer()).get("/api/v1/desk/files/").status_code == 404


def test_a_sealed_reading_is_sealed_here_too():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ | {"comment": SECRET})
    for person in (second, officer(), director()):
        answer = as_(person).get(file_url(file))
        assert SECRET not in answer.content.decode()
        assert [(r["is_in"], r["judged"]) for r in answer.json()["readings"]] == [(True, None), (False, None)]
    assert SECRET in as_(first).get(file_url(file)).content.decode()
    review_services.record_reading(actor=second, application=file, **made.READ)
    for person in (first, second, director()):
        assert SECRET in as_(person).get(file_url(file)).content.decode()


def test_the_readings_stay_sealed_for_an_official_who_is_tied_to_the_firm():
    file, tied = made.reviewed(), officer()
    MemberFactory(sme=file.sme, user=tied)
    told = as_(tied).get(file_url(file)).json()["readings"]
    assert [(r["is_in"], r["judged"]) for r in told] == [(True, None), (True, None)]


def test_a_file_tells_what_it_is_judged_by():
    file = made.scored()
    told = as_(officer()).get(file_url(file)).json()
    assert told["facts"]["main_hs6"] == "950662"
    assert told["score"]["total"] == f"{file.points:.2f}"
    assert len(told["score"]["parts"]) == 12
    assert all(gate["passed"] for gate in told["score"]["gates"])


def test_a_part_of_a_score_names_its_source_and_says_whether_its_figures_are_made_up():
    simulate_platform(products=["950662"])
    parts = as_(officer()).get(file_url(made.scored())).json()["score"]["parts"]
    assert [part["name"] for part in parts if part["simulated"]] == ["Demand on the platform"]
    sources = {part["name"]: part["source"] for part in parts}
    assert sources["Demand on the platform"].startswith("Simulated platform demand, HS 2022, ")
    assert sources["Trade evidence for your product"] == "There is no such figure in the evidence."


def test_recommending_and_deciding_by_the_api_twice_is_once():
    by, boss = officer(), director()
    file = made.reviewed(by)
    answers = [as_(by).post(file_url(file, "recommend"), SELECT, format="json") for _click in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "recommended")] * 2
    sent = SELECT | {"basis": as_(boss).get(file_url(file)).json()["basis"]}
    answers = [as_(boss).post(file_url(file, "decide"), sent, format="json") for _click in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "selected")] * 2
    assert (Recommendation.objects.count(), Decision.objects.count()) == (1, 1)


def test_refusals_come_in_the_one_shape():
    by, boss = officer(), director()
    file = made.reviewed(by)
    cases = [
        (by, "recommend", {}, 400, "invalid"),
        (by, "recommend", SELECT | {"outcome": "adopt"}, 400, "invalid"),
        (by, "recommend", SELECT | {"reason_codes": []}, 400, "invalid"),
        (by, "recommend", SELECT | {"reason_codes": ["product_not_ready"]}, 409, "unknown_reason"),
        (officer(), "recommend", SELECT, 403, "not_allowed"),
        (boss, "decide", SELECT, 400, "invalid"),
        (by, "decide", SELECT | {"basis": "1"}, 403, "not_allowed"),
        (boss, "recommend", SELECT, 403, "not_allowed"),
        (boss, "decide", SELECT | {"basis": "1"}, 409, "wrong_state"),
    ]
    for person, act, sent, status, code in cases:
        answer = as_(person).post(file_url(file, act), sent, format="json")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail"]
    assert made.fresh(file).state == State.REVIEWED


def test_who_may_not_act_is_refused_before_what_was_sent_is_looked_at():
    file = made.reviewed()
    answers = [
        as_(who()).post(file_url(file, act), {}, format="json")
        for who, act in ((director, "recommend"), (officer, "decide"))
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "not_allowed")] * 2


def test_fields_that_are_wrong_are_named():
    by = officer()
    answer = as_(by).post(file_url(made.reviewed(by), "recommend"), {"outcome": "select"}, format="json").json()
    assert set(answer["fields"]) == {"reason_codes", "words"}


def test_who_recommended_does_not_decide_and_a_failed_gate_is_only_declined():
    both = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    own = made.recommended(both)
    sent = SELECT | {"basis": review_selectors.basis_of(own)}
    assert as_(both).post(file_url(own, "decide"), sent, format="json").status_code == 403
    held = made.held()
    declined = {"outcome": "decline", "reason_codes": ["not_an_sme"], "words": "Larger than the rule allows."}
    assert as_(officer()).post(file_url(held, "recommend"), declined, format="json").status_code == 200
    basis = {"basis": review_selectors.basis_of(held)}
    assert as_(director()).post(file_url(held, "decide"), SELECT | basis, format="json").status_code == 403
    stale = as_(director()).post(file_url(held, "decide"), declined | {"basis": "1"}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    assert as_(director()).post(file_url(held, "decide"), declined | basis, format="json").status_code == 200


def test_an_unknown_method_or_broken_json_keeps_the_shape():
    by = officer()
    client, file = as_(by), made.reviewed(by)
    answers = [
        client.delete("/api/v1/rounds/"),
        client.post(file_url(file, "recommend"), "{broken", content_type="application/json"),
        client.post(file_url(file, "recommend"), "x=1", content_type="application/x-www-form-urlencoded"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (405, "method_not_allowed"),
        (400, "parse_error"),
        (415, "unsupported_media_type"),
    ]


def test_too_many_calls_are_held_off_and_told_when_to_come_back(monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "get_rate", lambda _self: "2/min")
    client = as_(UserFactory())
    answers = [client.get("/api/v1/rounds/") for _call in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("token", ["", "Token nonsense"])
@pytest.mark.parametrize("url", ["/api/v1/rounds/", "/api/v1/no/such/thing/", "/api/v1/"])
def test_visitors_are_held_off_too(monkeypatch, token, url):
    monkeypatch.setattr(AnonRateThrottle, "get_rate", lambda _self: "2/min")
    client = APIClient()
    if token:
        client.credentials(HTTP_AUTHORIZATION=token)
    answers = [client.get(url) for _call in range(3)]
    first = 404 if url != "/api/v1/rounds/" and not token else 401
    assert [answer.status_code for answer in answers] == [first, first, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
