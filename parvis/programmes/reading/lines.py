"""YAML that somebody gives: read in the bounded child, where aliases that multiply end."""

from __future__ import annotations

from typing import Any


def read_yaml(content: str) -> Any:
    """Raises ValueError."""
    import yaml

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
