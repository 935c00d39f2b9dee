"""Compare our books with a list that somebody took from a provider's portal."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from commerce import policies
from commerce.actions.reconcile import reconcile_with
from commerce.errors import ExportUnreadable, ProviderUnavailable
from commerce.models import ReconciliationRun
from commerce.providers import registry
from commerce.providers.statements.lines import StatementError
from commerce.providers.statements.provider_export import read_export
from commerce.statement_mistakes import explained
from core.policies import require

__all__ = ["reconcile_export"]


def reconcile_export(*, actor: Any, provider: str, day: date, content: bytes) -> ReconciliationRun:
    """Compare a day with a file in the form of ``commerce.providers.statements.provider_export``.

    Raises:
        NotAllowed: the actor may not compare.
        ProviderUnavailable: no provider of that code.
        ExportUnreadable: the file has a mistake, or nothing of that day; nothing was compared.
    """
    require(policies.can_explain_discrepancies(actor))
    if provider not in registry.CODES:
        raise ProviderUnavailable
    try:
        theirs = read_export(content)
    except StatementError as error:
        raise ExportUnreadable(message=explained(error, ExportUnreadable.message)) from error
    if not any(line.happened_at.date() == day for line in theirs):
        raise ExportUnreadable("export_other_day", _("The file has no payment of that day."), "day")
    return reconcile_with(provider, day, theirs, actor=actor)
