"""A view: read, written and read back; refused with a reason and a way out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgekg.coverage import Filter, View, compute
from dgekg.errors import InputError, UnknownValue, ViewError
from dgekg.index import Index
from dgekg.observatory import Observatory
from lengths import examples

S = "https://w3id.org/dgekg/scheme/"
KENYA, AFRICA, EUROPE = S + "region/404", S + "region/002", S + "region/150"


@pytest.fixture(scope="module")
def index(world_observatory: Observatory) -> Index:
    return world_observatory.index


@pytest.fixture(scope="module")
def views(world_observatory: Observatory) -> st.SearchStrategy[View]:
    return _views(world_observatory.index)


def _views(index: Index) -> st.SearchStrategy[View]:
    names = [name for name in index.dimensions if index.concepts(name)]

    @st.composite
    def view(draw: st.DrawFn) -> View:
        dimensions = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        filters = []
        for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
            values = draw(st.lists(st.sampled_from(sorted(index.concepts(name))), min_size=1, max_size=3))
            filters.append(Filter(name, tuple(values), draw(st.booleans())))
        return View(
            tuple(dimensions),
            tuple(filters),
            draw(st.integers(0, 4)),
            draw(st.sampled_from(("concerns", "supports"))),
            draw(st.sampled_from(("", "acts-at", "governs", "enables"))),
            tuple((name, draw(st.integers(0, 5))) for name in draw(st.sets(st.sampled_from(dimensions)))),
            draw(st.booleans()),
            tuple(draw(st.lists(st.sampled_from(index.practices), max_size=2))),
        )

    return view()


@given(data=st.data())
@settings(max_examples=examples(200), deadline=None)
def test_query_string_round_trip(
    world_observatory: Observatory, views: st.SearchStrategy[View], data: st.DataObject
) -> None:
    view = data.draw(views)
    index, names = world_observatory.index, world_observatory.names
    try:
        view.check(index)
    except ViewError:
        with pytest.raises(ViewError):
            View.from_query(view.query_string(), index, names)
        return
    text = view.query_string()
    again = View.from_query(text, index, names)
    assert again == view
    assert again.query_string() == text


def test_the_same_question_has_one_address() -> None:
    one = View(("stage",), (Filter("region", (KENYA, EUROPE)), Filter("group", (S + "group/women",))))
    other = View(("stage",), (Filter("group", (S + "group/women",) * 2), Filter("region", (EUROPE, KENYA))))
    assert one == other
    assert one.query_string() == "rows=stage&where=group%3Dwomen&where=region%3D150%2C404"


def test_words_codes_and_addresses_mean_the_same(world_observatory: Observatory) -> None:
    index, names = world_observatory.index, world_observatory.names
    read = [
        View.parse(index, names, rows="stage", where=[f"region={text}"]) for text in ("Kenya", "404", "kenya", KENYA)
    ]
    assert len(set(read)) == 1
    assert View.parse(index, names, rows="stage,group") == View.parse(index, names, rows="stage", cols=["group"])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("rows=stag", r'dimension: found "stag".*Did you mean .*stage'),
        ("rows=stage&where=regon%3DKenya", 'dimension: found "regon".*region'),
        ("rows=stage&where=region%3DKenia", 'region: found "Kenia".*Did you mean .*Kenya'),
        ("rows=stage&where=region", "expected dimension=value"),
        ("rows=stage&where=region%3D", "expected dimension=value"),
        ("rows=stage&where=region%3E3", "expected dimension=value"),
        ("rows=stage&wher=x", 'view: found "wher".*where'),
        ("rows=stage&rung=high", "rung: .*whole number"),
        ("rows=stage&rung=7", "evidence level from 0 to 4"),
        ("rows=stage&norm=suports", 'norm: found "suports".*supports'),
        ("rows=stage&relation=governs-at", 'relation: found "governs-at".*governs'),
        ("rows=stage&depth=stage", "depth: .*whole number"),
        ("rows=stage&depth=region%3D1", "depth: region=1 is not a depth of stage"),
        ("rows=stage&empty=maybe", "empty: .*yes or no"),
        ("rows=stage&exclude=nothing-like-it", "exclude: found"),
        ("rows=stage&cols=stage", "each dimension once"),
        ("rows=stage&cols=group&cols=region&cols=lever&cols=kind", "one to four dimensions; found 5"),
        ("rows=provision&cols=instrument", "provision and instrument determine each other"),
        ("rows=region&cols=led-from", "determine each other"),
        ("rows=right&cols=provision", "determine each other"),
    ],
)
def test_what_cannot_be_asked_is_said(world_observatory: Observatory, query: str, says: str) -> None:
    with pytest.raises(InputError, match=f"(?s){says}"):
        View.from_query(query, world_observatory.index, world_observatory.names)


def test_contradictory_filters(index: Index) -> None:
    asked, barred = Filter("region", (KENYA,)), Filter("region", (KENYA,), True)
    with pytest.raises(ViewError, match="404 is both asked for and excluded"):
        View(("stage",), (asked, barred)).check(index)
    with pytest.raises(ViewError, match="404 is asked for, but it lies in 002, which is excluded"):
        View(("stage",), (asked, Filter("region", (AFRICA,), True))).check(index)
    View(("stage",), (Filter("region", (AFRICA,)), barred)).check(index)  # Africa without Kenya
    provision = next(iter(index.concepts("provision").values()))
    instrument = sorted(index.within[provision.iri] & set(index.concepts("instrument")))[0]
    norms = (Filter("provision", (provision.iri,)), Filter("instrument", (instrument,), True))
    with pytest.raises(ViewError, match="which is excluded"):
        View(("stage",), norms).check(index)


def test_values_are_checked_too(index: Index) -> None:
    with pytest.raises(UnknownValue, match="women"):
        View(("stage",), (Filter("group", (S + "group/womn",)),)).check(index)
    with pytest.raises(ViewError, match="at least one value"):
        View(("stage",), (Filter("group", ()),)).check(index)


def test_cell_limit_says_how_to_narrow(world_observatory: Observatory) -> None:
    view = View(("stage", "group", "region"))
    with pytest.raises(ViewError, match=r"has \d{3},\d{3} cells; the limit is 250,000.*depth=region=1"):
        compute(world_observatory.index, view, world_observatory.as_of)


def test_rows_without_practices_can_be_left_out(world_observatory: Observatory) -> None:
    full = world_observatory.coverage(View(("stage", "group")))
    short = world_observatory.coverage(View(("stage", "group"), empty=False))
    assert len(short.cells) < len(full.cells)
    assert all(full.cells[c] == cell for c, cell in short.cells.items())
    kept = {c for c, cell in full.cells.items() if cell.members}
    assert kept <= set(short.cells)
    for n, axis in enumerate(short.axes):
        assert set(axis.rows) == {c[n] for c in kept}
        assert len(axis.closed) == len(axis.rows)
