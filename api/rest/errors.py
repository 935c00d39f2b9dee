"""How errors look in REST: one shape, ``{"errors": [{"code", "field", "message"}]}``."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound

#: Statuses of the domain's refusals.
_STATUSES = {NotFound: 404, NotAllowed: 403, Conflict: 409, InvalidInput: 400}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer the domain's refusals, and DRF's own errors, in the common shape."""
    if isinstance(error, DomainError):
        status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 400)
        body = {"errors": [{"code": error.code, "field": error.field, "message": str(error)}]}
        return Response(body, status=status)
    response = drf_exception_handler(error, context)
    if response is not None:
        code = getattr(error, "default_code", "error")
        response.data = {
            "errors": [{"code": str(code), "field": None, "message": str(getattr(error, "detail", error))}]
        }
    return response
