"""Loans for programs: the cases of one's firms, and the queue and packs of one's bank. The consent is asked at every call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.finance.cases import pack as packs
from payments.finance.cases import selectors, services
from payments.models.labels import CASE_STATE_LABELS, REPAYING_LABELS
from payments.states import Look
from tdap_portal.web.answers import CURSOR, ERRORS, page_of, paged
from tdap_portal.web.paging import keyset_page

if TYPE_CHECKING:
    from rest_framework.request import Request

    from payments.models import FinanceCase
    from tdap_portal.accounts.models import User

PAGE_SIZE = 50
REPAYING = [(code.value, str(label)) for code, label in REPAYING_LABELS.items()]
STATES = [(code.value, str(label)) for code, label in CASE_STATE_LABELS.items()]


def _asks(request: Request) -> User:
    """IsAuthenticated let nobody else in."""
    return cast("User", request.user)


class FinanceCaseSerializer(serializers.Serializer):
    """What a firm asks one lender for. Amounts in paisa, rates in hundredths of a percent a year."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    firm = serializers.CharField(source="sme.name")
    firm_id = serializers.CharField(source="sme.public_id")
    lender = serializers.CharField(source="lender.name")
    state = serializers.ChoiceField(choices=STATES)
    scheme = serializers.CharField(allow_blank=True, help_text="Code of the scheme; empty for an ordinary loan.")
    amount_paisa = serializers.IntegerField(source="amount")
    days = serializers.IntegerField()
    asked_on = serializers.DateField(source="clock_started_on")
    due_on = serializers.DateField(
        allow_null=True, help_text="Until when the lender decides; null while nothing is owed."
    )
    offer_amount_paisa = serializers.IntegerField(source="offer_amount", allow_null=True)
    offer_rate_bp = serializers.IntegerField(allow_null=True)
    offer_days = serializers.IntegerField(allow_null=True)
    offer_until = serializers.DateField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Codes of a refusal.")
    paid_out_paisa = serializers.IntegerField(source="paid_out", allow_null=True)
    paid_out_on = serializers.DateField(allow_null=True)
    repaid_paisa = serializers.IntegerField(source="repaid")
    repaying = serializers.ChoiceField(choices=REPAYING, allow_blank=True, help_text="Empty before money was paid out.")
    written_off_on = serializers.DateField(allow_null=True)
    loss_reason = serializers.CharField(allow_blank=True, help_text="Code of why it was written off; else empty.")
    lost_paisa = serializers.IntegerField(source="lost", help_text="Written off, and not come back since.")
    consent_ends_on = serializers.DateField(source="consent.ends_on")


class PackLineSerializer(serializers.Serializer):
    """One line of a readiness pack, in the language of the caller."""

    name = serializers.CharField()
    says = serializers.CharField()
    state = serializers.CharField()
    rests_on = serializers.CharField(allow_blank=True)


class ExpectedSerializer(serializers.Serializer):
    """What the firm expects to pay the loan back from, as it says."""

    day = serializers.DateField()
    paisa = serializers.IntegerField()


class PackSerializer(serializers.Serializer):
    """A case with its readiness pack, for its lender alone."""

    case = FinanceCaseSerializer()
    use = serializers.CharField()
    expected = ExpectedSerializer(many=True)
    on = serializers.DateField(help_text="The day of the size class and of the schemes.")
    decided_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When the lender decided: the lines stand as they were then; null while they are of today.",
    )
    digest = serializers.CharField(allow_blank=True, help_text="SHA-256 of what was decided upon; empty before.")
    lines = PackLineSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Names of papers that are to come.")


class OwnCases(APIView):
    @extend_schema(
        operation_id="payments_finance_cases_list",
        parameters=[CURSOR],
        responses={200: paged(FinanceCaseSerializer, "FinanceCasePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """What your firms asked lenders for, the newest first."""
        rows = selectors.cases_visible_to(_asks(request))
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, FinanceCaseSerializer)


class OwnCase(APIView):
    @extend_schema(operation_id="payments_finance_cases_retrieve", responses={200: FinanceCaseSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One case of your firm."""
        return Response(FinanceCaseSerializer(selectors.own_case(_asks(request), public_id)).data)


class LenderQueue(APIView):
    @extend_schema(
        operation_id="payments_finance_queue_list",
        parameters=[
            OpenApiParameter("tab", OpenApiTypes.STR, description="A part of the queue.", enum=list(selectors.TABS)),
            CURSOR,
        ],
        responses={200: paged(FinanceCaseSerializer, "LenderQueuePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Cases that a consent opens to your bank now, the oldest first."""
        tab = request.query_params.get("tab", "")
        rows = selectors.queue_of(_asks(request), tab if tab in selectors.TABS else "")
        page = keyset_page(rows, order=("order_day", "id"), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, FinanceCaseSerializer)


class LenderPack(APIView):
    @extend_schema(operation_id="payments_finance_queue_retrieve", responses={200: PackSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One case with its readiness pack. Each call is noted, and the firm sees it; without a consent in force there is nothing here."""
        user = _asks(request)
        row = services.look(actor=user, case=selectors.lender_case(user, public_id), way=Look.API)
        return Response(PackSerializer(_pack_of(row)).data)


def _pack_of(row: FinanceCase) -> dict[str, Any]:
    made, kept = packs.pack_of_case(row), selectors.decided_pack_of(row)
    return {
        "case": row,
        "use": row.use,
        "expected": [{"day": day, "paisa": paisa} for day, paisa in row.expected],
        "on": made.on,
        "decided_at": kept.made_at if kept else None,
        "digest": kept.digest if kept else "",
        "lines": made.lines,
        "missing": list(made.missing),
    }
