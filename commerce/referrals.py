"""Instructors' links: a code in an address, of whose buyers the course's authors keep more."""

from commerce.models import ReferralLink
from core.ids import normalize_code

__all__ = ["referral_of"]


def referral_of(code: str) -> str:
    """Return the code of a link as orders keep it, for a code as it came with a visitor; empty where there is none.

    What it is worth is decided at the sale: only for courses of the link's owner, and while the link is active.
    """
    wanted = normalize_code(str(code)[:64])
    if not wanted or not wanted.isascii() or not wanted.isalnum():
        return ""
    found = ReferralLink.objects.filter(code=wanted, is_active=True).values_list("code", flat=True).first()
    return found or ""
