"""Why a payment did not come through, in a sentence that says what to do next.

The codes are those of ``commerce.providers.base.ProviderStatus.reason``; a code that nobody knows gets the sentence of
its state.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from commerce.models import PaymentAttempt

__all__ = ["failure_sentence", "waiting_sentence"]

_NOTHING_TAKEN = _lazy("The payment did not come through. Try again, or pay in another way.")

_SENTENCES: dict[str, str | Promise] = {
    "refused_by_customer": _lazy("You refused the payment on your phone. Try again when you are ready."),
    "requested_by_customer": _lazy("You cancelled the payment. Try again when you are ready."),
    "canceled": _lazy("You cancelled the payment. Try again when you are ready."),
    "insufficient_funds": _lazy("There is not enough money in the account. Top it up, or pay in another way."),
    "limit_reached": _lazy("The payment is above a limit of your account. Ask your operator, or pay in another way."),
    "no_such_account": _lazy("There is no wallet with this number. Check the number and the operator."),
    "wrong_details": _lazy("The number or the card's details are not right. Check them and try again."),
    "wrong_pin": _lazy("The secret code was not right. Try again and type it slowly."),
    "expired_card": _lazy("The card has expired. Use another one, or pay in another way."),
    "authentication_required": _lazy("Your bank wanted to know that it is you, and got no answer. Try again."),
    "not_confirmed_in_time": _lazy("The payment was not confirmed in time. Try again, with your phone at hand."),
    "provider_trouble": _lazy("The payment service has trouble at the moment. Try later, or pay in another way."),
    "our_configuration": _lazy("This way to pay does not work at the moment, which is our fault. Choose another one."),
    "unsupported_currency": _lazy("This way to pay does not take this currency. Choose another one."),
    "unsupported_country": _lazy("This way to pay does not work with numbers of this country. Choose another one."),
    "too_small": _lazy("The amount is too small for this way to pay. Choose another one."),
    "too_large": _lazy("The amount is too large for this way to pay. Choose another one."),
    "not_a_step": _lazy("This way to pay does not take this exact amount. Choose another one."),
    "declined": _lazy("Your bank or operator refused the payment. Ask them why, or pay in another way."),
    "sent_back": _lazy("The transfer was sent back. Transfer again, or pay in another way."),
    "underpaid": _lazy("Less than the price arrived. We have seen it, and write to you about the rest."),
    "overpaid": _lazy("More than the price arrived. We give the rest back."),
    "currency_differs": _lazy("The money arrived in another currency. We have seen it, and write to you."),
}

_STATES: dict[str, str | Promise] = {
    PaymentAttempt.State.CANCELED: _lazy("The payment was cancelled. Try again when you are ready."),
    PaymentAttempt.State.EXPIRED: _SENTENCES["not_confirmed_in_time"],
    PaymentAttempt.State.MISMATCH: _lazy("Another amount than the price arrived. We have seen it, and write to you."),
}

#: By the kind of what the customer does next.
_WAITING: dict[str, str | Promise] = {
    "push": _lazy("Waiting for you to confirm …"),
    "redirect": _lazy("Waiting for you to pay …"),
    "uris": _lazy("Waiting for your payment …"),
    "instructions": _lazy("Waiting for your transfer …"),
    "processing": _lazy("Your payment is being processed …"),
}


def failure_sentence(attempt: PaymentAttempt) -> str:
    """What went wrong with an attempt, and what to do about it."""
    return str(_SENTENCES.get(attempt.reason) or _STATES.get(attempt.state) or _NOTHING_TAKEN)


def waiting_sentence(attempt: PaymentAttempt, kind: str) -> str:
    """What is waited for; ``kind`` is that of the customer's next step."""
    if attempt.state == PaymentAttempt.State.UNKNOWN:
        kind = ""
    if kind == "none" and attempt.state in (PaymentAttempt.State.PENDING, PaymentAttempt.State.AUTHORIZED):
        kind = "processing"
    return str(_WAITING.get(kind) or _lazy("We are asking the payment service …"))
