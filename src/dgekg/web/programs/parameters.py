"""The query parameters of the programs' addresses: described once, for OpenAPI and for refusing what is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg import packaged
from dgekg.errors import UnknownValue
from dgekg.vocabulary import LANGUAGES
from dgekg.web.house import Visit

EVERYWHERE = ("format", "safe", "lang")
VIEW = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")

_KNOWN: Mapping[str, Mapping[str, Any]] = packaged.table("web/programs/parameters.yaml")


def described(names: tuple[str, ...], required: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return parameters as OpenAPI writes them; they are read and checked by the code that uses them."""
    return [_described(name, name in required) for name in (*names, *EVERYWHERE)]


def _described(name: str, required: bool) -> dict[str, Any]:
    known = _KNOWN[name]
    choices = LANGUAGES if name == "lang" else known.get("choices", ())
    schema: dict[str, Any] = {"type": known.get("type", "string")}
    schema |= {"enum": list(choices)} if choices else {}
    schema |= {key: known[word] for key, word in (("minimum", "least"), ("maximum", "most")) if word in known}
    if known.get("many"):
        schema = {"type": "array", "items": schema}
    return {"name": name, "in": "query", "required": required, "description": known["says"], "schema": schema}


def only(visit: Visit, names: tuple[str, ...]) -> None:
    """Refuse query parameters that an address does not have.

    Raises:
        UnknownValue: one that it does not; the nearest is suggested.
    """
    known = (*names, *EVERYWHERE)
    for key in visit.request.query_params:
        if key not in known:
            raise UnknownValue("parameter", key, known, f"It takes {', '.join(known)}.")
