"""What can be chosen: the concepts of `ontology/`, in the order in which a person looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dgekg import identifiers
from dgekg.documents import of_folder
from dgekg.errors import SourceError
from dgekg.forms.model import Option
from dgekg.vocabulary import BASE, ONTOLOGY, PREFIXES, RDF_TYPE, SKOS_NOTATION, SKOS_PREF_LABEL

_SKOS = PREFIXES["skos"]
_BROADER, _DEFINITION = _SKOS + "broader", _SKOS + "definition"


class Concepts:
    """The concepts of a project's schemes, and its terms, read once.

    Args:
        ontology: the folder of the vocabulary; `schemes/` in it holds one Turtle file a scheme.

    Raises:
        SourceError: a file does not parse; told when it is first needed.
    """

    def __init__(self, ontology: Path) -> None:
        self._files = [*sorted(ontology.glob("*.ttl")), *of_folder(ontology / "schemes")]

    @cached_property
    def _said(self) -> dict[str, dict[str, list[NamedNode | Literal]]]:
        found: dict[str, dict[str, list[NamedNode | Literal]]] = {}
        for file in self._files:
            try:
                quads = list(parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE))
            except (SyntaxError, OSError) as error:
                raise SourceError(f"{file}: the vocabulary does not parse: {error}") from error
            for quad in quads:
                if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                    found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
        return found

    @cached_property
    def context(self) -> dict[str, frozenset[str]]:
        """The classes of every concept, scheme and term, by IRI."""
        return {
            iri: frozenset(kind.value for kind in said[RDF_TYPE])
            for iri, said in self._said.items()
            if RDF_TYPE in said
        }

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms of the ontology."""
        return frozenset(iri for iri in self.context if iri.startswith(ONTOLOGY))

    @cached_property
    def schemes_of(self) -> dict[str, tuple[str, ...]]:
        """The schemes whose concepts have a class, by the class's IRI."""
        found: dict[str, list[str]] = {}
        for iri, kinds in self.context.items():
            local = identifiers.parse(iri)
            if local is None or not local.scheme or not local.slug:
                continue
            for kind in kinds:
                if kind.startswith(ONTOLOGY) and local.scheme not in found.setdefault(kind, []):
                    found[kind].append(local.scheme)
        return {kind: tuple(names) for kind, names in found.items()}

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Words for each concept, language -> path (`scheme/kind/audit`) -> label."""
        found: dict[str, dict[str, str]] = {}
        for iri, said in self._said.items():
            for label in said.get(SKOS_PREF_LABEL, ()):
                found.setdefault(getattr(label, "language", None) or "", {})[iri.removeprefix(BASE)] = label.value
        return found

    def options(self, schemes: Sequence[str], classes: Iterable[str] = ()) -> tuple[Option, ...]:
        """Return the concepts of some schemes, each beneath what it belongs to; a code that two have says its scheme.

        Args:
            schemes: their names, the preferred first.
            classes: IRIs; where given, only concepts of one of them.
        """
        wanted = set(classes)
        found: list[Option] = []
        taken: set[str] = set()
        for scheme in schemes:
            for option in self._scheme(scheme):
                if wanted and not wanted & self.context.get(option.iri, frozenset()):
                    continue
                code = f"{scheme}/{option.code}" if option.code in taken else option.code
                found.append(option if code == option.code else _renamed(option, code))
            taken = {option.code for option in found}
        return tuple(found)

    def _scheme(self, scheme: str) -> list[Option]:
        home = identifiers.scheme(scheme) + "/"
        inside = {iri: said for iri, said in self._said.items() if iri.startswith(home)}
        above = {iri: [b.value for b in said.get(_BROADER, ()) if b.value in inside] for iri, said in inside.items()}
        below: dict[str, list[str]] = {}
        for iri, broader in above.items():
            for one in broader[:1] or [""]:  # in a tree, a concept with several parents stands beneath its first
                below.setdefault(one, []).append(iri)
        found: list[Option] = []
        stack = [(iri, 0) for iri in sorted(below.get("", ()), key=lambda iri: _place(inside[iri], iri), reverse=True)]
        while stack:
            iri, depth = stack.pop()
            said = inside[iri]
            codes = tuple(b.removeprefix(home) for b in above[iri])
            label, help_ = _texts(said, SKOS_PREF_LABEL), _texts(said, _DEFINITION)
            found.append(Option(iri.removeprefix(home), iri, label, help_, codes, depth, scheme))
            children = sorted(below.get(iri, ()), key=lambda i: _place(inside[i], i), reverse=True)
            stack += [(child, depth + 1) for child in children]
        return found


def _renamed(option: Option, code: str) -> Option:
    return Option(code, option.iri, option.label, option.help, option.broader, option.depth, option.scheme)


def _texts(said: Mapping[str, Sequence[NamedNode | Literal]], prop: str) -> dict[str, str]:
    return {v.language: v.value for v in said.get(prop, ()) if isinstance(v, Literal) and v.language}


def _place(said: Mapping[str, Sequence[NamedNode | Literal]], iri: str) -> tuple[int, str]:
    """Numbered concepts by their number, unless it is their code; the others by their English label."""
    notation = next((v.value for v in said.get(SKOS_NOTATION, ())), "")
    numbered = notation.isdigit() and len(notation) < 3
    return (int(notation) if numbered else 1000, _texts(said, SKOS_PREF_LABEL).get("en", iri).casefold())
