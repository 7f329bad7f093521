"""What became of a record that is not here: withdrawn, erased or merged, by the list of suppressed or the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from dgekg import identifiers, template
from dgekg.documents import MAIN_KIND
from dgekg.errors import RecordGone
from dgekg.suppression import Entry
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit
from dgekg.web.linked.saying import a, said
from dgekg.web.snapshot import query

_OWNERS = ("practice", "instrument", "actor")
_PART = re.compile(r"(.+)(-\d+)")
_LONGEST = 20  # renamings in a row
_SAYS = {
    "withdrawn": "was withdrawn and is gone from all versions",
    "erased": "is gone from all versions",
    "merged": "is gone; another record stands in its place",
}
_DCT, _PROV, _XSD = PREFIXES["dct"], PREFIXES["prov"], PREFIXES["xsd"]


def of(visit: Visit, iri: str) -> RecordGone | None:
    """Return what became of a record, of a part of one or of the graph of one; None where nothing is known of it.

    Ask only for what the version does not hold.
    """
    iri = _record_of(iri)
    for name, suffix in _candidates(iri):
        line = visit.suppressed.entry(name)
        found = _listed(line, name) if line is not None else _followed(visit, name)
        if found is not None and found.replaced_by and suffix:
            return _gone(iri, "merged", found.date, _part(visit, iri, found.replaced_by, suffix))
        if found is not None:
            opaque = found.kind == "erased"
            return _gone(found.name if opaque else iri, found.kind, found.date, found.replaced_by)
    return None


def tombstone(error: RecordGone) -> list[Triple]:
    """Return all that may be said of what is gone."""
    found = list(a(error.name, _PROV + "Entity"))
    if error.kind == "erased":
        month = Literal(error.date[:7], datatype=NamedNode(_XSD + "gYearMonth"))
        return [*found, *said(error.name, (_DCT + "date", month))]
    moment = Literal(f"{error.date}T00:00:00Z", datatype=NamedNode(_XSD + "dateTime"))
    kind = identifiers.concept("change-kind", "merge" if error.kind == "merged" else "withdraw")
    pairs: list[tuple[str, object]] = [
        (_PROV + "invalidatedAtTime", moment),
        (identifiers.term("changeKind"), NamedNode(kind)),
    ]
    if error.replaced_by:
        pairs.append((_DCT + "isReplacedBy", NamedNode(error.replaced_by)))
    return [*found, *said(error.name, *pairs)]


def _gone(name: str, kind: str, date: str, replaced_by: str = "") -> RecordGone:
    what = "This record" if kind == "erased" else identifiers.path_of(name)
    return RecordGone(f"{what}: {_SAYS[kind]}.", kind, date, name, replaced_by)


def _listed(line: Entry, name: str) -> RecordGone:
    return _gone(line.record if line.kind == "erased" else name, line.kind, line.date, line.replaced_by)


def _followed(visit: Visit, iri: str) -> RecordGone | None:
    """Return what the ledger says of a record, through all that stood in its place one after the other."""
    found: RecordGone | None = None
    seen: set[str] = set()
    name = iri
    while name not in seen and len(seen) < _LONGEST:
        seen.add(name)
        line = visit.suppressed.entry(name) if found is not None else None
        last = _listed(line, name) if line is not None else _last(visit, name)
        if last is None:
            return found
        found = _gone(last.name if last.kind == "erased" else iri, last.kind, last.date, last.replaced_by)
        there = last.replaced_by in visit.snapshot.classes and last.replaced_by not in visit.suppressed
        if last.kind != "merged" or there:
            return found
        name = last.replaced_by
    return found


def _last(visit: Visit, iri: str) -> RecordGone | None:
    """Return what the ledger's last line about a record says, if it is that it is gone."""
    rows = visit.observatory.store.select(template.bind(query("changes"), {"record": [NamedNode(iri)]})).dicts()
    lines = sorted(rows, key=lambda row: (row["date"], _number(row["change"])))
    if not lines:
        return None
    last = lines[-1]
    kind = last["kind"].rsplit("/", 1)[-1]
    if kind in ("merge", "rename") and last.get("replacement"):
        return _gone(iri, "merged", last["date"], last["replacement"])
    return _gone(iri, "withdrawn", last["date"]) if kind == "withdraw" else None


def _number(change: str) -> int:
    tail = change.rsplit("-", 1)[-1]
    return int(tail) if tail.isdigit() else 0


def _record_of(iri: str) -> str:
    """Return the record that a document's graph is about, where the folder says of which kind; else the IRI itself."""
    home = identifiers.graphs()
    folder, _, slug = iri.removeprefix(home).partition("/")
    return identifiers.record(MAIN_KIND[folder], slug) if iri.startswith(home) and folder in MAIN_KIND else iri


def _candidates(iri: str) -> Iterator[tuple[str, str]]:
    """Yield the record itself, then those that it may be a part of by its name, with the rest of the name."""
    yield iri, ""
    local = identifiers.parse(iri)
    slug, suffix = (local.slug, "") if local is not None and local.kind != "scheme" else ("", "")
    while match := _PART.fullmatch(slug):
        slug, suffix = match[1], match[2] + suffix
        for kind in _OWNERS:
            if identifiers.SLUG.fullmatch(slug):
                yield identifiers.record(kind, slug), suffix


def _part(visit: Visit, iri: str, replaced_by: str, suffix: str) -> str:
    """Return the part of the record in its place that has the same number, if there is one; else that record."""
    part, record = identifiers.parse(iri), identifiers.parse(replaced_by)
    if part is not None and record is not None:
        candidate = identifiers.record(part.kind, record.slug + suffix)
        if candidate in visit.snapshot.classes:
            return candidate
    return replaced_by
