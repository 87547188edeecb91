"""Rounds and applications for tests, made by the real acts so that every column fits."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from selection.applications import clock, tallies
from selection.correspondence import services as correspondence_services
from selection.intake import services as intake_services
from selection.models import Application, Decision, Question, Round
from selection.scoring import services as scoring_services
from selection.states import Outcome, RoundState
from smes.vocabulary.codes import Track
from tdap_portal.core.calendar import today

from .accounts import director, officer
from .smes import SmeFactory


class RoundFactory(factory.django.DjangoModelFactory):
    """A round that is open today; planned=True opens tomorrow, closed=True closed an hour ago."""

    class Meta:
        model = Round

    number = factory.Sequence(lambda n: n + 1)
    seats = 60
    tracks = factory.LazyFunction(lambda: [track.value for track in Track])
    policy = "2026-1"
    state = RoundState.OPEN.value
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))

    class Params:
        planned = factory.Trait(
            state=RoundState.PLANNED.value,
            opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)),
        )
        closed = factory.Trait(
            state=RoundState.IN_REVIEW.value,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1)),
        )


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A draft of a firm whose profile is complete. submitted, scored: go on by the real acts; sme_values: of the firm."""

    class Meta:
        model = Application

    round = factory.SubFactory(RoundFactory)

    @classmethod
    def _create(
        cls, model_class, *, sme=None, sme_values=None, track="general", submitted=False, scored=False, **kwargs
    ):
        round_ = kwargs["round"]
        sme = sme or SmeFactory(complete=True, **(sme_values or {}))
        owner = sme.created_by
        row = intake_services.start_application(actor=owner, round=round_, sme=sme, track=track)
        intake_services.save_application_draft(
            actor=owner, application=row, track=track, motivation="We want to sell footballs.", commitment_name="Saima"
        )
        if submitted or scored:
            intake_services.submit_application(actor=owner, application=row, declared=True)
        if scored:
            scoring_services.score_application(application_id=row.pk)
        return Application.objects.select_related("round", "sme").get(pk=row.pk)


def owner_of(application: Application):
    """The person who may submit, answer and withdraw."""
    return application.sme.created_by


def ask(application: Application, *, fields=("capacity_per_month",), document_kinds=(), by=None) -> Question:
    """A question that waits for the firm."""
    return correspondence_services.ask_question(
        actor=by or officer(),
        application=application,
        title="How many footballs could you make in a month?",
        words="The electricity bill points to about 7,000.",
        fields=fields,
        document_kinds=document_kinds,
    )


def decided(application: Application, outcome: Outcome = Outcome.SELECT, *, words="A strong file.") -> Application:
    """The application as after a director's decision, without the walk through review."""
    row = Application.objects.select_related("round", "sme").get(pk=application.pk)
    states = {Outcome.SELECT: "selected", Outcome.WAITLIST: "waitlisted", Outcome.DECLINE: "declined"}
    row.state, row.decided_at = states[outcome], timezone.now()
    before = tallies.cell_of(application)
    clock.stop(row, on=today())
    row.save()
    tallies.shift(row, before=before)
    card = row.score_cards.order_by("-pk").first()
    Decision.objects.create(
        application=row,
        approver=director(),
        outcome=outcome.value,
        reason_codes=["strong_score" if outcome == Outcome.SELECT else "seats_full"],
        words=words,
        score_card=card,
    )
    return row
