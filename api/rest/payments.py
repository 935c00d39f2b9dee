"""REST about money: invoices as PDF, earnings as CSV, pictures of transfers."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.time_zones import time_zone_of
from api.rest.views import AnyContent, ErrorsSchema, SpeakingView
from commerce.actions.add_transfer_proof import MAX_BYTES, add_transfer_proof
from commerce.earnings import earnings_csv
from commerce.errors import AttemptNotFound, ProofRefused
from commerce.invoices import invoice_file_name, pdf_of
from commerce.models import PaymentAttempt
from commerce.policies import can_earn, view_invoice

#: What a form has around its file, at most.
_AROUND = 64 * 1024


class InvoicePdfView(SpeakingView):
    """An invoice or credit note as PDF, for whoever it was written to."""

    permission_classes = [AllowAny]
    content_negotiation_class = AnyContent

    @extend_schema(
        operation_id="invoice_pdf",
        description="The document as PDF, for the person who paid and for staff who see invoices; otherwise 404, as if "
        "there were none.",
        parameters=[OpenApiParameter("invoice", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 404: ErrorsSchema, 429: ErrorsSchema},
    )
    def get(self, request: Request, invoice: uuid.UUID) -> HttpResponse:
        """Draw it."""
        found = view_invoice.filter(request.user).filter(public_id=invoice).select_related("order").first()
        if found is None:
            raise NotFound(_("There is no such invoice."))
        response = HttpResponse(pdf_of(found), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{invoice_file_name(found)}"'
        return response


class EarningsView(SpeakingView):
    """What an instructor has earned, as a table."""

    content_negotiation_class = AnyContent

    @extend_schema(
        operation_id="earnings_csv",
        description="Every entry of one's own account in the books, oldest first; 404 for people who write no courses.",
        responses={(200, "text/csv"): OpenApiTypes.STR, 401: ErrorsSchema, 404: ErrorsSchema, 429: ErrorsSchema},
    )
    def get(self, request: Request) -> HttpResponse:
        """Write it."""
        person: Any = request.user
        if not can_earn(person):
            raise NotFound(_("There is nothing here for people who write no courses."))
        with timezone.override(time_zone_of(person)):
            table = earnings_csv(person)
        response = HttpResponse(table, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="earnings.csv"'
        return response


class ProofForm(serializers.Serializer[Any]):
    """A form with the picture."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP or PDF, at most 5 MB.")
    note = serializers.CharField(required=False, max_length=300)


class PaymentProofsView(SpeakingView):
    """Pictures and documents with which customers show that they transferred."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="add_payment_proof",
        description="Show that a bank transfer was made, by a picture or PDF; five at most. It settles nothing: the "
        "bank's statement does.",
        parameters=[OpenApiParameter("payment", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        request={"multipart/form-data": ProofForm},
        responses={
            201: inline_serializer(
                "Proof", {"name": serializers.CharField(), "uploaded_at": serializers.DateTimeField()}
            ),
            400: ErrorsSchema,
            401: ErrorsSchema,
            404: ErrorsSchema,
            409: ErrorsSchema,
            413: ErrorsSchema,
            429: ErrorsSchema,
        },
    )
    def post(self, request: Request, payment: uuid.UUID) -> Response:
        """Keep it."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + _AROUND:
            refusal = ProofRefused()
            return Response({"errors": [{"code": refusal.code, "field": "file", "message": str(refusal)}]}, status=413)
        mine = PaymentAttempt.objects.filter(order__learner=request.user.pk).select_related("order__learner", "payment")
        attempt = mine.filter(public_id=payment).first()
        if attempt is None:
            raise AttemptNotFound
        upload = request.FILES.get("file")
        if upload is None:
            raise ProofRefused
        note = str(request.POST.get("note", "")).replace("\x00", "")
        proof = add_transfer_proof(actor=request.user, attempt=attempt, upload=upload, note=note)
        return Response({"name": proof.name, "uploaded_at": proof.uploaded_at}, status=201)
