"""Two versions compared: random histories against brute force, real builds by hand, and what has gone stays gone."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
from collections.abc import Callable
from random import Random

import pytest
from brute_force import Oracle
from hand_made import Made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import AS_OF, BASE, QUERIES, A, D, S, Triple, World, derived
from test_brute_force import OLDEST, draw_view, view_of

from conftest import Ran
from dgekg import comparing, render_comparison, versions
from dgekg.coverage import Filter, View, compute
from dgekg.coverage.between import Between, Reason, moved_concepts
from dgekg.coverage.compare import Compared, against_version, older_view
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.past import Without, past
from dgekg.errors import DgekgError, StoreError, UnknownValue, ViewError
from dgekg.index import Index
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.vocabulary import LANGUAGES
from lengths import examples

Run = Callable[..., Ran]
EXAMPLES = settings(
    max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class History:
    """An older and a newer graph, and what happened to each practice on the way."""

    def __init__(self, random: Random, triples: list[Triple], practices: list[str]) -> None:
        self.random = random
        self.older, self.newer = list(triples), list(triples)
        self.became = {p: p for p in practices}
        self.lines = 0
        for practice in practices:
            getattr(self, random.choice(("stay", "stay", "withdraw", "erase", "rename", "merge", "restate")))(practice)
        if random.random() < 0.5:
            self.create()
        if random.random() < 0.4:
            self.search()
        if random.random() < 0.3:
            self.move()

    def ledger(self, kind: str, practice: str, became: str = "") -> None:
        entry = BASE + f"id/change/2026-{self.lines}"
        self.lines += 1
        self.newer += [(entry, A, D + "Change"), (entry, D + "changeKind", S + f"change-kind/{kind}")]
        self.newer += [(entry, D + "changedRecord", practice)]
        self.newer += [(entry, "http://purl.org/dc/terms/isReplacedBy", became)] if became else []

    def drop(self, practice: str) -> None:
        self.newer = [t for t in self.newer if practice not in (t[0], t[2]) or t[0].startswith(BASE + "id/change/")]
        self.became = {old: new for old, new in self.became.items() if new != practice}

    def stay(self, practice: str) -> None:
        pass

    def withdraw(self, practice: str) -> None:
        self.drop(practice)
        self.ledger("withdraw", practice)

    def erase(self, practice: str) -> None:
        self.drop(practice)

    def rename(self, practice: str) -> None:
        new = practice + "-new"
        self.newer = [(new if s == practice else s, p, new if o == practice else o) for s, p, o in self.newer]
        self.became = {old: new if now == practice else now for old, now in self.became.items()}
        self.ledger("rename", practice, new)

    def merge(self, practice: str) -> None:
        kept = [new for old, new in self.became.items() if old != practice and new == old]
        if kept:
            into = {old: kept[0] if new == practice else new for old, new in self.became.items()}
            self.drop(practice)
            self.became = into
            self.ledger("merge", practice, kept[0])

    def restate(self, practice: str) -> None:
        for prop, scheme in (("addressesGroup", "group"), ("actsAtStage", "stage"), ("inRegion", "region")):
            if self.random.random() < 0.6:
                self.newer = [t for t in self.newer if t[:2] != (practice, D + prop)]
                concepts = [s for s, p, o in self.newer if p.endswith("inScheme") and o == S + scheme]
                self.newer.append((practice, D + prop, self.random.choice(concepts)))

    def create(self) -> None:
        new = BASE + "id/practice/created"
        own = [t for t in self.older if t[0] in self.became]
        self.newer += [(new, p, o) for _, p, o in own[: self.random.randint(0, 8)]] + [(new, A, D + "Practice")]
        self.ledger("create", new)

    def search(self) -> None:
        new = BASE + "id/coverage/new"
        self.newer += [
            (new, A, D + "CoverageStatement"),
            (new, D + "coverageStatus", S + "coverage-status/searched-none-found"),
            (new, "http://purl.org/dc/terms/date", '"2026-06-30'),
        ]

    def move(self) -> None:
        """Let a group lie within another one too, or put a new one beneath the root."""
        groups = [s for s, p, o in self.older if p.endswith("inScheme") and o == S + "group"]
        one, other = self.random.choice(groups), S + "group/new"
        broader = "http://www.w3.org/2004/02/skos/core#broader"
        self.newer += [(other, broader, S + "group/all")]
        self.newer += [(one, broader, other)] if one != S + "group/all" else []
        self.newer += [(other, A, "http://www.w3.org/2004/02/skos/core#Concept")]
        self.newer += [(other, "http://www.w3.org/2004/02/skos/core#inScheme", S + "group")]


def compared(older: list[Triple], newer: list[Triple], view: View) -> Compared:
    stores = derived(older), derived(newer)
    index = Index(stores[1], QUERIES)
    before = past(Index(stores[0], QUERIES), *stores, QUERIES, index)
    comparison = Comparison(view, version="0" * 16).check(index)
    grids = (compute(index, view, AS_OF), compute(before.index, older_view(view, before, "0" * 16), AS_OF))
    between = Between(("1", "0"), ("", ""), ("", ""), None, before.ledger, moved_concepts(view, index, before.index))
    return against_version(comparison, index, before, grids, between)


@given(st.randoms(use_true_random=False))
@EXAMPLES
def test_versions_are_brute_force(random: Random) -> None:
    world = World(random)
    history = History(random, world.triples, world.practices)
    oracle = Oracle(history.newer, OLDEST)
    asked = draw_view(random, world, oracle)
    asked.exclude = tuple(history.became[p] for p in asked.exclude if p in history.became)
    gone = {p for p in world.practices if p not in history.became}
    before = Oracle([t for t in history.older if t[0] not in gone], OLDEST)
    older = dataclasses.replace(asked, exclude=tuple(o for o, n in history.became.items() if n in asked.exclude))
    try:
        seen = compared(history.older, history.newer, view_of(asked))
    except DgekgError:
        return  # filters that contradict each other, or name what only one version has
    assert not gone & set(_iris(seen))
    both = set(itertools.product(*(oracle.rows(n, asked) for n in asked.dimensions)))
    both |= set(itertools.product(*(before.rows(n, older) for n in asked.dimensions)))
    assert both <= set(seen.cells)
    if not seen.published:
        return
    assert seen.totals == (oracle.total(asked), before.total(older))
    for concepts in both:
        one = seen.cells[concepts]
        has = [
            all(c in graph.rows(n, a) for c, n in zip(concepts, asked.dimensions, strict=True))
            for graph, a in ((oracle, asked), (before, older))
        ]
        sides = [
            graph.cell(a, concepts) if there else None
            for graph, a, there in ((oracle, asked, has[0]), (before, older, has[1]))
        ]
        if any(side is not None and side.state == "not-published" for side in sides):
            assert one == type(one)(concepts, False)
            continue
        if not one.published:
            continue  # a side leaves out what may not be shown (tested with filters)
        now = set(sides[0].members) if sides[0] else set()
        then = [history.became[p] for p in sides[1].members] if sides[1] else []
        for cell, side in zip((one.first, one.second), sides, strict=True):
            assert (cell is None) == (side is None)
            assert cell is None or side is None or (cell.state, cell.members) == (side.state, side.members)
        assert (set(one.only_first), set(one.only_second)) == (now - set(then), set(then) - now)
        _reasons_add_up(one.reasons, now, then, one.difference, history)
        if one.difference is not None and not one.alike:
            assert one.reasons or one.first is None or one.second is None, concepts


def _reasons_add_up(
    reasons: tuple[Reason, ...], now: set[str], then: list[str], difference: int | None, history: History
) -> None:
    if any(reason.code == "row" for reason in reasons):
        assert difference is None
        return
    by = {code: [r for r in reasons if r.code.startswith(code)] for code in ("created", "merged")}
    came = {iri for r in reasons if r.code == "created" or r.code.endswith("-in") for iri in r.things}
    left = {iri for r in reasons if r.code.endswith("-out") for iri in r.things}
    assert came == now - set(then)
    assert left == set(then) - now
    assert {iri for r in by["created"] for iri in r.things} == {p for p in came if p not in history.became.values()}
    collapsed = sum(then.count(iri) - 1 for iri in set(then))
    assert difference == len(came) - len(left) - collapsed
    assert {iri for r in by["merged"] for iri in r.things} == {i for i in now if then.count(i) > 1}


def _iris(seen: Compared) -> list[str]:
    found = []
    for one in seen.cells.values():
        found += [*one.only_first, *one.only_second, *(iri for reason in one.reasons for iri in reason.things)]
        found += [iri for cell in (one.first, one.second) if cell is not None for iri in cell.members]
    return found


# By hand


def of(cells: Compared, *codes: str) -> tuple[int | None, list[tuple[str, list[str], str]]]:
    one = next(d for key, d in cells.cells.items() if tuple(k.rsplit("/", 1)[-1] for k in key) == codes)
    return one.difference, [(r.code, [i.rsplit("/", 1)[-1] for i in r.things], r.dimension) for r in one.reasons]


def test_each_reason_by_hand() -> None:
    old = Made()
    old.practice("stays", "data", "women", level="1")
    old.practice("moves", "data", "women")
    old.practice("harmful", "use", "women")
    new = Made()
    new.practice("stays", "data", "women", level="3")
    new.practice("moves", "use", "women")
    new.practice("harmful", "use", "women", direction="harm")
    new.practice("fresh", "data", "girls")
    new.search("none", cellStage="stage/data", cellGroup="group/roma")
    seen = compared(old.triples, new.triples, View(("stage", "group")))
    assert of(seen, "data", "women") == (-1, [("restated-out", ["moves"], "stage"), ("risen", ["stays"], "")])
    assert of(seen, "use", "women") == (1, [("restated-in", ["moves"], "stage"), ("evidence", ["harmful"], "")])
    assert of(seen, "data", "girls") == (1, [("created", ["fresh"], "")])
    assert of(seen, "data", "roma") == (0, [("searched", ["none"], "")])
    assert of(seen, "use", "roma") == (0, [])
    assert seen.cells[(S + "stage/data", S + "group/roma")].by_search
    back = compared(new.triples, old.triples, View(("stage", "group")))
    assert of(back, "data", "roma") == (0, [("unsearched", ["none"], "")])
    assert ("fallen", ["stays"], "") in of(back, "data", "women")[1]


def test_a_concept_that_moved() -> None:
    old, new = Made(), Made()
    for made in (old, new):
        made.practice("roma-women", "data", "roma-women")
    new.triples = [t for t in new.triples if (t[0], t[2]) != (S + "group/roma-women", S + "group/women")]
    new.concept("group", "older", "all")
    seen = compared(old.triples, new.triples, View(("group",)))
    assert of(seen, "women") == (-1, [("vocabulary-out", ["roma-women"], "group")])
    assert of(seen, "older") == (None, [("row", ["older"], "group")])
    assert seen.between is not None
    assert [iri.rsplit("/", 1)[-1] for iri in seen.between.concepts["group"]] == ["older", "roma-women"]


def test_the_same_statements_read_differently() -> None:
    """The derived graph of the older version has one pair more: an older rule wrote it."""
    made = Made()
    made.practice("one", "data", "women")
    view = View(("stage",))
    stores = derived(made.triples), derived(made.triples)
    odd = derived([(BASE + "id/practice/one", BASE + "dimension/stage", S + "stage/use")])
    stores[0].engine.extend(odd.engine)
    index = Index(stores[1], QUERIES)
    before = past(Index(stores[0], QUERIES), *stores, QUERIES, index)
    grids = (compute(index, view, AS_OF), compute(before.index, view, AS_OF))
    between = Between(("1", "0"), ("", ""), ("", ""), True, before.ledger, {})
    seen = against_version(Comparison(view, version="0" * 16), index, before, grids, between)
    assert of(seen, "use") == (-1, [("rules-out", ["one"], "")])
    assert of(seen, "data") == (0, [])


def test_what_was_withdrawn_does_not_even_leave_a_state() -> None:
    """Neither count, nor "present, filtered out", nor a search that it had overtaken."""
    old = Made()
    old.practice("secret", "data", "girls", status="status/planned")
    old.search("before", cellStage="stage/data", cellGroup="group/girls", date="2025-01-01")
    new = Made()
    new.search("before", cellStage="stage/data", cellGroup="group/girls", date="2025-01-01")
    for made in (old, new):
        made.practice("other", "use", "women", status="status/planned")
    seen = compared(old.triples, new.triples, View(("stage", "group")))
    cell = seen.cells[(S + "stage/data", S + "group/girls")]
    assert cell.second is not None
    assert (cell.second.state, cell.second.superseded, cell.alike) == ("searched-none-found", (), True)
    assert seen.totals == (1, 1)
    assert "secret" not in repr(seen)


def test_a_store_without_some_things() -> None:
    made = Made()
    made.practice("secret", "data", "girls")
    secret = BASE + "id/practice/secret"
    store = Without(derived(made.triples), {secret})
    everything = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    assert store.select(everything).rows
    assert not [row for row in store.select(everything).rows if secret in {t.value for t in row if t is not None}]
    assert len(list(store.rows(everything))) == len(store.select(everything).rows)
    assert not [t for t in store.construct("CONSTRUCT WHERE { ?s ?p ?o }") if secret in str(t)]
    assert store.describe(secret) == []
    for refused in (store.graphs, lambda: store.ask("ASK { ?s ?p ?o }"), lambda: store.load(QUERIES)):
        with pytest.raises(StoreError):
            refused()


# Real builds of the small world: one practice withdrawn, one renamed, one created, one changed


def opened(project: Project) -> Observatory:
    return open_observatory(Settings(root=project.root))


def test_two_builds(versions_apart: tuple[Project, str]) -> None:
    project, older = versions_apart
    observatory = opened(project)
    assert comparing.kept(observatory) == (older,)
    query = f"rows=stage&cols=region&depth=region%3D1&against-version={older[:6]}"
    comparison = Comparison.from_query(query, observatory.index, observatory.names, comparing.kept(observatory))
    assert comparison.query_string().endswith(f"&against-version={older}")
    seen = comparing.compare(observatory, comparison)
    assert seen.between is not None
    assert (seen.totals, seen.shared) == ((11, 11), 11)  # the twelfth was withdrawn, and counts on neither side
    assert seen.between.ledger == {"create": 1, "rename": 1, "update": 1, "withdraw": 1}
    assert seen.between.rules is False
    assert seen.certainty.refused == "versions"
    assert of(seen, "data", "142") == (1, [("restated-in", ["sign-language-benchmark"], "stage")])
    assert of(seen, "verification-validation", "142")[0] == -1
    assert of(seen, "development", "019") == (0, [])  # where the withdrawn one was
    differing = {key for key, one in seen.cells.items() if not one.alike}
    assert {key[0].rsplit("/", 1)[-1] for key in differing} == {"data", "verification-validation"}
    assert {key[1].rsplit("/", 1)[-1] for key in differing} == {"001", "142"}


def test_on_the_command_line(versions_apart: tuple[Project, str], dgekg: Run) -> None:
    project, older = versions_apart
    for language in LANGUAGES:
        ran = dgekg(project, "coverage", "--rows", "stage", "--against-version", older, "--lang", language)
        assert ran.code == 0, ran.err
        assert older in ran.err
        assert "hiring" not in ran.said.lower()
        assert "selection-rate" not in ran.said
    ran = dgekg(project, "coverage", "--rows", "stage", "--against-version", older[:5], "--format", "json")
    document = json.loads(ran.out)
    assert document["query"] == f"rows=stage&against-version={older}"
    assert [document[side]["version"] for side in ("first", "second")] == [document["version"], older]
    assert document["rules_changed"] is False
    assert "hiring" not in ran.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(versions_apart: tuple[Project, str], language: str) -> None:
    observatory = opened(versions_apart[0])
    for code in (
        "created",
        "restated-in",
        "restated-out",
        "vocabulary-in",
        "vocabulary-out",
        "rules-in",
        "rules-out",
        "row",
        "merged",
        "risen",
        "fallen",
        "evidence",
        "searched",
        "unsearched",
        "day",
        "rules",
    ):
        for things in ((), ("a",), ("a", "b")):
            said = render_comparison.reason_sentence(observatory, Reason(code, things, "stage"), language)
            assert said
            assert "{" not in said
    for rules in (True, False, None):
        for ledger in ({}, {"create": 2}):
            between = Between(("b", "a"), ("2026-02-02", "2026-01-01"), ("2", "1"), rules, ledger, {"stage": ("x",)})
            lines = render_comparison.between_sentences(observatory, between, language)
            assert len(lines) == 6
            assert not [line for line in lines if "{" in line or not line]


@pytest.mark.parametrize("asked", ["../../data", "..", "current", "ffff", "", "a" * 300, "%2e%2e"])
def test_no_other_folder_can_be_opened(versions_apart: tuple[Project, str], asked: str) -> None:
    observatory = opened(versions_apart[0])
    kept = comparing.kept(observatory)
    with pytest.raises((UnknownValue, ViewError)):
        Comparison.parse(View(("stage",)), observatory.index, observatory.names, version=asked, kept=kept)


def test_a_value_that_the_older_version_lacks() -> None:
    old, new = Made(), Made()
    new.concept("group", "older", "all")
    view = View(("stage",), (Filter("group", (S + "group/older",)),))
    with pytest.raises(ViewError, match="does not know all of this view"):
        compared(old.triples, new.triples, view)


def test_a_broken_older_version_says_so(
    versions_apart: tuple[Project, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    project, older = versions_apart
    folder = tmp_path_factory.mktemp("broken")
    for name in ("ontology", "queries"):
        shutil.copytree(project.root / name, folder / name)
    shutil.copytree(project.build, folder / "build", symlinks=True)
    broken = Project.at(folder)
    (broken.build / older / versions.DUMP).unlink()
    observatory = opened(broken)
    with pytest.raises(StoreError, match="lacks"):
        comparing.compare(observatory, Comparison(View(("stage",)), version=older))
