"""A program begins to pay by every way that the page offers, and gets what its payer goes on with."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from payments.checkout.forms import PhoneForm
from payments.checkout.wording import refusal_words
from payments.deposits import paying
from payments.deposits import selectors as deposits
from payments.models import Attempt
from payments.models.labels import ATTEMPT_STATE_LABELS
from payments.providers.interface import Begun, Can, Instructions, Outcome, PostForm, Redirect, Refused, WaitForPhone
from payments.providers.switches import provider_of
from tdap_portal.core.errors import DomainError

if TYPE_CHECKING:
    from payments.models import Payment
    from payments.providers.interface import Provider
    from tdap_portal.accounts.models import User

ATTEMPT_STATES = [(code.value, str(label)) for code, label in ATTEMPT_STATE_LABELS.items()]
POST_FORM, REDIRECT, PHONE, INSTRUCTIONS, NOTHING = "post_form", "redirect", "wait_for_phone", "instructions", "none"


class AttemptSerializer(serializers.Serializer[Attempt]):
    """One try to pay."""

    number = serializers.IntegerField()
    way = serializers.CharField()
    reference = serializers.CharField(help_text="What the payer writes in the bank's form.")
    amount_paisa = serializers.IntegerField(source="amount")
    came_paisa = serializers.IntegerField(
        source="came",
        allow_null=True,
        help_text="What came, where it is not the amount asked; two officers decide about it.",
    )
    state = serializers.ChoiceField(choices=ATTEMPT_STATES)
    expires_at = serializers.DateTimeField()


class NextSerializer(serializers.Serializer[Any]):
    """What the payer does next.

    - `post_form`: the payer's browser posts `fields` to `url`, the company's page.
    - `redirect`: the payer's browser goes to `url`.
    - `wait_for_phone`: the payer says yes on the telephone.
    - `instructions`: the payer copies `lines`, or scans `qr`.
    - `none`: nothing; `refusal` says why where it was not begun.

    `url` and `fields` are of this moment: asked for again with the same key, they are empty once the try has ended.
    """

    kind = serializers.ChoiceField(choices=[POST_FORM, REDIRECT, PHONE, INSTRUCTIONS, NOTHING])
    url = serializers.CharField(allow_blank=True)
    fields_ = serializers.DictField(child=serializers.CharField())
    refusal = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`fields` is a name of the serializer's own."""
        return {("fields" if name == "fields_" else name): field for name, field in super().get_fields().items()}


class BegunSerializer(AttemptSerializer):
    """The same with what the payer goes on with. lines and qr: of a way with instructions; qr is the text of the code."""

    lines = serializers.ListField(child=serializers.DictField())
    qr = serializers.CharField(allow_blank=True)
    next = NextSerializer()


class BeginSerializer(serializers.Serializer[Any]):
    """A way, as the page offers it. With mobile the wallet's telephone is asked; neither number is kept."""

    way = serializers.CharField(
        max_length=24,
        help_text="raast, bank, jazzcash, easypaisa or alipay, as far as they are switched on; in the demo sandbox too.",
    )
    mobile = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Of the wallet, to pay by telephone."
    )
    cnic = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Of the wallet’s owner, which JazzCash asks for."
    )


def begin(user: User, row: Payment, said: dict[str, Any], key: str) -> tuple[Attempt, Begun | Refused | None]:
    """Once for a key of a person. Raises DomainError "no_such_way", "needs_mobile", "no_telephone", ValidationError of the numbers, and what
    begin_attempt raises."""
    way = said["way"]
    provider = provider_of(way)
    if provider is None or way not in {each.code for each in deposits.ways()}:
        raise DomainError(_("This way to pay is not open. Choose another one."), code="no_such_way")
    site = settings.SITE_URL.rstrip("/")
    return paying.begin_attempt(
        actor=user,
        payment=row,
        way=way,
        token=f"key {hashlib.sha256(f'{user.pk}:{key}'.encode()).hexdigest()[:36]}",
        return_url=f"{site}{reverse('payments:back', args=[row.public_id])}",
        notice_url=f"{site}{reverse('payments:notice', args=[way])}",
        **_payer(provider, said),
    )


def _payer(provider: Provider, said: dict[str, Any]) -> dict[str, str]:
    """By the telephone, where a number is given; by the shapes of the page."""
    if not said.get("mobile"):
        if Can.WALLET_PUSH in provider.can and Can.HOSTED_PAGE not in provider.can:
            raise DomainError(_("This wallet asks on a telephone: send its mobile number."), code="needs_mobile")
        return {}
    if Can.WALLET_PUSH not in provider.can:
        raise DomainError(_("This way asks on no telephone: leave the mobile number out."), code="no_telephone")
    form = PhoneForm(said | {"token": "-"}, needs_cnic=provider.code == "jazzcash")
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form.as_payer()


def kept_answer(attempt: Attempt, begun: Begun | Refused | None) -> dict[str, Any]:
    """Of the first request, to be given again: without what only holds for a moment, or is the company's own."""
    steps = paying.instructions_of(attempt)
    attempt.refresh_from_db()
    lines = [{"label": line.label, "value": line.value} for line in steps.lines] if steps else []
    refusal = refusal_words(begun.code) if isinstance(begun, Refused) else ""
    following = {"kind": _kind(begun, steps), "url": "", "fields": {}, "refusal": refusal}
    return {**AttemptSerializer(attempt).data, "lines": lines, "qr": steps.qr if steps else "", "next": following}


def _kind(begun: Begun | Refused | None, steps: Instructions | None) -> str:
    if steps is not None:
        return INSTRUCTIONS
    if not isinstance(begun, Begun) or begun.outcome == Outcome.FAILED:
        return NOTHING
    kinds = {PostForm: POST_FORM, Redirect: REDIRECT, WaitForPhone: PHONE}
    return kinds.get(type(begun.step), NOTHING)


def with_step(answer: dict[str, Any], begun: Begun | Refused | None) -> dict[str, Any]:
    """The answer with where the payer goes on now."""
    step = begun.step if isinstance(begun, Begun) and begun.outcome in (Outcome.PENDING, Outcome.UNKNOWN) else None
    found: dict[str, Any] = {}
    if isinstance(step, PostForm):
        found = {"url": step.url, "fields": dict(step.fields)}
    elif isinstance(step, Redirect):
        found = {"url": step.url}
    return answer | {"next": answer["next"] | found}
