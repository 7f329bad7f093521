"""The files that travel inside this package: words, tables, style sheets, queries of its own."""

from __future__ import annotations

import importlib.resources
from functools import cache
from typing import Any

import yaml

_HOME = importlib.resources.files("dgekg")


def text(path: str) -> str:
    """Return a file of this package by its path in it: `report/report.css`."""
    return _HOME.joinpath(*path.split("/")).read_text("utf-8")


@cache
def table(path: str) -> Any:
    """Return what a YAML file of this package says, read once; nobody changes it: `words/findings.fr.yaml`."""
    return yaml.safe_load(text(path))
