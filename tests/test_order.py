"""The order in which tests begin where several processes share them."""

from __future__ import annotations

from pathlib import Path

import order


def test_what_is_said_to_take_long_is_there() -> None:
    assert order.missing(Path(__file__).parents[1]) == []


def test_the_longest_begin_and_none_is_left_out() -> None:
    nodes = [
        "tests/test_a.py::test_1",
        "tests/browser/test_x.py::test_1",
        "tests/test_b.py::test_1",
        "tests/test_b.py::test_2",
        "tests/test_operating.py::test_1",
        "tests/browser/test_y.py::test_1",
        "tests/test_a.py::test_2",
        "tests/test_b.py::test_0",
    ]
    places = order.in_order(nodes)
    assert sorted(places) == list(range(len(nodes)))
    assert [nodes[n].removeprefix("tests/").replace("::test_", " ") for n in places] == [
        "browser/test_x.py 1",
        "browser/test_y.py 1",
        "test_operating.py 1",
        "test_b.py 1",
        "test_b.py 2",
        "test_b.py 0",
        "test_a.py 1",
        "test_a.py 2",
    ]
