"""Codes of six digits: how often one that proves an address is tried and asked for anew; one of an app opens once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    VerifyPhoneForm,
)
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.phone_verification import (
    ChangePhoneVerificationProcess,
    PhoneVerificationStageProcess,
)
from allauth.account.stages import LoginByCodeStage, LoginStageController, PhoneVerificationStage
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse, RateLimited
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .models import User

MAX_NEW_CODES = 3  # of one step; who needs more starts again


class SixDigits:
    """Counts in the cache how often a code is tried: what a session counts, many requests at once would outrun."""

    expected_code: str
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "dir": "ltr"}

    def clean_code(self) -> str:
        request = context.request
        if not ratelimit.consume(
            request, action="type_code", key=f"{request.session.session_key} {self.expected_code}"
        ):
            raise get_adapter().validation_error("too_many_codes")
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside it
        return code


class LoginCode(SixDigits, ConfirmLoginCodeForm):
    pass


class EmailCode(SixDigits, ConfirmEmailVerificationCodeForm):
    pass


class ResetCode(SixDigits, ConfirmPasswordResetCodeForm):
    pass


class PhoneCode(SixDigits, VerifyPhoneForm):
    pass


class OpensOnce:
    """Refuses a code of the app that was used, for as long as the app's steps before and after it are taken.

    allauth remembers a used code for one step, and only where a person signs in.
    """

    cleaned_data: dict[str, Any]
    user: User

    def clean_code(self) -> str:
        used = f"accounts.used_code?user={self.user.pk}&code={normalize_user_code(self.cleaned_data['code'])}"
        if cache.get(used):
            raise get_mfa_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside it
        cache.set(used, True, mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1))
        return code


class FactorCode(OpensOnce, AuthenticateForm):
    pass


class FactorCodeAgain(OpensOnce, ReauthenticateForm):
    pass


class FirstFactorCode(OpensOnce, ActivateTOTPForm):
    pass


def send_again(request: HttpRequest, process: Any) -> None:
    """Send the code of this step once more. Raises RateLimited.

    The same work whether there is an account or not, which allauth's own "resend" does not do: a stranger would tell the
    two apart by time, or by the fault for a number without an account.
    """
    if process.is_resend_quota_reached(MAX_NEW_CODES):
        raise RateLimited
    process.record_resend()
    if isinstance(process, LoginCodeVerificationProcess):
        address = process.state.get("email") or process.state["phone"]
        ratelimit.consume(request, action="request_login_code", key=address.lower(), raise_exception=True)
    if isinstance(process, EmailVerificationProcess):
        process.generate_code()
    try:
        process.send()
    except ImmediateHttpResponse:  # how the mails' own limit says no
        raise RateLimited from None
    process.persist()


def waiting_step(request: HttpRequest) -> tuple[Any, str] | None:
    """The step in which this session waits for a code, in allauth's words a process, and the name of its page."""
    if stage := LoginStageController.enter(request, PhoneVerificationStage.key):
        process, page = PhoneVerificationStageProcess.resume(stage), "account_verify_phone"
    elif stage := LoginStageController.enter(request, LoginByCodeStage.key):
        process, page = LoginCodeVerificationProcess.resume(stage), "account_confirm_login_code"
    elif process := EmailVerificationProcess.resume(request):
        page = "account_email_verification_sent"
    elif request.user.is_authenticated:
        process, page = ChangePhoneVerificationProcess.resume(request), "account_verify_phone"
    return (process, page) if process else None
