"""Small pieces of Turtle, and the days that generated records know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

LAST = dt.date(2026, 11, 20)
RECENT = 500  # practices were recorded within so many days before LAST
_DAYS = [(LAST - dt.timedelta(days=age)).isoformat() for age in range(6 * 365)]
OLDEST = len(_DAYS)
LICENSE = "dct:license <https://creativecommons.org/licenses/by/4.0/>"
PREFIXES = """@base <https://w3id.org/dgekg/> .
@prefix dgekg: <https://w3id.org/dgekg/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def day(age: int) -> str:
    """Return the day `age` days before LAST."""
    return _DAYS[age]


def date(prop: str, age: int) -> str:
    return f'{prop} "{_DAYS[age]}"^^xsd:date'


def concepts(prop: str, scheme: str, codes: Iterable[str]) -> list[str]:
    return [f"{prop} <scheme/{scheme}/{code}>" for code in codes]


def record(lines: Sequence[str]) -> str:
    """Return one record: the subject with its class, then one property per line."""
    return " ;\n    ".join(lines) + " .\n"
