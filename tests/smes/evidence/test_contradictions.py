"""What does not fit is found, shown to both sides as far as it is theirs, explained by an officer, and solved by itself."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.models import Contradiction, ExportYear, PictureBand
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers.checks import check_paper
from smes.papers.likeness import MAX_DISTANCE, bands_of, distance, hash_of
from smes.profile import services as profile_services
from smes.states import ContradictionState
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import director, officer
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory
from tests.selection.test_at_once import at_once

pytestmark = pytest.mark.django_db


def firm(**values):
    return SmeFactory(complete=True, **values)


def looked_over(sme) -> list[tuple[str, str]]:
    evidence_services.look_for_contradictions(sme_id=sme.pk)
    return [(row.code, row.state) for row in Contradiction.objects.filter(sme=sme)]


def picture(seed: int = 0, *, size=(600, 400), quality=90) -> bytes:
    """A photograph of a kind: shapes in places that follow from the seed."""
    image = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(image)
    for step in range(14):
        x, y = (seed * 97 + step * 131) % 520, (seed * 61 + step * 89) % 340
        draw.rectangle((x, y, x + 90, y + 60), fill=((step * 53 + seed) % 256,) * 3)
    target = BytesIO()
    image.resize(size).save(target, "JPEG", quality=quality)
    return target.getvalue()


def send(sme, content: bytes, kind="product_photo"):
    paper = check_paper(BytesIO(content), name="photo.jpg", size=None)
    return papers_services.upload_document(actor=sme.created_by, sme=sme, kind=kind, paper=paper)


def test_a_firm_whose_facts_fit_has_nothing_to_explain():
    assert looked_over(firm()) == []


def test_saving_a_step_finds_what_does_not_fit_and_saving_the_right_value_solves_it(django_capture_on_commit_callbacks):
    sme = firm(turnover_pkr=42_000_000)
    with django_capture_on_commit_callbacks(execute=True):
        profile_services.save_step(actor=sme.created_by, sme=sme, step="place", values={"turnover_pkr": 5_000_000})
    deliver_all()
    assert [row.code for row in evidence_selectors.open_contradictions(sme)] == ["exports_above_turnover"]

    profile_services.save_step(actor=sme.created_by, sme=sme, step="place", values={"turnover_pkr": 42_000_000})
    deliver_all()
    assert evidence_selectors.open_contradictions(sme) == []
    assert Contradiction.objects.get().state == ContradictionState.SOLVED


def test_looking_again_keeps_one_row_and_other_values_are_another():
    sme = firm(turnover_pkr=5_000_000)
    assert looked_over(sme) == looked_over(sme) == [("exports_above_turnover", "open")]

    ExportYear.objects.filter(sme=sme).update(value_usd=90_000)

    assert looked_over(sme) == [("exports_above_turnover", "solved"), ("exports_above_turnover", "open")]


def test_an_explanation_holds_until_the_values_change_and_when_they_come_back():
    sme, by = firm(turnover_pkr=5_000_000), officer()
    looked_over(sme)
    row = Contradiction.objects.get()
    evidence_services.explain_contradiction(actor=by, contradiction=row, explanation=" Sold from stock. ")
    assert looked_over(sme) == [("exports_above_turnover", "explained")]
    row.refresh_from_db()
    assert (row.explanation, row.explained_by) == ("Sold from stock.", by)

    ExportYear.objects.filter(sme=sme).update(value_usd=1)
    assert looked_over(sme) == [("exports_above_turnover", "solved")]
    ExportYear.objects.filter(sme=sme).update(value_usd=61_000)
    assert looked_over(sme) == [("exports_above_turnover", "explained")]


def test_who_explains_and_what_is_refused():
    sme = firm(turnover_pkr=5_000_000)
    looked_over(sme)
    row, tied, by = Contradiction.objects.get(), officer(), officer()
    MemberFactory(sme=sme, user=tied)
    for person in (sme.created_by, director(), tied):
        with pytest.raises(NotAllowed):
            evidence_services.explain_contradiction(actor=person, contradiction=row, explanation="So it is.")
    with pytest.raises(DomainError) as silent:
        evidence_services.explain_contradiction(actor=by, contradiction=row, explanation="  ")
    assert silent.value.code == "no_words"
    Contradiction.objects.update(state="solved")
    with pytest.raises(WrongState):
        evidence_services.explain_contradiction(actor=by, contradiction=row, explanation="So it is.")


def test_no_number_of_an_owner_is_kept_with_a_contradiction():
    sme = firm()
    sme.owners.update(cnic="4210112345671")

    assert looked_over(sme) == [("cnic_of_another_province", "open")]
    row = Contradiction.objects.get()
    assert row.data == {"province": "PK-PB", "other": "PK-SD"}
    assert "42101" not in str([row.data, row.digest, row.facts, row.about])


# ------------------------------------------------------------------------------------------------------ papers


def test_the_same_paper_of_two_firms_is_named_at_both_and_solved_at_both_when_one_is_refused():
    one, other, third = firm(), firm(name="Kirthar Towels"), firm()
    theirs = DocumentFactory(sme=other, content=b"%PDF-1.7 the same", kind="tax_return")
    DocumentFactory(sme=third)
    mine = DocumentFactory(sme=one, content=b"%PDF-1.7 the same")

    assert looked_over(one) == [("same_paper", "open")]
    assert [row.code for row in evidence_selectors.open_contradictions(other)] == ["same_paper"]
    assert evidence_selectors.open_contradictions(third) == []
    clash = evidence_selectors.clashes_of(one)[0]
    assert (clash.others, clash.says.count("Kirthar Towels")) == ((theirs,), 1)

    papers_services.refuse_document(actor=officer(), document=mine, reason="Of another firm.")
    deliver_all()
    assert evidence_selectors.open_contradictions(one) == evidence_selectors.open_contradictions(other) == []


def test_a_firm_that_sends_a_paper_twice_has_nothing_to_explain():
    one = firm()
    for kind in ("ntn_certificate", "other"):
        DocumentFactory(sme=one, content=b"%PDF-1.7 the same", kind=kind)
    assert looked_over(one) == []


def test_a_picture_that_was_made_smaller_and_packed_anew_is_found_again_and_another_is_not():
    one, other = firm(), firm()
    send(one, picture(1))
    send(other, picture(1, size=(420, 280), quality=60))
    send(other, picture(2))

    deliver_all()

    rows = Contradiction.objects.order_by("sme")
    assert [(row.sme, row.code) for row in rows] == [(one, "like_paper"), (other, "like_paper")]


def test_pictures_are_compared_among_papers_of_the_same_kind():
    one, other = firm(), firm()
    mine = send(one, picture(1), kind="product_photo")
    send(other, picture(1, quality=60), kind="other")
    assert papers_selectors.pictures_alike(mine) == []
    alike = send(other, picture(1, quality=50), kind="product_photo")
    assert papers_selectors.pictures_alike(mine) == [alike]


def test_printed_forms_look_alike_and_say_nothing():
    one, other = firm(), firm()
    mine = send(one, picture(1), kind="ntn_certificate")
    send(other, picture(1, quality=60), kind="ntn_certificate")
    assert papers_selectors.pictures_alike(mine) == []


def test_a_blank_sheet_is_like_no_other():
    blank = Image.new("RGB", (300, 200), "white")
    assert hash_of(blank) == ""
    assert bands_of("other", "") == ()


def test_pictures_that_differ_in_four_bits_share_a_band_wherever_the_bits_are():
    base = 0x0F0F_1234_5678_9ABC
    for at in range(60):
        near = base ^ (0b1111 << at)
        spread = base ^ (1 << at) ^ (1 << (at + 13) % 64) ^ (1 << (at + 26) % 64) ^ (1 << (at + 39) % 64)
        for other in (near, spread):
            assert distance(f"{base:016x}", f"{other:016x}") <= MAX_DISTANCE
            assert set(bands_of("product_photo", f"{base:016x}")) & set(bands_of("product_photo", f"{other:016x}"))


def test_likeness_asks_an_index_and_reads_few_rows(django_assert_num_queries):
    one = firm()
    mine = send(one, picture(1))
    assert PictureBand.objects.filter(document=mine).count() == 5
    with django_assert_num_queries(2):
        papers_selectors.pictures_alike(mine)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_firms_that_send_the_same_paper_at_once_both_show_it():
    one, other = firm(), firm()
    for sme in (one, other):
        DocumentFactory(sme=sme, content=b"%PDF-1.7 the same")

    at_once(*(lambda sme=sme: evidence_services.look_for_contradictions(sme_id=sme.pk) for sme in (one, other)))

    assert sorted(Contradiction.objects.values_list("sme", "code")) == [
        (one.pk, "same_paper"),
        (other.pk, "same_paper"),
    ]
