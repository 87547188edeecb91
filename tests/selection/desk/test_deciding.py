"""The pages on which a file is decided: what stands against selecting it, what it rests on, waivers, explanations."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from selection.bulk import services as bulk_services
from selection.models import Application, BulkAct, Decision, Recommendation, Waiver
from selection.review import services as review_services
from selection.states import State
from smes.evidence import services as evidence_services
from smes.models import Contradiction, Document
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import director, officer
from tests.factories.selection import RoundFactory, decided, owner_of
from tests.factories.smes import DocumentFactory, SmeFactory, flag_of, verified_papers
from tests.selection import made
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db
RECOMMEND = {"outcome": "select", "reason": "ready_to_sell", "second_reason": "", "words": made.WORDS}
DECIDE = RECOMMEND


def send(client, person, file, name, data=None, *args):
    client.force_login(person)
    return client.post(reverse(f"selection:{name}", args=[file.public_id, *args]), data or {}, follow=True)


def page(client, person, file) -> str:
    client.force_login(person)
    return plain(client.get(reverse("selection:desk_file", args=[file.public_id])))


def test_selecting_without_a_paper_is_refused_where_it_is_typed_in_both_languages(client):
    by = officer()
    file = made.reviewed(by)
    Document.objects.filter(sme=file.sme, kind="tax_return").delete()
    said = plain(send(client, by, file, "desk_recommend", RECOMMEND))
    assert "Needed, but not verified and in force: Last income tax return. Verify them, or propose a waiver" in said
    assert not Recommendation.objects.exists()

    with translation.override("ur"), pytest.raises(DomainError) as refused:
        review_services.recommend(
            actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
        )
    assert "ان کی تصدیق کریں، یا وجہ کے ساتھ چھوٹ تجویز کریں" in str(refused.value)


def plain(answer) -> str:
    return " ".join(text_of(answer).split())


def test_the_page_that_says_what_will_happen_names_papers_points_and_what_does_not_fit(client):
    by = officer()
    round_ = RoundFactory(policy="2026-2")
    file = made.reviewed(by, round=round_, sme_values={"province": "PK-PB", "city": "Sialkot"})
    Contradiction.objects.create(sme=file.sme, code="output_above_people", digest="1")
    said = plain(send(client, by, file, "desk_recommend", RECOMMEND))
    assert "Verified and in force: CNIC of the owner, both sides, Last income tax return" in said
    assert re.search(r"\d+\.\d\d points are won; \d+\.\d\d would be left if only verified facts counted", said)
    assert "This does not fit together: More output than so few people can make." in said
    assert not Recommendation.objects.exists()  # asked first

    send(client, by, file, "desk_recommend", RECOMMEND | {"confirmed": "1"})
    assert Recommendation.objects.get().outcome == "select"


def test_a_waiver_goes_from_the_officer_over_a_page_to_the_director_and_onto_the_receipt(client):
    by, chief = officer(), director()
    file = made.reviewed(by)
    Document.objects.filter(sme=file.sme, kind="tax_return").delete()
    assert "Needed, and not verified and in force: Last income tax return" in page(client, by, file)
    data = {"kinds": ["tax_return"], "waiver_words": "Its first return is not due."}
    send(client, by, file, "desk_waive", data)
    waiver = Waiver.objects.get()
    assert (waiver.kinds, waiver.proposed_by) == (["tax_return"], by)
    assert "A waiver is proposed" in page(client, chief, file)

    asked = plain(send(client, chief, file, "desk_sign_waiver", {}, waiver.public_id))
    assert "be selected without these papers?" in asked
    assert "proposes to waive: Last income tax return. Its first return is not due." in asked
    assert Waiver.objects.get().signed_at is None
    send(client, chief, file, "desk_sign_waiver", {"confirmed": "1"}, waiver.public_id)
    assert Waiver.objects.get().signed_by == chief

    said = plain(send(client, by, file, "desk_recommend", RECOMMEND))
    assert f"Waived, by {by.name} and {chief.name}: Last income tax return." in said
    decided(file)
    client.force_login(owner_of(file))
    receipt = plain(client.get(reverse("selection:receipt", args=[file.public_id])))
    assert re.search("Waived:</b> Last income tax return <span[^>]*>Its first return is not due.", receipt)
    assert by.name not in receipt


def test_an_officer_explains_what_does_not_fit_and_sees_the_papers_of_both_firms(client):
    by = officer()
    file, other = made.reviewed(by), SmeFactory(name="Kirthar Towels")
    for sme in (file.sme, other):
        paper = DocumentFactory(sme=sme, content=b"%PDF-1.7 the same", kind="product_photo")
    evidence_services.look_for_contradictions(sme_id=file.sme_id)
    row = Contradiction.objects.get(sme=file.sme)
    said = page(client, by, file)
    assert "The same paper at another firm" in said
    assert "“Photographs of products” is byte by byte a paper that another firm sent: Kirthar Towels." in said
    html = client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()
    assert reverse("smes:paper", args=[other.public_id, paper.public_id]) in html
    assert "no officer has explained it" in plain(send(client, by, file, "desk_recommend", RECOMMEND))

    send(client, by, file, "desk_explain", {"explanation": "One photographer works for both."}, row.public_id)
    row.refresh_from_db()
    assert (row.state, row.explained_by) == ("explained", by)
    assert "One photographer works for both." in page(client, by, file)


def test_a_firm_never_reads_whose_paper_is_the_same(client):
    sme, other = SmeFactory(complete=True), SmeFactory(name="Kirthar Towels")
    for firm in (sme, other):
        DocumentFactory(sme=firm, content=b"%PDF-1.7 the same")
    evidence_services.look_for_contradictions(sme_id=sme.pk)
    assert Contradiction.objects.count() == 2
    client.force_login(sme.created_by)
    for name in ("smes:profile", "smes:papers", "selection:firm"):
        said = plain(client.get(reverse(name, args=[sme.public_id])))
        assert "Kirthar" not in said
        assert "another firm" not in said


def test_a_bulk_act_leaves_out_each_file_with_its_own_reason():
    boss, round_ = director(), RoundFactory()
    good, unproven, twin, unfit, lineless = (made.recommended(round=round_) for _each in range(5))
    Document.objects.filter(sme=unproven.sme, kind="tax_return").delete()
    flag_of(twin.sme, SmeFactory(name="Kirthar Towels"))
    Contradiction.objects.create(sme=unfit.sme, code="same_paper", digest="1", stops=True)
    Recommendation.objects.filter(application=lineless).update(reason_codes=["strong_score"])
    files = [file.public_id for file in (good, unproven, twin, unfit, lineless)]

    plan, signed = bulk_services.plan_bulk(actor=boss, kind=BulkAct.Kind.DECIDE, round=round_, files=files, choices={})

    assert plan.will == [good]
    said = {row.pk: str(why) for row, why in plan.left_out}
    assert "Last income tax return" in said[unproven.pk]
    assert "Kirthar Towels" in said[twin.pk]
    assert "The same paper at another firm" in said[unfit.pk]
    assert "speaks of the line of the round" in said[lineless.pk]
    Document.objects.filter(sme=good.sme).update(state="refused", reason="Torn.")  # after the plan was made
    bulk = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (bulk.done, Decision.objects.count()) == (0, 0)
    assert "Needed, but not verified" in bulk.left_out[0][1]
    verified_papers(good.sme)
    assert made.fresh(good).state == State.RECOMMENDED


@pytest.mark.parametrize("act", ["recommend", "decide"])
def test_the_api_refuses_with_the_same_code(client, act):
    by = officer()
    file = made.recommended(by) if act == "decide" else made.reviewed(by)
    Document.objects.filter(sme=file.sme, kind="tax_return").delete()
    person = director() if act == "decide" else by
    client.force_login(person)
    sent = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": "A strong file."}
    url = reverse(f"api:desk_{act}", args=[file.public_id])
    if act == "decide":
        sent["basis"] = client.get(reverse("api:desk_file", args=[file.public_id])).json()["basis"]
    answer = client.post(url, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "papers_not_verified")
    verified_papers(file.sme)
    assert client.post(url, sent, content_type="application/json").status_code in (200, 201)


def test_no_key_of_the_desk_sends_an_act():
    """A key leads to a place or opens a link; what it stands on is never a button that sends."""
    templates = Path(__file__).resolve().parents[3] / "templates"
    keyed = {tag for path in templates.rglob("*.html") for tag in tags_with_keys(path.read_text("utf-8"))}
    assert keyed == {"a", "{{"}  # links, and headings whose level is a variable
    assert tags_with_keys('<button class="btn" data-key="d">') == ["button"]


def tags_with_keys(html: str) -> list[str]:
    return re.findall(r"<([a-z0-9]+|\{\{)[^<>]*?\sdata-key=", html)


def test_a_decision_says_what_it_rests_on_again(client):
    file = made.recommended()
    said = text_of(
        send(client, director(), file, "desk_decide", DECIDE | {"basis": str(Recommendation.objects.get().pk)})
    )
    assert "The policy of this round counts what the firm says in full, verified or not." in said
    assert Application.objects.get().state == State.RECOMMENDED
