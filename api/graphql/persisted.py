"""Persisted documents: a frontend registers its queries at build time and sends only their hash.

Files ``*.graphql`` in the folder ``GRAPHQL_PERSISTED_DIR``; the id is ``sha256:<hex of the file's bytes>``, as in the
GraphQL-over-HTTP draft's appendix on persisted documents.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def persisted_document(document_id: str) -> str | None:
    """The text registered under ``document_id``, or None."""
    return _registered(str(settings.GRAPHQL_PERSISTED_DIR)).get(document_id)


@lru_cache(maxsize=4)
def _registered(folder: str) -> dict[str, str]:
    documents = {}
    for file in sorted(Path(folder).glob("*.graphql")) if folder else []:
        content = file.read_bytes()
        documents[f"sha256:{hashlib.sha256(content).hexdigest()}"] = content.decode()
    return documents
