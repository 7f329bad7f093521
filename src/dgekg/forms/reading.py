"""From shapes to forms: several shapes on one property become one question; rules over several become places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH

from dgekg.errors import UnknownValue
from dgekg.forms.merging import Merged
from dgekg.forms.model import Field, Form, Option, Requirement, Section, Words
from dgekg.forms.options import Concepts
from dgekg.forms.words import plain, unaddressed
from dgekg.identifiers import compact
from dgekg.shapes import Shapes
from dgekg.vocabulary import BASE, LANGUAGES, SHAPES

Node = rdflib.term.Node
_KIND = re.compile(re.escape(BASE.replace(".", "\\.")) + r"id/([a-z-]+)/")
_ASKED, _FOLDER, _PART_OF = (rdflib.URIRef(SHAPES + name) for name in ("asked", "folder", "partOf"))
_LAST = 1e9


class Reader:
    """The shapes of a project, read into forms.

    Args:
        shapes: all shapes.
        concepts: what can be chosen.
    """

    def __init__(self, shapes: Shapes, concepts: Concepts) -> None:
        self._shapes, self.concepts = shapes, concepts
        self._forms: dict[tuple[str, str], Form] = {}

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The shapes as one graph."""
        return self._shapes.graph

    @cached_property
    def kinds(self) -> dict[str, rdflib.URIRef]:
        """The main shape of each kind of record or part."""
        return dict(sorted((kind, shape) for shape in self._targeted if (kind := self._kind(shape))))

    @cached_property
    def kind_of(self) -> dict[str, str]:
        """The kind of the records of a class, by its IRI; of a class beneath another, the other's."""
        found = {str(self._target(shape)): kind for kind, shape in self.kinds.items()}
        for shape in self._targeted:
            above = self.graph.value(shape, SH["class"])
            if above is not None and str(above) in found:
                found.setdefault(str(self._target(shape)), found[str(above)])
        return found

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Words for concepts and terms by language, as `words.plain` takes them: what messages name in Turtle."""
        found: dict[str, dict[str, set[str]]] = {language: {} for language in LANGUAGES}
        for shape, path in self.graph.subject_objects(SH.path):
            self._name(found, path, shape, SH.name)
        for shape, target in self.graph.subject_objects(SH.targetClass):
            self._name(found, target, shape, RDFS.label)
        for term in self.graph.subjects(RDFS.label):
            self._name(found, term, term, RDFS.label)
        return {
            language: {
                **self.concepts.labels.get(language, {}),
                **{name: next(iter(texts)) for name, texts in names.items() if len(texts) == 1},
            }
            for language, names in found.items()
        }

    def _name(self, found: dict[str, dict[str, set[str]]], term: Node, subject: Node, word: Node) -> None:
        """Note what a term is called; what has several names in several places has none of its own."""
        if not isinstance(term, rdflib.URIRef):
            return
        for text in self.graph.objects(subject, word):
            language = getattr(text, "language", None)
            for name in names_of(str(term)) if language in found else ():
                found[str(language)].setdefault(name, set()).add(str(text))

    def form(self, kind: str, through: str = "") -> Form:
        """Return the form of a kind.

        Args:
            kind: as in `id/{kind}/{slug}`.
            through: of parts, the property by which they name the record that they belong to.

        Raises:
            UnknownValue: there is no such kind.
        """
        if kind not in self.kinds:
            raise UnknownValue("kind", kind, self.kinds, f"Kinds with a form: {', '.join(sorted(self.kinds))}.")
        if (kind, through) not in self._forms:
            self._forms[kind, through] = self._read(kind, through)
        return self._forms[kind, through]

    @cached_property
    def _targeted(self) -> list[rdflib.URIRef]:
        return sorted(s for s in self.graph.subjects(SH.targetClass) if isinstance(s, rdflib.URIRef))

    def _target(self, shape: Node) -> Node:
        return self.graph.value(shape, SH.targetClass) or shape

    def _kind(self, shape: Node) -> str:
        match = _KIND.search(str(self.graph.value(shape, SH.pattern) or ""))
        return match[1] if match else ""

    def _read(self, kind: str, through: str) -> Form:
        shape = self.kinds[kind]
        own = self._target(shape)
        beneath = [s for s in self._targeted if (s, SH["class"], own) in self.graph]
        places: dict[str, tuple[str, ...]] = {}
        requirements: list[Requirement] = []
        merged: dict[str, Merged] = {}
        for home in [shape, *beneath]:
            only = () if home == shape else (_local(str(self._target(home))),)
            for prop in self._properties(home):
                path = self.graph.value(prop, SH.path)
                if isinstance(path, rdflib.URIRef):
                    held = merged.setdefault(str(path), Merged(prop, only))
                    held.take(prop, beyond=held.only_with != only)
                    places[_name(prop)] = (_local(str(path)),)
                    continue
                ids = tuple(_local(str(step)) for step in self._steps(path))
                places[_name(prop)] = ids[:1] if self.graph.value(path, SH.alternativePath) is None else ids
                if self.graph.value(path, SH.alternativePath) is not None and self._count(prop, SH.minCount):
                    requirements.append(Requirement(_name(prop), ids, *self._words(prop)))
        groups: dict[Node, list[tuple[float, Field]]] = {}
        for held in merged.values():
            group = self.graph.value(held.first, SH.group) or held.first
            groups.setdefault(group, []).append((self._order(held.first), self._field(held, through)))
        self._add_types(own, beneath, groups, places)
        for rule in self._targeted:
            if rule not in (shape, *beneath) and self._target(rule) == own:
                seen = (self.graph.value(s, SH.path) for s in sorted(self.graph.objects(rule, RDFS.seeAlso), key=str))
                places.setdefault(_name(rule), tuple(_local(str(path)) for path in seen if path is not None))
        sections = tuple(self._section(group, fields) for group, fields in sorted(groups.items(), key=self._by_order))
        sections += tuple(self._inverse(own))
        label, help_ = (self._said(shape, word) for word in (RDFS.label, RDFS.comment))
        folder = str(self.graph.value(shape, _FOLDER) or "")
        return Form(kind, str(own), label, help_, folder, sections, tuple(requirements), places)

    def _properties(self, shape: Node) -> list[Node]:
        return sorted(self.graph.objects(shape, SH.property), key=lambda p: (self._order(p), str(p)))

    def _steps(self, path: Node | None) -> Iterator[Node]:
        start = self.graph.value(path, SH.alternativePath) or path
        if start is not None:
            yield from Collection(self.graph, start)

    def _by_order(self, found: tuple[Node, list[tuple[float, Field]]]) -> float:
        return self._order(found[0])

    def _section(self, group: Node, fields: list[tuple[float, Field]]) -> Section:
        ordered = tuple(field for _order, field in sorted(fields, key=lambda pair: pair[0]))
        return Section(_name(group).removesuffix("-group"), self._said(group, RDFS.label), ordered)

    def _field(self, held: Merged, through: str) -> Field:
        said = held.read(self.graph)
        classes = tuple(said.classes)
        schemes = [s for c in classes for s in self.concepts.schemes_of.get(c, ())]
        kinds = [self.kind_of[c] for c in classes if c in self.kind_of]
        options = self._options(tuple(dict.fromkeys(schemes)), classes) if schemes else ()
        if said.listed:
            options = self._listed(said.listed)
            schemes += [option.scheme for option in options if option.scheme]
        label, help_, message = self._words(held.first)
        part = self.form(kinds[0]) if said.holds_part and kinds else None
        if said.path == through:
            said.limits["least"] = 0  # where it stands says it
        return Field(
            id=_local(said.path),
            path=said.path,
            label=label,
            help=help_,
            message=message,
            type="part" if part else "record" if kinds else "concept" if schemes else said.type,
            asked=said.path != through and self._asked(held.first),
            schemes=tuple(dict.fromkeys(schemes)),
            kinds=tuple(dict.fromkeys(kinds)),
            classes=classes,
            options=options,
            part=part,
            only_with=held.only_with,
            shapes=tuple(_name(s) for s in held.shapes),
            **said.limits,
        )

    @lru_cache(maxsize=128)  # noqa: B019  # a reader lives as long as its project
    def _options(self, schemes: tuple[str, ...], classes: tuple[str, ...]) -> tuple[Option, ...]:
        return self.concepts.options(schemes, classes)

    def _listed(self, values: Iterable[Node]) -> tuple[Option, ...]:
        """Return the options of `sh:in`: concepts in their own words, plain values as they stand."""
        found = []
        for value in values:
            text = str(value)
            scheme = text.removeprefix(BASE + "scheme/").split("/")[0] if text.startswith(BASE + "scheme/") else ""
            known = {o.iri: o for o in self._options((scheme,), ())} if scheme else {}
            found.append(known.get(text) or Option(text, text, dict.fromkeys(LANGUAGES, text)))
        return tuple(found)

    def _add_types(
        self,
        own: Node,
        beneath: list[rdflib.URIRef],
        groups: dict[Node, list[tuple[float, Field]]],
        places: dict[str, tuple[str, ...]],
    ) -> None:
        """Add the question which class beside its own a record has, where shapes know or want one."""
        classes = [(self._target(shape), self._said(shape, RDFS.label)) for shape in beneath]
        needed: Node | None = None
        for rule in self._targeted:
            either = self.graph.value(rule, SH["or"])
            if self._target(rule) == own and either is not None:
                wanted = [self.graph.value(o, SH["class"]) for o in Collection(self.graph, either)]
                if wanted and all(wanted):
                    needed = rule
                    classes += [(c, self._said(c, RDFS.label)) for c in wanted if c is not None]
        if not classes or not groups:
            return
        options = tuple(Option(_local(str(c)), str(c), label) for c, label in classes)
        label, help_ = (self._said(RDF.type, word) for word in (RDFS.label, RDFS.comment))
        message = self._said(needed, SH.message) if needed is not None else help_
        least = 0 if needed is None else 1
        field = Field("type", str(RDF.type), label, help_, message, "concept", least, options=options)
        if needed is not None:
            places[_name(needed)] = ("type",)
        first = sorted(groups, key=self._order)[0 if needed is not None or len(groups) < 2 else 1]
        groups[first].append((0.0 if needed is not None else _LAST, field))

    def _inverse(self, own: Node) -> Iterator[Section]:
        """Yield the parts that name the record, such as what a practice says of a norm: a section each."""
        for prop in sorted(self.graph.subjects(_PART_OF, rdflib.Literal(True)), key=str):
            path = self.graph.value(prop, SH.path)
            home = next(iter(self.graph.subjects(SH.property, prop)), None)
            allowed = Merged(prop, ()).read(self.graph).classes
            if home is None or str(own) not in allowed or self._target(home) == own:
                continue
            kind, classes = self._kind(home), (str(self._target(home)),)
            label, help_ = (self._said(home, word) for word in (RDFS.label, RDFS.comment))
            part = self.form(kind, str(path))
            field = Field(
                kind, str(path), label, help_, help_, "part", kinds=(kind,), classes=classes, part=part, inverse=True
            )
            yield Section(kind, label, (field,))

    def _asked(self, prop: Node) -> bool:
        for place in (prop, self.graph.value(prop, SH.group)):
            value = self.graph.value(place, _ASKED) if place is not None else None
            if value is not None:
                return str(value) == "true"
        return True

    def _words(self, prop: Node) -> tuple[Words, Words, Words]:
        name, help_, message = (self._said(prop, word) for word in (SH.name, SH.description, SH.message))
        return name, help_, message

    def _said(self, subject: Node, word: Node) -> Words:
        texts = {getattr(o, "language", None) or "": str(o) for o in self.graph.objects(subject, word)}
        return {
            language: plain(
                unaddressed(texts[language]) if word == SH.description else texts[language],
                self.labels.get(language, {}),
                language,
            )
            for language in LANGUAGES
            if language in texts
        }

    def _order(self, node: Node) -> float:
        value = self.graph.value(node, SH.order)
        return float(str(value)) if value is not None else _LAST

    def _count(self, prop: Node, word: Node) -> int:
        return int(str(self.graph.value(prop, word) or 0))


def names_of(iri: str) -> list[str]:
    """Return how messages name a term: in short form, and by its last part where that can be no word.

    >>> names_of("https://w3id.org/dgekg/ontology#actsAtStage"), names_of("http://purl.org/dc/terms/title")
    (['dgekg:actsAtStage', 'actsAtStage'], ['dct:title'])
    """
    local = _local(iri)
    return [compact(iri), local] if local[:1].islower() and not local.islower() else [compact(iri)]


def _name(node: Node) -> str:
    return str(node).removeprefix(SHAPES)


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]
