"""A view: one to four dimensions, filters and a rung of evidence; one value for every face."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from dgekg import identifiers
from dgekg.errors import InputError, UnknownValue, ViewError
from dgekg.index import NORMS as NORM_DIMENSIONS
from dgekg.index import Dimension, Index
from dgekg.lookup import Names

NORMS = ("concerns", "supports")


@dataclass(frozen=True, slots=True, order=True)
class Filter:
    """A condition on one dimension: any of the values, or none of them (`negated`)."""

    dimension: str
    values: tuple[str, ...]
    negated: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))


@dataclass(frozen=True, slots=True)
class View:
    """What to count. Two views that ask the same are equal: filters, depths and exclusions are kept in order.

    Attributes:
        dimensions: names, one to four; the first gives the rows.
        filters: all must hold; values are IRIs.
        rung: lowest evidence level that counts as documented.
        norm: "concerns" or "supports": which link to norms counts.
        relation: "", "acts-at", "governs" or "enables": which stage link counts.
        depths: dimension -> how many levels below the root are rows; absent means all.
        empty: whether rows and columns that hold nothing are shown.
        exclude: practices left out, as IRIs.
    """

    dimensions: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    rung: int = 2
    norm: str = "concerns"
    relation: str = ""
    depths: tuple[tuple[str, int], ...] = ()
    empty: bool = True
    exclude: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", tuple(sorted(set(self.filters))))
        object.__setattr__(self, "depths", tuple(sorted(dict(self.depths).items())))
        object.__setattr__(self, "exclude", tuple(sorted(set(self.exclude))))

    def check(self, index: Index) -> View:
        """Return the view if it can be computed.

        Raises:
            UnknownValue: a dimension, value, norm link or relation that is not known.
            ViewError: none or more than four dimensions, one twice, two that determine each other, a depth of a
                dimension that is not shown, or filters that contradict each other.
        """
        if not 1 <= len(self.dimensions) <= 4:
            raise ViewError(f"A view has one to four dimensions; found {len(self.dimensions)}.")
        if len(set(self.dimensions)) < len(self.dimensions):
            raise ViewError(f"A view has each dimension once; found {', '.join(self.dimensions)}.")
        for name in (*self.dimensions, *(f.dimension for f in self.filters)):
            index.dimension(name)
        for name in self.dimensions:
            clash = index.dimension(name).excludes & set(self.dimensions)
            if clash:
                other = sorted(clash)[0]
                raise ViewError(f"{name} and {other} determine each other: use one as a row and the other as a filter.")
        if self.norm not in NORMS:
            raise UnknownValue("norm", self.norm, NORMS)
        if self.relation and self.relation not in index.dimension("stage").relations:
            raise UnknownValue("relation", self.relation, index.dimension("stage").relations)
        if not 0 <= self.rung <= 4:
            raise ViewError(f"rung: found {self.rung}, expected an evidence level from 0 to 4.")
        for name, depth in self.depths:
            if name not in self.dimensions or depth < 0:
                raise ViewError(f"depth: {name}={depth} is not a depth of {', '.join(self.dimensions)}.")
        for one in self.filters:
            known = index.concepts(one.dimension)
            for value in one.values:
                if value not in known:
                    raise UnknownValue(one.dimension, value, (*known, *(c.code for c in known.values())))
            if not one.values:
                raise ViewError(f"{one.dimension}: a filter needs at least one value.")
        self._contradictions(index)
        return self

    def _contradictions(self, index: Index) -> None:
        """Refuse a value that lies within one that is excluded: nothing could be in both."""
        for asked in (f for f in self.filters if not f.negated):
            for barred in (f for f in self.filters if f.negated and _akin(f.dimension, asked.dimension)):
                for value in asked.values:
                    clash = sorted(index.within.get(value, frozenset({value})) & set(barred.values))
                    if value in clash:
                        raise ViewError(f"{asked.dimension}: {_short(value)} is both asked for and excluded.")
                    if clash:
                        raise ViewError(
                            f"{asked.dimension}: {_short(value)} is asked for, but it lies in {_short(clash[0])}, "
                            "which is excluded."
                        )

    def source(self, dimension: Dimension) -> str:
        """Return the derived dimension that this view reads for `dimension`."""
        if self.norm == "supports" and dimension.supported:
            return dimension.supported
        if self.relation and dimension.relations:
            return dimension.relations[self.relation]
        return dimension.name

    def query_string(self) -> str:
        """Return the canonical query string; `from_query` reads it back.

        >>> View(("stage", "group"), (Filter("region", ("https://w3id.org/dgekg/scheme/region/002",)),)).query_string()
        'rows=stage&cols=group&where=region%3D002'
        """
        pairs = [("rows", self.dimensions[0])]
        pairs += [("cols", name) for name in self.dimensions[1:]]
        for one in sorted(self.filters):
            sign = "!=" if one.negated else "="
            pairs.append(("where", f"{one.dimension}{sign}{','.join(sorted(_short(v) for v in one.values))}"))
        defaults = View(self.dimensions)
        if self.rung != defaults.rung:
            pairs.append(("rung", str(self.rung)))
        if self.norm != defaults.norm:
            pairs.append(("norm", self.norm))
        if self.relation:
            pairs.append(("relation", self.relation))
        pairs += [("depth", f"{name}={depth}") for name, depth in sorted(self.depths)]
        if not self.empty:
            pairs.append(("empty", "no"))
        pairs += [("exclude", _short(iri)) for iri in sorted(self.exclude)]
        return urlencode(pairs)

    @classmethod
    def from_query(cls, query: str, index: Index, names: Names) -> View:
        """Read a query string.

        Raises:
            InputError: a key or value that cannot be understood; the nearest is suggested.
        """
        pairs = parse_qsl(query, keep_blank_values=False)
        keys = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")
        for key, _value in pairs:
            if key not in keys:
                raise UnknownValue("view", key, keys)
        values = {key: [v for k, v in pairs if k == key] for key in keys}
        return cls.parse(
            index,
            names,
            rows=(values["rows"] or ["stage"])[-1],
            cols=values["cols"],
            where=values["where"],
            rung=_integer("rung", (values["rung"] or ["2"])[-1]),
            norm=(values["norm"] or ["concerns"])[-1],
            relation=(values["relation"] or [""])[-1],
            depth=values["depth"],
            empty=_yes_or_no("empty", (values["empty"] or ["yes"])[-1]),
            exclude=values["exclude"],
        )

    @classmethod
    def parse(
        cls,
        index: Index,
        names: Names,
        *,
        rows: str,
        cols: Sequence[str] = (),
        where: Sequence[str] = (),
        rung: int = 2,
        norm: str = "concerns",
        relation: str = "",
        depth: Sequence[str] = (),
        empty: bool = True,
        exclude: Sequence[str] = (),
    ) -> View:
        """Make a view from words; values may be labels, codes or IRIs.

        Raises:
            InputError: something cannot be understood; the nearest is suggested.
        """
        wanted = [name for part in (rows, *cols) for name in part.split(",") if name]
        for name in wanted:
            index.dimension(name)
        filters = tuple(_filter(text, index, names) for text in where)
        depths = tuple(_depth(text, index) for text in depth)
        practices = identifiers.records("practice")
        left_out = tuple(names.resolve(text, [practices], "exclude") for text in exclude)
        return cls(tuple(wanted), filters, rung, norm, relation, depths, empty, left_out).check(index)


def homes_of(dimension: Dimension) -> list[str]:
    """Return what the IRIs of a dimension's values begin with."""
    if "#" in dimension.home:
        kind = {"CollectionActivity": "collection"}.get(dimension.home.rsplit("#", 1)[-1])
        return [identifiers.records(kind or dimension.home.rsplit("#", 1)[-1].lower())]
    return [home + "/" for home in (dimension.home, *dimension.beside)]


def _filter(text: str, index: Index, names: Names) -> Filter:
    match = re.fullmatch(r"\s*([A-Za-z-]+)\s*(!=|=)\s*(.+?)\s*", text)
    if match is None:
        raise InputError(
            f'where: found "{text}", expected dimension=value, or dimension!=value; several values by commas.'
        )
    dimension = index.dimension(match[1])
    whole = _try(match[3], dimension, names)
    values = [whole] if whole else [_resolve(v, dimension, names) for v in match[3].split(",") if v.strip()]
    return Filter(dimension.name, tuple(sorted(set(values))), match[2] == "!=")


def _try(text: str, dimension: Dimension, names: Names) -> str:
    """Read a value that has a comma in its own label."""
    try:
        return _resolve(text, dimension, names) if "," in text else ""
    except InputError:
        return ""


def _resolve(text: str, dimension: Dimension, names: Names) -> str:
    return names.resolve(text, homes_of(dimension), dimension.name)


def _depth(text: str, index: Index) -> tuple[str, int]:
    name, _, number = text.partition("=")
    return index.dimension(name.strip()).name, _integer("depth", number.strip())


def _integer(field_: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text):
        raise InputError(f'{field_}: found "{text}", expected a whole number.')
    return int(text)


def _yes_or_no(field_: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise InputError(f'{field_}: found "{text}", expected yes or no.')
    return text == "yes"


def _akin(one: str, other: str) -> bool:
    """Whether two dimensions share their values, or hold each other's: provisions lie in instruments."""
    return one == other or (one in NORM_DIMENSIONS and other in NORM_DIMENSIONS)


def _short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def crossed(lists: Iterable[Sequence[str]]) -> int:
    """Return the number of cells that rows of these lengths give.

    >>> crossed([["a", "b"], ["c", "d", "e"]])
    6
    """
    total = 1
    for one in lists:
        total *= len(one)
    return total
