"""The same list elsewhere: as SPARQL, and as lines for curl, Python and R, ready to be copied."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from urllib.parse import parse_qsl

from dgekg import equivalent
from dgekg.web.house import Visit
from dgekg.web.people.directory import Listing, withheld

_SEVERAL = ("where", "exclude")


def snippets(visit: Visit, shown: Listing) -> list[tuple[str, str, str]]:
    """Return key, name and text of each way to get the same list; SPARQL only where it can be said in it."""
    address = visit.absolute("/api/practices" + "?" * bool(shown.query()) + shown.query(), format="csv")
    if visit.explicit:
        address += f"&lang={visit.language}"
    found = [
        ("curl", "curl", curl(address)),
        ("python", "Python", python(f"{visit.origin}{visit.root}", shown, visit.language if visit.explicit else "")),
        ("r", "R", r(address)),
    ]
    among = shown.found if shown.text else None
    query = None if withheld(visit, shown.view) else equivalent.listed(visit.observatory, shown.view, among)
    return [("sparql", "SPARQL", query), *found] if query else found


def curl(address: str) -> str:
    """Return a line for a shell that saves an address as practices.csv.

    >>> curl("https://example.org/api/practices?q=it%27s&format=csv")
    "curl -L -o practices.csv 'https://example.org/api/practices?q=it%27s&format=csv'"
    """
    return f"curl -L -o practices.csv {shlex.quote(address)}"


def python(service: str, shown: Listing, language: str = "") -> str:
    """Return lines for Python that read the list with the client of this package."""
    given = _arguments(parse_qsl(shown.query()))
    beginning = f"dgekg.Client({service!r}{f', language={language!r}' if language else ''})"
    arguments = "".join(f"\n        {name}={value!r}," for name, value in given)
    call = f"observatory.practices({arguments}\n    )" if arguments else "observatory.practices()"
    lines = (
        "import dgekg  # pip install dgekg",
        "",
        f"with {beginning} as observatory:",
        f"    found = {call}",
        "    for practice in found:",
        '        print(practice["title"], practice["iri"])',
    )
    return "\n".join(lines)


def r(address: str) -> str:
    """Return a line for R, without any package, that reads the list as a data frame.

    >>> r('https://example.org/a?q="b"')
    'practices <- read.csv("https://example.org/a?q=\\\\"b\\\\"", encoding = "UTF-8")'
    """
    escaped = address.replace("\\", "\\\\").replace('"', '\\"')
    return f'practices <- read.csv("{escaped}", encoding = "UTF-8")'


def _arguments(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str | int | list[str]]]:
    """Return the parameters of a list as the arguments of the client's method."""
    found: dict[str, str | int | list[str]] = {}
    for name, value in pairs:
        if name in _SEVERAL:
            known = found.setdefault(name, [])
            if isinstance(known, list):
                known.append(value)
        else:
            found[name] = int(value) if name == "rung" else value
    return list(found.items())
