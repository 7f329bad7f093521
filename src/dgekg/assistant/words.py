"""What assistants read, from a data file; in English, which every assistant reads."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

_FILES = importlib.resources.files("dgekg.assistant")


@cache
def known() -> Mapping[str, Any]:
    """Return the whole file."""
    found: dict[str, Any] = yaml.safe_load(_FILES.joinpath("words.yaml").read_text("utf-8"))
    return found


def say(key: str, **values: object) -> str:
    """Return words, with values in the place of names in braces.

    >>> say("not_known.no_search")
    'No search of this very place is on record.'
    """
    found: Any = known()
    for part in key.split("."):
        found = found[part]
    return str(found).format(**values)


def instructions() -> str:
    """Return what an assistant is told first: what this is and how its answers are to be read."""
    states = "; ".join(f'"{name}": {reads}' for name, reads in known()["states"].items())
    return say("instructions", states=states + ".")


def query(name: str) -> str:
    """Return one of the assistant's own queries."""
    return _FILES.joinpath("queries", f"{name}.rq").read_text("utf-8")
