"""Asking the service, in this process, for its pages; and the pages that only an edition has."""

from __future__ import annotations

import re
import shutil
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import httpx2 as httpx
from starlette.requests import Request

from dgekg import formats, versions
from dgekg.embedded import InProcess
from dgekg.errors import InputError, NotYet, StoreError
from dgekg.observatory import Observatory, open_observatory
from dgekg.publishing import guides, lists, places
from dgekg.publishing.places import Places
from dgekg.publishing.rewriting import Page, rewritten
from dgekg.settings import Settings
from dgekg.store.base import Table
from dgekg.store.local import LocalStore
from dgekg.vocabulary import LANGUAGES
from dgekg.web import words
from dgekg.web.app import create_app
from dgekg.web.built import folder as static_folder
from dgekg.web.house import House, Visit

_SCRIPT = "edition.js"
# What only the service uses: scripts that are modules, the editor, and what it draws pictures with.
_NOT_COPIED = re.compile(r"(sparql|world)-.*|(?!theme-|edition-).*\.js|.*\.(ttf|json)")
_REMEMBERED = 100  # answers
# A page of which something is still being worked out keeps whoever asks waiting for some seconds: ten minutes in all.
_AGAIN = 150


class Remembering(LocalStore):
    """A store in memory that keeps its last answers: a page asks the same in every language."""

    def select(self, query: str) -> Table:
        """Answer a SELECT (see `Store.select`)."""
        kept: OrderedDict[str, Table] = self.__dict__.setdefault("_kept", OrderedDict())
        found = kept.pop(query, None)
        if found is None:
            found = super().select(query)
        kept[query] = found
        while len(kept) > _REMEMBERED:
            kept.popitem(last=False)
        return found


def opened(settings: Settings) -> Observatory:
    """Open the current version for printing: in memory, where many small questions are answered fastest.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: it cannot be opened.
        InputError: it lies in a remote store.
    """
    observatory = open_observatory(settings)
    if observatory.folder is None:
        raise InputError("publish: expected a built version; what a remote store holds is published where it is built.")
    observatory.store = Remembering.of_file(observatory.folder / versions.DUMP)
    return observatory


class Printer:
    """Makes pages of one version into a folder.

    Args:
        settings: with the address that the pages name as their own.
        observatory: the version.
        folder: the edition.
        live: address of the service, or "".
        known: where everything lies; read from the version unless given.
        guided: whether the site of the documents goes along.
    """

    def __init__(
        self,
        settings: Settings,
        observatory: Observatory,
        folder: Path,
        live: str,
        known: Places | None = None,
        guided: bool = False,
    ) -> None:
        self.guided = guided
        self.settings, self.observatory, self.folder, self.live = settings, observatory, folder, live
        self._app = create_app(lambda: observatory, settings)
        self.house: House = self._app.state.house
        self._transport = InProcess(self._app)
        self._client = httpx.Client(transport=self._transport, base_url="http://edition", follow_redirects=True)
        self.places = known or places.of(self.house.snapshot())
        self._script = self.house.built.path(_SCRIPT).removeprefix("/static/")

    @property
    def dump(self) -> Path:
        """All quads of what is printed."""
        assert self.observatory.folder is not None  # `opened` has looked
        return self.observatory.folder / versions.DUMP

    def close(self) -> None:
        """Let go of the version."""
        self._client.close()
        self._transport.close()
        self.house.close()

    def ask(self, path: str, language: str) -> str:
        """Return a page as the service gives it.

        Raises:
            StoreError: it does not give it.
        """
        mark = "&" if "?" in path else "?"
        for _ in range(_AGAIN):
            answer = self._client.get(f"{path}{mark}lang={language}", headers={"Accept": formats.HTML.media_type})
            if answer.headers.get("Retry-After") != str(NotYet.retry_after):
                break
        if answer.status_code != httpx.codes.OK:
            raise StoreError(f"{path}: the page cannot be made (status {answer.status_code}).")
        return answer.text

    def survey(self, path: str) -> None:
        """Take in what a page, and the further pages of a list, lead to, where that is part of an edition."""
        for address in lists.addresses(self.ask(path, LANGUAGES[0])):
            if self.places.follow(address):
                self.survey(address)

    def make(self, path: str) -> int:
        """Write a page in all languages; return how many files that are."""
        for language in LANGUAGES:
            self.write(self.ask(path, language), self.places.file(path), language)
        return len(LANGUAGES)

    def write(self, text: str, file: str, language: str) -> None:
        """Write a page that the service, or a template, gave."""
        target = self.folder / language / file
        target.parent.mkdir(parents=True, exist_ok=True)
        page = self._page(f"{language}/{file}", language)
        target.write_text(rewritten(text, page, self.places), encoding="utf-8")

    def visit(self, language: str, path: str = places.LIST) -> Visit:
        """Return a visit to an address, as templates and words need it."""
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "root_path": "",
            "scheme": "http",
            "server": ("edition", 80),
            "query_string": f"lang={language}".encode(),
            "headers": [],
        }
        return Visit(self.house, Request(scope))

    def _page(self, file: str, language: str) -> Page:
        day = self.observatory.as_of.isoformat()
        said = {key: words.say(language, f"edition.{key}") for key in ("form", "service")}
        note = words.say(language, "edition.note", date=day)
        documents = words.say(language, "edition.documents") if self.guided else ""
        return Page(file, language, self._script, self.live, note=note, documents=documents, **said)


def directory(printer: Printer, language: str) -> int:
    """Write the list of practices of a language, whole; the browser narrows it down."""
    visit = printer.visit(language)
    text = visit.render("edition_practices.html", lists.values(visit, printer.places))
    printer.write(text, "practices.html", language)
    return 1


def start(printer: Printer, languages: Sequence[str]) -> None:
    """Write the first page, which leads to each language."""
    visit = printer.visit(languages[0])
    said = [(code, words.say(code, "site.name"), words.say(code, "edition.enter")) for code in languages]
    css = places.STATIC + printer.house.built.path("base.css").removeprefix("/static")
    guides_said = [(code, words.say(code, "edition.documents")) for code in languages] if printer.guided else []
    guide = f"{guides.FOLDER}/{guides.FIRST}"
    text = visit.render("edition_start.html", {"said": said, "css": css, "guide": guide, "guides_said": guides_said})
    (printer.folder / "index.html").write_text(text, encoding="utf-8")


def static(folder: Path) -> None:
    """Copy style sheets, scripts and letters, without those that only the service uses."""
    source = static_folder()
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_dir() or _NOT_COPIED.fullmatch(path.name):
            continue
        target = folder / places.STATIC / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
