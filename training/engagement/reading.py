"""Rules and policy that are in force: what people set, over what the portal begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.models import EngagementRule, NudgePolicy
from training.states import LagReason

from .rules import Policy, Rule, policy_on, rules_on

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def rules(day: date) -> dict[LagReason, Rule]:
    return rules_on(
        day,
        [
            Rule(LagReason(row.code), row.threshold, row.starts_on, is_on=row.is_on, source=row.words)
            for row in EngagementRule.objects.filter(starts_on__lte=day)
        ],
    )


def policy(day: date) -> Policy:
    rows = NudgePolicy.objects.filter(starts_on__lte=day).order_by("-starts_on")[:1]
    return policy_on(
        day,
        [Policy(row.most, row.within_days, row.from_hour, row.until_hour, row.starts_on, row.words) for row in rows],
    )


def rules_to_come(day: date) -> QuerySet[EngagementRule]:
    return EngagementRule.objects.filter(starts_on__gt=day).select_related("set_by").order_by("starts_on", "code")


def policies_to_come(day: date) -> QuerySet[NudgePolicy]:
    return NudgePolicy.objects.filter(starts_on__gt=day).select_related("set_by").order_by("starts_on")
