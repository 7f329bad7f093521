"""Gaps in the order that demand gives them, each with the place that it had without."""

from __future__ import annotations

from dataclasses import dataclass

from dgekg.coverage import Gap, View
from dgekg.coverage.gaps import Gaps
from dgekg.demand.recorded import Recorded


@dataclass(frozen=True)
class Ordered:
    """Gaps with demand.

    Attributes:
        gaps: in the order that demand gives them.
        before: the same view without demand.
        recorded: the demand.
        view: the view.
    """

    gaps: Gaps
    before: Gaps
    recorded: Recorded
    view: View

    def records(self, gap: Gap) -> int:
        """Return how many records of demand concern the cell of a gap."""
        return self.recorded.count(self.view, gap.cell.concepts)

    def was(self, gap: Gap) -> int:
        """Return the place of a gap without demand, from 1; 0 where another stood for it."""
        return self.before.position(gap)
