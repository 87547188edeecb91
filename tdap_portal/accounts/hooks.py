"""What allauth tells by its own signals; registered when the app is ready."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import email_confirmed, user_signed_up
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from tdap_portal.web.keeping import forget_draft

from . import proofs, services
from .middleware import BEGAN, SEEN

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest

    from .models import User


@receiver(email_confirmed)
def claim_by_email(request: HttpRequest, email_address: EmailAddress, **_kwargs: object) -> None:
    """The same as a number's first proof, which the adapter hears of."""
    if proofs.is_proving_by_code_alone(request):
        services.claim_account(user=email_address.user, email=email_address.email)


@receiver(user_logged_in)
def note_when_session_began(request: HttpRequest, **_kwargs: object) -> None:
    """Here, where the session is written anyway, and not with the first page."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


@receiver(user_signed_up)
def forget_draft_of_registration(request: HttpRequest, **_kwargs: object) -> None:
    """The page is allauth's own, so that it is not known by its decorator."""
    forget_draft(request)


@receiver(authenticator_added)
def count_enrolling_as_use(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: object) -> None:
    """Setting a factor up takes a code of the app or a touch of the key: nobody is asked for another one at once."""
    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
