"""One of everything that has to do with money, as rows, for tests of screens that show it."""

import itertools
import uuid
from datetime import timedelta
from types import SimpleNamespace

from commerce.actions.issue_invoice import issue_invoice
from commerce.bookkeeping import record_capture
from commerce.models import (
    Chargeback,
    CourseShare,
    CourseTerms,
    Offer,
    Payout,
    PayoutRun,
    Plan,
    ProviderEventRecord,
    ReconciliationRun,
    ReferralLink,
    StatementImport,
    StatementLine,
    Subscription,
    SubscriptionPeriod,
)
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_paid_order, make_refund

__all__ = ["make_everything"]

_counter = itertools.count(1)


def make_everything() -> SimpleNamespace:
    """Add a paid order with all that can hang off it, a statement, a comparison, a subscription and a payout run."""
    number = next(_counter)
    learner = make_user(f"awa{number}@books.example.com", name=f"Awa {number}")
    order = make_paid_order(learner, (20_000, 5_000))
    attempt = order.payment.accepted_attempt
    record_capture(order, attempt)
    refund = make_refund(order, 5_000, state="approved", is_by_hand=True)
    statement = StatementImport.objects.create(
        name=f"s{number}.csv", digest=f"{number:064d}", format="csv", uploaded_by=learner, lines_read=1, lines_new=1
    )
    run = ReconciliationRun.objects.create(provider="stripe", day=(NOON - timedelta(days=number)).date(), theirs=1)
    offer = Offer.objects.create(kind="plan", key=uuid.uuid4(), title=f"Plan {number}")
    subscription = Subscription.objects.create(
        learner=learner, plan=Plan.objects.create(offer=offer), currency="XAF", amount_minor=5_000, state="active"
    )
    SubscriptionPeriod.objects.create(
        subscription=subscription, number=1, starts_at=NOON, ends_at=NOON + timedelta(days=30), order=order
    )
    author = make_user(f"bola{number}@books.example.com", name=f"Bola {number}")
    CourseShare.objects.create(course_key=uuid.uuid4(), author=author, weight=2)
    CourseTerms.objects.create(course_key=uuid.uuid4(), platform_percent=25)
    ReferralLink.objects.create(code=f"BOLA{number}", owner=author)
    payout_run = PayoutRun.objects.create(currency="XAF", created_by=learner)
    return SimpleNamespace(
        order=order,
        attempt=attempt,
        refund=refund,
        invoice=issue_invoice(order),
        chargeback=Chargeback.objects.create(
            order=order, attempt=attempt, currency="XAF", amount_minor=25_000, provider_ref=f"dp_{number}"
        ),
        event=ProviderEventRecord.objects.create(
            provider="mtn",
            key=f"event-{number}",
            operation=attempt.public_id,
            state="failed",
            raw={"status": "SUCCESSFUL"},
            error="No answer",
        ),
        statement=statement,
        line=StatementLine.objects.create(
            statement=statement,
            digest=f"{number:064d}",
            booked_on=NOON.date(),
            currency="XAF",
            amount_minor=25_000,
            text="VIREMENT",
            counterparty="NDIAYE AWA",
            finding="no_reference",
            data={"hash": f"{number:064d}", "minor": 25_000, "currency": "XAF", "booked_on": "2026-11-02"},
        ),
        run=run,
        discrepancy=run.discrepancies.create(
            kind="missing_here", provider_ref=f"pi_{number}", currency="EUR", theirs_minor=1_000
        ),
        subscription=subscription,
        payout_run=payout_run,
        payout=Payout.objects.create(
            run=payout_run,
            instructor=learner,
            currency="XAF",
            amount_minor=10_000,
            provider="bank",
            destination={"method": "bank", "holder": learner.name, "account_number": "CM2110003001000500000605306"},
        ),
    )
