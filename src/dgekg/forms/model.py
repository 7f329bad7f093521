"""What a form is: sections of fields, each with its words in three languages; nothing here knows how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

Words = Mapping[str, str]
"""Words by language: en, fr, es."""
MANY_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose.

    Attributes:
        code: what stands in the answers.
        iri: of the concept or class; of a plain value, the value itself.
        label: its words.
        help: its definition.
        broader: codes of the options directly above it, in the same list.
        depth: steps below the top of the list, for a list that is drawn as a tree.
        scheme: of a concept, its scheme.
    """

    code: str
    iri: str
    label: Words
    help: Words = field(default_factory=dict)
    broader: tuple[str, ...] = ()
    depth: int = 0
    scheme: str = ""


@dataclass(frozen=True)
class Field:
    """One question.

    Attributes:
        id: local part of the property, unique in its form.
        path: IRI of the property.
        label, help, message: what it is called, how it is answered, what is said where the answer will not do.
        type: text, language-text, iri, concept, record, date, month, year, datetime, integer, decimal, boolean or part.
        least: how many answers are needed.
        most: how many are allowed; None for any number.
        asked: whether a contributor is asked; otherwise the house or a reviewer fills it in.
        advised: whether leaving it empty is reported as a warning.
        schemes: of concepts, the schemes that they come from, the first preferred.
        kinds: of records, their kinds.
        classes: IRIs of the classes that a concept or record may have.
        options: what can be chosen; empty where any text, or any record of `kinds`, can be given.
        part: of parts, their own form.
        inverse: whether the part names the record by `path`, instead of the record the part.
        languages: of texts, those of which one has to be there; empty where any will do.
        each_language: whether every language may be used only once.
        pattern: regular expression that a text or address has to match, "" for none.
        smallest: of numbers, the smallest allowed.
        years: of dates, whether a year alone will do.
        addresses: of texts, whether a web address will do as well.
        plain: of texts with a language, whether one without will do as well.
        default: IRI that stands where nobody has said anything, "" for none.
        only_with: codes of the field `type` of which one has to be chosen, for this question to make sense.
        shapes: names of the shapes that it was read from.
    """

    id: str
    path: str
    label: Words
    help: Words
    message: Words
    type: str
    least: int = 0
    most: int | None = None
    asked: bool = True
    advised: bool = False
    schemes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    part: Form | None = None
    inverse: bool = False
    languages: tuple[str, ...] = ()
    each_language: bool = False
    pattern: str = ""
    smallest: int | None = None
    years: bool = False
    addresses: bool = False
    plain: bool = False
    default: str = ""
    only_with: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether an answer is needed."""
        return self.least > 0

    @property
    def many(self) -> bool:
        """Whether several answers are allowed."""
        return self.most is None or self.most > 1

    @property
    def searchable(self) -> bool:
        """Whether there is too much to choose from for a plain list."""
        return bool(self.kinds) or len(self.options) > MANY_OPTIONS

    @property
    def hierarchical(self) -> bool:
        """Whether some options stand beneath others."""
        return any(option.broader for option in self.options)

    def option(self, code: str) -> Option | None:
        """Return the option of a code, None if there is none."""
        return self._by_code.get(code)

    def option_of(self, iri: str) -> Option | None:
        """Return the option of an address, None if there is none."""
        return self._by_iri.get(iri)

    @cached_property
    def _by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}

    @cached_property
    def _by_iri(self) -> dict[str, Option]:
        return {option.iri: option for option in self.options}


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together, in order."""

    id: str
    label: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """At least one of several fields has to be answered.

    Attributes:
        id: name of its shape.
        fields: ids of the fields.
        label, help, message: as of a field.
    """

    id: str
    fields: tuple[str, ...]
    label: Words
    help: Words
    message: Words


@dataclass(frozen=True)
class Form:
    """All questions about one kind of record, or of part.

    Attributes:
        kind: as in `id/{kind}/{slug}`.
        iri: class of its records.
        label: what such a record is called.
        help: what such a record is.
        folder: folder below data/ that holds its documents, "" for parts.
        sections: its questions, in order.
        requirements: fields of which one at least has to be answered.
        places: name of a shape that speaks of no field of its own -> ids of the fields where a person can mend it.
    """

    kind: str
    iri: str
    label: Words
    help: Words
    folder: str
    sections: tuple[Section, ...]
    requirements: tuple[Requirement, ...] = ()
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in order."""
        return tuple(f for section in self.sections for f in section.fields)

    @cached_property
    def parts(self) -> tuple[Field, ...]:
        """The fields that hold parts with a form of their own."""
        return tuple(f for f in self.fields if f.part is not None)

    def field(self, name: str) -> Field | None:
        """Return the field of an id, None if there is none."""
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Field]:
        return {f.id: f for f in self.fields}

    def only_asked(self) -> Form:
        """Return the form without what a contributor is not asked, in its parts too."""
        kept = []
        for section in self.sections:
            fields = tuple(
                replace(f, part=f.part.only_asked()) if f.part is not None else f for f in section.fields if f.asked
            )
            if fields:
                kept.append(replace(section, fields=fields))
        names = {f.id for section in kept for f in section.fields}
        needed = tuple(r for r in self.requirements if set(r.fields) <= names)
        return replace(self, sections=tuple(kept), requirements=needed)
