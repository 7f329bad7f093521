"""A record as people read it: its fields in words, its parts with it, and what points at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dgekg import identifiers
from dgekg.context import short
from dgekg.store.base import Term
from dgekg.vocabulary import DIMENSION, LABEL_PROPERTIES, PREFIXES, RDF_TYPE
from dgekg.web.house import Visit
from dgekg.web.linked import pointing as links

DCT, PROV, SKOS = PREFIXES["dct"], PREFIXES["prov"], PREFIXES["skos"]
PARTS = (
    PROV + "qualifiedAttribution",
    identifiers.term("hasEvidence"),
    identifiers.term("exclusion"),
    identifiers.term("hasSearch"),
)
SUPPORTING = identifiers.term("supportingPractice")
SEARCH_TEXT = identifiers.term("searchText")
TEXTS = (DCT + "description", SKOS + "definition", identifiers.term("subjectMatter"), SKOS + "scopeNote")
HIDDEN = frozenset({identifiers.term("within"), RDF_TYPE, *LABEL_PROPERTIES, *TEXTS, *PARTS})
_LAST = (
    identifiers.term("foundInRound"),
    identifiers.term("exposure"),
    identifiers.term("labelReviewStatus"),
    DCT + "identifier",
    DCT + "license",
    DCT + "issued",
    DCT + "modified",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field: text, and where it leads ("" for nowhere)."""

    text: str
    href: str = ""
    lang: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A property with its values."""

    property: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Record:
    """What a page shows of one thing."""

    iri: str
    kind: str
    title: Value
    texts: tuple[Value, ...]
    classes: tuple[str, ...]
    fields: tuple[Field, ...]
    sources: tuple[Value, ...]
    facts: dict[str, list[Term]] = field(repr=False)

    def get(self, name: str) -> list[Term]:
        """Return the values of one of our own properties."""
        return self.facts.get(identifiers.term(name), [])

    def shown(self, name: str) -> tuple[Value, ...]:
        """Return the values of one of our own properties as shown."""
        iri = identifiers.term(name)
        return next((f.values for f in self.fields if f.property == iri), ())


def document(visit: Visit, iri: str) -> list[Triple]:
    """Return what is said of a record itself, of its parts, and of what links it to norms."""
    store = visit.observatory.store
    triples = [t for t in store.describe(iri) if not t.predicate.value.startswith(DIMENSION)]
    parts = [t.object.value for t in triples if t.predicate.value in PARTS and isinstance(t.object, NamedNode)]
    parts += links.by(visit, iri, SUPPORTING).subjects
    for part in dict.fromkeys(parts):
        triples += store.describe(part)
    return list(dict.fromkeys(triples))


def read(visit: Visit, iri: str, triples: Iterable[Triple] | None = None) -> Record:
    """Return a record as a page shows it."""
    facts: dict[str, list[Term]] = {}
    for triple in visit.observatory.store.describe(iri) if triples is None else triples:
        if triple.subject == NamedNode(iri) and not isinstance(triple.object, Triple):
            facts.setdefault(triple.predicate.value, []).append(triple.object)
    local = identifiers.parse(iri)
    texts = [t for name in TEXTS for t in _best(visit, facts.get(name, []))]
    title = Value(read_title(visit, iri), lang=visit.tongue(iri))
    if iri not in visit.observatory.names.known or not visit.observatory.names.labels(iri):
        title = _part_title(visit, iri, local.kind if local else "", facts)
    return Record(
        iri=iri,
        kind=local.kind if local else "",
        title=title,
        texts=tuple(Value(t.value, lang=t.language or "") for t in texts),
        classes=tuple(visit.label(c.value) for c in facts.get(RDF_TYPE, []) if c.value.startswith(DGEKG)),
        fields=tuple(_fields(visit, facts)),
        sources=tuple(v for v in (shown(visit, t) for t in facts.get(DCT + "source", [])) if v.href),
        facts=facts,
    )


DGEKG = PREFIXES["dgekg"]


def parts(visit: Visit, record: Record) -> list[Record]:
    """Return the parts of a record: attributions, evidence, exclusions, searches."""
    found = [t.value for name in PARTS for t in record.facts.get(name, []) if isinstance(t, NamedNode)]
    return [read(visit, iri) for iri in sorted(found)]


@dataclass(frozen=True, slots=True)
class Inverse:
    """Those that point at a thing by one property, as a page shows them.

    Attributes:
        property: which.
        label: words for it.
        values: the first of them.
        total: how many there are.
        after: the last of those shown, if others follow; else "".
    """

    property: str
    label: str
    values: tuple[Value, ...]
    total: int
    after: str


def pointing(visit: Visit, lists: Iterable[links.Pointing], without: Sequence[str] = ()) -> list[Inverse]:
    """Return what points at a record, by property."""
    return [
        Inverse(
            one.property,
            property_label(visit, one.property),
            tuple(Value(read_title(visit, s), visit.to(s), visit.tongue(s)) for s in one.subjects),
            one.total,
            one.subjects[-1] if one.more else "",
        )
        for one in lists
        if one.property not in without
    ]


def read_title(visit: Visit, iri: str) -> str:
    """Return words for any IRI of ours: its label, or for a part what it is and of what."""
    local = identifiers.parse(iri)
    if visit.observatory.names.labels(iri):
        return visit.label(iri)
    if local is None:
        return identifiers.compact(iri)
    return f"{visit.t('kind.' + local.kind)} {local.slug}" if f"kind.{local.kind}" in visit.words else local.slug


def property_label(visit: Visit, iri: str) -> str:
    """Return the words for a property: the ontology's, else those of the interface, else its short form."""
    if visit.observatory.names.labels(iri):
        return visit.label(iri)
    key = f"property.{short(iri)}"
    return visit.t(key) if key in visit.words else short(iri)


def shown(visit: Visit, term: Term) -> Value:
    """Return a term as a page shows it; only http(s) addresses become links."""
    if isinstance(term, NamedNode):
        href = visit.to(term.value)
        if href.startswith("/"):
            return Value(read_title(visit, term.value), href, _foreign(visit, term.value))
        known = visit.observatory.names.labels(term.value)
        return Value(visit.label(term.value) if known else term.value, href, outside=bool(href))
    if isinstance(term, Literal):
        return Value(_literal(visit, term), lang=term.language or "")
    return Value(str(term))


def _literal(visit: Visit, term: Literal) -> str:
    if term.datatype.value.endswith("#boolean"):
        return visit.t("yes" if term.value in ("true", "1") else "no")
    return term.value


def _foreign(visit: Visit, iri: str) -> str:
    tongue = visit.tongue(iri)
    return tongue if tongue != visit.language else ""


def _fields(visit: Visit, facts: dict[str, list[Term]]) -> list[Field]:
    found = []
    for name, terms in facts.items():
        if name in HIDDEN or name.startswith(DIMENSION):
            continue
        chosen = terms
        if all(isinstance(t, Literal) and t.language for t in terms):
            chosen = list(_best(visit, terms)) if name != SKOS + "altLabel" else terms
        values = sorted(
            {shown(visit, t) for t in chosen if not isinstance(t, BlankNode)}, key=lambda v: v.text.casefold()
        )
        found.append(Field(name, property_label(visit, name), tuple(values)))
    rank = {name: n for n, name in enumerate(_LAST, 1)}
    return sorted(found, key=lambda f: (rank.get(f.property, 0), f.label.casefold()))


def _best(visit: Visit, terms: Iterable[Term]) -> tuple[Literal, ...]:
    literals = [t for t in terms if isinstance(t, Literal)]
    for wanted in (visit.language, "en"):
        hits = [t for t in literals if t.language == wanted]
        if hits:
            return tuple(hits)
    return tuple(literals[:1])


def _part_title(visit: Visit, iri: str, kind: str, facts: dict[str, list[Term]]) -> Value:
    """Return words for a part that has no name: what it is, and of whom or what."""
    key = f"kind.{kind}"
    for name in (PROV + "agent", identifiers.term("supportedNorm"), identifiers.term("ofInstrument")):
        for term in facts.get(name, []):
            return Value(f"{visit.t(key) if key in visit.words else kind}: {visit.label(term.value)}")
    for term in facts.get(SEARCH_TEXT, []):
        return Value(term.value, lang=getattr(term, "language", "") or "")
    return Value(read_title(visit, iri))
