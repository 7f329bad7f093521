"""What is looked at in a public query before any worker sees it: length, nesting, SERVICE, updates."""

from __future__ import annotations

import re

from dgekg.errors import QueryError
from dgekg.settings import Settings

_TOKEN = re.compile(
    r"""
    (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<comment>\#[^\n\r]*)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
  | (?P<prefixed>[\w.\-]*:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH")


def form_of(text: str, settings: Settings) -> str:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE; "" where the parser must say what is wrong.

    Raises:
        QueryError: too long, nested too deeply, an update, or a SERVICE.

    >>> form_of("PREFIX select: <x:> ASK { ?s select:service ?o }", Settings())
    'ASK'
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > settings.query_bytes:
        raise QueryError(
            f"The query has {size:,} bytes; this service accepts {settings.query_bytes:,}. Ask for less at once."
        )
    form = _look(text, settings)
    decoded = _ESCAPE.sub(_character, text)
    if decoded != text:
        form = _look(decoded, settings)
    return form


def position(message: str) -> dict[str, int]:
    """Return line and column that a parser's message names.

    >>> position("the query does not parse: error at 2:9: expected one of ...")
    {'line': 2, 'column': 9}
    """
    match = re.search(r"\bat (\d+):(\d+)", message)
    return {"line": int(match[1]), "column": int(match[2])} if match else {}


def _look(text: str, settings: Settings) -> str:
    form, depth = "", 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > settings.query_nesting:
                raise QueryError(
                    f"The query nests brackets deeper than {settings.query_nesting} "
                    f"(line {text.count(chr(10), 0, match.start()) + 1}); this service stops there. Write it flatter."
                )
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "word":
            word = match[0].upper()
            if word == "SERVICE":
                raise QueryError("SERVICE is refused: this service does not ask other services. Ask them yourself.")
            if not form and depth == 0 and word in _UPDATES:
                raise QueryError(f"{word} is refused: this service is read-only and takes queries, not updates.")
            if not form and word in _FORMS:
                form = word
    return form


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]
