"""Export: every public graph, or tables of the records, in one file that appears whole or not at all."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from pathlib import Path

from dgekg import distributions, formats, generation, versions
from dgekg.distributions import graphs
from dgekg.errors import InputError, UnknownValue
from dgekg.formats import CSV, PARQUET, ZIP
from dgekg.settings import Project
from dgekg.suppression import NOTHING, Suppressed

_TABLES = (CSV.suffix, PARQUET.suffix, ZIP.suffix)


def export(project: Project, file: Path, suppressed: Suppressed = NOTHING) -> int:
    """Write the current build, without what is suppressed, to a file.

    Returns the number of statements, of tables the number of bytes.

    The ending says what: `.nq .trig .ttl .jsonld` (each also `.gz`) all graphs, vocabulary and derived included;
    `.zip` all tables with their codebook, named as one of `distributions.ARCHIVES`, else as CSV; `.csv` and
    `.parquet` the one table that the file's name names. Turtle has no named graphs: there the graphs are merged. A
    file that exists is replaced in one step.

    Raises:
        UnknownValue: the ending names no format, or the name no table.
        NoBuild: nothing has been built yet.
        InputError: the folder does not exist or cannot be written.
    """
    tables = is_tables(file)
    form, packed = (CSV, False) if tables else formats.for_file(file)
    version = generation.served(versions.current(project.build), suppressed, project.queries)
    if not file.parent.is_dir():
        raise InputError(f"{file}: the folder {file.parent} does not exist.")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as name:
            folder = Path(name)
            if tables:
                return _put(_table(project, version, folder, file), file)
            written = folder / "dump"
            count = graphs.write(version.dump, written, form)
            _put(_packed(written) if packed else written, file)
            return count
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror}).") from error


def is_tables(file: Path) -> bool:
    """Say whether a file's name asks for tables."""
    return file.suffix.lstrip(".") in _TABLES


def _table(project: Project, version: versions.Version, folder: Path, file: Path) -> Path:
    distributions.make(version.dump, project.root, folder, distributions.TABLES, version.id)
    if file.suffix == f".{ZIP.suffix}":
        known = {name.removesuffix(".zip").removeprefix("tables"): name for name in distributions.ARCHIVES}
        return folder / next((known[end] for end in known if end and file.stem.endswith(end)), known[""])
    found = folder / file.name
    if not found.is_file():
        names = sorted(path.name for path in folder.glob(f"*{file.suffix}"))
        raise UnknownValue(f"{file}: table", file.name, names, f"Name the file as one of {', '.join(names)}.")
    return found


def _packed(file: Path) -> Path:
    packed = file.with_suffix(".gz")
    with (
        file.open("rb") as source,
        packed.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    return packed


def _put(made: Path, file: Path) -> int:
    with made.open("rb") as handle:
        os.fsync(handle.fileno())
    made.chmod(0o644)
    size = made.stat().st_size
    made.replace(file)
    return size
