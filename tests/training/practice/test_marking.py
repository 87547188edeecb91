"""Practical tasks: handed in, marked by two people who do not see each other's marks, settled by the rubric."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.smes import MemberFactory, pdf_of
from tests.factories.training_assessment import CRITERIA, module_of, task
from tests.training.made import cohort, manager, place, programme, session, trainer
from training.materials.files import check_material
from training.models import Marking, Work
from training.practice import handlers, selectors, services
from training.practice.forms import TaskForm
from training.practice.rubric import differ, is_enough, most_points, points_of, settled
from training.states import Happened, WorkState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("marks", "apart", "points", "is_apart"),
    [
        ([], 2, None, False),
        ([5], 2, None, False),
        ([5, 7], 2, Decimal(6), False),
        ([5, 8], 3, Decimal("6.5"), False),
        ([5, 8], 2, None, True),
        ([2, 8, 6], 2, Decimal(6), False),
        ([2, 8, 8], 2, Decimal(8), False),
    ],
)
def test_the_middle_of_two_or_the_middle_one_of_three(marks, apart, points, is_apart):
    assert settled(marks, differ_points=apart) == points
    assert differ(marks, differ_points=apart) is is_apart


def test_a_half_below_the_line_is_below_it():
    assert not is_enough(Decimal("4.5"), pass_points=5)
    assert is_enough(Decimal(5), pass_points=5)


def test_points_by_the_rubric():
    assert (points_of(CRITERIA, [2, 1]), most_points(CRITERIA)) == (6, 8)
    for levels in ([2], [2, 3], [2, -1], [2, 1, 1]):
        with pytest.raises(ValueError, match="level"):
            points_of(CRITERIA, levels)


class Workshop:
    def __init__(self, **values) -> None:
        self.boss, self.second = manager(), manager()
        self.programme = programme()
        module_of(self.programme)
        self.cohort = cohort(programme=self.programme)
        self.teacher = UserFactory(name="Hira Saleem")
        session(self.cohort, trainer=trainer(user=self.teacher))
        self.place = place(self.cohort)
        self.owner = self.place.sme.created_by
        self.task = task(self.programme, by=self.boss, **values)

    def hand_in(self, text="Six photographs.", **kwargs) -> Work:
        return services.hand_in(actor=self.owner, place=self.place, task=self.task, text=text, **kwargs)

    def mark(self, work, actor, *levels, words="Sharp, and too dark.") -> Work:
        return services.mark(actor=actor, work=work, levels=list(levels), words=words)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


def pdf(text=b"BT ET"):
    return check_material(BytesIO(pdf_of(text)), name="page.pdf", size=None, max_bytes=8_000_000)


@pytest.mark.sqlite_leg
def test_two_marks_near_each_other_settle_a_work_and_the_firm_is_told_once(workshop):
    work = workshop.hand_in()
    assert workshop.mark(work, workshop.teacher, 2, 1).state == WorkState.WAITING
    done = workshop.mark(work, workshop.boss, 2, 2)
    assert (done.state, done.points) == (WorkState.ACCEPTED, Decimal(7))
    for event in [*Event.objects.filter(name=Happened.WORK_ACCEPTED)] * 2:
        handlers.tell_work(event)
    (message,) = Message.objects.filter(template="work.accepted", to=workshop.owner)
    assert "7 points" in message.body or "7" in message.body


def test_the_second_sees_nothing_of_the_first_before_their_own(client, workshop):
    work = workshop.hand_in()
    workshop.mark(work, workshop.teacher, 0, 0, words="I saw nothing of it.")
    url = reverse("training:marking_work", args=[work.public_id])
    client.force_login(workshop.boss)
    html = client.get(url).content.decode()
    assert "I saw nothing of it" not in html
    assert "Hira Saleem" not in html
    assert selectors.markings_seen_by(workshop.boss, work) == []
    assert len(selectors.markings_seen_by(workshop.teacher, work)) == 1
    client.post(url, {"level_0": "2", "level_1": "2", "words": "Good."})
    work.refresh_from_db()
    assert work.state == WorkState.DIFFERING
    assert "I saw nothing of it" in client.get(url).content.decode()
    client.force_login(workshop.second)
    assert "I saw nothing of it" not in client.get(url).content.decode()


def test_marks_that_lie_too_far_apart_are_settled_by_a_third(workshop):
    work = workshop.hand_in()
    workshop.mark(work, workshop.teacher, 0, 0)
    assert workshop.mark(work, workshop.boss, 2, 2).state == WorkState.DIFFERING
    done = workshop.mark(work, workshop.second, 1, 1)
    assert (done.state, done.points) == (WorkState.AGAIN, Decimal(4))


def test_or_one_of_the_two_is_convinced_and_says_why(workshop):
    work = workshop.hand_in()
    workshop.mark(work, workshop.teacher, 0, 0)
    workshop.mark(work, workshop.boss, 2, 2)
    for actor in (workshop.second, manager()):
        with pytest.raises(WrongState):
            services.agree(actor=actor, work=work, levels=[2, 2], words="x")
    with pytest.raises(DomainError) as refusal:
        services.agree(actor=workshop.teacher, work=work, levels=[2, 1], words=" ")
    assert refusal.value.code == "no_words"
    done = services.agree(actor=workshop.teacher, work=work, levels=[2, 1], words="The second page was not open here.")
    assert (done.state, done.points) == (WorkState.ACCEPTED, Decimal(7))
    first = Marking.objects.get(marker=workshop.teacher)
    assert (first.points, first.agreed_points, first.levels) == (0, 6, [0, 0])
    assert Event.objects.get(name=Happened.WORK_AGREED).data["was"] == 0


def test_nobody_marks_twice_or_their_own_or_without_a_part_in_it(workshop):
    work = workshop.hand_in()
    workshop.mark(work, workshop.teacher, 2, 2)
    workshop.mark(work, workshop.teacher, 0, 0)
    assert Marking.objects.get().points == 8
    own = manager()
    MemberFactory(sme=workshop.place.sme, user=own, role="trainee")
    stranger = UserFactory()
    trainer(user=stranger)
    for actor in (own, stranger, officer(), director(), partner_person(), workshop.owner):
        with pytest.raises(NotAllowed):
            workshop.mark(work, actor, 2, 2)
        with pytest.raises(NotFound):
            selectors.work_to_mark(actor, work.public_id)
    assert Marking.objects.count() == 1


def test_marks_need_a_level_for_each_criterion_and_words(workshop):
    work = workshop.hand_in()
    for levels, words, code in (([2], "x", "levels"), ([2, 9], "x", "levels"), ([2, 2], "  ", "no_words")):
        with pytest.raises(DomainError) as refusal:
            workshop.mark(work, workshop.boss, *levels, words=words)
        assert refusal.value.code == code


def test_what_waits_is_replaced_and_what_is_being_marked_is_not(workshop):
    first = workshop.hand_in()
    assert workshop.hand_in() == first
    second = workshop.hand_in("Seven photographs.")
    first.refresh_from_db()
    assert (first.state, second.number) == (WorkState.REPLACED, 2)
    workshop.mark(second, workshop.boss, 0, 0)
    with pytest.raises(DomainError) as refusal:
        workshop.hand_in("Eight photographs.")
    assert refusal.value.code == "being_marked"
    workshop.mark(second, workshop.second, 0, 0)
    third = workshop.hand_in("Eight photographs.")
    assert third.number == 3
    for actor in (workshop.boss, workshop.teacher):
        workshop.mark(third, actor, 2, 2)
    with pytest.raises(DomainError) as refusal:
        workshop.hand_in("Nine.")
    assert refusal.value.code == "accepted"


@pytest.mark.sqlite_leg
def test_a_work_keeps_the_rubric_under_which_it_was_handed_in(workshop):
    work = workshop.hand_in()
    services.set_task(actor=workshop.boss, programme=workshop.programme, task=workshop.task, pass_points=8)
    for actor in (workshop.boss, workshop.teacher):
        done = workshop.mark(work, actor, 1, 2)
    assert (done.state, done.points) == (WorkState.ACCEPTED, Decimal(6))


@pytest.mark.parametrize(
    ("values", "text", "code"), [({"needs_file": True}, "Words.", "no_file"), ({}, " ", "nothing_in_it")]
)
def test_what_has_to_be_in_it(values, text, code):
    workshop = Workshop(**values)
    with pytest.raises(DomainError) as refusal:
        workshop.hand_in(text)
    assert refusal.value.code == code


def test_a_task_of_another_programme_or_no_longer_asked_takes_nothing(workshop):
    other = task(programme(), by=workshop.boss)
    services.set_task(actor=workshop.boss, programme=workshop.programme, task=workshop.task, is_active=False)
    for one in (other, workshop.task):
        with pytest.raises(DomainError) as refusal:
            services.hand_in(actor=workshop.owner, place=workshop.place, task=one, text="x")
        assert refusal.value.code == "not_asked"


def test_a_firm_hands_in_a_file_and_only_it_and_markers_open_it(client, workshop):
    url = reverse("training:firm_task", args=[workshop.place.public_id, workshop.task.public_id])
    client.force_login(workshop.owner)
    upload = SimpleUploadedFile("page.pdf", pdf_of(b"BT ET"), "application/pdf")
    answer = client.post(url, {"text": "Here.", "file_1": upload})
    assert answer.url == url
    work = Work.objects.get()
    file = work.files.get()
    mine = reverse("training:firm_work_file", args=[workshop.place.public_id, work.public_id, file.public_id])
    theirs = reverse("training:marking_file", args=[work.public_id, file.public_id])
    stranger = place(workshop.cohort)
    for actor, firm, marker in (
        (workshop.owner, 200, 404), (workshop.boss, 404, 200), (workshop.teacher, 404, 200),
        (stranger.sme.created_by, 404, 404), (officer(), 404, 404),
    ):  # fmt: skip
        client.force_login(actor)
        for address, status in ((mine, firm), (theirs, marker), (url, firm)):
            answer = client.get(address)
            assert answer.status_code == status, address
            b"".join(answer)  # to its end, so that a file is closed
    client.force_login(stranger.sme.created_by)
    wrong = reverse("training:firm_work_file", args=[stranger.public_id, work.public_id, file.public_id])
    assert client.get(wrong).status_code == 404
    bad = SimpleUploadedFile("page.exe", b"MZ" * 100, "application/pdf")
    client.force_login(workshop.owner)
    html = client.post(url, {"text": "Here.", "file_1": bad}).content.decode()
    assert "are taken as PDF" in html or "put right" in html
    assert Work.objects.count() == 1


def test_the_firm_reads_the_words_once_it_is_settled_and_not_who_wrote_them(client, workshop):
    url = reverse("training:firm_task", args=[workshop.place.public_id, workshop.task.public_id])
    work = workshop.hand_in()
    workshop.mark(work, workshop.teacher, 0, 0, words="Far too dark.")
    client.force_login(workshop.owner)
    assert "Far too dark" not in client.get(url).content.decode()
    workshop.mark(work, workshop.boss, 0, 1, words="Nothing sharp.")
    html = client.get(url).content.decode()
    assert "Far too dark" in html
    assert "Please do it again: 1 of 8 points" in html
    assert workshop.teacher.name not in html


def test_the_queue_is_the_marker_s_own(client, workshop):
    work = workshop.hand_in()
    elsewhere = Workshop()
    other = elsewhere.hand_in()
    found = [row.pk for row in selectors.works_to_mark(workshop.teacher)]
    assert found == [work.pk]
    assert {row.pk for row in selectors.works_to_mark(workshop.boss)} == {work.pk, other.pk}
    client.force_login(workshop.boss)
    url = reverse("training:marking")
    for query, number in (
        ({}, 2), ({"show": "settled"}, 0), ({"cohort": workshop.cohort.code.lower()}, 1), ({"q": "xyzzy"}, 0),
        ({"show": "x" * 5000, "order": "x", "cursor": "x"}, 2), ({"show": "mine"}, 0),
    ):  # fmt: skip
        assert len(client.get(url, query).context["rows"]) == number, query
    workshop.mark(work, workshop.boss, 2, 2)
    assert len(client.get(url).context["rows"]) == 1
    assert len(client.get(url, {"show": "mine"}).context["rows"]) == 1
    for actor in (officer(), UserFactory(), workshop.owner):
        client.force_login(actor)
        assert client.get(url).status_code == 404


def filled(**changed):
    fields = {
        "title": "A page", "title_ur": "ایک صفحہ", "words": "Write.", "words_ur": "لکھیں۔", "since": "2026-01-01",
        "is_active": "on", "pass_points": "3", "differ_points": "1", "name_en_0": "Photographs", "name_ur_0": "تصویریں",
        "levels_en_0": "0 Dark\n2 Good\n4: Sharp and bright", "levels_ur_0": "تاریک\nاچھی\nصاف اور روشن",
    }  # fmt: skip
    return fields | changed


def test_a_rubric_is_written_a_level_a_line():
    form = TaskForm(filled())
    assert form.is_valid(), form.errors
    (criterion,) = form.cleaned_data["criteria"]
    assert [(level["points"], level["en"]) for level in criterion["levels"]] == [
        (0, "Dark"), (2, "Good"), (4, "Sharp and bright"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"levels_en_0": "Dark\nGood\nSharp"}, "levels_en_0"),
        ({"levels_en_0": "2 Good\n0 Dark\n4 Sharp"}, "levels_en_0"),
        ({"levels_en_0": "2 Good"}, "levels_en_0"),
        ({"levels_en_0": "0 Dark\n99 Good\n100 Sharp"}, "levels_en_0"),
        ({"levels_ur_0": "تاریک"}, "levels_ur_0"),
        ({"name_ur_0": ""}, "name_ur_0"),
        ({"pass_points": "5"}, "pass_points"),
        ({"name_en_0": "", "name_ur_0": "", "levels_en_0": "", "levels_ur_0": ""}, "name_en_0"),
        ({"pass_points": "9" * 5000}, "pass_points"),
    ],
)
def test_a_rubric_that_is_not_whole_is_told_beside_its_field(changed, field):
    form = TaskForm(filled(**changed))
    assert not form.is_valid()
    assert field in form.errors


def test_a_task_is_set_by_programme_managers_alone(client, workshop):
    url = reverse("training:practical_task_new", args=[workshop.programme.public_id])
    for actor, status in ((workshop.owner, 404), (officer(), 403), (workshop.boss, 302)):
        client.force_login(actor)
        assert client.post(url, filled()).status_code == status
    assert client.post(url, filled()).status_code == 302
    assert workshop.programme.practical_tasks.count() == 2, "a second click sets no second task"


def test_the_page_offers_to_hand_in_only_what_is_taken(client, workshop):
    url = reverse("training:firm_task", args=[workshop.place.public_id, workshop.task.public_id])
    client.force_login(workshop.owner)
    assert client.get(url).context["can_hand_in"]
    work = workshop.hand_in()
    assert client.get(url).context["can_hand_in"]
    workshop.mark(work, workshop.teacher, 0, 0)
    assert not client.get(url).context["can_hand_in"]
    workshop.mark(work, workshop.boss, 0, 0)
    assert client.get(url).context["can_hand_in"]
    services.set_task(actor=workshop.boss, programme=workshop.programme, task=workshop.task, is_active=False)
    assert not client.get(url).context["can_hand_in"]
