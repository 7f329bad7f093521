"""The documents laid out for the generator of the site: `python -m dgekg.reference.site DIR`.

The order of the site is that of `docs/README.md`: its sections, and in them the links of its tables. Links between
documents are kept; what they name beside them (a query, a folder of shapes) comes along as a plain page, so that no
link leads out of the site. Sphinx then makes it: see `docs/site/conf.py`, and `make site`.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import dgekg
from dgekg.errors import DgekgError, InputError, SourceError
from dgekg.reference import documents, worked

HOME = "docs/README.md"
ABOUT = "site.json"
_OWN = "docs/site"  # configuration of the generator, style, script
_EXTRA = "extra"  # what the generator only copies
_LINK = re.compile(r"```.*?```|`[^`\n]*`|\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)", re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| \[(?P<words>[^\]]+)\]\((?P<target>[^)\s#]+)\)", re.MULTILINE)
_LISTED = re.compile(r"\]\(([^)\s#/]+\.md)\)")
_ORPHAN = "---\norphan: true\n---\n\n"
_PLAIN = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}</style>
<title>{name}</title>
<p><a href="{home}">Documents</a> · {file}</p>
{body}
</html>
"""


def place(path: str) -> str:
    """Return where a file of the project stands in the site, as a page.

    >>> place("docs/README.md"), place("docs/decisions/README.md"), place("CONTRIBUTING.md")
    ('index.md', 'decisions/README.md', 'project/CONTRIBUTING.md')
    >>> place("queries/derive/x.rq"), place("tests/world/README.md"), place("shapes")
    ('files/queries/derive/x.rq.html', 'files/tests/world/README.md', 'files/shapes.html')
    >>> place("docs/notebook/x.ipynb")
    'notebook/x.md'
    """
    if path == HOME:
        return "index.md"
    if path.startswith("docs/") and path.endswith(".md"):
        return path.removeprefix("docs/")
    if path.endswith(".ipynb"):
        return path.removeprefix("docs/").removesuffix(".ipynb") + ".md"
    if "/" not in path and path.endswith(".md"):
        return f"project/{path}"
    return f"files/{path}" if path.endswith(".md") else f"files/{path}.html"


def sections(root: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the sections of the home page: for each the words and the files of its links, from the project's folder.

    Raises:
        SourceError: a document is in no section, or a section has no links.
    """
    text = (root / HOME).read_text(encoding="utf-8")
    heads = list(_SECTION.finditer(text))
    found = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        part = text[head.end() : following.start() if following else len(text)]
        found[head[1]] = [(row["words"], _resolved(HOME, row["target"])) for row in _ROW.finditer(part)]
        if not found[head[1]]:
            raise SourceError(f'{HOME}: expected a table of documents in the section "{head[1]}", found none.')
    known = {HOME, *(file for links in found.values() for _, file in links)}
    known |= {child for file in sorted(known) for child in _children(root, file)}
    written = [*documents(root), *(root / "docs" / "reference").glob("*.md")]
    lost = sorted({path.relative_to(root).as_posix() for path in written} - known)
    if lost:
        raise SourceError(f"{lost[0]}: expected a line in one of the sections of {HOME}, found none.")
    return found


def pages(root: Path) -> dict[str, str]:
    """Return every page of the site with its text; of what is only copied, the whole page.

    Args:
        root: the project's folder.

    Raises:
        SourceError: a link leads nowhere, or a document is in no section.
    """
    order = sections(root)
    ahead = [HOME, *(file for links in order.values() for _, file in links)]
    listed = {child for file in ahead for child in _children(root, file)} | set(ahead)
    ahead += sorted(listed - set(ahead))
    found: dict[str, str] = {}
    while ahead:
        file = ahead.pop(0)
        if place(file) in found:
            continue
        if file.endswith(".md"):
            text, linked = _linked(root, file, (root / file).read_text(encoding="utf-8"))
            found[place(file)] = ("" if file in listed else _ORPHAN) + text + _trees(root, file, order)
        elif file.endswith(".ipynb"):
            raw = f"files/{file}"
            found[raw] = (root / file).read_text(encoding="utf-8")
            to = posixpath.relpath(raw, posixpath.dirname(place(file)))
            text, linked = _linked(root, file, worked.page(file, found[raw], to))
            found[place(file)] = _ORPHAN + text
        else:
            found[place(file)], linked = _plain(root, file)
        ahead += linked
    return found


def lay_out(root: Path, target: Path) -> int:
    """Write the pages and what the generator needs; files that did not change keep their date. Return how many pages.

    Raises:
        SourceError: a link leads nowhere, or a document is in no section.
    """
    made = pages(root)
    wanted = {name if name.endswith(".md") else f"{_EXTRA}/{name}": text.encode() for name, text in made.items()}
    wanted |= {file.name: file.read_bytes() for file in sorted((root / _OWN).iterdir()) if file.is_file()}
    wanted[ABOUT] = json.dumps({"version": dgekg.__version__}).encode()
    for path in sorted(target.rglob("*")):
        if path.is_file() and path.relative_to(target).as_posix() not in wanted:
            path.unlink()
    for name, content in wanted.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return len(made)


def main(arguments: Sequence[str]) -> int:
    """Lay out the project of the working folder; return the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("Usage: python -m dgekg.reference.site DIR", file=sys.stderr)
        return 2
    try:
        root = Path.cwd()
        if not (root / HOME).is_file():
            raise InputError(f"{root}: expected the folder of the project, with {HOME}.")
        lay_out(root, Path(arguments[0]))
    except DgekgError as error:
        print(f"dgekg.reference.site: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _linked(root: Path, file: str, text: str) -> tuple[str, list[str]]:
    """Return the text of a document with its links as they lead in the site, and the files that it links to."""
    linked: list[str] = []

    def follow(match: re.Match[str]) -> str:
        target = match["target"]
        if target is None or re.match(r"[a-z]+:|#", target):
            return match[0]
        name, mark, anchor = target.partition("#")
        found = _resolved(file, name)
        if found.startswith("..") or not (root / found).exists():
            raise SourceError(f"{file}: links to {target}, which is not there.")
        linked.append(found)
        to = f"{_relative(file, found)}{mark}{anchor}"
        return f"[{match['words']}]({to})" if place(found).endswith(".md") else f'<a href="{to}">{match["words"]}</a>'

    return _LINK.sub(follow, text), linked


def _plain(root: Path, file: str) -> tuple[str, list[str]]:
    """Return a page with a file as it stands, or with what a folder holds, and the files that it links to."""
    path, inside = root / file, []
    if path.is_dir():
        inside = [one.relative_to(root).as_posix() for one in sorted(path.iterdir()) if one.is_file()]
        lines = [f'<li><a href="{_relative(file, one)}">{posixpath.basename(one)}</a>' for one in inside]
        body = "\n".join(["<ul>", *lines, "</ul>"])
    else:
        body = f"<pre>{html.escape(path.read_text(encoding='utf-8'))}</pre>"
    home = posixpath.relpath("index.html", posixpath.dirname(place(file)))
    return _PLAIN.format(name=path.name, home=home, file=html.escape(file), body=body), inside


def _trees(root: Path, file: str, order: dict[str, list[tuple[str, str]]]) -> str:
    """Return what the generator makes the navigation from: it stands at the end of a page, and is not shown there."""
    if file == HOME:
        return "".join(_tree(file, links, f":caption: {name}\n") for name, links in order.items())
    children = [("", child) for child in _children(root, file)]
    return _tree(file, children) if children else ""


def _tree(file: str, links: Sequence[tuple[str, str]], options: str = "") -> str:
    lines = []
    for words, to in links:
        name = _relative(file, to).removesuffix(".md")
        lines.append(f"{words} <{name}>" if words else name)
    return f"\n```{{toctree}}\n:hidden:\n{options}\n" + "\n".join(lines) + "\n```\n"


def _children(root: Path, file: str) -> Iterator[str]:
    """Yield the documents of a folder that its README lists."""
    if posixpath.basename(file) == "README.md" and file.startswith("docs/") and file != HOME:
        text = (root / file).read_text(encoding="utf-8")
        yield from dict.fromkeys(_resolved(file, name) for name in _LISTED.findall(text))


def _resolved(file: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), target))


def _relative(file: str, to: str) -> str:
    return posixpath.relpath(place(to), posixpath.dirname(place(file)) or ".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
