"""What the money screens of the admin show: one of everything, in states in which its buttons do something."""

from typing import Any

from django.core.files.base import ContentFile

from commerce.bookkeeping import record_capture
from commerce.models import CourseShare, CourseTerms, Fulfilment, ReferralLink, Refund, TransferProof
from commerce.providers.statements.references import make_reference
from commerce.tests.factories import make_user
from commerce.tests.money_rows import make_everything
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order, make_refund
from core import clock

__all__ = ["fill_the_books"]


def fill_the_books() -> dict[str, Any]:
    """Rows by the names that the tables call them."""
    buyer = make_user("buyer@books.example.com")
    made = make_everything()
    asked = make_refund(make_paid_order(buyer), state=Refund.State.REQUESTED)
    owed = make_order(buyer, placed_at=clock.now())
    transfer = make_attempt(make_order(buyer), "bank", provider_ref=None)
    transfer.provider_ref = make_reference(transfer.public_id)
    transfer.save()
    mismatch = make_attempt(make_order(buyer), "bank", "mismatch", paid_minor=24_000, paid_currency="XAF")
    proof = TransferProof(attempt=transfer, name="slip.png")
    proof.file.save("slip.png", ContentFile(b"\x89PNG"))
    settled = make_everything()
    aside, payout = settled.line, settled.payout
    aside.state = "ignored"
    aside.save()
    run = payout.run
    run.state, run.approved_by, run.approved_at = "approved", made.order.learner, clock.now()
    run.save()
    payout.state = "approved"
    payout.save()
    ungiven = make_paid_order(buyer)
    record_capture(ungiven, ungiven.payment.accepted_attempt)
    Fulfilment.objects.create(order=ungiven, attempt=ungiven.payment.accepted_attempt, created_at=clock.now())
    return {
        "paid_order": ungiven,
        "owed_order": owed,
        "transfer": transfer,
        "mismatch": mismatch,
        "message": made.event,
        "refund_by_hand": made.refund,
        "asked_refund": asked,
        "chargeback": made.chargeback,
        "bank_statement": made.statement,
        "line": made.line,
        "line_aside": aside,
        "comparison": made.run,
        "difference": made.discrepancy,
        "invoice": made.invoice,
        "subscription": made.subscription,
        "payout_run": made.payout_run,
        "payout": payout,
        "ledger_row": made.order.ledger_transactions.earliest("pk"),
        "share": CourseShare.objects.earliest("pk"),
        "terms": CourseTerms.objects.earliest("pk"),
        "referral_link": ReferralLink.objects.earliest("pk"),
        "proof": proof,
    }
