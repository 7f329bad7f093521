"""`/api/search`: everything that has the words of a text, of all kinds, for a search field and for programs."""

from __future__ import annotations

from dataclasses import replace

from dgekg import finding
from dgekg.textsearch import KINDS
from dgekg.web.house import Visit
from dgekg.web.programs import columns, endpoint, lists, paging
from dgekg.web.programs.endpoint import Answer, Endpoint

_LIMIT, _MOST, _DEEPEST = 20, 100, 10_000
_RECORDS = ("practice", "actor", "instrument", "provision")


def search(visit: Visit) -> Answer:
    """Find what has all words of a text, in any language, the best first; small mistakes are forgiven."""
    params = visit.request.query_params
    text = " ".join(params.get("q", "").split())
    kinds = [kind for given in params.getlist("kind") for kind in given.split(",") if kind]
    out = lists.excluded(visit, (*_RECORDS, "scheme"))
    canonical = endpoint.query([("q", text), *(("kind", kind) for kind in kinds)])
    listed = f"search?{canonical}&{' '.join(sorted(out))}&{visit.language}"
    limit, start = paging.number(visit, _LIMIT, _MOST), paging.start_of(visit, listed)
    full = visit.observatory.search
    if out:  # what is left out may stand anywhere, and totals are exact: everything is found first
        found = full.find(text, visit.language, kinds, max(1, len(full)))
        kept = [hit for hit in found.hits if hit.iri not in out]
        found = replace(found, hits=tuple(kept[start : start + limit]), total=len(kept))
    else:
        found = full.find(text, visit.language, kinds, limit, start)
    after = start + limit
    cursor = paging.cursor_of(visit, listed, after) if after < found.total and after <= _DEEPEST else ""
    about = {
        "query": canonical,
        "total": found.total,
        "respelt": list(found.respelt),
        "suggestions": list(found.suggestions),
        "notes": [*finding.notes(found, visit.language), *(finding.empty_notes(found, visit.language) if text else ())],
    }
    rows = finding.rows(visit.observatory, found, visit.language)
    return Answer(finding.COLUMNS, rows, about, cursor=cursor)


def _examples(visit: Visit) -> list[tuple[str, str]]:
    title = visit.label(next(iter(visit.snapshot.cards), ""))
    return [(endpoint.query([("q", title), ("limit", "2")]), "The words of a title, the two that fit best")]


ENDPOINT = Endpoint(
    "/api/search",
    "Full-text search over practices, actors, instruments, provisions and concepts",
    f"Everything that has all words of a text, in any language, the best first; of {', '.join(KINDS)}. No text is "
    "refused. Made with the full-text index, which SPARQL does not reach: `sparql` is empty.",
    ("q", "kind", "exclude", "limit", "cursor"),
    search,
    _examples,
    columns=columns.SEARCH,
    keep=False,
)
