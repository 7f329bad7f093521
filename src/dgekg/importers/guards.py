"""What is refused before it is read: what is too large, too deep, wrongly encoded, or could run where it is opened.

Limits are on what a person could mean, not on what a machine could bear: an honest table keeps far below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dgekg.importers.trouble import Place, Trouble, refused, violation


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an outside table is read.

    Attributes:
        whole_bytes: of a file that is read as a whole (JSON, RDF, BibTeX, RIS, a workbook).
        unpacked_bytes: of a workbook, once unpacked.
        ratio: how many times its size a workbook may unpack to.
        streamed_bytes: of a file that is read row by row (CSV, JSON lines).
        line_bytes: of one line of it.
        cell_letters: of one value.
        columns: of a table.
        rows: of a table.
        depth: of brackets in one another.
    """

    whole_bytes: int = 40_000_000
    unpacked_bytes: int = 200_000_000
    ratio: int = 150
    streamed_bytes: int = 2_000_000_000
    line_bytes: int = 1_000_000
    cell_letters: int = 20_000
    columns: int = 1_000
    rows: int = 2_000_000
    depth: int = 64


USUAL = Limits()
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}()]', re.DOTALL)
_MARKUP = re.compile(
    r"<\s*(?:/?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?|!--[^<>]*|!doctype[^<>]*|\?[^<>]*)>", re.IGNORECASE
)
_ACTIVE = re.compile(r"(?:javascript|vbscript|livescript)\s*:|data\s*:\s*text/html", re.IGNORECASE)
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_FORMULA = re.compile(r"=|[+@-](?=[A-Za-z_]+\s*[(!|])|@(?=SUM|[A-Z]+\()")


def size(path: Path, limit: int) -> None:
    """Refuse a file that is not there or larger than is read.

    Raises:
        Refused: says the size and the limit.
    """
    place = Place(path.name)
    try:
        found = path.stat().st_size
    except OSError as error:
        raise refused("file.unreadable", place, reason=error.strerror or str(error)) from None
    if not path.is_file():
        raise refused("file.unreadable", place, reason="not a file")
    if found > limit:
        raise refused("file.too-large", place, f"{found:,}", limit=f"{limit:,}")


def depth(data: bytes, place: Place, limit: int) -> None:
    """Refuse text whose brackets stand deeper in one another than is read; strings are not looked into.

    Raises:
        Refused: with the line where it grows too deep.
    """
    level = 0
    for match in _BRACKETS.finditer(data):
        sign = match[0]
        if sign in b"[{(" and len(sign) == 1:
            level += 1
            if level > limit:
                line = data.count(b"\n", 0, match.start()) + 1
                raise refused("file.too-deep", place, limit=limit, line=line)
        elif len(sign) == 1 and sign in b"]})":
            level = max(0, level - 1)


def decoded(data: bytes, place: Place, encoding: str) -> str:
    """Return the text of a whole file.

    Raises:
        Refused: with the line that is not in this encoding.
    """
    mark = next((name for start, name in _MARKS if data.startswith(start)), "")
    try:
        text = data.decode(mark or encoding)
    except (UnicodeDecodeError, LookupError) as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise refused("file.encoding", place, encoding=mark or encoding, line=line) from None
    if "\x00" in text:
        raise refused("file.nul", place, line=text[: text.index("\x00")].count("\n") + 1)
    return text.removeprefix("\ufeff")


def lines(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    """Yield the lines of a text file one by one; nothing but a line is held.

    Raises:
        Refused: a line is too long, or not in the encoding.
    """
    size(path, limits.streamed_bytes)
    place = Place(path.name)
    with path.open("rb") as file:
        start = file.read(4)
        mark = next((name for sign, name in _MARKS if start.startswith(sign)), "")
        file.seek(0)
        if mark.startswith("utf-16"):
            size(path, limits.whole_bytes)
            yield from decoded(file.read(), place, mark).splitlines(keepends=True)
            return
        for number, raw in enumerate(iter(lambda: file.readline(limits.line_bytes + 1), b""), 1):
            if len(raw) > limits.line_bytes:
                raise refused("file.line-too-long", place, limit=f"{limits.line_bytes:,}", line=number)
            if b"\x00" in raw:
                raise refused("file.nul", place, line=number)
            try:
                text = raw.decode(mark or encoding)
            except (UnicodeDecodeError, LookupError):
                raise refused("file.encoding", place, encoding=mark or encoding, line=number) from None
            yield text.removeprefix("\ufeff") if number == 1 else text


def text(value: str, place: Place, limits: Limits = USUAL) -> Trouble | None:
    """Return what is wrong with a text that somebody may see: too long, marked up, or made to run.

    >>> text("a < b, and c > d", Place("t.csv")) is None
    True
    >>> text("=1+1", Place("t.csv")).key, text("<b>x</b>", Place("t.csv")).key
    ('cell.formula', 'cell.markup')
    """
    if len(value) > limits.cell_letters:
        return violation("cell.too-long", place, value[:60], {"limit": f"{limits.cell_letters:,}", "found": len(value)})
    if _FORMULA.match(value.lstrip()):
        return violation("cell.formula", place, value)
    if _MARKUP.search(value):
        return violation("cell.markup", place, value)
    if _ACTIVE.search(value):
        return violation("cell.active", place, value)
    if _STRANGE.search(value):
        return violation("cell.strange", place, value)
    return None


_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
