"""What duplicates are looked for by, as answers have it: titles, addresses, those who lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_CARRIES = ("lead", "issuer")


def titles(fields: Mapping[str, Any]) -> list[str]:
    """Return what a record is called, in every language."""
    return [
        str(v["value"])
        for name in ("title", "name")
        for v in fields.get(name, ())
        if isinstance(v, dict) and "value" in v
    ]


def addresses(fields: Mapping[str, Any]) -> list[str]:
    """Return the addresses of its page and sources."""
    found = [str(v) for name in ("page", "homepage", "source") for v in fields.get(name, ()) if isinstance(v, str)]
    return [*found, *(str(v) for inner in _parts(fields, "hasEvidence") for v in inner.get("source", ()))]


def leads(fields: Mapping[str, Any]) -> list[str]:
    """Return `actor/slug` of the known actors that lead or issue it."""
    return [
        value
        for inner in _parts(fields, "qualifiedAttribution")
        if {str(role).rpartition("/")[2] for role in inner.get("hadRole", ())} & set(_CARRIES)
        for value in inner.get("agent", ())
        if isinstance(value, str)
    ]


def _parts(fields: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    return (part["fields"] for part in fields.get(name, ()) if isinstance(part, dict) and "fields" in part)
