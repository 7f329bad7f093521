"""What the reference is made from, read once: sources, ontology, shapes; and small tools for Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import rdflib
from rdflib.namespace import RDF, SKOS

from dgekg import render
from dgekg.build import Sources
from dgekg.build.builder import counts
from dgekg.build.derive import assemble
from dgekg.errors import SourceError
from dgekg.identifiers import compact
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.shapes import to_rdflib
from dgekg.store.base import value_of
from dgekg.vocabulary import BASE, LANGUAGES, PREFIXES

Node = rdflib.term.Node


class Material:
    """The project as the reference sees it.

    Args:
        project: the folders.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def sources(self) -> Sources:
        """Records, vocabulary and shapes."""
        sources = Sources(self.project)
        if sources.findings:
            raise SourceError(sources.findings[0].text())
        return sources

    @cached_property
    def ontology(self) -> rdflib.Graph:
        """The terms: `ontology/dgekg.ttl`."""
        return to_rdflib(t for d in self.sources.vocabulary if d.slug == "dgekg" for t in d.triples)

    @cached_property
    def schemes(self) -> dict[str, rdflib.Graph]:
        """The graph of each file of `ontology/schemes/`, by its name."""
        return {d.slug: to_rdflib(d.triples) for d in self.sources.vocabulary if d.folder == "schemes"}

    @cached_property
    def scheme_of(self) -> dict[str, str]:
        """Concept class -> the scheme whose concepts are of it, both in short form."""
        found: dict[str, str] = {}
        for name, graph in self.schemes.items():
            for concept in graph.subjects(RDF.type, SKOS.Concept):
                for class_ in graph.objects(concept, RDF.type):
                    if str(class_).startswith(PREFIXES["dgekg"]):
                        found.setdefault(compact(str(class_)), name)
        return found

    @cached_property
    def real(self) -> Observatory:
        """The shipped data, derived and opened, as of the newest date that a record gives for itself."""
        return _opened(self.project, self.sources)

    @cached_property
    def world(self) -> Observatory:
        """The small world of the tests, opened in the same way."""
        return _opened(self.project, Sources(self.project, self.project.root / "tests" / "world" / "data"))


def _opened(project: Project, sources: Sources) -> Observatory:
    if sources.findings:
        raise SourceError(sources.findings[0].text())
    modified = PREFIXES["dct"] + "modified"
    days = (value_of(t.object) for d in sources.records for t in d.triples if t.predicate.value == modified)
    as_of = dt.date.fromisoformat(max(days))
    store = assemble(sources, as_of)
    return Observatory(project, store, "", as_of, {"classes": counts(store)}, Settings())


def in_language(graph: rdflib.Graph, subject: Node, prop: Node, language: str = "en") -> str:
    """Return the text of a property in one language, "" if it has none."""
    texts = sorted(str(o) for o in graph.objects(subject, prop) if getattr(o, "language", None) == language)
    return texts[0] if texts else ""


def three(graph: rdflib.Graph, subject: Node, prop: Node) -> list[str]:
    """Return the text of a property in each of our languages."""
    return [in_language(graph, subject, prop, language) for language in LANGUAGES]


def short(node: Node | None) -> str:
    """Return a node in short form, as code.

    >>> short(rdflib.URIRef("http://purl.org/dc/terms/title"))
    '`dct:title`'
    """
    if node is None:
        return ""
    text = str(node)
    for prefix, namespace in {**PREFIXES, "dqv": "http://www.w3.org/ns/dqv#"}.items():
        if text.startswith(namespace):
            return f"`{prefix}:{text[len(namespace) :]}`"
    return f"`{text.removeprefix(BASE)}`"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; `<` is written so that it is not read as HTML."""
    return render.markdown(columns, [[plain(cell) for cell in row] for row in rows])


def plain(text: str) -> str:
    """Return text on one line, with `<` outside code written so that it is not read as HTML.

    >>> print(plain("see <x> and `<y>`"))
    see \\<x> and `<y>`
    """
    parts = " ".join(text.split()).split("`")
    return "`".join(part if n % 2 else part.replace("<", "\\<") for n, part in enumerate(parts))


def link(root: Path, path: Path | str, words: str) -> str:
    """Return a Markdown link from a reference page to a file of the project."""
    file = Path(path)
    name = file.relative_to(root).as_posix() if file.is_absolute() else file.as_posix()
    return f"[{words}](../../{name})"
