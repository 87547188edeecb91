"""What allauth tells by its own signals; registered when the app is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from . import proofs, services

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.http import HttpRequest


@receiver(email_confirmed)
def claim_by_email(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    """The same as a number's first proof, which the adapter hears of."""
    if proofs.is_proving_by_code_alone(request):
        services.claim_account(user=email_address.user, email=email_address.email)
