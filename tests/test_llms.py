"""`/llms.txt`: its form, its figures, its links."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from dgekg.assistant.tools import TOOLS
from dgekg.coverage.states import State
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.app import create_app


def test_llms_txt_is_made_from_the_data(world_observatory: Observatory) -> None:
    settings = Settings(address="https://observatory.example.org/base")
    with TestClient(create_app(lambda: world_observatory, settings)) as client:
        answer = client.get("/llms.txt")
        text = answer.text
        counts = client.get("/health").json()["counts"]
        links = re.findall(r"^- \[[^]]+\]\((\S+)\): .+$", text, re.MULTILINE)
        assert len(links) > 10
        for link in links:
            assert link.startswith("https://observatory.example.org/base/")
            assert client.get(link.removeprefix("https://observatory.example.org/base")).status_code == 200, link
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert answer.headers["etag"]
    assert re.match(r"# .+\n\n> .+\n\n", text)
    assert text.count("\n# ") == 0
    assert all(f"\n- {one.value}: " in text for one in State)
    assert f"{counts['practice']} practices, {counts['actor']} actors" in text
    assert f"version {world_observatory.version}" in text
    assert "dgekg mcp --url https://observatory.example.org/base\n" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert all(name in text for name in TOOLS)
