"""Assessments of a few generated practices, so that some are promising for a group and most are not."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.turtle import PREFIXES, date, record
from benchmarks.world import Practice, World

SHARE = 0.04  # of the practices
_CRITERION = re.compile(r"^<id/criterion/([a-z0-9-]+)>", re.MULTILINE)
_RATINGS = ("yes", "partly", "no", "unknown", "not-applicable")
_SHARES = (0.55, 0.28, 0.05, 0.07, 0.05)
_AGE = 400  # assessed within so many days


class Ratings:
    """Draws assessments from a series of its own, so that practices do not depend on them."""

    def __init__(self, world: World, data: Path, seed: int) -> None:
        self._rng = random.Random(f"ratings {seed}")
        self._leads = world.leads
        texts = [path.read_text(encoding="utf-8") for path in sorted((data / "criteria").glob("*.ttl"))]
        self._criteria: Sequence[str] = sorted({code for text in texts for code in _CRITERION.findall(text)})

    def of(self, slug: str, practice: Practice) -> str:
        """Return the file with the assessments of a practice by one actor for one group; "" for most practices."""
        rng = self._rng
        if rng.random() >= SHARE:
            return ""
        group, assessor, age = min(practice.groups), self._leads.one(rng), rng.randrange(_AGE)
        blocks = [PREFIXES]
        for number, code in enumerate(self._criteria, 1):
            rating = rng.choices(_RATINGS, _SHARES)[0]
            blocks.append(
                record(
                    [
                        f"<id/assessment/{slug}-{number}> a dgekg:Assessment",
                        f"dgekg:assesses <id/practice/{slug}>",
                        f"dgekg:forGroup <scheme/group/{group}>",
                        f"dgekg:againstCriterion <id/criterion/{code}>",
                        f"dgekg:rating <scheme/rating/{rating}>",
                        f"dgekg:hasEvidence <id/evidence/{slug}-1>",
                        f"dgekg:assessor <id/actor/{assessor}>",
                        date("dct:date", age),
                        'dgekg:rationale "Made up for measurements."@en',
                    ]
                )
            )
        return "\n".join(blocks)
