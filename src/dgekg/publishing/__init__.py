"""The static edition: the whole observatory as files that any web server, or a browser without one, can show.

Pages are those of the service, asked for in this process, with their links made relative; what only a service can do
(forms, SPARQL, views put together by the reader) says so, and leads to the service where its address is given. The
list of practices is narrowed down, and everything searched, in the browser.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dgekg import distributions, targets
from dgekg.errors import InputError
from dgekg.publishing import guides, lists, pages, places
from dgekg.publishing.pages import Printer, opened
from dgekg.publishing.places import Places
from dgekg.settings import Settings
from dgekg.vocabulary import BASE, LANGUAGES

MARK = "edition.json"
_MANY = 400  # pages from which on further processes are worth their start
_PORTION = 24
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        version: id of the version.
        folder: where it is.
        pages: how many, all languages together.
        bytes: how much it is, all files together.
    """

    version: str
    folder: Path
    pages: int
    bytes: int


def _quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def publish(
    settings: Settings, target: Path, live: str = "", progress: Progress = _quiet, site: Path | None = None
) -> Published:
    """Write the current version as files.

    Args:
        settings: where the project is, who publishes.
        target: the folder; it is replaced in one step, and only where it holds an edition or nothing.
        live: address of the service that does what files cannot; "" where there is none.
        progress: told each step.
        site: the made site of the documents, which goes along; None for none.

    Raises:
        NoBuild: nothing has been built yet.
        InputError: the address is none, the site is none, or the folder holds something else or cannot be written.
        StoreError: the version cannot be opened.
    """
    if live and not live.startswith(("https://", "http://")):
        raise InputError(f'--address: found "{live}", expected an address such as https://example.org.', live)
    if site is not None:
        guides.may(site)
    targets.may(target, "an edition", MARK)
    chosen = replace(settings, store="", base_path="", address=live.rstrip("/") or BASE.rstrip("/"))
    with targets.fresh(target, "an edition", MARK) as folder:
        observatory = opened(chosen)
        printer = Printer(chosen, observatory, folder, live.rstrip("/"), guided=site is not None)
        try:
            count = _pages(printer, progress)
            progress("lists", 0, 1)
            lists.write(printer.visit(LANGUAGES[0]), printer.places, folder)
            for language in LANGUAGES:
                count += pages.directory(printer, language)
            pages.start(printer, LANGUAGES)
            if site is not None:
                guides.copy(site, folder)
        finally:
            printer.close()
        pages.static(folder)
        for number, (group, names) in enumerate(places.DOWNLOADS.items()):
            progress("files", number, len(places.DOWNLOADS))
            _files(printer.dump, chosen, folder, group, names, observatory.version)
        about = {"version": observatory.version, "as_of": observatory.as_of.isoformat(), "pages": count}
        (folder / MARK).write_text(json.dumps({**about, "service": live}, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in targets.files(target))
    return Published(observatory.version, target, count, size)


def _pages(printer: Printer, progress: Progress) -> int:
    """Make all pages, in all languages; return how many."""
    for path in places.HUBS:
        printer.survey(path)
    wanted = printer.places.paths
    made = 0
    if len(wanted) < _MANY or (os.cpu_count() or 1) < 2:
        for number, path in enumerate(wanted):
            progress("pages", number, len(wanted))
            made += printer.make(path)
        return made
    portions = [wanted[start : start + _PORTION] for start in range(0, len(wanted), _PORTION)]
    with _workers(printer) as work:
        for number, count in enumerate(work(portions)):
            progress("pages", number * _PORTION, len(wanted))
            made += count
    return made


@contextmanager
def _workers(printer: Printer) -> Iterator[Callable[[Iterable[Sequence[str]]], Iterable[int]]]:
    """Start processes of their own: a store on disk that is open does not survive a fork."""
    given = (printer.settings, printer.folder, printer.live, printer.places, printer.guided)
    pool = ProcessPoolExecutor(os.cpu_count() or 1, multiprocessing.get_context("spawn"), _begin, given)
    try:
        yield lambda portions: pool.map(_portion, portions)
    finally:
        pool.shutdown(cancel_futures=True)


_PRINTER: list[Printer] = []


def _begin(settings: Settings, folder: Path, live: str, known: Places, guided: bool) -> None:
    _PRINTER[:] = [Printer(settings, opened(settings), folder, live, known, guided)]


def _portion(wanted: Sequence[str]) -> int:
    return sum(_PRINTER[0].make(path) for path in wanted)


def _files(dump: Path, settings: Settings, folder: Path, group: str, names: Sequence[str], version: str) -> None:
    work = folder / ".work"
    work.mkdir()
    (folder / places.DATA).mkdir(exist_ok=True)
    distributions.make(dump, settings.project().root, work, group, version)
    for name in names:
        (work / name).rename(folder / places.DATA / name)
    for path in sorted(work.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    work.rmdir()
