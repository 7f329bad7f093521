"""What the pages of records, concepts, terms and all other things with an address show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from dgekg import identifiers
from dgekg.context import DOCUMENT
from dgekg.explain.listing import language_name
from dgekg.vocabulary import LABEL_PROPERTIES, ONTOLOGY, PREFIXES, RDFS_LABEL
from dgekg.web.house import Visit
from dgekg.web.linked import (
    actor_page,
    assembled,
    concepts,
    frame,
    norm_page,
    practice_page,
    records,
    resources,
    shapeset,
)
from dgekg.web.linked import pointing as links
from dgekg.web.linked.assembled import Page
from dgekg.web.linked.described import PROFILES
from dgekg.web.linked.records import Record, Value
from dgekg.web.linked.resources import Resource

Values = Mapping[str, Any]
_GLANCE = tuple(
    identifiers.term(name)
    for name in (
        "addressesGroup",
        "inRegion",
        "actsAtStage",
        "governsStage",
        "enablesStage",
        "practiceType",
        "yearStarted",
    )
)
_EVIDENCE = identifiers.term("hasEvidence")
_AIMS = identifiers.term("cell")  # how the names of all coordinates begin
_PARTS_SHOWN = 300


def of(visit: Visit, resource: Resource, profile: str, page: Page | None) -> tuple[str, Callable[[], Values]]:
    """Return the template of a thing's page, and what makes its values."""
    name, build = _FULL.get(resource.family, ("thing.html", None))
    if build is None or profile != "full" or page is not None:
        return "thing.html", lambda: {**_base(resource), **_thing(visit, resource, profile, page)}
    kind = next((kind for kind in _KINDS if resource.iri.startswith(identifiers.records(kind))), "")
    if kind:
        name, build = _KINDS[kind]
    made = build
    return name, lambda: {**_base(resource), **made(visit, resource.iri)}


def _base(resource: Resource) -> dict[str, Any]:
    return {"document": resource.path, "iri": resource.iri, "family": resource.family}


def _record(visit: Visit, iri: str) -> Values:
    found = records.read(visit, iri)
    parts = records.parts(visit, found)
    lists = links.every(visit, iri)
    by = {one.property: one.subjects for one in lists}
    owners = [subject for name in (*records.PARTS, _EVIDENCE) for subject in by.get(name, ())]
    return {
        "record": found,
        "attributions": [p for p in parts if p.kind == "attribution"],
        "evidence": sorted((p for p in parts if p.kind == "evidence"), key=_adverse_first),
        "glance": [f for name in _GLANCE for f in found.fields if f.property == name],
        "searches": _searches(visit, [p for p in parts if p.kind == "search"]),
        "others": [p for p in parts if p.kind not in ("attribution", "evidence", "search")],
        "supports": [records.read(visit, subject) for subject in by.get(records.SUPPORTING, ())],
        "owners": [Value(records.read_title(visit, s), visit.to(s), visit.tongue(s)) for s in dict.fromkeys(owners)],
        "inverse": records.pointing(visit, lists, (records.SUPPORTING, *records.PARTS)),
    }


def _adverse_first(record: Record) -> tuple[bool, str, str]:
    """Return a key: harm, mixed and none first, then the strongest evidence."""
    adverse = any(t.value.endswith(("/harm", "/mixed", "/none")) for t in record.get("direction"))
    level = max((t.value.rsplit("/", 1)[-1] for t in record.get("evidenceLevel")), default="")
    return (not adverse, "".join(chr(0x7F - ord(c)) for c in level), record.iri)


def _searches(visit: Visit, parts: list[Record]) -> list[tuple[str, str, list[tuple[Record, list[Value]]]]]:
    """Return code and name of each language searched in, and its searches, each with what it aimed at."""
    found: dict[str, list[tuple[Record, list[Value]]]] = {}
    for part in sorted(parts, key=_numbered):
        aims = [value for field in part.fields if field.property.startswith(_AIMS) for value in field.values]
        found.setdefault(part.title.lang, []).append((part, aims))
    return [(code, language_name(code, visit.language), made) for code, made in sorted(found.items())]


def _numbered(record: Record) -> tuple[str, int]:
    """Return a key by which the tenth comes after the ninth."""
    name, _, number = record.iri.rpartition("-")
    return (name, int(number)) if number.isascii() and number.isdigit() else (record.iri, 0)


def _terms(visit: Visit, iri: str) -> Values:
    groups: dict[str, list[Record]] = {"class": [], "property": [], "other": []}
    for term in visit.snapshot.classes.under(ONTOLOGY):
        names = " ".join(visit.snapshot.classes[term])
        key = "property" if "Property" in names else "class" if "Class" in names else "other"
        groups[key].append(records.read(visit, term))
    return {"groups": {k: v for k, v in groups.items() if v}, "record": records.read(visit, iri)}


def _thing(visit: Visit, resource: Resource, profile: str, page: Page | None) -> Values:
    """Return what the page of any other thing shows: its fields, its parts, what points at it."""
    iri = resource.iri
    triples = assembled.triples(visit, iri, profile, page)
    found = _read(visit, iri, [t for t in triples if t.predicate.value != DOCUMENT])
    lists: list[links.Pointing] = []
    if page is not None:
        lists = [links.one(visit, iri, page.property, page.after)]
    elif resource.stored and profile == "full":
        lists = links.every(visit, iri, resources.inside(resource))
    parts: list[Record] = []
    if profile in ("full", "alt") and page is None and resource.family not in ("shapes", "graph", "questions"):
        subjects = {t.subject.value for t in triples if isinstance(t.subject, NamedNode)}
        held = {v.value for name in frame.EMBEDDED - {DOCUMENT} for v in found.facts.get(name, ())}
        parts = [_read(visit, s, triples) for s in sorted(held & subjects)[:_PARTS_SHOWN]]
    return {
        "record": found,
        "fields": [f for f in found.fields if f.property not in frame.EMBEDDED or not parts],
        "profile": profile,
        "profiles": [name for name in PROFILES if name != profile],
        "parts": parts,
        "spoken": _spoken(visit, triples) if profile == "labels" else [],
        "shapes": [visit.to(s) for s in shapeset.about(visit, iri)] if resource.family == "term" else [],
        "inverse": records.pointing(visit, lists),
        "page": page is not None,
    }


def _read(visit: Visit, iri: str, triples: Iterable[Triple]) -> Record:
    """Return a thing as a page shows it; where the graph has no words for it, what its triples call it."""
    found = records.read(visit, iri, triples)
    if visit.observatory.names.labels(iri):
        return found
    for name in (*LABEL_PROPERTIES, PREFIXES["sh"] + "name"):
        for wanted in (visit.language, "en"):
            for term in found.facts.get(name, ()):
                if isinstance(term, Literal) and term.language == wanted:
                    return _titled(found, Value(term.value, lang=wanted))
    return _titled(found, Value(identifiers.compact(iri)))


def _titled(found: Record, title: Value) -> Record:
    return Record(found.iri, found.kind, title, found.texts, found.classes, found.fields, found.sources, found.facts)


def _spoken(visit: Visit, triples: Iterable[Triple]) -> list[tuple[str, str, dict[str, str]]]:
    """Return the rows of the labels' page: address, link, words by language."""
    found: dict[str, dict[str, str]] = {}
    for triple in triples:
        if triple.predicate.value == RDFS_LABEL and isinstance(triple.subject, NamedNode):
            literal = triple.object
            if isinstance(literal, Literal):
                found.setdefault(triple.subject.value, {})[literal.language or ""] = literal.value
    return [(iri, visit.to(iri), dict(sorted(said.items()))) for iri, said in sorted(found.items())]


_FULL: Mapping[str, tuple[str, Callable[[Visit, str], Values]]] = {
    "record": ("record.html", _record),
    "concept": ("concept.html", concepts.concept),
    "scheme": ("scheme.html", concepts.scheme),
    "ontology": ("ontology.html", _terms),
}
_KINDS: Mapping[str, tuple[str, Callable[[Visit, str], Values]]] = {
    "practice": ("practice.html", practice_page.of),
    "instrument": ("norm.html", norm_page.norm),
    "provision": ("norm.html", norm_page.norm),
    "actor": ("actor.html", actor_page.actor),
}
