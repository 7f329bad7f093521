"""What a document refers to: addresses of ours that nothing describes, terms that the ontology lacks, and the like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from dgekg.documents import Content, Document
from dgekg.findings import Finding, violation
from dgekg.identifiers import compact, parse
from dgekg.nearness import nearest
from dgekg.vocabulary import BASE, ONTOLOGY, PREFIXES, RDF_TYPE

_EXAMPLE = PREFIXES["vann"] + "example"  # leads to a record of the shipped data; another scan has others
_OURS = (BASE + "id/", BASE + "scheme/")
# Addresses that run something or reach into the reader's machine, instead of leading to a page.
_ACTIVE = re.compile(r"(?:javascript|vbscript|data|file|blob|about|view-source):", re.IGNORECASE)


class Known:
    """What can be referred to.

    Args:
        context: the classes of every record, concept and term that is described, by IRI; in the order in which they
            are suggested.
        others: IRIs that are described without a class, or seem to be, in a file that does not parse.
        terms: those of `context` that are of the ontology, where they are known already.
    """

    def __init__(
        self,
        context: Mapping[str, frozenset[str]],
        others: Iterable[str] = (),
        terms: frozenset[str] | None = None,
    ) -> None:
        self.context = context
        self.others = frozenset(others)
        self.terms = frozenset(iri for iri in context if iri.startswith(ONTOLOGY)) if terms is None else terms

    @cached_property
    def homes(self) -> dict[str, list[str]]:
        """The last part of each known IRI, by what stands before it: candidates for a suggestion."""
        found: dict[str, list[str]] = {}
        for home, slash, last in (iri.rpartition("/") for iri in self.context):
            if slash:
                found.setdefault(home, []).append(last)
        return found

    def check(self, document: Document, content: Content, found: Sequence[Finding] = ()) -> Iterator[Finding]:
        """Yield what is wrong with the references of a document.

        Args:
            document: the parsed file.
            content: what it says.
            found: what the shapes found in it, which is not said again.
        """
        for subject, properties in content.said.items():
            if subject not in self.context:
                yield violation("class", "class", document.file, document.line_of(subject), record=subject)
            for predicate, values in properties.items():
                if predicate.startswith(ONTOLOGY) and predicate not in self.terms:
                    yield self._unknown(document, subject, predicate)
                for value in values:
                    if isinstance(value, str) and value not in self.context:
                        yield from self._stray(document, subject, predicate, value, found)

    def _stray(
        self, document: Document, subject: str, predicate: str, value: str, found: Sequence[Finding]
    ) -> Iterator[Finding]:
        if predicate == RDF_TYPE and value.startswith(ONTOLOGY):
            yield self._unknown(document, subject, value)
        elif value.startswith(_OURS):
            if value not in self.others and predicate != _EXAMPLE:
                yield self._dangling(document, subject, predicate, value)
        elif _ACTIVE.match(value) and not any(f.record == subject and f.found == value for f in found):
            line, field = document.line_of(subject, predicate, value), compact(predicate)
            yield violation("address", "address", document.file, line, record=subject, field=field, found=value)

    def _dangling(self, document: Document, subject: str, predicate: str, value: str) -> Finding:
        local = parse(value)
        home, _slash, last = value.rpartition("/")
        close = nearest(last, self.homes.get(home, []))
        scheme = local.scheme if local and local.kind == "scheme" else ""
        return violation(
            "reference",
            ("reference.concept" if scheme else "reference.record") + ("-near" if close else ""),
            document.file,
            document.line_of(subject, predicate, value),
            record=subject,
            field=compact(predicate),
            found=compact(value),
            values={"home": scheme or (local.kind if local else ""), "near": ", ".join(close)},
        )

    def _unknown(self, document: Document, subject: str, term: str) -> Finding:
        name = term.removeprefix(ONTOLOGY)
        known = [t.removeprefix(ONTOLOGY) for t in self.terms]
        close = nearest(name, [k for k in known if k[:1].isupper() == name[:1].isupper()])  # classes, or properties
        line = document.line_of(subject, term)
        key = "term-near" if close else "term"
        near = {"near": f"dgekg:{close[0]}" if close else ""}
        return violation("term", key, document.file, line, record=subject, found=compact(term), values=near)
