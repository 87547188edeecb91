"""/api/v1/payments/: exports, the money for them, the statement and the series of SME finance. The same selectors as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.models.labels import (
    DUE_REASON_LABELS,
    INDICATOR_LABELS,
    PROCEEDS_STATE_LABELS,
    SHIPMENT_KIND_LABELS,
    SHIPMENT_STATE_LABELS,
    TERMS_LABELS,
)
from payments.pulse import selectors as pulse_selectors
from payments.statement import selectors as statement_selectors
from tdap_portal.web.answers import CURSOR, ERRORS, page_of, paged
from tdap_portal.web.paging import keyset_page

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise
    from rest_framework.request import Request

    from tdap_portal.accounts.models import User

PAGE_SIZE = 50
HUNDREDTHS = "In hundredths of the currency."


def _asks(request: Request) -> User:
    """IsAuthenticated let nobody else in."""
    return cast("User", request.user)


def _choices(labels: Mapping[Any, StrOrPromise]) -> list[tuple[str, str]]:
    return [(code.value, str(label)) for code, label in labels.items()]


def _word(name: str, labels: Mapping[Any, StrOrPromise], description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, enum=[code.value for code in labels])


class ShipmentSerializer(serializers.Serializer):
    """Goods, a parcel or a service that was sold abroad."""

    id = serializers.CharField(source="public_id")
    firm = serializers.CharField(source="sme.name")
    kind = serializers.ChoiceField(choices=_choices(SHIPMENT_KIND_LABELS))
    number = serializers.CharField(
        help_text="Of the financial instrument, the form or the courier's bill; empty for services."
    )
    invoice_number = serializers.CharField()
    hs6 = serializers.CharField(help_text="Empty for services.")
    service = serializers.CharField(help_text="Code of the balance of payments' list; empty for goods.")
    sector = serializers.CharField()
    buyer_country = serializers.CharField()
    terms = serializers.ChoiceField(choices=_choices(TERMS_LABELS))
    shipped_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True, help_text="As found on the day it was recorded; null without one.")
    due_reason = serializers.ChoiceField(choices=_choices(DUE_REASON_LABELS))
    currency = serializers.CharField()
    amount = serializers.IntegerField(help_text=HUNDREDTHS)
    matched = serializers.IntegerField(help_text=HUNDREDTHS)
    left = serializers.IntegerField(help_text=HUNDREDTHS)
    state = serializers.ChoiceField(choices=_choices(SHIPMENT_STATE_LABELS))


class ProceedsSerializer(serializers.Serializer):
    """Money that came from abroad."""

    id = serializers.CharField(source="public_id")
    firm = serializers.CharField(source="sme.name")
    is_service = serializers.BooleanField()
    bank = serializers.CharField(source="bank.name")
    bank_reference = serializers.CharField()
    came_on = serializers.DateField()
    currency = serializers.CharField()
    amount = serializers.IntegerField(help_text=HUNDREDTHS)
    matched = serializers.IntegerField(help_text=HUNDREDTHS)
    kept = serializers.IntegerField(help_text="Stays in a foreign account. In hundredths of the currency.")
    paisa = serializers.IntegerField(allow_null=True, help_text="In paisa, by the rate of its day; null without one.")
    service = serializers.CharField(help_text="Empty for goods.")
    purpose_code = serializers.CharField(source="purpose.code", default="")
    needs_form_r = serializers.BooleanField(allow_null=True, help_text="Null where no rate tells.")
    state = serializers.ChoiceField(choices=_choices(PROCEEDS_STATE_LABELS))


class StatementLineSerializer(serializers.Serializer):
    """A published line: of at least five firms."""

    month = serializers.DateField(help_text="Its first day.")
    kind = serializers.ChoiceField(choices=[("goods", "goods"), ("services", "services")])
    sectors = serializers.ListField(child=serializers.CharField(), help_text="Several where small ones are summed.")
    firms = serializers.IntegerField(allow_null=True, help_text="Null where the kind is hidden.")
    paisa = serializers.IntegerField(allow_null=True, help_text="Null where the kind is hidden.")


class PulsePointSerializer(serializers.Serializer):
    """A figure of SME finance with its source."""

    indicator = serializers.ChoiceField(choices=_choices(INDICATOR_LABELS))
    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=14, decimal_places=2)
    source = serializers.CharField()
    is_article = serializers.BooleanField(help_text="As the article of May 2017 says it.")


CURRENCY = OpenApiParameter("currency", OpenApiTypes.STR, description="Such as USD.")


class Shipments(APIView):
    @extend_schema(
        operation_id="payments_shipments_list",
        parameters=[
            _word("state", SHIPMENT_STATE_LABELS, "State."),
            _word("kind", SHIPMENT_KIND_LABELS, "What was sold."),
            OpenApiParameter("sector", OpenApiTypes.STR, description="Code of a sector."),
            CURRENCY,
            CURSOR,
        ],
        responses={200: paged(ShipmentSerializer, "ShipmentPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Exports of your firms, the newest first; for finance officers and directors of all firms."""
        rows = selectors.shipments_visible_to(_asks(request), request.query_params)
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, ShipmentSerializer)


class OneShipment(APIView):
    @extend_schema(operation_id="payments_shipments_retrieve", responses={200: ShipmentSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One export, for whoever has it in the list."""
        return Response(ShipmentSerializer(selectors.shipment_for(_asks(request), public_id)).data)


class Receipts(APIView):
    @extend_schema(
        operation_id="payments_proceeds_list",
        parameters=[_word("state", PROCEEDS_STATE_LABELS, "State."), CURRENCY, CURSOR],
        responses={200: paged(ProceedsSerializer, "ProceedsPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Money for exports of your firms, or through your bank, the newest first; for finance officers and directors of all firms."""
        rows = selectors.receipts_visible_to(_asks(request), request.query_params)
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, ProceedsSerializer)


class OneReceipt(APIView):
    @extend_schema(operation_id="payments_proceeds_retrieve", responses={200: ProceedsSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One of them, for whoever has it in the list."""
        return Response(ProceedsSerializer(selectors.receipt_for(_asks(request), public_id)).data)


class Statement(APIView):
    @extend_schema(operation_id="payments_statement_list", responses={200: StatementLineSerializer(many=True)} | ERRORS)
    def get(self, request: Request) -> Response:
        """Confirmed proceeds of the programme as they are published, the latest month first."""
        lines: list[dict[str, object]] = []
        for one in statement_selectors.published():
            for kind, shown in one.kinds:
                said = [{"sectors": line.sectors, "firms": line.firms, "paisa": line.paisa} for line in shown.lines]
                if shown.is_hidden:
                    said = [{"sectors": (), "firms": None, "paisa": None}]
                lines += [{"month": one.month, "kind": kind} | line for line in said]
        return Response(StatementLineSerializer(lines, many=True).data)


class Pulse(APIView):
    @extend_schema(operation_id="payments_pulse_list", responses={200: PulsePointSerializer(many=True)} | ERRORS)
    def get(self, request: Request) -> Response:
        """Figures of SME finance with their sources."""
        return Response(PulsePointSerializer(pulse_selectors.standing(), many=True).data)
