"""Zips of others that are whole on the outside and broken within: whoever opens one says so in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dgekg.attachments import written
from dgekg.errors import InputError
from dgekg.forms import bounded
from dgekg.importers.reading import open_table
from dgekg.importers.reading.table import Reading
from dgekg.report import bound


def broken(packing: int) -> bytes:
    """A zip whose list of files is in order, and whose one file cannot be unpacked."""
    name, out = "customXml/item1.xml", io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as packed:
        packed.writestr(name, b"<a>0123456789</a>" * 9)
    data, begins = bytearray(out.getvalue()), 30 + len(name)
    data[begins], data[begins + 9 : begins + 19] = 0xFF, b"\xff" * 10
    return bytes(data)


def attached(path: Path) -> None:
    written.clean(path.read_bytes())


def filled_in(path: Path) -> None:
    bounded.unpacked(path.read_bytes(), path.name)


def imported(path: Path) -> None:
    open_table(path, Reading())


def reported(path: Path) -> None:
    bound.read(path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (attached, "broken"),
        (filled_in, "cannot be unpacked"),
        (imported, "no workbook|file.xlsx"),
        (reported, "found no bindings"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(
    packing: int, opened: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "given.xlsx"
    path.write_bytes(broken(packing))
    with pytest.raises(InputError, match=words):
        opened(path)
