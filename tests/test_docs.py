"""The documents tell the truth: generated pages are up to date, links lead somewhere, examples are real."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml

import dgekg
from dgekg import reference
from dgekg.cli import cli
from dgekg.client import Client, Pages, Table
from dgekg.errors import DgekgError
from dgekg.index import dimensions
from dgekg.questions import Questions
from dgekg.reference import blocks
from dgekg.settings import Project, Settings

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = [*reference.documents(ROOT), *sorted(REFERENCE.glob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def generated(project: Project) -> dict[Path, str | DgekgError]:
    return dict(reference.generate(project, REFERENCE))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_generated_pages_and_blocks_are_up_to_date(generated: dict[Path, str | DgekgError]) -> None:
    broken = {p.name: str(t) for p, t in generated.items() if isinstance(t, DgekgError)}
    assert not broken
    stale = [p.relative_to(ROOT).as_posix() for p, t in generated.items() if not p.is_file() or text_of(p) != t]
    assert not stale, "run: python -m dgekg.reference docs/reference"
    assert {p for p in generated if p.parent == REFERENCE} == set(REFERENCE.glob("*.md"))


def test_every_method_of_the_python_interface_is_documented() -> None:
    kinds = (Client, Table, Pages)
    offered = {name for kind in kinds for name in dir(kind) if not name.startswith("_") and name not in dir(tuple)}
    assert {"practices", "coverage", "close"} <= offered
    page = text_of(REFERENCE / "python.md")
    assert not [name for name in sorted(offered) if f"\n### {name}\n" not in page]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    page = text_of(REFERENCE / "commands.md")
    assert f"\n## {name}\n" in page
    section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
    options = [o for p in cli.commands[name].params if isinstance(p, click.Option) for o in p.opts]
    assert [o for o in options if o not in section] == []


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_questions_named_in_help_exist(name: str, project: Project) -> None:
    questions = Questions(project.queries / "questions").all
    named = re.findall(r"dgekg ask ([a-z][a-z-]+)", " ".join((cli.commands[name].help or "").split()))
    assert [slug for slug in named if slug not in questions] == []


def test_every_setting_is_documented() -> None:
    page = text_of(REFERENCE / "settings.md")
    assert [f.name for f in dataclasses.fields(Settings) if f"`DGEKG_{f.name.upper()}`" not in page] == []
    assert [f.name for f in dataclasses.fields(Settings) if not f.metadata["description"]] == []


def test_every_question_is_documented(project: Project) -> None:
    page = text_of(REFERENCE / "questions.md")
    assert [q for q in Questions(project.queries / "questions").all if f"\n## {q}\n" not in page] == []


def test_every_shape_is_documented(project: Project) -> None:
    page = text_of(REFERENCE / "model.md")
    shapes = [file.stem for file in project.shapes.glob("*.ttl") if file.stem != "groups"]
    assert [name for name in shapes if not re.search(rf"^### (\w+:)?{name}$", page, re.MULTILINE)] == []


def test_every_check_is_documented(project: Project) -> None:
    page = text_of(REFERENCE / "checks.md")
    assert [f.stem for f in (project.queries / "checks").glob("*.rq") if f"[{f.stem}]" not in page] == []


def test_every_dimension_is_documented(project: Project) -> None:
    page = text_of(REFERENCE / "dimensions.md")
    assert [name for name in dimensions(project.queries) if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_documents_resolve(path: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(path))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors(text_of(found))):
            wrong.append(target)
    assert wrong == []


def test_every_document_can_be_reached() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        if path in seen or path.suffix != ".md" or not path.is_file():
            continue
        seen.add(path)
        links = re.findall(r"\]\(([^)\s#]+)", without_code(text_of(path)))
        ahead += [(path.parent / link).resolve() for link in links if not re.match(r"[a-z]+:", link)]
    assert set(DOCUMENTS) - seen == set()


def test_readme_begins_with_the_two_commands() -> None:
    top = text_of(ROOT / "README.md").splitlines()[:6]
    assert any(line.startswith("make serve") for line in top)
    assert any(line.startswith("make test") for line in top)


def examples() -> list[tuple[str, str]]:
    found = []
    for path in reference.documents(ROOT):
        for block in CONSOLE.findall(text_of(path)):
            found += [(path.name, line[2:]) for line in block.splitlines() if line.startswith("$ ")]
    return found


@pytest.mark.parametrize(("document", "line"), examples())
def test_console_examples_are_real_commands(document: str, line: str, project: Project) -> None:
    program, name, *arguments = shlex.split(line)
    assert program == "dgekg", f"{document}: console blocks are for dgekg"
    command = cli.commands[name]
    with command.make_context(name, arguments, resilient_parsing=False) as context:
        slug = context.params.get("slug")
        if name == "ask" and slug:
            question = Questions(project.queries / "questions").get(slug)
            for value in context.params["values"]:
                question.parameter(value.partition("=")[0])
        for file in context.params.get("files", ()):
            assert (ROOT / file).is_file()


def test_questions_in_examples_answer(project: Project) -> None:
    """Examples that only read are run over the shipped data, unless their output stands in the document already."""
    from dgekg.reference.material import Material

    material = Material(project)
    filled = {
        m for path in reference.documents(ROOT) for m in re.findall(r"<!-- (?:run|world): (.*?) -->", text_of(path))
    }
    for document, line in examples():
        if line not in filled and line.split()[1] in ("ask", "coverage", "gaps", "query"):
            assert blocks.output(material.real, line).count("\n") > 2, f"{document}: {line}"


def test_worked_example_says_what_the_table_says() -> None:
    page = text_of(ROOT / "docs" / "how-coverage-is-computed.md")
    tables = [table_of(block) for block in CONSOLE.findall(page) if "dgekg coverage" in block]
    claims = re.findall(r"^- \*\*(.+), ([^,]+): `(.+)`\*\*:", page, re.MULTILINE)
    assert len(claims) >= 8
    wrong = [claim for claim in claims if not any(t.get((claim[0], claim[1])) == claim[2] for t in tables)]
    assert wrong == []


def test_changelog_and_citation_name_this_version() -> None:
    newest = re.search(r"^## (\S+)", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == dgekg.__version__
    assert str(yaml.safe_load(text_of(ROOT / "CITATION.cff"))["version"]) == dgekg.__version__


def test_decisions_are_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    numbered = sorted(folder.glob("[0-9]*.md"))
    assert [p.name[:4] for p in numbered] == [f"{n:04d}" for n in range(1, len(numbered) + 1)]
    listed = text_of(folder / "README.md")
    for path in numbered:
        title = text_of(path).splitlines()[0].partition(". ")[2]
        assert f"[{title}]({path.name})" in listed


def test_no_file_speaks_of_one_machine() -> None:
    registry = (
        r"(?:pypi|npm|files|registry|artifactory|nexus|devpi)[\w-]*(?:\.[\w-]+)*\.(?:org|com|io|net|internal|local)"
    )
    places = re.compile(
        r"(?<![\w.~%-])/(?:work|root|home/\w+|Users/\w+)/"
        rf"|--(?:extra-)?index-url|https?://(?:[\w-]+\.)*{registry}(?![\w-])"
    )
    wrong = []
    for path in tracked():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if path != Path(__file__) and places.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert wrong == []


def tracked() -> list[Path]:
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git")
    binary = {".png", ".jpg", ".ico", ".woff2", ".gz", ".zip", ".ods", ".xlsx"}
    return [ROOT / n for n in names if n and (ROOT / n).is_file() and Path(n).suffix not in binary]


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def table_of(block: str) -> dict[tuple[str, str], str]:
    """Read a printed matrix: (row, column) -> what stands in the cell."""
    lines = [re.split(r"[┃│]", line) for line in block.splitlines() if re.search(r"[┃│]", line)]
    heads = [cell.strip() for cell in lines[0]]
    return {
        (cells[0].strip(), head): cell.strip()
        for cells in lines[1:]
        for head, cell in zip(heads[1:], cells[1:], strict=True)
    }
