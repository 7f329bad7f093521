"""A cell explained: every state and mark in three languages, who searched, and what has become of it since."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from hand_made import Made
from random_worlds import AS_OF, BASE, DCT, D, S, derived

from conftest import Ran
from dgekg import explain
from dgekg.coverage import Filter, State, View
from dgekg.errors import InputError, ViewError
from dgekg.explain import Explanation
from dgekg.explain.listing import language_name
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.typography import spaced
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app

Run = Callable[..., Ran]
BROWSER = {"accept": "text/html,*/*;q=0.8"}

# view, place: state, marks, and what must be said in English, French and Spanish
CELLS = [
    (
        View(("stage", "group")),
        ("whole-lifecycle", "everyone"),
        "documented",
        ("effect-shown", "harm-or-mixed"),
        (
            "With evidence of level 2 or above:",
            "Avec des preuves de niveau 2 ou plus :",
            "Con evidencia de nivel 2 o superior:",
        ),
    ),
    (
        View(("stage", "group")),
        ("operation-monitoring", "women"),
        "documented",
        ("effect-shown",),
        (
            "An outcome improved with: Equality complaints D.",
            "Un résultat s'est amélioré avec : Plaintes pour l'égalité D.",
            "Un resultado mejoró con: Quejas por la igualdad D.",
        ),
    ),
    (
        View(("stage", "group")),
        ("deployment", "people-receiving-social-protection"),
        "documented",
        ("harm-or-mixed",),
        (
            "Harm or a mixed result is on record of: Welfare scorer rollout.",
            "Un préjudice ou un résultat mitigé est consigné pour : Déploiement de la notation de l'aide.",
            "Consta un daño o un resultado mixto de: Despliegue de la puntuación de ayudas.",
        ),
    ),
    (
        View(("stage", "group")),
        ("enabling-environment", "rural-girls"),
        "thin",
        (),
        (
            "The highest level of evidence here is 1.",
            "Le plus haut niveau de preuve y est 1.",
            "El nivel de evidencia más alto aquí es 1.",
        ),
    ),
    (
        View(("stage", "group")),
        ("verification-validation", "deaf-people"),
        "documented",
        ("stale",),
        (
            "The newest evidence was read on 2021-06-30.",
            "La preuve la plus récente a été lue le 2021-06-30.",
            "La evidencia más reciente se leyó el 2021-06-30.",
        ),
    ),
    (
        View(("stage",), (Filter("approach", (S + "approach/empowerment",)),)),
        ("deployment",),
        "present-filtered-out",
        (),
        (
            "Without the conditions on qualities there would be 3 practices.",
            "Sans les conditions sur des qualités, il y aurait 3 pratiques.",
            "Sin las condiciones sobre cualidades habría 3 prácticas.",
        ),
    ),
    (
        View(("stage", "kind")),
        ("retirement", "education-programme"),
        "not-applicable",
        (),
        (
            "Statement of 2026-01-30 for Retirement (stage), Education or training programme (kind) (Desk review of "
            "the test world; English and French): it does not apply. “Nobody teaches at the moment of switching off.”",
            "Constat du 2026-01-30 sur Retrait (étape), Programme d'éducation ou de formation (type) (Revue "
            "documentaire du monde d'essai ; anglais et français) : sans objet. « Nobody teaches at the moment of "
            "switching off. »",
            "Constancia del 2026-01-30 sobre Retirada (etapa), Programa de educación o formación (tipo) (Revisión "
            "documental del mundo de prueba; francés e inglés): no aplicable. «Nobody teaches at the moment of "
            "switching off.»",
        ),
    ),
    (
        View(("region",)),
        ("258",),
        "searched-none-found",
        (),
        (
            "Search of 2026-01-30 for Oceania (Desk review of the test world; English and French): none found. “No",
            "Recherche du 2026-01-30 sur Océanie (Revue documentaire du monde d'essai ; anglais et français) : rien",
            "Búsqueda del 2026-01-30 sobre Oceanía (Revisión documental del mundo de prueba; francés",
        ),
    ),
    (
        View(("stage", "region")),
        ("retirement", "002"),
        "not-searched",
        (),
        (
            "Part of it was searched (1 search), which does not speak for the whole.",
            "Une partie en a été cherchée (1 recherche), ce qui ne vaut pas pour l'ensemble.",
            "Se buscó en una parte (1 búsqueda), lo que no vale para el conjunto.",
        ),
    ),
]


def told(observatory: Observatory, view: View, place: tuple[str, ...], language: str = "en") -> Explanation:
    grid, cell = explain.cell_at(observatory, view, place)
    return explain.explain_cell(observatory, grid, cell, language)


@pytest.mark.parametrize(("view", "place", "state", "marks", "words"), CELLS)
def test_each_state_and_mark_in_three_languages(
    world_observatory: Observatory,
    view: View,
    place: tuple[str, ...],
    state: str,
    marks: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    for language, said in zip(LANGUAGES, words, strict=True):
        found = told(world_observatory, view, place, language)
        assert found.state == state
        assert {m for m, _ in found.marks} == set(marks)
        assert spaced(said, language) in " ".join(found.sentences)
        assert found.sentences[0].startswith(found.place)
        document = explain.cell_json(found)
        assert json.loads(json.dumps(document)) == document


def test_a_place_says_what_kind_of_thing_it_is(world_observatory: Observatory) -> None:
    filters = (
        Filter("approach", (S + "approach/empowerment",)),
        Filter("region", (S + "region/002", S + "region/019")),
        Filter("kind", (S + "kind/education-programme",), negated=True),
    )
    under = ("data", "women")
    view = View(("stage", "group"), filters)
    assert [told(world_observatory, view, under, one).place for one in LANGUAGES] == [
        "Data (stage), Women, Empowerment (approach), Africa or Americas, without Education or training programme "
        "(kind)",
        spaced(
            "Données (étape), Femmes, Autonomisation (approche), Afrique ou Amériques, sans Programme d'éducation "
            "ou de formation (type)",
            "fr",
        ),
        "Datos (etapa), Mujeres, Empoderamiento (enfoque), África o bien América, sin Programa de educación o "
        "formación (tipo)",
    ]
    whole = told(world_observatory, View(("stage",)), (S + "stage/whole-lifecycle",))
    assert whole.place == "Whole life cycle", "the whole needs no kind"


def test_the_practices_that_decide_are_listed(world_observatory: Observatory) -> None:
    found = told(world_observatory, View(("stage", "group")), ("deployment", "people-receiving-social-protection"))
    assert found.practices == {
        "documented": (BASE + "id/practice/welfare-impact-assessment", BASE + "id/practice/welfare-scorer-rollout"),
        "harm-or-mixed": (BASE + "id/practice/welfare-scorer-rollout",),
    }
    rung = told(
        world_observatory, View(("stage", "group"), rung=4), ("deployment", "people-receiving-social-protection")
    )
    assert (rung.state, "documented" in rung.practices) == ("thin", False)


def test_an_effect_is_for_this_group_only_where_a_group_is_asked(world_observatory: Observatory) -> None:
    by_group = told(world_observatory, View(("group",)), ("women",)).sentences[0]
    by_region = told(world_observatory, View(("region",)), ("Europe",)).sentences[0]
    filtered = told(world_observatory, View(("region",), (Filter("group", (S + "group/women",)),)), ("150",)).sentences[
        0
    ]
    assert "for this group" in by_group
    assert "for the people concerned" in by_region
    assert "for this group" in filtered


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_closed_place_only_that(world_observatory: Observatory, language: str) -> None:
    found = told(world_observatory, View(("group", "region")), ("lesbian-women", "010"), language)
    assert found.state == "not-published"
    assert len(found.sentences) == 1
    assert (dict(found.practices), found.searches, found.tongues, found.marks) == ({}, (), (), ())


# ---- By hand: what the small world has not


def observatory_of(made: Made, project: Project) -> Observatory:
    return Observatory(project, derived(made.triples), "made", AS_OF, {}, Settings())


def record(made: Made, name: str, day: str) -> None:
    made.triples.append((BASE + f"id/practice/{name}", DCT + "issued", '"' + day))


def test_a_search_overtaken_and_one_contradicted(project: Project) -> None:
    made = Made()
    made.practice("p", "data", "women")
    record(made, "p", "2026-02-01")
    made.search("early", "en", "2026-01-01", cellStage="stage/data", cellGroup="group/women")
    made.search("late", "sw", "2026-03-01", cellStage="stage/data")
    found = told(observatory_of(made, project), View(("stage", "group")), ("data", "women"))
    assert [(s.iri.rsplit("/", 1)[-1], s.role, s.found) for s in found.searches] == [
        ("early", "superseded", (BASE + "id/practice/p",)),
        ("late", "contradicted", (BASE + "id/practice/p",)),
    ]
    early, late = (s.sentence for s in found.searches)
    assert early == "Search of 2026-01-01 for data (stage), women (early; English) had found none; found since: p."
    assert "although this was on record by then: p. The two contradict each other." in late
    assert {early, late} <= set(found.sentences)


def test_a_claim_to_everything_contradicts_no_search(project: Project) -> None:
    made = Made()
    made.practice("charter", "all", "all")
    record(made, "charter", "2020-01-01")
    made.search("all", "en", "2026-01-01")
    found = told(observatory_of(made, project), View(("stage", "group")), ("all", "all"))
    assert [s.role for s in found.searches] == ["superseded"]


def test_from_afar_names_the_languages(project: Project) -> None:
    made = Made()
    made.speaks("404", "sw")
    made.speaks("404", "en")
    made.search("kenya", "fr-CA", "2020-01-01", cellRegion="region/404")
    one = observatory_of(made, project)
    found = told(one, View(("region",)), ("404",))
    assert {m for m, _ in found.marks} == {"from-afar", "stale"}
    assert found.tongues == ("en", "sw")
    assert found.sentences[-2:] == (
        "None of the searches was made in a language of the place (English and Swahili); those who searched read "
        "French.",
        "The newest search is of 2020-01-01.",
    )
    french = told(one, View(("region",)), ("404",), "fr").sentences[-2]
    assert "anglais et swahili" in french
    assert "français." in french


def test_from_afar_in_no_known_language(project: Project) -> None:
    made = Made()
    made.speaks("404", "sw")
    made.search("kenya", cellRegion="region/404")
    found = told(observatory_of(made, project), View(("region",)), ("404",))
    assert found.sentences[-1].endswith("in which language they were made is not on record.")


def test_a_whole_of_which_a_part_was_seen_from_afar(project: Project) -> None:
    made = Made()
    made.speaks("404", "sw")
    made.speaks("150", "fr")
    made.search("kenya", "en", cellRegion="region/404")
    made.search("europe", "fr", cellRegion="region/150")
    found = told(observatory_of(made, project), View(("region",)), ("001",))
    assert [s.role for s in found.searches] == ["decides", "decides"]
    assert [s.where for s in found.searches] == ["150", "404"]
    assert found.sentences[-1].startswith("Some part of it was searched only in languages that are not the official")


def test_at_most_three_searches_of_parts_and_how_many_there_are(project: Project) -> None:
    made = Made()
    for n in range(5):
        made.search(f"s{n}", "en", f"2026-01-0{n + 1}", cellRegion="region/404", cellGroup="group/women")
    found = told(observatory_of(made, project), View(("region",)), ("002",))
    assert [(s.role, s.date) for s in found.searches] == [("part", f"2026-01-0{n}") for n in (5, 4, 3)]
    assert "Part of it was searched (5 searches)" in found.sentences[1]


def test_a_search_of_a_closed_place_is_not_told_of_a_broader_one(project: Project) -> None:
    made = Made()
    made.speaks("404", "sw")
    made.search("closed", "en", cellRegion="region/404", cellGroup="group/roma-women")
    made.search("open", "en", cellRegion="region/404", cellGroup="group/girls")
    context = BASE + "id/exposure-context/x"
    made.triples += [
        (context, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", D + "ExposureContext"),
        (context, D + "inRegion", S + "region/404"),
        (context, D + "criminalises", S + "group/roma"),
    ]
    one = observatory_of(made, project)
    closed = told(one, View(("region", "group")), ("404", "roma-women"))
    assert (closed.state, closed.tongues, closed.searches) == ("not-published", (), ())
    broader = told(one, View(("region", "group")), ("002", "all"))
    assert [s.iri.rsplit("/", 1)[-1] for s in broader.searches] == ["open"]
    assert "1 search" in " ".join(broader.sentences)
    assert "closed" not in json.dumps(explain.cell_json(broader))


def test_more_names_than_a_sentence_holds_are_counted(project: Project) -> None:
    made = Made()
    for n in range(7):
        made.practice(f"p{n}", "data", "women")
    found = told(observatory_of(made, project), View(("stage",)), ("data",))
    assert "p0, p1, p2, p3 and 3 more." in found.sentences[1]
    assert len(found.practices["documented"]) == 7


def test_languages_without_a_name_keep_their_code() -> None:
    assert [language_name(code, "en") for code in ("sw", "zxx-not", "q", "")] == [
        "Swahili",
        "No linguistic content",
        "q",
        "",
    ]


# ---- Where a cell is named


def test_a_place_is_named_by_words_codes_or_one_text(world_observatory: Observatory) -> None:
    view = View(("stage", "group"))
    cells = {explain.cell_at(world_observatory, view, text)[1].concepts for text in (["data", "Women"], ["Data,women"])}
    assert cells == {(S + "stage/data", S + "group/women")}
    deeper = View(("group",), depths=(("group", 0),), empty=False)
    assert explain.cell_at(world_observatory, deeper, ["hijra"])[1].state is State.NOT_SEARCHED
    assert explain.cell_at(world_observatory, View(("sector",)), ["-"])[1].concepts == ("",)


@pytest.mark.parametrize(
    ("view", "texts", "says"),
    [
        (View(("stage", "group")), ["data"], "found 1 values for 2 dimensions"),
        (View(("stage", "group")), ["data", ""], "found 1 values"),
        (View(("stage",)), ["dta"], "Did you mean data"),
        (View(("stage",)), ["-"], "no practice leaves stage unstated"),
        (View(("region",)), ["western-sahara"], "only where a practice names it"),
        (View(("region",)), [S + "group/women"], "known as group"),
    ],
)
def test_a_place_that_is_none(world_observatory: Observatory, view: View, texts: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        explain.cell_at(world_observatory, view, texts)
    assert issubclass(ViewError, InputError)


# ---- Faces


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: world_observatory, Settings()), follow_redirects=False) as found:
        yield found


def test_on_the_command_line(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "coverage", "--cols", "group", "--at", "Operation and monitoring, women")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0].startswith("Operation and monitoring (stage), Women: 1 practice")
    assert "An outcome improved with: Equality complaints D." in ran.out
    document = json.loads(dgekg(built, "coverage", "--rows", "region", "--at", "258", "--format", "json").out)
    assert document["cell"]["searches"][0]["iri"] == BASE + "id/coverage/oceania"
    assert [row["state"] for row in document["rows"]] == ["searched-none-found"]
    rows = dgekg(built, "coverage", "--rows", "region", "--at", "258", "--format", "csv").out.splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("region_iri,region_code,region_label,state,marks,practices")
    for arguments, says in ((("--at", "dta"), "Did you mean data"), (("--at", "data,women"), "Did you mean data")):
        ran = dgekg(built, "coverage", *arguments)
        assert ran.code == 2
        assert says in ran.err
    both = dgekg(built, "coverage", "--at", "data", "--intersections")
    assert both.code == 2
    assert "--at explains one cell" in both.err


def test_for_programs_and_on_the_page(client: TestClient) -> None:
    body = client.get("/api/coverage/cell?rows=region&at=258&lang=fr").json()
    assert body["cell"]["state_words"] == "cherché, rien trouvé"
    assert body["cell"]["sentences"][1].startswith("Recherche du 2026-01-30 sur Océanie")
    assert client.get("/api/coverage/cell?rows=region&at=258&format=csv").text.count("\n") == 2
    page = client.get("/coverage/cell?rows=region&at=258", headers={**BROWSER, "accept-language": "fr"}).text
    assert "Recherche du 2026-01-30 sur Océanie" in page
    assert page.count("Recherche du 2026-01-30") == 1
    assert 'href="/id/coverage/oceania"' in page
    assert re.search(r'href="/api/coverage/cell\?[^"]*format=json"', page)
    closed = client.get("/coverage/cell?rows=group&cols=region&at=lesbian-women&at=010", headers=BROWSER)
    assert "Search of" not in closed.text
    assert "/api/coverage/cell" in client.get("/openapi.json").json()["paths"]
