"""Demand raises gaps and never lowers one; it is told how much of it there is, how lopsided, and whose it is."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import AS_OF, Ran
from dgekg import demand
from dgekg.coverage import View
from dgekg.demand import Credit, Incident, Incidents, Recorded
from dgekg.demand.graph import FILE, quads
from dgekg.errors import InputError, SourceError
from dgekg.export import export
from dgekg.identifiers import concept
from dgekg.importers import mapping, running
from dgekg.importers.sidecar import Source
from dgekg.importers.task import How, Task
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app
from dgekg.web.service import current
from lengths import examples
from live import until

CREDIT = Credit(
    "base-x",
    "Base X",
    "Publisher X",
    "https://creativecommons.org/licenses/by-sa/4.0/",
    "https://example.org/x",
    "2026-11-20",
)
INCIDENTS = """\
incident_id,date,_id,reports,Alleged deployer of AI system,Alleged developer of AI system,\
Alleged harmed or nearly harmed parties,description,title
1,2024-05-01,x,[1],a,b,somebody,A text that names somebody,Title of 1
2,2024,x,[1],a,b,c,d,e
"""
DOMAINS = """\
Namespace,Incident ID,Published,Risk Domain,Risk Subdomain,Entity,Timing,Intent
MIT,1,True,1. Discrimination,1.1. Unfair discrimination and misrepresentation,AI,Post-deployment,Intentional
"""
GROUPS = ("women", "girls", "women-and-girls", "racialised-women", "race-colour-and-descent", "everyone")
PLACES = ("404", "002", "124", "021", "019", "001")
RIGHTS = ("non-discrimination", "privacy", "equality-and-non-discrimination")
VIEWS = (
    View(("group", "region"), depths=(("group", 2), ("region", 2))),
    View(("right",)),
    View(("region",)),
    View(("right", "group")),
)


def codes(scheme: str, values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from([concept(scheme, value) for value in values]), max_size=2)


SAID = st.lists(
    st.fixed_dictionaries(
        {"group": codes("group", GROUPS), "region": codes("region", PLACES), "right": codes("right", RIGHTS)}
    ),
    max_size=12,
)


def recorded(observatory: Observatory, said: list[dict[str, frozenset[str]]]) -> Recorded:
    told = {f"x{n}": {d: values for d, values in one.items() if values} for n, one in enumerate(said)}
    return demand.incidents([Incidents(CREDIT, told)], observatory.index)


def concerns(
    observatory: Observatory, said: dict[str, frozenset[str]], view: View, cell: tuple[str, ...], spoken: set[str]
) -> bool:
    """Say the slow way whether a record concerns a cell: it names the concept or a narrower one in each dimension."""
    within = observatory.index.within
    for dimension, wanted in zip(view.dimensions, cell, strict=True):
        if dimension not in spoken or wanted == observatory.index.roots.get(dimension):
            continue
        named = said.get(dimension, frozenset())
        if not wanted:
            if named:
                return False
        elif not any(wanted in within.get(one, {one}) for one in named):
            return False
    return True


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID, st.sampled_from(VIEWS))
def test_counts_are_those_of_a_slow_count(
    world_observatory: Observatory, said: list[dict[str, frozenset[str]]], view: View
) -> None:
    found = recorded(world_observatory, said)
    spoken = {d for one in said for d, values in one.items() if values}
    for cell in list(world_observatory.coverage(view).cells)[::7]:
        slow = sum(concerns(world_observatory, one, view, cell, spoken) for one in said)
        assert found.count(view, cell) == slow


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID, st.sampled_from(VIEWS[:2]))
def test_no_gap_is_lowered(world_observatory: Observatory, said: list[dict[str, frozenset[str]]], view: View) -> None:
    found = recorded(world_observatory, said)
    grid = world_observatory.coverage(view)
    before = {(g.kind, g.cell.concepts): g for g in world_observatory.gaps_of(grid)}
    for gap in world_observatory.gaps_of(grid, found):
        old = before.get((gap.kind, gap.cell.concepts))
        if old is not None:
            raised = round(gap.priority - old.priority, 3)
            assert raised in (0, 2)
            assert raised == gap.parts.get("demand-incidents", 0)
            assert not raised or found.count(view, gap.cell.concepts) > 0


def test_the_place_without_demand_is_that_of_the_other_list(world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("group", "stage")))
    plain = list(world_observatory.gaps_of(grid))
    asked = world_observatory.demanded(grid, "supervisory")
    assert len(asked.recorded) == 1
    for gap in asked.gaps:
        was = asked.was(gap)
        if was:
            other = plain[was - 1]
            assert (other.kind, other.cell.concepts) == (gap.kind, gap.cell.concepts)
    assert any("demand-supervisory" in gap.parts for gap in asked.gaps)


def test_how_lopsided_it_is_is_counted(world_observatory: Observatory) -> None:
    kenya, canada, world = (frozenset({concept("region", code)}) for code in ("404", "124", "001"))
    found = recorded(
        world_observatory, [{"region": kenya}, {"region": canada}, {"region": canada}, {"region": world}, {}]
    )
    told = {one.iri.rpartition("/")[2]: (one.records, one.most.rpartition("/")[2]) for one in found.places}
    assert told["002"] == (1, "202")
    assert told["019"] == (2, "021")
    assert told["150"] == (0, "")
    assert told["001"] == (1, "")
    assert told[""] == (1, "")
    assert "010" not in told
    lines = demand.sentences(found, View(("region",)), world_observatory.names.label)
    assert any("Americas 2" in line and "Africa 1" in line and "Europe 0" in line for line in lines)
    assert any("by-sa/4.0" in line for line in lines)
    assert not demand.sentences(recorded(world_observatory, []), View(("region",)), str)[0].startswith("Recorded harm:")


@pytest.fixture(scope="module")
def with_demand(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The built world with incidents beside it, imported from two tables."""
    folder = tmp_path_factory.mktemp("demand")
    for name in ("ontology", "shapes", "queries", "data"):
        (folder / name).symlink_to(built.root / name) if name != "data" else shutil.copytree(built.data, folder / name)
    shutil.copytree(built.build, folder / "build", symlinks=True)
    project = Project.at(folder)
    (folder / "a.csv").write_text(INCIDENTS, "utf-8")
    (folder / "b.csv").write_text(DOMAINS, "utf-8")
    source = Source(
        "base-x", CREDIT.title, CREDIT.publisher, CREDIT.address, CREDIT.licence, dt.date(2026, 11, 20), text="x"
    )
    files = [folder / "a.csv", folder / "b.csv"]
    done = running.run(Task(project, mapping.load("aiid"), files, source, How(AS_OF)))
    assert done.states["new"] == 2
    assert not running.run(Task(project, mapping.load("aiid"), files, source, How(AS_OF))).changed
    return project


def test_incidents_are_numbers_and_codes_and_no_texts(with_demand: Project) -> None:
    text = (with_demand.data / "sources" / "base-x" / FILE).read_text("utf-8")
    assert "https://incidentdatabase.ai/cite/1/" in text
    assert "scheme/right/non-discrimination" in text
    assert CREDIT.licence in text
    assert "somebody" not in text
    assert "Title of" not in text
    (back, other) = demand.stored(with_demand.data / "sources" / "base-x" / FILE)
    assert back == Incident(
        "1",
        {"right": ["non-discrimination"], "risk": ["discrimination"]},
        "2024-05-01",
        "https://incidentdatabase.ai/cite/1/",
    )
    assert (other.number, other.date) == ("2", "2024")


def test_they_lie_beside_the_build_and_in_no_dump(
    with_demand: Project, tmp_path: Path, dgekg: Callable[..., Ran]
) -> None:
    ran = dgekg(with_demand, "gaps", "--over", "right", "--demand", "incidents")
    assert "No recorded incidents lie beside this build" in ran.said
    found = demand.packed(with_demand.data / "sources", with_demand.build, ["all"])
    assert [(one.credit.title, len(one.said)) for one in found] == [("Base X", 2)]
    ran = dgekg(with_demand, "gaps", "--over", "right", "--demand", "incidents", "--format", "json")
    told = json.loads(ran.out)
    assert told["demand"]["records"] == 2
    assert told["demand"]["sources"][0]["licence"] == CREDIT.licence
    raised = [one for one in told["rows"] if "demand-incidents" in one["priority_parts"]]
    assert raised
    assert all(one["on_record"] > 0 for one in raised)
    export(with_demand, tmp_path / "dump.nq")
    dump = (tmp_path / "dump.nq").read_text("utf-8")
    assert "<https://w3id.org/dgekg/id/incident/" not in dump
    assert "graph/demand" not in dump
    assert "by-sa" not in dump
    with pytest.raises(InputError, match="base-x"):
        demand.packed(with_demand.data / "sources", with_demand.build, ["base-y"])
    demand.packed(with_demand.data / "sources", with_demand.build, [])
    assert demand.of_build(with_demand.build) == []


def test_a_graph_without_a_licence_is_not_read(tmp_path: Path) -> None:
    demand.put(tmp_path / FILE, CREDIT, [Incident("1", {})])
    path = tmp_path / FILE
    path.write_text("\n".join(line for line in path.read_text("utf-8").splitlines() if "license" not in line), "utf-8")
    with pytest.raises(SourceError, match="licence"):
        demand.packed(tmp_path.parent, tmp_path / "build", [tmp_path.name])
    assert len(list(quads(CREDIT, [Incident("1", {"group": ["women"]})]))) == 9


def test_pages_and_programs_say_the_same(with_demand: Project) -> None:
    demand.packed(with_demand.data / "sources", with_demand.build, ["base-x"])
    observatory = open_observatory(Settings(root=with_demand.root))
    client = TestClient(create_app(lambda: observatory, Settings()))
    told = client.get("/api/gaps?rows=right&demand=incidents").json()
    assert told["demand"]["records"] == 2
    assert "demand=incidents" in told["query"]
    assert {"on_record", "was"} <= set(told["rows"][0])
    plain = client.get("/api/gaps?rows=right").json()
    assert "on_record" not in plain["rows"][0]
    assert plain["total"] == told["total"]
    for language, words in (("en", "no gap is lowered"), ("fr", "aucune lacune"), ("es", "ninguna laguna baja")):
        page = client.get(f"/gaps?rows=right&demand=incidents&lang={language}")
        assert page.status_code == 200
        assert words in page.text
        assert CREDIT.licence in page.text
    assert client.get("/api/gaps?rows=right&demand=nobody").status_code == 404
    assert client.get("/gaps?rows=right&demand=nobody").status_code == 404


def test_a_service_follows_what_is_put_beside_its_build(
    with_demand: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "_LOOK_SECONDS", 0.0)
    demand.packed(with_demand.data / "sources", with_demand.build, [])
    settings_ = Settings(root=with_demand.root, private=tmp_path)
    with TestClient(create_app(current.Current(settings_), settings_)) as client:
        path = "/api/gaps?rows=right&demand=incidents"
        before = client.get(path)
        assert before.json()["demand"]["records"] == 0
        assert client.get(path, headers={"if-none-match": before.headers["etag"]}).status_code == 304
        demand.packed(with_demand.data / "sources", with_demand.build, ["base-x"])
        until(lambda: client.get(path).json()["demand"]["records"] == 2)
        after = client.get(path, headers={"if-none-match": before.headers["etag"]})
        assert (after.status_code, after.json()["demand"]["records"]) == (200, 2)
        assert after.headers["etag"] != before.headers["etag"]
