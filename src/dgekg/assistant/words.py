"""What assistants read, from a data file; in English, which every assistant reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg import packaged


def known() -> Mapping[str, Any]:
    """Return the whole file."""
    found: Mapping[str, Any] = packaged.table("assistant/words.yaml")
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


def instructions(name: str = "") -> str:
    """Return what an assistant is told first: what this is and how its answers are to be read.

    Args:
        name: of the collection, where it is another than the one that this program was written for.
    """
    states = "; ".join(f'"{name}": {reads}' for name, reads in known()["states"].items())
    about = say("called", name=name) if name else say("about")
    return say("instructions", states=states + ".", about=about)


def query(name: str) -> str:
    """Return one of the assistant's own queries."""
    return packaged.text(f"assistant/queries/{name}.rq")
