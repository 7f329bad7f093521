"""What the catalogue says of the dataset in words, read from a data file; and the names of dataset and catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dgekg import identifiers, packaged

if TYPE_CHECKING:
    from dgekg.web.house import Visit

CATALOG = identifiers.of_path("/catalog")
DATASET = identifiers.within(CATALOG, "dataset")


def known() -> Mapping[str, Any]:
    """Return the whole file."""
    found: Mapping[str, Any] = packaged.table("web/catalogue/about.yaml")
    return found


def told(visit: Visit) -> Mapping[str, Any]:
    """Return the same with the title, description and keywords of the collection itself, where it has them."""
    return {**known(), **visit.observatory.collection.about}


def about(key: str, **values: str) -> dict[str, str]:
    """Return words in three languages."""
    return {language: text.format(**values) for language, text in known()[key].items()}
