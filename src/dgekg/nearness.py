"""Which of the names that are known look like one that is not."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_LONGEST_NAME = 400


def nearest(found: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return at most `limit` of `known` that look like `found`, best first, each once whatever its capitals.

    A text longer than any name looks like none.

    >>> nearest("kenia", ["Kenya", "Canada", "Tonga"])
    ['Kenya']
    >>> nearest("wemen", ["women", "Women", "Women and girls"])
    ['women']
    """
    if len(found) > _LONGEST_NAME:
        return []
    found = "".join(c for c in found if c.isprintable())
    choices = list({choice.casefold(): choice for choice in sorted(set(known))}.values())
    for scorer, cutoff in ((fuzz.ratio, 60), (fuzz.WRatio, 85)):  # the whole word; else a part of a longer name
        hits = process.extract(
            found.lower(), choices, scorer=scorer, processor=str.lower, limit=limit, score_cutoff=cutoff
        )
        if hits:
            return [choice for choice, score, _index in hits if score >= hits[0][1] - 20]
    return []
