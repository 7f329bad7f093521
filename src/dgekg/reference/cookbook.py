"""The cookbook: each question of `docs/cookbook.yaml` on the command line, over HTTP, in Python and in R."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from dgekg.errors import SourceError
from dgekg.reference.material import Material

FILE = "cookbook.yaml"
SERVICE = "https://observatory.example.org"
_PATHS = {
    "coverage": "/api/coverage",
    "compare": "/api/coverage",
    "gaps": "/api/gaps",
    "intersections": "/api/coverage/intersections",
    "search": "/api/search",
}
_KEYS = {"asks", "by", "of", "with", "language", "read"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One question and how it is asked.

    Attributes:
        asks: the question, in words.
        by: method of the client: ask, coverage, compare, gaps, intersections or search.
        of: slug of the question, where it is one of ours.
        given: parameters; a list where several are given.
        language: of labels and sentences; "" for English.
        read: how to read the answer.
    """

    asks: str
    by: str
    read: str
    of: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""

    @property
    def command(self) -> str:
        """The line for a shell.

        >>> Recipe("?", "gaps", "", given={"rows": "group", "cols": "stage", "limit": 5}).command
        'dgekg gaps --over group,stage --limit 5 --format csv'
        """
        words = ["dgekg", {"compare": "coverage", "intersections": "coverage", "search": "find"}.get(self.by, self.by)]
        if self.by == "ask":
            words += [self.of, *(f"{name}={value}" for name, value in self.given.items())]
        elif self.by == "search":
            words.append(self.given["q"])
        elif self.by == "intersections":
            words += ["--intersections", *(w for groups in self.given["of"] for w in ("--of", ",".join(groups)))]
        else:
            words += self._options()
        words += ["--format", "csv", *(["--lang", self.language] if self.language else [])]
        return shlex.join(words)

    def _options(self) -> list[str]:
        given = dict(self.given)
        found = []
        if self.by == "gaps":
            found += ["--over", ",".join(filter(None, (given.pop("rows"), given.pop("cols", ""))))]
        for name, values in given.items():
            found += [w for value in _several(values) for w in (f"--{name}", str(value))]
        return found

    @property
    def path(self) -> str:
        """Path and query string of the interface, which answers with CSV.

        >>> Recipe("?", "ask", "", of="lessons", given={"group": "women"}).path
        '/api/questions/lessons?group=women&format=csv'
        """
        path = f"/api/questions/{self.of}" if self.by == "ask" else _PATHS[self.by]
        pairs = [(n, ",".join(v) if isinstance(v, list) else v) for n, vs in self.given.items() for v in _several(vs)]
        pairs += [("format", "csv"), *([("lang", self.language)] if self.language else [])]
        return f"{path}?" + "&".join(f"{name}={quote(str(value), safe=',=')}" for name, value in pairs)

    @property
    def python(self) -> str:
        """The line for Python, with an `observatory` that is open.

        >>> Recipe("?", "search", "", given={"q": "sign language"}).python
        'found = observatory.search("sign language")'
        """
        given = dict(self.given)
        first = [_said(self.of)] if self.by == "ask" else []
        first += [_said(given.pop(name)) for name in ("q", "rows", "cols") if name in given]
        if self.by == "intersections":
            first = [_said([",".join(groups) for groups in given.pop("of")])]
        named = [f"{name}={_said(value)}" for name, value in given.items()]
        opened = f"dgekg.open(language={_said(self.language)})" if self.language else "observatory"
        return f"found = {opened}.{self.by}({', '.join([*first, *named])})"

    def r(self, service: str = SERVICE) -> str:
        """Return the line for R, which needs no package."""
        return f'found <- read.csv("{service}{self.path}", encoding = "UTF-8")'

    @property
    def anchor(self) -> str:
        """What a link within the page ends with."""
        return "".join(c for c in self.asks.lower().replace(" ", "-") if c.isalnum() or c == "-")


def recipes(root: Path) -> list[Recipe]:
    """Read the recipes.

    Args:
        root: the project's folder.

    Raises:
        SourceError: the file cannot be read, or an entry is not as expected.
    """
    file = root / "docs" / FILE
    try:
        entries = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SourceError(f"{file}: cannot be read: {error}") from error
    found = []
    for number, entry in enumerate(entries, 1):
        given = entry if isinstance(entry, dict) else {}
        known = {*_PATHS, "ask"}
        if not {"asks", "by", "read"} <= given.keys() <= _KEYS or given["by"] not in known:
            raise SourceError(f"{file}: entry {number}: expected asks, by ({', '.join(sorted(known))}) and read.")
        found.append(
            Recipe(
                given["asks"],
                given["by"],
                given["read"],
                given.get("of", ""),
                given.get("with", {}),
                given.get("language", ""),
            )
        )
    return found


def cookbook(material: Material) -> str:
    """Return the page."""
    found = recipes(material.project.root)
    parts = [
        "# Cookbook\n\nRecettes · Recetas\n",
        f"{len(found)} questions, each in four ways that give the same. On the command line and in Python "
        f"they are asked of the collection on this machine; over HTTP and in R of a service (put its address in "
        f"place of `{SERVICE}`). Where a parameter is a group, a right or a country, its label, code or "
        "address will do. Lists come page by page over HTTP and in R, with `limit` rows each; Python fetches all.\n",
        "The lines of Python follow these; `found.to_pandas()` makes a data frame of any answer, `found.about` says "
        "which version it is of, under which filter, and the SPARQL that gives the same:\n",
        '```python\nimport dgekg\n\nobservatory = dgekg.open()  # or dgekg.Client("' + SERVICE + '")\n```\n',
        "\n".join(f"{number}. [{r.asks}](#{r.anchor})" for number, r in enumerate(found, 1)) + "\n",
    ]
    for recipe in found:
        parts.append(
            f"## {recipe.asks}\n\n{recipe.read}\n\n"
            f"```sh\n{recipe.command}\n```\n\n```sh\ncurl '{SERVICE}{recipe.path}'\n```\n\n"
            f"```python\n{recipe.python}\n```\n\n```r\n{recipe.r()}\n```\n"
        )
    return "\n".join(parts)


def _said(value: Any) -> str:
    """Return a value as a line of Python has it."""
    return json.dumps(value, ensure_ascii=False)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
