"""Rows that every room leans on: events on their way, idempotency keys, the audit log."""

from core.models.audit import AuditEntry
from core.models.idempotency import IdempotencyKey
from core.models.outbox import OutboxDelivery, OutboxEvent

__all__ = ["AuditEntry", "IdempotencyKey", "OutboxDelivery", "OutboxEvent"]
