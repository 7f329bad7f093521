"""Style sheets, scripts, fonts: what templates name was built, a missing build says what to do, colours can be read."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient

from dgekg.errors import AssetsMissing
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.app import create_app
from dgekg.web.built import Built, folder

WEB = folder().parent
ASSETS = WEB / "assets"
COLOURS: dict[str, dict[str, str]] = json.loads((WEB / "colours.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dgekg_assets", ASSETS / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_templates_name_was_built() -> None:
    built = Built()
    named = {
        name
        for path in (WEB / "templates").glob("*.html")
        for name in re.findall(r"asset\('([^']+)'\)", path.read_text("utf-8"))
    }
    assert {"base.css", "base.js", "theme.js"} <= named
    for name in named:
        assert (folder() / built.path(name).removeprefix("/static/")).is_file(), name


def test_nothing_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="make setup"):
        Built(tmp_path)
    (tmp_path / "built").mkdir()
    for text in ("", "[]", '{"files": 3}', '{"other": {}}'):
        (tmp_path / "built" / "manifest.json").write_text(text, "utf-8")
        with pytest.raises(AssetsMissing, match="make setup"):
            Built(tmp_path)


def test_a_name_that_was_not_built() -> None:
    with pytest.raises(AssetsMissing, match=r'"bse\.css".*base\.css'):
        Built().path("bse.css")


def test_cached_for_ever_under_a_name_of_its_own(world_observatory: Observatory) -> None:
    with TestClient(create_app(lambda: world_observatory, Settings())) as client:
        page = client.get("/about", headers={"accept": "text/html"}).text
        found = re.findall(r'(?:href|src)="(/static/built/[^"]+)"', page)
        assert len(found) >= 4
        for address in found:
            answer = client.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
        assert client.get("/static/built/manifest.json").headers.get("cache-control") is None
        types = {address.rsplit(".", 1)[1]: client.get(address).headers["content-type"] for address in found}
        assert types["woff2"] == "font/woff2"
        assert types["js"].startswith("text/javascript")
        sheet = client.get(next(address for address in found if address.endswith(".css"))).text
        assert "data:" not in sheet
        for inside in set(re.findall(r"url\((\"?)([^)]+)\1\)", sheet)):
            assert client.get(f"/static/built/{inside[1]}").status_code == 200, inside


def test_built_is_of_these_sources(build: ModuleType) -> None:
    assert build.fresh(), "say: make setup"


def test_what_changed_is_built_again(build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = tmp_path / "web"
    sheet = web / "assets" / "css" / "base.css"
    for path in build.sources():
        copied = web / path.relative_to(WEB)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text("", "utf-8")
    sheet.write_text("a {}", "utf-8")
    monkeypatch.setattr(build, "HERE", sheet.parent.parent)
    before = build.digest()
    assert build.digest() == before
    sheet.write_text("b {}", "utf-8")
    assert build.digest() != before
    changed = build.digest()
    (sheet.parent / "more.css").write_text("", "utf-8")
    assert build.digest() != changed


def test_check_says_what_to_do(build: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "manifest.json")
    assert build.main(["--check"]) == 1
    done = subprocess.run([sys.executable, ASSETS / "build.py", "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (ASSETS / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "://" not in re.sub(r'"(?:funding|url)":[^}]+', "", lock)
    packages = json.loads(lock)["packages"]
    assert all("integrity" in one for name, one in packages.items() if name)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_read(theme: str) -> None:
    c = COLOURS[theme]
    assert COLOURS["light"].keys() == COLOURS["dark"].keys()
    text = [(ink, ground) for ink in ("ink", "soft", "link", "link-visited") for ground in ("paper", "raised")]
    text += [(f"on{n}", f"c{n}") for n in (1, 2, 3, 4)] + [("warn", "warn-paper"), ("paper", "ink"), ("paper", "warn")]
    assert {pair: contrast(c[pair[0]], c[pair[1]]) for pair in text if contrast(c[pair[0]], c[pair[1]]) < 4.5} == {}
    seen = [*(f"k{n}" for n in range(1, 7)), "strong", "focus", "dots", "c4", "warn", "good"]
    assert {name: contrast(c[name], c["paper"]) for name in seen if contrast(c[name], c["paper"]) < 3} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_more_is_told_by_lightness_alone(theme: str) -> None:
    """The four depths of a documented cell differ for those who see no colour at all, each from the next."""
    steps = [luminance(COLOURS[theme][f"c{n}"]) for n in (1, 2, 3, 4)]
    rising = steps if theme == "dark" else steps[::-1]
    assert rising == sorted(rising)
    assert all((b + 0.05) / (a + 0.05) > 1.25 for a, b in itertools.pairwise(rising))
