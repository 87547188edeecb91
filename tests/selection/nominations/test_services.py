"""Nominating by sheet and by form, taking back, answering, claiming, counting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from selection.intake import services as intake_services
from selection.models import Application, Nomination, NominationSheet
from selection.nominations import selectors, services, wording
from selection.rounds import services as rounds_services
from selection.states import NOMINATION, NominationState
from smes.duplicates import services as duplicates_services
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications import services as notifications_services
from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import PartnerFactory, UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, owner_of
from tests.factories.smes import MemberFactory, SmeFactory

from .made import VALUES, fresh, nominated, organisation_of, sheet
from .tables import DATA, csv_of

pytestmark = pytest.mark.django_db


def refusal(act) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


# ------------------------------------------------------------------------------------------------------------ sheets


def test_good_rows_go_in_while_others_wait_and_what_was_put_right_goes_in_the_next_time():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)

    assert services.take_rows(actor=person, sheet=row).made == 3
    services.put_right(actor=person, sheet=row, written={5: {"ntn": "4567890-1"}, 6: {"women_led": "no"}})
    assert services.take_rows(actor=person, sheet=row).made == 2
    assert services.take_rows(actor=person, sheet=row).made == 0

    assert sorted(Nomination.objects.values_list("firm", "sheet_row")) == [
        ("Chenab Leather", 3), ("Jhelum Cutlery", 5), ("Kurram Gems", 7), ("Ravi Sports Works", 2), ("Soan Surgical", 6),
    ]  # fmt: skip
    stored = {row.firm: row for row in Nomination.objects.all()}
    assert (stored["Chenab Leather"].district, stored["Kurram Gems"].mobile) == ("Sialkot", "+923001234506")
    assert (stored["Soan Surgical"].women_led, stored["Soan Surgical"].ntn) == (False, "")


def test_the_same_file_a_second_time_changes_nothing():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)
    services.put_right(actor=person, sheet=row, written={5: {"ntn": "4567890-1"}, 6: {"women_led": "no"}})
    services.take_rows(actor=person, sheet=row)

    again = sheet(person, round_, name="members (2).xlsx")

    assert (again.pk, NominationSheet.objects.count()) == (row.pk, 1)
    assert services.take_rows(actor=person, sheet=again).made == 0
    assert Nomination.objects.count() == 5


def test_the_same_firms_in_another_file_change_nothing():
    person, round_ = partner_person(), RoundFactory()
    first = sheet(person, round_, csv_of("Noor,1234567-8,03001234567,,"), "a.csv")
    second = sheet(person, round_, csv_of("Noor Works,NTN 1234567,03331234567,,", "Noor,,03001234567,,"), "b.csv")

    assert [services.take_rows(actor=person, sheet=each).made for each in (first, second)] == [1, 0]


def test_a_cell_sent_back_as_it_stood_is_not_taken_for_one_left_out():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)

    services.put_right(actor=person, sheet=row, written={5: {"ntn": "#N/A"}, 6: {"women_led": ""}})

    row.refresh_from_db()
    assert [each.number for each in selectors.checked_rows(row) if each.findings] == [5, 6]


def test_a_hidden_row_goes_in_only_after_a_tick():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)
    services.take_rows(actor=person, sheet=row)

    services.put_right(actor=person, sheet=row, written={}, ticked=[4, 5])

    row.refresh_from_db()
    assert row.ticked == [4]  # row 5 is not hidden
    assert services.take_rows(actor=person, sheet=row).made == 1


def test_numbers_keep_their_zeros_in_the_database():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_, (DATA / "numbers.csv").read_bytes(), "numbers.csv")
    services.put_right(actor=person, sheet=row, written={4: {"mobile": "0300 1234503"}})
    services.take_rows(actor=person, sheet=row)

    assert Nomination.objects.get(firm="Jhelum Knives").ntn == "0123456"


def test_a_shared_account_is_a_question_for_officials_and_the_account_itself_is_not_kept():
    person, rival, round_ = partner_person(), partner_person(), RoundFactory()
    iban = "PK36SCBL0000001123456702"
    rows = [
        nominated(person, round_, iban=iban),
        nominated(rival, round_, firm="Chenab Caps", mobile="03001112233", iban=iban),
        nominated(rival, round_, firm="Soan Gems", mobile="03001112244"),
    ]

    assert [selectors.questions_about(rows)[row.pk] for row in rows] == [["account"], ["account"], []]
    assert iban not in str(Nomination.objects.values())
    assert iban not in str(Event.objects.values("data"))


def test_the_mapping_is_remembered_for_the_partners_next_sheet_and_for_nobody_elses():
    person, rival, round_ = partner_person(), partner_person(), RoundFactory()
    row = sheet(person, round_, b"Unit,Ring,Amb\nNoor,03001234567,Sialkot\n", "a.csv")
    assert row.mapping == {}
    assert refusal(lambda: services.take_rows(actor=person, sheet=row)) == "columns_missing"
    services.map_columns(actor=person, sheet=row, mapping={"firm": 0, "mobile": 1, "city": 2})

    other = b"Amb,Unit,Ring\nSialkot,Sister,03001234568\n"
    assert sheet(person, round_, other, "b.csv").mapping == {"city": 0, "firm": 1, "mobile": 2}
    assert sheet(rival, round_, other, "b.csv").mapping == {}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"firm": 0, "mobile": 0}, "column_twice"),
        ({"firm": 0, "mobile": 9}, "unknown_column"),
        ({"firm": 0, "secret": 1}, "unknown_column"),
        ({"firm": 0, "city": 1}, "columns_missing"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused(mapping, code):
    person = partner_person()
    row = sheet(person, RoundFactory(), b"Unit,Ring\nNoor,03001234567\n", "a.csv")

    assert refusal(lambda: services.map_columns(actor=person, sheet=row, mapping=mapping)) == code


def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept():
    person, round_ = partner_person(), RoundFactory()

    assert refusal(lambda: sheet(person, round_, b"%PDF-1.7", "list.pdf")) == "not_a_table"
    assert not NominationSheet.objects.exists()


def test_rows_of_old_sheets_are_emptied():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)
    assert services.empty_old_sheets() == 0

    NominationSheet.objects.update(updated_at=timezone.now() - timedelta(days=services.ROWS_KEPT_DAYS + 1))

    assert services.empty_old_sheets() == 1
    assert len(sheet(person, round_).rows) == 6  # the file again is read again
    assert NominationSheet.objects.get().pk == row.pk


# ------------------------------------------------------------------------------------------------------------ places


def test_good_rows_beyond_the_places_wait():
    person, round_ = partner_person(), RoundFactory()
    services.set_places(actor=director(), partner=organisation_of(person), round=round_, places=2)
    row = sheet(person, round_)

    taken = services.take_rows(actor=person, sheet=row)

    assert (taken.made, taken.no_place, Nomination.objects.count()) == (2, 1, 2)
    assert refusal(lambda: nominated(person, round_)) == "no_place"


def test_every_firm_that_was_asked_uses_a_place_up(settings):
    settings.NOMINATION_PLACES = 3
    person, round_ = partner_person(), RoundFactory()
    row = nominated(person, round_)
    services.withdraw_nomination(actor=person, nomination=row)

    places = selectors.places_of(organisation_of(person), round_)

    assert (places.of, places.used, places.left) == (3, 1, 2)


@pytest.mark.parametrize("who", [officer, partner_person])
def test_only_a_director_sets_places(who):
    partner, round_ = PartnerFactory(), RoundFactory()

    with pytest.raises(NotAllowed):
        services.set_places(actor=who(), partner=partner, round=round_, places=5)


# -------------------------------------------------------------------------------------------------------- nominating


@pytest.mark.parametrize("kind", list(PartnerKind))
def test_chambers_provinces_and_banks_nominate_and_platforms_do_not(kind):
    person, round_ = partner_person(kind), RoundFactory()

    if kind == PartnerKind.PLATFORM:
        with pytest.raises(NotAllowed):
            nominated(person, round_)
    else:
        assert nominated(person, round_).state == "invited"


def test_nobody_nominates_in_another_organisations_name():
    mine, theirs, round_ = partner_person(), partner_person(), RoundFactory()

    for actor in (theirs, officer(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.nominate_firm(actor=actor, partner=organisation_of(mine), round=round_, values=VALUES)


def test_a_round_that_is_not_open_takes_no_nominations():
    person = partner_person()

    assert refusal(lambda: nominated(person, RoundFactory(closed=True))) == "round_closed"
    assert refusal(lambda: sheet(person, RoundFactory(planned=True))) == "round_closed"


def test_a_nominee_is_asked_once_and_again_after_the_time_ran_out():
    person, round_ = partner_person(), RoundFactory()
    row = nominated(person, round_)
    assert refusal(lambda: nominated(person, round_)) == "nominated"

    Nomination.objects.update(lapses_at=timezone.now() - timedelta(minutes=1))
    assert services.lapse_due() == 1
    assert nominated(person, round_).pk != row.pk
    assert services.lapse_due() == 0


def test_two_firms_of_one_owner_may_both_be_nominated():
    person, round_ = partner_person(), RoundFactory()
    nominated(person, round_, ntn="1234567-8")

    assert nominated(person, round_, firm="Sister", ntn="7654321-0").firm == "Sister"


def test_a_partner_cannot_nominate_itself_its_own_people_or_another_partner():
    person, round_ = partner_person(mobile="+923007654321", mobile_verified=True), RoundFactory()
    own = SmeFactory(ntn="1234567")
    MemberFactory(sme=own, user=person)
    PartnerFactory(name="Gujrat Chamber")

    for values in (
        {},
        {"ntn": "1234567-8", "mobile": "03001112233"},
        {"firm": "gujrat  CHAMBER", "mobile": "03001112233"},
    ):
        assert refusal(lambda values=values: nominated(person, round_, **values)) == "itself"
    assert nominated(person, round_, mobile="03001112233").pk  # and the control: another firm goes in


def test_a_bad_field_of_the_form_is_named():
    person = partner_person()

    with pytest.raises(DomainError) as refused:
        nominated(person, mobile="0324-99", sector="Kitchen")

    assert [(found.name, found.code) for found in refused.value.data["findings"]] == [
        ("mobile", "phone_form"),
        ("sector", "sector_unknown"),
    ]


def test_history_and_logs_hold_no_numbers_of_nominees(caplog):
    person, round_ = partner_person(), RoundFactory()
    row = nominated(person, round_, ntn="1234567-8", cnic="35202-1234567-1")
    services.answer_nomination(token=row.token, agrees=True, actor=None)

    said = str(list(Event.objects.filter(name__startswith="nomination").values("data", "subject_label"))) + caplog.text
    for number in ("1234567", "7654321", row.token):
        assert number not in said


# ------------------------------------------------------------------------------------------------------- the firm asked


def day_in_urdu(row: Nomination) -> str:
    with translation.override("ur"):
        return date_format(timezone.localtime(row.lapses_at)).replace("\u00a0", " ")


def test_the_firm_is_asked_by_sms_in_urdu_and_by_mail_in_both_languages(
    django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(notifications_services, "ring", lambda **_kwargs: None)  # what was sent is blanked
    with django_capture_on_commit_callbacks(execute=True):
        row = nominated(email="kotli@example.pk")

    sms, mail = (Dispatch.objects.get(channel=channel) for channel in ("sms", "mail"))
    assert sms.language == "ur"
    plain_sms, plain_mail = (sent.text.replace("\u00a0", " ") for sent in (sms, mail))
    assert day_in_urdu(row) in plain_sms
    assert day_in_urdu(row) in plain_mail
    assert date_format(timezone.localtime(row.lapses_at), "j F Y") in plain_mail  # in English below
    assert {sms.template, mail.template} == {"nomination.asked"}


def test_people_of_a_firm_that_the_portal_knows_are_told_in_their_inbox(django_capture_on_commit_callbacks):
    sme = SmeFactory(complete=True, ntn="1234567")
    duplicates_services.flag_duplicates(sme_id=sme.pk)
    with django_capture_on_commit_callbacks(execute=True):
        row = nominated(ntn="1234567-8")

    assert fresh(row).recognised == sme
    assert Message.objects.get(to=sme.created_by).url == f"/nomination/{row.token}/"
    assert (
        Dispatch.objects.filter(template="nomination.asked").count() == 1
    )  # the address of the partner is asked all the same


def test_the_table_of_states_is_the_whole_of_what_can_happen():
    allowed = {(move.action, source) for move in NOMINATION.moves for source in move.sources}

    assert allowed == {
        ("agree", "invited"), ("refuse", "invited"), ("refuse", "agreed"), ("lapse", "invited"),
        ("withdraw", "invited"), ("withdraw", "agreed"),
    }  # fmt: skip


def test_yes_or_no_needs_no_account_and_is_said_once():
    row = nominated()
    for _time in range(2):
        services.answer_nomination(token=row.token, agrees=True, actor=None)
    assert fresh(row).state == "agreed"
    services.answer_nomination(token=row.token, agrees=False, actor=None)
    with pytest.raises(WrongState):
        services.answer_nomination(token=row.token, agrees=True, actor=None)

    assert list(Event.objects.filter(name__startswith="nomination").order_by("pk").values_list("name", flat=True)) == [
        "nomination.made", "nomination.agreed", "nomination.refused",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["lapsed", "late", "withdrawn", "closed"])
def test_a_link_that_ran_out_or_was_taken_back_is_not_there(how):
    person = partner_person()
    row = nominated(person)
    if how == "withdrawn":
        services.withdraw_nomination(actor=person, nomination=row)
    elif how == "closed":
        rounds_services.close_round(actor=director(), round=row.round)
    else:
        Nomination.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))
        if how == "lapsed":
            services.lapse_due()

    with pytest.raises(NotFound):
        services.answer_nomination(token=row.token, agrees=True, actor=None)


def test_the_firm_is_reminded_once_at_half_time():
    row = nominated()
    assert services.remind_due() == 0
    Nomination.objects.update(remind_at=timezone.now() - timedelta(minutes=1))

    assert [services.remind_due(), services.remind_due()] == [1, 0]
    assert Event.objects.filter(name="nomination.half_time", subject_id=row.pk).count() == 1


def test_who_answered_is_not_reminded_and_does_not_lapse():
    row = nominated()
    services.answer_nomination(token=row.token, agrees=False, actor=None)
    past = timezone.now() - timedelta(minutes=1)
    Nomination.objects.update(remind_at=past, lapses_at=past)

    assert (services.remind_due(), services.lapse_due()) == (0, 0)


def test_the_time_to_answer_is_fifteen_working_days_and_never_longer_than_the_round(monkeypatch):
    monkeypatch.setattr(services, "ANSWER_DAYS", 90)
    row = nominated()

    assert row.lapses_at == row.round.closes_at


# ------------------------------------------------------------------------------------------- claiming and counting


def claimed(file: Application, **values) -> Nomination:
    row = nominated(round_=file.round, **values)
    return services.claim_nomination(actor=owner_of(file), token=row.token, sme=file.sme)


def test_whoever_holds_the_link_claims_it_for_the_own_firm_and_nobody_after_that():
    file, other = ApplicationFactory(), SmeFactory()
    row = claimed(file)

    assert (row.state, row.sme) == ("agreed", file.sme)
    assert services.claim_nomination(actor=owner_of(file), token=row.token, sme=file.sme).pk == row.pk
    with pytest.raises(NotAllowed):
        services.claim_nomination(actor=other.created_by, token=row.token, sme=other)
    assert fresh(row).sme == file.sme


def test_nobody_claims_for_a_firm_of_others_or_of_another_tax_number():
    file = ApplicationFactory(sme_values={"ntn": "7654321"})
    row = nominated(round_=file.round, ntn="1234567-8")

    for actor in (UserFactory(), owner_of(file)):
        with pytest.raises(NotAllowed):
            services.claim_nomination(actor=actor, token=row.token, sme=file.sme)
    assert fresh(row).sme is None


def test_a_firm_claims_one_nomination_of_a_partner():
    person, file = partner_person(), ApplicationFactory()
    first = nominated(person, file.round)
    second = nominated(person, file.round, firm="Again", mobile="03001112233")
    services.claim_nomination(actor=owner_of(file), token=first.token, sme=file.sme)

    assert (
        refusal(lambda: services.claim_nomination(actor=owner_of(file), token=second.token, sme=file.sme)) == "claimed"
    )
    assert fresh(second).sme is None


def submit(file: Application, capture) -> Application:
    with capture(execute=True):
        intake_services.submit_application(actor=owner_of(file), application=file, declared=True)
    return Application.objects.get(pk=file.pk)


def test_a_submitted_file_counts_under_the_partner_to_whom_its_firm_agreed_first(django_capture_on_commit_callbacks):
    file = ApplicationFactory()
    first, second = claimed(file), claimed(file)

    file = submit(file, django_capture_on_commit_callbacks)

    assert file.nominated_by == first.partner
    assert (fresh(first).counted_at is None, fresh(second).counted_at is None) == (False, True)
    assert [row.pk for row in selectors.nominations_about(file.sme, file.round)] == [first.pk, second.pk]


@pytest.mark.parametrize("how", ["not claimed", "another round", "taken back", "another number since"])
def test_a_file_counts_under_nobody_without_a_nomination_of_its_firm(how, django_capture_on_commit_callbacks):
    file = ApplicationFactory()
    if how == "another round":
        row = nominated()
        services.claim_nomination(actor=owner_of(file), token=row.token, sme=file.sme)
    elif how == "not claimed":
        services.answer_nomination(token=nominated(round_=file.round).token, agrees=True, actor=None)
    elif how == "taken back":
        services.answer_nomination(token=claimed(file).token, agrees=False, actor=None)
    else:
        claimed(file, ntn="1234567-8")
        file.sme.ntn = "7654321"
        file.sme.save()

    assert submit(file, django_capture_on_commit_callbacks).nominated_by is None


def test_what_is_claimed_after_the_submission_does_not_count_and_what_counts_is_never_changed(
    django_capture_on_commit_callbacks,
):
    file = submit(ApplicationFactory(), django_capture_on_commit_callbacks)
    late = claimed(file)
    assert services.count_under_partner(application_id=file.pk) is None
    assert Application.objects.get(pk=file.pk).nominated_by is None

    other = ApplicationFactory(round=file.round)
    row = claimed(other)
    other = submit(other, django_capture_on_commit_callbacks)
    assert services.count_under_partner(application_id=other.pk) is None
    assert other.nominated_by == row.partner
    assert late.partner != row.partner


def test_a_nomination_that_counts_can_be_taken_back_by_neither_side(django_capture_on_commit_callbacks):
    person, file = partner_person(), ApplicationFactory()
    row = nominated(person, file.round)
    services.claim_nomination(actor=owner_of(file), token=row.token, sme=file.sme)
    submit(file, django_capture_on_commit_callbacks)

    assert refusal(lambda: services.withdraw_nomination(actor=person, nomination=row)) == "has_applied"
    assert refusal(lambda: services.answer_nomination(token=row.token, agrees=False, actor=None)) == "has_applied"


@pytest.mark.parametrize("withdrawn", [False, True])
def test_no_partner_can_tell_by_what_it_may_take_back_whom_the_file_counts_under(
    withdrawn, django_capture_on_commit_callbacks
):
    """Two partners nominate the firm and one of them counts: both read and hear the same of it."""
    file = ApplicationFactory()
    rows = claimed(file), claimed(file)
    assert [row.may_take_back for row in shown(rows)] == [True, True]

    submit(file, django_capture_on_commit_callbacks)
    if withdrawn:
        intake_services.withdraw_application(actor=owner_of(file), application=file)

    assert [fresh(row).counted_at is None for row in rows] == [False, True]
    assert [row.may_take_back for row in shown(rows)] == [False, False]
    for row in rows:
        assert refusal(lambda row=row: services.withdraw_nomination(actor=row.made_by, nomination=row)) == "has_applied"
    assert len({(fresh(row).state, one.consent, one.note) for row, one in zip(rows, shown(rows), strict=True)}) == 1


def shown(rows) -> list[wording.NomineeRow]:
    """As their partners' pages show them."""
    return [wording.nominee_rows(selectors.nominations_of(row.partner, row.round))[0] for row in rows]


def test_a_nomination_can_be_taken_back_while_its_firm_writes_its_file():
    row = claimed(ApplicationFactory())

    assert services.withdraw_nomination(actor=row.made_by, nomination=row).state == NominationState.WITHDRAWN


def test_only_its_partner_takes_a_nomination_back():
    row = nominated()

    for actor in (partner_person(), director()):
        with pytest.raises(NotAllowed):
            services.withdraw_nomination(actor=actor, nomination=row)
    assert fresh(row).state == NominationState.INVITED
