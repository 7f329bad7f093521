"""No text whatsoever breaks a view: it is read, or refused with what was found and what could stand there."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import SH, Literal

from dgekg.coverage import Filter, View
from dgekg.coverage.reading import LONGEST_QUERY, condition, place_of
from dgekg.coverage.refusals import SINGLE
from dgekg.errors import Ambiguous, InputError, TooLong, UnknownValue, ViewError
from dgekg.index import Index
from dgekg.lookup import Names
from dgekg.observatory import Observatory
from dgekg.settings import Project
from dgekg.shapes import Shapes
from dgekg.vocabulary import BASE, ONTOLOGY
from lengths import examples

S = "https://w3id.org/dgekg/scheme/"


@pytest.fixture(scope="module")
def index(world_observatory: Observatory) -> Index:
    return world_observatory.index


@pytest.fixture(scope="module")
def names(world_observatory: Observatory) -> Names:
    return world_observatory.names


KEYS = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude", "at", "lang", "wher", "")
WORDS = (
    *("stage", "group", "region", "provision", "instrument", "right", "kind", "level", "approach", "round", "led-by"),
    *("women", "Women", "Kenya", "002", "404", "data", "all", "001", "Article 1", "2", "everyone", "bias-audit-b"),
    *("concerns", "supports", "acts-at", "governs", "yes", "no", "7", "-1", "1e9", "٣", "²", "NaN", "", " ", "-"),
    S + "group/women",
    S + "region/",
    "https://example.org/x",
    "urn:x",
    *(
        "\x00",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        "%ZZ",
        "%00",
        "é" * 400,
        "a" * 5000,
        "' OR 1=1",
        "{}",
        "{where}",
        "[",
        "\\",
    ),
)
SIGNS = (
    "=",
    "!=",
    "==",
    "~",
    ">",
    "<=",
    "<>",
    ":",
    ",",
    ",,",
    " ",
    "=!",
    "≠",
    " not ",
    "&",
    "#",
    ";",
    "%3D",
    "+",
    "\n",
)


def pieces() -> st.SearchStrategy[str]:
    """Draw text of the shape that a view reads, with something else in any place of it."""
    piece = st.sampled_from(WORDS) | st.sampled_from(SIGNS) | st.text(max_size=6)
    return st.lists(piece, max_size=7).map("".join)


def queries() -> st.SearchStrategy[str]:
    """Draw a query string: well written, or cut and mixed as text."""
    pairs = st.lists(st.tuples(st.sampled_from(KEYS), pieces()), max_size=6)
    written = pairs.map(lambda found: "&".join(f"{k}={quote(v, errors='surrogatepass')}" for k, v in found))
    return written | pairs.map(lambda found: "&".join(f"{k}={v}" for k, v in found)) | st.text(max_size=60)


@given(query=queries())
@settings(max_examples=examples(600), deadline=None)
@example(query="rows=stage&where=" + "%20" * 8000 + "x")
@example(query="where=" + quote("region=" + ",".join(["Kenya"] * 200)))
@example(query="&".join(["where=a"] * 1000))
@example(query="where=group%3D\ud800")
def test_any_text_is_a_view_or_is_refused(world_observatory: Observatory, query: str) -> None:
    index, names = world_observatory.index, world_observatory.names
    try:
        view = View.from_query(query, index, names)
    except InputError as error:
        said = str(error)
        assert said.endswith((".", "?", "/")), said
        assert said.isprintable()
        assert len(said) < 2500
        return
    assert View.from_query(view.query_string(), index, names) == view


@given(texts=st.lists(pieces(), max_size=4), dimensions=st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=4))
@settings(max_examples=examples(200), deadline=None)
def test_any_text_is_a_place_or_is_refused(
    world_observatory: Observatory, texts: list[str], dimensions: list[str]
) -> None:
    index = world_observatory.index
    try:
        place = place_of(texts, dimensions, index, world_observatory.names)
    except InputError:
        return
    assert all(not c or c in index.concepts(d) for c, d in zip(place, dimensions, strict=True))


@pytest.mark.parametrize(
    ("text", "says", "suggests"),
    [
        ("region~002", '"~" is no operator.*Did you mean region=002', ["region=002"]),
        ("region==Kenya", '"==" is no operator.*region=Kenya', ["region=Kenya"]),
        ("region<>Kenya", '"<>" is no operator.*region!=Kenya', ["region!=Kenya"]),
        ("region≠Kenya", "region!=Kenya", ["region!=Kenya"]),
        ("region is not Kenya", '"is not" is no operator.*region!=Kenya', ["region!=Kenya"]),
        ("region in Africa", "region=Africa", ["region=Africa"]),
        ("region: Kenya", "region=Kenya", ["region=Kenya"]),
        ("level>2", '">" is no operator.*Did you mean level=3,4', ["level=3,4"]),
        ("level<=1", "level=0,1", ["level=0,1"]),
        ("level>4", '">" is no operator', []),
        ("stage>=8", "stage=re-evaluation,retirement", ["stage=re-evaluation,retirement"]),
        ("region>3", "expected dimension=value", []),  # numbers of regions are no scale
        ("region~", '"~" is no operator', []),
    ],
)
def test_operators_that_views_do_not_have(
    index: Index, names: Names, text: str, says: str, suggests: list[str]
) -> None:
    with pytest.raises(ViewError, match=f"(?s){says}") as refused:
        condition(text, index, names)
    assert refused.value.suggestions == suggests
    for suggestion in suggests:
        condition(suggestion, index, names)  # it can be asked for as it stands


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("region", "expected dimension=value"),
        ("region=", "has no value"),
        ("region=,, ,", "has no value"),
        ("=Kenya", "expected dimension=value"),
        ("", "expected dimension=value"),
        ("regon=Kenya", "Did you mean region"),
        ("region=Kenia", "Did you mean Kenya"),
        ("region=Kenya,Kenia", "Did you mean Kenya"),
        ("region=https://example.org/002", "an address of something else; expected one that begins with"),
        (f"region={S}place/western-sahar", f"Did you mean {S}place/western-sahara"),
        ("region=Kenya\x1b[2J", r'found "Kenya\\u001b\[2J"'),
        ("region=" + "x" * 601, "longer than any name here"),
        ("region=" + "x," * 201, "at most 200 are read"),
    ],
)
def test_conditions_that_cannot_be_read(index: Index, names: Names, text: str, says: str) -> None:
    with pytest.raises(InputError, match=f"(?s){says}") as refused:
        condition(text, index, names)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("text", "meant"),
    [("region=women", "group=women"), (f"region={S}group/women", "group=women"), ("group=Kenya", "region=404")],
)
def test_a_value_of_another_dimension_is_named(index: Index, names: Names, text: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean {meant}") as refused:
        condition(text, index, names)
    assert (refused.value.found, refused.value.suggestions) == (text, [meant])


def test_a_label_of_several_things_lists_them_with_their_codes(index: Index, names: Names) -> None:
    with pytest.raises(Ambiguous) as refused:
        condition("region=Western Sahara", index, names)
    assert sorted(refused.value.suggestions) == ["732", "western-sahara"]
    for code in refused.value.suggestions:
        assert f"{code} (scheme/" in str(refused.value)
        assert condition(f"region={code}", index, names)[1]
    with pytest.raises(Ambiguous, match=r"provision: \"Article 1\" names several: .*equality-convention-1 \(") as many:
        condition("provision=Article 1", index, names)
    assert all(condition(f"provision={code}", index, names) for code in many.value.suggestions)


def test_a_name_with_commas_may_stand_among_others(index: Index, names: Names) -> None:
    label = "Race, colour, descent and origin"
    assert names.exact(label, [S + "group/"]) == [S + "group/race-colour-and-descent"]
    alone = condition(f"group={label}", index, names)[1]
    assert condition(f"group=women,{label} , girls", index, names)[1] == tuple(
        sorted((*alone, S + "group/women", S + "group/girls"))
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("rows=stage&rows=group", 'rows: found "stage", "group"; it can be given once. More dimensions are given by'),
        ("rung=1&rung=2", 'rung: found "1", "2"'),
        ("norm=concerns&norm=supports", "norm: found"),
        ("relation=governs&relation=enables", "relation: found"),
        ("empty=no&empty=yes", "empty: found"),
        ("depth=stage%3D1&depth=stage%3D2", "depth: stage is given twice, 1 and 2"),
    ],
)
def test_a_key_given_twice(index: Index, names: Names, query: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        View.from_query(query, index, names)
    first = query.split("&")[0]
    assert View.from_query(f"{first}&{first}", index, names) == View.from_query(first, index, names)


@pytest.mark.parametrize("query", ["where=" + "x" * LONGEST_QUERY, "&".join(["where=group%3Dwomen"] * 301)])
def test_more_than_is_read(index: Index, names: Names, query: str) -> None:
    with pytest.raises(TooLong, match=r"at most|more than"):
        View.from_query(query, index, names)


def test_more_conditions_than_are_read(index: Index) -> None:
    many = tuple(Filter("group", (iri,)) for iri in sorted(index.concepts("group"))[:41])
    with pytest.raises(ViewError, match="found 41 conditions; at most 40"):
        View(("stage",), many).check(index)


def test_conditions_that_name_too_many_places(index: Index) -> None:
    wide = tuple(Filter(name, tuple(sorted(index.concepts(name))[:30])) for name in ("region", "right", "kind"))
    with pytest.raises(ViewError, match=r"27,000 places at once, for each of [\d,]+ cells.*Give fewer values"):
        View(("stage",), wide).check(index)
    View(("stage",), wide[:2]).check(index)
    barred = tuple(Filter(f.dimension, f.values[5:], True) for f in wide)  # what is excluded names no place
    View(("stage",), barred).check(index)


def test_a_condition_all_of_whose_values_are_excluded(index: Index) -> None:
    africa, kenya, sweden = (S + f"region/{code}" for code in ("002", "404", "752"))
    barred = Filter("region", (africa,), True)
    View(("stage",), (Filter("region", (kenya, sweden)), barred)).check(index)  # Sweden is left
    with pytest.raises(ViewError, match="region: 404, 566 are asked for, but each is excluded"):
        View(("stage",), (Filter("region", (kenya, S + "region/566")), barred)).check(index)
    with pytest.raises(ViewError, match="404 is asked for, but it lies in 001"):
        View(("stage",), (Filter("region", (kenya,)), Filter("region", (S + "region/001",), True))).check(index)


@pytest.mark.parametrize(
    ("dimension", "one", "other"),
    [("level", "2", "3"), ("status", "running", "ended"), ("approach", "empowerment", "mainstreaming")],
)
def test_two_values_where_a_practice_has_one(index: Index, dimension: str, one: str, other: str) -> None:
    home = index.dimension(dimension).home
    first, second = Filter(dimension, (f"{home}/{one}",)), Filter(dimension, (f"{home}/{other}",))
    with pytest.raises(ViewError, match=f"a practice has one at most. For any of them write {dimension}="):
        View(("stage",), (first, second)).check(index)
    View(("stage",), (first, Filter(dimension, (*first.values, *second.values)))).check(index)
    View(("stage",), (first, Filter(dimension, second.values, True))).check(index)
    if index.roots.get(dimension):
        View(("stage",), (first, Filter(dimension, (index.roots[dimension],)))).check(index)


def test_practices_may_have_several_groups(index: Index) -> None:
    View(("stage",), (Filter("group", (S + "group/women",)), Filter("group", (S + "group/men-and-boys",)))).check(index)


def test_urls_are_read_back_from_any_writing_of_them(index: Index, names: Names) -> None:
    text = "rows=stage&where=region%3D404"
    for other in (
        "rows=stage&where=region=404",
        "rows=stage&where=region%3d404",
        "rows=stage&where=region+%3D+Kenya&cols=",
    ):
        assert View.from_query(other, index, names).query_string() == text


def test_single_dimensions_are_those_whose_shape_says_so(project: Project) -> None:
    shapes = Shapes(project.shapes).graph
    once = {
        str(shapes.value(shape, SH.path)).removeprefix(ONTOLOGY)
        for shape in shapes.subjects(SH.maxCount, Literal(1))
        if str(shape).removeprefix(BASE).startswith("shapes#Practice-")
    }
    derived = (project.queries / "derive" / "30-direct.rq").read_text(encoding="utf-8")
    dimension_of = dict(re.findall(r"\(dgekg:(\w+) dimension:direct-([\w-]+)\)", derived))
    assert {dimension_of[p] for p in once if p in dimension_of} == set(SINGLE) - {"level"}  # level: the highest


def test_no_such_dimension_value_or_word(index: Index) -> None:
    for view, field in (
        (View(("stge",)), "dimension"),
        (View(("stage",), norm="helps"), "norm"),
        (View(("stage",), relation="at"), "relation"),
        (View(("stage",), (Filter("group", (S + "group/x",)),)), "group"),
    ):
        with pytest.raises(UnknownValue) as refused:
            view.check(index)
        assert refused.value.field == field
