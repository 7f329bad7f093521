"""The site of the documents: every document has its place, no link leads nowhere or away, commands that it shows exist.

The site itself is made by `make site`, strictly: what the generator finds wrong there ends it.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import click
import pytest

from dgekg import reference
from dgekg.cli import cli
from dgekg.errors import SourceError
from dgekg.reference import site

ROOT = Path(__file__).parent.parent
SECTIONS = ["Try it", "Ask", "Collect", "Assess", "Report", "Harvest", "Operate", "Model", "Decisions", "Reference"]
DOCUMENTS = [*reference.documents(ROOT), *sorted((ROOT / "docs" / "reference").glob("*.md"))]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return site.pages(ROOT)


def small(root: Path, home: str, **documents: str) -> Path:
    (root / "docs").mkdir()
    (root / "docs" / "README.md").write_text(home, encoding="utf-8")
    for name, text in documents.items():
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def test_every_document_stands_in_a_section_and_on_a_page(pages: dict[str, str]) -> None:
    order = site.sections(ROOT)
    assert list(order) == SECTIONS
    files = [file for links in order.values() for _, file in links]
    assert len(files) == len(set(files))
    assert {site.place(path.relative_to(ROOT).as_posix()) for path in DOCUMENTS} <= set(pages)
    for name, links in order.items():
        tree = pages["index.md"].split(f":caption: {name}\n")[1].split("```")[0]
        assert re.findall(r"<(.+)>", tree) == [site.place(file).removesuffix(".md") for _, file in links]


def test_every_link_leads_to_a_page_of_the_site(pages: dict[str, str]) -> None:
    wrong, seen = [], 0
    for name, text in pages.items():
        plain = re.sub(r"```.*?```|`[^`\n]*`|<pre>.*?</pre>", "", text, flags=re.DOTALL)
        for target in re.findall(r'(?:\]\(|<a href=")([^)"#\s]+)', plain):
            to = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            seen += 1
            if not re.match("https?:|mailto:", target) and to not in {*pages, "index.html"}:
                wrong.append(f"{name}: {target}")
    assert wrong == []
    assert seen > 300


def test_what_lies_beside_the_documents_comes_along_as_it_stands(tmp_path: Path) -> None:
    home = "# Home\n\n## All\n\n| document |\n| --- |\n| [A](a.md) |\n"
    text = "see [the query](../x.rq), [all](../deep), not `[y](../y)` or\n```\n[z](../z)\n```\n"
    root = small(tmp_path, home, a=text)
    (root / "x.rq").write_text("SELECT * { ?s a <b&c> }")
    (root / "deep").mkdir()
    (root / "deep" / "one.ttl").write_text("<a> <b> <c> .")
    made = site.pages(root)
    assert '<a href="files/x.rq.html">the query</a>' in made["a.md"]
    assert "`[y](../y)`" in made["a.md"]
    assert "[z](../z)" in made["a.md"]
    assert "<pre>SELECT * { ?s a &lt;b&amp;c&gt; }</pre>" in made["files/x.rq.html"]
    assert '<a href="deep/one.ttl.html">one.ttl</a>' in made["files/deep.html"]
    assert '<a href="../../index.html">' in made["files/deep/one.ttl.html"]


def test_a_notebook_is_a_page_with_what_it_gave_and_comes_along(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Counted\n", "in words"]},
        {"cell_type": "code", "source": "print(1)", "outputs": [{"text": ["1\n"]}]},
        {"cell_type": "code", "source": "f", "outputs": [{"data": {"image/svg+xml": ["<svg>\n\n", "</svg>"]}}]},
    ]
    root = small(tmp_path, "## All\n\n| [A](a.md) |\n", a="[the book](b.ipynb)")
    (root / "docs" / "b.ipynb").write_text(json.dumps({"cells": cells}))
    made = site.pages(root)
    assert "[the book](b.md)" in made["a.md"]
    assert made["files/docs/b.ipynb"] == json.dumps({"cells": cells})
    assert re.findall(r"# Counted|download|print\(1\)|^1$|<svg> </svg>", made["b.md"], re.MULTILINE) == [
        "# Counted",
        "download",
        "print(1)",
        "1",
        "<svg> </svg>",
    ]
    assert '<a href="files/docs/b.ipynb" download>' in made["b.md"]
    (root / "docs" / "b.ipynb").write_text("[]")
    with pytest.raises(SourceError, match="expected a Jupyter notebook"):
        site.pages(root)


@pytest.mark.parametrize(
    ("home", "said"),
    [
        ("## All\n\n| [A](a.md) |\n", "docs/b.md: expected a line in one of the sections"),
        ("## All\n\n| [A](a.md) |\n| [B](b.md) |\n", "docs/a.md: links to gone.md, which is not there"),
        ("## All\n\n| [A](a.md) |\n| [B](b.md) |\n\n## More\n", 'a table of documents in the section "More"'),
    ],
)
def test_a_document_without_a_place_and_a_link_to_nowhere_are_said(tmp_path: Path, home: str, said: str) -> None:
    root = small(tmp_path, home, a="to [it](gone.md)", b="# B")
    with pytest.raises(SourceError, match=re.escape(said)):
        site.pages(root)


def test_laid_out_again_only_what_changed_is_written(tmp_path: Path) -> None:
    root = small(tmp_path, "## All\n\n| [A](a.md) |\n| [B](b.md) |\n", a="# A", b="# B")
    (root / "docs" / "site").mkdir()
    (root / "docs" / "site" / "conf.py").write_text("project = 'x'\n")
    out = tmp_path / "out"
    assert site.lay_out(root, out) == 3
    assert (out / "conf.py").is_file()
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.md")}
    (root / "docs" / "b.md").unlink()
    (root / "docs" / "README.md").write_text("## All\n\n| [A](a.md) |\n", encoding="utf-8")
    assert site.lay_out(root, out) == 2
    assert not (out / "b.md").exists()
    assert (out / "a.md").stat().st_mtime_ns == before[out / "a.md"]


def commands_of(text: str) -> list[str]:
    """Return what documents show of our commands: in the text, and in lines of their own without the remark behind."""
    found = [" ".join(words.split()) for words in re.findall(r"`(dgekg [a-z][^`]*)`", text)]
    for line in re.findall(r"^(?: {4}|\$ )?((?:\w+=\S+ )*dgekg [a-z].*)$", text, re.MULTILINE):
        found.append(re.split(r" {2,}| # ", line)[0])
    return [part[part.index("dgekg ") :] for line in found for part in line.split("&&") if "dgekg " in part]


def unknown(line: str) -> str:
    """Return which command or option of a line there is not, "" if all are there."""
    _, *words = line.split()
    command: click.Command = cli
    while isinstance(command, click.Group) and words and re.fullmatch("[a-z][a-z-]*", words[0]):
        if words[0] not in command.commands:
            return words[0]
        command = command.commands[words.pop(0)]
    options = {o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}
    given = re.findall(r"(?:^|[\s\[])(--[a-z][a-z-]*)", " ".join(words))
    return ", ".join(option for option in given if option not in options | {"--help"})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_that_is_shown_exists_with_its_options(path: Path) -> None:
    lines = commands_of(path.read_text(encoding="utf-8"))
    assert [f"{line}: {unknown(line)}" for line in lines if unknown(line)] == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    text = (
        "`dgekg bild`, `dgekg report --output x`\n\n    A=1 dgekg gaps --ovr a  # why\n$ dgekg find x --language fr\n"
    )
    lines = commands_of(text)
    assert [unknown(line) for line in lines] == ["bild", "", "--ovr", "--language"]
