"""Whose address a request comes from, when proxies stand in front of the school.

Done once, before Django sees the request, so that sign-in limits, lock-outs, REST throttles and the audit log agree.
"""

from collections.abc import Callable, Iterable
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind_proxies(application: WSGIApplication, count: int) -> WSGIApplication:
    """Take the client's address from ``X-Forwarded-For``, believing ``count`` proxies and nobody before them.

    Each proxy appends the address it was called from, so the entry ``count`` places from the end was written by the
    outermost proxy of ours; everything left of it is the client's own claim. A shorter header did not come through
    all proxies and is not believed at all. Zero proxies: the connection's own address stands.
    """
    if count < 1:
        return application

    def with_client_address(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        addresses = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(addresses) >= count and addresses[-count]:
            environ["REMOTE_ADDR"] = addresses[-count]
        return application(environ, start_response)

    return with_client_address
