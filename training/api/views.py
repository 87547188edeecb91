"""/api/v1/training/: the same selectors and permissions as the pages. A token or the session says who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from tdap_portal.web.answers import CURSOR, ERRORS, page_of, paged
from tdap_portal.web.paging import keyset_page
from training.certificates import selectors as certificates_selectors

from . import selectors
from . import serializers as shapes

if TYPE_CHECKING:
    from rest_framework.request import Request

    from tdap_portal.accounts.models import User

PAGE_SIZE = 50


def _asks(request: Request) -> User:
    """IsAuthenticated let nobody else in."""
    return cast("User", request.user)


def _words(name: str, values: Any, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, enum=[code for code, _label in values])


def _id(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description)


class Cohorts(APIView):
    @extend_schema(
        operation_id="training_cohorts_list",
        parameters=[
            _words("state", shapes.COHORT_STATES, "State of the cohort."),
            OpenApiParameter("city", OpenApiTypes.STR, description="Town, as it is written in the list."),
            _words("mode", shapes.MODE_CHOICES, "On site, online or both."),
            _words("language", shapes.LANGUAGES, "Language of the training."),
            CURSOR,
        ],
        responses={200: paged(shapes.CohortSerializer, "CohortPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Cohorts that are open, running or finished, the latest first; for officials all."""
        rows = selectors.cohorts_visible_to(_asks(request), request.query_params)
        order = ("-starts_on", "-id")
        page = keyset_page(rows, order=order, cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.CohortSerializer)


class OneCohort(APIView):
    @extend_schema(operation_id="training_cohorts_retrieve", responses={200: shapes.CohortSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One cohort. One that is planned or called off is there for officials alone."""
        return Response(shapes.CohortSerializer(selectors.cohort_for(_asks(request), public_id)).data)


class Sessions(APIView):
    @extend_schema(
        operation_id="training_sessions_list",
        parameters=[
            _id("cohort", "Id of a cohort."),
            _words("when", [("coming", ""), ("past", "")], "Those that are not over, or those that are."),
            CURSOR,
        ],
        responses={200: paged(shapes.SessionSerializer, "SessionPage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Published sessions, the latest first: of the cohorts of your firms and of firms that your organisation nominated, and those that you
        teach; for officials all."""
        rows = selectors.sessions_visible_to(_asks(request), request.query_params)
        order = ("-starts_at", "-id")
        page = keyset_page(rows, order=order, cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.SessionSerializer)


class OneSession(APIView):
    @extend_schema(operation_id="training_sessions_retrieve", responses={200: shapes.SessionSerializer} | ERRORS)
    def get(self, request: Request, public_id: str) -> Response:
        """One published session, for whoever has it in the list."""
        return Response(shapes.SessionSerializer(selectors.session_for(_asks(request), public_id)).data)


class AttendanceRows(APIView):
    @extend_schema(
        operation_id="training_attendance_list",
        parameters=[
            _id("cohort", "Id of a cohort."),
            _id("session", "Id of a session."),
            _words("status", shapes.STATUSES, "What counts."),
            CURSOR,
        ],
        responses={200: paged(shapes.AttendanceSerializer, "AttendancePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Who was there: of your firms, of the sessions that you teach; for programme managers and directors all. A person whom nobody
        marked has no row."""
        rows = selectors.attendance_visible_to(_asks(request), request.query_params)
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.AttendanceSerializer)


class Certificates(APIView):
    @extend_schema(
        operation_id="training_certificates_list",
        parameters=[
            _id("cohort", "Id of a cohort."),
            _words("state", shapes.CERTIFICATE_STATES, "State of the certificate."),
            CURSOR,
        ],
        responses={200: paged(shapes.CertificateSerializer, "CertificatePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Certificates of your firms, the newest first; for officers, directors and programme managers all."""
        rows = selectors.certificates_visible_to(_asks(request), request.query_params)
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, page, shapes.CertificateSerializer)


class OneCertificate(APIView):
    @extend_schema(
        operation_id="training_certificates_retrieve", responses={200: shapes.CertificateSerializer} | ERRORS
    )
    def get(self, request: Request, public_id: str) -> Response:
        """One certificate, for its person, its firm and officials of the programme."""
        row = certificates_selectors.certificate_for(_asks(request), public_id)
        return Response(shapes.CertificateSerializer(row).data)


class Nominees(APIView):
    @extend_schema(
        operation_id="training_nominees_list",
        parameters=[CURSOR],
        responses={200: paged(shapes.NomineeSerializer, "NomineePage")} | ERRORS,
    )
    def get(self, request: Request) -> Response:
        """How far firms are in the training that your organisation nominated and that claimed it; nobody else's."""
        rows = selectors.nominations_visible_to(_asks(request))
        page = keyset_page(rows, order=("-id",), cursor=request.query_params.get("cursor"), size=PAGE_SIZE)
        return page_of(request, replace(page, rows=selectors.nominees_of(page.rows)), shapes.NomineeSerializer)
