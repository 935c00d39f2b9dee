"""Relay connections over querysets: forward paging by opaque cursors, bounded page size, lazy total."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import graphene
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from api.graphql.limits import DEFAULT_PAGE_SIZE
from core.errors import InvalidInput


class PageInfo(graphene.ObjectType):
    """Where a page of a list stands."""

    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


def encode_cursor(offset: int) -> str:
    """An opaque cursor for the row at ``offset``."""
    return base64.urlsafe_b64encode(f"o:{offset}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """The offset in a cursor of ours.

    Raises:
        InvalidInput: not a cursor of ours.
    """
    try:
        text = base64.urlsafe_b64decode(cursor[:40] + "=" * (-len(cursor[:40]) % 4)).decode()
        prefix, _colon, number = text.partition(":")
        offset = int(number)
        if prefix != "o" or not 0 <= offset < 10_000_000:
            raise ValueError(cursor)
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise InvalidInput(
            "invalid_cursor", _("This cursor is not one of ours; start again without it."), "after"
        ) from error
    return offset


def page_size(first: int | None) -> int:
    """How many rows to serve.

    Raises:
        InvalidInput: negative, or beyond the limit; asking for less must be the caller's choice.
    """
    limit = settings.GRAPHQL_MAX_PAGE_SIZE
    if first is None:
        return min(DEFAULT_PAGE_SIZE, limit)
    if not 0 <= first <= limit:
        raise InvalidInput(
            "invalid_page_size", _("Ask for 0 to %(limit)d rows with `first`.") % {"limit": limit}, "first"
        )
    return first


def connection_of(
    rows: "QuerySet | list", *, first: int | None, after: str | None, nodes: Callable[[list[Any]], list[Any]]
) -> dict[str, Any]:
    """One page of ``rows``.

    Args:
        nodes: turns the page's rows into nodes, all at once, so that they can share what they load.
    """
    size = page_size(first)
    start = decode_cursor(after) + 1 if after else 0
    found = list(rows[start : start + size + 1]) if size else []
    has_more = len(found) > size
    built = nodes(found[:size])
    edges = [{"node": node, "cursor": encode_cursor(start + index)} for index, node in enumerate(built)]
    return {
        "edges": edges,
        "page_info": PageInfo(
            has_next_page=has_more,
            has_previous_page=start > 0,
            start_cursor=edges[0]["cursor"] if edges else None,
            end_cursor=edges[-1]["cursor"] if edges else None,
        ),
        "total": lambda: rows.count() if isinstance(rows, QuerySet) else len(rows),
    }
