"""What is handed out of a version as files: all its graphs, tables of its records with their codebook, checksums.

Everything is made from the version's dump (sorted lines of N-Quads), read as a stream: memory does not grow with it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dgekg import formats
from dgekg.errors import StoreError
from dgekg.formats import CSV, GZIP_TYPE, PARQUET, ZIP, Format

TABLES = "tables"
ARCHIVES = ("tables.zip", "tables-spreadsheet.zip", "tables-parquet.zip")
SHARED = ("codes", "codebook")
CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class File:
    """One file that is offered.

    Attributes:
        name: of the file.
        group: what is made together with it: a format of all graphs, or `tables`.
        form: its format, within the packing if it is packed.
        packing: media type of the packing, "" if it is not packed.
    """

    name: str
    group: str
    form: Format
    packing: str = ""

    @property
    def media_type(self) -> str:
        """The media type of its bytes."""
        return self.packing or self.form.media_type


def files(kinds: Iterable[str]) -> list[File]:
    """Return the files that are offered of a version.

    Args:
        kinds: kinds of records that it has.
    """
    found = [
        File(f"dump.{form.suffix}{ending}", form.suffix, form, GZIP_TYPE if ending else "")
        for form in formats.DATASETS
        for ending in (".gz", "")
    ]
    found += [File(name, TABLES, PARQUET if "parquet" in name else CSV, ZIP.media_type) for name in ARCHIVES]
    names = [name for kind in sorted(set(kinds)) for name in (kind, f"{kind}-links")]
    for form in (CSV, PARQUET):
        found += [File(f"{name}.{form.suffix}", TABLES, form) for name in (*names, *SHARED)]
    return found


def make(dump: Path, root: Path, folder: Path, group: str, version: str) -> None:
    """Make the files of a group; what is there by the name of a file is whole.

    Args:
        dump: all quads, as sorted lines of N-Quads.
        root: the project, for the shapes.
        folder: where they go; it exists.
        group: a suffix of `formats.DATASETS`, or `tables`.
        version: id of the version, which the tables carry.

    Raises:
        OSError: the folder cannot be written.
    """
    from dgekg.distributions import graphs, tables

    if group == TABLES:
        tables.make(dump, root, folder, version)
    else:
        graphs.make(dump, folder, next(f for f in formats.DATASETS if f.suffix == group))


def make_apart(dump: Path, root: Path, folder: Path, group: str, version: str) -> None:
    """Do the same in a process of its own, so that a service answers as before meanwhile.

    Raises:
        StoreError: it failed, or was killed.
    """
    command = [sys.executable, "-m", "dgekg.distributions", str(dump), str(root), str(folder), group, version]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        why = (ran.stderr.strip().splitlines() or ["it was killed. Was there enough memory?"])[-1]
        raise StoreError(f"the files of the group {group} cannot be made: {why}")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
