"""Which tests begin first where several processes share them: the long files, so that no process waits for the last.

Files go whole to one process (their fixtures are made once), and those that look at pages go to one together: a browser
and the service that it looks at are started once. xdist would begin with the files of many tests, and end with some
of few tests and a minute each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = "tests/browser"
# Seconds, roughly, the longest first: most as runs of the whole suite took them. What is not named here takes less, and
# follows by number of tests.
LONG = {
    TOGETHER: 150,
    "tests/test_web_fresh.py": 75,
    "tests/test_operating.py": 70,
    "tests/test_web_feed.py": 40,
    "tests/test_resident.py": 35,
    "tests/test_own_scan.py": 35,
    "tests/test_docs.py": 35,
    "tests/test_benchmarks.py": 30,
    "tests/test_web_fresh_swap.py": 25,
    "tests/test_protocol_manners.py": 25,
    "tests/test_mcp.py": 25,
    "tests/test_web.py": 25,
    "tests/test_writer.py": 20,
    "tests/test_network.py": 15,
    "tests/test_build.py": 15,
    "tests/coverage/test_searches_of_rounds.py": 12,
    "tests/coverage/test_index_update.py": 10,
    "tests/test_writer_worlds.py": 10,
}


def unit(node: str) -> str:
    """Return what a test goes to a process with: its file, or the folder of those that share a browser.

    >>> unit("tests/browser/test_give.py::test_x[a::b]"), unit("tests/test_web.py::test_y")
    ('tests/browser', 'tests/test_web.py')
    """
    file = node.partition("::")[0]
    return TOGETHER if file.startswith(f"{TOGETHER}/") else file


def in_order(nodes: Sequence[str]) -> list[int]:
    """Return the places of tests in the order in which they should begin; those of one unit stay as they were."""
    units = [unit(node) for node in nodes]
    number = Counter(units)
    return sorted(range(len(nodes)), key=lambda n: (-LONG.get(units[n], 0), -number[units[n]], units[n]))


def missing(root: Path) -> list[str]:
    """Return what is named here and is not there."""
    return [name for name in LONG if not (root / name).exists()]


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # without types
    """Hands out units as they come, the order being that of the collection."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
