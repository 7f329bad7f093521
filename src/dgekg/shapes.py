"""SHACL shapes: a document in, findings out. pySHACL is the engine; the shapes are the only description of a record.

A record refers to records in other files, so validation hands their classes over (`context`), and pySHACL is
told to look only at the document's own subjects. The engine is loaded when a document is first validated.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from dgekg.documents import Document
from dgekg.errors import SourceError
from dgekg.findings import Finding, Severity
from dgekg.identifiers import compact
from dgekg.vocabulary import BASE, PREFIXES

if TYPE_CHECKING:
    import rdflib
    from pyshacl.shapes_graph import ShapesGraph

_LOG = logging.getLogger("dgekg.shapes")
_LOG.setLevel(logging.ERROR)
logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # a wrong date is told by the shapes, not by the library
_TARGET = re.compile(r"targetClass\s+<?[^\s;>]*?(\w+)>?\s*[;.,]")
_SH = PREFIXES["sh"]
Context = Mapping[str, frozenset[str]]


class Shapes:
    """All shapes of a folder, loaded once.

    Args:
        folder: holds one Turtle file a class.

    Raises:
        SourceError: a file cannot be read or does not parse.
    """

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.glob("*.ttl"))
        self._read: dict[Path, list[Triple]] = {}
        self._ready: dict[Path, ShapesGraph] = {}
        self._targets_of: dict[str, list[tuple[Path, str]]] = {}
        if not self.files:
            raise SourceError(f"{folder}: expected shapes as Turtle files, found none.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of the files."""
        total = hashlib.sha256()
        for file in self.files:
            total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return total.hexdigest()

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The shapes as one graph."""
        return to_rdflib(triple for file in self.files for triple in self.triples(file))

    def triples(self, file: Path) -> list[Triple]:
        """Return what one file says, its blank nodes kept apart from those of the others."""
        if file not in self._read:
            try:
                quads = parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE)
                self._read[file] = [_renamed(q.triple, self.files.index(file)) for q in quads]
            except (SyntaxError, OSError) as error:
                raise SourceError(f"{file}: the shapes do not parse: {error}") from error
        return self._read[file]

    def prepare(self, kinds: Iterable[str] | None = None) -> None:
        """Make shapes ready now: all, for processes that are about to be forked, or those of some classes."""
        files = self.files if kinds is None else {file for kind in kinds for file, _shape in self.targets(kind)}
        for file in files:
            self._prepared(file)

    def _prepared(self, file: Path) -> ShapesGraph:
        """Return the shapes of one file, ready to run: a document needs few of them."""
        from pyshacl.shapes_graph import ShapesGraph

        if file not in self._ready:
            prepared = ShapesGraph(to_rdflib(self.triples(file)), False, _LOG)
            _ = prepared.shapes  # reads all of them now, so that they can be named
            self._ready[file] = prepared
        return self._ready[file]

    def validate(self, document: Document, context: Context, language: str = "en") -> list[Finding]:
        """Validate one document on its own.

        Args:
            document: the parsed file.
            context: classes of the records and concepts that it may refer to, by IRI.
            language: language of the messages, where the shape has it; else English.
        """
        import rdflib
        from pyshacl.graph_abstraction import DataGraph
        from pyshacl.validator import Validator
        from rdflib.namespace import RDF, SH

        data = to_rdflib(document.triples)
        for reference in document.references:
            for kind in context.get(reference, frozenset()):
                data.add((rdflib.URIRef(reference), RDF.type, rdflib.URIRef(kind)))
        options: dict[str, Any] = {"logger": _LOG, "inplace": True}
        validator = Validator(DataGraph.from_rdflib(data), shacl_graph=rdflib.Graph(), options=options)
        findings: list[Finding | None] = []
        for file, shape, nodes in self.targeted(document):
            validator.shacl_graph = self._prepared(file)
            options.update(use_shapes=[shape], focus_nodes=nodes)
            _conforms, report, _text = validator.run()  # type: ignore[no-untyped-call]  # pySHACL has no types there
            findings += [
                self._finding(report, result, document, context, language) for result in report.objects(None, SH.result)
            ]
        return [f for f in findings if f is not None]

    @cached_property
    def _named(self) -> dict[str, list[Path]]:
        """The files whose text names a class as a target, by the class's last part: only those need be parsed."""
        found: dict[str, list[Path]] = {}
        for file in self.files:
            for name in set(_TARGET.findall(file.read_text(encoding="utf-8"))):
                found.setdefault(name, []).append(file)
        return found

    def targets(self, kind: str) -> list[tuple[Path, str]]:
        """Return the shapes that speak of a class, with their file."""
        if kind not in self._targets_of:
            self._targets_of[kind] = [
                (file, _value(triple.subject))
                for file in self._named.get(re.split(r"[/#]", kind)[-1], ())
                for triple in self.triples(file)
                if triple.predicate.value == _SH + "targetClass" and _value(triple.object) == kind
            ]
        return self._targets_of[kind]

    def targeted(self, document: Document) -> list[tuple[Path, str, list[str]]]:
        """Return each shape with the document's own subjects that it speaks of."""
        found: dict[tuple[Path, str], set[str]] = {}
        for subject, kinds in document.classes.items():
            for kind in kinds:
                for place in self.targets(kind):
                    found.setdefault(place, set()).add(subject)
        return [(file, shape, sorted(nodes)) for (file, shape), nodes in sorted(found.items())]

    def _finding(
        self, report: rdflib.Graph, result: Any, document: Document, context: Context, language: str
    ) -> Finding | None:
        import rdflib
        from rdflib.namespace import SH

        focus, path, value = (report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.value))
        found = str(value) if value is not None else ""
        language_of = getattr(value, "language", None)
        if found.startswith((BASE + "id/", BASE + "scheme/")) and found not in context:
            return None  # the reference itself is unknown: said once, with a suggestion, by `references`
        messages = {getattr(m, "language", None): str(m) for m in report.objects(result, SH.resultMessage)}
        message = messages.get(language) or messages.get("en") or next(iter(messages.values()), "")
        warning = report.value(result, SH.resultSeverity) in (SH.Warning, SH.Info)
        source = report.value(result, SH.sourceShape)
        field = str(path) if isinstance(path, rdflib.URIRef) else ""
        return Finding(
            severity=Severity.WARNING if warning else Severity.VIOLATION,
            rule=compact(str(source)).removeprefix("dgsh:") if isinstance(source, rdflib.URIRef) else "shape",
            message=message,
            file=document.file,
            line=document.line_of(str(focus), field, found),
            record=str(focus),
            field=compact(field) if field else "",
            found=f"{found}@{language_of}" if language_of else compact(found) if found.startswith("http") else found,
        )


def to_rdflib(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return the triples as an rdflib graph, which pySHACL reads."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return graph


def _value(term: Any) -> str:
    return str(getattr(term, "value", ""))


def _node(term: Any) -> Any:
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _renamed(triple: Triple, number: int) -> Triple:
    """Keep the blank nodes of two shape files apart."""

    def own(term: Any) -> Any:
        return BlankNode(f"f{number}x{term.value}") if isinstance(term, BlankNode) else term

    return Triple(own(triple.subject), triple.predicate, own(triple.object))
