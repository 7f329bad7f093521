"""Linked data over the small world: every address answers, all representations agree, profiles, what is gone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from fastapi.testclient import TestClient

from dgekg import context, formats, identifiers
from dgekg.context import made
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.vocabulary import BASE, PREFIXES
from dgekg.web.app import create_app
from dgekg.web.linked import shapeset

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader uses it

TURTLE = {"accept": "text/turtle"}
# One of each kind of thing, with what is odd about it.
THINGS = (
    "/id/practice/bias-audit-b",
    "/id/practice/welfare-scorer-rollout",
    "/id/evidence/bias-audit-b-1",
    "/id/attribution/bias-audit-b-1",
    "/id/support/bias-audit-b-1",
    "/id/provision/equality-convention-1",
    "/id/instrument/equality-convention",
    "/id/actor/ministry-c",
    "/id/collection/world-desk",
    "/id/search/world-desk-1",
    "/id/change/2026-2",
    "/scheme/group/women",
    "/scheme/region-grouping/african-union-2017",
    "/scheme/evidence-level",
    "/ontology",
    "/ontology/Practice",
    "/ontology/actsAtStage",
    "/shapes/EvidenceShape",
    "/shapes/Evidence-source",
    "/shapes/people-group",
    "/questions",
    "/questions/practices-of-a-group",
    "/dimension/stage",
    "/dimension/direct-stage-acts",
    "/graph/practices/bias-audit-b",
    "/graph/changes",
    "/graph/derived",
    "/version/test",
    "/profile/card",
)
PROFILES = ("full", "card", "labels", "alt")
WITHDRAWN = {BASE + "id/practice/withdrawn-1"}  # of which the ledger alone still speaks


def get(client: TestClient, path: str, suffix: str = "", **query: str) -> Any:
    answer = client.get(f"{path}.{suffix}" if suffix else path, params=query or None)
    assert answer.status_code == 200, f"{path} {suffix} {query}: {answer.status_code} {answer.text[:500]}"
    return answer


def links(answer: Any) -> list[tuple[str, dict[str, str]]]:
    found = re.findall(r'<([^>]*)>((?:; [a-z-]+="[^"]*")+)', answer.headers["link"])
    return [(address, dict(re.findall(r'([a-z-]+)="([^"]*)"', rest))) for address, rest in found]


def related(answer: Any, relation: str) -> list[str]:
    return [address for address, rest in links(answer) if rest["rel"] == relation]


def canonical(text: str, kind: formats.Format) -> set[str]:
    """Return triples as text, with blank nodes named by what is said of them."""
    held = ox.Dataset(ox.parse(text, format=kind.rdf))
    held.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in held}


def expanded(body: dict[str, Any], ours: dict[str, Any]) -> set[str]:
    """Return what JSON says by our context, as rdflib reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph = rdflib.Graph().parse(data=json.dumps({**ours, **body}), format="json-ld")
    return canonical(graph.serialize(format="nt"), formats.NTRIPLES)


def everything_of_ours(observatory: Observatory) -> set[str]:
    """Return every IRI below our base that stands anywhere in the public store."""
    found: set[str] = set()
    for row in observatory.store.rows(
        "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }",
    ):
        found.update(term.value for term in row if isinstance(term, ox.NamedNode) and term.value.startswith(BASE))
    return found


def elsewhere(observatory: Observatory) -> set[str]:
    """Return what the vocabulary gives as examples: records of the real data, which the small world has not."""
    rows = observatory.store.rows("SELECT ?o WHERE { ?s <http://purl.org/vocab/vann/example> ?o }")
    return {row[0].value for row in rows if row[0] is not None}


def dereferenced(client: TestClient, path: str) -> int:
    answer = client.get(path, headers=TURTLE)
    while answer.status_code in (301, 303):
        answer = client.get(answer.headers["location"], headers=TURTLE)
    return int(answer.status_code)


def test_every_address_in_the_store_answers(client: TestClient, world_observatory: Observatory) -> None:
    known = everything_of_ours(world_observatory)
    described = set(world_observatory.names.known)
    missing = elsewhere(world_observatory) - described
    assert len(known) > 1000
    assert len(missing) < 20
    wrong, families = {}, dict.fromkeys(("id", "scheme", "graph", "dimension", "ontology"), 0)
    paths: set[str] = set()
    for iri in sorted(known - missing):
        path = urlsplit(iri).path.removeprefix("/dgekg")
        if path not in paths:
            paths.add(path)
            family = path.split("/")[1]
            families[family] += 1
            few = families[family] % 20 == 1  # the rest goes straight to the document, for time
            status = dereferenced(client, path if few or path.startswith("/ontology") else f"{path}.ttl")
            if status != (410 if iri in WITHDRAWN else 200):
                wrong[iri] = status
    assert not wrong
    assert all(families.values())


def test_addresses_of_the_real_data_answer(real_observatory: Observatory) -> None:
    known = sorted(everything_of_ours(real_observatory))
    assert not elsewhere(real_observatory) - real_observatory.names.known - set(known)
    with TestClient(create_app(lambda: real_observatory, Settings()), follow_redirects=False) as client:
        sample = {urlsplit(iri).path.removeprefix("/dgekg") for iri in known[:: len(known) // 150]}
        wrong = {path: status for path in sorted(sample) if (status := dereferenced(client, path)) != 200}
    assert len(sample) > 100
    assert not wrong


def test_a_term_is_described_at_the_address_without_its_fragment(
    client: TestClient, world_observatory: Observatory
) -> None:
    for home, prefix in (("/ontology", "ontology#"), ("/shapes", "shapes#")):
        triples = list(ox.parse(get(client, home, "nt").content, format=ox.RdfFormat.N_TRIPLES))
        subjects = {t.subject.value for t in triples}
        terms = {i for i in everything_of_ours(world_observatory) if i.startswith(BASE + prefix)}
        terms |= {BASE + prefix + "EvidenceShape"} if home == "/shapes" else set()
        assert terms
        assert not terms - subjects


@pytest.mark.parametrize("path", THINGS)
@pytest.mark.parametrize("profile", PROFILES)
def test_all_representations_say_the_same(client: TestClient, path: str, profile: str) -> None:
    expected = canonical(get(client, path, "nt", _profile=profile).text, formats.NTRIPLES)
    assert len(expected) > 3
    for form in (formats.TURTLE, formats.RDFXML):
        assert canonical(get(client, path, form.suffix, _profile=profile).text, form) == expected, form.suffix
    body = get(client, path, "jsonld", _profile=profile).json()
    assert body.pop("@context") == identifiers.context(3)
    assert body == get(client, path, "json", _profile=profile).json()
    assert expanded(body, json.loads(get(client, "/context/3", "jsonld").content)) == expected
    if not path.startswith("/questions") or profile != "full":
        assert "<h1" in get(client, path, "html", _profile=profile).text


@pytest.mark.parametrize("path", ["/id/practice/bias-audit-b", "/shapes", "/ontology", "/scheme/group/everyone"])
def test_the_same_bytes_again(world_observatory: Observatory, path: str) -> None:
    bodies = []
    for _ in range(2):
        shapeset._read.cache_clear()  # as another process would begin
        with TestClient(create_app(lambda: world_observatory, Settings())) as client:
            bodies.append([get(client, path, f.suffix).content for f in formats.RECORDS if f is not formats.HTML])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("path", THINGS)
def test_words_for_all_that_is_mentioned(client: TestClient, world_observatory: Observatory, path: str) -> None:
    graph = rdflib.Graph().parse(data=get(client, path, "nt").text, format="nt")
    mentioned = {str(t) for triple in graph for t in triple if isinstance(t, rdflib.URIRef)}
    for iri in mentioned:
        for language, text in world_observatory.names.labels(iri).items():
            given = graph.objects(rdflib.URIRef(iri), rdflib.RDFS.label)
            said = {str(o) for o in given if isinstance(o, rdflib.Literal) and (o.language or "") == language}
            assert said, f"{iri} has no words in {language}"
            assert text in said or len(said) == 1
    labels = rdflib.Graph().parse(data=get(client, path, "nt", _profile="labels").text, format="nt")
    assert set(graph.triples((None, rdflib.RDFS.label, None))) == set(labels.triples((None, rdflib.RDFS.label, None)))


def test_the_shape_of_a_record(client: TestClient) -> None:
    body = get(client, "/id/practice/bias-audit-b", "json").json()
    assert list(body)[:3] == ["id", "type", "label"]
    assert list(body)[-3:] == ["inverse", "document", "terms"]
    assert body["type"] == ["Practice"]
    assert set(body["title"]) >= {"en"}
    assert isinstance(body["title"]["en"], str)
    for name in ("addressesGroup", "inRegion", "practiceType", "lever", "identifier", "foundInRound"):
        assert isinstance(body.get(name, []), list), name
    assert set(body["approach"]) == {"id", "label"}
    assert set(body["approach"]["label"]) == {"en", "fr", "es"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", body["issued"])
    assert body["rung"] in ([0], [1], [2], [3], [4])
    assert body["hasEvidence"][0]["type"] == ["Evidence"]
    assert body["hasEvidence"][0]["evidenceLevel"]["label"]["en"]
    assert body["qualifiedAttribution"][0]["agent"]["label"]["en"]
    assert body["supportAssertion"][0]["supportedNorm"]["label"]["en"]
    assert body["document"]["license"]["id"] == "https://creativecommons.org/licenses/by/4.0/"
    assert body["document"]["version"] == "test"
    assert body["document"]["asOf"] == "2026-11-21"
    assert all(set(term) == {"id", "label"} for term in body["terms"])


def within(part: Any, whole: Any) -> bool:
    """Whether JSON says no more than other JSON, in the same shape."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and within(v, whole[k]) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(within(one, other) for other in whole) for one in part)
    return bool(part == whole)


def test_the_example_in_the_documents(project: Project, real_observatory: Observatory) -> None:
    text = (project.root / "docs" / "linked-data.md").read_text("utf-8")
    found = re.findall(r"<!-- example: (\S+) -->\n```json\n(.*?)```", text, re.DOTALL)
    assert found
    with TestClient(create_app(lambda: real_observatory, Settings())) as client:
        for path, example in found:
            assert within(json.loads(example), client.get(path).json()), path
    assert not within({"a": ["x"]}, {"a": "x"})


def test_a_concept_names_the_list_of_its_practices(client: TestClient) -> None:
    for path in ("/scheme/stage/data", "/id/instrument/equality-convention"):
        listed = get(client, path, "json").json()["document"]["seeAlso"][0]["id"]
        assert client.get(listed.removeprefix(BASE.rstrip("/"))).status_code == 200
    assert "seeAlso" not in get(client, "/id/actor/ministry-c", "json").json()["document"]


def test_a_concept_without_practices_says_whether_anybody_looked(client: TestClient) -> None:
    for path, said in (
        ("/scheme/region/258.html", "French Polynesia: this collection found none; 1 recorded search looked."),
        ("/scheme/region/150.html", "nobody has searched here for this collection"),
    ):
        page = client.get(path).text
        assert said in page
        assert "That may mean that nobody looked" not in page.partition("<h2")[0]


def test_links_of_a_document(client: TestClient) -> None:
    answer = get(client, "/id/practice/bias-audit-b", "json")
    iri = BASE + "id/practice/bias-audit-b"
    assert related(answer, "canonical") == related(answer, "cite-as") == [iri]
    assert related(answer, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert related(answer, "type") == [identifiers.term("Practice")]
    assert related(answer, "collection") == ["/practices"]
    assert related(answer, "profile") == [identifiers.profile("full")]
    assert {"/shapes/PracticeShape", "/ontology", "/context/3.jsonld"} <= set(related(answer, "describedby"))
    assert related(answer, "http://www.w3.org/ns/json-ld#context") == ["/context/3.jsonld"]
    for address, rest in links(answer):
        if rest["rel"] in ("alternate", "describedby", "collection"):
            found = client.get(address, follow_redirects=True)
            assert found.status_code == 200, address
            if "type" in rest:
                assert found.headers["content-type"].split(";")[0] == rest["type"]
            if rest["rel"] == "alternate":
                assert found.headers["content-profile"] == f"<{rest['profile']}>"
    assert related(get(client, "/scheme/stage/data", "ttl"), "collection") == ["/scheme/stage"]
    assert related(get(client, "/ontology/lever", "ttl"), "canonical") == [identifiers.term("lever")]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("<https://w3id.org/dgekg/profile/card>", "card"),
        ("<https://w3id.org/dgekg/profile/card>; q=0.4, <https://w3id.org/dgekg/profile/labels>", "labels"),
        ("<https://example.org/other>, <https://w3id.org/dgekg/profile/card>;q=0.1", "card"),
        ("card", "card"),
        ("labels, card;q=0.9", "labels"),
    ],
)
def test_profile_by_header(client: TestClient, asked: str, given: str) -> None:
    first = client.get("/id/practice/bias-audit-b", headers={**TURTLE, "accept-profile": asked})
    assert first.status_code == 303
    assert first.headers["location"] == f"/id/practice/bias-audit-b.ttl?_profile={given}"
    assert "Accept-Profile" in first.headers["vary"]
    again = client.get("/id/practice/bias-audit-b.ttl", headers={"accept-profile": asked})
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    document = client.get(first.headers["location"])
    assert document.headers["content-profile"] == f"<{identifiers.profile(given)}>"
    assert related(document, "profile") == [identifiers.profile(given)]


def test_full_needs_no_detour(client: TestClient) -> None:
    full = {"accept-profile": f"<{identifiers.profile('full')}>"}
    assert client.get("/id/practice/bias-audit-b.ttl", headers=full).status_code == 200


@pytest.mark.parametrize(
    "given", [{"params": {"_profile": "crad"}}, {"headers": {"accept-profile": "<https://example.org/x>"}}]
)
def test_unknown_profile_names_the_known(client: TestClient, given: dict[str, Any]) -> None:
    for path in ("/id/practice/bias-audit-b", "/id/practice/bias-audit-b.ttl", "/scheme/stage.json"):
        answer = client.get(path, **given)
        assert answer.status_code == 406
        for name in PROFILES:
            assert name in answer.text
    bad = client.get("/ontology", headers={"accept-profile": "<https://w3id.org/dgekg/profile/card>;q=much"})
    assert bad.status_code == 400


def test_the_list_of_alternatives_is_true(client: TestClient) -> None:
    body = get(client, "/id/actor/ministry-c", "json", _profile="alt").json()
    rows = body["altr:hasRepresentation"]
    assert len(rows) == len(PROFILES) * len(formats.RECORDS)
    for row in rows:
        address = urlsplit(row["id"])
        answer = client.get(f"{address.path.removeprefix('/dgekg')}?{address.query}".rstrip("?"))
        assert answer.status_code == 200, row["id"]
        assert answer.headers["content-type"].split(";")[0] == row["dct:format"][0]
        assert answer.headers["content-profile"] == f"<{row['conformsTo'][0]['id']}>"


def test_media_type_by_parameter(client: TestClient) -> None:
    answer = client.get("/id/practice/bias-audit-b?_mediatype=application/n-triples&_profile=card&lang=fr")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/id/practice/bias-audit-b.nt?lang=fr&_profile=card"


def test_card_speaks_as_catalogues_do(client: TestClient) -> None:
    graph = rdflib.Graph().parse(data=get(client, "/id/practice/bias-audit-b", "ttl", _profile="card").text)
    this = rdflib.URIRef(BASE + "id/practice/bias-audit-b")
    schema = rdflib.Namespace(PREFIXES["schema"])
    dcat = rdflib.Namespace(PREFIXES["dcat"])
    assert {dcat.Resource, schema.CreativeWork} <= set(graph.objects(this, rdflib.RDF.type))
    assert set(graph.objects(this, schema.name)) == set(graph.objects(this, rdflib.DCTERMS.title))
    assert list(graph.objects(this, schema.creator))
    assert list(graph.objects(this, schema.citation))
    assert list(graph.objects(this, schema.license)) == [rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")]
    assert not [p for p in graph.predicates(this) if str(p).startswith(BASE)]


def walked(client: TestClient, path: str, name: str) -> tuple[int, list[str]]:
    """Return the total and all subjects of one list of what points at a thing, page by page."""
    body = get(client, path, "json").json()
    total, found = 0, [one["id"] for one in body.get("inverse", {}).get(name, [])]
    assert len(found) <= 100
    while True:
        mine = [c for c in body["document"]["collection"] if c["property"]["id"].endswith(name)]
        total = mine[0]["totalItems"]
        following = mine[0].get("view", {}).get("next", {}).get("id", "")
        if not following:
            return total, found
        address = urlsplit(following)
        answer = client.get(
            f"{address.path.removeprefix('/dgekg')}?{address.query}", headers={"accept": "application/json"}
        )
        assert answer.status_code == 303
        body = client.get(answer.headers["location"]).json()
        page = [one["id"] for one in body["inverse"][name]]
        assert 0 < len(page) <= 100
        found += page


def test_what_points_here_is_bounded_and_whole(client: TestClient, world_observatory: Observatory) -> None:
    for path, name, term in (
        ("/scheme/label-status/drafted", "labelReviewStatus", identifiers.term("labelReviewStatus")),
        ("/scheme/stage/data", "actsAtStage", identifiers.term("actsAtStage")),
    ):
        rows = world_observatory.store.rows(f"SELECT DISTINCT ?s WHERE {{ ?s <{term}> <{identifiers.of_path(path)}> }}")
        expected = {row[0].value for row in rows if row[0] is not None}
        total, found = walked(client, path, name)
        itself = {identifiers.of_path(path)} & expected  # said as its own property
        assert total == len(expected)
        assert [*sorted(expected - itself)] == found
    assert total < 100 < walked(client, "/scheme/label-status/drafted", "labelReviewStatus")[0]
    page = client.get("/scheme/label-status/drafted.html?inverse=dgekg:labelReviewStatus&after=x").text
    assert "<h1" in page
    assert client.get("/scheme/stage/data.ttl?inverse=dgekg:nothing").status_code == 404


def test_context_is_what_ontology_and_shapes_give(project: Project) -> None:
    newest = context.newest(project)
    file = context.folder(project) / f"{newest.number}.jsonld"
    assert file.read_bytes() == made.generate(project), "ontology or shapes changed: python -m dgekg.context --write ."


def test_a_changed_ontology_makes_the_next_context(sandbox: Project, capsys: pytest.CaptureFixture[str]) -> None:
    last = context.newest(sandbox).number
    before = (context.folder(sandbox) / f"{last}.jsonld").read_bytes()
    path = sandbox.ontology / "dgekg.ttl"
    path.write_text(path.read_text("utf-8") + "\ndgekg:newLink a owl:ObjectProperty .\n", "utf-8")
    assert made.main([str(sandbox.root)]) == 1
    assert context.numbers(sandbox)[-1] == last
    assert made.main(["--write", str(sandbox.root)]) == 0
    assert context.numbers(sandbox)[-2:] == [last, last + 1]
    assert (context.folder(sandbox) / f"{last}.jsonld").read_bytes() == before
    assert context.newest(sandbox).properties[identifiers.term("newLink")].many
    assert made.main([str(sandbox.root)]) == 0
    assert made.main([]) == 2
    assert made.main([str(Path("/nowhere"))]) == 2
    assert "expected ontology/dgekg.ttl" in capsys.readouterr().err


def test_context_is_served_for_ever(client: TestClient, project: Project) -> None:
    first = client.get("/context/1")
    assert (first.status_code, first.headers["location"]) == (303, "/context/1.jsonld")
    answer = client.get("/context/1.jsonld", headers={"origin": "https://example.org"})
    assert answer.content == (context.folder(project) / "1.jsonld").read_bytes()
    assert answer.headers["content-type"] == "application/ld+json"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    for missing in ("/context/99.jsonld", "/context/x", "/context/../1.jsonld", "/context/01.jsonld"):
        assert client.get(missing).status_code == 404


def test_a_question_is_a_document_too(client: TestClient, world_observatory: Observatory) -> None:
    graph = rdflib.Graph().parse(data=get(client, "/questions/practices-of-a-group", "ttl").text)
    this = rdflib.URIRef(identifiers.question("practices-of-a-group"))
    question = world_observatory.questions.get("practices-of-a-group")
    sh = rdflib.Namespace(PREFIXES["sh"])
    assert sh.SPARQLExecutable in set(graph.objects(this, rdflib.RDF.type))
    assert [str(o) for o in graph.objects(this, sh.select)] == [question.body]
    assert len(set(graph.objects(this, sh.parameter))) == len(question.parameters) > 0
    columns = set(graph.objects(this, rdflib.URIRef("http://www.w3.org/ns/csvw#column")))
    assert len(columns) == len(question.columns)
    page = client.get("/questions/practices-of-a-group", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert related(page, "canonical") == [str(this)]
    assert "/questions/practices-of-a-group.jsonld" in related(page, "alternate")
    assert client.get("/questions/practices-of-a-group.html").headers["location"] == "/questions/practices-of-a-group"
    assert client.get("/questions/practices-of-a-grop.ttl").status_code == 404


def test_a_version_says_what_it_is_made_of(built: Project) -> None:
    observatory = open_observatory(Settings(root=built.root))
    with TestClient(create_app(lambda: observatory, Settings())) as client:
        body = get(client, f"/version/{observatory.version}", "json").json()
        assert body["dcat:version" if "dcat:version" in body else "version"] == observatory.version
        assert body["void:triples"] == [observatory.meta["quads"]]
        classes = {c["void:class"][0]["id"]: c["void:entities"][0] for c in body["void:classPartition"]}
        assert classes[identifiers.term("Practice")] == observatory.meta["classes"]["Practice"]
        assert client.get("/version/0000000000000000.json").status_code == 404
        short = client.get(f"/version/{observatory.version[:6]}.ttl")
        assert related(short, "canonical") == [identifiers.version(observatory.version)]
        missing = client.get("/version/0000000000000000", headers={"accept": "text/html"})
        assert missing.status_code == 404


def test_an_older_version_is_told_of_while_it_is_kept(versions_apart: tuple[Project, str]) -> None:
    project, older = versions_apart
    observatory = open_observatory(Settings(root=project.root))
    with TestClient(create_app(lambda: observatory, Settings())) as client:
        body = get(client, f"/version/{older}", "json").json()
        assert body["id"] == identifiers.version(older) != identifiers.version(observatory.version)
        assert body["void:triples"] != [observatory.meta["quads"]]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/id/practice/bias-audit-x", "bias-audit-b"),
        ("/ontology/actAtStage", "actsAtStage"),
        ("/shapes/EvidenceShap", "EvidenceShape"),
        ("/dimension/stag", "stage"),
        ("/graph/nothing", ""),
        ("/profile/cart", "card"),
        ("/scheme/stage/dta", "data"),
        ("/ontology/0.0.1", ""),
        ("/id/practice/a%20b", ""),
    ],
)
def test_unknown_suggests(client: TestClient, path: str, near: str) -> None:
    for accept in ("text/html", "text/turtle", "application/json"):
        answer = client.get(path, headers={"accept": accept})
        assert answer.status_code == 404, answer.text
        assert near in answer.text


def test_an_edition_of_the_ontology_leads_to_it(client: TestClient) -> None:
    answer = client.get("/ontology/0.1.0", headers=TURTLE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontology.ttl")
