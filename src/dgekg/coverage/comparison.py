"""A comparison: a view and its other side, one value for every face.

The other side is the same view

- *against filters* (`against=region=002`): each of them takes the place of all filters of the view on its dimension;
  where the view has none there, it is added. All other conditions hold on both sides.
- *against a version* (`against-version=...`): the same conditions in a version that was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from dgekg.coverage import reading
from dgekg.coverage.view import KEYS, Filter, View
from dgekg.errors import InputError, UnknownValue, ViewError, shown
from dgekg.index import Index
from dgekg.lookup import Names

OWN_KEYS = ("against", "against-version")
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to compare: a view, and either the filters or the version of its other side.

    Attributes:
        view: the first side.
        against: conditions of the second side, in place of those on the same dimensions; empty for a version.
        version: id of the version of the second side; "" for filters.
    """

    view: View
    against: tuple[Filter, ...] = ()
    version: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "against", tuple(sorted(set(self.against))))

    @property
    def other(self) -> View:
        """The view of the second side."""
        replaced = {one.dimension for one in self.against}
        kept = (one for one in self.view.filters if one.dimension not in replaced)
        return replace(self.view, filters=(*kept, *self.against))

    def check(self, index: Index) -> Comparison:
        """Return the comparison if it can be computed.

        Raises:
            UnknownValue: a dimension or value that is not known.
            ViewError: neither filters nor a version, or both; two sides that are the same; a view that cannot be
                computed (see `View.check`).
        """
        if self.against and self.version:
            raise ViewError("against and against-version: compare two filters or two versions, one at a time.")
        if not self.against and not self.version:
            raise ViewError("against: a comparison needs a second side, such as region=Africa, or a version.")
        self.view.check(index)
        self.other.check(index)
        if self.against and self.other == self.view:
            raise ViewError("against: both sides are the same view. Give another value, or take the filter away.")
        return self

    def query_string(self) -> str:
        """Return the canonical query string: that of the view, then the other side; `from_query` reads it back.

        >>> asia = Filter("region", ("https://w3id.org/dgekg/scheme/region/142",))
        >>> Comparison(View(("stage",)), (asia,)).query_string()
        'rows=stage&against=region%3D142'
        """
        conditions = View(self.view.dimensions, self.against).query_string()
        pairs = [("against", value) for key, value in parse_qsl(conditions) if key == "where"]
        pairs += [("against-version", self.version)] if self.version else []
        return f"{self.view.query_string()}&{urlencode(pairs)}"

    @classmethod
    def from_query(cls, query: str, index: Index, names: Names, kept: Sequence[str] = ()) -> Comparison:
        """Read a query string.

        Args:
            query: keys as of a view, and `against` (repeated: all of) or `against-version`.
            index: the current version's.
            names: likewise.
            kept: ids of the versions that can be compared with.

        Raises:
            InputError: a key or value that cannot be understood; the nearest is suggested.
        """
        pairs = reading.pairs_of(query, "A comparison of")
        for key, _value in pairs:
            if key not in (*KEYS, *OWN_KEYS):
                raise UnknownValue("view", key, (*KEYS, *OWN_KEYS))
        view = View.from_query(urlencode([(k, v) for k, v in pairs if k not in OWN_KEYS]), index, names)
        against = [v for k, v in pairs if k == "against"]
        version = reading.once("against-version", [v for k, v in pairs if k == "against-version"], "")
        return cls.parse(view, index, names, against=against, version=version, kept=kept)

    @classmethod
    def parse(
        cls,
        view: View,
        index: Index,
        names: Names,
        *,
        against: Sequence[str] = (),
        version: str = "",
        kept: Sequence[str] = (),
    ) -> Comparison:
        """Make a comparison from words; values may be labels, codes or IRIs, a version the beginning of its id.

        Raises:
            InputError: something cannot be understood; the nearest is suggested.
        """
        conditions = tuple(_condition(text, index, names) for text in against)
        return cls(view, conditions, _version(version, kept) if version else "").check(index)


def _condition(text: str, index: Index, names: Names) -> Filter:
    try:
        return Filter(*reading.condition(text, index, names))
    except InputError as error:
        if not str(error).startswith("where:"):
            raise
        raise InputError(f"against{str(error).removeprefix('where')}", error.found, error.suggestions) from None


def _version(text: str, kept: Sequence[str]) -> str:
    """Return the kept version whose id begins so.

    Raises:
        InputError: there is none, or there are several; those that are kept are named.
    """
    found = [name for name in kept if name.startswith(text)] if len(text) >= _SHORTEST else []
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f'against-version: "{shown(text)}" begins several ids: {", ".join(found)}. Give more of it.')
    listed = f"Kept: {', '.join(kept)}." if kept else "No other version is kept here."
    raise UnknownValue("against-version", text, kept, listed)
