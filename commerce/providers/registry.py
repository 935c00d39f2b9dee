"""Which providers this school has: one adapter for each that is configured, made once, when somebody first asks.

The code of an adapter is what is stored with attempts, refunds and payouts. A rail that works country by country
(MTN, Airtel) has one code, whose adapter passes each call on; see :class:`commerce.providers.by_country.ByCountry`.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.translation import gettext as _

from commerce.errors import ProviderUnavailable
from commerce.providers.base import Capabilities, PaymentProvider
from commerce.providers.by_country import ByCountry
from commerce.providers.configured import RAILS

__all__ = ["CODES", "capabilities", "missing", "provider", "providers", "reset"]

logger = logging.getLogger(__name__)

#: Codes of all providers that there are adapters for, configured or not.
CODES: tuple[str, ...] = tuple(RAILS)


def providers() -> dict[str, PaymentProvider]:
    """The adapters that are configured, by code."""
    return dict(_all().adapters)


def provider(code: str) -> PaymentProvider:
    """The adapter of that code.

    Raises:
        ProviderUnavailable: none of that code is configured.
    """
    adapter = _all().adapters.get(code)
    if adapter is None:
        raise ProviderUnavailable
    return adapter


def missing() -> dict[str, str]:
    """Why a provider isn't there, by code, for whoever runs the school: what to set, or what is wrong with it."""
    made = _all()
    unset = {code: _("Not configured: set %(names)s.") % {"names": ", ".join(names)} for code, names in made.unset}
    wrong = {code: _("Not configured well: %(detail)s.") % {"detail": detail} for code, detail in made.wrong}
    return unset | wrong


def capabilities(code: str, country: str = "") -> Capabilities:
    """What a provider can do in ``country``; in any of its countries where left out or not one of them.

    Raises:
        ProviderUnavailable: none of that code is configured.
    """
    adapter = provider(code)
    if isinstance(adapter, ByCountry):
        adapter = adapter.in_country(country) or adapter
    return adapter.capabilities


def reset() -> None:
    """Make all adapters anew at the next question; for tests that change what they are made from."""
    global _made
    with _lock:
        _made = None


@dataclass(frozen=True)
class _Made:
    adapters: Mapping[str, PaymentProvider]
    unset: tuple[tuple[str, tuple[str, ...]], ...]
    wrong: tuple[tuple[str, str], ...]


_made: _Made | None = None
_lock = threading.Lock()


def _all() -> _Made:
    global _made
    with _lock:
        if _made is None:
            _made = _make()
        return _made


def _given() -> Mapping[str, Mapping[str, Any]]:
    if not settings.PAYMENT_SIMULATOR_URL:
        return settings.PAYMENT_PROVIDERS
    # Only here: a real school never loads them.
    from commerce.simulators.school import credentials

    return credentials(settings.PAYMENT_SIMULATOR_URL, site_url=settings.SITE_URL, folder=settings.VAR_DIR)


def _make() -> _Made:
    given = _given()
    adapters: dict[str, PaymentProvider] = {}
    unset, wrong = [], []
    for code, rail in RAILS.items():
        values = given.get(code, {})
        if names := tuple(name for name in rail.needs if not values.get(name)):
            unset.append((code, names))
            continue
        try:
            adapters[code] = rail.build(values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # The other providers go on.
            detail = f"{error} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
            wrong.append((code, detail))
            logger.error("Payment provider %s is not configured well: %s", code, detail)
    return _Made(adapters, tuple(unset), tuple(wrong))


def _forget(*, setting: str, **_more: Any) -> None:
    if setting.startswith("PAYMENT") or setting in ("SITE_URL", "VAR_DIR"):
        reset()


# Sent when a test overrides a setting.
setting_changed.connect(_forget)
