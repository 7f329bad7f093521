"""Status of each assessed practice and group: computed by the criteria set's rule, never typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from dgekg import identifiers
from dgekg.assessing.cases import cases, rule_of
from dgekg.assessment import status_of
from dgekg.identifiers import SLUG, parse
from dgekg.store.base import Store
from dgekg.vocabulary import PREFIXES, RDF_TYPE


def status_quads(
    store: Store,
    queries: Path,
    criteria: Path,
    graph: NamedNode,
    as_of: dt.date,
    only: Sequence[NamedNode] | None = None,
) -> Iterable[Quad]:
    """Yield a `PracticeStatusRecord` for every practice and group that has a rating.

    Args:
        store: holds the records and all that is derived from them.
        queries: folder of the queries.
        criteria: folder of the rule; without one nothing has a status.
        graph: of the quads.
        as_of: the day to reckon from.
        only: practices; None for all.

    Raises:
        SourceError: the rule is broken.
    """
    rule = rule_of(criteria)
    if rule is None:
        return
    for case in cases(store, queries, rule, as_of, only):
        result = status_of(case.counting, case.facts, rule)
        yield from _record(case.practice, case.group, result.status, result.marks, as_of, graph)


def _record(
    practice: str, group: str, status: str, marks: Iterable[str], as_of: dt.date, graph: NamedNode
) -> Iterable[Quad]:
    slugs = [local.slug for local in (parse(practice), parse(group)) if local is not None]
    if not all(SLUG.fullmatch(slug) for slug in slugs):
        return  # an address that validation refuses
    subject = NamedNode(identifiers.record("status", "--".join(slugs)))
    date = NamedNode(PREFIXES["xsd"] + "date")

    def quad(prop: str, value: NamedNode | Literal) -> Quad:
        return Quad(subject, NamedNode(prop), value, graph)

    yield quad(RDF_TYPE, NamedNode(identifiers.term("PracticeStatusRecord")))
    yield quad(identifiers.term("assesses"), NamedNode(practice))
    yield quad(identifiers.term("forGroup"), NamedNode(group))
    yield quad(identifiers.term("computedStatus"), NamedNode(identifiers.concept("practice-status", status)))
    yield quad(PREFIXES["dct"] + "date", Literal(as_of.isoformat(), datatype=date))
    for mark in marks:
        yield quad(identifiers.term("statusMark"), Literal(mark))
