"""Whoever was let go of a firm while a page was open does nothing more for it, whatever role the page was read with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selection.correspondence import services as correspondence_services
from selection.intake import services as intake_services
from smes.models import Document, Member
from smes.papers import services as papers_services
from smes.papers.checks import CheckedPaper
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from smes.profile import services as profile_services
from tdap_portal.core.errors import NotAllowed
from tests.factories.selection import ApplicationFactory, RoundFactory, ask
from tests.factories.smes import MemberFactory

if TYPE_CHECKING:
    from selection.models import Application

pytestmark = pytest.mark.django_db
PAPER = CheckedPaper(b"%PDF-1.7 new", "application/pdf", "pdf", "new.pdf", pages=1, sha256="0" * 64)


def submitted_and_asked() -> Application:
    row = ApplicationFactory(scored=True)
    ask(row, document_kinds=["electricity_bill"])
    return row


ACTS = {
    "papers": (
        ApplicationFactory,
        lambda row, by: papers_services.upload_document(actor=by, sme=row.sme, kind="cnic_copy", paper=PAPER),
    ),
    "step": (
        ApplicationFactory,
        lambda row, by: profile_services.save_step(
            actor=by, sme=row.sme, step="capacity", values={"lead_time_days": 3}
        ),
    ),
    "fact": (
        ApplicationFactory,
        lambda row, by: profile_services.correct_profile(actor=by, sme=row.sme, values={"employees": 61}),
    ),
    "start": (
        ApplicationFactory,
        lambda row, by: intake_services.start_application(actor=by, round=RoundFactory(), sme=row.sme),
    ),
    "draft": (
        ApplicationFactory,
        lambda row, by: intake_services.save_application_draft(actor=by, application=row, track="general"),
    ),
    "submit": (
        ApplicationFactory,
        lambda row, by: intake_services.submit_application(actor=by, application=row, declared=True),
    ),
    "withdraw": (
        submitted_and_asked,
        lambda row, by: intake_services.withdraw_application(actor=by, application=row),
    ),
    "letter": (
        submitted_and_asked,
        lambda row, by: correspondence_services.write_letter(actor=by, application=row, words="Good morning."),
    ),
    "answer": (
        submitted_and_asked,
        lambda row, by: correspondence_services.answer_with_papers(
            actor=by, question=row.questions.get(), papers=[("electricity_bill", PAPER, None)]
        ),
    ),
    "invitation": (
        ApplicationFactory,
        lambda row, by: people_services.invite_member(actor=by, sme=row.sme, role="trainee", email="hina@example.pk"),
    ),
}


@pytest.mark.parametrize("is_let_go", [True, False])
@pytest.mark.parametrize("act", ACTS)
def test_who_is_let_go_after_the_page_was_read_does_nothing_more(act, is_let_go):
    make, do = ACTS[act]
    row = make()
    member = MemberFactory(sme=row.sme, role="owner")
    row.sme = people_selectors.smes_of(member.user).get()
    if is_let_go:
        Member.objects.filter(pk=member.pk).delete()
    assert people_selectors.role_of(member.user, row.sme) == "owner"  # of the page that is still open

    if is_let_go:
        with pytest.raises(NotAllowed):
            do(row, member.user)
        assert not Document.objects.exists()
    else:
        do(row, member.user)
