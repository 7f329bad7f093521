"""Gap cards: for one gap, whose right it is and who is bound, who looked, what was learnt near by, who can act, who
must be asked first, how sure it is. What each part rests on, and by which rule: `docs/how-gaps-are-ranked.md`.

Nobody is named who may not be: nothing at all of a cell that is not published, no organisation whose practice or own
record asks for care, no practice as a failure against the rules of `cards.learning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter

import numpy as np

from dgekg.cards.learning import Learning
from dgekg.cards.near import point_of
from dgekg.cards.read import Reader
from dgekg.cards.records import Consult, Duty, GapCard, Looked, Near, Power, Round, Search
from dgekg.cards.rules import read_rules
from dgekg.coverage import Gap, Grid, State
from dgekg.coverage.published import Published
from dgekg.duties import Norm
from dgekg.errors import ViewError
from dgekg.observatory import Observatory

__all__ = ["Cards", "Consult", "Duty", "GapCard", "Looked", "Near", "Power", "Round", "Search"]

_DUTIES, _FINDINGS, _NAMED, _ROUNDS = 3, 3, 3, 3
_FEW = 2
_FAR = 99
_BESIDE = 3


class Cards:
    """Makes the cards of one version.

    Args:
        observatory: the version.

    Raises:
        SourceError: a query or the file of rules is missing or broken.
        QueryError, StoreError: as `Store.select`.
    """

    def __init__(self, observatory: Observatory) -> None:
        self._index, self._duties = observatory.index, observatory.duties
        queries = observatory.project.queries
        self._rules = read_rules(queries / "cards.yaml")
        self._read = Reader(observatory.store, queries)
        self._learning = Learning(self._index, self._read)

    def card(self, grid: Grid, gap: Gap) -> GapCard:
        """Return the card of a gap of a computed view.

        Raises:
            ViewError: the cell is not published; there is no card of it.
        """
        if gap.cell.state is State.NOT_PUBLISHED:
            raise ViewError("Nothing is published about this cell, whether or not anything is known; it has no card.")
        at = point_of(self._index, grid.view, gap.cell.concepts)
        place = at.get("region", "")
        place = "" if place == self._index.roots.get("region") else place
        duties, more, guidance = self._binding(grid, gap, at, place)
        findings = self._duties.concerning(grid.view, gap.cell.concepts).findings
        looked = self._looked(gap)
        failed, unnamed = self._learning.failed(grid.view, at)
        return GapCard(
            gap=gap,
            view=grid.view,
            at=at,
            duties=duties,
            more=more,
            guidance=guidance,
            findings=tuple(sorted(findings, key=attrgetter("date", "iri"), reverse=True)[:_FINDINGS]),
            looked=looked,
            helped=self._learning.helped(grid.view, at),
            failed=failed,
            unnamed=unnamed,
            power=self._rules.who(
                gap.kind,
                {dimension: self._ways_up(concept) for dimension, concept in at.items()},
                next((duty.norm.iri for duty in duties if duty.binds), ""),
            ),
            consult=self._consult(gap, at),
            certainty=self._rules.sure(_facts(gap, looked)),
            place=place,
            country=place in self._duties.countries,
        )

    def _binding(
        self, grid: Grid, gap: Gap, at: Mapping[str, str], place: str
    ) -> tuple[tuple[Duty, ...], int, Duty | None]:
        """Return the nearest binding norms, one an instrument; how many more instruments; the nearest soft norm.

        In a country, a norm that binds elsewhere is shown too, after those that bind there, if it is open to it.
        """
        country = place in self._duties.countries
        every = self._duties.concerning(grid.view, gap.cell.concepts, binding=False, here=False).norms
        hard: dict[str, Norm] = {}
        soft: list[Norm] = []
        for norm in sorted(every, key=partial(self._distance, at=at, place=place)):
            if norm.force == "non-binding":
                soft.append(norm)
            elif self._duties.binds(norm, place) or (country and self._duties.binds(norm) and self._open(norm, place)):
                hard.setdefault(norm.instrument, norm)
        shown = [*self._chosen(list(hard.values()), at, place if country else ""), *soft[:1]]
        made = list(self._made(shown, place))
        guidance = made.pop() if soft else None
        return tuple(made), len(hard) - len(made), guidance

    def _chosen(self, hard: Sequence[Norm], at: Mapping[str, str], country: str) -> Sequence[Norm]:
        """Return the first few.

        Places at the end go to the first that governs the very stage, where the cell names one, and to the nearest
        of all where it is not known to bind in the country, so that what is missing on record is seen.
        """
        stage = at.get("stage", self._index.roots.get("stage"))
        wanted = [norm for norm in hard if stage != self._index.roots.get("stage") and stage in norm.stages][:1]
        silent = [n for n in hard if country and country not in self._duties.adoptions.get(n.instrument, {})]
        away = [n for n in silent if not self._duties.binds(n, country)]
        wanted += [n for n in away if self._apart(n, at) < self._apart(hard[0], at)][:1]
        rest = [norm for norm in hard if norm not in wanted]
        return sorted([*rest[: _DUTIES - len(wanted)], *wanted], key=hard.index)

    def _made(self, norms: Sequence[Norm], place: str) -> Iterator[Duty]:
        acts = {norm.iri: self._duties.adoptions.get(norm.instrument, {}).get(place) for norm in norms}
        texts = self._read.texts([*acts, *(act.iri for act in acts.values() if act)])
        for norm in norms:
            act, bound = acts[norm.iri], self._duties.parties(norm.instrument, place)
            subject, opened = texts.get(norm.iri, ({}, False))
            note = texts.get(act.iri, ({}, False))[0] if act else {}
            yield Duty(norm, subject, opened, self._duties.binds(norm, place), bound, act, note)

    def _open(self, norm: Norm, country: str) -> bool:
        """Whether a country could be party: it has an act on record, or lies in what the norm was made for."""
        within = self._index.within.get(country, frozenset({country}))
        return bool(norm.places & within) or country in self._duties.adoptions.get(norm.instrument, {})

    def _distance(self, norm: Norm, at: Mapping[str, str], place: str) -> tuple[object, ...]:
        """Rank norms: what binds in the place; by the steps from the cell; articles before whole instruments; the
        article on equality, where no right is asked; what most are bound by; the article's number.
        """
        steps = self._apart(norm, at)
        asked = at.get("right", "") not in ("", self._index.roots.get("right"))
        first = any(self._rules.first_right in self._index.within.get(right, ()) for right in norm.rights)
        bound = self._duties.parties(norm.instrument, place)
        elsewhere = bool(place) and not self._duties.binds(norm, place)
        number = (len(norm.number), norm.number)
        return elsewhere, steps, norm.iri == norm.instrument, not asked and not first, -bound, norm.instrument, number

    def _apart(self, norm: Norm, at: Mapping[str, str]) -> int:
        """Return the steps from a cell to a norm; three more where neither lies within the other."""
        said = {"group": norm.groups, "stage": norm.stages, "region": norm.places}
        if at.get("right", "") not in ("", self._index.roots.get("right")):
            said["right"] = norm.rights
        total = 0
        for dimension, own in said.items():
            root = self._index.roots.get(dimension, "")
            total += min((self._steps(at.get(dimension, root), one) for one in own or {root}), default=_FAR)
        return total

    def _steps(self, concept: str, other: str) -> int:
        steps = self._duties.steps(concept, other)
        within = self._index.within
        nested = other in within.get(concept, ()) or concept in within.get(other, ())
        return _FAR if steps is None else steps if nested else steps + _BESIDE

    def _looked(self, gap: Gap) -> Looked:
        cell = gap.cell
        searches = self._read.searches(cell.statements, self._rounds)
        if not cell.measures["practices"]:
            newest = sorted(self._rounds.values(), key=attrgetter("ended", "iri"), reverse=True)
            return Looked(searches, len(cell.superseded), () if searches else tuple((r, 0) for r in newest[:_ROUNDS]))
        counts = []
        for iri, bits in self._index.members("round").items():
            number = int(np.bitwise_count(bits & cell.bits).sum())
            if number and iri in self._rounds:
                counts.append((self._rounds[iri], number))
        counts.sort(key=lambda c: (-c[1], c[0].iri))
        return Looked(searches, len(cell.superseded), tuple(counts[:_ROUNDS]))

    def _consult(self, gap: Gap, at: Mapping[str, str]) -> Consult:
        """Return whose organisations to ask. Care is due where naming them endangers people in some country."""
        group = at.get("group", "")
        if not group or group == self._index.roots.get("group"):
            return Consult((), (), (), False)
        below = self._index.narrower.get(group, frozenset({group}))
        named = [
            actor
            for of, actor, country in self._led
            if of in below and not (country and self._published.withheld([frozenset({country})], [frozenset({of})]))
        ]
        protected = {one for groups in self._index.withheld.values() for one in groups}
        near = self._index.within.get(group, frozenset()) | self._index.children.get(group, frozenset())
        care = bool(near & protected) or (gap.cell.partly_withheld and "region" in at)
        return Consult((group,), self._parts.get(group, ()), tuple(dict.fromkeys(named))[:_NAMED], care)

    def _ways_up(self, concept: str) -> Sequence[str]:
        """Return a concept and everything broader, the nearest first."""
        broader = self._index.within.get(concept, frozenset({concept}))
        return sorted(broader, key=lambda b: (self._duties.steps(concept, b) or 0, b))

    @cached_property
    def _rounds(self) -> dict[str, Round]:
        return self._read.rounds()

    @cached_property
    def _led(self) -> tuple[tuple[str, str, str], ...]:
        return self._read.led()

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        return self._read.parts()

    @cached_property
    def _published(self) -> Published:
        return Published(self._index)


def _facts(gap: Gap, looked: Looked) -> Iterator[str]:
    """Yield the facts that hold, of those that the rules of certainty know."""
    cell = gap.cell
    unsearched = cell.state is State.NOT_SEARCHED
    rounds = [s.round for s in looked.searches if s.round] + [one for one, number in looked.rounds if number]
    systematic = any(one.kind.endswith("/systematic") for one in rounds)
    holds = {
        "nobody-searched": unsearched,
        "from-afar": "from-afar" in cell.marks,
        "stale": "stale" in cell.marks,
        "only-claims": cell.state is State.THIN,
        "part-not-published": cell.partly_withheld,
        "no-systematic-round": not systematic and not unsearched,
        "one-search": cell.state is State.SEARCHED and len(looked.searches) == 1,
        "few-practices": 0 < cell.measures["practices"] <= _FEW,
        "systematic-round": systematic,
        "several-searches": len(looked.searches) > 1,
        "documented": cell.state is State.DOCUMENTED,
    }
    yield from (fact for fact, held in holds.items() if held)
