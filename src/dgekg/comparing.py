"""Views of one observatory beside each other: two filters, two versions, and groups at their crossing."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from dgekg import generation, versions
from dgekg.coverage import View, compute
from dgekg.coverage.between import Between, moved_concepts
from dgekg.coverage.certainty import certainty
from dgekg.coverage.compare import Compared, against_filters, against_version, older_view
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.crossing import Crossing
from dgekg.coverage.intersections import Crossed, intersections, read_combined
from dgekg.coverage.past import Past, past
from dgekg.index.file import open_index
from dgekg.observatory import Observatory
from dgekg.store.local import LocalStore
from dgekg.versions import Version

_LOCK = threading.Lock()
_OPEN: WeakKeyDictionary[Observatory, tuple[Version, Past]] = WeakKeyDictionary()  # the last one each was compared with


def kept(observatory: Observatory) -> tuple[str, ...]:
    """Return the versions that this one can be compared with, the newest first; none where it is not a build."""
    folder = _folder(observatory)
    return () if folder is None else tuple(v for v in versions.kept(folder) if v != observatory.version)


def day(observatory: Observatory, version: str) -> dt.date:
    """Return the day that a kept version reckons from.

    Raises:
        StoreError: it is no longer kept.
    """
    folder = _folder(observatory)
    return versions.at((folder or observatory.project.build) / version).as_of


def compare(observatory: Observatory, comparison: Comparison) -> Compared:
    """Compare two views (see `coverage.compare`).

    Raises:
        ViewError: a view that the other side cannot compute, or of too many cells.
        StoreError: the older version cannot be opened.
    """
    first = observatory.coverage(replace(comparison.view, empty=True))
    if not comparison.version:
        grids = (first, observatory.coverage(replace(comparison.other, empty=True)))
        said = certainty(observatory.index, *grids, observatory.rounds)
        return against_filters(comparison, observatory.index, grids, said)
    version, before = _earlier(observatory, comparison.version)
    view = older_view(replace(comparison.view, empty=True), before, version.id)
    months, limit = observatory.settings.stale_months, observatory.settings.cell_limit
    second = compute(before.index, view, version.as_of, months, limit)
    between = _between(observatory, version, before, comparison.view)
    return against_version(comparison, observatory.index, before, (first, second), between)


def cross(observatory: Observatory, asked: Crossing) -> Crossed:
    """Cross groups of rights-holders (see `coverage.intersections`).

    Raises:
        ViewError: a group that lies within another of those asked for.
    """
    combined = read_combined(observatory.store, observatory.project.queries)
    return intersections(observatory.index, observatory.coverage(asked.view), asked, combined)


def _folder(observatory: Observatory) -> Path | None:
    """Return the folder of builds; None for a remote store or one in memory."""
    return observatory.builds


def _earlier(observatory: Observatory, name: str) -> tuple[Version, Past]:
    """Open an older version as it may be shown today; the last one is kept open."""
    folder = _folder(observatory)
    with _LOCK:
        found = _OPEN.get(observatory)
        if found is None or found[0].id != name:
            queries = observatory.project.queries
            whole_ = versions.at((folder or observatory.project.build) / name)
            version = generation.served(whole_, observatory.suppressed, queries)
            store = LocalStore(version.store)
            whole = open_index(version.path / versions.INDEX, version.id, store, queries)
            found = version, past(whole, store, observatory.store, queries, observatory.index)
            _OPEN[observatory] = found
        return found


def _between(observatory: Observatory, version: Version, before: Past, view: View) -> Between:
    rules = [meta.get("rules") for meta in (observatory.meta, version.meta)]
    return Between(
        (observatory.version, version.id),
        (observatory.as_of.isoformat(), version.as_of.isoformat()),
        (str(observatory.meta.get("code", "")), str(version.meta.get("code", ""))),
        rules[0] != rules[1] if all(rules) else None,
        before.ledger,
        moved_concepts(view, observatory.index, before.index),
    )
