"""Why empty: which condition emptied an answer, what is known of the place, and what is never told."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import AS_OF, Ran
from dgekg import explain, questions, why
from dgekg.coverage import Filter, State, View
from dgekg.errors import InputError, StoreError, ViewError
from dgekg.observatory import Observatory
from dgekg.questions import Answer
from dgekg.settings import Project, Settings
from dgekg.store.base import Table
from dgekg.typography import spaced
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app
from dgekg.why import Why, answers
from lengths import examples

S = "https://w3id.org/dgekg/scheme/"
ID = "https://w3id.org/dgekg/id/"
BROWSER = {"accept": "text/html,*/*;q=0.8"}
Run = Callable[..., Ran]
Given = Mapping[str, Sequence[str]]
TWO_COORDINATES = """#+ title: {{en: t, fr: t, es: t}}
#+ description: {{en: t, fr: t, es: t}}
{needs}#+ parameters:
#+   group: {{type: concept, scheme: group, label: {{en: Group, fr: Groupe, es: Grupo}}}}
#+   region: {{type: concept, scheme: region, label: {{en: Region, fr: Région, es: Región}}}}
#+   kind: {{type: concept, scheme: kind, label: {{en: Kind, fr: Type, es: Tipo}}}}
#+ columns:
#+   practice: {{en: Practice, fr: Pratique, es: Práctica}}
PREFIX dgekg: <https://w3id.org/dgekg/ontology#>
PREFIX dimension: <https://w3id.org/dgekg/dimension/>
SELECT DISTINCT ?practice WHERE {{
  VALUES ?group {{ UNDEF }}
  VALUES ?region {{ UNDEF }}
  VALUES ?kind {{ UNDEF }}
  ?practice a dgekg:{kind} ; dimension:group ?group ; dimension:region ?region ; dimension:kind ?kind .
}}
"""


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, Settings())
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


def asked(observatory: Observatory, slug: str, given: Given) -> Why:
    found = why.of_answer(observatory, observatory.ask(slug, given), given)
    assert found is not None
    return found


def made(observatory: Observatory, folder: Path, given: Given, needs: str = "", kind: str = "Practice") -> Answer:
    """Ask a question about practices by group, region and kind."""
    header = f"#+ needs: [{needs}]\n" if needs else ""
    file = folder / "made.rq"
    file.write_text(TWO_COORDINATES.format(needs=header, kind=kind), encoding="utf-8")
    question = questions.load(file)
    return questions.ask(observatory.store, question, observatory.terms(question, given), "en", AS_OF.isoformat())


def keys(found: Why) -> list[tuple[tuple[str, ...], int]]:
    return [(tuple(c.key for c in one.conditions), one.count) for one in found.without]


# ---- Questions


def test_one_condition_is_the_reason(world_observatory: Observatory) -> None:
    given = {"region": ["Oceania"], "outcome": ["upheld"]}
    found = asked(world_observatory, "remedy-cases", given)
    alone = len(world_observatory.ask("remedy-cases", {"outcome": ["upheld"]}).table)
    assert (found.reason, keys(found)) == ("conditions", [(("region",), alone)])
    assert alone == 1
    assert not world_observatory.ask("remedy-cases", {"region": ["Oceania"]}).table.rows
    assert found.cell is not None
    assert (found.cell.state, found.cell.statements) == (State.SEARCHED, (ID + "coverage/oceania",))
    said = explain.why_sentences(world_observatory, found, "en")
    assert said[0] == "Without “Region: Oceania” there would be 1 row."
    assert "Oceania: this collection found none" in said[1]
    assert said[-1].startswith("Search of 2026-01-30 for Oceania (Desk review of the test world; English and French)")


def test_each_alone_has_answers_and_together_they_have_none(world_observatory: Observatory) -> None:
    found = asked(world_observatory, "remedy-cases", {"region": ["Europe"], "outcome": ["pending"]})
    assert sorted(keys(found)) == [(("outcome",), 1), (("region",), 2)]
    said = explain.why_sentences(world_observatory, found, "en")
    assert said[0] == ("Each alone has an answer, together they have none: “Region: Europe”: 1; “Outcome: Pending”: 2.")
    assert not any(one.startswith("Without") for one in said)


def test_two_conditions_together_are_the_reason(world_observatory: Observatory) -> None:
    given = {"group": ["girls"], "effect": ["harm"], "lowest": ["4"]}
    found = asked(world_observatory, "what-failed-or-harmed", given)
    assert keys(found) == [
        (("group", "lowest"), len(world_observatory.ask("what-failed-or-harmed", {"effect": ["harm"]}).table))
    ]
    for alone in ("group", "effect", "lowest"):
        rest = {name: value for name, value in given.items() if name != alone}
        assert not world_observatory.ask("what-failed-or-harmed", rest).table.rows
    assert explain.why_sentences(world_observatory, found)[:2] == [
        "No single condition is the reason; it takes leaving out several.",
        "Without “Group of rights-holders: Girls” and “Lowest level of evidence: 4” there would be 2 rows.",
    ]


def test_what_a_question_needs_is_widened_instead(world_observatory: Observatory) -> None:
    found = asked(world_observatory, "practices-of-a-group", {"group": ["hijra"]})
    assert found.without == ()
    rows = len(world_observatory.ask("practices-of-a-group", {"group": ["lgbtiq-people"]}).table)
    assert [(b.value, b.count) for b in found.broader] == [(S + "group/lgbtiq-people", rows)]
    assert rows == 1


def test_nothing_even_without_any_condition(world_observatory: Observatory, tmp_path: Path) -> None:
    given = {"group": ["women"], "kind": ["audit"]}
    answer = made(world_observatory, tmp_path, given, kind="Event")
    found = why.of_answer(world_observatory, answer, given)
    assert found is not None
    assert (found.reason, found.without, found.broader) == ("nothing", (), ())
    said = {lang: explain.why_sentences(world_observatory, found, lang)[0] for lang in LANGUAGES}
    assert said["en"] == "Even without any condition there is nothing."
    assert len(set(said.values())) == 3


def test_what_the_data_does_not_hold_yet(world_observatory: Observatory, tmp_path: Path) -> None:
    given = {"group": ["hijra"]}
    answer = made(world_observatory, tmp_path, given, needs='"dgekg:AdvisoryGroup"')
    found = why.of_answer(world_observatory, answer, given)
    assert found is not None
    assert (found.reason, found.without) == ("not-yet", ())
    assert explain.why_sentences(world_observatory, found)[0] == "The data holds no advisory group yet."
    assert "Hijra: nobody has searched here" in explain.why_sentences(world_observatory, found)[1]


def test_a_remote_store_is_asked_what_it_holds(world_observatory: Observatory) -> None:
    one = world_observatory
    remote = Observatory(one.project, one.store, "https://example.org/sparql", AS_OF, {}, Settings())
    lessons = remote.questions.get("lessons")
    assert remote.missing(lessons) == []
    assert remote.missing(replace(lessons, needs=("dgekg:AdvisoryGroup",))) == [
        "https://w3id.org/dgekg/ontology#AdvisoryGroup"
    ]


def test_an_answer_with_rows_has_no_why(world_observatory: Observatory) -> None:
    given = {"group": ["women"]}
    answer = world_observatory.ask("practices-of-a-group", given)
    assert why.of_answer(world_observatory, answer, given) is None
    assert explain.answer_note(world_observatory, answer, None) == []


def test_what_could_not_be_tried_is_said(world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_QUERIES", 1)
    given = {"group": ["girls"], "effect": ["harm"], "lowest": ["4"]}
    found = asked(world_observatory, "what-failed-or-harmed", given)
    assert (found.tried_all, found.without) == (False, ())
    said = explain.why_sentences(world_observatory, found)
    assert "Not every way out was tried" in said[0]
    assert not any("nothing" in one.lower() and "broader" in one for one in said)


def test_tries_are_bounded_in_number_and_time(world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000))
    monkeypatch.setattr("dgekg.why.answers.time.monotonic", lambda: float(next(clock)))
    counted = []
    true = questions.ask
    monkeypatch.setattr(questions, "ask", lambda *a: counted.append(a) or true(*a))  # type: ignore[func-returns-value]
    given = {"group": ["girls"], "effect": ["harm"], "lowest": ["4"]}
    found = asked(world_observatory, "what-failed-or-harmed", given)
    assert len(counted) == 3  # the question itself, and two tries: each takes a second of this clock
    assert not found.tried_all


def test_a_store_that_fails_while_trying_takes_no_answer_away(world_observatory: Observatory) -> None:
    one = world_observatory
    given = {"group": ["hijra"]}
    answer = one.ask("practices-of-a-group", given)

    class Failing:
        def select(self, query: str) -> Table:
            if "practiceLabel" in query or "?practice" in query:
                raise StoreError("gone")
            return one.store.select(query)

    broken = Observatory(one.project, Failing(), "x", AS_OF, one.meta, Settings())  # type: ignore[arg-type]
    broken.__dict__.update(names=one.names, index=one.index, questions=one.questions)
    found = why.of_answer(broken, answer, given)
    assert found is not None
    assert (found.tried_all, found.broader) == (False, ())


# ---- Views


def test_the_filter_that_emptied_a_view(world_observatory: Observatory) -> None:
    view = View(("stage",), (Filter("approach", (S + "approach/empowerment",)), Filter("kind", (S + "kind/audit",))))
    found = why.of_view(world_observatory, view)
    assert found is not None
    assert all(
        world_observatory.coverage(why.remaining(view, w.conditions)).total == w.count > 0 for w in found.without
    )
    assert {key for key, _ in keys(found)} == {("approach",), ("kind",)}


def test_what_narrows_a_view_beside_its_filters(world_observatory: Observatory) -> None:
    index = world_observatory.index
    data = Filter("stage", (S + "stage/data",))
    everything = tuple(index.practices)
    excluded = why.of_view(world_observatory, View(("group",), (data,), exclude=everything))
    assert excluded is not None
    assert [key for key, _ in keys(excluded)] == [("exclude",)]
    governs = next(
        View(("group",), (Filter("stage", (iri,)),), relation="governs")
        for iri in sorted(index.concepts("stage"))
        if world_observatory.coverage(View(("group",), (Filter("stage", (iri,)),))).total
        and not world_observatory.coverage(View(("group",), (Filter("stage", (iri,)),), relation="governs")).total
    )
    related = why.of_view(world_observatory, governs)
    assert related is not None
    assert ("relation",) in {key for key, _ in keys(related)}
    assert "makes the stage possible" not in " ".join(explain.why_sentences(world_observatory, related))
    assert "governs the stage" in " ".join(explain.why_sentences(world_observatory, related))


def test_words_that_were_searched_for_are_a_condition(world_observatory: Observatory) -> None:
    index = world_observatory.index
    view = View(("stage",), (Filter("region", (S + "region/002",)),))
    some = world_observatory.coverage(view).total
    found = why.of_view(world_observatory, view, "nothing like it", index.none)
    assert found is not None
    assert keys(found) == [(("text",), some)]
    assert "Without the words “nothing like it” there would be" in explain.why_sentences(world_observatory, found)[0]
    assert why.of_view(world_observatory, view, "anything", index.everything) is None


def views(observatory: Observatory) -> st.SearchStrategy[View]:
    index = observatory.index
    names = ("stage", "group", "region", "kind", "lever", "right", "sector", "instrument", "approach", "participation")

    @st.composite
    def view(draw: st.DrawFn) -> View:
        filters = []
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)):
            values = draw(st.lists(st.sampled_from(sorted(index.concepts(name))), min_size=1, max_size=2))
            filters.append(Filter(name, tuple(values), draw(st.sampled_from((False, False, True)))))
        closed = draw(st.sampled_from((False, False, True)))
        filters += (
            [Filter("region", (S + "region/010",)), Filter("group", (S + "group/lesbian-women",))] if closed else []
        )
        exclude = draw(st.sampled_from(((), (), index.practices[:3])))
        return View(("stage",), tuple(filters), norm=draw(st.sampled_from(("concerns", "supports"))), exclude=exclude)

    return view()


@given(data=st.data())
@settings(max_examples=examples(250), deadline=None)
def test_removals_are_the_smallest_and_counted_rightly(world_observatory: Observatory, data: st.DataObject) -> None:
    view = data.draw(views(world_observatory))
    try:
        total = world_observatory.coverage(view).total
    except ViewError:
        return  # contradictory
    found = why.of_view(world_observatory, view)
    if total:
        assert found is None
        return
    assert found is not None
    if found.reason == "not-published":
        assert (found.without, found.broader, found.missing) == ((), (), ())
        assert explain.why_json(world_observatory, found).keys() == {"reason", "sentences"}
        return
    totals = {
        one.conditions: world_observatory.coverage(why.remaining(view, one.conditions)).total for one in found.without
    }
    assert totals == {one.conditions: one.count for one in found.without}
    assert all(totals.values())
    sizes = {len(one.conditions) for one in found.without}
    assert len(sizes) <= 1
    for single in found.conditions if sizes - {1} else ():
        assert not world_observatory.coverage(why.remaining(view, [single])).total
    for one in found.broader:
        assert one.value in world_observatory.index.within[one.condition.values[0]]
        other = why.with_value(view, one.condition, one.value)
        assert world_observatory.coverage(other).total == one.count > 0
    for language in LANGUAGES:
        assert all(explain.why_sentences(world_observatory, found, language))


# ---- What is never told


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_what_is_not_published_only_that_is_said(
    world_observatory: Observatory, tmp_path: Path, language: str
) -> None:
    given = {"group": ["lesbian women"], "region": ["Antarctica"], "kind": ["audit"]}
    answer = made(world_observatory, tmp_path, given)
    found = why.of_answer(world_observatory, answer, given)
    assert found is not None
    assert (found.reason, found.without, found.broader, found.missing) == ("not-published", (), (), ())
    said = explain.answer_note(world_observatory, answer, found, language)
    assert len(said) == 1
    assert answer.note not in said[0]
    assert not re.search(r"\d", said[0])
    document = explain.why_json(world_observatory, found, language)
    assert document == {"reason": "not-published", "sentences": said}


def test_beside_it_what_is_published_is_told(world_observatory: Observatory, tmp_path: Path) -> None:
    given = {"group": ["women"], "region": ["Antarctica"]}
    found = why.of_answer(world_observatory, made(world_observatory, tmp_path, given), given)
    assert found is not None
    assert [key for key, _ in keys(found)] == [("region",)]
    assert "Something narrower is not published" in " ".join(explain.why_sentences(world_observatory, found))


def test_of_a_closed_place_no_face_tells_more(client: TestClient) -> None:
    where = "where=region=010&where=group=lesbian-women"
    for path in ("/api/practices", "/api/coverage"):
        body = client.get(f"{path}?{'rows=stage&' if 'coverage' in path else ''}{where}&where=kind=audit").json()
        assert body["total"] == 0
        assert body["why"].keys() == {"reason", "sentences"}
        assert body["why"]["reason"] == "not-published"
        assert len(body["why"]["sentences"]) == 1
    for path in ("/practices?", "/coverage?rows=stage&", "/gaps?rows=stage&"):
        page = client.get(path + where, headers=BROWSER)
        assert page.status_code == 200
        empty = re.findall(r'class="empty".*?</(?:div|p)>', page.text, re.DOTALL)
        assert empty, path
        assert not re.search(r"there would be|\d+ (?:row|practice)", " ".join(empty))


# ---- Gaps


def test_why_no_gap_is_listed(world_observatory: Observatory) -> None:
    root = world_observatory.coverage(View(("stage",), depths=(("stage", 0),)))
    whole = why.of_gaps(world_observatory, root, world_observatory.gaps_of(root))
    assert whole is not None
    assert (whole.states, whole.others, whole.view) == ({}, 0, None)
    assert "one level deeper" in explain.no_gaps_sentences(world_observatory, whole)[0]
    grid = world_observatory.coverage(View(("stage",)))
    gaps = world_observatory.gaps_of(grid)
    assert why.of_gaps(world_observatory, grid, gaps) is None
    absent = next(k for k in ("reach", "practice", "remedy") if all(g.kind != k for g in gaps))
    other = why.of_gaps(world_observatory, grid, gaps, absent)
    assert other is not None
    assert other.others == len(gaps) > 0
    assert str(len(gaps)) in explain.no_gaps_sentences(world_observatory, other)[0]


def test_no_gap_under_a_lid_or_a_quality(world_observatory: Observatory) -> None:
    lid = View(("region",), (Filter("group", (S + "group/lesbian-women",)), Filter("region", (S + "region/010",))))
    grid = world_observatory.coverage(lid)
    found = why.of_gaps(world_observatory, grid, [])
    assert found is not None
    assert found.view is not None
    assert found.view.reason == "not-published"
    quality = View(("stage",), (Filter("approach", (S + "approach/empowerment",)),))
    grid = world_observatory.coverage(quality)
    none = why.of_gaps(world_observatory, grid, [])
    assert none is not None
    counted = [c for c in grid.cells.values() if c.concepts[0] not in ("", S + "stage/whole-lifecycle")]
    assert sum(none.states.values()) == len(counted)
    assert none.states["present-filtered-out"] == sum(c.state is State.FILTERED for c in counted) > 0
    said = explain.no_gaps_sentences(world_observatory, none)
    assert "nobody can search for a quality" in said[-1]


# ---- Faces


def test_on_the_command_line(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "ask", "remedy-cases", "region=Oceania", "outcome=upheld", "--format", "json")
    document = json.loads(ran.out)
    assert ran.code == 0
    assert document["rows"] == []
    assert [w["count"] for w in document["why"]["without"]] == [1]
    assert document["why"]["cell"]["state"] == "searched-none-found"
    assert document["note"] == ran.err.strip()
    told = dgekg(built, "ask", "remedy-cases", "region=Oceania", "outcome=upheld", "--lang", "fr").err
    assert spaced("Sans « Région : Océanie », il y aurait 1 ligne.", "fr") in told
    assert json.loads(dgekg(built, "ask", "remedy-cases", "--format", "json").out)["why"] is None
    ran = dgekg(built, "coverage", "--where", "region=Oceania", "--format", "json")
    assert json.loads(ran.out)["why"]["without"][0]["count"] == 12
    assert "Without “region: Oceania” there would be 12 practices." in ran.err
    ran = dgekg(built, "coverage", "--where", "region=Antarctica", "--where", "group=lesbian women", "--format", "csv")
    assert ran.err.count("nothing is published about this") == 1
    assert "there would be" not in ran.err
    ran = dgekg(built, "gaps", "--over", "stage", "--depth", "stage=0")
    assert "one level deeper" in ran.err
    assert "0 of 0 gaps." in ran.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "/practices?where=region=Oceania&where=kind=audit",
        "/practices?q=zzzz-no-such-word&where=region=Africa",
        "/coverage?rows=stage&where=region=Oceania",
        "/gaps?rows=stage&where=region=Oceania&where=approach=mainstreaming&kind=evidence",
        "/gaps?rows=stage&depth=stage%3D0",
        "/questions/remedy-cases?region=Oceania&outcome=upheld",
        "/questions/practices-of-a-group?group=hijra",
    ],
)
def test_an_empty_page_invites_to_a_way_out(client: TestClient, path: str, language: str) -> None:
    page = client.get(path, headers={**BROWSER, "accept-language": language})
    assert page.status_code == 200, page.text
    block = re.search(r'<div class="empty">(.*?)</div>', page.text, re.DOTALL)
    assert block, page.text
    ways = [html.unescape(x) for x in re.findall(r'<li><a href="([^"]+)">', block[1])]
    assert ways
    for way in ways:
        answer = client.get(way, headers=BROWSER)
        assert answer.status_code == 200
        assert '<div class="empty">' not in answer.text, way
    assert "/contribute" in block[1]


def test_programs_are_told_the_same(client: TestClient) -> None:
    body = client.get("/api/practices?where=region=Oceania&where=kind=audit").json()
    assert body["total"] == 0
    assert body["why"]["reason"] == "conditions"
    counts = {tuple(c["key"] for c in w["conditions"]): w["count"] for w in body["why"]["without"]}
    assert counts == {("region",): client.get("/api/practices?where=kind=audit").json()["total"]}
    assert body["why"]["cell"]["state"] == "searched-none-found"
    assert body["why"]["cell"]["searches"][0]["languages"] == ["en", "fr"]
    asked = client.get("/api/questions/remedy-cases?region=Oceania&lang=es").json()
    assert asked["why"]["without"][0]["conditions"][0]["words"] == "«Región: Oceanía»"
    assert client.get("/api/questions/remedy-cases").json()["why"] is None
    assert client.get("/api/gaps?rows=stage&depth=stage=0").json()["why"]["reason"] == "whole"
    assert client.get("/api/gaps?rows=stage").json()["why"] is None


def test_a_value_that_is_wrong_is_an_error_and_no_empty_answer(world_observatory: Observatory) -> None:
    with pytest.raises(InputError):
        world_observatory.ask("stale-evidence", {"months": ["²"]})
    with pytest.raises(InputError):
        world_observatory.ask("stale-evidence", {"months": ["1" * 19]})
