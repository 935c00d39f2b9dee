"""Tries to pay: which state follows which, what adapters see of them, what the customer does next, when to ask."""

from commerce.payments.next_steps import next_step

__all__ = ["next_step"]
