"""`/report`: the page, the report as a file of the version that is served, and what cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app


@pytest.fixture(scope="module")
def served(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Observatory, Path]]:
    private = tmp_path_factory.mktemp("private")
    settings = Settings(root=built.root, private=private)
    observatory = open_observatory(settings)
    with TestClient(create_app(lambda: observatory, settings), follow_redirects=False) as client:
        yield client, observatory, private


def test_a_report_is_written_once_and_says_its_version(
    served: tuple[TestClient, Observatory, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, observatory, private = served
    first = client.get("/report/brief.fr.md")
    assert first.status_code == 200, first.text[:500]
    assert first.headers["content-type"].startswith("text/markdown")
    assert observatory.version in first.text
    monkeypatch.setattr("subprocess.run", None)  # from now on nothing can be written
    assert client.get("/report/brief.fr.md").content == first.content
    assert all(path.stat().st_mode & 0o077 == 0 for path in private.rglob("reports/*") if path.is_dir())


def test_what_it_is_about_must_be_known(served: tuple[TestClient, Observatory, Path]) -> None:
    client, _, _ = served
    answer = client.get("/report/country.en.md?of=Nowhere", headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert "Nowhere" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("full.xx.pdf", 404), ("full.en.exe", 404), ("none.en.pdf", 404), ("country.en.md", 400), ("..%2Fx.en.md", 404)],
)
def test_bad_addresses(client: TestClient, path: str, status: int) -> None:
    assert client.get(f"/report/{path}").status_code == status


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_page_leads_to_every_file(client: TestClient, language: str) -> None:
    page = client.get(f"/report?lang={language}").text
    for name in ("full.en.pdf", "brief.es.docx", "full.fr.html"):
        assert f"/report/{name}" in page
    answer = client.get("/report/of?variant=country&of=Kenya&form=pdf&lang=fr")
    assert (answer.status_code, answer.headers["location"]) == (303, "/report/country.fr.pdf?of=Kenya&lang=fr")
