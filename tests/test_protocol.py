"""The W3C tests of the SPARQL 1.1 Protocol, restated, against a real server of a dataset on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from dgekg import formats
from protocol_client import FOLDER, Got, ask, cases, serving

CASES: dict[str, list[dict[str, Any]]] = cases("cases.yaml")
_TABLES = {f.media_type: f for f in formats.RESULTS}
_GRAPHS = {f.media_type: f for f in formats.GRAPHS}
ACCEPTS = {
    "query_content_type_select": [f.media_type for f in formats.RESULTS],
    "query_content_type_ask": [formats.RESULTS_JSON.media_type, formats.RESULTS_XML.media_type],
    "query_content_type_describe": [f.media_type for f in formats.GRAPHS],
    "query_content_type_construct": [f.media_type for f in formats.GRAPHS],
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(FOLDER / "dataset.trig") as address:
        yield address


def test_all_of_them_are_there() -> None:
    queries = [name for name in CASES if "query" in name or "queries" in name]
    assert (len(CASES), len(queries)) == (34, 20)


@pytest.mark.parametrize("name", CASES)
def test_case(server: str, name: str) -> None:
    for request in CASES[name]:
        check(ask(server, request), request)


@pytest.mark.parametrize(("name", "accept"), [(name, accept) for name, all_ in ACCEPTS.items() for accept in all_])
def test_case_in_every_format(server: str, name: str, accept: str) -> None:
    for request in CASES[name]:
        got = ask(server, {**request, "headers": {"Accept": accept}})
        assert got.kind == accept
        check(got, request)


def check(got: Got, request: dict[str, Any]) -> None:
    """Compare an answer with what a case says."""
    assert f"{got.status // 100}xx" == request["answer"], got.body
    if request["answer"] == "4xx":
        assert got.kind == formats.PROBLEM.media_type
        assert json.loads(got.body)["detail"]
        return
    if "ask" in request:
        assert json.loads(got.body)["boolean"] is request["ask"]
    kind = request.get("kind", "truth")
    if kind == "graph":
        list(ox.parse(got.body, format=_GRAPHS[got.kind].rdf))
    elif got.kind in (formats.CSV.media_type, formats.TSV.media_type):
        assert got.body.decode().splitlines()[0].lstrip("?") == "one"
    else:
        found = ox.parse_query_results(got.body, format=_TABLES[got.kind].results)
        assert isinstance(found, ox.QueryBoolean if kind == "truth" else ox.QuerySolutions)
