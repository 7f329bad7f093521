"""Faults of the data in words (see `dgekg.coverage.doubts`)."""

from __future__ import annotations

from collections.abc import Sequence

from dgekg.coverage import View
from dgekg.coverage.doubts import concerning
from dgekg.explain.listing import names
from dgekg.observatory import Observatory
from dgekg.questions import words
from dgekg.render import fill, say


def doubt_sentences(observatory: Observatory, view: View, language: str = "en") -> Sequence[str]:
    """Return the faults of the data that a view may count wrongly by, a sentence each after a head; none as a rule."""
    dimensions = (*view.dimensions, *(one.dimension for one in view.filters))
    said = []
    for doubt in concerning(observatory.doubts, dimensions):
        known = observatory.index.dimensions.get(doubt.dimension)
        what = words(known.label, language) if known else doubt.dimension
        counts = {"what": what[:1].upper() + what[1:], "names": names(observatory, doubt.things, language)}
        said.append(fill(f"doubt.{doubt.kind}", counts, language))
    return [say("doubt.head", language), *said] if said else []
