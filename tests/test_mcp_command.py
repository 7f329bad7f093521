"""`dgekg mcp` without its package, with a fault of ours, and the document's examples."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Ran
from dgekg.assistant import server
from dgekg.assistant.desk import Desk
from dgekg.assistant.tools import TOOLS
from dgekg.embedded import Embedded
from dgekg.observatory import Observatory
from dgekg.settings import Project
from mcp_client import text_of

ROOT = Path(__file__).parent.parent


def test_a_fault_of_ours_is_no_traceback() -> None:
    class Broken:
        def questions(self) -> None:
            raise RuntimeError("secret place")

    found = server.call(Desk(Broken()), "questions", {})  # type: ignore[arg-type]
    assert found.is_error
    assert "secret" not in text_of(found)
    assert "Nothing can be concluded" in text_of(found)


def test_without_its_package_it_says_how_to_get_it(
    built: Project, dgekg: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "dgekg.assistant.server")
    monkeypatch.delattr("dgekg.assistant.server")
    for name in [n for n in sys.modules if n.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    ran = dgekg(built, "mcp")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'dgekg[mcp]'" in ran.err


def test_the_document_runs(real_observatory: Observatory) -> None:
    text = (ROOT / "docs" / "mcp.md").read_text("utf-8")
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        (named,) = json.loads(block)["mcpServers"].values()
        assert named["args"][0] == "mcp"
    lines = [line for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert {line.partition(" ")[0] for line in lines} == set(TOOLS)
    with Embedded(real_observatory) as here:
        for line in lines:
            name, _, given = line.partition(" ")
            found = server.call(Desk(here), name, json.loads(given))
            assert not found.is_error, (line, text_of(found))
            assert found.structured_content["rows"] or found.structured_content["record"], line
