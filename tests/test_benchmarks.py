"""The generator writes the same conforming project each time, skewed as documented; the runner works to the end."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from benchmarks import parts, records, report, scan, writer
from benchmarks.generate import generate
from benchmarks.measure import Apart, Stopped, Timing, repeated
from benchmarks.ours import GAPS
from benchmarks.place import Place
from benchmarks.results import Disagreement, Line, agree
from benchmarks.run import put_into, run, written
from benchmarks.suite import BYTES, INDEXING, NOT_TRIED, OURS, SPARQL, Limits, Suite
from benchmarks.tasks import TASKS, Counts, Task, facets_of, sparql, sql
from benchmarks.world import Practice, World

from dgekg.build import Sources, validate
from dgekg.identifiers import concept, dimension
from dgekg.index import Index
from dgekg.settings import Project
from dgekg.store.local import LocalStore
from lengths import only_long

ROOT = Path(__file__).parent.parent
AS_OF = dt.date(2026, 11, 21)
DRAWN = 4000


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("generated") / "project", 40, seed=5)


@pytest.mark.parametrize("hashing", ["1", "2"])
def test_the_same_seed_gives_the_same_bytes(generated: Path, tmp_path: Path, hashing: str) -> None:
    command = [sys.executable, "-m", "benchmarks.generate", str(tmp_path / "p"), "--size", "40", "--seed", "5"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": hashing}, check=True, capture_output=True)
    assert files_of(tmp_path / "p") == files_of(generated)


def test_another_seed_gives_others(generated: Path, tmp_path: Path) -> None:
    other, own = files_of(generate(tmp_path / "p", 40, seed=6)), files_of(generated)
    practices = [name for name in own if name.startswith("data/practices/")]
    assert len(practices) == 40
    assert all(own[name] != other[name] for name in practices)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError, match="new or empty"):
        generate(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_is_generated_conforms(generated: Path) -> None:
    sources = Sources(Project.at(generated))
    made = [d.file for d in sources.records if "generated" in d.slug]
    assert len(made) > 60
    findings, store = validate(sources, AS_OF, only=[*made, "data/changes/2026.csv"])
    assert [f.text() for f in findings if f.rule != "search-superseded"] == []
    assert store is not None


def test_generated_records_cannot_be_taken_for_real_ones(generated: Path) -> None:
    for path in (generated / "data").rglob("*generated*.ttl"):
        text = path.read_text(encoding="utf-8")
        addresses = [part.split(">")[0] for part in text.split("<http")[1:]]
        foreign = [a for a in addresses if "://example.org/" not in a and "w3id.org/dgekg" not in a]
        assert {a.split("/")[2] for a in foreign} <= {"purl.org", "www.w3.org", "xmlns.com", "creativecommons.org"}
        for line in text.splitlines():
            if line.strip().startswith(("dct:title", "foaf:name")):
                assert line.split('"')[1].startswith(("Generated", "Pratique générée", "Práctica generada"))


def test_links_follow_the_shipped_rules(tmp_path: Path) -> None:
    folder = generate(tmp_path / "p", 1, link=True)
    assert (folder / "shapes").resolve() == ROOT / "shapes"
    assert (folder / "data" / "standards").is_dir()
    assert not (folder / "data" / "standards").is_symlink()


@pytest.fixture(scope="module")
def drawn(generated: Path) -> tuple[World, list[tuple[str, list[str], Practice]]]:
    world = World(generated, 7, DRAWN)
    found = []
    for number in range(1, DRAWN + 1):
        _slug, text, regions, brief = records.practice(world, number)
        found.append((text, regions, brief))
    return world, found


def share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def test_the_skew_is_as_documented(drawn: tuple[World, list[tuple[str, list[str], Practice]]]) -> None:
    world, found = drawn
    combined = world.schemes["group"].combined
    groups = [one.groups for _, _, one in found]
    assert share([own == {"everyone"} for own in groups]) == pytest.approx(0.08, abs=0.02)
    assert share([bool(own & combined) for own in groups]) == pytest.approx(0.075, abs=0.02)
    assert {len(own) for own in groups} == {1, 2, 3}
    stages = [one.stages for _, _, one in found]
    assert share([own == {"whole-lifecycle"} for own in stages]) == pytest.approx(0.1, abs=0.02)
    assert {len(own) for own in stages} == {1, 2, 3}
    places = [regions for _, regions, _ in found]
    assert share([own == ["region/001"] for own in places]) == pytest.approx(0.12, abs=0.02)
    assert share([own[0].startswith("place/") for own in places]) == pytest.approx(0.01, abs=0.008)
    texts = [text for text, _, _ in found]
    assert share(['"@fr ;' not in text and '"@es ;' not in text for text in texts]) == pytest.approx(0.55, abs=0.03)
    assert share(["dgekg:SupportAssertion" not in text for text in texts]) == pytest.approx(0.2, abs=0.02)


def test_ranks_follow_zipf(drawn: tuple[World, list[tuple[str, list[str], Practice]]]) -> None:
    world, _found = drawn
    rng = random.Random(1)
    counts = Counter(world.groups.one(rng) for _ in range(60_000))
    first, second, tenth = (counts[world.groups.values[n]] for n in (0, 1, 9))
    assert first / second == pytest.approx(2, rel=0.1)
    assert first / tenth == pytest.approx(10, rel=0.2)


def test_nobody_is_named_where_the_safety_rule_protects(
    drawn: tuple[World, list[tuple[str, list[str], Practice]]],
) -> None:
    world, _found = drawn
    sensitive, country = min(world.sensitive), min(world.guarded)
    held = [parts.holders(world, [sensitive], [f"region/{country}"], False) for _ in range(300)]
    assert not any(who.community for one in held for who, _role in one)
    place = next(p for p, countries in world.schemes["place"].lies.items() if countries & world.guarded)
    held = [parts.holders(world, [sensitive], [f"place/{place}"], False) for _ in range(300)]
    assert not any(who.community for one in held for who, _role in one)
    free = [parts.holders(world, ["women"], [f"region/{country}"], False) for _ in range(300)]
    assert any(who.community for one in free for who, _role in one)


def test_a_search_that_found_none_is_never_contradicted(generated: Path) -> None:
    """Also not by a practice at a place beside M49, which lies in the countries that it lies in."""
    world = World(generated, 7, 10)
    place, countries = next(iter(world.schemes["place"].lies.items()))
    assert world.codes([f"place/{place}", "region/404"]) == {*countries, "404"}
    everyone = frozenset(world.schemes["group"].up)
    everything = (frozenset(world.schemes[name].up) for name in ("stage", "kind", "application-sector"))
    full = [Practice(everyone, *everything)] * 4
    texts = list(scan.statements(world, {code: full for code in world.countries.values if code != "404"}, 400))
    assert texts
    assert all("cellRegion <scheme/region/404>" in text for text in texts)


def ready(built: Project, place: Place) -> None:
    """Let the build know which files of the small world conform: the runner is tested here, not validation."""
    place.project.build.mkdir()
    shutil.copy(built.build / ".clean", place.project.build / ".clean")


@only_long
def test_the_runner_from_end_to_end(tmp_path: Path, built: Project) -> None:
    small = built.root  # its standards are few
    said: list[str] = []
    lines, on = run(
        [20], tmp_path, ["pyoxigraph, disk"], Limits(2, 120, 240, 1), say=said.append,
        ready=lambda place: ready(built, place), shipped=small,
    )  # fmt: skip
    by_name = {line.name: line for line in lines}
    for task in TASKS:
        times = by_name[task.name].times
        assert times[OURS].median
        assert times[BYTES].median
        assert times["pyoxigraph, disk"].median, times["pyoxigraph, disk"].note
    steps = ("generate", "first build", "build after one change", *(name for name, _call in INDEXING), *GAPS)
    for name in (*steps, writer.NAME, "one changed record, step: index"):
        assert by_name[name].times[OURS].median, name
    assert sum(line.part == "search" for line in lines) > 10
    assert by_name["dgekg serve, the process that answers"].memory[OURS] > 2**20
    assert "20 practices" in said[0]
    text = written(lines, on)
    assert all(f"| {line.name} |" in text for line in lines)
    kept = json.loads(json.dumps(report.as_json(lines, on)))
    assert report.of_json(kept) == lines
    assert len(kept["lines"]) == len(lines)
    document = tmp_path / "kept.md"
    document.write_text(
        "# Head\n\n<!-- measured -->\nyesterday\n<!-- end of what was measured -->\n\nTail\n", encoding="utf-8"
    )
    put_into(document, text)
    assert document.read_text(encoding="utf-8").startswith("# Head\n\n<!-- measured -->\n\nMeasured on")
    assert document.read_text(encoding="utf-8").endswith("<!-- end of what was measured -->\nTail\n")
    assert "yesterday" not in document.read_text(encoding="utf-8")


def test_sql_and_sparql_ask_the_same(world_store: LocalStore, project: Project) -> None:
    """In SQLite, which comes with Python: the tests do not need DuckDB."""
    index = Index(world_store, project.queries)
    facets = facets_of(tuple(index.dimensions))
    numbers = {name: number for number, name in enumerate(index.dimensions)}
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE incidence (dimension INTEGER, concept INTEGER, practice INTEGER)")
    connection.execute("CREATE TABLE practice (practice INTEGER, rung INTEGER)")
    connection.executemany("INSERT INTO practice VALUES (?, ?)", enumerate(index.rung.tolist()))
    for name in index.dimensions:
        for value, bits in index.members(name).items():
            number = numbers.setdefault(value, len(numbers))
            held = [(numbers[name], number, index.position[iri]) for iri in index.unpack(bits)]
            connection.executemany("INSERT INTO incidence VALUES (?, ?, ?)", held)
    texts = {number: name for name, number in numbers.items()}
    wanted = [*TASKS, Task("facets", (), (("kind", concept("kind", "audit")),)), Task("facets of all")]
    seen = 0
    for task in wanted:
        rows = world_store.select(sparql(task, project.queries, facets)).rows
        asked = [tuple(term.value for term in row if term is not None) for row in rows]
        width = len(task.dimensions) or 2
        truth = {row[:width]: tuple(map(int, row[width:])) for row in asked}
        found = {}
        for row in connection.execute(sql(task, numbers, facets)):
            key = tuple(texts[number] for number in row[:width])
            found[key if task.dimensions else (dimension(key[0]), key[1])] = row[width:]
        assert found == truth, task.name
        seen += len(truth)
    assert seen > 100


def test_engines_that_disagree_are_refused() -> None:
    truth: Counts = {("a", "b"): (3, 2), ("a", "c"): (1, 0)}
    agree(TASKS[0], "other", dict(truth), truth)
    with pytest.raises(Disagreement, match=r"other counts 2 cells otherwise: .*'a', 'b'.*\(4, 2\)"):
        agree(TASKS[0], "other", {("a", "b"): (4, 2)}, truth)


class OneTooSlow:
    """An engine that never answers the first question."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def prepare(self, task: Task) -> str:
        return task.name

    def run(self, prepared: str) -> Sequence[object]:
        time.sleep(600 if prepared == TASKS[0].name else 0)
        return []

    def counts(self, task: Task, rows: Sequence[object]) -> Counts:
        return {(task.name,): (len(rows),)} if rows else {}


class Unmade(OneTooSlow):
    """An engine that cannot be made."""

    def __init__(self, place: Place) -> None:
        raise ValueError(f"no such thing in {place.root.name}")


def suite_of(folder: Path, hopeless: set[tuple[str, str]]) -> Suite:
    suite = Suite(Place(folder, folder), 1, [], Limits(1, 120), 1, lambda _step: None, None, hopeless)
    suite.lines = [Line(1, "views", task.name) for task in TASKS]
    suite.truth = {task.name: {} for task in TASKS}
    return suite


def test_an_engine_that_is_stopped_goes_on_with_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SPARQL, "slow", OneTooSlow)
    hopeless: set[tuple[str, str]] = set()
    suite = suite_of(tmp_path, hopeless)
    suite.measure("slow")
    first, *others = (line.times["slow"] for line in suite.lines if line.part == "views")
    assert (first.median, first.note) == (None, "> 1 s")
    assert all(timing.seconds for timing in others)
    assert hopeless == {("slow", TASKS[0].name)}
    larger = suite_of(tmp_path, hopeless)
    larger.measure("slow")
    notes = [line.times["slow"].note for line in larger.lines if line.part == "views"]
    assert notes == [NOT_TRIED, *("" for _ in others)]


def test_an_engine_that_cannot_be_made_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPARQL, "none", Unmade)
    suite = suite_of(tmp_path, set())
    suite.measure("none")
    assert [line.times["none"].note for line in suite.lines if line.part == "views"] == [NOT_TRIED] * len(TASKS)
    assert suite.lines[-1].times["none"].note == f"ValueError: no such thing in {tmp_path.name}"


class Slow:
    """Something that is measured."""

    def nap(self, seconds: float) -> str:
        time.sleep(seconds)
        return "slept"

    def fail(self) -> None:
        raise ValueError("on purpose")


def test_what_takes_too_long_is_stopped() -> None:
    apart = Apart(Slow)
    try:
        assert apart.ready(60) >= 0
        assert apart.call("nap", 0.0, limit=60) == "slept"
        with pytest.raises(Stopped, match="on purpose"):
            apart.call("fail", limit=60)
        with pytest.raises(Stopped, match=r"> 0.2 s"):
            apart.call("nap", 600.0, limit=0.2)
        apart.stop()
        with pytest.raises(Stopped, match="ended"):
            apart.call("nap", 0.0, limit=5)
    finally:
        apart.stop()


def test_timings_are_medians_with_spread() -> None:
    assert Timing((1.0, 2.0, 9.0)).median == 2.0
    assert Timing((1.0, 2.0, 3.0)).spread == pytest.approx(0.25)
    assert Timing((), "> 60 s").median is None
    assert len(repeated(lambda: None, most=5).seconds) == 5
    assert len(repeated(lambda: time.sleep(0.02), limit=0.03).seconds) == 1


def test_growth_is_the_slope_of_the_logarithms() -> None:
    assert report.exponent([(10, 2.0), (100, 200.0)]) == pytest.approx(2)
    assert report.seconds_text(0.00052) == "0.52 ms"
