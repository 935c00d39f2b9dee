"""Explain a difference between a provider's books and ours."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import DiscrepancyResolved, ExplanationRequired
from commerce.models import Discrepancy
from core import audit, clock
from core.policies import require

__all__ = ["EXPLANATION_LENGTH", "resolve_discrepancy"]

EXPLANATION_LENGTH = 300


def resolve_discrepancy(*, actor: Any, discrepancy: Discrepancy, explanation: str) -> Discrepancy:
    """Put a difference away with the reason for it; nothing else changes.

    Raises:
        NotAllowed: the actor may not explain differences.
        ExplanationRequired: none, or more than 300 characters.
        DiscrepancyResolved: it was explained before.
    """
    require(policies.can_explain_discrepancies(actor))
    explanation = " ".join(explanation.split())
    if not explanation or len(explanation) > EXPLANATION_LENGTH:
        raise ExplanationRequired
    with transaction.atomic():
        locked = Discrepancy.objects.select_for_update(of=("self",), no_key=True).get(pk=discrepancy.pk)
        if locked.resolved_at is not None:
            raise DiscrepancyResolved
        locked.explanation, locked.resolved_by, locked.resolved_at = explanation, actor, clock.now()
        locked.save(update_fields=["explanation", "resolved_by", "resolved_at"])
        audit.record(
            actor=actor,
            verb="commerce.discrepancy_explained",
            target=locked,
            facts={"kind": str(locked.kind), "explanation": explanation},
        )
    return locked
