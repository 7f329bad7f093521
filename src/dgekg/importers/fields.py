"""What the fields of a record hold, so that a word of an outside table can be understood."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from dgekg import identifiers
from dgekg.errors import Ambiguous, InputError, UnknownValue
from dgekg.importers.trouble import Place, Trouble, violation
from dgekg.lookup import Names

PATH = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\[([0-9]+|\*)\])?(?:\.(.+))?")
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Holds:
    """What a field holds.

    Attributes:
        type: as of `forms.Field`.
        within: schemes of a concept, or kinds of a record, that may stand there.
        most: how many values; 0 for as many as one likes.
    """

    type: str
    within: tuple[str, ...] = ()
    most: int = 0


class Fields(Protocol):
    """The fields of a kind of record."""

    def holds(self, path: str) -> Holds:
        """Return what a field holds, such as `hasEvidence[1].source`.

        Raises:
            UnknownValue: there is no such field; the nearest is suggested.
        """


class Plain:
    """A few fields, written down.

    Args:
        fields: by name.
    """

    def __init__(self, fields: Mapping[str, Holds]) -> None:
        self._fields = fields

    def holds(self, path: str) -> Holds:
        """Return what a field holds."""
        if path not in self._fields:
            raise UnknownValue("field", path, self._fields, f"Fields: {', '.join(self._fields)}.")
        return self._fields[path]


class Words:
    """From the words of a table to concepts, records, dates and the like; what was looked up is remembered.

    Args:
        names: all names.
        new: kinds of record of which one may be new; then its name stands in the place of the reference.
    """

    def __init__(self, names: Names, new: tuple[str, ...] = ()) -> None:
        self._names, self._new = names, new
        self._known: dict[tuple[str, tuple[str, ...], str], str | tuple[str, ...]] = {}

    def read(self, text: str, holds: Holds, date: str, place: Place) -> str | Trouble | dict[str, str]:
        """Return a value as answers hold it, or what is wrong with it.

        Args:
            text: as the table has it.
            holds: what the field holds.
            date: how the table writes dates; "" for `2026-11-21`.
            place: where it stands.
        """
        if holds.type == "concept" and not holds.within:
            return text
        if holds.type in ("concept", "record"):
            new = holds.type == "record" and not set(holds.within).isdisjoint(self._new)
            found = self._named(text, holds, place, near=not new)
            return {"name": text} if new and isinstance(found, Trouble) else found
        if holds.type == "iri":
            return text if _is_address(text) else violation("cell.address", place, text)
        if holds.type in ("date", "month", "year"):
            return _dated(text, holds.type, date, place)
        if holds.type == "integer":
            return text if re.fullmatch(r"-?[0-9]{1,18}", text) else violation("cell.integer", place, text)
        if holds.type == "decimal":
            fits = re.fullmatch(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?", text)
            return text if fits else violation("cell.decimal", place, text)
        if holds.type == "boolean":
            word = {"yes": "true", "no": "false", "1": "true", "0": "false"}.get(text.casefold(), text.casefold())
            return word if word in ("true", "false") else violation("cell.boolean", place, text)
        return text

    def _named(self, text: str, holds: Holds, place: Place, near: bool) -> str | Trouble:
        key = (holds.type, holds.within, text)
        if key not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[key] = self._resolved(text, holds, near)
        found = self._known[key]
        if isinstance(found, str):
            return found
        known = {"what": " / ".join(holds.within), "near": ", ".join(found)}
        return violation(f"cell.{holds.type}" + ("-near" if found else ""), place, text, known)

    def _resolved(self, text: str, holds: Holds, near: bool) -> str | tuple[str, ...]:
        """Return what a word means or, where nothing has that name, what is near (which takes long to find)."""
        concepts = holds.type == "concept"
        homes = [identifiers.scheme(n) + "/" if concepts else identifiers.records(n) for n in holds.within]
        wanted = text if concepts else text.rpartition("/")[2] if text.split("/")[0] in holds.within else text
        if not near and len(self._names.exact(wanted, homes)) != 1:
            return ()
        try:
            local = identifiers.parse(self._names.resolve(wanted, homes, "value"))
        except (UnknownValue, Ambiguous) as error:
            return tuple(error.suggestions)
        except InputError:
            return ()
        assert local is not None
        several = len(holds.within) > 1
        if concepts:
            return f"{local.scheme}/{local.slug}" if several else local.slug
        return f"{local.kind}/{local.slug}"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and "." in (parts.hostname or "")
            and not re.search(r"[\s<>\"{}|\\^`\x00-\x20]", text)
            and not parts.username
        )
    except ValueError:
        return False


def _dated(text: str, kind: str, form: str, place: Place) -> str | Trouble:
    found = text[:10] if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*", text) else text
    try:
        if form:
            found = dt.datetime.strptime(text, form).date().isoformat()
        if kind == "year":
            return found[:4] if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", found) else _no_date(kind, text, place)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
            return dt.date.fromisoformat(found).isoformat()[: 7 if kind == "month" else 10]
        if kind == "date" and re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", found):
            return found  # a year or month, where the day is not known
        return (
            found
            if kind == "month" and re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", found)
            else _no_date(kind, text, place)
        )
    except ValueError:
        return _no_date(kind, text, place)


def _no_date(kind: str, text: str, place: Place) -> Trouble:
    return violation(f"cell.{kind}", place, text)


def steps(path: str) -> tuple[str, str, str]:
    """Take a path apart: field, number, the rest.

    >>> steps("hasEvidence[2].source"), steps("title")
    (('hasEvidence', '2', 'source'), ('title', '', ''))
    """
    match = PATH.fullmatch(path)
    if match is None:
        raise InputError(f'found "{path[:80]}", expected a field such as title or hasEvidence[1].source.')
    return match[1], match[2] or "", match[3] or ""


def nested(said: Mapping[str, Sequence[object]], rows: frozenset[str]) -> dict[str, list[object]]:
    """Return values by path as answers hold them: parts in the order of their numbers.

    Args:
        said: path -> values.
        rows: paths that the table itself said; a part of which it said nothing is left out.

    >>> nested({"title": ["a"], "p[2].x": ["b"], "p[1].y": ["c"]}, frozenset({"p[2].x"}))
    {'title': ['a'], 'p': [{'fields': {'x': ['b']}}]}
    """
    fields: dict[str, list[object]] = {}
    parts: dict[str, dict[int, dict[str, Sequence[object]]]] = {}
    for path, values in said.items():
        name, number, rest = steps(path)
        if rest:
            parts.setdefault(name, {}).setdefault(int(number or 1), {})[rest] = values
        elif values:
            fields[name] = list(values)
    told = {(name, int(number or 1)) for name, number, rest in map(steps, rows) if rest}
    for name, numbered in parts.items():
        kept = [(n, inner) for n, inner in sorted(numbered.items()) if (name, n) in told]
        within = [
            {"fields": nested(inner, frozenset(p for r in rows for p in [_below(r, name, n)] if p))}
            for n, inner in kept
        ]
        if within:
            fields[name] = list(within)
    return fields


def _below(path: str, name: str, number: int) -> str:
    found, at, rest = steps(path)
    return rest if found == name and int(at or 1) == number else ""
