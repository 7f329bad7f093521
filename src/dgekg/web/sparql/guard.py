"""What is looked at in a public query before any worker sees it: length, nesting, operators, SERVICE, updates.

It reads words and signs, not the grammar: it may refuse a little more than it must, and what it lets through still
runs in a process that can be killed and that reaches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dgekg.errors import QueryError
from dgekg.settings import Settings

_TOKEN = re.compile(
    r"""
    (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<comment>\#[^\n\r]*)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<unclosed>["'])
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<name>(?:[^\W\d][\w.\-]*+)?+:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*+)
  | (?P<words>[^\W\d][\w.\-]*+)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<end>[.;,])
  | (?P<sign>\|\||&&|!=|\^\^|[/|^*+?!])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH")
_JOINS = frozenset(("OPTIONAL", "UNION", "MINUS", "EXISTS", "GRAPH", "FILTER", "BIND", "VALUES", "SELECT", "LATERAL"))
_CHANGING = frozenset(("NOW", "RAND", "UUID", "STRUUID"))
_SERVICE = re.compile(r"\bSERVICE", re.IGNORECASE)
_BLOCK = re.compile(r"(?:\s|\#[^\n\r]*)*+\{")
_PART = re.compile(r"\w+|\.")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in a query.

    Attributes:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE; "" where the parser must say what is wrong.
        changing: whether it asks for what differs from one time to the next, such as NOW().
    """

    form: str
    changing: bool


def look(text: str, settings: Settings) -> Looked:
    """Look at a query.

    Raises:
        QueryError: too long, nested too deeply, too many patterns or operators, an update, or a SERVICE.

    >>> look("PREFIX select: <x:> ASK { ?s select:service ?o }", Settings())
    Looked(form='ASK', changing=False)
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > settings.query_bytes:
        raise QueryError(
            f"The query has {size:,} bytes; this service accepts {settings.query_bytes:,}. Ask for less at once."
        )
    found = _Reading(text, settings).read()
    decoded = _ESCAPE.sub(_character, text)
    return found if decoded == text else _Reading(decoded, settings).read()


def position(message: str) -> dict[str, int]:
    """Return line and column that a message names.

    >>> position("the query does not parse: error at 2:9: expected one of ...")
    {'line': 2, 'column': 9}
    """
    match = re.search(r"\bat (\d+):(\d+)", message)
    return {"line": int(match[1]), "column": int(match[2])} if match else {}


class _Reading:
    """One pass over the words and signs of a query."""

    def __init__(self, text: str, settings: Settings) -> None:
        self.text, self.settings = text, settings
        self.form, self.changing = "", False
        self.open: list[str] = []
        self.patterns = self.operators = 0

    def read(self) -> Looked:
        at, before = 0, ""
        while match := _TOKEN.search(self.text, at):
            at, kind, said = match.end(), match.lastgroup or "", match[0]
            if kind == "iri" and ("(" in said or ")" in said):
                at = self._perhaps_no_address(match)
            elif kind == "name":
                self._name(match, before)
            elif kind == "words":
                for part in _PART.finditer(said):
                    self._word(part[0], match.start() + part.start(), before)
            elif kind == "open":
                self._opened(match)
            elif kind == "close":
                del self.open[-1:]
            elif kind == "unclosed":
                raise QueryError(f"the query does not parse: error at {self._at(match.start())}: no end of the string.")
            elif kind == "end" and self.open and self.open[-1] != "(":
                self._pattern(match.start())
            elif kind == "sign":
                self._operator(match.start())
            if kind != "comment":
                before = said
        return Looked(self.form, self.changing)

    def _perhaps_no_address(self, match: re.Match[str]) -> int:
        """Read on inside `<...(...)...>`: the first sign may be "less than" and the rest no address at all."""
        closed = match[0].find(")")
        if closed >= 0 and (hidden := _SERVICE.search(match[0], closed)):
            raise self._refused("SERVICE", match.start() + hidden.start())
        return match.start() + 1

    def _name(self, match: re.Match[str], before: str) -> None:
        """Read `prefix:local`; `SERVICEx:local {` may be the word and an address: the engine needs no space between."""
        prefix, _, local = match[0].partition(":")
        if "SERVICE" in prefix.upper() and before.upper() != "GRAPH" and _BLOCK.match(self.text, match.end()):
            raise self._refused("SERVICE", match.start())
        if local.endswith("."):
            self._pattern(match.end() - 1)

    def _word(self, said: str, start: int, before: str) -> None:
        word = said.upper()
        if word == ".":
            self._pattern(start)
        elif "SERVICE" in word:  # the engine needs no space before or after it
            raise self._refused("SERVICE", start)
        elif not self.form and not self.open and word in _UPDATES:
            raise QueryError(
                f"{word} (at {self._at(start)}) is refused: this service is read-only and takes queries, not updates."
            )
        elif not self.form and word.startswith(_FORMS):
            self.form = next(form for form in _FORMS if word.startswith(form))
        elif word in _JOINS:
            self._operator(start)
        elif word in _CHANGING and before.upper() != "AS":
            self.changing = True

    def _opened(self, match: re.Match[str]) -> None:
        self.open.append(match[0])
        if len(self.open) > self.settings.query_nesting:
            raise QueryError(
                f"The query nests brackets deeper than {self.settings.query_nesting} (at {self._at(match.start())}); "
                "this service stops there. Write it flatter."
            )
        if match[0] != "(":
            self._pattern(match.start())

    def _pattern(self, start: int) -> None:
        self.patterns += 1
        if self.patterns > self.settings.query_patterns:
            raise QueryError(
                f"The query has more than {self.settings.query_patterns} patterns (at {self._at(start)}); this "
                "service stops there. Ask in parts."
            )

    def _operator(self, start: int) -> None:
        self.operators += 1
        if self.operators > self.settings.query_operators:
            raise QueryError(
                f"The query has more than {self.settings.query_operators} operators, such as OPTIONAL, UNION, FILTER "
                f"and the signs of paths (at {self._at(start)}); this service stops there. Ask in parts."
            )

    def _refused(self, word: str, start: int) -> QueryError:
        return QueryError(
            f"{word} (at {self._at(start)}) is refused: this service does not ask other services. Ask them yourself."
        )

    def _at(self, start: int) -> str:
        """Return line and column, from 1, as the parser counts them."""
        line = self.text.count("\n", 0, start) + 1
        return f"{line}:{start - self.text.rfind(chr(10), 0, start)}"


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]
