"""Writing the audit log: one line beside each deed that somebody may ask about later."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from core.models.audit import AppendOnlyError, AuditEntry

__all__ = ["AppendOnlyError", "AuditEntry", "record", "target_key", "target_type"]


def record(
    *,
    actor: Any,
    verb: str,
    target: Model | None = None,
    label: str = "",
    facts: dict[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Add an entry; call it in the same transaction as the deed.

    Args:
        actor: the user, or None (also an anonymous user) for the platform itself.
        verb: stable ``<room>.<deed>`` in the past tense, e.g. ``commerce.certificate_revoked``.
        target: the row it was done to, saved before.
        label: what to call the target in lists; ``str(target)`` when left out.
        facts: JSON-able details without personal data: states before and after, reasons, keys.
        ip: the caller's address where it matters (log-ins, money).
    """
    person = actor if getattr(actor, "is_authenticated", False) else None
    return AuditEntry.objects.create(
        actor=person,
        actor_public_id=getattr(person, "public_id", None),
        verb=verb,
        target_type=target_type(target) if target else "",
        target_key=target_key(target) if target else "",
        target_label=(label or (str(target) if target else ""))[:255],
        facts=facts or {},
        ip=ip,
    )


def target_type(target: Model | type[Model]) -> str:
    """Return how the log names the kind of ``target``: ``commerce.enrollment``."""
    return target._meta.label_lower


def target_key(target: Model) -> str:
    """Return the stable outward key of ``target``: its public id, translation key, or else its primary key."""
    for attribute in ("public_id", "translation_key"):
        value = getattr(target, attribute, None)
        if isinstance(value, UUID):
            return str(value)
    return str(target.pk)
