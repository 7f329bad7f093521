"""Actors that rows name: those that are known, those that may be, those that this import makes."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from dgekg.forms import Written
from dgekg.identifiers import records
from dgekg.importers.convert import Converted
from dgekg.importers.duplicates import Match
from dgekg.importers.merges import Merges
from dgekg.lookup import Names
from dgekg.vocabulary import FOAF_NAME

_SAME = 91.0


class Actors:
    """Everybody who is known by name.

    Args:
        names: of the records that are there.
        merges: what was decided on names that are nearly the same.
    """

    def __init__(self, names: Names, merges: Merges) -> None:
        home = records("actor")
        self._merges = merges
        self._made: dict[str, str] = {}
        self._known = {
            default_process(text): f"actor/{iri.rpartition('/')[2]}"
            for iri in sorted(names.known)
            if iri.startswith(home)
            for text in {*names.labels(iri).values(), *names.alternatives.get(iri, ())}
        }

    def made(self, written: Iterable[Written]) -> None:
        """Remember the actors among documents, for the rows that follow."""
        for one in written:
            for predicate, term in one.blocks[0][1] if one.kind == "actor" else ():
                if predicate == FOAF_NAME:
                    self._made[default_process(str(term.value))] = f"{one.kind}/{one.slug}"

    def known(self, name: str) -> str:
        """Return `actor/slug` of the actor of a name; "" where there is none."""
        plain = default_process(name)
        return self._made.get(plain) or self._known.get(plain) or ""

    def settle(self, row: Converted) -> list[tuple[str, Match]]:
        """Put known actors in the place of new names where they are the same; return those to be decided."""
        held: list[tuple[str, Match]] = []
        for path, values in row.said.items():
            for number, value in enumerate(values):
                if not isinstance(value, dict) or "name" not in value:
                    continue
                name = str(value["name"])
                plain = default_process(name)
                known = self.known(name)
                if not known:
                    best = process.extractOne(
                        plain, self._known.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_SAME
                    )
                    if best is not None:
                        match = Match(self._known[best[0]], best[0], "name", round(best[1], 1))
                        decided = self._merges.decided.get((f"actor: {name}", match.record), "")
                        known = match.record if decided == "same" else ""
                        held += [(name, match)] if not decided else []
                if known:
                    row.said[path][number] = known
        return held
