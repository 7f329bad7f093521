"""The cross-record rules: each has a small bad world that gives exactly the findings it announces, and a good one.

The worlds live in `checks/<check>/bad.ttl` and `good.ttl`; `checks/common.ttl` is loaded with every one of them.
A line `# expect: <record> <what was found>` announces a finding. No other check may find anything in a world.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from dgekg import documents, template
from dgekg.build import checks
from dgekg.documents import Document
from dgekg.errors import QuestionError
from dgekg.findings import Finding, Severity
from dgekg.identifiers import compact, named_graph
from dgekg.questions import load
from dgekg.store.local import LocalStore
from dgekg.vocabulary import DCT_TITLE, LANGUAGES

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "queries" / "checks"
WORLDS = ROOT / "tests" / "checks"
SLUGS = sorted(file.stem for file in CHECKS.glob("*.rq"))
TODAY = dt.date(2026, 11, 21)
WORLD = NamedNode(named_graph("world"))
DERIVED = NamedNode(named_graph("derived"))


@cache
def vocabulary() -> tuple[Document, ...]:
    """The schemes that checks and worlds refer to."""
    texts = [f.read_text(encoding="utf-8") for f in [*CHECKS.glob("*.rq"), *WORLDS.rglob("*.ttl")]]
    names = {name for text in texts for name in re.findall(r"scheme/([a-z-]+)/", text)}
    files = [ROOT / "ontology" / "schemes" / f"{name}.ttl" for name in sorted(names)]
    return tuple(documents.read(file, ROOT)[0] for file in files if file.exists())


def assembled(world: list[Document]) -> LocalStore:
    store = LocalStore()
    for document in [*vocabulary(), *world]:
        store.engine.extend(Quad(x.subject, x.predicate, x.object, WORLD) for x in document.triples)
    for file in sorted((ROOT / "queries" / "derive").glob("*.rq")):
        triples = store.construct(template.read(file))
        store.engine.extend(Quad(x.subject, x.predicate, x.object, DERIVED) for x in triples)
    return store


def read(*files: Path) -> list[Document]:
    world, wrong = documents.read_all(files, ROOT)
    assert not wrong
    return world


def found_in(world: list[Document], language: str = "en", as_of: dt.date = TODAY) -> list[Finding]:
    home = {subject: document for document in world for subject in document.subjects}
    return checks.run(assembled(world), CHECKS, home, as_of, language)


def expected(file: Path) -> set[str]:
    return set(re.findall(r"^# expect: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE))


def said(findings: list[Finding]) -> list[str]:
    return sorted(f"{compact(f.record)} {f.found}".strip() for f in findings)


def test_what_all_worlds_share_is_sound() -> None:
    assert found_in(read(WORLDS / "common.ttl")) == []


def test_every_world_belongs_to_a_check() -> None:
    assert sorted(folder.name for folder in WORLDS.iterdir() if folder.is_dir()) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_bad_world_gives_what_it_announces(slug: str) -> None:
    file = WORLDS / slug / "bad.ttl"
    findings = found_in(read(WORLDS / "common.ttl", file))
    assert {f.rule for f in findings} == {slug}
    assert said(findings) == sorted(expected(file))
    for finding in findings:
        assert finding.severity is Severity(str(load(CHECKS / f"{slug}.rq").meta["severity"]))
        assert finding.file == file.relative_to(ROOT).as_posix()
        assert finding.line > 0
        assert "{" not in finding.message


@pytest.mark.parametrize("slug", SLUGS)
def test_good_world_gives_nothing(slug: str) -> None:
    file = WORLDS / slug / "good.ttl"
    assert expected(file) == set()
    assert found_in(read(WORLDS / "common.ttl", file)) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_messages_speak_three_languages_and_name_only_columns(slug: str) -> None:
    check = load(CHECKS / f"{slug}.rq")
    assert {"record", "found"} <= set(check.columns)
    messages = check.meta["message"]
    assert set(messages) == set(LANGUAGES)
    assert len(set(messages.values())) == len(LANGUAGES)
    placeholders = [set(_placeholders(messages[language])) for language in LANGUAGES]
    assert placeholders[0] == placeholders[1] == placeholders[2]
    assert placeholders[0] <= set(check.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_are_told_in_the_language_asked_for(language: str) -> None:
    world = read(WORLDS / "common.ttl", WORLDS / "search-contradicted" / "bad.ttl")
    text = load(CHECKS / "search-contradicted.rq").meta["message"][language]
    begins = "id/coverage/data-women-africa" + text.split("{found}")[1].split("{")[0]
    assert any(finding.message.startswith(begins) for finding in found_in(world, language))


@pytest.mark.parametrize(
    ("title", "similar", "duplicate"),
    [
        ("Toolkit for Fair Hiring", "Toolkit for fair hiring", True),
        ("Toolkit for Fair Hiring", "Fair hiring: toolkit for", True),
        ("Toolkit for Fair Hiring", "Pronoun Test for Translation", False),
        ("Invented Index 2024, national results", "Invented Index, method and questionnaire", False),
    ],
)
def test_an_address_is_a_hint_and_a_title_decides(title: str, similar: str, duplicate: bool) -> None:
    world = read(WORLDS / "common.ttl", WORLDS / "duplicate-practice" / "bad.ttl")
    titles = {"toolkit-for-fair-hiring": title, "fair-hiring-toolkit": similar}
    store = assembled(world)
    for slug, text in titles.items():
        subject = NamedNode(f"https://w3id.org/dgekg/id/practice/{slug}")
        for quad in list(store.engine.quads_for_pattern(subject, NamedNode(DCT_TITLE), None, None)):
            store.engine.remove(quad)
        store.engine.add(Quad(subject, NamedNode(DCT_TITLE), Literal(text, language="en"), DERIVED))
    findings = checks.run(store, CHECKS, {}, TODAY)
    assert [f.rule for f in findings] == ["duplicate-practice"] * duplicate
    if duplicate:
        assert title in findings[0].message
        assert similar in findings[0].message


def test_titles_are_compared_in_one_language() -> None:
    store = assembled(read(WORLDS / "common.ttl", WORLDS / "duplicate-practice" / "bad.ttl"))
    rows = list(store.select(load(CHECKS / "duplicate-practice.rq").query({})).dicts())
    assert [(row["name"], row["other"]) for row in rows] == [("Fair Hiring: TOOLKIT", "Toolkit for Fair Hiring")]


def test_the_future_begins_after_the_day_of_the_build() -> None:
    world = read(WORLDS / "common.ttl", WORLDS / "date-in-future" / "bad.ttl")
    assert found_in(world, as_of=dt.date(2027, 6, 1)) == []


def test_a_safety_finding_says_to_remove_the_history_and_names_no_group() -> None:
    world = read(WORLDS / "common.ttl", WORLDS / "protected-exposure" / "bad.ttl")
    for finding in found_in(world):
        assert "history" in finding.message
        assert "docs/safety" in finding.message
        assert "lgbtiq" not in finding.text()


@pytest.mark.parametrize("line", ["#+ severity: fatal", ""])
def test_a_check_without_a_known_severity_says_so(line: str, tmp_path: Path) -> None:
    text = (CHECKS / "broader-circle.rq").read_text(encoding="utf-8")
    (tmp_path / "broken.rq").write_text(text.replace("#+ severity: violation", line), encoding="utf-8")
    with pytest.raises(QuestionError, match=r"broken\.rq.*severity"):
        checks.run(LocalStore(), tmp_path, {}, TODAY)


def _placeholders(message: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(message) if name is not None)
