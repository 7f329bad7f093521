"""Views over a store that nobody validated: nothing breaks or runs on, and what is wrong is said beside the view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from hand_made import SKOS, Made
from random_worlds import AS_OF, BASE, DCT, A, D, S, derived

from dgekg import explain, why
from dgekg.coverage import Filter, View
from dgekg.coverage.doubts import Doubt, concerning
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app

VIEWS = (
    View(("stage", "group")),
    View(("group", "region")),
    View(("region",), (Filter("group", (S + "group/women",)),)),
    View(("group",), depths=(("group", 1),), empty=False),
)


def circle(made: Made) -> None:
    """Women are broader than Roma women, and Roma women broader than women."""
    made.triples.append((S + "group/women", SKOS + "broader", S + "group/roma-women"))


def circle_at_the_root(made: Made) -> None:
    made.triples.append((S + "region/001", SKOS + "broader", S + "region/404"))


def itself(made: Made) -> None:
    made.triples.append((S + "stage/data", SKOS + "broader", S + "stage/data"))


def dangling(made: Made) -> None:
    made.concept("group", "lost", "nowhere")


def of_another_scheme(made: Made) -> None:
    made.triples.append((S + "group/girls", SKOS + "broader", S + "region/404"))


def two_roots(made: Made) -> None:
    made.concept("stage", "another")


def same_notation(made: Made) -> None:
    made.triples.append((S + "group/girls", SKOS + "notation", '"women'))
    made.concept("group", "twin", "all")
    made.triples.append((S + "group/twin", SKOS + "notation", '"roma'))


def unknown_coordinate(made: Made) -> None:
    made.search("astray", "en", cellRegion="region/999")
    made.search("crossed", "en", cellRegion="group/women")


def unknown_norm(made: Made) -> None:
    made.search("norm", "en")
    made.triples.append((BASE + "id/coverage/norm", D + "cellNorm", BASE + "id/provision/none"))


def unknown_status(made: Made) -> None:
    made.search("odd", "en", cellRegion="region/404")
    made.triples.remove((BASE + "id/coverage/odd", D + "coverageStatus", S + "coverage-status/searched-none-found"))
    made.triples.append((BASE + "id/coverage/odd", D + "coverageStatus", S + "coverage-status/guessed"))


BROKEN: dict[Callable[[Made], None], set[tuple[str, str]]] = {
    circle: {("circle", "group")},
    circle_at_the_root: {("circle", "region"), ("no-root", "region")},
    itself: {("circle", "stage")},
    dangling: {("dangling", "group")},
    of_another_scheme: set(),  # something broader that is there; which scheme it is of is for validation
    two_roots: {("no-root", "stage")},
    same_notation: {("same-notation", "group")},
    unknown_coordinate: {("unknown-coordinate", "region")},
    unknown_norm: {("unknown-coordinate", "norm")},
    unknown_status: {("unknown-status", "")},
}


def observatory_of(break_it: Callable[[Made], None], project: Project) -> Observatory:
    made = Made()
    made.practice("p", "data", "roma-women", "404")
    made.practice("q", "use", "girls", "150", direction="harm", about="girls")
    made.search("kenya", "en", cellRegion="region/404", cellStage="stage/use")
    break_it(made)
    return Observatory(project, derived(made.triples), "made", AS_OF, {}, Settings())


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda b: b.__name__)
def test_views_of_broken_data_are_computed_and_say_what_is_wrong(
    project: Project, break_it: Callable[[Made], None]
) -> None:
    one = observatory_of(break_it, project)
    found = {(doubt.kind, doubt.dimension) for doubt in one.doubts}
    # The hand-made world has no root in the schemes of which it needs a concept or two.
    assert {f for f in found if f[1] not in ("lever", "kind", "right", "sector")} == BROKEN[break_it]
    for view in VIEWS:
        grid = one.coverage(view)
        assert len(grid.cells) == len({c.concepts for c in grid.cells.values()})
        for cell in grid.cells.values():
            assert explain.explain_cell(one, grid, cell).sentences
        one.gaps_of(grid)
        why.of_view(one, view)
    concerned = {dimension for _, dimension in BROKEN[break_it]}
    for language in ("en", "fr", "es"):
        said = explain.doubt_sentences(one, View(("stage", "group", "region", "provision")), language)
        assert len(said) == (len(BROKEN[break_it]) + 1 if concerned else 0), said


def test_a_circle_holds_its_members_alike_and_a_root_in_it_is_none(project: Project) -> None:
    one = observatory_of(circle, project)
    cells = one.coverage(View(("group",))).cells
    assert cells[(S + "group/women",)].members == cells[(S + "group/roma-women",)].members
    assert observatory_of(circle_at_the_root, project).index.roots.get("region") is None


@pytest.mark.parametrize("break_it", [unknown_coordinate, unknown_status, unknown_norm], ids=lambda b: b.__name__)
def test_a_statement_that_speaks_of_nothing_decides_no_cell(project: Project, break_it: Callable[[Made], None]) -> None:
    sound = observatory_of(lambda _made: None, project)
    one = observatory_of(break_it, project)
    for view in VIEWS[:2]:
        states = {c.concepts: c.state for c in sound.coverage(view).cells.values()}
        assert {c.concepts: c.state for c in one.coverage(view).cells.values()} == states


def test_sound_data_is_not_doubted(world_observatory: Observatory) -> None:
    assert world_observatory.doubts == ()
    assert explain.doubt_sentences(world_observatory, View(("stage", "group"))) == []


def test_a_doubt_is_told_where_it_matters() -> None:
    doubts = [
        Doubt("circle", "group", ("a",)),
        Doubt("unknown-coordinate", "norm", ("b",)),
        Doubt("unknown-status", "", ()),
    ]
    assert [d.dimension for d in concerning(doubts, ["stage"])] == [""]
    assert [d.dimension for d in concerning(doubts, ["stage", "group"])] == ["group", ""]
    assert [d.dimension for d in concerning(doubts, ["instrument"])] == ["norm", ""]


@pytest.fixture(scope="module")
def broken(project: Project) -> Iterator[TestClient]:
    one = observatory_of(circle, project)
    with TestClient(create_app(lambda: one, Settings()), follow_redirects=False) as found:
        yield found


def test_faces_say_it_beside_the_view(broken: TestClient) -> None:
    body = broken.get("/api/coverage?rows=group").json()
    assert len(body["doubts"]) == 2
    assert "roma-women" in body["doubts"][1]
    page = broken.get("/coverage?rows=group&cols=stage", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "are broader than themselves" in page.text
    assert broken.get("/api/coverage?rows=stage").json()["doubts"] == []
    assert json.dumps(body)


def test_a_statement_without_a_date_is_left_out(project: Project) -> None:
    def undated(made: Made) -> None:
        made.triples += [
            (BASE + "id/coverage/x", A, D + "CoverageStatement"),
            (BASE + "id/coverage/x", D + "coverageStatus", S + "coverage-status/searched-none-found"),
        ]

    assert all(not s.iri.endswith("/x") for s in observatory_of(undated, project).index.statements)


@pytest.mark.parametrize("day", ["sometime", "2026", "2026-13-45", ""])
def test_days_that_are_none_break_no_view(project: Project, day: str) -> None:
    def odd(made: Made) -> None:
        made.search("odd", "en", cellRegion="region/150")
        made.triples.remove((BASE + "id/coverage/odd", DCT + "date", '"2026-01-01'))
        made.triples.append((BASE + "id/coverage/odd", DCT + "date", '"' + day))
        made.triples.append((BASE + "id/evidence/p", D + "accessedOn", '"' + day))

    one = observatory_of(odd, project)
    for view in VIEWS:
        grid = one.coverage(view)
        assert all(explain.explain_cell(one, grid, cell).sentences for cell in grid.cells.values())
