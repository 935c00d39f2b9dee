"""Make a link that brings buyers."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import ReferralCodeRefused
from commerce.models import ReferralLink
from core import audit
from core.ids import normalize_code, readable_code
from core.policies import require

__all__ = ["create_referral_link", "switch_referral_link"]

#: More than anybody shares; keeps a script from filling the table.
_MOST = 200


def create_referral_link(*, actor: Any, label: str = "", code: str = "") -> ReferralLink:
    """Make a link of the actor's own.

    Args:
        label: for the actor alone, at most 80 characters are kept.
        code: as wished, 4 to 32 letters and digits; one is made up where it is left out.

    Raises:
        NotAllowed: the actor writes no courses.
        ReferralCodeRefused: of no such shape, or taken; or the actor has 200 links.
    """
    require(policies.can_earn(actor))
    if ReferralLink.objects.filter(owner=actor).count() >= _MOST:
        raise ReferralCodeRefused("referral_links", _lazy("You have 200 links; that has to be enough."))
    wanted = normalize_code(code) if code.strip() else readable_code(8)
    if not (4 <= len(wanted) <= 32 and wanted.isascii() and wanted.isalnum()):
        raise ReferralCodeRefused
    try:
        with transaction.atomic():
            link = ReferralLink.objects.create(code=wanted, owner=actor, label=" ".join(label.split())[:80])
            audit.record(actor=actor, verb="commerce.referral_link_created", target=link)
    except IntegrityError:
        raise ReferralCodeRefused from None
    return link


def switch_referral_link(*, actor: Any, link: ReferralLink, is_active: bool) -> ReferralLink:
    """Switch one's own link off or on; sales that are paid keep what they had.

    Raises:
        NotAllowed: somebody else's.
    """
    require(policies.can_earn(actor) and link.owner_id == actor.pk)
    with transaction.atomic():
        link = ReferralLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if link.is_active != is_active:
            link.is_active = is_active
            link.save(update_fields=["is_active"])
            verb = "commerce.referral_link_switched_on" if is_active else "commerce.referral_link_switched_off"
            audit.record(actor=actor, verb=verb, target=link)
    return link
