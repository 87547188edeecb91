"""The pages of partners, of the firm that is asked, and of officials."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selection.models import Nomination, NominationSheet, Round
from selection.nominations import selectors, services
from selection.nominations.checks import Status
from selection.nominations.forms import ColumnsForm
from selection.states import Outcome, RoundState
from smes.duplicates import services as duplicates_services
from tdap_portal.accounts.models import PartnerMember
from tdap_portal.core.sheet import MAX_BYTES
from tests.factories.accounts import PartnerFactory, UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, decided, owner_of
from tests.factories.smes import SmeFactory
from tests.smes.pages import text_of

from .made import fresh, nominated, organisation_of, sheet
from .tables import DATA, csv_of, line, workbook

pytestmark = pytest.mark.django_db


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def own_page(person) -> str:
    return f"/nominations/{organisation_of(person).public_id}/"


def send(client, person, content: bytes, name="members.xlsx"):
    return client.post(own_page(person), {"file": SimpleUploadedFile(name, content)})


# ------------------------------------------------------------------------------------------------------- the partner


def test_a_hidden_column_is_named_on_the_page():
    person, _round = partner_person(), RoundFactory()
    client = signed_in(person)
    content = workbook(
        line(2, "Noor Sports", "1234567-8", "0300 1234567"), columns='<cols><col min="2" max="2" hidden="1"/></cols>'
    )

    page = text_of(client.get(send(client, person, content)["Location"]))

    assert "The column “NTN” is hidden in the file, and was read like the others" in page


def test_a_sheet_goes_from_the_file_to_its_dry_run_and_in_pieces_to_nominations():
    person, _round = partner_person(), RoundFactory()
    client = signed_in(person)

    answer = send(client, person, (DATA / "members.xlsx").read_bytes())
    page = text_of(client.get(answer["Location"]))

    assert answer["Location"] == f"/nominations/sheets/{NominationSheet.objects.get().public_id}/"
    for words in (
        "6 rows", "3 of 6 rows can go in now.", "2 rows need a word put right below.", "Nothing is sent yet.",
        "Row 5, B5 NTN: The cell holds the error #N/A. Write the value.",
        "Row 6, F6 Led by women: A formula without a result: open and save the file in Excel, or type the value.",
        "1 hidden row", "Row 4: \u2068Hidden Old Row Ltd\u2069".replace("\u2068", "").replace("\u2069", ""),
        "The hidden sheet “Old list” was not read.", "Rows 2–3, 7.", "merged with E2",
    ):  # fmt: skip
        assert words in page, words
    assert not Nomination.objects.exists()

    page = text_of(client.post(answer["Location"], {"take": "1"}, follow=True))
    assert "3 firms are nominated and asked now." in page
    put_right = {"5-ntn": "4567890-1", "6-women_led": "no", "take": "1"}
    assert "2 firms are nominated and asked now." in text_of(client.post(answer["Location"], put_right, follow=True))
    assert Nomination.objects.count() == 5
    assert send(client, person, (DATA / "members.xlsx").read_bytes())["Location"] == answer["Location"]
    assert "Nothing new" in text_of(client.post(answer["Location"], {"take": "1"}, follow=True))


def test_checking_again_takes_nothing():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)

    page = text_of(
        signed_in(person).post(
            f"/nominations/sheets/{row.public_id}/", {"check": "1", "5-ntn": "4567890-1", "hidden": "4"}, follow=True
        )
    )

    assert "5 of 6 rows can go in now." in page
    assert not Nomination.objects.exists()


def test_seventeen_bad_rows_are_all_named_and_survive_the_next_visit():
    person, round_ = partner_person(), RoundFactory()
    rows = [f"=cmd{n},{n},03,Gujra,Kitchen" for n in range(17)] + ["Noor,1234567,03001234567,Sialkot,Leather"]
    row = sheet(person, round_, csv_of(*rows), "bad.csv")
    page = text_of(signed_in(person).get(f"/nominations/sheets/{row.public_id}/"))

    assert "1 of 18 rows can go in now." in page
    assert len(re.findall(r"Row \d+, A\d+ Firm: Begins with “=”", page)) == 17
    client = signed_in(person)
    client.post(f"/nominations/sheets/{row.public_id}/", {"check": "1", "2-firm": "Ugoki Ball House"})
    again = text_of(signed_in(person).get(f"/nominations/sheets/{row.public_id}/"))
    assert "Ugoki Ball House" in again
    assert 'value="Ugoki Ball House"' not in again  # it is right now, and no longer asked for


def test_rows_with_the_reasons_are_downloaded_without_running_formulas():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_, csv_of("=cmd|x,0123456,03001234567,,"), "bad.csv")

    text = signed_in(person).get(f"/nominations/sheets/{row.public_id}/reasons.csv").content.decode("utf-8-sig")

    assert text.splitlines()[1].startswith("2,'=cmd|x,0123456,03001234567,,")
    assert "A2 Begins with" in text


def test_columns_that_are_not_known_are_asked_for_first():
    person, _round = partner_person(), RoundFactory()
    client = signed_in(person)

    answer = send(client, person, "یونٹ,نمبر\nنور,03001234567\n".encode("windows-1256", "replace"), "urdu.csv")
    page = answer["Location"]
    assert page.endswith("/columns/")
    assert client.get(page.removesuffix("columns/"))["Location"] == page
    assert "Say which column holds the firm" in text_of(client.post(page, {"firm": "0"}))
    done = client.post(page, {"firm": "0", "mobile": "1"})
    assert "1 of 1 rows can go in now." in text_of(client.get(done["Location"]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "neither a CSV nor an Excel file"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
        (",".join("c" * 100_000).encode() + b"\n1\n", "more than 60 columns"),
        (b"", "There is no row below the headings."),
    ],
)
def test_a_file_that_cannot_be_read_is_said_why_beside_its_field(content, words):
    person, _round = partner_person(), RoundFactory()

    assert words in text_of(send(signed_in(person), person, content))
    assert not NominationSheet.objects.exists()


def test_one_firm_goes_in_by_a_form_of_four_fields():
    person, _round = partner_person(), RoundFactory()
    client, page = signed_in(person), f"{own_page(person)}one/"
    four = {"firm": "Kotli Gloves", "contact": "0300-7654321", "city": "Sialkot", "sector": "sports_goods"}

    wrong = text_of(client.post(page, {**four, "contact": "0300-76"}))
    assert "There is no such telephone number in Pakistan" in wrong
    client.post(page, four)
    assert "You have nominated this firm in this round already" in text_of(client.post(page, four))

    row = Nomination.objects.get()
    assert (row.mobile, row.city, row.province, row.sector) == ("+923007654321", "Sialkot", "PK-PB", "sports_goods")


def test_a_partner_sees_names_and_consent_and_later_the_stage(django_capture_on_commit_callbacks):
    person, round_ = partner_person(), RoundFactory()
    file = ApplicationFactory(round=round_)
    row = nominated(person, round_, firm="Bagh Ball Makers")
    client = signed_in(person)
    assert "No answer, " in text_of(client.get(own_page(person)))

    services.claim_nomination(actor=owner_of(file), token=row.token, sme=file.sme)
    assert "has not applied yet" in text_of(client.get(own_page(person)))
    file = ApplicationFactory(round=round_, sme=file.sme, scored=True)
    decided(file, Outcome.DECLINE)

    page = text_of(client.get(f"{own_page(person)}nominees/"))
    assert "decided, applied" in page
    for secret in ("declined", "Declined", "A strong file.", file.file_number, str(file.points), file.sme.name):
        assert secret not in page


def test_a_partner_sees_how_far_its_nominees_came_also_when_their_round_is_closed_and_another_is_open():
    person, round_ = partner_person(), RoundFactory(number=7)
    file, other = ApplicationFactory(round=round_), SmeFactory()
    for sme, firm in ((file.sme, "Bagh Ball Makers"), (other, "Sialkot Gloves")):
        row = nominated(person, round_, firm=firm, mobile=f"0300 {sme.pk + 1_000_000}")
        services.claim_nomination(actor=sme.created_by, token=row.token, sme=sme)
    decided(ApplicationFactory(round=round_, sme=file.sme, scored=True), Outcome.DECLINE)
    client, nominees = signed_in(person), f"{own_page(person)}nominees/"
    Round.objects.filter(pk=round_.pk).update(state=RoundState.IN_REVIEW, closes_at=timezone.now())

    for page in (own_page(person), nominees):
        text = text_of(client.get(page))
        assert "Round 7" in text, page
        assert "decided, applied" in text, page
        assert "did not apply" in text, page
        assert "Take back" not in text, page
    RoundFactory(number=8)
    assert f'href="{nominees}?round=R7"' in text_of(client.get(own_page(person)))
    assert "Bagh Ball Makers" not in text_of(client.get(nominees))
    assert "Bagh Ball Makers" in text_of(client.get(f"{nominees}?round=R7"))


def test_another_partners_nominees_sheets_and_numbers_are_not_there():
    mine, rival, round_ = partner_person(), partner_person(), RoundFactory()
    row, theirs = nominated(rival, round_), sheet(rival, round_)
    client = signed_in(mine)

    for page in (
        own_page(rival), f"{own_page(rival)}one/", f"{own_page(rival)}nominees/", f"/nominations/sheets/{theirs.public_id}/",
        f"/nominations/sheets/{theirs.public_id}/columns/", f"/nominations/sheets/{theirs.public_id}/reasons.csv",
        f"/nominations/nominees/{row.public_id}/withdraw/",
    ):  # fmt: skip
        assert client.get(page).status_code == 404, page
        assert client.post(page, {}).status_code in {404, 405}, page


@pytest.mark.parametrize("how", ["unknown", "registered", "nominated by a rival", "with a seat"])
def test_a_partner_sees_the_same_of_a_firm_that_the_portal_knows_and_of_one_that_it_does_not(
    how, django_capture_on_commit_callbacks
):
    """Words, links, and the number of queries behind them."""

    person, round_ = partner_person(), RoundFactory()
    control, other = partner_person(), partner_person()
    sme = None
    if how in {"registered", "with a seat"}:
        sme = SmeFactory(complete=True, ntn="1234567", phone="+923001234567")

        duplicates_services.flag_duplicates(sme_id=sme.pk)
    if how == "with a seat":
        decided(ApplicationFactory(round=round_, sme=sme, scored=True))
    if how == "nominated by a rival":
        nominated(other, round_, ntn="1234567-8", mobile="03001234567")

    def walk(someone, ntn, mobile):
        client = signed_in(someone)
        content = csv_of(f"Noor,{ntn},{mobile},Sialkot,Leather")
        with CaptureQueriesContext(connection) as queries:
            page = send(client, someone, content, "noor.csv")["Location"]
            said = [
                text_of(client.get(page)),
                text_of(client.post(page, {"take": "1"}, follow=True)),
                text_of(client.get(own_page(someone))),
                client.get(f"{page}reasons.csv").content.decode(),
            ]
        secrets = (  # the longest first: a token may begin as an id does
            r"csrfmiddlewaretoken\S* \S+ \S+|nonce=\S+|[A-Za-z0-9]{64}|[0-9a-z]{12}|Chamber of Commerce \d+|Person \d+"
        )
        return [re.sub(secrets, "", text) for text in said], len(queries)

    with django_capture_on_commit_callbacks(execute=False):
        walk(partner_person(), "1238888-8", "03331234588")  # whatever is read once and kept
        known = walk(person, "1234567-8", "03001234567")
        strange = walk(control, "1239999-8", "03331234599")

    masked = [re.sub(r"\d[\d-]{6,}", "", text) for text in known[0]]
    assert masked == [re.sub(r"\d[\d-]{6,}", "", text) for text in strange[0]]
    assert known[1] == strange[1]
    assert "can go in now" in known[0][0]


def test_the_list_of_nominees_costs_the_same_for_one_and_for_three():

    counts = []
    for number in (1, 3):
        person, round_ = partner_person(), RoundFactory()
        for n in range(number):
            nominated(person, round_, mobile=f"0300765432{n}")
        client = signed_in(person)
        client.get(own_page(person))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{own_page(person)}nominees/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("number", ["9" * 5_000, "-1", "1e9", "²", "٣", ""])
def test_a_tick_that_no_page_shows_ticks_nothing(number):
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)

    answer = signed_in(person).post(f"/nominations/sheets/{row.public_id}/", {"hidden": [number, "4"]})

    row.refresh_from_db()
    assert (answer.status_code, row.ticked) == (302, [4])


def test_a_nomination_is_taken_back_after_a_question():
    person = partner_person()
    row = nominated(person)
    client, page = signed_in(person), f"/nominations/nominees/{row.public_id}/withdraw/"

    assert "Take the nomination of Kotli Gloves back?" in text_of(client.get(page))
    assert fresh(row).state == "invited"
    assert "is taken back" in text_of(client.post(page, follow=True))
    assert fresh(row).state == "withdrawn"


def test_the_head_of_the_page_leads_a_partner_to_its_nominations():
    person, _round = partner_person(), RoundFactory()
    first = own_page(person)
    other = PartnerFactory(name="A second chamber")
    PartnerMember.objects.create(partner=other, user=person)
    client = signed_in(person)

    home = text_of(client.get("/home/partner/"))
    assert 'href="/nominations/"' in home
    assert client.get("/nominations/")["Location"] == f"/nominations/{other.public_id}/"
    assert f'href="{first}"' in text_of(client.get(f"/nominations/{other.public_id}/"))


def test_without_an_open_round_nothing_is_taken_and_nothing_breaks():
    person = partner_person()
    client = signed_in(person)

    assert "No round takes nominations now." in text_of(client.get(own_page(person)))
    assert "No round takes nominations now." in text_of(
        client.post(
            own_page(person), {"file": SimpleUploadedFile("a.csv", b"Firm,Mobile\nNoor,03001234567\n")}, follow=True
        )
    )
    assert client.get(f"{own_page(person)}nominees/").status_code == 200


# -------------------------------------------------------------------------------------------------------- the nominee


def test_a_firm_says_yes_without_an_account_and_is_led_to_register_and_back():
    row = nominated()
    client, page = Client(), f"/nomination/{row.token}/"

    asked = text_of(client.get(page))
    assert f"{row.partner.name} nominates Kotli Gloves" in asked.replace("\u2068", "").replace("\u2069", "")
    assert "A nomination gives no points." in asked
    said = text_of(client.post(page, {"answer": "yes"}, follow=True))

    assert fresh(row).state == "agreed"
    assert f"/accounts/signup/?next=%2Fnomination%2F{row.token}%2F" in said

    person = UserFactory()  # registers in the same browser
    client.force_login(person)
    assert page in text_of(client.get("/file/", follow=True))
    sme = SmeFactory(created_by=person, complete=True)
    assert page in text_of(client.get(f"/firm/{sme.public_id}/"))
    client.post(page, {"answer": "claim", "firm": sme.public_id})
    assert fresh(row).sme == sme
    assert "nominated you" in text_of(client.get(f"/firm/{sme.public_id}/"))


def test_a_no_asks_nothing():
    row = nominated()

    page = text_of(Client().post(f"/nomination/{row.token}/", {"answer": "no"}, follow=True))

    assert "Nobody asks why" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_looking_changes_nothing_and_nonsense_neither():
    row = nominated()
    client, page = Client(), f"/nomination/{row.token}/"

    client.get(page)
    client.head(page)
    for answer in ("maybe", "claim", ""):
        client.post(page, {"answer": answer})

    assert fresh(row).state == "invited"


def test_the_page_behind_the_link_tells_nobody_whether_the_portal_knows_the_firm():
    sme = SmeFactory(complete=True, ntn="1234567")
    first, second = nominated(ntn="1234567-8"), nominated(ntn="1239999-8")
    Nomination.objects.filter(pk=first.pk).update(recognised=sme)
    pages = [text_of(Client().get(f"/nomination/{row.token}/")) for row in (first, second)]
    plain = [
        re.sub(rf"{row.token}|{row.partner.name}|\bRound \d+|round \d+|nonce=\S+|value=\S+", "", page)
        for row, page in zip((first, second), pages, strict=True)
    ]

    assert plain[0] == plain[1]


def test_another_firm_cannot_claim():
    row = nominated(ntn="1234567-8")
    other = SmeFactory(complete=True, ntn="7654321")
    client = signed_in(other.created_by)
    client.post(f"/nomination/{row.token}/", {"answer": "yes"})

    assert "None of your firms can take it up" in text_of(client.get(f"/nomination/{row.token}/"))
    client.post(f"/nomination/{row.token}/", {"answer": "claim", "firm": other.public_id})
    assert fresh(row).sme is None


def test_a_link_that_ran_out_says_so_kindly():
    row = nominated()
    Nomination.objects.update(lapses_at=timezone.now() - timedelta(minutes=1))

    answer = Client().get(f"/nomination/{row.token}/")

    assert answer.status_code == 404
    assert "A firm can apply without it, too." in text_of(answer)


def test_a_form_sent_after_the_link_ran_out_changes_nothing():
    row = nominated()
    client = Client()
    client.get(f"/nomination/{row.token}/")
    Nomination.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))

    assert client.post(f"/nomination/{row.token}/", {"answer": "yes"}).status_code == 404
    assert fresh(row).state == "invited"


# ------------------------------------------------------------------------------------------------------ the officials


def test_officials_see_all_nominations_with_what_to_look_at():
    mine, rival, round_ = partner_person(), partner_person(), RoundFactory()
    for person in (mine, rival):
        nominated(person, round_, ntn="1234567-8", iban="PK36SCBL0000001123456702")
    sme = SmeFactory(name="Noor Sports Works")
    Nomination.objects.filter(made_by=mine).update(recognised=sme)

    page = text_of(signed_in(officer()).get("/desk/nominations/"))

    for words in (
        organisation_of(mine).name, organisation_of(rival).name, "Noor Sports Works", "looks like this firm of the portal",
        "Another nominee has the same bank account: why?", "Another partner nominates this firm too.",
    ):  # fmt: skip
        assert words in page
    narrowed = text_of(
        signed_in(officer()).get(f"/desk/nominations/?partner={organisation_of(mine).public_id}&state=invited")
    )
    table = narrowed.partition("<tbody>")[2]
    assert (organisation_of(mine).name in table, organisation_of(rival).name in table) == (True, False)


def test_the_list_of_officials_costs_the_same_for_one_and_for_three():

    person, round_ = partner_person(), RoundFactory()
    client, counts = signed_in(officer()), []
    for n in range(3):
        nominated(person, round_, mobile=f"0300765432{n}")
        client.get("/desk/nominations/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/nominations/")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_a_director_sets_the_places_of_a_partner_and_an_officer_looks():
    person, round_ = partner_person(), RoundFactory()
    partner = organisation_of(person)
    assert (
        signed_in(officer())
        .post("/desk/nominations/places/", {"partner": partner.public_id, "places": "3"})
        .status_code
        == 403
    )
    client = signed_in(director())

    client.post("/desk/nominations/places/", {"partner": partner.public_id, "places": "3"})
    assert selectors.places_of(partner, round_).of == 3
    assert "whole number" in text_of(
        client.post("/desk/nominations/places/", {"partner": partner.public_id, "places": "-1"}, follow=True)
    )
    client.post("/desk/nominations/places/", {"partner": partner.public_id, "places": ""})
    assert selectors.places_of(partner, round_).of == 40


def test_the_desk_names_the_partner_of_a_file():
    file = ApplicationFactory(scored=True)
    partner = PartnerFactory(name="Sialkot Chamber")
    file.nominated_by = partner
    file.save()

    assert "Nominated by" in (page := text_of(signed_in(officer()).get(f"/desk/{file.public_id}/")))
    assert "Sialkot Chamber" in page


def test_officials_read_how_many_of_each_partner_were_asked_agreed_and_applied():
    person, round_ = partner_person(), RoundFactory()
    rows = [nominated(person, round_, firm=f"Firm {at}", mobile=f"0300 765432{at}") for at in range(5)]
    for row, state in zip(rows[1:], ("agreed", "agreed", "refused", "lapsed"), strict=True):
        Nomination.objects.filter(pk=row.pk).update(state=state)
    Nomination.objects.filter(pk=rows[1].pk).update(counted_at=timezone.now())
    nominated(person, RoundFactory(number=91), mobile="0300 7654399")  # of another round
    PartnerFactory(kind="province", name="Nobody Yet")

    counted = {line.partner.name: line for line in selectors.partners_counted(round_)}
    own, none = counted[organisation_of(person).name], counted["Nobody Yet"]
    assert (own.places.used, own.invited, own.agreed, own.refused, own.applied) == (5, 1, 2, 1, 1)
    assert (none.places.used, none.invited, none.agreed, none.refused, none.applied) == (0, 0, 0, 0, 0)


def test_an_opened_link_waits_on_the_home_of_a_firm_whose_file_has_ended():
    file = decided(ApplicationFactory(scored=True), Outcome.WAITLIST)
    row = nominated(round_=RoundFactory(number=92))
    client = signed_in(owner_of(file))
    assert "You opened a nomination" not in text_of(client.get(f"/file/{file.public_id}/"))

    client.get(f"/nomination/{row.token}/")

    text = text_of(client.get(f"/file/{file.public_id}/"))
    assert "You opened a nomination" in text
    assert f"/nomination/{row.token}/" in text


def test_the_column_of_the_firm_is_needed_and_that_of_where_to_ask_is_not_called_optional():
    form = ColumnsForm(head=["A", "B"])

    assert form.fields["firm"].required
    assert {name for name, field in form.fields.items() if getattr(field, "needed_sometimes", False)} == {
        "mobile",
        "email",
    }


def test_rows_that_were_downloaded_to_be_put_right_are_read_back_as_they_were():
    person, _round = partner_person(), RoundFactory()
    client = signed_in(person)
    page = send(
        client, person, csv_of("Noor Sports,123,+92 300 7654321,Sialkot,Leather", "=Sum,12345678,,,"), name="a.csv"
    )
    first = NominationSheet.objects.get()

    content = client.get(f"{page['Location']}reasons.csv").content
    assert "'+92 300 7654321" in content.decode(), "no spreadsheet takes it for a formula"
    send(client, person, content.replace(b",123,", b",1234567-8,"), name="b.csv")

    again = NominationSheet.objects.exclude(pk=first.pk).get()
    assert set(again.mapping) == set(first.mapping)
    rows = {row.texts["firm"]: row for row in selectors.checked_rows(again)}
    assert set(rows) == {"Noor Sports", "=Sum"}
    assert rows["Noor Sports"].texts["mobile"] == "+92 300 7654321"
    assert rows["Noor Sports"].status == Status.GOOD
