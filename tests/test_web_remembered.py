"""What is remembered on disk, and lines that are asked for when shown."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgekg.observatory import Observatory
from dgekg.web import remembered
from dgekg.web.remembered import Lines, Sets
from dgekg.web.service.kept import Kept
from dgekg.web.snapshot import Snapshot
from lengths import examples

_TEXT = st.text(st.sampled_from("abz/é\U0001f600"), min_size=1, max_size=6)


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.tuples(_TEXT, _TEXT), max_size=40), _TEXT)
def test_sets_are_a_mapping_of_sets(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], beginning: str
) -> None:
    held = Sets(tmp_path_factory.mktemp("held") / "sets", iter(pairs))
    truth: dict[str, set[str]] = {}
    for key, member in pairs:
        truth.setdefault(key, set()).add(member)
    assert dict(held.items()) == truth
    assert len(held) == len(truth)
    assert list(held) == sorted(truth, key=lambda k: k.encode())
    assert set(held.under(beginning)) == {key for key in truth if key.startswith(beginning)}
    assert (beginning in held) == (beginning in truth)
    assert held.get("nothing") is None


@settings(deadline=None, max_examples=examples(60))
@given(st.sets(st.text("ab/#?é", max_size=7)))
def test_keys_are_counted_as_one_would_by_hand(tmp_path_factory: pytest.TempPathFactory, keys: set[str]) -> None:
    held = Sets(tmp_path_factory.mktemp("held") / "sets", [(key, m) for key in keys for m in "xy"])
    parted = [re.fullmatch(r"a/([^/?#]+)/([^/?#]+)", key) for key in keys]
    assert held.counted("a/") == Counter(found[1] for found in parted if found)


def test_many_keys_are_read_in_pages(tmp_path: Path) -> None:
    keys = [f"k/{n:05}" for n in range(3 * remembered._PAGE + 7)]
    held = Sets(tmp_path / "sets", ((key, "m") for key in reversed(keys)))
    assert list(held) == keys
    assert list(held.under("k/00")) == [key for key in keys if key.startswith("k/00")]


def test_lines_are_asked_for_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_ASKED_AT_ONCE", 3)
    monkeypatch.setattr(remembered, "_LINES", 5)
    asked: list[list[str]] = []

    def ask(keys: Sequence[str]) -> Mapping[str, str]:
        asked.append(list(keys))
        return {key: key.upper() for key in keys if key != "c"}

    lines = Lines(dict.fromkeys("abcdefgh"), ask, lambda key: f"no {key}")
    assert list(lines.of("abcab")) == ["A", "B", "no c", "A", "B"]
    assert asked == [["a", "b", "c"]]
    assert list(lines.of("hgfe")) == ["H", "G", "F", "E"]
    assert lines["a"] == "A"
    assert ["a"] in asked, "the oldest line was forgotten, and asked for again"
    assert "i" not in lines
    with pytest.raises(KeyError):
        lines["i"]
    assert list(lines) == list("abcdefgh")


def test_an_answer_is_made_by_one_alone() -> None:
    kept: Kept[bytes] = Kept()
    made: list[int] = []
    begun = threading.Barrier(6)

    def make() -> bytes:
        made.append(1)
        threading.Event().wait(0.05)
        return b"answer"

    def ask() -> None:
        begun.wait()
        assert kept.once("key", make) == b"answer"

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert not kept._made


def test_what_fails_is_tried_again() -> None:
    kept: Kept[bytes] = Kept()

    def fail() -> bytes:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            kept.once("key", fail)
    assert kept.once("key", lambda: b"yes") == b"yes"


def test_several_at_once_get_the_same(world_observatory: Observatory) -> None:
    snapshot = Snapshot(world_observatory)
    truth = {iri: facts.values for iri, facts in snapshot.cards.items()}
    found: list[object] = []

    def work() -> None:
        other = snapshot.cards
        found.append({facts.iri: facts.values for facts in other.of(list(truth))} == truth)
        found.append(all(snapshot.classes[iri] for iri in snapshot.classes))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 12
    assert len(truth) == len(world_observatory.index.practices)
    assert all(values["kind"] for values in truth.values())


def test_of_some_practices_only_they_are_read(world_observatory: Observatory) -> None:
    one, other, *_ = world_observatory.index.practices
    told = Snapshot(world_observatory).told("cards", practice=[one, other])
    assert told.keys() == {one, other}
    assert all(any(what.startswith("actor ") for what in facts.values) for facts in told.values())
