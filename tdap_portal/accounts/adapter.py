"""How allauth knows our people: mobile numbers, codes by SMS through our own message rows, where to go next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.phones import NotAMobileNumber, parse_mobile
from tdap_portal.notifications.services import send_now

from . import proofs, selectors, services
from .fields import MobileField

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from .models import User

EMAIL_STAGE = "allauth.account.stages.EmailVerificationStage"
OUR_TEXTS = {  # allauth's mails; all others tell of a change to the account
    "account/email/email_confirmation": "account.code",
    "account/email/email_confirmation_signup": "account.code",
    "account/email/login_code": "account.code",
    "account/email/password_reset_code": "account.reset",
    "account/email/account_already_exists": "account.exists",
    "account/email/unknown_account": "account.unknown",
}
OUR_EMAIL_STAGE = "tdap_portal.accounts.stages.EmailVerificationIfThereIsOne"


MISMATCH = _("The e-mail or mobile number and the password do not fit together.")


class PortalAccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
        "too_many_codes": _("This code was tried too often. Have a new one sent."),
        "rate_limited": _("The last code is on its way. Wait a minute before you ask for another one."),
    }

    def get_login_stages(self) -> list[str]:
        return [OUR_EMAIL_STAGE if stage == EMAIL_STAGE else stage for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_start")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_start")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Whoever came in by a code may have forgotten the password: the way to a new one stands on the next page."""
        response = super().post_login(request, user, **kwargs)
        new_password = reverse("account_new_password")
        if proofs.signed_in_by_code(request) and kwargs["redirect_url"] != new_password:
            link = format_html('<a href="{}">{}</a>', new_password, _("Choose a new password"))
            self.add_message(request, messages.INFO, message=link)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed attempts at one account from one address of the net: else anybody would shut anybody out."""
        return f"{self._account_tried(request, **credentials)} {get_ip(request)}"

    def _account_tried(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth counts by e-mail or username: without this, all numbers would share one count."""
        if "phone" in credentials and "email" not in credentials:
            credentials["username"] = parse_mobile(credentials["phone"])
        return super()._get_login_attempts_cache_key(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Beside that, at one account from the whole net: who has many addresses guesses no faster for it."""
        super().pre_authenticate(request, **credentials)
        key = self._account_tried(request, **credentials)
        usage = ratelimit.consume(request, app="allauth.account", action="login_failed_anywhere", key=key)
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += usage.usage  # taken back together when the password was right

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002  allauth's signature
        """The number goes in with the person: allauth sets it after, but nobody is kept without a way to be reached."""
        user.mobile = form.cleaned_data.get("phone") or None
        return super().save_user(request, user, form, commit=commit)

    def phone_form_field(self, **kwargs: Any) -> MobileField:
        return MobileField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.mobile, user.mobile_verified) if user.mobile else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001  allauth's signature
        services.set_mobile(user=user, mobile=phone, verified=verified)

    def set_phone_verified(self, user: User, phone: str) -> None:
        if not user.mobile_verified and proofs.is_proving_by_code_alone(self.request):
            services.claim_account(user=user, mobile=phone)
        services.set_mobile(user=user, mobile=phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """allauth hands over what was typed at sign-in, and E.164 everywhere else."""
        try:
            return selectors.user_by_mobile(parse_mobile(phone))
        except NotAMobileNumber:
            return None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of the library is said in our words and is a row of ours first, like all that leaves."""
        send_now(
            address=email,
            channel="mail",
            template=OUR_TEXTS.get(template_prefix, "account.changed"),
            language=_language_of(context.get("user")),
            code=context.get("code", ""),
        )

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        send_now(address=phone, channel="sms", template="account.code", language=user.language, code=code)

    def send_account_already_exists_sms(self, phone: str) -> None:
        send_now(address=phone, channel="sms", template="account.exists", language=_language_of(None))

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        send_now(address=phone, channel="sms", template="account.unknown", language=_language_of(None))


def _language_of(user: User | None) -> str:
    """The person's own; for somebody we do not know, the language of the page they are on."""
    return user.language if user else get_language() or settings.LANGUAGE_CODE
