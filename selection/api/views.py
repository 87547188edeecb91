"""/api/v1/: the same services, selectors and permissions as the pages. A token or the session says who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from selection.appeals import permissions as appeals_permissions
from selection.appeals import selectors as appeals_selectors
from selection.applications import selectors as applications_selectors
from selection.desk import selectors as desk_selectors
from selection.desk import summary
from selection.desk.filters import YES, DeskFilter, Order, Tab
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import selectors as rounds_selectors
from selection.seats.offers import selectors as offers_selectors
from selection.states import State
from selection.trade import selectors as trade_selectors
from smes.states import NeededPapers
from smes.vocabulary.codes import SIZE_CLASSES, Track
from smes.vocabulary.sectors import SECTORS
from tdap_portal.core.errors import NotFound
from tdap_portal.web.answers import CURSOR, ERRORS, ErrorSerializer, page_of, paged
from tdap_portal.web.paging import keyset_page

from . import serializers as shapes

if TYPE_CHECKING:
    from rest_framework.request import Request

    from selection.models import Application

PAGE_SIZE = 50
ACT_ERRORS = ERRORS | {
    status.HTTP_400_BAD_REQUEST: ErrorSerializer,
    status.HTTP_403_FORBIDDEN: ErrorSerializer,
    status.HTTP_409_CONFLICT: ErrorSerializer,
}
LIST_ERRORS = ERRORS | {status.HTTP_403_FORBIDDEN: ErrorSerializer}
READ_WITH_A_FILE = ("decisions", "appeal__round", "appeal__director", "appeal__points_made", "offers__terms")


class Rounds(APIView):
    @extend_schema(operation_id="rounds_list", responses={200: shapes.RoundSerializer(many=True)} | ERRORS)
    def get(self, request: Request) -> Response:
        """All rounds, the newest first."""
        del request
        return Response(shapes.RoundSerializer(rounds_selectors.rounds_in_calendar(), many=True).data)


class Sectors(APIView):
    @extend_schema(operation_id="sectors_list", responses={200: shapes.SectorSerializer(many=True)} | ERRORS)
    def get(self, request: Request) -> Response:
        """The priority sectors with their headings."""
        del request
        return Response(shapes.SectorSerializer(SECTORS.values(), many=True).data)


class Indicators(APIView):
    @extend_schema(
        operation_id="indicators_list", responses={200: shapes.SectorIndicatorsSerializer(many=True)} | ERRORS
    )
    def get(self, request: Request) -> Response:
        """Each sector with its own trade and platform indicators, of the vintages in use."""
        del request
        return Response(
            shapes.SectorIndicatorsSerializer(
                map(_indicators, trade_selectors.sectors_with_indicators()), many=True
            ).data
        )


class SectorIndicators(APIView):
    @extend_schema(operation_id="indicators_retrieve", responses={200: shapes.SectorIndicatorsSerializer} | ERRORS)
    def get(self, request: Request, sector: str) -> Response:
        """One sector with the indicators of its headings too."""
        del request
        return Response(shapes.SectorIndicatorsSerializer(_indicators(trade_selectors.sector_figures(sector))).data)


def _indicators(found: trade_selectors.SectorFigures) -> dict[str, Any]:
    return {
        "sector": found.sector,
        "indicators": list(found.own.values()),
        "headings": {hs: list(rows.values()) for hs, rows in found.headings.items()},
    }


# ------------------------------------------------------------------------------------------------------ the firm's own


class OwnApplications(APIView):
    @extend_schema(
        operation_id="applications_list",
        parameters=[CURSOR],
        responses={200: paged(shapes.OwnApplicationSerializer, "OwnApplicationPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """The applications of your firms, the newest first; empty for somebody without a firm."""
        rows = applications_selectors.applications_visible_to(request.user).prefetch_related(*READ_WITH_A_FILE)
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.OwnApplicationSerializer)


class OwnApplication(APIView):
    @extend_schema(operation_id="applications_retrieve", responses={200: shapes.OwnApplicationSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One application of your firms."""
        return Response(
            shapes.OwnApplicationSerializer(applications_selectors.application_for(request.user, public_id)).data
        )


# ------------------------------------------------------------------------------------------------------------ the desk


def _words(name: str, values: Any, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, enum=[str(value) for value in values])


class Queue(APIView):
    @extend_schema(
        operation_id="desk_files_list",
        parameters=[
            OpenApiParameter(
                "round", OpenApiTypes.STR, description="Code of the round (R3); the one in review if left out."
            ),
            _words("tab", Tab, "A view of the desk; the whole round if left out."),
            OpenApiParameter(
                "q", OpenApiTypes.STR, description="Part of a firm's name, a file's number, or an HS code."
            ),
            _words("sector", SECTORS, "Code of a sector."),
            OpenApiParameter("province", OpenApiTypes.STR, description="ISO 3166-2 code (PK-PB)."),
            _words("track", Track, "Track."),
            _words("state", (state for state in State if state != State.DRAFT), "State of the file."),
            OpenApiParameter("officer", OpenApiTypes.STR, description="Id of an officer: the open files they have."),
            _words("size", SIZE_CLASSES, "Size class of the firm, as it was frozen."),
            _words("papers", NeededPapers, "How far the papers have come that the firm must send."),
            _words("differ", [YES], "Both readings are in and would not do the same."),
            _words("unfit", [YES], "Something that the firm says or sends does not fit, and nobody has explained it."),
            _words("women", [YES], "Led by a woman."),
            _words("doubled", [YES], "May be the same business as another firm."),
            _words("order", Order, "Longest waiting, most points or oldest submission first."),
            CURSOR,
        ],
        responses={200: paged(shapes.QueueFileSerializer, "QueuePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """The queue, for officers and directors; a filter that is not known is passed over."""
        if not review_permissions.can_use_desk(request.user):
            raise NotFound
        params = request.query_params
        now = desk_selectors.desk_now()
        round_ = desk_selectors.round_in_hand(now.rounds, params.get("round", ""))
        if round_ is None or (params.get("round") and round_.code != params["round"]):
            raise NotFound
        view = DeskFilter.read(params, home=Tab.WHOLE)
        page = desk_selectors.queue_page(
            request.user, round_, view, cursor=params.get("cursor"), day=now.day, size=PAGE_SIZE
        )
        return page_of(request, page, shapes.QueueFileSerializer)


class DeskFile(APIView):
    @extend_schema(operation_id="desk_files_retrieve", responses={200: shapes.DeskFileSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One file. What another reader wrote is null until both readings are in."""
        return Response(_file_json(request, review_selectors.file_for(request.user, public_id)))


class DeskAppeals(APIView):
    @extend_schema(
        operation_id="desk_appeals_list",
        parameters=[
            OpenApiParameter("round", OpenApiTypes.STR, description="Code of a round (R3); all rounds if left out."),
            _words("state", (state for state, _label in shapes.APPEAL_STATES), "State of the appeal."),
            CURSOR,
        ],
        responses={200: paged(shapes.DeskAppealSerializer, "DeskAppealPage")} | LIST_ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Appeals that were sent, for directors, those that are due last first; a state that is not known is passed over."""
        if not appeals_permissions.can_see_appeals(request.user):
            raise NotFound
        appeals_permissions.can_list_appeals(request.user).require()
        params = request.query_params
        state = params.get("state", "")
        rows = appeals_selectors.appeals_listed(
            request.user,
            state=state if state in dict(shapes.APPEAL_STATES) else "",
            round_code=params.get("round", ""),
        )
        page = keyset_page(rows, order=("-due_on", "-pk"), cursor=params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.DeskAppealSerializer)


class DeskAppeal(APIView):
    @extend_schema(operation_id="desk_appeals_retrieve", responses={200: shapes.OneDeskAppealSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One appeal, for officers and directors who are not tied to its firm. Whoever had a part in the file learns where it
        stands and what came of it, and the rest once it is answered."""
        row = appeals_selectors.appeal_for(request.user, public_id)
        part = appeals_selectors.part_in_file(row.application)
        shown = shapes.DeskAppealSerializer(row).data
        if not appeals_permissions.can_read_appeal(request.user, row, part):
            return Response(shown | {"director": None, "written": None})
        return Response(shown | {"written": shapes.AppealWordsSerializer(row).data})


class Recommend(APIView):
    @extend_schema(
        operation_id="desk_files_recommend",
        request=shapes.OutcomeSerializer,
        responses={200: shapes.DeskFileSerializer} | ACT_ERRORS,
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Propose an outcome, as an officer who has read the file. Sending it twice is one recommendation."""
        application = review_selectors.file_for(request.user, public_id)
        review_permissions.can_recommend(request.user, review_selectors.standing_of(application)).require()
        review_services.recommend(actor=request.user, application=application, **_outcome(request))
        return Response(_file_json(request, review_selectors.file_for(request.user, public_id)))


class Decide(APIView):
    @extend_schema(
        operation_id="desk_files_decide",
        request=shapes.DecideSerializer,
        responses={200: shapes.DeskFileSerializer} | ACT_ERRORS,
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Decide, as a director other than who recommended. Sending it twice is one decision."""
        application = review_selectors.file_for(request.user, public_id)
        review_permissions.can_decide(request.user, review_selectors.standing_of(application)).require()
        review_services.decide(
            actor=request.user, application=application, **_outcome(request, shapes.DecideSerializer)
        )
        return Response(_file_json(request, review_selectors.file_for(request.user, public_id)))


def _outcome(request: Request, serializer: type[shapes.OutcomeSerializer] = shapes.OutcomeSerializer) -> dict[str, Any]:
    shape = serializer(data=request.data)
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


def _file_json(request: Request, row: Application) -> Any:
    standing = review_selectors.standing_of(row)
    judged = review_selectors.judged_for(request.user, row, standing)
    shown = {
        "facts": row.facts or {},
        "points": judged.points,
        "readings_differ": judged.readings_differ,
        "score": summary.score_of(judged.card, None, review_selectors.simulated_vintages_of(judged.card)),
        "readings": judged.readings,
        "recommendations": judged.recommendations,
        "decisions": judged.decisions,
        "offer": None if judged.is_tied else offers_selectors.newest_offer(row),
        "basis": judged.basis,
    }
    return shapes.QueueFileSerializer(row).data | shapes.JudgedFileSerializer(shown).data
