"""A view: one to four dimensions, filters and a rung of evidence; one value for every face."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from dgekg import identifiers
from dgekg.coverage import reading
from dgekg.coverage.reading import homes_of
from dgekg.coverage.refusals import NORMS, refuse
from dgekg.errors import TooLong, UnknownValue
from dgekg.index import Dimension, Index
from dgekg.lookup import Names

__all__ = ["KEYS", "NORMS", "Filter", "View", "crossed", "homes_of"]
KEYS = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")


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
                dimension that is not shown, more conditions than are read, or conditions that contradict each other:
                all values of one lie in what another excludes, or two ask for different values where a practice has
                one.
        """
        refuse(self, index)
        return self

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
        if len(query) > reading.LONGEST_QUERY:
            raise TooLong(f"A view of {len(query):,} characters; at most {reading.LONGEST_QUERY:,} are read.")
        pairs = reading.pairs_of(query, "A view of")
        for key, _value in pairs:
            if key not in KEYS:
                raise UnknownValue("view", key, KEYS)
        values = {key: [v for k, v in pairs if k == key] for key in KEYS}
        return cls.parse(
            index,
            names,
            rows=reading.once("rows", values["rows"], "stage", "More dimensions are given by cols."),
            cols=values["cols"],
            where=values["where"],
            rung=reading.integer("rung", reading.once("rung", values["rung"], "2")),
            norm=reading.once("norm", values["norm"], "concerns"),
            relation=reading.once("relation", values["relation"], ""),
            depth=values["depth"],
            empty=reading.yes_or_no("empty", reading.once("empty", values["empty"], "yes")),
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
        filters = tuple(Filter(*reading.condition(text, index, names)) for text in where)
        depths = reading.depths_of(depth, index)
        practices = identifiers.records("practice")
        left_out = tuple(names.resolve(text, [practices], "exclude") for text in exclude)
        return cls(tuple(wanted), filters, rung, norm, relation, depths, empty, left_out).check(index)


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
