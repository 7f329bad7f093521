"""Brute force: what may not be published, and what the statements say of a cell."""

from __future__ import annotations

import itertools

from brute_graph import CLASSES, DCT, PARTITIONS, SKOS, Conditions, D, Graph, Point, S


class Statements(Graph):
    # What may not be published

    def rules(self) -> set[tuple[str, str]]:
        domain = {g for rule in self.typed("ProtectedDomain") for g in self.objects(rule, D + "aboutGroup")}
        found = set()
        for context in self.typed("ExposureContext"):
            closed = {S + "civic-space/repressed", S + "civic-space/closed"} & set(
                self.objects(context, D + "civicSpace")
            )
            groups = set(self.objects(context, D + "criminalises")) | (domain if closed else set())
            found |= {(c, g) for c in self.objects(context, D + "inRegion") for g in groups}
        return found

    def withheld(self, conditions: Conditions) -> bool:
        rules = self.rules()
        return any(
            all(any(c in self.up(r) and q in self.up(g) for c, q in rules) for r in regions for g in groups)
            for d, regions in conditions
            if d == "region"
            for e, groups in conditions
            if e == "group"
        )

    def partly(self, conditions: Conditions) -> bool:
        for country, group in self.rules():
            if all(
                any(self.down(value) & self.down(mine) for value in values)
                for d, mine in (("region", country), ("group", group))
                for e, values in conditions
                if e == d
            ):
                return True
        return False

    # What the statements say

    def speaks(self, statement: str, dimension: str) -> list[str]:
        name = "Norm" if dimension in CLASSES else dimension.capitalize()
        return self.objects(statement, D + f"cell{name}") or ([] if name == "Norm" else [self.root(dimension)])

    def covers(self, statement: str, point: Point) -> bool:
        for dimension in ("stage", "group", "region", "right", "kind", "lever", "sector", "provision"):
            akin = ("provision", "instrument") if dimension == "provision" else (dimension,)
            own = [c for d, c in point if d in akin]
            spoken = self.speaks(statement, dimension)
            if "" in own and len(set(own)) == 1:
                return False
            if not spoken:
                continue
            if not own and dimension == "provision":
                return False
            if not any(s in self.up(c) for c in own or [self.root(dimension)] if c for s in spoken):
                return False
        return True

    def points(self, conditions: Conditions) -> list[Point]:
        singles = [[(d, c) for c in sorted(values)] for d, values in conditions]
        return [tuple(sorted(set(point))) for point in itertools.product(*singles)]

    def of_status(self, status: str) -> list[str]:
        wanted = [S + f"coverage-status/{status}"]
        return [s for s in self.statements if self.objects(s, D + "coverageStatus") == wanted]

    def covering(self, conditions: Conditions, status: str) -> list[str]:
        """The statements that speak of the cell themselves; none if some value of a union has none."""
        found = [[s for s in self.of_status(status) if self.covers(s, p)] for p in self.points(conditions)]
        return sorted({s for one in found for s in one}) if all(found) else []

    def day(self, statement: str) -> str:
        return self.objects(statement, DCT + "date")[0][1:]

    def empty(self, conditions: Conditions, present: bool) -> tuple[str, tuple[str, ...], bool, str]:
        if present:
            return "present-filtered-out", (), False, ""
        reasons = self.covering(conditions, "not-applicable")
        if reasons:
            newest = [max(self.day(s) for s in reasons if self.covers(s, point)) for point in self.points(conditions)]
            return "not-applicable", tuple(reasons), False, min(newest)
        looked = [self.look(point, {}) for point in self.points(conditions)]
        assert all(one is not None for one in looked) == all(map(self.leaves_covered, self.points(conditions)))
        if any(one is None for one in looked):
            return "not-searched", (), False, ""
        sure = [one for one in looked if one is not None]
        statements = tuple(sorted({s for one in sure for s in one[0]}))
        return "searched-none-found", statements, any(one[1] for one in sure), min(one[2] for one in sure)

    def children(self, concept: str) -> list[str]:
        return self.subjects(SKOS + "broader", concept)

    def leaves(self, concept: str) -> list[str]:
        return sorted(c for c in self.down(concept) if not self.children(c)) or [concept]

    def leaves_covered(self, point: Point) -> bool:
        """Searched means: every smallest part of the cell lies within some search."""
        parts = [[(d, leaf) for leaf in self.leaves(c)] if d in PARTITIONS and c else [(d, c)] for d, c in point]
        for dimension in PARTITIONS:
            if not any(d == dimension for d, _ in point):
                parts.append([(dimension, leaf) for leaf in self.leaves(self.root(dimension))])
        searches = self.of_status("searched-none-found")
        return all(
            any(self.covers(s, tuple(sorted(set(smallest)))) for s in searches)
            for smallest in itertools.product(*parts)
        )

    def look(
        self, point: Point, known: dict[Point, tuple[set[str], bool, str] | None]
    ) -> tuple[set[str], bool, str] | None:
        """Who looked, whether only from afar, and when: themselves, or else part by part."""
        if point in known:
            return known[point]
        own = [s for s in self.of_status("searched-none-found") if self.covers(s, point)]
        afar = all(self.afar(s, point) for s in own)
        result: tuple[set[str], bool, str] | None = None
        if own:
            result = (set(own), afar, max(map(self.day, own)))
        if not own or afar:
            options = [found for d in PARTITIONS if (found := self.by_parts(point, d, known)) is not None]
            options.sort(key=lambda one: one[1])
            if options and not own:
                result = options[0]
            elif options and not options[0][1]:
                result = (set(own) | options[0][0], False, options[0][2])
        known[point] = result
        return result

    def by_parts(
        self, point: Point, dimension: str, known: dict[Point, tuple[set[str], bool, str] | None]
    ) -> tuple[set[str], bool, str] | None:
        wholes = [c for d, c in point if d == dimension] or [self.root(dimension)]
        for whole in wholes:
            rest = [pair for pair in point if pair != (dimension, whole)]
            parts = [self.look(tuple(sorted({*rest, (dimension, c)})), known) for c in self.children(whole)]
            sure = [one for one in parts if one is not None]
            if parts and len(sure) == len(parts):
                statements = {s for one in sure for s in one[0]}
                return statements, any(one[1] for one in sure), min(one[2] for one in sure)
        return None

    def afar(self, statement: str, point: Point) -> bool:
        tongues = []
        for d, place in point:
            if d == "region" and place != self.root("region"):
                below = self.down(place) if place else set()
                official = [o for c in below for o in self.objects(c, D + "officialLanguage")]
                tongues.append({o[1:].split("-")[0] for o in official})
        rounds = self.objects(statement, D + "fromActivity")
        spoken = {o[1:].split("-")[0] for r in rounds for o in self.objects(r, DCT + "language")}
        official_here = set.intersection(*tongues) if tongues else set()
        return bool(official_here) and not official_here & spoken
