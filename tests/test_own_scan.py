"""A scan of one's own on another topic, from nothing: what docs/own-scan.md says, typed line by line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from conftest import ROOT, Ran
from dgekg import collection
from dgekg.errors import InputError, SourceError, UnknownValue
from dgekg.observatory import open_observatory
from dgekg.settings import Project, Settings
from dgekg.starting import schemes
from dgekg.web.app import create_app

GUIDE = ROOT / "docs" / "own-scan.md"
PAGES = ("/", "/practices", "/coverage", "/gaps", "/network", "/questions", "/standards", "/actors", "/data", "/method")
OTHERS = ("/about", "/contribute", "/report", "/recommendations", "/openapi.json", "/catalog.ttl", "/llms.txt")
OURS = re.compile(r"\b(?:AI|IA)\b|artificial|artificielle|gender equality in")
_STEP = re.compile(
    r"^<!-- (?P<what>file|mend): (?P<where>[^\n]*?) -->$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# Single concepts (a kind, a group, a right) stay until they are changed; these files have to be free of our topic.
_WHOLLY = ("queries", "shapes", "report", "ontology/dgekg.ttl", "ontology/schemes/family.ttl")


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield what the guide does: ("file", path, text), ("mend", path, "from: to") and ("run", command, "")."""
    file = ""
    for found in _STEP.finditer(GUIDE.read_text("utf-8")):
        if found["what"] == "file":
            file = found["where"]
        elif found["what"] == "mend":
            path, _, change = found["where"].partition(": ")
            yield "mend", path, change
        elif file:
            yield "file", file, found["text"]
            file = ""
        elif found["kind"] in ("console", "sh"):
            yield from (("run", line.removeprefix("$ "), "") for line in found["text"].splitlines())


@contextmanager
def served(root: Path) -> Iterator[TestClient]:
    settings = collection.adopted(Settings(root=root, private=root.parent / "private"))
    observatory = open_observatory(settings)
    with TestClient(create_app(lambda: observatory, settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the guide is typed."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture
def typed(made: Path, dgekg: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Ran]:
    monkeypatch.setenv("DGEKG_PRIVATE", str(made / "private"))

    def run(line: str) -> Ran:
        words = shlex.split(line)[1:]
        root = ROOT if words[0] == "init" else made / "transport"
        monkeypatch.chdir(made if words[0] == "init" else root)
        return dgekg(Project.at(root), *words)

    return run


def test_every_line_of_the_guide(made: Path, typed: Callable[[str], Ran]) -> None:
    root = made / "transport"
    said: dict[str, list[Ran]] = {}
    for what, where, text in steps():
        if what == "file":
            (root / where).parent.mkdir(parents=True, exist_ok=True)
            (root / where).write_text(text, "utf-8")
        elif what == "mend":
            old, _, new = text.partition(": ")
            before = (root / where).read_text("utf-8")
            assert old in before
            (root / where).write_text(before.replace(old, new), "utf-8")
        elif where.startswith("cd "):
            nothing_yet(root, typed)
        else:
            ran = typed(where)
            wanted = 1 if where.startswith("dgekg import") and where not in said else 0  # one row is to be mended
            assert ran.code == wanted, (where, ran.said)
            said.setdefault(where, []).append(ran)
    built = said["dgekg build --record"]
    assert all("violation" not in ran.said and "warning" not in ran.said for ran in built)
    before, after = (ran.out for ran in said["dgekg coverage --rows stage"])
    for stage, then, now in (("Planning", "?", "?"), ("Vehicles", "?", "0"), ("Stops and stations", "(1)", "(1)")):
        cells = [re.search(rf"^ *{stage} +│ (\S+)", text, re.MULTILINE) for text in (before, after)]
        assert [cell and cell[1] for cell in cells] == [then, now]
    assert not re.search("inception|retirement", before, re.IGNORECASE)
    looking, searched = (
        said["dgekg gaps --over stage,region --kind knowledge --limit 5"],
        said["dgekg gaps --over stage --kind practice"],
    )
    assert "Nobody has searched for practices on Vehicles" in looking[0].out
    assert "searched for Vehicles (stage) and found none" in searched[0].out
    assert (root / "practice.xlsx").stat().st_size
    report = (root / "report.md").read_text("utf-8")
    assert "Safe journeys" in report
    assert "2 practices" in report
    assert not OURS.search(report)
    cited = (root / "releases" / "dgekg-2026.1" / "CITATION.cff").read_text("utf-8")
    assert "Safe journeys" in cited
    assert "A transport observatory" in cited


def nothing_yet(root: Path, typed: Callable[[str], Ran]) -> None:
    """A new project builds, and every page of it answers and invites."""
    assert not list((root / "data" / "practices").glob("*.ttl"))
    for name in _WHOLLY:
        for file in [root / name] if (root / name).is_file() else sorted((root / name).rglob("*.*")):
            said = re.sub(r"^#(?!\+).*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
            assert not OURS.search(said), file
    built = typed("dgekg build")
    assert built.code == 0, built.said
    assert "write it beside your criteria" in " ".join(typed("dgekg agreement").err.split())
    assert "violation" not in built.said
    with served(root) as client:
        for page in (*PAGES, *OTHERS):
            answer = client.get(page)
            assert answer.status_code == 200, (page, answer.text[-500:])
            if "html" in answer.headers["content-type"]:
                assert "has no practice yet" in answer.text, page
            for language in ("en", "fr", "es") if page in PAGES[:6] else ("en",):
                if page == "/openapi.json":  # its examples name single groups
                    continue
                said = client.get(page, headers={"Accept-Language": language}).text
                found = list(OURS.finditer(re.sub(r"<option.*?</option>", "", said)))
                assert not found, (page, language, said[found[0].start() - 80 : found[0].end() + 80])
        assert "No criteria are on record" in client.get("/about").text
        assert "aucune pratique" in client.get("/practices?lang=fr").text
        assert client.get("/api/coverage").json()["rows"]
    ran = typed("dgekg report --variant brief --output empty.md")
    assert ran.code == 0, ran.said
    assert "No round of collection is on record.\n" in (root / "empty.md").read_text("utf-8")
    (root / "empty.md").unlink()


def test_pages_of_the_scan_say_its_name_and_stages(made: Path, typed: Callable[[str], Ran]) -> None:
    if not (made / "transport" / "build" / "current").exists():
        test_every_line_of_the_guide(made, typed)
    with served(made / "transport") as client:
        home, coverage = client.get("/").text, client.get("/coverage?rows=stage").text
        assert "<title>" in home
        assert "Safe journeys: women and girls in public transport" in home
        assert "has no practice yet" not in home
        assert "where a stage of a journey meets a group" in home
        assert "human-rights law and of the field" in home
        assert not OURS.search(home)
        assert "Stops and stations" in coverage
        assert "Trajets sûrs" in client.get("/?lang=fr").text
        catalogue = client.get("/catalog.ttl").text
        assert "Safe journeys" in catalogue
        assert "A transport observatory" in catalogue
        for page in ("/gaps", "/practices?view=table", "/scheme/stage/stops.html", "/id/collection/first-round.html"):
            assert client.get(page).status_code == 200, page


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, project: Project, dgekg: Callable[..., Ran]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    ran = dgekg(project, "init", str(tmp_path))
    assert ran.code == 2
    assert "expected a new or empty folder" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.fixture
def vocabulary(tmp_path: Path) -> Project:
    """A project with two schemes, and an alignment of a stage."""
    for name in ("stage.ttl", "group.ttl", "region.ttl"):
        (tmp_path / "ontology" / "schemes").mkdir(parents=True, exist_ok=True)
        (tmp_path / "ontology" / "schemes" / name).write_bytes((ROOT / "ontology" / "schemes" / name).read_bytes())
    (tmp_path / "ontology" / "alignments").mkdir()
    aligned = (ROOT / "ontology" / "alignments" / "dpv.ttl").read_bytes()
    (tmp_path / "ontology" / "alignments" / "dpv.ttl").write_bytes(aligned)
    (tmp_path / "ontology" / "dgekg.ttl").touch()
    return Project.at(tmp_path)


@pytest.mark.parametrize("name", ["stage", "group"])
def test_a_scheme_written_back_says_the_same(name: str, vocabulary: Project) -> None:
    def triples() -> set[str]:
        return {f"{s} {p} {o}" for s, pairs in schemes._read(file).items() for p, o in pairs}

    file = vocabulary.ontology / "schemes" / f"{name}.ttl"
    before, table = triples(), schemes.table(vocabulary, name)
    done = schemes.write(vocabulary, name, table)
    assert triples() == before
    assert (done.added, done.gone, done.mentioned) == ((), (), ())
    assert schemes.table(vocabulary, name) == table


def test_a_concept_that_goes_takes_its_alignments_along_and_no_others(vocabulary: Project) -> None:
    table = schemes.table(vocabulary, "stage")
    rest = "\n".join(line for line in table.splitlines() if not line.startswith("retirement,"))
    done = schemes.write(vocabulary, "stage", rest)
    assert done.gone == ("retirement",)
    aligned = (vocabulary.ontology / "alignments" / "dpv.ttl").read_text("utf-8")
    assert "DecommissionStage" not in aligned  # the second line of what was said
    assert "ReevaluationStage" in aligned
    assert "dpv:TechnicalMeasure" in aligned


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\ndata,", "\nData Stage,", 'code: found "Data Stage"'),
        ("\ndata,whole-lifecycle", "\ndata,whole-lifecicle", "whole-lifecicle"),
        ("\ndata,", "\ndesign,", "stands in line"),
        (",Data,Données,", ",Data,,", "line 7, fr: found nothing"),
        ("\n*,", "\nscheme,", "expected a row *"),
        ("definition_fr", "meaning", "lacks the columns definition_fr"),
    ],
)
def test_a_table_with_a_fault_changes_nothing(old: str, new: str, told: str, vocabulary: Project) -> None:
    file = vocabulary.ontology / "schemes" / "stage.ttl"
    before, table = file.read_bytes(), schemes.table(vocabulary, "stage")
    assert old in table
    with pytest.raises((InputError, UnknownValue)) as error:
        schemes.write(vocabulary, "stage", table.replace(old, new, 1))
    assert told in str(error.value)
    assert file.read_bytes() == before


def test_regions_are_not_edited_and_unknown_schemes_told(vocabulary: Project) -> None:
    with pytest.raises(InputError, match="not edited"):
        schemes.write(vocabulary, "region", "")
    with pytest.raises(UnknownValue, match="stages"):
        schemes.table(vocabulary, "stages")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: Safe journeys", "title: expected en, fr, es"),
        ("title: {en: A, fr: B, es: ''}", "title: es: expected a text"),
        ("titel: {}", "found titel"),
        ("words: {home.is: {en: A}}", "words: home.is: expected en, fr, es"),
        ("title: [", "cannot be read"),
        ("publisher: [1]", "publisher: expected a text"),
    ],
)
def test_a_name_that_cannot_be_read_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / collection.FILE).write_text(text, "utf-8")
    with pytest.raises(SourceError) as error:
        collection.read(tmp_path)
    assert told in str(error.value)
    assert collection.FILE in str(error.value)


def test_a_setting_comes_before_what_the_collection_says(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "dgekg.ttl").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / collection.FILE).write_text("{publisher: Theirs, contact: 'mailto:a@example.org'}", "utf-8")
    found = collection.adopted(Settings(root=tmp_path, publisher="Set"))
    assert (found.publisher, found.contact) == ("Set", "mailto:a@example.org")


def test_words_of_a_collection_with_a_name_are_words_of_the_pages() -> None:
    from dgekg.web import words

    named = collection.Collection({"title": dict.fromkeys(("en", "fr", "es"), "Safe")})
    for language in ("en", "fr", "es"):
        known = words.messages(language)
        said = named.worded(known, language)
        assert set(said) == set(known)
        assert set(collection._neutral()[language]) <= set(known)
        for key, text in said.items():
            if key not in ("site.name",):
                assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", known[key])), key
        left = {key for key, text in said.items() if OURS.search(text)}
        assert left <= {"site.what", "home.is", "about.what"}  # its description stands there
        assert collection.NOTHING.worded(known, language) == known


def test_what_is_replaced_stands_in_the_project() -> None:
    from dgekg import report, starting

    texts = [
        file.read_text("utf-8")
        for folder in (ROOT / "queries", ROOT / "shapes", ROOT / "ontology", report.shipped())
        for file in sorted(folder.rglob("*.*"))
        if file.suffix in (".rq", ".ttl", ".yaml", ".md")
    ]
    whole = "\n".join(texts)
    assert [one for one in starting.replaced() if one not in whole] == []
