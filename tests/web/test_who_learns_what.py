"""What each role learns of one file, on every way to it: page, list, API, receipt, results, history. Facts are planted in the
file and looked for in the answers; where a role learns what, stands in EXPECTED."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import pytest
from django.test import Client

from selection.models import Conflict
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import Outcome
from smes.vocabulary import identifiers
from tdap_portal.accounts.roles import PartnerKind, Role
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, flag_of
from tests.selection import made

pytestmark = pytest.mark.django_db
NUMBERS = {"NTN": "73914625", "CNIC": "3520291847566", "IBAN": "PK36SCBL0000009182736455", "telephone": "+923459182736"}
MASKS = {
    "NTN": identifiers.mask_ntn,
    "CNIC": identifiers.mask_cnic,
    "IBAN": identifiers.mask_iban,
    "telephone": identifiers.mask_phone,
}
WRITTEN = {
    "comment": "Comment-of-a-reader",
    "proposal": "Words-of-the-recommendation",
    "note": "Note-to-the-officer",
    "decision": "Words-of-the-decision",
}
PLACES = {  # what is asked for, by the word that stands in EXPECTED
    "page": ("/desk/{file}/", "/desk/?tab=all&open={file}"),
    "list": ("/desk/?tab=all", "/desk/?tab=all&order=points", "/desk/?tab=line", "/desk/bulk/?tab=all&order=points"),
    "API file": ("/api/v1/desk/files/{file}/",),
    "API queue": ("/api/v1/desk/files/?round={round}", "/api/v1/desk/files/?round={round}&order=points"),
    "receipt": ("/file/{file}/receipt/",),
    "results": ("/results/", "/results.csv"),
    "firm's file": ("/file/{file}/", "/file/{file}/copy/", "/file/{file}/letters/", "/file/"),
    "API of the firm": ("/api/v1/applications/", "/api/v1/applications/{file}/"),
    "profile": (
        "/firm/{firm}/profile/", "/firm/{firm}/profile/identity/", "/firm/{firm}/profile/owners/",
        "/firm/{firm}/profile/payments/", "/firm/{firm}/papers/", "/firm/{firm}/people/",
    ),
    "pair": ("/duplicates/", "/duplicates/{flag}/"),
    "home": (
        "/home/officer/", "/home/director/", "/home/administrator/", "/inbox/", "/inbox/sent/", "/desk/nobody/",
        "/people/{reader}/", "/desk/rounds/",
    ),
    "administration": (
        "/admin/", "/admin/selection/round/", "/admin/selection/round/{round_pk}/change/", "/admin/selection/application/",
        "/admin/selection/application/{pk}/change/", "/admin/selection/scorecard/", "/admin/selection/decision/",
        "/admin/smes/sme/", "/admin/smes/sme/{firm_pk}/change/", "/admin/smes/document/", "/admin/notifications/dispatch/",
    ),
}  # fmt: skip

JUDGED = "points outcome comment proposal note"
FIRM = {"profile": "hints", "pair": "hints"}
DESK = FIRM | {
    "page": JUDGED,
    "API file": JUDGED,
    "history": "outcome",
    "list": "points",
    "API queue": "points",
    "receipt": "points",
}
DECIDED = f"{JUDGED} decision"
DESK_AFTERWARDS = DESK | {"page": DECIDED, "API file": DECIDED, "receipt": "points decision"}
OWN = {"firm's file": "decision", "API of the firm": "points outcome decision", "receipt": "points decision"}
OWN_PROFILE = {"profile": "telephone hints"}  # where the firm corrects it
NOTHING = ({}, {})
EXPECTED = {  # before and after the decision, by place
    "officer": (DESK, DESK_AFTERWARDS),
    "officer with a conflict": (FIRM, FIRM | {"receipt": "points decision"}),
    "officer in the firm": (FIRM | OWN_PROFILE, FIRM | OWN | OWN_PROFILE),
    "director": (DESK | {"home": "points"}, DESK_AFTERWARDS),  # whom files wait for
    "director with a conflict": (FIRM, FIRM | {"receipt": "points decision"}),
    "programme manager": NOTHING,
    "finance officer": NOTHING,
    "administrator": NOTHING,
    **{kind.value: NOTHING for kind in PartnerKind},
    "owner": (OWN_PROFILE, OWN | OWN_PROFILE),
    "another owner": NOTHING,
}


@pytest.fixture(scope="module")
def portal(module_db, tmp_path_factory):
    """A file with everything planted in it that there is to learn, and a person of every role."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.VAULT_ROOT", tmp_path_factory.mktemp("vault"))
        round_ = RoundFactory(number=1, seats=1)
        firm = SmeFactory(
            complete=True, ntn=NUMBERS["NTN"], iban=NUMBERS["IBAN"], phone=NUMBERS["telephone"], name="Marker Works"
        )
        firm.owners.update(cnic=NUMBERS["CNIC"])
        other = ApplicationFactory(round=round_, submitted=True)
        row, reader = ApplicationFactory(round=round_, sme=firm, scored=True), officer()
        made.assigned(reader, second := officer(), file=row)
        for person in (reader, second):
            review_services.record_reading(
                actor=person, application=row, **made.READ | {"comment": WRITTEN["comment"], "outcome": "waitlist"}
            )
        proposed = {"outcome": Outcome.WAITLIST, "reason_codes": ["seats_full"], "words": WRITTEN["proposal"]}
        review_services.recommend(actor=reader, application=row, **proposed)
        review_services.return_to_officer(
            actor=director(), application=row, words=WRITTEN["note"], basis=review_selectors.basis_of(row)
        )
        review_services.recommend(actor=reader, application=row, **proposed)
        DocumentFactory(sme=firm)
        flag = flag_of(firm, other.sme)
        people = {
            "officer": officer(),
            "officer with a conflict": officer(),
            "officer in the firm": officer(),
            "director": director(),
            "director with a conflict": director(),
            "programme manager": UserFactory(roles=(Role.PROGRAMME_MANAGER,)),
            "finance officer": UserFactory(roles=(Role.FINANCE_OFFICER,)),
            "administrator": administrator(),
            **{str(kind.value): partner_person(kind) for kind in PartnerKind},
            "owner": firm.created_by,
            "another owner": other.sme.created_by,
        }
        MemberFactory(sme=firm, user=people["officer in the firm"], role="preparer")
        Conflict.objects.bulk_create(
            Conflict(official=people[name], sme=firm, words="A cousin.")
            for name in ("officer with a conflict", "director with a conflict")
        )
    row = made.fresh(row)
    ids = {
        "file": row.public_id, "pk": row.pk, "firm": firm.public_id, "firm_pk": firm.pk, "round": round_.code,
        "round_pk": round_.pk, "flag": flag.public_id, "reader": reader.public_id,
    }  # fmt: skip
    return SimpleNamespace(row=row, people=people, ids=ids)


def decide(portal):
    """A director puts the file on the waiting list."""
    review_services.decide(
        actor=director(),
        application=portal.row,
        outcome=Outcome.WAITLIST,
        reason_codes=["seats_full"],
        words=WRITTEN["decision"],
        basis=review_selectors.basis_of(portal.row),
    )


def markers(row):
    """What is looked for, by its word: points as pages and API write them, numbers whole and as hints, words as written."""
    points = "|".join(re.escape(f"{row.points:.{places}f}") for places in (2, 1))
    return {
        "points": rf"(?<![\d.])(?:{points})(?!\d)",
        "outcome": r'Recommended: \w+|"outcome":"waitlist"',
        **WRITTEN,
        "numbers": "|".join(re.escape(NUMBERS[kind]) for kind in ("NTN", "CNIC", "IBAN")),
        "telephone": re.escape(NUMBERS["telephone"]),
        "hints": "|".join(re.escape(MASKS[kind](number)) for kind, number in NUMBERS.items()),
    }


def learned_by(name, portal):
    """The words of the markers that this person finds, by place."""
    client, looked_for, texts = Client(), markers(portal.row), {}
    client.force_login(portal.people[name])
    for place, addresses in PLACES.items():
        if place == "administration" and name != "administrator":
            continue  # tests/web/test_matrix.py holds that nobody else comes in
        answers = [client.get(address.format(**portal.ids)) for address in addresses]
        texts[place] = html.unescape(" ".join(answer.content.decode() for answer in answers))
    texts["history"] = texts["page"].partition('id="history-h"')[2].partition("</section>")[0]
    found = {
        place: " ".join(word for word, pattern in looked_for.items() if re.search(pattern, text))
        for place, text in texts.items()
    }
    return {place: words for place, words in found.items() if words}


@pytest.mark.parametrize("is_decided", [False, True])
@pytest.mark.parametrize("name", EXPECTED)
def test_each_learns_what_is_theirs_and_nothing_else(portal, name, is_decided):
    if is_decided:
        decide(portal)
    learned = learned_by(name, portal)
    assert learned == EXPECTED[name][is_decided]
    page = learned.get("page", "").split()
    assert set(learned.get("API file", "").split()) <= set(page), "the API tells what the page does not"
    assert learned.get("list") == learned.get("API queue")


def test_nobody_is_left_out(portal):
    assert set(EXPECTED) == set(portal.people)


def test_numbers_would_be_found_if_they_were_not_masked(portal, monkeypatch):
    for mask in MASKS.values():
        monkeypatch.setattr(identifiers, mask.__name__, str)
    learned = learned_by("director", portal)
    assert (learned["pair"], learned["profile"]) == ("numbers telephone", "numbers telephone")


@pytest.mark.parametrize("name", ["officer with a conflict", "officer in the firm"])
def test_without_its_guard_a_tied_official_would_learn_from_the_list_and_the_queue(portal, monkeypatch, name):
    monkeypatch.setattr("selection.desk.selectors.firms_tied_to", lambda _user: [])
    learned = learned_by(name, portal)
    assert (learned["list"], learned["API queue"]) == ("points", "points")


LINK = re.compile(r'href="(/[^"#?]*)')


@pytest.mark.parametrize("name", ["programme manager", "finance officer", "administrator", "chamber", "trainee"])
def test_no_page_offers_a_way_that_is_refused(portal, name):
    """From the first page two steps along every link."""
    client = Client()
    client.force_login(
        portal.people[name] if name != "trainee" else MemberFactory(sme=portal.row.sme, role="trainee").user
    )
    answers = {"/": client.get("/")}
    for _step in range(2):
        found = {place for answer in answers.values() for place in LINK.findall(answer.content.decode())}
        new = {
            place for place in found - set(answers) if not place.startswith(("/static/", "/trade/", "/hs/", "/api/"))
        }
        answers |= {place: client.get(place, follow=True) for place in sorted(new)}
    assert [place for place, answer in answers.items() if answer.status_code in (403, 404)] == []
    assert len(answers) > 10
