"""Which groups to cross, under which filters: one value for every face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from dgekg.coverage import reading
from dgekg.coverage.view import View
from dgekg.errors import InputError, UnknownValue, ViewError
from dgekg.index import Index
from dgekg.lookup import Names

KEYS = ("of", "where", "rung", "norm", "relation", "exclude")
FEWEST, MOST = 2, 3
_VIEW = View(("group",))


@dataclass(frozen=True, slots=True)
class Crossing:
    """What to cross. Two that ask the same are equal.

    Attributes:
        view: the view of groups alone, with the filters.
        of: two or three groups, as IRIs in order; none for all combinations.
    """

    view: View = _VIEW
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", tuple(sorted(set(self.of))))

    def check(self, index: Index) -> Crossing:
        """Return it if it can be computed.

        Raises:
            UnknownValue: a value that is not known.
            ViewError: one group, or more than three; the root, which crosses nothing; filters that contradict.
        """
        self.view.check(index)
        if self.of and not FEWEST <= len(self.of) <= MOST:
            raise ViewError(f"of: found {len(self.of)} different groups; two or three can be crossed.")
        if index.roots.get("group") in self.of:
            raise ViewError("of: everyone is no part of a crossing. Name two or three groups.")
        return self

    def query_string(self) -> str:
        """Return the canonical query string; `from_query` reads it back.

        >>> groups = (f"https://w3id.org/dgekg/scheme/group/{code}" for code in ("women", "migrants"))
        >>> Crossing(of=tuple(groups)).query_string()
        'of=migrants&of=women'
        """
        pairs = [("of", iri.rsplit("/", 1)[-1]) for iri in self.of]
        pairs += [(key, value) for key, value in parse_qsl(self.view.query_string()) if key != "rows"]
        return urlencode(pairs)

    @classmethod
    def from_query(cls, query: str, index: Index, names: Names) -> Crossing:
        """Read a query string.

        Raises:
            InputError: a key or value that cannot be understood; the nearest is suggested.
        """
        pairs = reading.pairs_of(query)
        for key, _value in pairs:
            if key not in KEYS:
                raise UnknownValue("parameter", key, KEYS, f"Use {', '.join(KEYS)}.")
        rest = [(key, value) for key, value in pairs if key != "of"]
        view = View.from_query(urlencode([("rows", "group"), *rest]), index, names)
        return cls(view, groups_of([value for key, value in pairs if key == "of"], index, names)).check(index)


def groups_of(texts: Sequence[str], index: Index, names: Names) -> tuple[str, ...]:
    """Read groups: labels, codes or IRIs, several by commas.

    Raises:
        InputError: a group that is not known, or written as an exclusion; the nearest is suggested.
    """
    found: list[str] = []
    for text in texts:
        try:
            _name, values, _negated = reading.condition(f"group={text}", index, names)
        except UnknownValue:
            raise
        except InputError as error:
            raise InputError(str(error).replace("where:", "of:", 1), error.found, error.suggestions) from None
        found += values
    return tuple(found)
