"""RDF that others publish (SKOS, DCAT, schema.org ...): one row a subject, its properties the columns.

A column is a property in its short form (`dct:title`), with the language of a text after it (`dct:title@en`); a
property that leads on to another subject is followed where the mapping asks for it (`dct:publisher/foaf:name`).
Nothing is fetched: a JSON-LD context that is not in the file is refused, except schema.org's, which is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dgekg.importers import guards
from dgekg.importers.guards import Limits
from dgekg.importers.reading.objects import parsed
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Place, refused
from dgekg.vocabulary import PREFIXES, RDF_TYPE

_FORMATS: Mapping[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
}
_SCHEMA_ORG = re.compile(r"https?://(?:www\.)?schema\.org/?(?:docs/jsonldcontext\.json(?:ld)?)?")
_WORDS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
Said = dict[str, dict[str, list[tuple[str, str]]]]


def read(
    path: Path, records: str, prefixes: Mapping[str, str], paths: Sequence[str], limits: Limits
) -> tuple[Sequence[str], Iterator[Row]]:
    """Read the subjects of a class, in the order of their addresses; of every class where none is named."""
    guards.size(path, limits.whole_bytes)
    place = Place(path.name)
    form = _FORMATS.get(path.suffix.lower(), RdfFormat.TURTLE)
    data = path.read_bytes()
    known = {**PREFIXES, **prefixes}
    if form is RdfFormat.RDF_XML:
        if _WORDS.search(data.replace(b"\x00", b"")):
            raise refused("file.entities", place, path.name)
    else:
        data = guards.decoded(data, place, "utf-8").encode()
        guards.depth(data, place, limits.depth)
    if form is RdfFormat.JSON_LD:
        data = _local(data, place)
    said = _said(data, form, place)
    wanted = {full(one, known) for one in records.split()} if records else set()
    return (), _rows(said, wanted, known, paths, path)


def full(name: str, prefixes: Mapping[str, str]) -> str:
    """Return the address that a short form stands for."""
    prefix, colon, rest = name.partition(":")
    return prefixes[prefix] + rest if colon and prefix in prefixes else name.strip("<>")


def short(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the short form of an address, by the longest prefix that fits; else the address."""
    fits = [(len(space), name) for name, space in prefixes.items() if iri.startswith(space) and len(iri) > len(space)]
    return f"{max(fits)[1]}:{iri[max(fits)[0] :]}" if fits else iri


def _said(data: bytes, form: RdfFormat, place: Place) -> Said:
    said: Said = {}
    try:
        for quad in parse(data, format=form, base_iri="https://example.org/"):
            subject = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
            value = quad.object
            language = (value.language or "") if isinstance(value, Literal) else ""
            text = str(getattr(value, "value", "")) if isinstance(value, NamedNode | Literal) else str(value)
            said.setdefault(subject, {}).setdefault(quad.predicate.value, []).append((text, language))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise refused("file.rdf", place, reason=str(error)[:160], line=line) from None
    return said


def _rows(said: Said, wanted: set[str], prefixes: Mapping[str, str], paths: Sequence[str], path: Path) -> Iterator[Row]:
    chosen = (s for s in sorted(said) if not wanted or wanted & {kind for kind, _ in said[s].get(RDF_TYPE, ())})
    for number, subject in enumerate(chosen, 1):
        if subject.startswith("_:") and wanted == set():
            continue
        cells: dict[str, list[str]] = {"subject": [] if subject.startswith("_:") else [subject]}
        for predicate, values in sorted(said[subject].items()):
            for text, language in sorted(values):
                if not text.startswith("_:"):
                    name = short(predicate, prefixes) + (f"@{language.lower()}" if language else "")
                    cells.setdefault(name, []).append(text)
        for steps in paths:
            for text, language in _follow(said, subject, [full(s, prefixes) for s in steps.split("/")]):
                cells.setdefault(steps + (f"@{language.lower()}" if language else ""), []).append(text)
        yield Row(Place(path.name, subject, number), {k: tuple(v) for k, v in cells.items() if v})


def _follow(said: Said, subject: str, steps: Sequence[str]) -> list[tuple[str, str]]:
    if len(steps) == 1:
        return sorted(said.get(subject, {}).get(steps[0], ()))
    found: list[tuple[str, str]] = []
    for text, _language in sorted(said.get(subject, {}).get(steps[0], ())):
        found += _follow(said, text, steps[1:])
    return found


def _local(data: bytes, place: Place) -> bytes:
    """Put a context of our own in the place of schema.org's; every other one that would be fetched is refused."""
    found = parsed(data.decode(), place)

    def mended(one: Any) -> Any:
        if isinstance(one, list):
            return [mended(v) for v in one]
        if not isinstance(one, dict):
            return one
        return {key: _context(value, place) if key == "@context" else mended(value) for key, value in one.items()}

    return json.dumps(mended(found)).encode()


def _context(value: Any, place: Place) -> Any:
    if isinstance(value, list):
        return [_context(v, place) for v in value]
    if isinstance(value, dict):
        if "@import" in value:
            raise refused("file.context", place, str(value["@import"]))
        return value
    if isinstance(value, str):
        if _SCHEMA_ORG.fullmatch(value):
            return {"@vocab": "https://schema.org/"}
        raise refused("file.context", place, value)
    return value
