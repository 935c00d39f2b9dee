"""Invoices and credit notes: looked at, and handed out as PDF."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from commerce import policies
from commerce.back_office.base import ActionButtons, Sheet, SheetAdmin, Table, amount, sheet_link, when
from commerce.invoices import invoice_file_name, pdf_of
from commerce.models import Invoice
from core.errors import NotFound

__all__ = ["InvoiceAdmin", "urlpatterns"]


class InvoiceButtons(ActionButtons):
    def more(self, obj: Invoice) -> list[dict[str, Any]]:
        return [self.button("invoice_pdf", _("PDF"), obj.pk)]


class InvoiceAdmin(SheetAdmin):
    """Documents with a number."""

    model = Invoice
    menu_icon = "doc-full"
    menu_order = 180
    list_display = ("number", "kind", "order", "buyer", "shown_total", "shown_tax", "issued_at")
    list_filter = ("kind", "series", "currency", "language", "issued_at")
    list_export = ("number", "kind", "order", "buyer", "total_minor", "tax_minor", "currency", "issued_at")
    search_fields = ("number", "order__number", "order__learner__email", "order__learner__name")
    button_helper_class = InvoiceButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Invoice]":
        return super().get_queryset(request).select_related("order__learner")

    def buyer(self, obj: Invoice) -> str:
        return obj.order.learner.email

    buyer.short_description = _lazy("buyer")  # type: ignore[attr-defined]

    def shown_total(self, obj: Invoice) -> str:
        return amount(obj.total_minor, obj.currency)

    shown_total.short_description = _lazy("total")  # type: ignore[attr-defined]
    shown_total.admin_order_field = "total_minor"  # type: ignore[attr-defined]

    def shown_tax(self, obj: Invoice) -> str:
        return amount(obj.tax_minor, obj.currency) if obj.tax_minor else ""

    shown_tax.short_description = _lazy("tax")  # type: ignore[attr-defined]

    def sheet(self, obj: Invoice, request: HttpRequest) -> Sheet:
        may_see_order = request.user.has_perm("commerce.view_order")
        buyer = obj.facts.get("buyer") or {}
        return Sheet(
            obj.number,
            [
                (_lazy("Kind"), obj.get_kind_display()),
                (_lazy("Order"), sheet_link(obj.order) if may_see_order else obj.order.number),
                (_lazy("Buyer"), "\n".join(str(value) for value in buyer.values() if value)),
                (_lazy("Total"), amount(obj.total_minor, obj.currency)),
                (_lazy("Tax"), self.shown_tax(obj)),
                (_lazy("Language"), obj.language),
                (_lazy("Issued"), when(obj.issued_at)),
            ],
            [
                Table(
                    _lazy("Lines"),
                    [_lazy("What"), _lazy("Amount")],
                    [[row["title"], amount(row["amount"], obj.currency)] for row in obj.facts.get("lines", ())],
                    amounts=frozenset({1}),
                )
            ],
        )


@require_safe
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The document; one that somebody may not see isn't there."""
    try:
        invoice = policies.view_invoice.get(request.user, pk=pk)
    except NotFound:
        raise Http404 from None
    response = HttpResponse(pdf_of(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice_file_name(invoice)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def urlpatterns() -> list[URLPattern]:
    """Addresses of pages beside the lists."""
    return [path("invoices/<int:pk>/pdf/", invoice_pdf, name="invoice_pdf")]
