"""Payments: every try to pay with its timeline, what was said to and by providers, and what staff do about it."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from commerce import policies
from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.recheck_attempt import recheck_attempt
from commerce.actions.resolve_mismatch import resolve_mismatch
from commerce.actions.retry_provider_event import retry_provider_event
from commerce.back_office.bank import proof_link
from commerce.back_office.base import (
    ActionButtons,
    Code,
    LookOnly,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    sheet_link,
    when,
)
from commerce.back_office.filters import ProviderFilter, country_shown
from commerce.models import PaymentAttempt, ProviderEventRecord, ProviderExchange
from commerce.phones import masked_phone
from commerce.provider_names import provider_name

__all__ = ["AttemptAdmin", "ProviderEventAdmin", "urlpatterns"]

State = PaymentAttempt.State


class PaymentPermissions(LookOnly):
    """Payments with what was said about them: one right for all of it."""

    right: ClassVar[str] = "commerce.view_payment"


class AttemptSearch(DjangoORMSearchHandler):
    """Also finds a phone by its last digits."""

    def search_queryset(self, queryset: Any, search_term: str, **kwargs: Any) -> Any:
        digits = (search_term or "").replace(" ", "").lstrip("+")
        if digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 15:
            exact = Q(receipt__iexact=digits) | Q(provider_ref__iexact=digits) | Q(phone__endswith=digits)
            return queryset.filter(exact)
        return super().search_queryset(queryset, search_term, **kwargs)


class AttemptButtons(ActionButtons):
    def more(self, obj: PaymentAttempt) -> list[dict[str, Any]]:
        if not self.is_on_sheet or not policies.can_change_payments(self.request.user):
            return []
        buttons = [self.button("recheck_attempt", _("Check now"), obj.pk)]
        if obj.state == State.MISMATCH:
            buttons.append(self.button("accept_mismatch", _("Accept as paid"), obj.pk))
            buttons.append(self.button("refuse_mismatch", _("Give it back"), obj.pk, danger=True))
        if obj.state in PaymentAttempt.OPEN_STATES:
            buttons.append(self.button("cancel_attempt", _("Cancel attempt"), obj.pk, danger=True))
        return buttons


class AttemptAdmin(SheetAdmin):
    """Every try to pay."""

    model = PaymentAttempt
    menu_label = _lazy("Payments")
    menu_icon = "resubmit"
    menu_order = 120
    list_display = (
        "number",
        "shown_provider",
        "shown_state",
        "shown_amount",
        "order",
        "learner",
        "since",
        "created_at",
    )
    list_filter = (ProviderFilter, "state", "currency", "is_surplus", "created_at")
    list_export = (
        "public_id",
        "provider",
        "state",
        "currency",
        "amount_minor",
        "paid_minor",
        "fee_minor",
        "provider_ref",
        "receipt",
        "created_at",
        "succeeded_at",
    )
    search_fields = ("order__number", "order__learner__email", "provider_ref", "receipt", "public_id")
    search_handler_class = AttemptSearch
    permission_helper_class = PaymentPermissions
    button_helper_class = AttemptButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PaymentAttempt]":
        return super().get_queryset(request).select_related("order__learner", "payment")

    def number(self, obj: PaymentAttempt) -> str:
        return str(obj.public_id)[:8]

    number.short_description = _lazy("attempt")  # type: ignore[attr-defined]
    number.admin_order_field = "pk"  # type: ignore[attr-defined]

    def shown_provider(self, obj: PaymentAttempt) -> str:
        return provider_name(obj.provider)

    shown_provider.short_description = _lazy("provider")  # type: ignore[attr-defined]
    shown_provider.admin_order_field = "provider"  # type: ignore[attr-defined]

    def shown_state(self, obj: PaymentAttempt) -> str:
        return badge(obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def shown_amount(self, obj: PaymentAttempt) -> str:
        return amount(obj.amount_minor, obj.currency)

    shown_amount.short_description = _lazy("amount")  # type: ignore[attr-defined]
    shown_amount.admin_order_field = "amount_minor"  # type: ignore[attr-defined]

    def learner(self, obj: PaymentAttempt) -> str:
        return obj.order.learner.email

    learner.short_description = _lazy("learner")  # type: ignore[attr-defined]

    def since(self, obj: PaymentAttempt) -> str:
        return when(obj.state_changed_at)

    since.short_description = _lazy("state since")  # type: ignore[attr-defined]
    since.admin_order_field = "state_changed_at"  # type: ignore[attr-defined]

    def sheet(self, obj: PaymentAttempt, request: HttpRequest) -> Sheet:
        exchanges = list(ProviderExchange.objects.filter(operation=obj.public_id).order_by("pk"))
        events = list(_events_of(obj))
        may_see_order = request.user.has_perm("commerce.view_order")
        facts = [
            (_lazy("State"), badge(obj.state, obj.get_state_display())),
            (_lazy("State since"), when(obj.state_changed_at)),
            (_lazy("Order"), sheet_link(obj.order) if may_see_order else obj.order.number),
            (_lazy("Learner"), f"{obj.order.learner.get_full_name()} ({obj.order.learner.email})"),
            (_lazy("Provider"), provider_name(obj.provider)),
            (_lazy("Amount"), amount(obj.amount_minor, obj.currency)),
            (_lazy("Paid"), amount(obj.paid_minor, obj.paid_currency or obj.currency)),
            (_lazy("Fee"), amount(obj.fee_minor, obj.currency)),
            (_lazy("Paid twice or too late"), _("yes, it goes back") if obj.is_surplus else ""),
            (_lazy("Phone"), masked_phone(obj.phone) if obj.phone else ""),
            (_lazy("Country"), country_shown(obj.country)),
            (_lazy("Provider's reference"), obj.provider_ref),
            (_lazy("Receipt"), obj.receipt),
            (_lazy("Reason"), obj.reason),
            (_lazy("Begun"), when(obj.created_at)),
            (_lazy("Sent"), when(obj.submitted_at)),
            (_lazy("Paid on"), when(obj.succeeded_at)),
            (_lazy("Last asked"), when(obj.checked_at)),
            (_lazy("Next question"), when(obj.next_check_at)),
            (_lazy("Expires"), when(obj.expires_at)),
            (_lazy("Identifier"), obj.public_id),
        ]
        return Sheet(
            f"{provider_name(obj.provider)} · {obj.order.number}",
            facts,
            [_timeline(obj), _messages(events), _proofs(obj), _statement_lines(obj)],
            _lazy("What was said, with secrets masked"),
            [
                *(_said(exchange) for exchange in exchanges),
                *(Code(f"{when(event.received_at)} · {event.key}", event.raw) for event in events),
            ],
            _notice(obj),
        )


def _events_of(obj: PaymentAttempt) -> "QuerySet[ProviderEventRecord]":
    about = Q(operation=obj.public_id)
    if obj.provider_ref:
        about |= Q(provider_ref=obj.provider_ref)
    return ProviderEventRecord.objects.filter(about, provider=obj.provider).order_by("pk")


def _notice(obj: PaymentAttempt) -> str:
    if obj.state == State.MISMATCH:
        return _("Another amount was paid than was asked for. Accept it as the price, or give it back.")
    if obj.state == State.UNKNOWN:
        return _("The provider gave no conclusive answer. It is asked again by itself; you can check now.")
    return ""


def _timeline(obj: PaymentAttempt) -> Table:
    return Table(
        _lazy("Timeline"),
        [_lazy("When"), _lazy("From"), _lazy("To"), _lazy("By"), _lazy("Who"), _lazy("Note")],
        [
            [
                when(move.at),
                _state(move.before),
                badge(move.after, _state(move.after), tone="plain" if move.is_refused else ""),
                _trigger(move.trigger),
                move.actor or "",
                f"{_('refused')}. {move.note}" if move.is_refused else move.note,
            ]
            for move in obj.moves.select_related("actor").order_by("pk")
        ],
        _lazy("Nothing has happened yet."),
    )


def _state(code: str) -> str:
    return str(State(code).label) if code in State.values else code


def _trigger(code: str) -> str:
    return {
        "initiate": _("sending"),
        "webhook": _("the provider's message"),
        "poll": _("asking the provider"),
        "return": _("the customer's return"),
        "customer": _("the customer"),
        "staff": _("staff"),
        "statement": _("bank statement"),
        "refund": _("refund"),
        "deadline": _("deadline"),
    }.get(code, code)


def _messages(events: list[ProviderEventRecord]) -> Table:
    return Table(
        _lazy("Messages of the provider"),
        [_lazy("Received"), _lazy("Key"), _lazy("Says"), _lazy("State"), _lazy("Error")],
        [
            [
                when(event.received_at),
                event.key,
                event.hint,
                badge("mismatch" if event.state == "failed" else event.state, event.get_state_display()),
                event.error,
            ]
            for event in events
        ],
    )


def _proofs(obj: PaymentAttempt) -> Table:
    return Table(
        _lazy("Proofs that the customer sent"),
        [_lazy("Uploaded"), _lazy("File"), _lazy("Note")],
        [[when(proof.uploaded_at), proof_link(proof), proof.note] for proof in obj.proofs.all()],
    )


def _statement_lines(obj: PaymentAttempt) -> Table:
    return Table(
        _lazy("Lines of bank statements"),
        [_lazy("Booked"), _lazy("Text"), _lazy("From"), _lazy("Amount")],
        [
            [sheet_link(line, line.booked_on), line.text, line.counterparty, amount(line.amount_minor, line.currency)]
            for line in obj.statement_lines.all()
        ],
        amounts=frozenset({3}),
    )


def _said(exchange: ProviderExchange) -> Code:
    outcome = exchange.error or f"HTTP {exchange.status}"
    title = f"{when(exchange.at)} · {exchange.method} {exchange.url} · {outcome} · {exchange.milliseconds} ms"
    return Code(title, {"request": exchange.request, "answer": exchange.answer})


# What staff do


class AttemptView(RowActionView):
    """Acts on one attempt."""

    form_class = forms.Form
    model = PaymentAttempt
    may = staticmethod(policies.can_change_payments)


class RecheckView(AttemptView):
    page_title = _lazy("Check now")
    question = _lazy("Asks the provider where the payment stands, and settles what it says.")
    done = _lazy("The provider was asked.")

    def act(self, data: dict[str, Any]) -> None:
        recheck_attempt(actor=self.request.user, attempt=self.row)


class CancelAttemptView(AttemptView):
    page_title = _lazy("Cancel attempt")
    question = _lazy("Gives this attempt up, if no money can come of it any more; another one can be made then.")
    done = _lazy("The attempt is cancelled.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        cancel_attempt(actor=self.request.user, attempt=self.row)


class MismatchForm(forms.Form):
    """Why."""

    note = forms.CharField(label=_lazy("Why"), max_length=300, help_text=_lazy("For the books."))


class AcceptMismatchView(AttemptView):
    form_class = MismatchForm
    page_title = _lazy("Accept as paid")
    done = _lazy("The order counts as paid.")

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("%(asked)s was asked for, %(paid)s was paid. The order is given as if it were paid in full.") % {
            "asked": amount(self.row.amount_minor, self.row.currency),
            "paid": amount(self.row.paid_minor, self.row.paid_currency or self.row.currency),
        }

    def act(self, data: dict[str, Any]) -> None:
        resolve_mismatch(actor=self.request.user, attempt=self.row, accept=True, note=data["note"])


class RefuseMismatchView(AttemptView):
    form_class = MismatchForm
    page_title = _lazy("Give it back")
    question = _lazy("What was paid goes back to where it came from. The order stays unpaid.")
    done = _lazy("The money goes back.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        resolve_mismatch(actor=self.request.user, attempt=self.row, accept=False, note=data["note"])


# Messages of providers


class EventButtons(ActionButtons):
    def more(self, obj: ProviderEventRecord) -> list[dict[str, Any]]:
        if obj.state != ProviderEventRecord.State.FAILED or not policies.can_change_payments(self.request.user):
            return []
        return [self.button("retry_provider_event", _("Process again"), obj.pk)]


class ProviderEventAdmin(SheetAdmin):
    """Webhooks as they came in."""

    model = ProviderEventRecord
    menu_label = _lazy("Messages")
    menu_icon = "mail"
    menu_order = 130
    list_display = ("key", "shown_provider", "kind", "hint", "shown_state", "tries", "received_at")
    list_filter = (ProviderFilter, "state", "kind", "received_at")
    search_fields = ("key", "provider_ref", "operation")
    permission_helper_class = PaymentPermissions
    button_helper_class = EventButtons

    def shown_provider(self, obj: ProviderEventRecord) -> str:
        return provider_name(obj.provider)

    shown_provider.short_description = _lazy("provider")  # type: ignore[attr-defined]
    shown_provider.admin_order_field = "provider"  # type: ignore[attr-defined]

    def shown_state(self, obj: ProviderEventRecord) -> str:
        return badge("mismatch" if obj.state == "failed" else obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def sheet(self, obj: ProviderEventRecord, request: HttpRequest) -> Sheet:
        attempt = PaymentAttempt.objects.filter(public_id=obj.operation).first() if obj.operation else None
        return Sheet(
            obj.key,
            [
                (_lazy("Provider"), provider_name(obj.provider)),
                (_lazy("State"), self.shown_state(obj)),
                (_lazy("Kind"), obj.kind),
                (_lazy("Says"), obj.hint),
                (_lazy("About"), sheet_link(attempt) or obj.operation),
                (_lazy("Provider's reference"), obj.provider_ref),
                (_lazy("Received"), when(obj.received_at)),
                (_lazy("Processed"), when(obj.processed_at)),
                (_lazy("Tries"), obj.tries),
                (_lazy("Error"), obj.error),
            ],
            codes_title=_lazy("What was said, with secrets masked"),
            codes=[Code(obj.key, obj.raw)],
        )


class RetryEventView(RowActionView):
    form_class = forms.Form
    model = ProviderEventRecord
    may = staticmethod(policies.can_change_payments)
    page_title = _lazy("Process again")
    question = _lazy("Takes the message up again, as if it had just come in.")
    done = _lazy("The message was processed.")

    def act(self, data: dict[str, Any]) -> None:
        retry_provider_event(actor=self.request.user, record=self.row)


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("attempts/<int:pk>/check/", RecheckView.as_view(), name="recheck_attempt"),
        path("attempts/<int:pk>/cancel/", CancelAttemptView.as_view(), name="cancel_attempt"),
        path("attempts/<int:pk>/accept/", AcceptMismatchView.as_view(), name="accept_mismatch"),
        path("attempts/<int:pk>/refuse/", RefuseMismatchView.as_view(), name="refuse_mismatch"),
        path("messages/<int:pk>/retry/", RetryEventView.as_view(), name="retry_provider_event"),
    ]
