"""/api/v1/payments/: a firm's own payments; all of them for finance officers, directors and programme managers, who read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.deposits import paying, permissions
from payments.deposits import selectors as deposits
from payments.models import Payment
from payments.models.labels import PAYMENT_STATE_LABELS, PURPOSE_LABELS
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotFound
from tdap_portal.web.answers import CURSOR, ERRORS, page_of, paged
from tdap_portal.web.paging import keyset_page

from . import beginning, idempotency
from .beginning import AttemptSerializer, BeginSerializer, BegunSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from tdap_portal.accounts.models import User

PAGE_SIZE = 50
READS_ALL = (Role.FINANCE_OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER)
PAYMENT_STATES = [(code.value, str(label)) for code, label in PAYMENT_STATE_LABELS.items()]
PURPOSES = [(code.value, str(label)) for code, label in PURPOSE_LABELS.items()]


# -------------------------------------------------------------------------------------------------------------- shapes


class PaymentSerializer(serializers.Serializer[Payment]):
    """What a firm was asked to pay. Amounts are whole paisa."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    purpose = serializers.ChoiceField(choices=PURPOSES)
    firm = serializers.CharField(source="sme.name")
    firm_id = serializers.CharField(source="sme.public_id")
    words = serializers.CharField()
    words_ur = serializers.CharField()
    amount_paisa = serializers.IntegerField(source="amount")
    paid_paisa = serializers.IntegerField(source="paid")
    paid_back_paisa = serializers.IntegerField(source="paid_back")
    kept_paisa = serializers.IntegerField(source="kept")
    let_go_paisa = serializers.IntegerField(source="let_go", help_text="Missing, and accepted by two officers.")
    state = serializers.ChoiceField(choices=PAYMENT_STATES)
    due_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    way = serializers.CharField(allow_blank=True, help_text="By which it was paid; empty while it was not.")


# --------------------------------------------------------------------------------------------------------------- reads


def payments_visible_to(user: User) -> QuerySet[Payment]:
    rows = Payment.objects.select_related("sme")
    if user.has_role(*READS_ALL):
        return rows
    firms = [sme for sme in people_selectors.smes_of(user) if permissions.can_see_payments(user, sme)]
    return rows.filter(sme__in=firms)


def _one(user: User, public_id: str) -> Payment:
    row = payments_visible_to(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def _asks(request: Request) -> User:
    """IsAuthenticated let nobody else in."""
    return cast("User", request.user)


class Payments(APIView):
    @extend_schema(
        operation_id="payments_list",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=[code for code, _label in PAYMENT_STATES]),
            OpenApiParameter("purpose", OpenApiTypes.STR, enum=[code for code, _label in PURPOSES]),
            CURSOR,
        ],
        responses={200: paged(PaymentSerializer, "PaymentPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Payments of your firms, the newest first; for finance officers, directors and programme managers all."""
        wanted = {name: request.query_params.get(name, "") for name in ("state", "purpose")}
        rows = payments_visible_to(_asks(request)).filter(**{name: value for name, value in wanted.items() if value})
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, PaymentSerializer)


class OnePayment(APIView):
    @extend_schema(operation_id="payments_retrieve", responses={200: PaymentSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One payment, for whoever has it in the list."""
        return Response(PaymentSerializer(_one(_asks(request), public_id)).data)


class Attempts(APIView):
    @extend_schema(operation_id="payments_attempts_list", responses={200: AttemptSerializer(many=True)} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """The tries to pay it, the newest first."""
        rows = deposits.attempts_of(_one(_asks(request), public_id))
        return Response(AttemptSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="payments_attempts_begin",
        parameters=[idempotency.PARAMETER],
        request=BeginSerializer,
        responses={201: BegunSerializer} | ERRORS,
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Begin to pay by any way that the page offers, for a firm's owner or whoever looks after its money. The same key begins once: sent
        again it gives the same try, and where its payer goes on as long as nothing is known of it."""
        user = _asks(request)
        row = _one(user, public_id)
        permissions.can_pay(user, row).require()
        shape = BeginSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        idempotency.require_free_or_same(request, user)
        key = request.headers.get(idempotency.HEADER, "")
        attempt, begun = beginning.begin(user, row, shape.validated_data, key)
        response = idempotency.once(request, user, lambda: (201, beginning.kept_answer(attempt, begun)))
        response.data = beginning.with_step(response.data, begun)
        return response


class LeaveAttempt(APIView):
    @extend_schema(
        operation_id="payments_attempts_leave",
        parameters=[idempotency.PARAMETER],
        request=None,
        responses={200: AttemptSerializer} | ERRORS,
    )
    def post(self, request: Request, public_id: str, number: int) -> Response:
        """Say that nothing is paid by this try, so that nobody waits for the bank. The same key leaves once."""
        user = _asks(request)
        attempt = deposits.attempt_in(_one(user, public_id), number)
        permissions.can_pay(user, attempt.payment).require()

        def act() -> tuple[int, dict[str, Any]]:
            return 200, dict(AttemptSerializer(paying.leave_attempt(actor=user, attempt=attempt)).data)

        return idempotency.once(request, user, act)
