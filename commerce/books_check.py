"""Do the books agree with themselves, and with orders, payments, refunds, chargebacks and payouts?

Every check is one or two questions to the database, whatever its size, and names each thing at fault. Nothing is put
right by it: a person finds out what happened, and books a correction if one is due.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from commerce.bookkeeping import SHARED_ACCOUNTS
from commerce.ledger import Account, Kind
from commerce.models import (
    Chargeback,
    LedgerEntry,
    LedgerTransaction,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    Payout,
    Refund,
)
from commerce.refunds import RESERVING

__all__ = ["CHECKS", "Fault", "check_books"]

#: So many of one kind are named; more of them say no more.
_MOST = 100


@dataclass(frozen=True)
class Fault:
    """Something that doesn't agree: a stable code, what it is about, and the two values."""

    code: str
    about: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.about} {self.detail}".rstrip()


def check_books() -> list[Fault]:
    """Run every check; an empty list is what one hopes for."""
    return [fault for check in CHECKS for fault in check()]


def unbalanced() -> Iterator[Fault]:
    """Transactions that don't sum to nothing, have one side only, or mix currencies."""
    rows = LedgerTransaction.objects.annotate(
        off=Coalesce(Sum("entries__amount_minor"), 0),
        sides=Count("entries"),
        strangers=Count("entries", filter=~Q(entries__currency=F("currency"))),
    ).filter(~Q(off=0) | Q(sides__lt=2) | Q(strangers__gt=0))
    for row in rows[:_MOST]:
        yield Fault("unbalanced", str(row), f"off by {row.off}, {row.sides} entries, {row.strangers} strangers")


def captured() -> Iterator[Fault]:
    """Payments whose captured money isn't what the books say came in for their order."""
    rows = Payment.objects.annotate(
        booked=_sum(
            LedgerEntry.objects.filter(
                transaction__order=OuterRef("order"), transaction__kind=Kind.CAPTURE, account=Account.CLEARING
            )
        )
    ).exclude(booked=F("captured_minor"))
    for row in rows.select_related("order")[:_MOST]:
        yield Fault("captured", row.order.number, f"{row.captured_minor} captured, {row.booked} booked")


def refunded() -> Iterator[Fault]:
    """Payments that reserve another amount than their refunds say."""
    reserving = Refund.objects.filter(payment=OuterRef("pk"), is_surplus=False, state__in=RESERVING)
    rows = Payment.objects.annotate(refunds_sum=_sum(reserving)).exclude(refunds_sum=F("refunded_minor"))
    for row in rows.select_related("order")[:_MOST]:
        yield Fault("refunded", row.order.number, f"{row.refunded_minor} reserved, refunds of {row.refunds_sum}")


def refunds() -> Iterator[Fault]:
    """Refunds that are done and not booked with their amount, or booked and not done."""
    rows = Refund.objects.annotate(
        booked=_booked(Kind.REFUND, Account.CLEARING), back=_booked(Kind.REFUND_REVERSED, Account.CLEARING)
    ).annotate(gone=-F("booked") - F("back"))
    wrong = rows.filter(
        Q(state=Refund.State.SUCCEEDED) & ~Q(gone=F("amount_minor")) | ~Q(state=Refund.State.SUCCEEDED) & ~Q(gone=0)
    )
    for row in wrong[:_MOST]:
        yield Fault("refund", str(row), f"{row.state}, {row.amount_minor}; {row.gone} booked")


def orders() -> Iterator[Fault]:
    """Orders that were given without money, or whose money came without their being given."""
    owed = Order.objects.filter(total_minor__gt=0)
    given = Q(state__in=(Order.State.FULFILLED, Order.State.REFUNDED))
    unpaid = owed.filter(given).filter(Q(payment=None) | Q(payment__captured_minor=0))
    for number in unpaid.values_list("number", flat=True)[:_MOST]:
        yield Fault("given_unpaid", number)
    for number in owed.filter(given, fulfilment=None).values_list("number", flat=True)[:_MOST]:
        yield Fault("no_fulfilment", number)
    paid = owed.filter(payment__captured_minor__gt=0).exclude(given)
    for number, state in paid.values_list("number", "state")[:_MOST]:
        yield Fault("paid_not_given", number, state)


def lines() -> Iterator[Fault]:
    """Orders whose lines don't add up to them."""
    rows = Order.objects.filter(total_minor__gt=0).annotate(
        lines_sum=_sum(OrderLine.objects.filter(order=OuterRef("pk"))),
        lines_tax=_sum(OrderLine.objects.filter(order=OuterRef("pk")), "tax_minor"),
    )
    for row in rows.exclude(lines_sum=F("total_minor"), lines_tax=F("tax_minor"))[:_MOST]:
        yield Fault("lines", row.number, f"{row.total_minor}/{row.tax_minor}, lines {row.lines_sum}/{row.lines_tax}")


def surplus() -> Iterator[Fault]:
    """Attempts that were paid beside the order and aren't booked as the customer's."""
    booked = LedgerTransaction.objects.filter(kind=Kind.SURPLUS).values("reference")
    rows = PaymentAttempt.objects.filter(is_surplus=True).exclude(public_id__in=booked)
    for row in rows[:_MOST]:
        yield Fault("surplus", str(row))


def overdrawn() -> Iterator[Fault]:
    """Orders of which somebody gave back more than they had got. The school may: it bears what nobody else does."""
    rows = (
        LedgerEntry.objects.filter(account__in=SHARED_ACCOUNTS, transaction__order__isnull=False)
        .exclude(account=Account.PLATFORM_REVENUE)
        .order_by()
        .values("transaction__order__number", "account", "party", "detail", "currency")
        .annotate(sum=Sum("amount_minor"))
        .filter(sum__gt=0)
    )
    for row in rows[:_MOST]:
        yield Fault("overdrawn", row["transaction__order__number"], f"{row['account']} {row['sum']} {row['currency']}")


_PAYOUT_BOOKED: dict[str, tuple[int, int, int]] = {
    # How often its amount is in payout, settled, reversed.
    Payout.State.REQUESTED: (0, 0, 0),
    Payout.State.CANCELLED: (0, 0, 0),
    Payout.State.APPROVED: (1, 0, 0),
    Payout.State.SUBMITTING: (1, 0, 0),
    Payout.State.UNKNOWN: (1, 0, 0),
    Payout.State.PENDING: (1, 0, 0),
    Payout.State.SUCCEEDED: (1, 1, 0),
    Payout.State.FAILED: (1, 0, 1),
    Payout.State.REVERSED: (1, 1, 1),
}


def payouts() -> Iterator[Fault]:
    """Payouts that the books tell otherwise."""
    rows = Payout.objects.annotate(
        out=_booked(Kind.PAYOUT, Account.INSTRUCTOR_PAYABLE),
        settled=_booked(Kind.PAYOUT_SETTLED, Account.PAYOUT_CLEARING),
        back=_booked(Kind.PAYOUT_REVERSED, Account.INSTRUCTOR_PAYABLE),
        again=_booked(Kind.PAYOUT_SETTLED, Account.INSTRUCTOR_PAYABLE),
    )
    # What had failed and went after all is taken from what is owed again.
    whole = F("amount_minor")
    right = Q(state=Payout.State.SUCCEEDED, out=whole, settled=0, back=-1 * whole, again=whole)
    for state, (out, settled, back) in _PAYOUT_BOOKED.items():
        amount = F("amount_minor")
        right |= Q(state=state, out=amount * out, settled=amount * settled, back=-1 * amount * back, again=0)
    for row in rows.exclude(right)[:_MOST]:
        yield Fault("payout", str(row), f"{row.state}, {row.amount_minor}; {row.out}, {row.settled}, {row.back} booked")


def payouts_on_the_way() -> Iterator[Fault]:
    """Currencies in which the account of payouts on their way isn't the sum of these payouts."""
    states = [state for state, booked in _PAYOUT_BOOKED.items() if booked == (1, 0, 0)]
    under_way = _by_currency(Payout.objects.filter(state__in=states))
    booked = _by_currency(LedgerEntry.objects.filter(account=Account.PAYOUT_CLEARING))
    for currency in sorted(under_way.keys() | booked.keys()):
        if under_way.get(currency, 0) != -booked.get(currency, 0):
            yield Fault(
                "payouts_on_the_way", currency, f"{under_way.get(currency, 0)}, {-booked.get(currency, 0)} booked"
            )


def chargebacks() -> Iterator[Fault]:
    """Chargebacks that the books tell otherwise: held while open, gone from there when closed."""
    rows = Chargeback.objects.annotate(
        held=_booked(Kind.CHARGEBACK, Account.DISPUTED),
        won=_booked(Kind.CHARGEBACK_WON, Account.DISPUTED),
        lost=_booked(Kind.CHARGEBACK_LOST, Account.DISPUTED),
        taken=_booked(Kind.CHARGEBACK, Account.CLEARING),
    )
    right = (
        Q(state=Chargeback.State.OPEN, won=0, lost=0)
        | Q(state=Chargeback.State.WON, won=-1 * F("held"), lost=0)
        | Q(state=Chargeback.State.LOST, won=0, lost=-1 * F("held"))
    ) & Q(taken=-1 * F("amount_minor"))
    for row in rows.exclude(right)[:_MOST]:
        yield Fault("chargeback", str(row.public_id), f"{row.state}, {row.amount_minor}; {row.taken} booked")


#: In the order in which they are run.
CHECKS: tuple[Callable[[], Iterator[Fault]], ...] = (
    unbalanced,
    captured,
    refunded,
    refunds,
    orders,
    lines,
    surplus,
    overdrawn,
    payouts,
    payouts_on_the_way,
    chargebacks,
)


def _sum(rows: "QuerySet[Any]", column: str = "amount_minor") -> Coalesce:
    """Sum of a column of the rows of a subquery; 0 without any."""
    grouped = rows.order_by().annotate(_all=F("pk") * 0).values("_all").annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(grouped), 0)


def _booked(kind: str, account: str) -> Coalesce:
    """What transactions of a kind about a thing (by its public id) put on an account."""
    return _sum(
        LedgerEntry.objects.filter(
            transaction__reference=OuterRef("public_id"), transaction__kind=kind, account=account
        )
    )


def _by_currency(rows: "QuerySet[Any]") -> dict[str, int]:
    sums = rows.order_by().values("currency").annotate(sum=Sum("amount_minor"))
    return {row["currency"]: int(row["sum"]) for row in sums if row["sum"]}
