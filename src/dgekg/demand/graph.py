"""Incidents as a graph of their own: N-Quads with the source's licence in it, beside the builds and never in them.

`data/sources/<id>/demand.nq` is written by an import. `dgekg build --demand` copies it to `build/.demand/`, where it
is read from when somebody asks for demand. It enters no store, no index, no dump: what is derived from a database under
another licence stays apart.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from dgekg import disk, identifiers
from dgekg.errors import InputError, SourceError
from dgekg.vocabulary import PREFIXES, RDF_TYPE

FILE = "demand.nq"
FOLDER = ".demand"
KINDS: Mapping[str, tuple[str, str]] = {
    "group": (identifiers.term("aboutGroup"), "group"),
    "right": (identifiers.term("considersRight"), "right"),
    "risk": (identifiers.term("evaluatesRisk"), "risk"),
    "region": (identifiers.term("inRegion"), "region"),
    "sector": (identifiers.term("applicationSector"), "application-sector"),
    "stage": (identifiers.term("harmAtStage"), "stage"),
}
"""What an incident says: dimension -> property, scheme."""
_DCT, _XSD = PREFIXES["dct"], PREFIXES["xsd"]
_CLASS = identifiers.term("RecordedIncident")
_SETS = PREFIXES["dcat"] + "Dataset"
Values = dict[str, list[str]]  # property -> values


@dataclass(frozen=True, slots=True)
class Credit:
    """Where recorded harm comes from.

    Attributes:
        id: name of the source.
        title: what the database is called.
        publisher: who publishes it.
        licence: address of its licence, which is also that of the graph made from it.
        address: where it can be had.
        accessed: day on which it was taken.
        digest: names what was read, so that an answer can be given again.
    """

    id: str
    title: str
    publisher: str
    licence: str
    address: str
    accessed: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Incidents:
    """What one database records.

    Attributes:
        credit: where it comes from.
        said: IRI of an incident -> dimension -> concepts; what is not stated is left out.
    """

    credit: Credit
    said: Mapping[str, Mapping[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, as an import hands it over.

    Attributes:
        number: how the database calls it.
        said: dimension -> codes of concepts.
        date: day, month or year; "" if not said.
        address: its page in the database; "" if not said.
    """

    number: str
    said: Mapping[str, Sequence[str]]
    date: str = ""
    address: str = ""


def quads(credit: Credit, incidents: Iterable[Incident]) -> Iterable[Quad]:
    """Yield the graph of a source: what it is and under which licence, then its incidents."""
    graph = NamedNode(identifiers.document_graph("demand", credit.id))
    about: list[tuple[str, NamedNode | Literal]] = [
        (RDF_TYPE, NamedNode(_SETS)),
        (_DCT + "title", Literal(credit.title)),
        (_DCT + "publisher", Literal(credit.publisher)),
        (_DCT + "license", NamedNode(credit.licence)),
        (_DCT + "source", NamedNode(credit.address)),
        (identifiers.term("accessedOn"), Literal(credit.accessed, datatype=NamedNode(_XSD + "date"))),
    ]
    for predicate, value in about:
        yield Quad(graph, NamedNode(predicate), value, graph)
    for one in incidents:
        subject = NamedNode(identifiers.record("incident", f"{credit.id}-{one.number}"))
        yield Quad(subject, NamedNode(RDF_TYPE), NamedNode(_CLASS), graph)
        yield Quad(subject, NamedNode(_DCT + "identifier"), Literal(one.number), graph)
        if one.date:
            kind = {4: "gYear", 7: "gYearMonth"}.get(len(one.date), "date")
            yield Quad(subject, NamedNode(_DCT + "date"), Literal(one.date, datatype=NamedNode(_XSD + kind)), graph)
        if one.address:
            yield Quad(subject, NamedNode(_DCT + "source"), NamedNode(one.address), graph)
        for dimension, codes in sorted(one.said.items()):
            predicate, scheme = KINDS[dimension]
            for code in sorted(codes):
                yield Quad(subject, NamedNode(predicate), NamedNode(identifiers.concept(scheme, code)), graph)


def put(path: Path, credit: Credit, incidents: Iterable[Incident]) -> bool:
    """Write the graph of a source, sorted, in one step; return whether it says something else than before."""
    data = serialize(quads(credit, incidents), format=RdfFormat.N_QUADS) or b""
    text = b"\n".join(sorted(line for line in data.split(b"\n") if line)) + b"\n"
    if path.is_file() and path.read_bytes() == text:
        return False
    _replace(path, text)
    return True


def packed(sources: Path, builds: Path, chosen: Sequence[str]) -> list[Incidents]:
    """Copy the graphs of sources beside the builds; those that are not chosen go.

    Args:
        sources: the folder `data/sources`.
        builds: the folder of the builds.
        chosen: names of sources; "all" for every one that has a graph.

    Raises:
        InputError: a source that has no such graph.
        SourceError: a graph is broken.
    """
    there = {path.parent.name: path for path in sorted(sources.glob(f"*/{FILE}"))}
    names = sorted(there) if "all" in chosen else list(dict.fromkeys(chosen))
    for name in names:
        if name not in there:
            known = ", ".join(there) or "none"
            raise InputError(f'--demand: found "{name}", expected a source with recorded incidents ({known}), or all.')
    found = [read(there[name]) for name in names]
    folder = builds / FOLDER
    for name in names:
        _replace(folder / f"{name}.nq", there[name].read_bytes())
    for old in folder.glob("*.nq"):
        if old.stem not in names:
            old.unlink()
    return found


def of_build(builds: Path | None) -> list[Incidents]:
    """Return what lies beside the builds; nothing where demand was not asked for at build."""
    if builds is None:
        return []
    return [read(path) for path in sorted((builds / FOLDER).glob("*.nq"))]


def mark(builds: Path | None) -> str:
    """Return what tells the graphs beside the builds from those of another moment; "" where there are none."""
    found = []
    for path in sorted((builds / FOLDER).glob("*.nq")) if builds else ():
        with contextlib.suppress(OSError):  # it goes at this moment
            stat = path.stat()
            found.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return "; ".join(found)


def read(path: Path) -> Incidents:
    """Read the graph of a source.

    Raises:
        SourceError: it cannot be read, or says no licence.
    """
    digest, about, each = _parsed(path)
    name = path.parent.name if path.name == FILE else path.stem
    title, publisher, licence, source = (
        _first(about, _DCT + key) for key in ("title", "publisher", "license", "source")
    )
    accessed = _first(about, identifiers.term("accessedOn"))
    said = {iri: {d: frozenset(own[term]) for d, term in _dimensions(own)} for iri, own in each.items()}
    return Incidents(Credit(name, title, publisher, licence, source, accessed, digest), said)


def stored(path: Path) -> list[Incident]:
    """Return the incidents of a graph as an import hands them over; none where there is no file. Errors as `read`."""
    if not path.is_file():
        return []
    _digest, _about, each = _parsed(path)
    return [
        Incident(
            own[_DCT + "identifier"][0],
            {d: [iri.rpartition("/")[2] for iri in own[term]] for d, term in _dimensions(own)},
            _first(own, _DCT + "date"),
            _first(own, _DCT + "source"),
        )
        for own in each.values()
    ]


def _parsed(path: Path) -> tuple[str, Values, dict[str, Values]]:
    """Return a digest, what a graph says of its source, and of each incident by its IRI, in order; errors as `read`."""
    try:
        data = path.read_bytes()
        found = list(parse(data, format=RdfFormat.N_QUADS))
    except (OSError, SyntaxError) as error:
        raise SourceError(f"{path}: recorded incidents cannot be read ({error}). Import the source again.") from error
    about: Values = {}
    each: dict[str, Values] = {}
    for quad in found:
        subject, value = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
        own = about if quad.subject == quad.graph_name else each.setdefault(subject, {})
        own.setdefault(quad.predicate.value, []).append(value)
    if not _first(about, _DCT + "license"):
        raise SourceError(f"{path}: recorded incidents without a licence are not read. Import the source again.")
    return hashlib.sha256(data).hexdigest()[:16], about, dict(sorted(each.items()))


def _first(said: Values, term: str) -> str:
    return next(iter(said.get(term, ())), "")


def _dimensions(said: Values) -> list[tuple[str, str]]:
    """Return the dimensions that an incident says something of, each with its property."""
    return [(dimension, term) for dimension, (term, _scheme) in KINDS.items() if term in said]


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.put(path, data)
