"""The Reconciliation API 0.2 as OpenRefine speaks it, SSSOM and Atom: what other tools read."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
import yaml
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from dgekg import formats
from dgekg.identifiers import record
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.vocabulary import BASE
from dgekg.web.app import create_app
from dgekg.web.facts import Facts
from dgekg.web.partners import matching
from dgekg.web.snapshot import Snapshot

AUDIT = "id/practice/bias-audit-b"
SOURCE = "https://example.org/automated-decision-law/1"

# The specification's schemas (W3C Entity Reconciliation Community Group, 0.2) in our words.
NAMED = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"}},
    "required": ["id", "name"],
}
TEMPLATE = {"type": "object", "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}}, "required": ["url"]}
PLACE = {"type": "object", "properties": {"service_url": {"type": "string"}, "service_path": {"type": "string"}}}
MANIFEST = {
    "type": "object",
    "properties": {
        "versions": {"type": "array", "items": {"type": "string"}, "contains": {"const": "0.2"}},
        "name": {"type": "string"},
        "identifierSpace": {"type": "string"},
        "schemaSpace": {"type": "string"},
        "documentation": {"type": "string"},
        "serviceVersion": {"type": "string"},
        "view": TEMPLATE,
        "preview": {
            **TEMPLATE,
            "properties": {**TEMPLATE["properties"], "width": {"type": "integer"}, "height": {"type": "integer"}},  # type: ignore[dict-item]
            "required": ["url", "width", "height"],
        },
        "suggest": {"type": "object", "additionalProperties": PLACE},
        "extend": {
            "type": "object",
            "properties": {"propose_properties": PLACE, "property_settings": {"type": "array"}},
        },
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "batchSize": {"type": "integer"},
    },
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
}
CANDIDATE = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "score": {"type": "number"},
        "features": {
            "type": "array",
            "items": {"properties": {"id": {"type": "string"}, "value": {"type": ["boolean", "number"]}}},
        },
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": NAMED},
    },
    "required": ["id", "name", "score"],
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
        "required": ["result"],
    },
}
SUGGESTED = {"type": "object", "properties": {"result": {"type": "array", "items": NAMED}}, "required": ["result"]}
CELL = {
    "oneOf": [
        {**NAMED, "additionalProperties": False},
        *(
            {"type": "object", "properties": {k: {"type": t}}, "required": [k], "additionalProperties": False}
            for k, t in (("str", "string"), ("float", "number"), ("int", "integer"))
        ),
    ]
}
EXTENDED = {
    "type": "object",
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {"additionalProperties": {"additionalProperties": {"type": "array", "items": CELL}}},
    },
    "required": ["meta", "rows"],
}
PROPOSED = {
    "type": "object",
    "properties": {"properties": {"type": "array", "items": NAMED}},
    "required": ["properties"],
}


def valid(answer: Any, schema: dict[str, Any]) -> Any:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    Draft202012Validator(schema).validate(body)
    return body


def matched(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.post("/reconcile", data={"queries": json.dumps({"q0": query})})
    found: list[dict[str, Any]] = valid(answer, RESULTS)["q0"]["result"]
    return found


def test_manifest_leads_to_what_it_offers(client: TestClient) -> None:
    body = valid(client.get("/reconcile"), MANIFEST)
    assert body["identifierSpace"] == BASE
    for one in body["suggest"].values():
        valid(client.get(one["service_url"] + one["service_path"] + "?prefix=a"), SUGGESTED)
    one = body["extend"]["propose_properties"]
    valid(client.get(one["service_url"] + one["service_path"] + "?type=practice"), PROPOSED)
    for name in ("view", "preview"):
        assert client.get(body[name]["url"].replace("{{id}}", quote(AUDIT, safe=""))).status_code in (200, 303)
    assert body["batchSize"] == matching.MOST_QUERIES
    for kind in body["defaultTypes"]:
        assert matched(client, query="a", type=kind["id"]) is not None


def test_get_and_post_give_the_same_and_other_origins_may_ask(client: TestClient) -> None:
    batch = json.dumps({"a": {"query": "bias audit"}, "b": {"query": "women", "limit": 2}})
    posted = client.post("/reconcile", data={"queries": batch}, headers={"origin": "https://elsewhere.example"})
    got = client.get("/reconcile", params={"queries": batch})
    assert valid(posted, RESULTS) == valid(got, RESULTS)
    assert set(posted.json()) == {"a", "b"}
    assert len(posted.json()["b"]["result"]) == 2
    assert posted.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        ({"query": "Women with disabilities"}, "scheme/group/women-with-disabilities"),
        ({"query": "mujeres con discapacidad", "type": "scheme/group"}, "scheme/group/women-with-disabilities"),
        ({"query": "KENYA", "type": "scheme/region"}, "scheme/region/404"),
        ({"query": "404", "type": "scheme/region"}, "scheme/region/404"),
        ({"query": AUDIT}, AUDIT),
        ({"query": BASE + AUDIT}, AUDIT),
        ({"query": "bias audit b", "type": ["practice", "actor"]}, AUDIT),
        ({"query": "Bias-Audit: B!"}, AUDIT),
        ({"query": SOURCE}, "id/practice/automated-decision-law"),
        (
            {"query": "something else", "properties": [{"pid": "url", "v": SOURCE}]},
            "id/practice/automated-decision-law",
        ),
    ],
)
def test_what_is_unambiguous_is_matched(client: TestClient, query: dict[str, Any], id_: str) -> None:
    found = matched(client, **query)
    assert (found[0]["id"], found[0]["match"], found[0]["score"]) == (id_, True, 100.0)
    assert not any(one["match"] for one in found[1:])
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_what_is_near_or_ambiguous_is_proposed_only(client: TestClient, world_observatory: Observatory) -> None:
    near = matched(client, query="bias audti", type="practice")
    assert near[0]["id"] == AUDIT
    assert not near[0]["match"]
    assert near[0]["score"] < 100
    names = world_observatory.names
    label = next(
        text
        for iri in sorted(names.known)
        for text in names.labels(iri).values()
        if "/scheme/" in iri and sum(one.count("/") == 6 for one in names.exact(text, [BASE + "scheme/"])) > 1
    )
    several = matched(client, query=label, type="concept")
    assert len([one for one in several if one["score"] == 100]) > 1
    assert not any(one["match"] for one in several)


def test_properties_raise_lower_and_decide(client: TestClient) -> None:
    kind = {"query": "Bias audit B", "type": "practice"}
    right = matched(client, **kind, properties=[{"pid": "kind", "v": "Audit"}])[0]
    same = matched(client, **kind, properties=[{"pid": "kind", "v": {"id": "scheme/kind/audit"}}])[0]
    wrong = matched(client, **kind, properties=[{"pid": "kind", "v": ["Law"]}])[0]
    assert right["id"] == same["id"] == wrong["id"] == AUDIT
    assert right["score"] == same["score"] == 100
    assert wrong["score"] < 90
    assert (right["match"], wrong["match"]) == (True, False)
    assert {"id": "kind", "value": 100.0} in right["features"]
    unknown = matched(client, **kind, properties=[{"pid": "adopted", "v": "1979"}])[0]
    assert unknown["match"], "a property that it does not have speaks against nothing"
    alone = matched(client, type="practice", properties=[{"pid": "kind", "v": "audit"}])
    assert AUDIT in [one["id"] for one in alone]


def test_types(client: TestClient) -> None:
    kinds = {one["type"][0]["id"] for one in matched(client, query="women", limit=50)}
    assert {"scheme/group", "provision"} & kinds
    for one in matched(client, query="women", type="concept", limit=50):
        assert "concept" in [t["id"] for t in one["type"]]
    assert matched(client, query="women", type=["concept", "scheme/group"], type_strict="all", limit=50)
    assert not matched(client, query="women", type=["concept", "practice"], type_strict="all")
    should = matched(client, query="women", type=["practice"], type_strict="should")
    assert should[0]["type"][0]["id"] == "scheme/group"


def test_values_for_what_was_matched(client: TestClient) -> None:
    asked = {"ids": [AUDIT, "id/practice/nothing"], "properties": [{"id": n} for n in ("kind", "year", "url", "lead")]}
    body = valid(client.post("/reconcile", data={"extend": json.dumps(asked)}), EXTENDED)
    row = body["rows"][AUDIT]
    assert row["kind"] == [{"id": "scheme/kind/audit", "name": "Audit"}]
    assert row["url"][0]["str"].startswith("http")
    assert all(cell["id"].startswith("id/actor/") for cell in row["lead"])
    assert body["rows"]["id/practice/nothing"] == {"kind": [], "year": [], "url": [], "lead": []}
    assert body == client.get("/reconcile", params={"extend": json.dumps(asked)}).json()
    french = client.get("/reconcile", params={"extend": json.dumps(asked), "lang": "fr"}).json()
    assert french["meta"][0]["name"] == "Type"


def test_suggestions(client: TestClient) -> None:
    found = valid(client.get("/reconcile/suggest/entity?prefix=bias aud"), SUGGESTED)["result"]
    assert found[0]["id"] == AUDIT
    assert found[0]["notable"] == [{"id": "practice", "name": "Practice"}]
    assert valid(client.get(f"/reconcile/suggest/entity?prefix={AUDIT}"), SUGGESTED)["result"][0]["id"] == AUDIT
    first, second = (
        valid(client.get(f"/reconcile/suggest/entity?prefix=women&cursor={n}"), SUGGESTED)["result"] for n in (0, 1)
    )
    assert first[1]["id"] == second[0]["id"]
    assert {"id": "scheme/region", "name": "Region"} in client.get("/reconcile/suggest/type?prefix=regi").json()[
        "result"
    ]
    named = [one["id"] for one in client.get("/reconcile/suggest/property?prefix=count").json()["result"]]
    assert named == ["country"]
    few = valid(client.get("/reconcile/properties?type=actor&limit=2"), PROPOSED)
    assert [p["id"] for p in few["properties"]] == ["url", "country"]


def test_only_previews_may_stand_in_a_frame(client: TestClient) -> None:
    shown = client.get(f"/reconcile/preview?id={AUDIT}", headers={"accept": "text/html"})
    assert "frame-ancestors *" in shown.headers["content-security-policy"]
    assert "<script" not in shown.text
    assert shown.text.count("<h1>") == 1
    for path in ("/", "/practices", f"/{AUDIT}.html", "/reconcile", f"/reconcile/view?id={AUDIT}"):
        policy = client.get(path, headers={"accept": "text/html"}).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path
    assert client.get(f"/reconcile/view?id={AUDIT}").headers["location"] == f"/{AUDIT}"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"callback": "x"}, 400, "JSONP is not offered"),
        ({"queries": "{"}, 400, "queries: is no JSON (line 1, column 2"),
        ({"queries": "[" * 100_000}, 400, "queries"),
        ({"queries": "[]"}, 400, "expected an object"),
        ({"queries": '{"a": 1}'}, 400, "queries.a: expected an object"),
        ({"queries": '{"a": {}}'}, 400, "expected a name, or properties"),
        ({"queries": '{"a": {"query": 3}}'}, 400, "queries.a.query"),
        ({"queries": '{"a": {"query": "x", "limit": 0}}'}, 400, "queries.a.limit"),
        ({"queries": '{"a": {"query": "x", "type": "practise"}}'}, 404, "practice"),
        ({"queries": '{"a": {"query": "x", "typ": "practice"}}'}, 404, "type"),
        ({"queries": '{"a": {"query": "x", "properties": [{"pid": "contry", "v": "x"}]}}'}, 404, "country"),
        ({"queries": '{"a": {"query": "x", "properties": [{"pid": "country"}]}}'}, 400, "objects with pid and v"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(51)})}, 413, "at most 50"),
        ({"extend": "{}"}, 400, "extend.ids"),
        ({"extend": '{"ids": [], "properties": [{"id": "nam"}]}'}, 404, "extend.properties.id"),
        ({"extend": json.dumps({"ids": ["x"] * 501, "properties": []})}, 413, "at most 500"),
        ({"querys": "{}"}, 404, "queries"),
    ],
)
def test_faults_are_located(client: TestClient, fields: dict[str, str], status: int, said: str) -> None:
    answer = client.post("/reconcile", data=fields)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert answer.headers["content-type"].startswith(formats.PROBLEM.media_type)


def test_many_names_make_smaller_batches(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_COMPARED", 10)
    assert client.get("/reconcile").json()["batchSize"] == 1
    two = client.post("/reconcile", data={"queries": '{"a": {"query": "x"}, "b": {"query": "y"}}'})
    assert (two.status_code, "at most 1 " in two.json()["detail"]) == (413, True)


def test_other_faults(client: TestClient) -> None:
    assert client.post("/reconcile", json={"queries": {}}).status_code == 415
    assert client.post("/reconcile", data={"queries": "x" * 1_100_000}).status_code == 413
    assert client.get("/reconcile/preview?id=x").status_code == 404
    assert client.get("/reconcile/suggest/entities?prefix=x").status_code == 404
    assert client.get("/reconcile/suggest/entity?prefix=x&cursor=-1").status_code == 400
    assert client.get("/reconcile/properties?type=x").status_code == 404


def test_sssom(client: TestClient, world_observatory: Observatory) -> None:
    text = client.get("/download/mappings.sssom.tsv").text
    head = [line[1:] for line in text.splitlines() if line.startswith("#")]
    about = yaml.safe_load("\n".join(head))
    assert {"mapping_set_id", "license", "curie_map", "mapping_set_version"} <= set(about)
    rows = list(csv.DictReader(io.StringIO("\n".join(text.splitlines()[len(head) :])), delimiter="\t"))
    prefixes = about["curie_map"]

    def whole(short: str) -> str:
        name, _, local = short.partition(":")
        assert re.fullmatch(r"[\w.-]+:\S+", short)
        return str(prefixes[name]) + local

    stated = {tuple(map(whole, (r["subject_id"], r["predicate_id"], r["object_id"]))) for r in rows}
    source = "\n".join(p.read_text() for p in (world_observatory.project.ontology / "alignments").glob("*.ttl"))
    assert (
        BASE + "scheme/stage/design",
        "http://www.w3.org/2004/02/skos/core#exactMatch",
        "https://w3id.org/dpv/ai#DesignStage",
    ) in stated
    matches = len(re.findall(r"skos:\w+Match", source))
    assert sum("Match" in p for _s, p, _o in stated) >= matches > 50
    assert len(stated) == len(rows)
    assert all(
        r["subject_label"] and whole(r["mapping_justification"]).startswith("https://w3id.org/semapv/") for r in rows
    )
    pinned = (world_observatory.project.ontology / "alignments" / "pinned-iris.csv").read_text()
    assert all(r["comment"] for r in rows if whole(r["object_id"]) in pinned)


def test_atom_of_any_view(client: TestClient) -> None:
    listed = client.get("/api/practices?where=group%3Dwomen&limit=500").json()
    entries, link = [], "/practices.atom?where=group%3Dwomen&limit=3"
    while link:
        answer = client.get(link)
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = feedparser.parse(answer.content)
        assert not feed.bozo, feed.get("bozo_exception")
        assert feed.version == "atom10"
        assert feed.feed.id == f"{BASE}practices?where=group%3Dwomen"
        assert feed.feed.author == "Observatory of diversity and gender equality in AI"
        links = {one.rel: one.href for one in feed.feed.links}
        assert client.get(links["self"]).content == answer.content
        assert client.get(links["alternate"], headers={"accept": "text/html"}).status_code == 200
        entries += feed.entries
        link = links.get("next", "")
    assert {e.id for e in entries} == {r["iri"] for r in listed["rows"]}
    assert len(entries) == listed["total"] > 3
    assert [e.updated for e in entries] == sorted((e.updated for e in entries), reverse=True)
    for one in entries:
        assert one.title
        assert one.summary
        assert one.tags[0].scheme.startswith(BASE)
        assert client.get(one.link, headers={"accept": "text/html"}).status_code == 200
        assert one.updated_parsed
    assert record("practice", "bias-audit-b") in {e.id for e in entries}


def test_atom_gives_the_last_changed_first(world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    def day(iri: str) -> str:
        return f"2026-10-{10 + len(iri) % 20}"

    real = Facts.one
    monkeypatch.setattr(Facts, "one", lambda facts, what: day(facts.iri) if what == "modified" else real(facts, what))
    days_apart = {practice: ("", day(practice)) for practice in world_observatory.index.practices}
    monkeypatch.setattr(Snapshot, "dated", days_apart)
    with TestClient(create_app(lambda: world_observatory, Settings())) as client:
        feed = feedparser.parse(client.get("/practices.atom").content)
    days = [entry.updated for entry in feed.entries]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 3
    assert feed.feed.updated == days[0]


def test_atom_faults_and_nothing(client: TestClient) -> None:
    empty = feedparser.parse(client.get("/practices.atom?q=zxqwvkj").content)
    assert (empty.bozo, empty.entries, empty.feed.updated) == (False, [], "2026-11-21T00:00:00Z")
    assert client.get("/practices.atom?where=group=wemen").status_code == 404
    assert client.get("/practices.atom?wher=x").headers["content-type"].startswith(formats.PROBLEM.media_type)
    hostile = client.get("/practices.atom", params={"q": "<a>&]]>"})
    assert not feedparser.parse(hostile.content).bozo


def test_the_directory_leads_to_its_feed(client: TestClient) -> None:
    page = client.get("/practices?where=group%3Dwomen", headers={"accept": "text/html"}).text
    link = re.search(r'<link rel="alternate" type="application/atom\+xml" title="Atom" href="([^"]+)"', page)
    assert link
    assert feedparser.parse(client.get(link[1].replace("&amp;", "&")).content).feed.id.endswith("where=group%3Dwomen")
