"""The columns of the tables: what the shapes of a record foresee, and what its data holds beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from dgekg import identifiers
from dgekg.distributions.records import Record
from dgekg.identifiers import compact
from dgekg.store.base import Term
from dgekg.vocabulary import BASE, LANGUAGES, PREFIXES, RDF_TYPE

_SH = PREFIXES["sh"]
Said = tuple[str, Term]  # property, value
_KIND = re.compile(re.escape(BASE.replace(".", "\\.")) + r"id/([a-z-]+)/")
_PLAIN = {"date", "gYear", "dateTime", "integer", "boolean", "decimal"}
Words = Mapping[str, str]


@dataclass
class Seen:
    """What a property of a kind of record holds, or may hold.

    Attributes:
        datatypes: of its plain values, by the last part of their names.
        languages: of its texts.
        targets: schemes (`scheme/x`) and kinds of records that its addresses belong to, "" for others.
        most: the largest number of values, of one language where they are texts.
        order: place that the shape gives it.
        names: words for it, by language.
        texts: what it means, by language.
    """

    datatypes: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    most: int = 1
    order: float = 1000.0
    names: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def take(self, values: Iterable[NamedNode | Literal]) -> None:
        """Take in the values of one record."""
        counts: dict[str, int] = {}
        for value in values:
            sort = ""
            if isinstance(value, NamedNode):
                self.targets.add(target(value.value))
            elif value.language:
                sort = value.language
                self.languages.add(sort)
            else:
                self.datatypes.add(re.split(r"[#/]", value.datatype.value)[-1])
            counts[sort] = counts.get(sort, 0) + 1
        self.most = max(self.most, *counts.values())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: as its head has it.
        property: IRI that it renders; "" for the record's own name.
        form: `id`, `iri`, `class`, `text`, `value`, `code` (an address, short where it is ours) or `label`.
        datatype: of its values, by its name in XML Schema.
        many: whether a cell may hold several, joined by the separator.
        language: of a text.
        targets: where its addresses lead.
    """

    name: str
    property: str
    form: str
    datatype: str = "string"
    many: bool = False
    language: str = ""
    targets: tuple[str, ...] = ()
    names: Words = field(default_factory=dict)
    texts: Words = field(default_factory=dict)


@lru_cache(maxsize=1 << 16)
def target(iri: str) -> str:
    """Return where an address leads: a scheme, a kind of record, or "".

    >>> target("https://w3id.org/dgekg/scheme/stage/data"), target("https://w3id.org/dgekg/id/actor/x"), target("x:y")
    ('scheme/stage', 'actor', '')
    """
    local = identifiers.parse(iri)
    if local is None:
        return ""
    return f"scheme/{local.scheme}" if local.kind == "scheme" else local.kind


def foreseen(shapes: Path) -> dict[str, dict[str, Seen]]:
    """Return what the shapes say: kind of record -> property -> what it may hold."""
    by: dict[str, list[Said]] = {}
    for number, file in enumerate(sorted(shapes.glob("*.ttl"))):
        for quad in ox.parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE):
            by.setdefault(_node(quad.subject, number), []).append(_said(quad, number))
    found: dict[str, dict[str, Seen]] = {}
    for about in by.values():
        pattern = _one(about, "pattern")
        match = _KIND.search(pattern) if pattern and _one(about, "targetClass") else None
        if match is None:
            continue
        properties = found.setdefault(match[1], {})
        for shape in (term.value for name, term in about if name == _SH + "property"):
            said = by.get(shape, [])
            path = _one(said, "path")
            if path.startswith("http"):
                _read(properties.setdefault(path, Seen(most=2)), said, by)
    return found


def _read(seen: Seen, said: Iterable[Said], by: Mapping[str, list[Said]]) -> None:
    for iri, value in said:
        name = iri.removeprefix(_SH)
        if name in ("name", "description") and isinstance(value, Literal) and value.language:
            (seen.names if name == "name" else seen.texts).setdefault(value.language, value.value)
        elif name == "order":
            seen.order = min(seen.order, float(value.value))
        elif (name == "maxCount" and value.value == "1") or name == "uniqueLang":
            seen.most = 1
        elif name == "languageIn":
            seen.languages |= set(LANGUAGES)
        elif name == "datatype":
            kind = re.split(r"[#/]", value.value)[-1]
            if kind == "langString":
                seen.languages |= set(LANGUAGES)
            else:
                seen.datatypes.add(kind)
        elif name == "class":
            seen.targets.add("class")
        elif name == "nodeKind" and value.value.endswith("#IRI"):
            seen.targets.add("")
        elif isinstance(value, BlankNode):  # alternatives: sh:or and the lists within
            _read(seen, [one for one in by.get(value.value, []) if one[0] != _SH + "minCount"], by)


def columns(seen: Mapping[str, Seen]) -> list[Column]:
    """Return the columns of a table, in order."""
    taken: dict[str, str] = {}
    found = [
        Column("id", "", "id"),
        Column("iri", "", "iri", "anyURI"),
        Column("classes", RDF_TYPE, "class", many=True),
    ]
    for iri, held in sorted(seen.items(), key=lambda item: (item[1].order, compact(item[0]))):
        if iri == RDF_TYPE:
            continue
        short = re.split(r"[#/]", iri)[-1]
        name = short if taken.setdefault(short, iri) == iri else compact(iri).replace(":", "_")
        found += _of(name, iri, held)
    return found


def _of(name: str, iri: str, seen: Seen) -> Iterable[Column]:
    column = partial(Column, property=iri, many=seen.most > 1, names=seen.names, texts=seen.texts)
    targets = tuple(sorted(seen.targets - {"", "class"}))
    for language in sorted(seen.languages):
        yield column(f"{name}_{language}", form="text", language=language)
    if seen.targets:
        plain = name if not seen.languages and not seen.datatypes else f"{name}_iri"
        named = bool(targets) or "class" in seen.targets
        yield column(plain, form="code", datatype="string" if named else "anyURI", targets=targets)
        if named:
            yield column(f"{plain}_label", form="label", language="en", targets=targets)
    if seen.datatypes:
        (only,) = seen.datatypes if len(seen.datatypes) == 1 else ("string",)
        yield column(name, form="value", datatype=only if only in _PLAIN else "string")


def gather(records: Iterable[Record], seen: dict[str, dict[str, Seen]]) -> set[str]:
    """Take in what records hold beside what the shapes foresee; return the kinds that there are."""
    kinds = set()
    for record in records:
        kinds.add(record.kind)
        properties = seen.setdefault(record.kind, {})
        for iri, values in record.said.items():
            properties.setdefault(iri, Seen()).take(values)
    return kinds


def _one(about: Iterable[Said], name: str) -> str:
    return next((term.value for iri, term in about if iri == _SH + name), "")


def _node(node: NamedNode | BlankNode | Triple, number: int) -> str:
    assert not isinstance(node, Triple), "shapes speak of none"
    return f"f{number}x{node.value}" if isinstance(node, BlankNode) else node.value


def _said(quad: Quad, number: int) -> Said:
    """Return property and value; the blank nodes of two files are kept apart."""
    value = quad.object
    assert not isinstance(value, Triple), "shapes speak of none"
    return quad.predicate.value, BlankNode(_node(value, number)) if isinstance(value, BlankNode) else value
