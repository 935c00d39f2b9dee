"""How errors look in REST: one shape, ``{"errors": [{"code", "field", "message"}]}``."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer DRF's own errors in the common shape."""
    response = drf_exception_handler(error, context)
    if response is not None:
        code = getattr(error, "default_code", "error")
        response.data = {
            "errors": [{"code": str(code), "field": None, "message": str(getattr(error, "detail", error))}]
        }
    return response
