"""Different actors and countries of each cell, also where the pairs are too many to be held at once."""

from __future__ import annotations

import numpy as np
import pytest

from dgekg.coverage import View, arrays
from dgekg.coverage.states import DISTINCT
from dgekg.observatory import Observatory

_VIEWS = (View(("group",)), View(("stage", "group")), View(("lever", "stage", "region")))


@pytest.mark.parametrize("view", _VIEWS, ids=str)
@pytest.mark.parametrize("pairs", [1, 2**23])
def test_as_cell_by_cell(
    view: View, pairs: int, world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "_PAIRS", pairs)
    index = world_observatory.index
    table = world_observatory.coverage(view).table
    lists = dict(zip(DISTINCT, (index.actors, index.countries), strict=True))
    seen = 0
    for place in np.ndindex(table.withheld.shape):
        practices = np.flatnonzero(index.flags(table.bits(place)))
        for name, (starts, numbers) in lists.items():
            things = {int(n) for p in practices for n in numbers[starts[p] : starts[p + 1]]}
            expected = 0 if table.withheld[place] else len(things)
            assert table.distinct[name][place] == expected
            seen += expected
    assert seen
