"""`dgekg report verify`: every number of a report asked again of another build, and which no longer hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dgekg.errors import DgekgError, InputError
from dgekg.observatory import Observatory
from dgekg.report import bound, numbers
from dgekg.report.asking import Asker
from dgekg.report.bound import Book
from dgekg.report.carding import Finder
from dgekg.report.charting import Charter
from dgekg.report.tabling import Tabler
from dgekg.vocabulary import LANGUAGES

HOLDS, MOVED, GONE, CANNOT = "holds", "ground-moved", "no-longer", "cannot"


@dataclass(frozen=True, slots=True)
class Checked:
    """One binding, asked again.

    Attributes:
        number: its number in the report.
        name: what the template calls it.
        source: what was asked.
        was: the value that the report has; of HTML and Markdown what their text says, should somebody have changed it.
        now: the value that came; "" where none did.
        verdict: "holds", "ground-moved" (the same value of another result), "no-longer" or "cannot".
        why: why it could not be asked, or "".
    """

    number: int
    name: str
    source: Mapping[str, Any]
    was: int | float | str
    now: int | float | str
    verdict: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A report, asked again: of which version it is, with which it was compared, and each binding."""

    version: str
    against: str
    language: str
    checked: tuple[Checked, ...]

    def count(self, verdict: str) -> int:
        """Return how many have a verdict."""
        return sum(one.verdict == verdict for one in self.checked)

    @property
    def gone(self) -> tuple[Checked, ...]:
        """Those that do not hold any more, or cannot be asked."""
        return tuple(one for one in self.checked if one.verdict in (GONE, CANNOT))


def verify(observatory: Observatory, file: Path) -> Verified:
    """Ask every number of a report again.

    A day that was chosen when the report was made (`--as-of`) is that of the questions again.

    Raises:
        InputError: the file is no report, or what stands in it cannot be read.
    """
    found = bound.read(file)
    language = found.get("language", "en") if found.get("language") in LANGUAGES else "en"
    try:
        if found.get("as_of_chosen"):
            observatory.as_of = dt.date.fromisoformat(str(found["as_of"]))
        asker = Asker(observatory, language, str(found.get("subject", "")))
        said = bound.written(file)
        checked = tuple(_edited(_checked(asker, one), one["kind"], said, language) for one in found["bindings"])
        version = str(found["version"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{file}: its bindings cannot be read ({error}). Make the report again.") from error
    return Verified(version, observatory.version, language, checked)


def _checked(asker: Asker, one: Mapping[str, Any]) -> Checked:
    number, name, source, was = int(one["number"]), str(one["name"]), one["source"], one["value"]
    try:
        now, digest = _again(asker, str(one["kind"]), name, source)
    except DgekgError as error:
        return Checked(number, name, source, was, "", CANNOT, str(error))
    whole = one["kind"] not in ("number", "claim")
    verdict = HOLDS if digest == one["digest"] else GONE if whole or now != was else MOVED
    return Checked(number, name, source, was, now, verdict)


def _edited(one: Checked, kind: str, said: Mapping[int, set[str]], language: str) -> Checked:
    """Return a binding as no longer holding where the text says another number than was bound."""
    if kind not in ("number", "claim") or isinstance(one.was, str):
        return one
    others = sorted(said.get(one.number, set()) - {bound.digits(numbers.shown(one.was, language))})
    return replace(one, was=others[0], verdict=GONE) if others and one.verdict != CANNOT else one


def _again(asker: Asker, kind: str, name: str, source: Mapping[str, Any]) -> tuple[int | float | str, str]:
    """Return the value and the hash that a binding has now."""
    if kind in ("number", "claim"):
        found = numbers.taken(asker, source)
        return found.value, found.digest
    book, cited = Book(), dict[str, None]()
    if kind == "chart":
        Charter(asker, book).bound(name, source)
    elif kind == "cards":
        return Finder(asker, book, cited).again(source["cards"])
    elif kind == "table":
        Tabler(asker, book, cited).table(name, source)
    else:
        Tabler(asker, book, cited).listed(name, source)
    return book.bindings[0].value, book.bindings[0].digest
