"""The MCP server, asked by the SDK's own client over the real process: no number without its sources."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import live
from conftest import AS_OF
from dgekg import identifiers, suppressing, versions
from dgekg.assistant import cutting, server
from dgekg.assistant.desk import MOST_ADDRESSES, MOST_SOURCES, Desk
from dgekg.assistant.tools import TOOLS
from dgekg.assistant.words import known
from dgekg.coverage.states import State
from dgekg.embedded import Embedded
from dgekg.observatory import Observatory
from dgekg.settings import Project
from mcp_client import Assistant, started, text_of

CLOSED = ["region=010", "group=lesbian-women"]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "questions": ("questions", {"limit": 5}),
    "ask": ("ask", {"question": "practices-of-a-group", "values": {"group": "women"}}),
    "ask-nothing": ("ask", {"question": "practices-of-a-group", "values": {"group": "lesbian-women"}}),
    "coverage": ("coverage", {"rows": "group", "cols": ["stage"], "limit": 100}),
    "filtered": ("coverage", {"rows": "stage", "where": ["region=002"], "rung": 3, "exclude": ["bias-audit-b"]}),
    "cell": ("coverage", {"rows": "stage", "cols": ["group"], "at": ["data", "women"]}),
    "withheld": ("coverage", {"rows": "stage", "where": CLOSED}),
    "withheld-cell": ("coverage", {"rows": "region", "cols": ["group"], "at": ["010", "lesbian-women"]}),
    "gaps": ("gaps", {"kind": "knowledge"}),
    "cards": ("gaps", {"card": True, "limit": 2}),
    "withheld-gaps": ("gaps", {"where": CLOSED}),
    "record": ("record", {"kind": "practice", "slug": "bias-audit-b"}),
    "part": ("record", {"kind": "practice", "slug": "bias-audit-b", "part": "hasEvidence"}),
    "concept": ("record", {"kind": "concept", "slug": "stage/data"}),
    "search": ("search", {"q": "women"}),
    "nothing": ("search", {"q": "xylophone quartz"}),
    "lookup": ("lookup", {"url": "http://www.example.org/automated-decision-law/1/"}),
    "unknown-page": ("lookup", {"url": "https://example.org/not-here"}),
    "standards": ("standards", {"kind": "provision"}),
}


@pytest.fixture(scope="module")
def assistant(built: Project) -> Iterator[Assistant]:
    with started(DGEKG_ROOT=str(built.root)) as found:
        yield found


@pytest.fixture(scope="module")
def embedded(world_observatory: Observatory) -> Iterator[Embedded]:
    with Embedded(world_observatory) as found:
        yield found


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, dict[str, Any]]:
    return {key: assistant.ask(name, **given) for key, (name, given) in CALLS.items()}


def numbers(value: object) -> Iterator[object]:
    """Yield the numbers in an answer, those in sentences too."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif isinstance(value, str):
        yield from re.findall(r"(?<![\w/-])\d+(?![\w/-])", value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.mark.parametrize("key", CALLS)
def test_no_number_stands_alone(answers: dict[str, dict[str, Any]], built: Project, key: str) -> None:
    found = answers[key]
    told = [found[part] for part in ("rows", "record", "total", "notes", "searched", "more")]
    assert list(numbers(told)) or key == "concept"
    assert (found["version"], found["as_of"]) == (versions.current(built.build).id, AS_OF.isoformat())
    assert found["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["filter"] or key == "questions"
    assert found["state"]["words"]
    assert found["state"]["reads"]
    assert found["not_known"][-1].startswith("This is what one collection has")
    assert bool(found["queries"]) != bool(found["no_query"])
    assert all(one["sparql"].count("SELECT") or "CONSTRUCT" in one["sparql"] for one in found["queries"])
    assert all(one["gives"] and one["ask_at"] for one in found["queries"])
    assert found["sources"] or found["sources_note"]
    assert set(found["states"]) == {row["state"] for row in found["rows"] if "state" in row}
    columns = {name for row in found["rows"] for name, value in row.items() if isinstance(value, int | float)}
    ranking = {"priority", "elsewhere", "folded"} if found["tool"] == "gaps" else set()
    assert columns <= {"practices", "documented"} | ranking


def test_answers_fit_their_schema(assistant: Assistant, answers: dict[str, dict[str, Any]]) -> None:
    tools = assistant.tools()
    for found in answers.values():
        schema = tools[found["tool"]].output_schema
        assert schema is not None
        assert {"state", "sources", "queries", "version", "as_of", "filter", "licence"} <= set(schema["required"])
        jsonschema.Draft202012Validator(schema).validate(found)


def test_sources_are_records_with_their_evidence(answers: dict[str, dict[str, Any]], embedded: Embedded) -> None:
    audit = identifiers.record("practice", "bias-audit-b")
    by = {one["record"]: one["addresses"] for one in answers["ask"]["sources"]}
    assert set(by) == {row["practice"] for row in answers["ask"]["rows"]}
    evidence = embedded.record("practice", "bias-audit-b")["record"]["hasEvidence"]
    wanted = {source["id"] for one in evidence for source in one["source"]}
    assert wanted
    assert wanted <= set(by[audit])
    assert [one["record"] for one in answers["record"]["sources"]] == [audit]
    assert {one["record"] for one in answers["coverage"]["sources"]} == {row["iri"] for row in embedded.practices()}
    behind = embedded.practices(where=["stage=data", "group=women"])
    assert {row["iri"] for row in behind} <= {one["record"] for one in answers["cell"]["sources"]}


def test_queries_give_the_same_numbers(answers: dict[str, dict[str, Any]], embedded: Embedded) -> None:
    def rows(key: str, which: int = 0) -> list[dict[str, Any]]:
        return list(embedded.sparql(answers[key]["queries"][which]["sparql"]))

    cells = {(r["row"], r["column"]): (r["practices"], r["documented"]) for r in rows("coverage")}
    shown = [r for r in answers["coverage"]["rows"] if r["group_iri"] and r["stage_iri"] and r["practices"] is not None]
    assert len(shown) > 50
    for row in shown:
        at = row["group_iri"], row["stage_iri"]
        assert cells.get(at, (0, 0)) == (row["practices"], row["documented"]), at
    few = {r["row"]: (r["practices"], r["documented"]) for r in rows("filtered")}
    assert few
    for row in (r for r in answers["filtered"]["rows"] if r["stage_iri"]):
        assert few.get(row["stage_iri"], (0, 0)) == (row["practices"], row["documented"])
    assert f"{len(rows('coverage', 1))} different practices" in answers["coverage"]["notes"][0]
    counted = {r["norm"]: r["practices"] for r in rows("standards", 1)}
    assert counted
    assert all(counted.get(r["iri"], 0) == r["practices"] for r in answers["standards"]["rows"])
    for key in ("ask", "lookup", "unknown-page", "standards"):
        assert len(rows(key)) == answers[key]["total"]


def test_states_are_told_and_how_they_read(assistant: Assistant, answers: dict[str, dict[str, Any]]) -> None:
    assert set(known()["states"]) == {one.value for one in State}
    told = assistant.client.instructions or ""
    assert all(f'"{one.value}"' in told for one in State)
    assert '"not-searched" never means "does not exist"' in told
    found = answers["coverage"]
    assert sum(found["searched"].values()) == found["total"]
    assert "nobody has searched here" in found["states"]["not-searched"]
    assert any(f"{found['searched']['not-searched']} of {found['total']} cells" in one for one in found["not_known"])
    assert answers["ask"]["state"]["state"] == "documented"
    assert answers["ask-nothing"]["state"]["state"] != "documented"
    assert answers["search"]["state"]["state"] is None


def test_what_is_withheld_stays_withheld(answers: dict[str, dict[str, Any]]) -> None:
    for key in ("withheld", "withheld-cell"):
        found = answers[key]
        assert found["state"]["state"] == "not-published"
        assert "whether or not anything is known" in found["state"]["reads"]
        assert {row["state"] for row in found["rows"]} == {"not-published"}
        assert {row[name] for row in found["rows"] for name in ("practices", "documented")} == {None}
        assert (found["sources"], found["queries"]) == ([], [])
        assert "Nothing" in found["no_query"] or "nothing is published" in found["no_query"]
    assert answers["withheld-gaps"]["rows"] == []
    assert answers["withheld-gaps"]["sources"] == []


def test_a_record_that_may_not_be_shown_is_nowhere(built: Project, tmp_path: Path) -> None:
    for name in ("ontology", "shapes", "queries", "data", "build"):
        shutil.copytree(built.root / name, tmp_path / "project" / name, symlinks=True)
    private = tmp_path / "private"
    with started(DGEKG_ROOT=str(tmp_path / "project"), DGEKG_PRIVATE=str(private)) as assistant:
        before = json.dumps([assistant.ask(*CALLS["search"][:1], q="bias audit"), assistant.ask("coverage")])
        assert "bias-audit-b" in before
        suppressing.add(private, identifiers.record("practice", "bias-audit-b"), "withdrawn", AS_OF, "")
        gone = assistant.call("record", {"kind": "practice", "slug": "bias-audit-b"})
        assert gone.is_error
        told = json.loads(text_of(gone))
        assert "withdrawn" in told["message"]
        assert "suggestions" not in told
        for name, given in CALLS.values():
            if "bias-audit-b" not in json.dumps(given):
                found = assistant.ask(name, **given)
                assert "practice/bias-audit-b" not in json.dumps(found)
                assert found["withdrawn_since_built"] == 1


def test_over_http_the_same(answers: dict[str, dict[str, Any]], built: Project, tmp_path: Path) -> None:
    with live.serving(built, tmp_path / "private") as service:
        address = f"http://127.0.0.1:{service.port}"
        with started("--url", address) as assistant:
            for key in ("ask", "cell", "gaps", "record", "lookup", "standards"):
                name, given = CALLS[key]
                found = assistant.ask(name, **given)
                assert {one["ask_at"] for one in found["queries"]} == {f"{address}/sparql"}
                assert found["page"] is None or found["page"].startswith(address)
                here = {**answers[key], "page": found["page"], "queries": found["queries"]}
                assert found == here
            assert found["page"]


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("coverage", {"rows": "stag"}, "stage"),
    ("coverage", {"group": "women"}, "takes"),
    ("coverage", {"where": ["group=wemen"]}, "women"),
    ("coverage", {"limit": 0}, "limit"),
    ("coverage", {"limit": 101}, "limit"),
    ("ask", {"question": "practices-of-a-grop", "values": {}}, "practices-of-a-group"),
    ("ask", {"question": "practices-of-a-group", "values": {"self": "x"}}, "values"),
    ("ask", {}, "question"),
    ("record", {"kind": "practice", "slug": "bias-audit-c"}, "bias-audit-b"),
    ("record", {"kind": "practice", "slug": "bias-audit-b", "part": "hasEvidense"}, "hasEvidence"),
    ("lookup", {"url": "example.org"}, "https://"),
    ("gaps", {"card": True, "limit": 50}, "at most 5"),
    ("search", {"q": "women", "start": 5, "version": "0000"}, "start=0"),
    ("serch", {}, "search"),
)


@pytest.mark.parametrize(("name", "given", "hint"), WRONG)
def test_errors_say_what_can_be_done(assistant: Assistant, name: str, given: dict[str, Any], hint: str) -> None:
    found = assistant.call(name, given)
    assert found.is_error
    assert found.structured_content is None
    told = json.loads(text_of(found))
    assert hint in told["message"]
    assert "Traceback" not in text_of(found)
    assert told["error"]


def test_tools_only_read_and_are_described(assistant: Assistant) -> None:
    tools = assistant.tools()
    assert list(tools) == list(TOOLS) == list(known()["tools"])
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.title
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False


def test_long_answers_are_cut_and_asked_on(assistant: Assistant, answers: dict[str, dict[str, Any]]) -> None:
    whole: list[Any] = []
    more: dict[str, Any] | None = {"start": 0}
    version = ""
    while more:
        found = assistant.ask("coverage", rows="group", limit=25, start=more["start"], version=version)
        whole, more, version = [*whole, *found["rows"]], found["more"], found["version"]
        if more:
            assert more["left"] == found["total"] - len(whole)
            assert f"start={len(whole)} and version={version}" in more["how"]
    assert len({row["group_iri"] for row in whole}) == len(whole) == found["total"] > 25
    for found in answers.values():
        assert cutting.size([found["rows"], found["record"]]) < 1.5 * cutting.MOST_LETTERS
        assert len(found["sources"]) <= MOST_SOURCES
        assert max((len(one["addresses"]) for one in found["sources"]), default=0) <= MOST_ADDRESSES
        assert (found["more"] is None) == (found["total"] is None or found["total"] == len(found["rows"]))


def test_long_lists_within_a_record_are_cut_and_asked_on(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting.shortened, "__defaults__", (3000,))
    given = {"kind": "concept", "slug": "stage/data"}
    found = server.call(Desk(embedded), "record", given).structured_content
    assert found["left_out"]
    assert cutting.size(found["record"]) <= 3000
    part = re.findall(r"part=(\w+)", found["left_out"][0])[0]
    listed = server.call(Desk(embedded), "record", {**given, "part": part, "limit": 100}).structured_content
    assert listed["total"] > len(found["record"][part])
