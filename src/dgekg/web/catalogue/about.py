"""What the catalogue says of the dataset in words, read from a data file; and the names of dataset and catalogue."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from dgekg import identifiers

if TYPE_CHECKING:
    from dgekg.web.house import Visit

CATALOG = identifiers.of_path("/catalog")
DATASET = identifiers.within(CATALOG, "dataset")


@cache
def known() -> Mapping[str, Any]:
    """Return the whole file."""
    text = importlib.resources.files("dgekg.web.catalogue").joinpath("about.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def told(visit: Visit) -> Mapping[str, Any]:
    """Return the same with the title, description and keywords of the collection itself, where it has them."""
    return {**known(), **visit.observatory.collection.about}


def about(key: str, **values: str) -> dict[str, str]:
    """Return words in three languages."""
    return {language: text.format(**values) for language, text in known()[key].items()}
