"""Steps of a payment after which a process can be made to die, and short times so that silence is cheap."""

import importlib
from collections.abc import Callable
from typing import Any

import httpx

from commerce.payments.states import State
from commerce.providers import http

__all__ = ["SETTLING", "STARTING", "after_step", "hurry"]

#: What is replaced by something that dies: module, name there, and whether it dies before or after the call.
_STEPS = {
    # Starting to pay.
    "row written": ("commerce.actions.pay_order", "submit_attempt", "before"),
    "about to be sent": ("commerce.actions.submit_attempt", "_initiate", "before"),
    "sent, answer not stored": ("commerce.actions.submit_attempt", "_begun", "before"),
    # Settling.
    "message claimed": ("commerce.actions.process_provider_event", "_claim", "after"),
    "provider asked": ("commerce.actions.settle_attempt", "record_status", "before"),
    "rows locked": ("commerce.actions.settle_attempt", "_locked", "after"),
    "attempt moved": ("commerce.payments.applying", "move", "after"),
    "order fulfilled": ("commerce.payments.accepting", "fulfil", "after"),
    "money booked": ("commerce.payments.accepting", "record_capture", "after"),
    "before the commit": ("commerce.actions.settle_attempt", "close_messages", "after"),
    "committed": ("commerce.actions.settle_attempt", "record_status", "after"),
    "half given": ("commerce.actions.grant_order", "open_instance", "after"),
    "given, not noted": ("commerce.handlers", "grant_order", "after"),
    "delivered": ("core.dispatch", "_deliver", "after"),
}
STARTING = tuple(_STEPS)[:3]
SETTLING = tuple(_STEPS)[3:]

#: Modules that name the time limit.
_ADAPTERS = "airtel btcpay flutterwave mpesa mtn orange_cm orange_web paystack stripe".split()


def after_step(step: str, die: Callable[[], None], order_key: str, replace: Callable[[Any, str, Any], None]) -> None:
    """Have ``die`` called at ``step``, where it is about that order.

    Args:
        replace: sets an attribute of a module, as ``setattr`` does.
    """
    module_name, name, when = _STEPS[step]
    module = importlib.import_module(module_name)
    real = getattr(module, name)

    def dying(*args: Any, **kwargs: Any) -> Any:
        is_it = _is_about(step, order_key, args, kwargs)
        if is_it and when == "before":
            die()
        result = real(*args, **kwargs)
        if is_it and when == "after":
            die()
        return result

    replace(module, name, dying)


def _is_about(step: str, order_key: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Workers do what is due, whosever it is: only this order's step is the one to die at."""
    if step == "attempt moved":
        return args[1] == State.SUCCEEDED and str(args[0].order.public_id) == order_key
    if step in ("order fulfilled", "money booked", "given, not noted"):
        return str(args[0].public_id) == order_key
    if step == "half given":
        return str(kwargs["order_line"].order.public_id) == order_key
    if step == "delivered":
        return args[0].event.name == "commerce.OrderPaid" and args[0].event.payload["order_key"] == order_key
    return True


def hurry(seconds: float = 2.5) -> None:
    """Give up waiting for providers soon, and forgive them soon; for this process."""
    for name in _ADAPTERS:
        importlib.import_module(f"commerce.providers.{name}").TIMEOUT = httpx.Timeout(seconds)  # type: ignore[attr-defined]
    http.Breaker.pause = 0.2
