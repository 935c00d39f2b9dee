"""What the customer does next, kept as JSON with the attempt and handed to the faces as a plain dict.

One of::

    {"kind": "push", "expires_at": datetime, "dial": "*126#"}
    {"kind": "redirect", "url": "https://…"}
    {"kind": "instructions", "lines": [["iban", "IBAN", "CM21…"], …], "reference": "PAY-…", "expires_at": datetime}
    {"kind": "uris", "uris": [{"method", "uri", "address", "amount"}, …], "page": "https://…", "expires_at": datetime}
    {"kind": "none"}

``lines`` are (stable code, label in the active language, value); what is shown is exactly what is to be typed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from commerce.models import PaymentAttempt
from commerce.providers.base import NextStep, PushSent, Redirect, ShowInstructions, ShowUri

__all__ = ["deadline_of", "found_page", "next_step", "to_json"]

#: What the lines of a transfer are called; a line with another code is called by it.
_LABELS = {
    "holder": _lazy("Account holder"),
    "bank": _lazy("Bank"),
    "iban": _lazy("IBAN"),
    "account": _lazy("Account number"),
    "bic": _lazy("BIC"),
    "bank_code": _lazy("Bank code"),
    "branch": _lazy("Branch"),
    "amount": _lazy("Amount"),
    "currency": _lazy("Currency"),
    "reference": _lazy("Reference"),
}
#: States in which the customer has something to do.
_WAITING = (PaymentAttempt.State.AWAITING_CUSTOMER, PaymentAttempt.State.PENDING, PaymentAttempt.State.UNKNOWN)


def to_json(step: NextStep) -> dict[str, Any]:
    """``step`` as it is stored."""
    if isinstance(step, Redirect):
        return {"kind": "redirect", "url": step.url}
    until = {"expires_at": step.expires_at.isoformat()}
    if isinstance(step, PushSent):
        return {"kind": "push", "dial": step.dial, **until}
    if isinstance(step, ShowInstructions):
        lines = [list(line) for line in step.lines]
        return {"kind": "instructions", "lines": lines, "reference": step.reference, **until}
    names = ("method", "uri", "address", "amount")
    uris = [dict(zip(names, row, strict=True)) for row in step.uris]
    return {"kind": "uris", "uris": uris, "page": step.page, **until}


def deadline_of(step: NextStep) -> datetime | None:
    """When the step is over, as its provider says."""
    return step.expires_at if isinstance(step, PushSent | ShowInstructions | ShowUri) else None


def found_page(data: Mapping[str, Any]) -> dict[str, Any]:
    """The step to a provider's page whose address was lost with the answer to our call, and found again by asking."""
    for name in ("url", "payment_url", "authorization_url", "link", "page"):
        url = data.get(name)
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            return to_json(Redirect(url))
    return {}


def next_step(attempt: PaymentAttempt) -> dict[str, Any]:
    """What the customer does next; see the module for its shapes. ``none`` once there is nothing to do."""
    kept = attempt.next_step
    kind = kept.get("kind")
    # A page that was left to wait for the bank is not opened again.
    is_left = kind == "redirect" and attempt.state != PaymentAttempt.State.AWAITING_CUSTOMER
    if not kind or is_left or attempt.state not in _WAITING:
        return {"kind": "none"}
    step = dict(kept)
    if "expires_at" in step:
        step["expires_at"] = datetime.fromisoformat(step["expires_at"])
    if step["kind"] == "instructions":
        step["lines"] = [[code, str(_LABELS.get(code, code)), value] for code, value in step["lines"]]
    return step
