"""The document of the API is a promise to programs: it changes only when somebody wants it to.

After a change that is wanted, write it again with `WRITE_API=1 .venv/bin/python -m pytest tests/architecture/test_api_document.py`,
look at the difference, and commit both."""

from __future__ import annotations

import difflib
import json
import os
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("api.json")
SHOWN = 60


def document() -> dict[str, Any]:
    from parvis.config.api import api

    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return found


def text(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_the_api_is_what_was_promised() -> None:
    current = text(document())
    if os.environ.get("WRITE_API"):
        KEPT.write_text(current)
    kept = KEPT.read_text()
    lines = list(difflib.unified_diff(kept.splitlines(), current.splitlines(), "promised", "current", lineterm="", n=2))
    assert current == kept, "\n".join(["The API changed (see the head of this file).", *lines[:SHOWN], f"… {len(lines)} lines"])


def test_every_operation_says_what_it_does() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path} has no summary"
            assert operation.get("responses"), f"{method} {path} says nothing of its answers"


def test_no_two_operations_share_a_name() -> None:
    names = [one["operationId"] for operations in document()["paths"].values() for one in operations.values()]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


def test_the_document_is_openapi() -> None:
    from openapi_spec_validator import validate

    validate(document())
