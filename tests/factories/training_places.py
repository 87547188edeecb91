"""Cohorts and firms with an accepted seat, for tests of places."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from selection.models import Offer, OfferTerms
from selection.states import OfferState, State
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory
from tests.factories.selection import RoundFactory
from tests.factories.smes import MemberFactory
from tests.selection.seats.offers import world
from training.models import Cohort, Place, Programme
from training.states import CohortState, PlaceState


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"EXP-{n}")
    name = "Selling abroad online"
    name_ur = "بیرونِ ملک آن\u00a0لائن فروخت"


class CohortFactory(factory.django.DjangoModelFactory):
    """An open cohort for firms of every round, in Lahore, in a month."""

    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    code = factory.Sequence(lambda n: f"LHR-{n}")
    mode = "in_person"
    city = "Lahore"
    starts_on = factory.LazyFunction(lambda: today() + timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: today() + timedelta(days=72))
    places = 20
    state = CohortState.OPEN.value


def seated(round_=None, *, mode="in_person", city="Lahore", days_ago=0, deposit=0, attendee="Rabia Noor") -> Offer:
    """The accepted offer of a firm of its own; its terms let firms choose."""
    round_ = round_ or RoundFactory()
    offer = world.seat(world.put(round_, State.SELECTED, 80, papers=False))
    return accepted(offer, mode=mode, city=city, days_ago=days_ago, deposit=deposit, attendee=attendee)


def many_seated(round_, number) -> list[Offer]:
    """The same in little time: firms alike."""
    return [accepted(world.seat(row)) for row in world.many(round_, State.SELECTED, 80, number)]


def accepted(offer, *, mode="in_person", city="Lahore", days_ago=0, deposit=0, attendee="Rabia Noor") -> Offer:
    if deposit:
        OfferTerms.objects.filter(pk=offer.terms_id).update(deposit_paisa=deposit)
    Offer.objects.filter(pk=offer.pk).update(
        state=OfferState.ACCEPTED.value,
        answered_by=offer.application.sme.created_by,
        answered_at=timezone.now() - timedelta(days=days_ago),
        mode=mode,
        city=city,
        attendee=attendee,
        typed_name="x",
    )
    return Offer.objects.select_related("application__sme", "application__round", "terms", "round").get(pk=offer.pk)


def owner_of(offer):
    return offer.application.sme.created_by


def member_of(offer, role, **kwargs):
    return MemberFactory(sme=offer.application.sme, role=role, **kwargs).user


def put(offer, cohort, state=PlaceState.HELD, *, minutes_ago=0, attendee="Rabia Noor") -> Place:
    """A place of the firm in a cohort, or its waiting, made past the services."""
    return Place.objects.create(
        cohort=cohort,
        application=offer.application,
        sme=offer.application.sme,
        state=state.value,
        attendee=attendee,
        asked_by=owner_of(offer),
        asked_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def fill(cohort, *, leaving=0) -> list[Offer]:
    """Firms take all places of a cohort but so many."""
    offers = [seated() for _ in range(cohort.places - leaving)]
    for offer in offers:
        put(offer, cohort)
    return offers


def move_to(cohort, state: CohortState) -> Cohort:
    """The cohort as if an official or the clock had moved it."""
    Cohort.objects.filter(pk=cohort.pk).update(state=state.value)
    cohort.refresh_from_db()
    return cohort


def taken_back(offer) -> Offer:
    """The seat is gone, as by a decision of two directors."""
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.TAKEN_BACK.value)
    type(offer.application).objects.filter(pk=offer.application_id).update(state=State.DECLINED.value)
    offer.application.refresh_from_db()
    return offer


def programme_manager(**kwargs):
    return UserFactory(roles=(Role.PROGRAMME_MANAGER,), **kwargs)
