"""Checks: rules over the whole graph, `queries/checks/*.rq`, that must return nothing, or are reported.

A check is a question whose header also says `severity` and `message`; its rows are findings. `{column}` in a
message is filled with what the row says. `?record` is where to mend, `?found` what was found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyoxigraph import NamedNode, Triple
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from dgekg.documents import Document
from dgekg.errors import QuestionError, nearest
from dgekg.findings import Finding, Severity, violation
from dgekg.identifiers import compact, parse
from dgekg.questions import Question, load, words
from dgekg.store.base import Store
from dgekg.vocabulary import BASE, LANGUAGES, ONTOLOGY, PREFIXES, RDF_TYPE

SAME_TITLE = 88.0
_EXAMPLE = PREFIXES["vann"] + "example"  # leads to a record of the shipped data; another scan has others


def run(
    store: Store, folder: Path, home: Mapping[str, Document], as_of: dt.date, language: str = "en"
) -> list[Finding]:
    """Run every check of a folder.

    Raises:
        QuestionError: a check's header or body is broken.
    """
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.rq")):
        check = load(file)
        severity = _severity(check)
        message = _message(check, language)
        for row in store.select(check.query({}, language, as_of.isoformat())).dicts():
            record, found = row.get("record", ""), row.get("found", "")
            if "similar" in row and _alike(row["title"], row["similar"]) < SAME_TITLE:
                continue  # the same address is only a hint; a finding needs a near-same title too
            document = home.get(record)
            shown = {name: compact(value) for name, value in row.items()}
            findings.append(
                Finding(
                    severity=severity,
                    rule=check.slug,
                    message=message.format_map(shown),
                    file=document.file if document else "",
                    line=document.line_of(record, row.get("field", ""), found) if document else 0,
                    record=record,
                    field=compact(row.get("field", "")),
                    found=compact(found),
                )
            )
    return findings


def _alike(one: str, other: str) -> float:
    return fuzz.token_sort_ratio(one, other, processor=default_process)


def references(
    documents: Iterable[Document], context: Mapping[str, frozenset[str]], terms: frozenset[str]
) -> list[Finding]:
    """Find addresses of ours that nothing describes, and terms that the ontology does not declare."""
    findings: list[Finding] = []
    by_home: dict[str, list[str]] = {}
    for iri in (known for known in context if "/" in known):
        by_home.setdefault(iri.rsplit("/", 1)[0], []).append(iri.rsplit("/", 1)[1])
    for document in documents:
        for triple in document.triples:
            subject = getattr(triple.subject, "value", "")
            predicate = triple.predicate.value
            value = getattr(triple.object, "value", "")
            for term in (predicate, value if predicate == RDF_TYPE else ""):
                if term.startswith(ONTOLOGY) and term not in terms:
                    findings.append(_unknown_term(document, subject, term, terms))
            if not _is_reference(triple) or value in context or predicate == _EXAMPLE:
                continue
            findings.append(_dangling(document, subject, predicate, value, by_home))
    return findings


def _is_reference(triple: Triple) -> bool:
    value = triple.object
    return isinstance(value, NamedNode) and value.value.startswith((BASE + "id/", BASE + "scheme/"))


def _dangling(
    document: Document, subject: str, predicate: str, value: str, by_home: Mapping[str, list[str]]
) -> Finding:
    local = parse(value)
    known = by_home.get(value.rsplit("/", 1)[0], [])
    close = nearest(value.rsplit("/", 1)[-1], known)
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


def _unknown_term(document: Document, subject: str, term: str, terms: frozenset[str]) -> Finding:
    name = term.removeprefix(ONTOLOGY)
    known = [t.removeprefix(ONTOLOGY) for t in terms]
    close = nearest(name, [k for k in known if k[:1].isupper() == name[:1].isupper()])  # classes, or properties
    line = document.line_of(subject, term)
    key = "term-near" if close else "term"
    near = f"dgekg:{close[0]}" if close else ""
    return violation("term", key, document.file, line, record=subject, found=compact(term), values={"near": near})


def _severity(check: Question) -> Severity:
    try:
        return Severity(str(check.meta.get("severity")))
    except ValueError:
        raise QuestionError(f'{check.file}: header: severity must be "violation" or "warning".') from None


def _message(check: Question, language: str) -> str:
    texts = check.meta.get("message")
    if not isinstance(texts, dict) or any(lang not in texts for lang in LANGUAGES):
        raise QuestionError(f"{check.file}: header: message must be given in {', '.join(LANGUAGES)}.")
    return " ".join(words(texts, language).split())
