"""Full-text search: reading what is typed, what is found and in which order, and that no text is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgekg.errors import InputError, UnknownValue
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory
from dgekg.settings import Project
from dgekg.store.local import LocalStore
from dgekg.textsearch import KINDS, MOST_LETTERS, Entry, Found, Search
from dgekg.textsearch.words import read, small_words, stem, words
from dgekg.vocabulary import LANGUAGES
from lengths import examples

SHADES = record("practice", "gender-shades")


@pytest.fixture(scope="module")
def search(real_observatory: Observatory) -> Search:
    return real_observatory.search


# What is typed, in which language, among which kinds, and what must come first.
FIRST = (
    ("gender shades", "en", (), SHADES),
    ("GENDER  SHADES!", "en", (), SHADES),
    ("shades gender", "en", (), SHADES),
    ("P049", "en", (), SHADES),
    ("CEDAW", "en", (), record("instrument", "cedaw")),
    ("cedaw article 11", "en", (), record("provision", "cedaw-11")),
    ("IDRC", "en", (), record("actor", "idrc")),
    ("algorithmic justice league", "en", (), record("actor", "algorithmic-justice-league")),
    ("algorithmic justice league", "en", ("practice",), SHADES),
    ("indigenous women", "en", (), concept("group", "indigenous-women")),
    ("mujeres indígenas", "es", (), concept("group", "indigenous-women")),
    ("mujer indigena", "es", (), concept("group", "indigenous-women")),
    ("femmes autochtones", "fr", (), concept("group", "indigenous-women")),
    ("personne handicapee", "fr", (), concept("group", "persons-with-disabilities")),
    ("égalité de genre", "fr", ("concept",), concept("right", "gender-equality")),
    ("maori", "en", (), concept("group", "maori")),
    ("MĀORI", "en", (), concept("group", "maori")),
)


@pytest.mark.parametrize(("text", "language", "kinds", "expected"), FIRST)
def test_what_comes_first(search: Search, text: str, language: str, kinds: tuple[str, ...], expected: str) -> None:
    found = search.find(text, language, kinds)
    assert found.hits[0].iri == expected
    assert found.respelt == ()


MISTAKES = {
    "gendre shades": SHADES,
    "gender shdaes": SHADES,
    "algoritmic justise league": record("actor", "algorithmic-justice-league"),
    "mujeres indigennas": concept("group", "indigenous-women"),
    "femmes autochthones": concept("group", "indigenous-women"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items())
def test_a_mistake_is_forgiven_and_said(search: Search, text: str, expected: str) -> None:
    found = search.find(text)
    assert found.hits[0].iri == expected
    assert set(found.respelt) <= set(text.split())
    assert found.respelt


def test_a_mistake_is_forgiven_only_where_nothing_is_spelt_so(search: Search) -> None:
    assert search.find("women", "en", ("concept",)).respelt == ()
    right, wrong = (search.find(text, "en", ("practice",), 500) for text in ("women ", "wemen "))
    assert wrong.respelt == ("wemen",)
    assert {hit.iri for hit in right.hits} <= {hit.iri for hit in wrong.hits}


def test_typing_ahead(search: Search) -> None:
    for end in range(len("gender s"), len("gender shades") + 1):
        assert search.find("gender shades"[:end]).hits[0].iri == SHADES
    totals = [search.find("discrimination"[:end], "en", ("provision",)).total for end in range(2, 15)]
    assert totals == sorted(totals, reverse=True)
    assert search.find("discriminat").total > 0
    assert search.find("discriminat").respelt == ()


@pytest.mark.parametrize(("typed", "title"), [("di", "Dignity at work"), ("e", "Equality at work")])
def test_a_beginning_that_is_a_word_elsewhere_finds_both_and_the_word_first(typed: str, title: str) -> None:
    entries = [
        Entry(record("practice", "p-begun"), "practice", ((title, "en"),)),
        Entry(record("practice", "p-word"), "practice", ((f"Il lavoro {typed} chi cura la casa", "it"),)),
        Entry(record("practice", "p-text"), "practice", (("Lanterns", "en"),), texts=(f"il diritto {typed} tutti",)),
        Entry(record("practice", "p-without"), "practice", (("Lanterns", "en"),)),
    ]
    found = Search.of_entries(entries).find(typed)
    assert [hit.iri.rpartition("-")[2] for hit in found.hits] == ["word", "begun", "text"]
    assert found.total == 3


def test_a_word_in_another_language_finds_what_is_described_in_english(search: Search) -> None:
    english, french, spanish = (
        {hit.iri for hit in search.find(text, language, ("practice",), 500).hits}
        for text, language in (("indigenous women ", "en"), ("femmes autochtones ", "fr"), ("mujeres indígenas ", "es"))
    )
    assert french & spanish
    assert french & spanish <= english


def test_the_page_language_decides_between_equals(search: Search) -> None:
    for language, text in (("fr", "handicap"), ("es", "discapacidad"), ("en", "disability")):
        best = search.find(text, language, ("concept",), 3).hits
        assert best[0].iri == concept("group", "disability"), language


def test_other_names_and_actors_weigh_less_than_titles() -> None:
    something = (("Something", "en"),)
    entries = [
        replace(Entry(record("practice", "p-others"), "practice", something), others=(("Lanterns", "en"),)),
        replace(Entry(record("practice", "p-actors"), "practice", something), actors=("Lanterns",)),
        replace(Entry(record("practice", "p-texts"), "practice", something), texts=("lanterns",)),
    ]
    entries.append(Entry(record("practice", "p-titles"), "practice", (("Lanterns and more", "en"),)))
    order = [hit.iri.rpartition("-")[2] for hit in Search.of_entries(entries).find("lantern and").hits]
    assert order == ["titles", "others", "actors", "texts"]


def test_words_in_a_row_and_words_that_must_not_occur(search: Search) -> None:
    loose, row = (search.find(text, "en", (), 500) for text in ("gender equality", '"gender equality"'))
    assert 0 < row.total < loose.total
    assert {hit.iri for hit in row.hits} < {hit.iri for hit in loose.hits}
    without = search.find("gender -equality", "en", (), 1000)
    both = search.find("gender ", "en", (), 1000)
    assert {hit.iri for hit in without.hits} == {hit.iri for hit in both.hits} - {
        hit.iri for hit in search.find("gender equality ", "en", (), 1000).hits
    }
    assert search.find("“gender equality”").total == search.find("« gender equality »").total == row.total


def test_small_words_are_not_needed(search: Search) -> None:
    assert search.find("league of the justice ").total == search.find("league justice ").total > 0
    assert search.find("of the ").total > 0


def test_nothing_found_says_what_would_be(search: Search) -> None:
    assert search.find("women zxqwvk").suggestions == ("women",)
    assert search.find('"league justice"').suggestions[0] == "league justice"
    for text in ("women zxqwvk", '"league justice"', "kwertzu algorithmic"):
        found = search.find(text)
        assert found.total == 0
        assert found.hits == ()
        assert found.suggestions, text
        for other in found.suggestions:
            assert search.find(other).total


def test_pages_follow_each_other(search: Search) -> None:
    whole = search.find("women", "en", (), 200)
    parts = [hit for start in range(0, 200, 7) for hit in search.find("women", "en", (), 7, start).hits]
    assert parts[:200] == list(whole.hits)
    assert len({hit.iri for hit in whole.hits}) == len(whole.hits) == min(200, whole.total)
    assert search.find("women", "en", (), 5, 100_000).hits == ()


def test_kinds(search: Search) -> None:
    every = search.find("women ", "en", (), 2000)
    by_kind = {kind: search.find("women ", "en", (kind,), 2000) for kind in KINDS}
    assert sum(found.total for found in by_kind.values()) == every.total == len(every.hits)
    assert all(hit.kind == kind for kind, found in by_kind.items() for hit in found.hits)
    two = search.find("women ", "en", ("actor", "provision"), 2000)
    assert two.total == by_kind["actor"].total + by_kind["provision"].total
    with pytest.raises(UnknownValue, match="Did you mean practice"):
        search.find("women", "en", ("practise",))
    for limit, offset in ((0, 0), (5, -1)):
        with pytest.raises(InputError, match="expected at least 1 and 0"):
            search.find("women", "en", (), limit, offset)


HOSTILE = (
    "",
    " ",
    '"',
    '""',
    '"""',
    "-",
    "--",
    '-""',
    '-"',
    "(((",
    ")",
    "title:women",
    "women AND (OR NOT",
    "[a TO b]",
    "{x}",
    "wom*n ?",
    "/.*/",
    "\\",
    "^5 ~2 !",
    "a:b:c",
    "\x00\x01\x1b[2J",
    "\ud800\udfff",
    "🏳️‍🌈 ♀",
    "女性",
    "नमस्ते",
    "المرأة",
    "ﬁ ﬂ ŉ ǆ",
    "e" + "\u0301" * 500,
    "women" * 2000,
    "women " * 2000,
    "-women " * 2000,
    '"women data" ' * 800,
    "a " * 5000,
    "w",
    "1",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "*:*",
    "İstanbul ß ſ",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kinds", [(), ("practice",), ("actor", "concept")])
def test_no_text_is_refused(search: Search, text: str, kinds: tuple[str, ...]) -> None:
    for language in (*LANGUAGES, "", "xx"):
        found = search.find(text, language, kinds)
        assert isinstance(found, Found)
        assert found.cut == (len(text) > MOST_LETTERS)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=60) | st.text("wome naité\"-'*~:()", max_size=40))
def test_any_text_is_read(text: str) -> None:
    small = Search.of_entries(SMALL) if not _KEPT else _KEPT[0]
    _KEPT[:] = [small]
    found = small.find(text)
    assert len(found.hits) == min(20, found.total)


SMALL = [
    Entry(concept("group", "women"), "concept", (("Women", "en"), ("Femmes", "fr"), ("Mujeres", "es"))),
    Entry(record("practice", "tea"), "practice", (("Tea for women", "en"),), texts=("Été à Dakar",)),
]
_KEPT: list[Search] = []


def test_long_texts_are_cut_and_that_is_said(search: Search) -> None:
    twelve = "women men data rights school health labour justice language culture science remedy"
    assert not search.find(twelve).cut
    assert search.find(f"{twelve} extra").cut
    assert read("x" * 9999).words[0].typed == "x" * 40


VOCABULARY = ("lamp", "lamps", "tree", "of", "the", "river", "rivière", "dato", "datos", "policy", "policies", "école")
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)


@st.composite
def worlds(draw: st.DrawFn) -> list[Entry]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    return [
        Entry(
            record("practice" if kind == "practice" else "actor", f"x-{n}"),
            kind if kind == "practice" else "actor",
            ((draw(TEXTS), "en"),),
            ((draw(TEXTS), "fr"),),
            (draw(TEXTS),),
            (draw(TEXTS),),
        )
        for n, kind in enumerate(kinds)
    ]


@settings(max_examples=examples(60), deadline=None)
@given(worlds(), st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3))
def test_what_is_found_is_what_a_loop_finds(entries: list[Entry], asked: list[str]) -> None:
    def held(*texts: str) -> set[str]:
        return {stem(word) for text in texts for word in words(text)}

    wanted = {stem(w) for word in asked for w in words(word) if w not in small_words()}
    wanted = wanted or held(*asked)
    everywhere, named = set(), set()
    for entry in entries:
        names = held(*(text for text, _ in (*entry.titles, *entry.others)), *entry.actors)
        if wanted <= names | held(*entry.texts):
            everywhere.add(entry.iri)
        if wanted <= names:
            named.add(entry.iri)
    known = set().union(*(held(*(t for t, _ in (*e.titles, *e.others)), *e.actors, *e.texts) for e in entries))
    found = Search.of_entries(entries).find(" ".join(asked) + " ", "en", (), 50)
    if wanted <= known:  # else a word of another spelling is taken
        assert found.total == len(everywhere)
        assert {hit.iri for hit in found.hits} == everywhere
        assert {hit.iri for hit in found.hits[: len(named)]} == named
        assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_what_is_protected_is_not_in(project: Project) -> None:
    store = LocalStore()
    store.load_text(_PROTECTED, "https://w3id.org/dgekg/graph/test")
    small = Search.of_store(store, project.queries)
    assert {hit.iri for hit in small.find("lantern").hits} == {record("practice", "open")}
    for text in ("hidden", "sheltered", "quiet"):
        assert small.find(text).total == 0, text
    assert small.find("old word").total == 0
    assert len(small) == 3


_PROTECTED = """
@prefix dgekg: <https://w3id.org/dgekg/ontology#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
<id/practice/open> a dgekg:Practice ; dct:title "Lantern"@en ; dgekg:exposure <scheme/exposure/open> ;
    dgekg:addressesGroup <scheme/group/everyone> ; prov:qualifiedAttribution <id/attribution/open-1> .
<id/attribution/open-1> prov:agent <id/actor/sheltered> .
<id/practice/hidden> a dgekg:Practice ; dct:title "Hidden lantern"@en ; dgekg:exposure <scheme/exposure/protected> .
<id/actor/sheltered> a dgekg:Actor ; foaf:name "Sheltered house"@en ; dgekg:exposure <scheme/exposure/protected> .
<id/actor/shown> a dgekg:Actor ; foaf:name "Shown house"@en .
<scheme/group/everyone> a skos:Concept ; skos:prefLabel "Quiet"@en , "Everyone"@en ; skos:topConceptOf <scheme/group> ;
    dgekg:exposure <scheme/exposure/protected> .
<scheme/group/some> a skos:Concept ; skos:prefLabel "Some"@en .
<scheme/group/old> a skos:Concept ; skos:prefLabel "Old word"@en ; owl:deprecated true .
"""


def test_a_claim_to_everything_is_no_word(real_observatory: Observatory) -> None:
    everyone = real_observatory.names.label(concept("group", "everyone"), "en")
    practices = real_observatory.search.find(f"{everyone} ", "en", ("practice",)).total
    assert practices < len(real_observatory.index.practices) / 2


STEMS = {
    "en": "policy policies, woman women, database databases, child children, process processes, bias biases, law laws",
    "fr": "femme femmes, national nationaux nationale nationales, enjeu enjeux, bureau bureaux, européen européenne",
    "es": "mujer mujeres, ley leyes, discriminación discriminaciones, capaz capaces, indígena indígenas, país países",
}


@pytest.mark.parametrize("language", STEMS)
def test_singular_and_plural_meet(language: str) -> None:
    for group in STEMS[language].split(", "):
        assert len({stem(word) for text in group.split() for word in words(text)}) == 1, group


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_stem_begins_its_word_or_nearly(text: str) -> None:
    for word in words(text):
        found = stem(word)
        assert found
        assert len(found) <= max(len(word), 5)
        assert stem(found) == found or len(found) < len(word)


def test_the_language_list_is_that_of_the_fields() -> None:
    assert set(STEMS) == set(LANGUAGES)
