"""The mapping file: which column of an outside table says which field of a record. YAML, and nothing but data.

    mapping: 1                    version of this language
    title: A plain table
    kind: practice                what a row becomes: a kind of record, `incident` or `alignment`
    source: plain-table           folder of its sidecar below data/sources/
    key: [Id]                     columns that tell rows apart; else the whole row does
    columns:
      Id: ignore
      Title: {to: title, language: en, required: true}
      Kind: {to: practiceType, split: ";", lookup: kinds}
      Link: [{to: page}, {to: "hasEvidence[1].source"}]
    constants:
      approach: mainstreaming
      "hasEvidence[1].evidenceType": official-document
    lookups:
      kinds: {Toolkit: tool, Handbook: guideline, Other: null}

A column that the mapping does not name is an error, so that nothing is lost unnoticed. Several tables that tell of the
same records stand under `tables`, each with `columns` of its own; a file belongs to the one whose columns it has.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from dgekg.errors import InputError, UnknownValue
from dgekg.identifiers import SLUG
from dgekg.importers.mapped import Lookup, MappingFile, TableMap, Target
from dgekg.importers.reading.table import FORMS, Reading
from dgekg.nearness import nearest

VERSION = 1
TEMPLATE = "template"
_LARGEST = 1_000_000
_OF_COLUMN = ("to", "language", "split", "lookup", "otherwise", "text", "date", "required", "resolve")
_OF_TABLE = ("columns", "constants", "only", "key", "ignore", "optional", "name", "defaults")
_OF_READING = ("form", "encoding", "delimiter", "sheet", "head", "records", "prefixes", "paths", "last")
_OF_FILE = ("mapping", "title", "kind", "source", "slug", "reads", "lookups", "tables", "blank", "actors", "note")
_NONE: Mapping[str, Any] = MappingProxyType({})


def shipped() -> list[str]:
    """Return the names of the mappings that come with the program."""
    folder = importlib.resources.files("dgekg.importers").joinpath("mappings")
    return sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))


def load(name: str) -> MappingFile:
    """Read a mapping: a file, or one that comes with the program.

    Raises:
        UnknownValue: there is no such file and no such mapping.
        InputError: it is broken; says the key.
    """
    path = Path(name)
    if name in shipped():
        text = importlib.resources.files("dgekg.importers").joinpath("mappings", f"{name}.yaml").read_text("utf-8")
        return of_text(f"{name}.yaml", text)
    if not path.is_file():
        raise UnknownValue("mapping", name, shipped(), f"Give a YAML file, or one of {', '.join(shipped())}.")
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{name}: expected a mapping, found {path.stat().st_size:,} bytes.")
    try:
        return of_text(name, path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise InputError(f"{name}: the mapping is not UTF-8 text. Save it as UTF-8.") from None


def of_text(file: str, text: str) -> MappingFile:
    """Read the text of a mapping. Errors as `load`."""
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{file}: the YAML does not parse: {' '.join(str(error).split())[:200]}") from None
    return _Reader(file).whole(said)


class _Reader:
    """Reads a mapping, and says by its key what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lookups: dict[str, Lookup] = {}
        self.template = False

    def whole(self, said: Any) -> MappingFile:
        top = self._keys(said, "", (*_OF_FILE, *_OF_TABLE))
        if top.get("mapping") != VERSION:
            self._wrong("mapping", top.get("mapping"), f"{VERSION}, the version of the mapping language")
        kind, source = str(top.get("kind", "")), str(top.get("source", ""))
        if not SLUG.fullmatch(kind):
            self._wrong("kind", kind, "a kind of record such as practice, or incident, or alignment")
        if source and not SLUG.fullmatch(source):
            self._wrong("source", source, "lower-case letters, digits and hyphens")
        for name, text in _common().items():
            self.lookups[name] = self._lookup(yaml.safe_load(text), f"lookups.{name}")
        for name, table in self._object(top.get("lookups"), "lookups").items():
            self.lookups[name] = self._lookup(table, f"lookups.{name}")
        reads = top.get("reads")
        self.template = TEMPLATE in (reads, reads.get("form") if isinstance(reads, dict) else "")
        tables = top.get("tables")
        given = tables if isinstance(tables, list) and tables else [{k: v for k, v in top.items() if k in _OF_TABLE}]
        maps = tuple(self._table(one, f"tables[{n}]." if tables else "", n) for n, one in enumerate(given, 1))
        actors = top.get("actors")
        return MappingFile(
            self.file,
            str(top.get("title", "")),
            kind,
            source,
            str(top.get("slug", "")),
            self._reading(top.get("reads"), maps),
            maps,
            frozenset(str(word).casefold() for word in self._list(top.get("blank"), "blank")),
            None if actors is None else self._values(actors, "actors"),
        )

    def _reading(self, said: Any, maps: Sequence[TableMap]) -> Reading:
        if isinstance(said, str):
            said = {"form": said}
        given = self._keys(said or {}, "reads.", _OF_READING)
        form = str(given.get("form", ""))
        if form and form not in {*FORMS.values(), TEMPLATE}:
            self._wrong("reads.form", form, f"one of {', '.join(sorted(set(FORMS.values())))}")
        paths = [name.partition("@")[0] for one in maps for name in one.columns if "/" in name and ":" in name]
        fitting: dict[str, Any] = {"paths": tuple(dict.fromkeys(paths))}
        for name, value in given.items():
            if name == "head" and not (isinstance(value, int) and value > 0):
                self._wrong("reads.head", value, "the number of the row that names the columns")
            if name == "prefixes":
                value = {str(k): str(v) for k, v in self._object(value, "reads.prefixes").items()}
            if name != "paths":
                fitting[name] = value if name in ("head", "prefixes") else str(value)
        return Reading(**fitting)

    def _table(self, said: Any, at: str, number: int) -> TableMap:
        own = self._keys(said, at, _OF_TABLE)
        columns: dict[str, tuple[Target, ...]] = {}
        for name, spec in self._object(own.get("columns"), at + "columns").items():
            specs = spec if isinstance(spec, list) else [spec]
            columns[str(name)] = (
                () if spec == "ignore" else tuple(self._target(one, f"{at}columns.{name}") for one in specs)
            )
        columns.update({str(name): () for name in self._list(own.get("ignore"), at + "ignore")})
        if not columns and not self.template:
            self._wrong(at + "columns", None, "the columns of the table, each with the field that it says")
        key = tuple(map(str, self._list(own.get("key"), at + "key")))
        only = {
            str(name): frozenset(map(str, self._list(values, f"{at}only.{name}")))
            for name, values in self._object(own.get("only"), at + "only").items()
        }
        for name in (*key, *only, *map(str, self._list(own.get("optional"), at + "optional"))):
            if name not in columns:
                self._wrong(at.rstrip(".") or "columns", name, f"a column named under {at}columns")
        return TableMap(
            str(own.get("name", f"table {number}")),
            columns,
            frozenset(map(str, self._list(own.get("optional"), at + "optional"))),
            self._values(own.get("constants"), at + "constants"),
            self._values(own.get("defaults"), at + "defaults"),
            only,
            key,
        )

    def _target(self, said: Any, at: str) -> Target:
        if isinstance(said, str):
            return Target(said)
        own = self._keys(said, at + ".", _OF_COLUMN)
        to = own.get("to")
        if not isinstance(to, str) or not to:
            self._wrong(at + ".to", to, "a field of the form, such as title")
        lookup = own.get("lookup")
        if isinstance(lookup, str) and lookup not in self.lookups:
            self._wrong(at + ".lookup", lookup, f"one of lookups ({', '.join(self.lookups) or 'none'})")
        table = self.lookups[lookup] if isinstance(lookup, str) else None
        if isinstance(lookup, dict):
            table = self._lookup(lookup, at + ".lookup")
        otherwise = tuple(map(str, self._list(own["otherwise"], at))) if "otherwise" in own else None
        return Target(
            str(to),
            str(own.get("language", "")),
            str(own.get("split", "")),
            table,
            otherwise,
            str(own.get("text", "")),
            str(own.get("date", "")),
            bool(own.get("required", False)),
        )

    def _lookup(self, said: Any, at: str) -> Lookup:
        found = {word(k): tuple(map(_value, self._list(v, at))) for k, v in self._object(said, at).items()}
        return MappingProxyType(found)

    def _values(self, said: Any, at: str) -> dict[str, tuple[str, ...]]:
        return {str(k): tuple(map(_value, self._list(v, at))) for k, v in self._object(said, at).items()}

    def _object(self, said: Any, at: str) -> Mapping[Any, Any]:
        if said is None:
            return _NONE
        if not isinstance(said, dict):
            self._wrong(at, said, "names with a value each")
        found: Mapping[Any, Any] = said
        return found

    def _list(self, said: Any, at: str) -> list[Any]:
        found = said if isinstance(said, list) else [] if said is None else [said]
        if any(isinstance(one, dict | list) for one in found):
            self._wrong(at, said, "a value, or a list of values")
        return found

    def _keys(self, said: Any, at: str, known: Sequence[str]) -> Mapping[str, Any]:
        if not isinstance(said, dict):
            self._wrong(at.rstrip(".") or "the file", said, f"names with a value each ({', '.join(known)})")
        for name in said:
            if name not in known:
                close = nearest(str(name), known)
                near = f" Did you mean {close[0]}?" if close else ""
                self._wrong(at + str(name), name, f"one of {', '.join(known)}.{near}")
        found: Mapping[str, Any] = said
        return found

    def _wrong(self, at: str, found: Any, expected: str) -> None:
        raise InputError(f'{self.file}: {at}: found "{str(found)[:80]}", expected {expected}.')


@cache
def _common() -> Mapping[str, str]:
    """Return the lookups that every mapping may use, such as the two-letter codes of countries."""
    folder = importlib.resources.files("dgekg.importers").joinpath("lookups")
    return {
        one.name.removesuffix(".yaml"): one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".yaml")
    }


def word(said: Any) -> str:
    """Return a word as lookups compare it: without capitals; YAML reads yes and no as true and false.

    >>> word("  Not  known"), word(True)
    ('not known', 'yes')
    """
    return " ".join(({True: "yes", False: "no"}[said] if isinstance(said, bool) else str(said)).split()).casefold()


def _value(said: Any) -> str:
    return str(said).lower() if isinstance(said, bool) else str(said)
