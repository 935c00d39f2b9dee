"""The bank's side: statements, their lines, and which payment each line pays."""

import mimetypes
import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.ignore_line import NOTE_LENGTH, ignore_line
from commerce.actions.import_statement import BANK, MAX_BYTES, import_statement
from commerce.actions.match_line import match_line
from commerce.actions.reopen_line import may_be_reopened, reopen_line
from commerce.back_office.base import (
    ActionButtons,
    LookOnly,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    day,
    link,
    sheet_link,
    sheet_url,
    when,
)
from commerce.back_office.filters import FormatFilter, format_name
from commerce.back_office.views import ActionView
from commerce.models import PaymentAttempt, StatementImport, StatementLine, TransferProof
from commerce.providers.statements.references import find_references
from core import formats

__all__ = ["StatementAdmin", "StatementLineAdmin", "finding", "proof_link", "proof_links", "urlpatterns"]

State = StatementLine.State

#: Why a line is where it is, by the code that matching gave it.
_FINDINGS = {
    "exact": _lazy("reference and amount fit"),
    "by_hand": _lazy("matched by a person"),
    "several_candidates": _lazy("several payments may be meant"),
    "unknown_reference": _lazy("names a reference that is none of ours"),
    "currency_differs": _lazy("another currency than was asked for"),
    "already_paid": _lazy("that payment is there already"),
    "expired": _lazy("came after the payment had expired"),
    "overpaid": _lazy("more than was asked for"),
    "underpaid": _lazy("less than was asked for"),
    "underpaid_by_charges": _lazy("a little less than was asked for: banks' charges?"),
    "amount_and_payer": _lazy("no reference, but amount and name fit"),
    "no_reference": _lazy("no reference of ours"),
    "reversed": _lazy("an earlier line is taken back"),
    "sent_back": _lazy("money went back"),
    "sending_reversed": _lazy("a transfer of ours came back"),
    "sent": _lazy("a transfer of ours"),
    "outgoing": _lazy("our own payment to somebody"),
    "nothing_moved": _lazy("no money moved"),
    "not_ours": _lazy("left aside by a person"),
    "reopened": _lazy("taken up again"),
}


def finding(line: StatementLine) -> str:
    """Why a line is where it is, in words."""
    return str(_FINDINGS.get(line.finding, line.finding))


def proof_links(attempt: PaymentAttempt) -> SafeString | str:
    """What a customer sent to show that they transferred, as small pictures and links."""
    found = [proof_link(proof) for proof in attempt.proofs.all()]
    return format_html("{}" * len(found), *found) if found else ""


def proof_link(proof: TransferProof) -> SafeString:
    """A small picture, or the name, leading to the file by a page that asks for rights."""
    url = reverse("commerce_back_office:proof", args=[proof.pk])
    if (mimetypes.guess_type(proof.file.name or "")[0] or "") in _PICTURES:
        inside = format_html('<img src="{}" alt="{}" class="money-proof" loading="lazy">', url, proof.name)
        return link(url, inside)
    return link(url, proof.name)


#: Shown in the browser; everything else is only handed over.
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


def proof_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that a customer sent; for those who may see such files."""
    if not request.user.has_perm("commerce.view_transferproof"):
        raise PermissionDenied
    proof = get_object_or_404(TransferProof, pk=pk)
    kind = mimetypes.guess_type(proof.file.name or "")[0] or "application/octet-stream"
    response = FileResponse(proof.file.open("rb"), as_attachment=kind not in _PICTURES, filename=proof.name)
    response["Content-Type"] = kind if kind in _PICTURES else "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


# Statements


class StatementPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_import_statements(user)


class StatementButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().add_button(*args, **kwargs), "label": _("Upload statement"), "title": _("Upload statement")}


class StatementAdmin(SheetAdmin):
    """Statements that somebody uploaded."""

    model = StatementImport
    menu_icon = "doc-full-inverse"
    menu_order = 160
    list_display = ("name", "shown_format", "lines_read", "lines_new", "waiting", "uploaded_at", "uploader")
    list_filter = (FormatFilter, "uploaded_at")
    search_fields = ("name",)
    permission_helper_class = StatementPermissions
    button_helper_class = StatementButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[StatementImport]":
        rows = super().get_queryset(request).select_related("uploaded_by")
        return rows.annotate(in_review=Count("lines", filter=Q(lines__state=State.REVIEW)))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Uploading is the only way to add one."""
        return UploadView.as_view()(request)

    def waiting(self, obj: Any) -> int:
        return obj.in_review

    waiting.short_description = _lazy("to be looked at")  # type: ignore[attr-defined]

    def shown_format(self, obj: StatementImport) -> str:
        return format_name(obj.format)

    shown_format.short_description = _lazy("format")  # type: ignore[attr-defined]
    shown_format.admin_order_field = "format"  # type: ignore[attr-defined]

    def uploader(self, obj: StatementImport) -> str:
        return obj.uploaded_by.get_full_name() if obj.uploaded_by else ""

    uploader.short_description = _lazy("uploaded by")  # type: ignore[attr-defined]

    def sheet(self, obj: StatementImport, request: HttpRequest) -> Sheet:
        lines = list(obj.lines.select_related("attempt__order").order_by("pk"))
        tables = [
            Table(
                str(State(state).label),
                [_lazy("Booked"), _lazy("Text"), _lazy("From or to"), _lazy("Amount"), _lazy("Pays"), _lazy("Finding")],
                [_cells(line) for line in lines if line.state == state],
                amounts=frozenset({3}),
            )
            for state in (State.REVIEW, State.MATCHED, State.IGNORED)
        ]
        uploader = obj.uploaded_by.get_full_name() if obj.uploaded_by else ""
        return Sheet(
            obj.name,
            [
                (_lazy("Format"), format_name(obj.format)),
                (_lazy("Lines"), obj.lines_read),
                (_lazy("New lines"), obj.lines_new),
                (_lazy("Uploaded"), when(obj.uploaded_at)),
                (_lazy("By"), uploader),
            ],
            tables,
        )


def _cells(line: StatementLine) -> list[Any]:
    return [
        sheet_link(line, day(line.booked_on)),
        line.text,
        line.counterparty,
        amount(line.amount_minor, line.currency),
        sheet_link(line.attempt, line.attempt.order.number) if line.attempt else "",
        finding(line),
    ]


class UploadForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_lazy("File"),
        help_text=_lazy("CAMT.053 (XML), MT940, or a CSV file of our bank; 5 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv,.txt,.sta,.940,.mt940"}),
    )

    def clean_file(self) -> Any:
        """Refuse a large file before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large: 5 MB at most."))
        return file


class UploadView(ActionView):
    form_class = UploadForm
    may = staticmethod(policies.can_import_statements)
    list_name = "commerce_statementimport_modeladmin_index"
    page_title = _lazy("Upload statement")
    question = _lazy(
        "Lines whose reference and amount are certain settle their payments at once. The others wait for a person. A "
        "line that came in an earlier file is not added again."
    )
    stored: StatementImport | None = None

    @property
    def done(self) -> str:  # type: ignore[override]
        assert self.stored is not None  # noqa: S101 (act came before)
        waiting = self.stored.lines.filter(state=State.REVIEW).count()
        return _("%(new)s new lines; %(waiting)s wait to be looked at.") % {
            "new": formats.number(self.stored.lines_new),
            "waiting": formats.number(waiting),
        }

    @property
    def list_url(self) -> str:
        return sheet_url(self.stored) if self.stored else super().list_url

    def act(self, data: dict[str, Any]) -> None:
        file = data["file"]
        self.stored = import_statement(actor=self.request.user, name=file.name, content=file.read())


# Lines


class LineButtons(ActionButtons):
    def more(self, obj: StatementLine) -> list[dict[str, Any]]:
        if not self.is_on_sheet or not policies.can_import_statements(self.request.user):
            return []
        if obj.state == State.REVIEW:
            return [
                self.button("match_line", _("Match"), obj.pk),
                self.button("ignore_line", _("Leave aside"), obj.pk, danger=True),
            ]
        if may_be_reopened(obj):
            return [self.button("reopen_line", _("Take up again"), obj.pk)]
        return []


class StatementLineAdmin(SheetAdmin):
    """Lines of all statements."""

    model = StatementLine
    menu_label = _lazy("Statement lines")
    menu_icon = "list-ol"
    menu_order = 165
    list_display = ("booked_on", "shown_text", "counterparty", "shown_amount", "shown_state", "shown_finding", "pays")
    list_filter = ("state", "currency", "booked_on")
    search_fields = ("text", "counterparty", "bank_ref", "attempt__order__number")
    button_helper_class = LineButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[StatementLine]":
        return super().get_queryset(request).select_related("attempt__order", "statement")

    def shown_text(self, obj: StatementLine) -> str:
        return obj.text[:120]

    shown_text.short_description = _lazy("text")  # type: ignore[attr-defined]

    def shown_amount(self, obj: StatementLine) -> str:
        return amount(obj.amount_minor, obj.currency)

    shown_amount.short_description = _lazy("amount")  # type: ignore[attr-defined]
    shown_amount.admin_order_field = "amount_minor"  # type: ignore[attr-defined]

    def shown_state(self, obj: StatementLine) -> str:
        return badge(obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def shown_finding(self, obj: StatementLine) -> str:
        return finding(obj)

    shown_finding.short_description = _lazy("finding")  # type: ignore[attr-defined]

    def pays(self, obj: StatementLine) -> str:
        return obj.attempt.order.number if obj.attempt else ""

    pays.short_description = _lazy("order")  # type: ignore[attr-defined]

    def sheet(self, obj: StatementLine, request: HttpRequest) -> Sheet:
        may_see_payments = request.user.has_perm("commerce.view_payment")
        tables = [_candidates(obj)] if may_see_payments and obj.state == State.REVIEW else []
        paid = obj.attempt.order.number if obj.attempt else ""
        return Sheet(
            obj.text or obj.bank_ref,
            [
                (_lazy("State"), badge(obj.state, obj.get_state_display())),
                (_lazy("Finding"), finding(obj)),
                (_lazy("Booked"), day(obj.booked_on)),
                (_lazy("Amount"), amount(obj.amount_minor, obj.currency)),
                (_lazy("From or to"), obj.counterparty),
                (_lazy("Account"), obj.data.get("payer_account")),
                (_lazy("Bank's reference"), obj.bank_ref),
                (_lazy("Statement"), sheet_link(obj.statement)),
                (_lazy("Pays"), sheet_link(obj.attempt, paid) if may_see_payments else paid),
                (_lazy("Note"), obj.data.get("note") if obj.state == State.IGNORED else ""),
                (_lazy("Decided by"), obj.decided_by),
                (_lazy("Decided"), when(obj.decided_at)),
            ],
            tables,
        )


def candidates_of(line: StatementLine) -> "QuerySet[PaymentAttempt]":
    """Payments that a line may be: those that matching named, and open ones of the same amount."""
    keys = [uuid.UUID(key) for key in line.data.get("candidates", ())]
    same = Q(amount_minor=line.amount_minor, currency=line.currency, state__in=PaymentAttempt.OPEN_STATES)
    rows = PaymentAttempt.objects.filter(Q(public_id__in=keys) | same, provider=BANK)
    return rows.select_related("order__learner").prefetch_related("proofs").order_by("-created_at")[:20]


def _candidates(obj: StatementLine) -> Table:
    return Table(
        _lazy("Payments that may be meant"),
        [_lazy("Order"), _lazy("Learner"), _lazy("Amount"), _lazy("State"), _lazy("Reference"), _lazy("Proofs")],
        [
            [
                sheet_link(attempt, attempt.order.number),
                f"{attempt.order.learner.get_full_name()} ({attempt.order.learner.email})",
                amount(attempt.amount_minor, attempt.currency),
                badge(attempt.state, attempt.get_state_display()),
                attempt.provider_ref,
                proof_links(attempt),
            ]
            for attempt in candidates_of(obj)
        ],
        _lazy("None that is known. Search for the payer's name or amount among the payments by bank transfer."),
        frozenset({2}),
    )


class MatchForm(forms.Form):
    """Which payment a line pays: one of those proposed, or another one by its order or reference."""

    attempt: Any = forms.ModelChoiceField(
        queryset=None,
        label=_lazy("Payment"),
        required=False,
        empty_label=_lazy("Another one"),
        widget=forms.RadioSelect,
    )
    other = forms.CharField(
        label=_lazy("Number of the order, or reference of the transfer"), max_length=40, required=False
    )

    def __init__(self, *args: Any, line: StatementLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["attempt"]
        keys = [attempt.pk for attempt in candidates_of(line)]
        field.queryset = PaymentAttempt.objects.filter(pk__in=keys).select_related("order__learner")
        field.label_from_instance = _said
        if not keys:
            del self.fields["attempt"]

    def clean(self) -> dict[str, Any]:
        """One payment, from either field."""
        cleaned = super().clean() or {}
        if cleaned.get("attempt") is None:
            cleaned["attempt"] = self._other(cleaned.get("other", ""))
        return cleaned

    def _other(self, text: str) -> PaymentAttempt | None:
        bare = text.strip().upper()
        named = Q(order__number=bare.replace(" ", "")) | Q(provider_ref__in=find_references(text))
        found = PaymentAttempt.objects.filter(named, provider=BANK).select_related("order__learner")
        attempts = list(found.order_by("-created_at")[:2]) if bare else []
        if not attempts:
            self.add_error("other", _("Choose a payment, or name the order that was paid by bank transfer."))
            return None
        return attempts[0]


def _said(attempt: PaymentAttempt) -> str:
    return " · ".join(
        [
            attempt.order.number,
            attempt.order.learner.get_full_name(),
            amount(attempt.amount_minor, attempt.currency),
            str(attempt.get_state_display()),
        ]
    )


class LineView(RowActionView):
    """Decides about one line."""

    model = StatementLine
    may = staticmethod(policies.can_import_statements)


class MatchLineView(LineView):
    form_class = MatchForm
    page_title = _lazy("Match line")
    done = _lazy("The line is matched.")

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("%(amount)s from %(payer)s, booked on %(day)s. Which payment is it?") % {
            "amount": amount(self.row.amount_minor, self.row.currency),
            "payer": self.row.counterparty or "?",
            "day": day(self.row.booked_on),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "line": self.row}

    def act(self, data: dict[str, Any]) -> None:
        match_line(actor=self.request.user, line=self.row, attempt=data["attempt"])


class IgnoreForm(forms.Form):
    """Why."""

    note = forms.CharField(label=_lazy("Why"), max_length=NOTE_LENGTH, help_text=_lazy("For the books."))


class IgnoreLineView(LineView):
    form_class = IgnoreForm
    page_title = _lazy("Leave line aside")
    question = _lazy("It is no payment of a customer's. It can be taken up again later.")
    done = _lazy("The line is left aside.")

    def act(self, data: dict[str, Any]) -> None:
        ignore_line(actor=self.request.user, line=self.row, note=data["note"])


class ReopenLineView(LineView):
    form_class = forms.Form
    page_title = _lazy("Take line up again")
    question = _lazy("What was decided about it is taken back, and it waits to be looked at.")
    done = _lazy("The line waits to be looked at.")

    def act(self, data: dict[str, Any]) -> None:
        reopen_line(actor=self.request.user, line=self.row)


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("lines/<int:pk>/match/", MatchLineView.as_view(), name="match_line"),
        path("lines/<int:pk>/ignore/", IgnoreLineView.as_view(), name="ignore_line"),
        path("lines/<int:pk>/reopen/", ReopenLineView.as_view(), name="reopen_line"),
        path("proofs/<int:pk>/", proof_file, name="proof"),
    ]
