"""Dumps: every public graph in one file, made once a version."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dgekg import formats, versions
from dgekg.errors import UnknownValue
from dgekg.formats import GZIP_TYPE, Format
from dgekg.store.local import LocalStore
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import Snapshot

NAMES = tuple(f"dump.{f.suffix}{packed}" for f in formats.DATASETS for packed in (".gz", ""))


def listed(snapshot: Snapshot) -> list[tuple[str, str, bool]]:
    """Return the files offered: name, media type, whether packed; none over a remote store."""
    if not isinstance(snapshot.observatory.store, LocalStore):
        return []
    return [(name, formats.for_file(Path(name))[0].media_type, name.endswith(".gz")) for name in NAMES]


def download(house: House, request: Request) -> Response:
    """`/download/{name}`."""
    visit = Visit(house, request)
    name = request.path_params["name"]
    if name not in [n for n, _m, _p in listed(visit.snapshot)]:
        raise UnknownValue("download", name, [n for n, _m, _p in listed(visit.snapshot)])
    kind, packed = formats.for_file(Path(name))
    tag = visit.etag(name)
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    file = made(visit.snapshot, name, kind, packed)
    version = visit.observatory.version
    return FileResponse(
        file,
        media_type=GZIP_TYPE if packed else kind.media_type,
        filename=f"dgekg-{version[:12]}-{name}",
        headers={"ETag": tag, "Link": link_header([(LICENCE, "license", "")])},
    )


def made(snapshot: Snapshot, name: str, kind: Format, packed: bool) -> Path:
    """Return the file, made on the first call for this version."""
    store = snapshot.observatory.store
    assert isinstance(store, LocalStore)
    if name == versions.DUMP and store.path is not None and (store.path.parent / versions.DUMP).is_file():
        return store.path.parent / versions.DUMP
    with snapshot.making:
        file = snapshot.folder / name
        if not file.is_file():
            body = _body(store, kind)
            partial = file.with_suffix(".part")
            partial.write_bytes(gzip.compress(body, mtime=0) if packed else body)
            partial.rename(file)
    return file


def _body(store: LocalStore, kind: Format) -> bytes:
    quads = sorted(store.engine, key=str)
    if kind is formats.TURTLE:
        triples = dict.fromkeys(q.triple for q in quads)
        return ox.serialize(triples, format=kind.rdf, prefixes=PREFIXES) or b""
    prefixes = PREFIXES if kind is formats.TRIG else None
    return ox.serialize(quads, format=kind.rdf, prefixes=prefixes) or b""
