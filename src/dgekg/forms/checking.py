"""What shapes say of answers: the findings of `dgekg validate`, each at its place in the answers."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pyoxigraph import NamedNode

from dgekg import documents
from dgekg.examining.alone import Examiner
from dgekg.examining.quick import Quick
from dgekg.examining.references import Known
from dgekg.findings import Finding, Severity, expand
from dgekg.forms.composing import Place, Written
from dgekg.forms.model import Form
from dgekg.forms.options import Concepts
from dgekg.forms.reading import names_of
from dgekg.forms.terms import Term
from dgekg.forms.words import plain, say, spoken
from dgekg.identifiers import compact
from dgekg.vocabulary import BASE

Classes = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding at its place in the answers.

    Attributes:
        place: steps from the answers to the value: ids of fields and numbers, such as
            `("hasEvidence", 0, "source", 0)`; ends at the field where an answer is missing; empty for the whole.
        message: in the words of `dgekg validate`, without the signs of Turtle.
        finding: the finding itself.
    """

    place: Place
    message: str
    finding: Finding

    @property
    def path(self) -> str:
        """The place as text: `hasEvidence[0].source[0]`."""
        return path_of(self.place)

    @property
    def violation(self) -> bool:
        """Whether it has to be mended; otherwise it is a warning."""
        return self.finding.severity is Severity.VIOLATION


def path_of(place: Place) -> str:
    """Return a place as text.

    >>> path_of(("hasEvidence", 0, "source"))
    'hasEvidence[0].source'
    """
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Checker:
    """Checks documents that answers make.

    Args:
        quick: the shapes.
        concepts: the vocabulary.
        records: the classes of the records that can be referred to; None takes those that are named to be there.
        language: of the messages.
        labels: words in that language for what messages name in Turtle; see `words.plain`.
    """

    def __init__(
        self, quick: Quick, concepts: Concepts, records: Classes | None, language: str, labels: dict[str, str]
    ) -> None:
        self._quick, self._concepts, self._records = quick, concepts, records
        self._language, self._labels = language, labels

    def check(self, all_written: Sequence[Written], whole: bool) -> list[Placed]:
        """Return what is to be mended, in the order of the form.

        Args:
            all_written: the documents.
            whole: whether findings count that are the house's to mend.
        """
        read = [(written, *documents.of_text(written.file, written.text.encode())) for written in all_written]
        own = documents.classes(document for _written, document, _found in read)
        records = self._assumed(all_written) if self._records is None else self._records
        context = ChainMap(own, cast(dict[str, frozenset[str]], records), self._concepts.context)  # only read
        known = Known(context, terms=self._concepts.terms)
        examiner = Examiner(self._quick, known, self._language)
        placed: list[Placed] = []
        for written, document, found in read:
            found = [*found, *examiner(document).findings] if document.digest else found
            placed += [p for f in found if (p := self._placed(f, written, whole)) is not None]
        order = {path: n for n, path in enumerate(_order(all_written))}
        unique = {(p.place, p.message): p for p in placed}
        return sorted(unique.values(), key=lambda p: (order.get(p.place[:1], len(order)), _key(p.place)))

    def _own(self, form: Form) -> dict[str, str]:
        """Return what a form calls its properties, by the names that messages have for them."""
        return {name: spoken(f.label, self._language) for f in form.fields for name in names_of(f.path)}

    def _assumed(self, all_written: Iterable[Written]) -> dict[str, frozenset[str]]:
        """Return classes for the records that answers name, as their fields want them."""
        found: dict[str, frozenset[str]] = {}
        for written in all_written:
            for (iri, path), (_place, terms) in written.places.items():
                form = written.homes[iri][1]
                field = next((f for f in form.fields if f.path == path), None)
                named = {t.value for t in terms if isinstance(t, NamedNode) and t.value.startswith(BASE + "id/")}
                for record in named - set(written.homes) if field and field.kinds else ():
                    found[record] = found.get(record, frozenset()) | frozenset(field.classes if field else ())
        return found

    def _placed(self, finding: Finding, written: Written, whole: bool) -> Placed | None:
        said = finding.spoken(self._language)
        home, form = written.homes.get(finding.record, ((), written.homes[written.iri][1]))
        message = plain(said.message, ChainMap(self._own(form), self._labels), self._language)
        path = expand(finding.field) if ":" in finding.field else finding.field
        field = next((f for f in form.fields if f.path == path and not f.inverse), None)
        if field is None:
            ids = form.places.get(finding.rule, ())
            fields = [f for name in ids if (f := form.field(name)) is not None]
            field = next((f for f in fields if f.asked), fields[0] if fields else None)
        if field is None:
            return Placed(home, message, said)
        at, terms = written.places.get((finding.record, field.path), ((*home, field.id), []))
        if field.part is not None and not terms and message == spoken(field.message, self._language):
            message = say("missing.part", self._language, name=spoken(field.label, self._language))
        given = bool(terms) and at[: len(home) + 1] == (*home, field.id)
        if not whole and not field.asked and (not given or not finding.found):
            return None
        number = next((n for n, term in enumerate(terms) if _said(term) == finding.found), None)
        if number is None and len(terms) == 1 and finding.found:
            number = 0
        return Placed((*at, number) if number is not None else at, message, said)


def _said(term: Term) -> str:
    """Return a term as findings quote it."""
    if isinstance(term, NamedNode):
        return compact(term.value)
    if term.language:
        return f"{term.value}@{term.language}"
    return compact(term.value) if term.value.startswith("http") else term.value


def _order(all_written: Sequence[Written]) -> list[Place]:
    form = all_written[0].homes[all_written[0].iri][1]
    return [(), *((field.id,) for field in form.fields)]


def _key(place: Place) -> tuple[tuple[bool, int, str], ...]:
    return tuple((isinstance(s, str), s if isinstance(s, int) else 0, str(s)) for s in place)
