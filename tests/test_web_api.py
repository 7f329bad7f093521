"""JSON and CSV for programs: lists, paging, what is left out, OpenAPI with examples that can be asked, errors."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from dgekg import equivalent, formats
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import popcount
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.app import create_app
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, facets
from dgekg.web.programs import endpoints

LISTS = ("practices", "actors", "standards", "concepts")
AUDIT = record("practice", "bias-audit-b")


def pages(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        yield body
        following = body["next"]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", LISTS)
def test_lists_page_by_page_and_whole_agree(client: TestClient, name: str) -> None:
    seen: list[str] = []
    for body in pages(client, f"/api/{name}?limit=7"):
        assert len(body["rows"]) <= 7
        seen += [row["iri"] for row in body["rows"]]
        totals = body["total"]
    rows = table(client.get(f"/api/{name}?format=csv").text)
    assert [row["iri"] for row in rows] == seen
    assert len(seen) == len(set(seen)) == totals > 7


def test_a_row_has_labels_and_codes(client: TestClient, world_observatory: Observatory) -> None:
    row = next(r for r in client.get("/api/practices?lang=fr").json()["rows"] if r["iri"] == AUDIT)
    label = world_observatory.names.label
    assert (row["slug"], row["kinds"], row["kind_codes"]) == (
        "bias-audit-b",
        label(concept("kind", "audit"), "fr"),
        "audit",
    )
    for words, codes, scheme in (("groups", "group_codes", "group"), ("stages", "stage_codes", "stage")):
        assert row[words] == " | ".join(label(concept(scheme, c), "fr") for c in row[codes].split(" | "))
    assert isinstance(row["level"], int)


@pytest.mark.parametrize("name", LISTS)
def test_the_sparql_of_a_list_gives_its_records(client: TestClient, world_observatory: Observatory, name: str) -> None:
    chosen = {"practices": "q=women", "actors": "sector=research", "standards": "right=non-discrimination"}
    queries = ("", "?limit=3", f"?{chosen.get(name, 'scheme=group&q=women')}")
    for query in queries:
        body = client.get(f"/api/{name}{query}").json()
        found = {row[0].value for row in world_observatory.store.select(body["sparql"]).rows if row[0]}
        assert len(found) == body["total"] > 0
        assert {row["iri"] for row in body["rows"]} <= found


def test_every_answer_says_where_it_is_from(client: TestClient, world_observatory: Observatory) -> None:
    needed = {"version", "as_of", "license", "self", "query", "total", "state", "sparql", "sparql_endpoint", "next"}
    for address in documented(client):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        if not answer.headers["content-type"].startswith(formats.JSON.media_type):
            continue
        assert address == "/health" or 'rel="license"' in answer.headers["link"]
        body = answer.json()
        assert body["version"] == world_observatory.version
        if "rows" in body:
            assert needed <= set(body), address
            again = client.get(body["self"]).json()
            assert again == body, address


def test_state_of_a_list_is_that_of_its_cell(client: TestClient, world_observatory: Observatory) -> None:
    for query in ("", "where=region%3D002", "where=stage%3Ddata&where=group%3Dwomen", "where=level%3D2"):
        body = client.get(f"/api/practices?{query}").json()
        assert body["state"]["practices"] == body["total"], query
    view = View(("region",))
    state = world_observatory.coverage(view).cells[(concept("region", "002"),)].state.value
    assert client.get("/api/practices?where=region%3D002").json()["state"]["state"] == state


def test_coverage_leads_to_the_records_behind_it(client: TestClient, world_observatory: Observatory) -> None:
    body = client.get("/api/coverage?rows=stage&cols=group&where=region%3D002").json()
    told = 0
    for row in body["rows"]:
        if row["practices"] and row["stage_code"] and row["group_code"]:
            link = body["records"].format(**row)
            assert client.get(link).json()["total"] == row["practices"], link
            told += 1
        if told > 12:
            break
    assert told > 5
    counted = {
        tuple(t.value for t in row[:2] if t): int(row[2].value)
        for row in world_observatory.store.select(body["sparql"]).rows
        if row[2]
    }
    stated = {(r["stage_iri"], r["group_iri"]): r["practices"] for r in body["rows"] if r["stage_iri"]}
    assert {k: n for k, n in stated.items() if n and k[1]} == counted


def test_excluded_records_count_nowhere(client: TestClient) -> None:
    for address in ("/api/practices?", "/api/search?q=audit&", "/api/practices?q=audit&"):
        with_it, without = client.get(address).json(), client.get(f"{address}exclude=bias-audit-b").json()
        assert AUDIT in [r["iri"] for r in with_it["rows"]]
        assert AUDIT not in [r["iri"] for r in without["rows"]]
        assert without["total"] == with_it["total"] - 1
    for address in ("/api/coverage?rows=kind&", "/api/standards?", "/api/concepts?scheme=kind&"):
        left_out = "exclude=bias-audit-b" if "coverage" in address else "exclude=practice/bias-audit-b"
        before, after = (
            {r["iri" if "iri" in r else "kind_iri"]: r["practices"] for r in client.get(address + more).json()["rows"]}
            for more in ("", left_out)
        )
        assert before.keys() == after.keys()
        assert sum(before.values()) > sum(after.values())
    actors = client.get("/api/actors").json()["rows"]
    first = actors[0]["slug"]
    assert first not in [r["slug"] for r in client.get(f"/api/actors?exclude={first}").json()["rows"]]
    kept = client.get("/api/questions/practices-of-a-group?group=women&exclude=bias-audit-b").json()
    whole = client.get("/api/questions/practices-of-a-group?group=women").json()
    assert kept["total"] < whole["total"] == len(whole["rows"])
    assert not any(AUDIT in row.values() for row in kept["rows"])
    gaps = client.get("/api/gaps?rows=kind&exclude=bias-audit-b").json()
    assert "exclude=bias-audit-b" in gaps["query"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/practices?exclude=bias-audti-b",
        "/api/coverage?exclude=bias-audti-b",
        "/api/coverage/intersections?exclude=bias-audti-b",
        "/api/gaps?exclude=bias-audti-b",
        "/api/search?q=x&exclude=bias-audti-b",
        "/api/actors?exclude=practice/bias-audti-b",
        "/api/standards?exclude=practice/bias-audti-b",
        "/api/concepts?exclude=practice/bias-audti-b",
        "/api/questions/practices-of-a-group?group=women&exclude=bias-audti-b",
    ],
)
def test_an_unknown_record_to_leave_out_is_located(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(formats.PROBLEM.media_type)
    body = answer.json()
    assert (body["parameter"], body["found"], body["error"]) == ("exclude", "bias-audti-b", "UnknownValue")
    assert "bias-audit-b" in body["suggestions"]


def test_a_question_that_counts_takes_nothing_out(client: TestClient, world_observatory: Observatory) -> None:
    counting = next(
        slug
        for slug, one in world_observatory.questions.all.items()
        if "COUNT(" in one.body and not any(p.required for p in one.parameters)
    )
    answer = client.get(f"/api/questions/{counting}?exclude=bias-audit-b")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "exclude"


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("/api/practices?limit=many", ("limit", "many", "a whole number from 1 to 500")),
        ("/api/practices?limit=501", ("limit", "501", "a whole number from 1 to 500")),
        ("/api/actors?sort=size", ("sort", "size", None)),
        ("/api/actors?sectr=x", ("parameter", "sectr", None)),
        ("/api/standards?kind=law", ("kind", "law", None)),
        ("/api/standards?family=huma-rights", ("family", "huma-rights", None)),
        ("/api/concepts?scheme=stag", ("scheme", "stag", None)),
        ("/api/lookup?url=x", ("url", "x", "an address that begins with https://")),
        ("/api/coverage?rows=stage&empty=nope", ("empty", "nope", "yes or no")),
        ("/api/practices?safe=yes", ("safe", "yes", None)),
        ("/api/records/practice/bias-audit-b?x=1", ("parameter", "x", None)),
    ],
)
def test_problems_say_what_and_where(client: TestClient, address: str, parts: tuple[str, str, str | None]) -> None:
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    body = answer.json()
    assert (body["parameter"], body["found"], body.get("expected")) == parts
    assert {"type", "title", "status", "detail", "error"} <= set(body)


def test_csv_is_exact_and_safe_apart(client: TestClient, world_observatory: Observatory) -> None:
    from dgekg.tables import csv_text

    text = csv_text(["a"], [["=1+1"], ["-2"]], safe=False)
    assert text.splitlines() == ["a", "=1+1", "-2"]
    exact = client.get("/api/questions/practices-of-a-group?group=women&format=csv")
    rows = client.get("/api/questions/practices-of-a-group?group=women").json()["rows"]
    assert table(exact.text) == [{k: str(v) for k, v in row.items()} for row in rows]
    safe = client.get("/api/practices?format=csv&safe=yes")
    assert safe.headers["content-disposition"].endswith('-safe.csv"')
    assert world_observatory.version[:12] in safe.headers["content-disposition"]
    assert safe.headers["etag"] != client.get("/api/practices?format=csv").headers["etag"]


def test_formulas_are_escaped_only_where_asked(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visit, "label", lambda _visit, _iri: "=HYPERLINK(1)")
    title = {
        safe: table(client.get(f"/api/practices?format=csv&safe={safe}&limit=11").text)[0]["title"]
        for safe in ("yes", "no")
    }
    assert title == {"yes": "'=HYPERLINK(1)", "no": "=HYPERLINK(1)"}


def test_cursors_keep_to_their_list_and_version(client: TestClient, world_observatory: Observatory) -> None:
    cursor = client.get("/api/practices?limit=3").json()["cursor"]
    other = client.get(f"/api/practices?limit=3&sort=newest&cursor={cursor}")
    assert other.status_code == 400
    assert other.json()["parameter"] == "cursor"
    newer = Observatory(
        world_observatory.project,
        world_observatory.store,
        "another",
        world_observatory.as_of,
        world_observatory.meta,
        world_observatory.settings,
    )
    with TestClient(create_app(lambda: newer, Settings()), raise_server_exceptions=False) as moved:
        gone = moved.get(f"/api/practices?limit=3&cursor={cursor}")
    assert gone.status_code == 410
    assert gone.json()["error"] == "CursorGone"
    assert f"/version/{world_observatory.version}" in gone.json()["detail"] or "version" in gone.json()["detail"]


def documented(client: TestClient) -> list[str]:
    paths = client.get("/openapi.json").json()["paths"]
    return [address for path in paths.values() for address in path["get"]["x-examples"]]


def test_openapi_is_valid_and_its_examples_can_be_asked(client: TestClient) -> None:
    body = client.get("/openapi.json").json()
    validate(body)
    told, tables = 0, {one.path for one in endpoints.ENDPOINTS}
    for path, item in body["paths"].items():
        operation = item["get"]
        assert operation["summary"]
        assert path not in tables or operation["description"]
        assert operation["x-examples"], path
        for address in operation["x-examples"]:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text)
            kind, content = next(iter(operation["responses"]["200"]["content"].items()))
            assert answer.headers["content-type"].startswith(kind)
            check(body, content["schema"], answer.json() if kind == formats.JSON.media_type else answer.text)
            told += 1
        for example in content.get("examples", {}).values():
            check(body, content["schema"], example["value"])
            live = client.get(example["value"]["self"]).json()
            assert example["value"] == {**live, "rows": live["rows"][:2]}
    assert told > 12


def check(whole: dict[str, Any], schema: dict[str, Any], found: Any) -> None:
    Draft202012Validator({**schema, "components": whole["components"]}).validate(found)


def test_every_parameter_and_column_is_described(client: TestClient) -> None:
    body = client.get("/openapi.json").json()
    for one in endpoints.ENDPOINTS:
        operation = body["paths"][one.path]["get"]
        assert all(p["description"] for p in operation["parameters"])
        rows = client.get(operation["x-examples"][0]).json()["rows"]
        described = operation["responses"]["200"]["content"][formats.JSON.media_type]["schema"]["properties"]["rows"]
        words = described["items"]["properties"]
        place = {f"{d}_{part}" for d in ("stage", "group", "region") for part in ("iri", "code", "label")}
        if one.columns:
            assert set(rows[0]) - place <= set(words), one.path


def test_records_whole(client: TestClient, world_observatory: Observatory) -> None:
    body = client.get("/api/records/practice/bias-audit-b").json()
    assert body["record"]["id"] == AUDIT
    assert body["version"] == world_observatory.version
    assert body["sparql"].count(AUDIT) == 1
    assert client.get("/api/concepts/stage/data").json()["record"]["id"] == concept("stage", "data")
    for path in ("/api/records/practice/nothing", "/api/records/practice/No%20Slug", "/api/concepts/stage/nothing"):
        assert client.get(path).status_code == 404


def test_facets_count_as_one_by_one(world_observatory: Observatory) -> None:
    house = House(lambda: world_observatory, Settings())
    index, told = world_observatory.index, set()
    for query in ("", "where=region%3D002", "norm=supports&exclude=bias-audit-b", "where=level%3D2&q=audit"):
        visit = at(house, query)
        shown = directory.listing(visit)
        bits = index.bits(index.position[iri] for iri in shown.found)
        found = facets.counted(visit, shown)
        assert {name for name, _values in found} == set(index.dimensions)
        for name, values in found:
            members = index.members(shown.view.source(index.dimension(name)))
            stated = index.none.copy()
            for one in members.values():
                stated |= one
            truth = {iri: popcount(members[iri] & bits) for iri in members} | {"": popcount(bits & ~stated)}
            assert {iri: n for iri, n, _d in values} == {iri: truth[iri] for iri, _n, _d in values}
            assert all(n for _i, n, _d in values)
            unstated = "" in {iri for iri, _n, _d in values}
            assert unstated == bool(truth[""])
            told |= {unstated}
            hidden = {f for f in truth if truth[f]} - {iri for iri, _n, _d in values} - {index.roots.get(name)}
            taken = facets.taken_of(index, shown.view, name)
            assert all(iri in taken or directory.withheld(visit, shown.view, (name, iri)) for iri in hidden - {""})
    assert told == {True, False}


def at(house: House, query: str) -> Visit:
    from starlette.requests import Request

    scope = {"type": "http", "method": "GET", "path": "/practices", "query_string": query.encode(), "headers": []}
    return Visit(house, Request({**scope, "scheme": "http", "server": ("testserver", 80), "root_path": ""}))


def test_lists_agree_with_views(client: TestClient, world_observatory: Observatory) -> None:
    view = View(("stage",), (Filter("group", (concept("group", "women"),)),), exclude=(AUDIT,))
    index = world_observatory.index
    truth = index.unpack(coordinates_left(index, view) & qualities_left(index, view))
    query = urlencode([("where", "group=women"), ("exclude", "bias-audit-b")])
    body = client.get(f"/api/practices?{query}").json()
    assert sorted(r["iri"] for r in body["rows"]) == sorted(truth)
    text = equivalent.listed(world_observatory, replace(view, dimensions=("kind",)))
    assert body["sparql"] == text
