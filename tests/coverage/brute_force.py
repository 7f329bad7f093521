"""Brute force: what section 4 of the design says of a cell, by plain loops over the triples of a world.

It shares no code with `src`: its own closure, its own reading of every measure, state and mark. It is slow, and
meant to be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from brute_graph import AGENT, COORDINATES, MEASURES, PART, Asked, Conditions, D
from brute_searches import Statements


@dataclass
class Answer:
    state: str
    marks: tuple[str, ...]
    measures: dict[str, int]
    members: tuple[str, ...]
    statements: tuple[str, ...]
    superseded: tuple[str, ...]
    partly: bool


class Oracle(Statements):
    # Filters

    def passes(self, practice: str, asked: Asked, coordinates: bool) -> bool:
        for dimension, values, negated in asked.filters:
            if (dimension in COORDINATES) == coordinates:
                hit = any(self.lies(practice, dimension, v, asked) for v in values)
                if hit == negated:
                    return False
        return coordinates or practice not in asked.exclude

    # The cell

    def total(self, asked: Asked) -> int:
        return sum(self.passes(p, asked, True) and self.passes(p, asked, False) for p in self.practices)

    def cell(self, asked: Asked, concepts: tuple[str, ...]) -> Answer:
        pairs = list(zip(asked.dimensions, concepts, strict=True))
        conditions: Conditions = [(d, frozenset({c})) for d, c in pairs if d in COORDINATES]
        conditions += [(d, frozenset(v)) for d, v, negated in asked.filters if d in COORDINATES and not negated]
        zero = dict.fromkeys(MEASURES, 0)
        if self.withheld(conditions):
            return Answer("not-published", (), zero, (), (), (), False)
        partly = self.partly(conditions)
        kept = [p for p in self.practices if self.passes(p, asked, True) and self.passes(p, asked, False)]
        members = [p for p in kept if all(self.lies(p, d, c, asked) for d, c in pairs)]
        above = [p for p in kept if p not in members and all(self.near(p, d, c, asked) for d, c in pairs)]
        searches = self.covering(conditions, "searched-none-found")
        if not members:
            present = any(
                all(self.lies(p, d, c, asked) for d, c in pairs if d in COORDINATES)
                for p in self.practices
                if self.passes(p, asked, True)
            )
            state, statements, afar, day = self.empty(conditions, present)
            marks = (("from-afar",) if afar else ()) + (("stale",) if day and day < self.oldest else ())
            overtaken = tuple(searches) if present else ()
            return Answer(state, marks, {**zero, "above": len(above)}, (), statements, overtaken, partly)
        groups = self.groups(conditions, asked)
        measures = {
            "practices": len(members),
            "direct": sum(all(self.says(p, d, c, asked) for d, c in pairs) for p in members),
            "above": len(above),
            "documented": sum(self.at_rung(p, asked.rung) for p in members),
            "effect_shown": sum(self.improved(p, groups, asked.rung) for p in members),
            "harm_or_mixed": sum(self.harmed(p, groups) for p in members),
            "focused": sum(self.focused(p, asked) for p in members),
            "promising": sum(self.promising(p, groups) for p in members),
            "actors": len({a for p in members for x in self.objects(p, PART) for a in self.objects(x, AGENT)}),
            "countries": len(
                {r for p in members for r in self.objects(p, D + "inRegion") if self.objects(r, D + "iso3")}
            ),
        }
        days = [e[5] for p in members for e in self.evidence(p)]
        marks = ("effect-shown",) if measures["effect_shown"] else ()
        marks += ("harm-or-mixed",) if measures["harm_or_mixed"] else ()
        marks += ("stale",) if days and max(days) < self.oldest else ()
        state = "documented" if measures["documented"] else "thin"
        return Answer(state, marks, measures, tuple(members), (), tuple(searches), partly)

    def says(self, practice: str, dimension: str, concept: str, asked: Asked) -> bool:
        if concept == "":
            return self.lies(practice, dimension, "", asked)
        return concept in self.stated(practice, dimension, asked)

    def near(self, practice: str, dimension: str, concept: str, asked: Asked) -> bool:
        if self.lies(practice, dimension, concept, asked):
            return True
        return concept != "" and bool(self.stated(practice, dimension, asked) & self.up(concept))

    # Marks

    def groups(self, conditions: Conditions, asked: Asked) -> set[str] | None:
        """The groups that "for this group" means; None where the view asks for none, or for those not stated."""
        if "group" in asked.dimensions:
            (own,) = next(values for d, values in conditions if d == "group")
            return {own} if own else None
        named = {g for d, values in conditions if d == "group" for g in values}
        return named or None

    def improved(self, practice: str, groups: set[str] | None, rung: int) -> bool:
        return any(
            (speaks, direction, indicator) == ("effect", "improvement", "outcome")
            and level >= rung
            and (groups is None or any(g in self.up(named) for named in about for g in groups))
            for level, speaks, direction, indicator, about, _ in self.evidence(practice)
        )

    def harmed(self, practice: str, groups: set[str] | None) -> bool:
        return any(
            direction in ("harm", "mixed")
            and (
                groups is None
                or not about
                or any(g in self.up(named) or named in self.up(g) for named in about for g in groups)
            )
            for _, _, direction, _, about, _ in self.evidence(practice)
        )

    def promising(self, practice: str, groups: set[str] | None) -> bool:
        for record in self.typed("PracticeStatusRecord"):
            status = self.objects(record, D + "computedStatus")[0].rsplit("/", 1)[-1]
            if practice in self.objects(record, D + "assesses") and status in ("promising", "leading"):
                (for_group,) = self.objects(record, D + "forGroup")
                if groups is None or groups & self.up(for_group):
                    return True
        return False
