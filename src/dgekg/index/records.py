"""What the index holds of dimensions, concepts, evidence and statements, beside the bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from dgekg import identifiers, template
from dgekg.errors import SourceError
from dgekg.vocabulary import ONTOLOGY

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there


NORMS = ("provision", "instrument")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to cut the collection.

    Attributes:
        name: as written in views and addresses.
        coordinate: whether it can be searched for, so that its cells have states.
        home: IRI of the scheme or class whose members are its rows.
        beside: schemes whose concepts are rows too, outside the hierarchy and beneath no root.
        partition: whether the narrower concepts together are the whole.
        supported: dimension that `--norm supports` asks instead, or "".
        relations: dimension for each stage relation.
        excludes: dimensions that it is not crossed with.
        label: words for it, by language.
        said: how a sentence names a row, with {} for its label, by language; where none is given, "{} (label)".
    """

    name: str
    coordinate: bool
    home: str
    beside: tuple[str, ...]
    partition: bool
    supported: str
    relations: Mapping[str, str]
    excludes: frozenset[str]
    label: Mapping[str, str]
    said: Mapping[str, str] = field(default_factory=dict)

    def row(self, label: str, language: str) -> str:
        """Return how a sentence names a row: with what kind of thing it is, where its label does not say so."""
        return self.said.get(language, f"{{}} ({self.label.get(language, self.name)})").replace("{}", label)


@dataclass(frozen=True, slots=True)
class Concept:
    """A row: a concept, provision, instrument or round.

    Attributes:
        iri: its address.
        code: last part of the address, as people write it in a filter.
        notation: the number or article it is sorted by, or "".
        broader: what is directly broader.
    """

    iri: str
    code: str
    notation: str
    broader: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence: codes, IRIs of the groups it is about, and the day it was read (an ordinal; 0 for none)."""

    level: int
    direction: str
    indicator: str
    groups: frozenset[str]
    accessed: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A dated search that found none, or a statement that a cell does not apply.

    Attributes:
        iri: its address.
        status: code of what it says.
        date: day of the search, as `2026-11-21`.
        languages: of the rounds that searched.
        cell: dimension ("norm" for provision and instrument) -> concepts, each of which it speaks of.
    """

    iri: str
    status: str
    date: str
    languages: frozenset[str]
    cell: Mapping[str, frozenset[str]]


def direct_of(source: str) -> str:
    """Return the dimension of what practices say themselves.

    >>> direct_of("stage"), direct_of("provision"), direct_of("supported-instrument")
    ('direct-stage', 'direct-norm', 'direct-supported-norm')
    """
    for norm in NORMS:
        if source.endswith(norm):
            return f"direct-{source.removesuffix(norm)}norm"
    return f"direct-{source}"


def sources_of(known: Mapping[str, Dimension]) -> list[str]:
    """Return the derived dimensions that an index holds: what is closed upward, then what is said directly."""
    closed = {source for one in known.values() for source in (one.name, one.supported, *one.relations.values())} - {""}
    return [*sorted(closed), *sorted({direct_of(source) for source in closed})]


def cell_dimensions(known: Mapping[str, Dimension]) -> tuple[str, ...]:
    """Return the dimensions that a statement may name; a norm is one."""
    return (*(name for name, one in known.items() if one.coordinate and name not in NORMS), "norm")


def dimensions(queries: Path) -> dict[str, Dimension]:
    """Read `queries/dimensions.yaml`.

    Raises:
        SourceError: the file is broken.
    """
    path = queries / "dimensions.yaml"
    stamp = path.stat() if path.is_file() else None
    return dict(_dimensions(path, (stamp.st_mtime_ns, stamp.st_size) if stamp else None))


@lru_cache(maxsize=8)
def _dimensions(path: Path, _stamp: tuple[int, int] | None) -> dict[str, Dimension]:
    """Read the file once, until it changes: an index that takes in a change asks for it each time."""
    try:
        raw: dict[str, dict[str, Any]] = yaml.load(template.read(path), _LOADER)
        return {name: _dimension(name, spec) for name, spec in raw.items()}
    except (yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
        raise SourceError(f"{path}: expected a mapping of dimension to scheme or class, and label: {error}") from error


def _dimension(name: str, spec: Mapping[str, Any]) -> Dimension:
    return Dimension(
        name=name,
        coordinate=bool(spec.get("coordinate")),
        home=identifiers.scheme(spec["scheme"]) if "scheme" in spec else ONTOLOGY + spec["class"],
        beside=tuple(identifiers.scheme(one) for one in spec.get("beside", ())),
        partition=bool(spec.get("partition")),
        supported=str(spec.get("supported", "")),
        relations=dict(spec.get("relations", {})),
        excludes=frozenset(spec.get("with", ())),
        label=dict(spec["label"]),
        said=dict(spec.get("said", {})),
    )
