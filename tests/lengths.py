"""How long the tests look: short as a rule, whole with `DGEKG_LONG=1`."""

from __future__ import annotations

import os

import pytest

LONG = bool(os.environ.get("DGEKG_LONG"))
only_long = pytest.mark.skipif(not LONG, reason="repeats at length what others show in short: DGEKG_LONG=1")


def examples(number: int) -> int:
    """Return how many examples a property is tried on."""
    return number if LONG else max(2, number // 3)
