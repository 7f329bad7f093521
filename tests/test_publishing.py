"""The static edition: every link in it leads to a file, what needs the service says so, nothing suppressed is in it."""

from __future__ import annotations

import errno
import html
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import html5rdf
import pytest

from conftest import AS_OF, Ran
from dgekg import publishing, suppressing, targets
from dgekg.errors import InputError, NotYet
from dgekg.publishing import places
from dgekg.publishing.places import Places
from dgekg.publishing.rewriting import Page, rewritten
from dgekg.publishing.slimming import slim
from dgekg.settings import Project, Settings
from dgekg.web.snapshot import Snapshot
from dgekg.web.soon import Soon

Run = Callable[..., Ran]
GONE = "id/practice/hiring-filter-test"
_EACH = 1  # pages of a kind: the rest is more of the same
_ALSO = ("/id/practice/sign-language-benchmark", "/questions/practices-of-a-group")
_LINK = re.compile(r'\b(?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def edition(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some pages of each kind, with one practice suppressed."""
    folder = tmp_path_factory.mktemp("edition")
    project = Project.at(_copied(built, folder / "project"))
    suppressing.add(folder / "private", f"https://w3id.org/dgekg/{GONE}", "withdrawn", AS_OF)
    whole = places.of

    def some(snapshot: Snapshot) -> Places:
        found = whole(snapshot)
        kept: dict[str, list[str]] = {}
        for path in found.paths:
            kind = path.rpartition("/")[0]
            if len(kept.setdefault(kind, [])) < _EACH or kind == "" or path in _ALSO:
                kept[kind].append(path)
        return Places([path for paths in kept.values() for path in paths], found.downloads, found.dimensions)

    asked: list[Soon[Any]] = []
    ready = Soon.get

    def later(soon: Soon[Any], make: Callable[[], Any]) -> Any:
        """Be worked out at the second time of asking, as the network of a large collection is."""
        if soon in asked:
            return ready(soon, make)
        asked.append(soon)
        raise NotYet("The network is still being worked out.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Soon, "get", later)
        patch.setattr(places, "of", some)
        patch.setattr(places, "DOWNLOADS", {"nq": ("dump.nq.gz",)})
        settings = Settings(root=project.root, private=folder / "private")
        publishing.publish(settings, folder / "out", site=_site(folder / "site"))
    assert asked
    return folder / "out"


def _site(folder: Path) -> Path:
    """A site of documents as Sphinx leaves it, of one page."""
    (folder / "_sources").mkdir(parents=True)
    for name in ("index.html", "searchindex.js", "objects.inv", ".buildinfo", "_sources/index.md.txt"):
        (folder / name).write_text("<!doctype html><title>Guide</title>" if name == "index.html" else "", "utf-8")
    return folder


def _copied(built: Project, folder: Path) -> Path:
    shutil.copytree(built.root, folder, symlinks=True)
    return folder


def _pages(edition: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(edition.rglob("*.html")):
        yield path, path.read_text("utf-8")


def test_every_link_leads_to_a_file_of_the_edition(edition: Path) -> None:
    links = 0
    there = {str(path) for path in targets.files(edition)}
    for path, text in _pages(edition):
        for found in _LINK.findall(text):
            address = html.unescape(found)
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "mailto") or not parts.path:
                continue
            links += 1
            assert not parts.path.startswith("/"), (path, address)
            target = os.path.normpath(path.parent / unquote(parts.path))
            assert target in there, (path.relative_to(edition), address)
    assert links > 1000


def test_whole_in_three_languages_with_data_and_checksums(edition: Path) -> None:
    for language in ("en", "fr", "es"):
        text = (edition / language / "id" / "practice" / "sign-language-benchmark.html").read_text("utf-8")
        assert f'<html lang="{language}"' in text
        assert (edition / language / "practices.html").is_file()
        assert (edition / language / "coverage.html").is_file()
    assert (edition / "data" / "dump.nq.gz").is_file()
    assert targets.listed(edition) == {p.relative_to(edition).as_posix() for p in targets.files(edition)}
    start = (edition / "index.html").read_text("utf-8")
    assert [language for language in ("en", "fr", "es") if f'href="{language}/index.html"' in start] == [
        "en",
        "fr",
        "es",
    ]
    assert "id/recommendation/" in (edition / "es" / "recommendations.html").read_text("utf-8")


def test_documents_go_along_and_every_page_leads_there(edition: Path, tmp_path: Path, project: Project) -> None:
    there = sorted(path.name for path in (edition / "documents").rglob("*"))
    assert there == ["index.html", "searchindex.js"]
    for path, text in _pages(edition):
        if path.parent.name != "documents":
            assert "documents/index.html" in text, path
    assert "Documentos, en inglés" in (edition / "es" / "about.html").read_text("utf-8")
    for wrong in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="make site"):
            publishing.publish(Settings(root=project.root), tmp_path / "out", site=wrong)
    assert not (tmp_path / "out").exists()


def test_nothing_needs_a_server(edition: Path) -> None:
    for path, text in _pages(edition):
        assert 'type="module"' not in text, path  # browsers load no modules from files
        for form in re.findall(r"<form\b[^>]*>", text):
            assert "data-edition-form" in form or "practices.html" in form, (path, form)
    question = (edition / "fr" / "questions" / "practices-of-a-group.html").read_text("utf-8")
    assert "Ce formulaire demande le service" in question
    assert "<form" not in question


def test_the_list_and_the_search_of_the_browser(edition: Path, built: Project) -> None:
    data = _script(edition / "static" / "list.js")
    listed = (edition / "en" / "practices.html").read_text("utf-8")
    titles = sorted(map(int, re.findall(r'<li data-n="(\d+)">', listed)))
    assert titles == list(range(len(list((built.data / "practices").glob("*.ttl"))) - 1))
    found = re.search(r'<li data-n="(\d+)"><a href="id/practice/sign-language-benchmark\.html"', listed)
    assert found is not None
    assert int(found[1]) in data["dimensions"]["stage"]["verification-validation"]
    assert data["dimensions"]["region"]["001"] == titles
    for language in ("en", "fr", "es"):
        lines = _script(edition / "static" / f"search-{language}.js")
        assert len(lines) > len(titles)
        assert all((edition / language / link.partition("?")[0]).is_file() for *_, link in lines if link)


def test_lids_are_carried_along(edition: Path) -> None:
    closed = _script(edition / "static" / "list.js")["closed"]
    assert closed, "the small world has a country and group of which nothing is published"
    assert all(places for places in closed.values())


def test_what_is_suppressed_is_nowhere(edition: Path) -> None:
    assert not (edition / "en" / f"{GONE}.html").exists()
    slug = GONE.rpartition("/")[2]
    for path in targets.files(edition):
        if path.suffix in (".html", ".js", ".json", ".csv"):
            assert slug not in path.read_text("utf-8"), path


def test_links_to_the_service_where_there_is_one() -> None:
    known = Places(["/", "/id/practice/x"], ["dump.nq.gz"], ["group"])
    text = (
        '<form action="/questions/q"><input></form><a href="/id/practice/x.html?lang=fr#a">x</a><a class="c" '
        'href="/sparql?query=1">s</a><a href="/practices?where=group%3Dwomen">w</a><a href="/download/dump.nq.gz">d</a>'
        '<a href="/practices?where=norm%3Dx&amp;lang=en">n</a><footer class="foot"><div class="wide"></div></footer>'
    )
    words = {"form": "needs it", "note": "files", "service": "go"}
    alone = rewritten(text, Page("en/id/practice/y.html", "en", "edition.js", "", **words), known)
    assert '<a href="../../../fr/id/practice/x.html#a">x</a>' in alone
    assert "<span class=c>s</span>" in alone
    assert '<a href="../../practices.html?where=group=women">w</a>' in alone
    assert '<a href="../../../data/dump.nq.gz">d</a>' in alone
    assert "</a>n<footer" in alone
    assert "needs it</p>" in alone
    live = rewritten(text, Page("en/id/practice/y.html", "en", "edition.js", "https://example.org", **words), known)
    assert 'href="https://example.org/sparql?query=1" rel="external"' in live
    assert '<a href="https://example.org/questions/q" rel="external">go</a>' in live


def test_words_that_led_on_go_where_nothing_does() -> None:
    known = Places(["/"], [], [])
    words = {"form": "", "note": "", "service": "go"}
    record = '<p>seen <span>1</span> · <a class="quiet" href="/id/evidence/x-1">record</a></span></p>'
    text = (
        f'<p>As a file: <a href="/a.csl">CSL-JSON</a></p><p>About <a href="/id/x/y">this</a></p>{record}'
        '<section aria-labelledby="cite">How</section><footer class="foot"><div class="wide"><ul><li><a href="/sparql">'
        'SPARQL</a></li></ul><p class="print-only">Cite</p></div></footer>'
    )
    alone = rewritten(text, Page("en/x.html", "en", "edition.js", "", **words), known)
    assert not re.search("CSL|record|SPARQL|Cite", alone)
    assert "<p>About this</p>" in alone
    live = rewritten(text, Page("en/x.html", "en", "edition.js", "https://example.org", **words), known)
    assert all(word in live for word in ("CSL-JSON", ">record</a>", ">SPARQL</a>"))


def test_a_slim_page_is_the_same_page() -> None:
    text = (
        '<!doctype html><html lang="en"><body><a lang="fr" hreflang="fr" href="x.html?where=a%3Db%3Dc">F</a><ul>'
        '<li>a</li>\n<li class="b">b<ul><li>c</li></ul></li></ul><dl><div><dt>d</dt><dt>e</dt><dd>f</dd></div></dl>'
        '<table><thead><tr><th scope="col">g</th></tr></thead><tbody><tr><td>h<p>i</p></td><td></td></tr><tr><td>j</td>'
        '</tr></tbody></table><p title="&#34;k&#34; it&#39;s"><span>l</span><span id="m">m</span> &#34;n&#34; it&#39;s'
        ' &lt;li&gt;</p><time datetime="2026-01-01">2026-01-01</time><time datetime="2026">then</time></body></html>'
    )
    slimmed = slim(text)
    assert len(slimmed) < 0.8 * len(text)
    assert _parsed(slimmed) == _parsed(text)


def _parsed(text: str) -> list[tuple[str, str]]:
    """Return what a browser's parser makes of a page: tags with attributes, and texts; without what says nothing."""
    found: list[tuple[str, str]] = []

    def walk(element: Any) -> None:
        kept = {key: value for key, value in element.attrib.items() if key not in ("hreflang", "datetime")}
        kept |= {"href": unquote(kept["href"])} if "href" in kept else {}
        bare = element.tag == "span" and not kept
        if not bare:
            found.append((element.tag, str(sorted(kept.items()))))
        found.append(("", "".join((element.text or "").split())))
        for child in element:
            walk(child)
            found.append(("", "".join((child.tail or "").split())))
        if not bare:
            found.append((f"/{element.tag}", ""))

    walk(html5rdf.parse(text, namespaceHTMLElements=False))
    return [one for one in found if any(one)]


def test_bad_targets_and_a_full_disk(
    built: Project, dgekg: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    ran = dgekg(built, "publish", str(tmp_path / "mine"))
    assert ran.code == 2
    assert "notes.txt" in ran.err
    assert dgekg(built, "publish", str(tmp_path / "x"), "--address", "example.org").code == 2

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publishing, "opened", full)
    with pytest.raises(InputError, match="No space left on device"):
        publishing.publish(Settings(root=built.root), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def _script(file: Path) -> Any:
    text = file.read_text("utf-8")
    return json.loads(text[text.index("=") + 1 :].rstrip(";\n"))
