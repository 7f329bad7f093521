"""Export: every public graph, vocabulary and derived included, in one file that appears whole or not at all."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

from pyoxigraph import RdfFormat, parse, serialize

from dgekg import formats, versions
from dgekg.errors import InputError
from dgekg.settings import Project
from dgekg.vocabulary import PREFIXES

_FLAT = (RdfFormat.TURTLE,)


def export(project: Project, file: Path) -> int:
    """Write the current build to a file; return the number of statements.

    Turtle has no named graphs: there the graphs are merged. A file that exists is replaced in one step.

    Raises:
        UnknownValue: the ending names no format.
        NoBuild: nothing has been built yet.
        InputError: the folder does not exist or cannot be written.
    """
    form, packed = formats.for_file(file)
    assert form.rdf is not None
    version = versions.current(project.build)
    if not file.parent.is_dir():
        raise InputError(f"{file}: the folder {file.parent} does not exist.")
    with version.dump.open("rb") as source:
        quads = list(parse(source, format=RdfFormat.N_QUADS))
    if form.rdf is RdfFormat.N_QUADS:
        body, count = version.dump.read_bytes(), len(quads)
    elif form.rdf in _FLAT:
        triples = sorted({q.triple for q in quads}, key=str)
        body, count = serialize(triples, format=form.rdf, prefixes=PREFIXES) or b"", len(triples)
    else:
        body, count = serialize(quads, format=form.rdf, prefixes=PREFIXES) or b"", len(quads)
    _replace(file, gzip.compress(body, mtime=0) if packed else body)
    return count


def _replace(file: Path, body: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror}).") from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(body)
            target.flush()
            os.fsync(target.fileno())
        partial.chmod(0o644)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(f"{file}: cannot be written ({error.strerror}).") from error
