"""What a caller learns of an error: a domain's refusal in full, a fault of ours only by its reference."""

import logging
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from graphql import GraphQLError

from core.errors import DomainError

logger = logging.getLogger("api.graphql")


def format_error(error: GraphQLError) -> dict[str, Any]:
    """Turn an execution or validation error into what the answer shows.

    Errors of the document keep the library's text: it is English, for whoever writes the document. A ``DomainError``
    keeps code and message. Anything else is logged under a reference, and the caller gets that reference and nothing
    of what happened.
    """
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    formatted: dict[str, Any] = dict(error.formatted)
    if original is None or isinstance(original, GraphQLError):
        formatted.setdefault("extensions", {"code": "BAD_REQUEST"})
        return formatted
    if isinstance(original, DomainError):
        formatted["message"] = str(original)
        formatted["extensions"] = {"code": original.code.upper()}
        return formatted
    if isinstance(original, PermissionDenied):
        formatted["message"] = _("You may not do this.")
        formatted["extensions"] = {"code": "NOT_ALLOWED"}
        return formatted
    reference = uuid.uuid4().hex[:12]
    logger.error("GraphQL fault %s at %s", reference, error.path, exc_info=original)
    formatted["message"] = _("Something went wrong on our side. Tell support this reference: %(reference)s") % {
        "reference": reference
    }
    formatted["extensions"] = {"code": "INTERNAL", "reference": reference}
    return formatted


def payload_errors(error: DomainError | ValidationError) -> list[dict[str, Any]]:
    """A refusal as the ``errors`` list of a mutation's payload."""
    if isinstance(error, DomainError):
        return [{"code": error.code, "field": error.field, "message": str(error)}]
    return [
        {"code": "invalid_input", "field": name, "message": " ".join(messages)}
        for name, messages in getattr(error, "message_dict", {None: error.messages}).items()
    ]
