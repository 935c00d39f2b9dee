"""REST: files, certificates as PDF, health. Everything else is GraphQL."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import activate, override
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from wagtail.documents import get_document_model

from api.language import answer_language, tell_language
from commerce.queries import certificate_by_number
from core.health import check_all
from learning.documents import can_download

ErrorsSchema = inline_serializer(
    "Errors",
    {
        "errors": inline_serializer(
            "Error",
            {
                "code": serializers.CharField(),
                "field": serializers.CharField(allow_null=True),
                "message": serializers.CharField(),
            },
            many=True,
        )
    },
)


class AnyContent(BaseContentNegotiation):
    """A file is what it is, whatever the client accepts; errors stay JSON."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class SpeakingView(APIView):
    """A view whose refusals are in the caller's language: what they accept, else the profile's."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer in what the caller accepts, until it is known who they are."""
        self.language = answer_language(request)
        with override(self.language):
            response = super().dispatch(request, *args, **kwargs)
        tell_language(response, self.language)
        return response

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls, and go on in their language."""
        super().perform_authentication(request)
        self.language = answer_language(request, request.user)
        activate(self.language)  # `dispatch` puts back what was before


class CertificatePdfView(SpeakingView):
    """A certificate as PDF, for anyone who has its number."""

    permission_classes = [AllowAny]
    content_negotiation_class = AnyContent

    @extend_schema(
        operation_id="certificate_pdf",
        description="The certificate as PDF. A revoked one says so on the page.",
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 404: ErrorsSchema, 429: ErrorsSchema},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """Render it."""
        # Here, not above: WeasyPrint loads Pango, which the school runs without where it isn't installed.
        from commerce.certificates.pdf import render_pdf

        certificate = certificate_by_number(number)
        if certificate is None:
            raise NotFound(_("No certificate has this number. Check it for typing mistakes."))
        response = HttpResponse(render_pdf(certificate), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="certificate-{certificate.number}.pdf"'
        return response


class DocumentView(SpeakingView):
    """A file of a lesson, for those who may open the lesson."""

    permission_classes = [AllowAny]
    content_negotiation_class = AnyContent

    @extend_schema(
        operation_id="document",
        description="A file shown by a page that the caller may open; otherwise 404, as if there were none.",
        parameters=[OpenApiParameter("document", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 404: ErrorsSchema, 429: ErrorsSchema},
    )
    def get(self, request: Request, document: int) -> FileResponse:
        """Send it as an attachment, so that no browser runs what somebody uploaded."""
        # Larger than any id the database can hold: no query, no overflow.
        found = get_document_model().objects.filter(pk=document).first() if document < 2**63 else None
        if found is None or not can_download(request.user, found):
            raise NotFound(_("There is no such file, or you may not open the lesson it belongs to."))
        try:
            content = found.file.open("rb")
        except OSError as error:
            raise NotFound(_("This file is missing from the store; tell the instructor.")) from error
        return FileResponse(content, as_attachment=True, filename=found.filename)


CheckSchema = inline_serializer(
    "Check",
    {
        "name": serializers.CharField(),
        "ok": serializers.BooleanField(),
        "milliseconds": serializers.FloatField(),
        "vital": serializers.BooleanField(),
    },
    many=True,
)


class HealthView(APIView):
    """The process answers."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []

    @extend_schema(
        operation_id="healthz",
        description="200 as long as the process answers at all.",
        responses={200: inline_serializer("Health", {"status": serializers.CharField()})},
    )
    def get(self, request: Request) -> Response:
        """Say so."""
        return Response({"status": "ok"})


class ReadinessView(APIView):
    """Database, cache and broker answer, and events are taken up in time."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []

    @extend_schema(
        operation_id="readyz",
        description=(
            "200 when database, cache and broker answer, else 503; a balancer sends nobody here meanwhile. A check "
            "that is not vital (outbox: events wait too long for a worker) makes the status `degraded`, with 200."
        ),
        responses={
            200: inline_serializer("Readiness", {"status": serializers.CharField(), "checks": CheckSchema}),
            503: OpenApiResponse(
                inline_serializer("Unready", {"status": serializers.CharField(), "checks": CheckSchema})
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """Ask each; what exactly failed stands in the log, not in a stranger's browser."""
        checks = check_all()
        ready = all(check.ok for check in checks if check.is_vital)
        well = "ready" if all(check.ok for check in checks) else "degraded"
        body = {
            "status": well if ready else "not ready",
            "checks": [
                {"name": c.name, "ok": c.ok, "milliseconds": c.milliseconds, "vital": c.is_vital} for c in checks
            ],
        }
        return Response(body, status=200 if ready else 503)
