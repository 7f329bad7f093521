"""Files for download: all graphs, tables, checksums; made once a version, when first asked for, by another process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dgekg import distributions, formats, versions
from dgekg.distributions import CHECKSUMS, File
from dgekg.errors import UnknownValue
from dgekg.store.dumps import write_dump
from dgekg.store.local import LocalStore
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.kept import kept_with
from dgekg.web.snapshot import Snapshot

Sums = Mapping[str, tuple[int, str]]


class Shelf:
    """The files of one version.

    Args:
        snapshot: the version; its files lie in its folder and go with it.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._folder, self._observatory = snapshot.folder, snapshot.observatory
        self.files = {f.name: f for f in _offered(snapshot)}
        self._locks = {group: threading.Lock() for group in (*self.groups, "")}
        self._sums: dict[str, tuple[int, str]] = {}
        self._started = False

    @property
    def groups(self) -> list[str]:
        """What is made together, the smallest work first."""
        return list(dict.fromkeys(f.group for f in self.files.values()))

    def file(self, name: str) -> Path:
        """Return a file, made now if nobody asked before.

        Raises:
            UnknownValue: there is none of this name.
            StoreError: it cannot be made.
        """
        if name not in self.files:
            raise UnknownValue("download", name, [*self.files, CHECKSUMS])
        self._make(self.files[name].group)
        return self._folder / name

    def sums(self, wait: bool) -> Sums:
        """Return size in bytes and SHA-256 of each file.

        Args:
            wait: until all are made; else what is not made yet is left out, and is being made from now on.
        """
        if wait:
            for group in self.groups:
                self._make(group)
        elif not self._started:
            self._started = True
            threading.Thread(target=self._make_all, daemon=True, name="dgekg-files").start()
        return dict(self._sums)

    def _make_all(self) -> None:
        for group in self.groups:
            try:
                self._make(group)
            except Exception:  # whoever asks for the file is told
                return

    def _make(self, group: str) -> None:
        names = [f.name for f in self.files.values() if f.group == group]
        with self._locks[group]:
            if all(name in self._sums for name in names):
                return
            root = self._observatory.project.root
            distributions.make_apart(self._dump(), root, self._folder, group, self._observatory.version)
            made = {n: self._folder / n for n in names}
            self._sums |= {n: (p.stat().st_size, distributions.checksum(p)) for n, p in made.items()}

    def _dump(self) -> Path:
        """Return all quads of what is served, sorted: the build's own dump, unless what is served is less than it."""
        store, folder = self._observatory.store, self._observatory.folder
        assert isinstance(store, LocalStore)
        if folder is not None and store.path is not None and store.path.parent == folder:
            return folder / versions.DUMP
        with self._locks[""]:
            found = self._folder / "served.nq"
            if not found.is_file():
                partial = self._folder / "served.part"
                write_dump(store, partial)
                partial.rename(found)
            return found


@kept_with
def shelf(snapshot: Snapshot) -> Shelf:
    """Return the files of a version."""
    return Shelf(snapshot)


def _offered(snapshot: Snapshot) -> Iterable[File]:
    """Return the files offered; none over a remote store."""
    if not isinstance(snapshot.observatory.store, LocalStore):
        return []
    return distributions.files(snapshot.counts)


def listed(snapshot: Snapshot) -> list[File]:
    """Return the files that a version offers."""
    return list(shelf(snapshot).files.values())


def download(house: House, request: Request) -> Response:
    """`/download/{name}`: a file, or the checksums of all."""
    visit = Visit(house, request)
    name = request.path_params["name"]
    found = shelf(visit.snapshot)
    headers = {"Link": link_header([(LICENCE, "license", "")])}
    if name == CHECKSUMS and found.files:
        return visit.answer(formats.TEXT, lambda: _checksums(found), headers)
    if name not in found.files:
        raise UnknownValue("download", name, [*found.files, *([CHECKSUMS] if found.files else [])])
    tag = visit.etag(name)
    headers |= {"ETag": tag, "Cache-Control": "public, max-age=0, must-revalidate"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    path = found.file(name)
    return FileResponse(
        path,
        media_type=found.files[name].media_type,
        filename=f"dgekg-{visit.observatory.version[:12]}-{name}",
        headers=headers,
    )


def _checksums(found: Shelf) -> str:
    """Return the lines that `sha256sum --check` reads."""
    return "".join(f"{total}  {name}\n" for name, (_size, total) in sorted(found.sums(wait=True).items()))
