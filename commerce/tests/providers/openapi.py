"""Answers of imitated providers, checked against the providers' own OpenAPI documents."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

__all__ = ["assert_answer", "needs_spec"]

SPECS = Path(settings.BASE_DIR).parent / "shared" / "reference" / "payments" / "specs"


def needs_spec(name: str) -> pytest.MarkDecorator:
    """Skip where the document isn't, unless skipping is forbidden."""
    is_here = (SPECS / f"{name}.json").is_file()
    return pytest.mark.skipif(
        not is_here and not os.environ.get("BAOBAB_NO_SKIP"), reason=f"the document {name}.json is not here"
    )


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` in JSON Schema's words."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {name: _as_json_schema(item) for name, item in value.items()}
    if changed.get("nullable") is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed


@cache
def _document(name: str) -> Any:
    return _as_json_schema(json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8")))


def assert_answer(name: str, method: str, path: str, status: int, answer: Any) -> None:
    """``answer`` is what document ``name`` promises for that call and status."""
    document = _document(name)
    response = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = {**response["content"]["application/json"]["schema"], "components": document.get("components", {})}
    wrong = [f"{error.json_path}: {error.message}"[:300] for error in Draft202012Validator(schema).iter_errors(answer)]
    assert not wrong, wrong
