"""Note what a bank decided about a disputed payment, where its provider doesn't tell us."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.close_chargeback import close_chargeback
from commerce.errors import ChargebackDecided
from commerce.models import Chargeback
from core import audit
from core.policies import require

__all__ = ["decide_chargeback"]


def decide_chargeback(*, actor: Any, chargeback: Chargeback, won: bool) -> Chargeback:
    """Close a dispute that somebody looked up in the provider's portal.

    Raises:
        NotAllowed: the actor may not decide about disputes, or it is about their own order.
        ChargebackDecided: it is closed.
    """
    require(policies.can_decide_chargebacks(actor) and actor.pk != chargeback.order.learner_id)
    with transaction.atomic():
        if chargeback.state != Chargeback.State.OPEN:
            raise ChargebackDecided
        chargeback = close_chargeback(chargeback, won, actor=actor)
        if (chargeback.state == Chargeback.State.WON) != won:
            raise ChargebackDecided  # a rival was quicker, and said otherwise
        audit.record(
            actor=actor,
            verb="commerce.chargeback_decided",
            target=chargeback,
            label=chargeback.order.number,
            facts={"won": won},
        )
    return chargeback
