"""A form that brings files along: read part by part, with a limit on each, on all, and on what waits in memory.

Of a file that is too large only its beginning is kept, and the rest is passed over, so that the form can be shown again
with all that was typed, and a word beside the file.
"""

from __future__ import annotations

import asyncio
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from dgekg.attachments import Limits, Upload
from dgekg.errors import InputError, TooBusy, TooLong, TooSlow
from dgekg.formats import FILES_TYPE
from dgekg.web.posted import Fields

_SLOWEST = 40_000  # bytes a second: a poor line, but not one that only holds a place
_LONGEST_WAIT = 600.0
_PASSED_OVER = 4  # so many times as much as may come is read, and most of it passed over, before all is refused
_LONGEST_HEADER = 4_000
_ROOM = 256_000_000


class Room:
    """What the files of all requests of one application may take of its memory; asked on its event loop alone.

    Args:
        most: bytes.

    Attributes:
        held: bytes of files that have come and are not done with.
    """

    def __init__(self, most: int = _ROOM) -> None:
        self.most, self.held = most, 0

    def take(self, size: int) -> None:
        """Say that so many bytes more are held.

        Raises:
            TooBusy: there is no room for them.
        """
        if self.held + size > self.most:
            raise TooBusy("Too many files come at once. Nothing was taken in; please send it again in a minute.", 60)
        self.held += size


class Received:
    """Fields and files of one form, as they come in."""

    def __init__(self, boundary: bytes, limits: Limits, longest: int, most: int, room: Room) -> None:
        self.fields: Fields = {}
        self.uploads: list[Upload] = []
        self.weight = 0
        self.whole = False
        self._limits, self._longest, self._most, self._room = limits, longest, most, room
        self._letters = self._count = self._size = 0
        self._header, self._value, self._headers = bytearray(), bytearray(), dict[bytes, bytes]()
        self._name, self._file, self._data = "", "", bytearray()
        self._is_file = False
        calls: Any = {
            f"on_{name}": getattr(self, f"_{name}")
            for name in ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end",
                         "headers_finished", "end")
        }  # fmt: skip
        self._parser = MultipartParser(boundary, calls)

    def feed(self, chunk: bytes) -> None:
        """Take in some bytes.

        Raises:
            InputError: they are no such form.
            TooLong: there are too many fields, or too much is in them.
        """
        try:
            self._parser.write(chunk)
        except (FormParserError, UnicodeDecodeError) as error:
            raise InputError("The form cannot be read: expected fields in UTF-8, and files. Send it again.") from error

    def _part_begin(self) -> None:
        self._headers, self._data, self._size, self._is_file = {}, bytearray(), 0, False
        self._header, self._value = bytearray(), bytearray()
        self._count += 1
        if self._count > self._most:
            raise TooLong(f"The form has more than {self._most} fields.")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._short(self._header)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._short(self._value)

    def _short(self, header: bytearray) -> None:
        if len(header) > _LONGEST_HEADER:
            raise TooLong(f"A part of the form has a header longer than {_LONGEST_HEADER} bytes.")

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        _kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8")
        self._is_file = b"filename" in options
        self._file = options.get(b"filename", b"").decode("utf-8", "replace")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if not self._is_file:
            self._letters += end - start
            if self._letters > self._longest:
                raise TooLong(f"The form is longer than {self._longest:,} bytes, without its files.")
            self._data += data[start:end]
            return
        room = self._limits.one - len(self._data)
        if room > 0 and len(self.uploads) <= self._limits.most:
            piece = data[start : min(end, start + room)]
            self._room.take(len(piece))
            self.weight += len(piece)
            self._data += piece

    def _part_end(self) -> None:
        if not self._is_file:
            self.fields.setdefault(self._name, []).append(self._data.decode("utf-8"))
        elif self._file or self._size:  # a field where no file was chosen is sent all the same
            self.uploads.append(Upload(self._file, bytes(self._data), self._size))
        self._data = bytearray()

    def _end(self) -> None:
        self.whole = True

    def let_go(self) -> None:
        """Say that its files are done with."""
        self._room.held -= self.weight
        self.weight = 0


async def received(request: Request, seconds: float, longest: int, most: int, limits: Limits, room: Room) -> Received:
    """Return the fields and files of a form; its `let_go` is to be called when the files are done with.

    Args:
        request: as it came.
        seconds: that it may take beside what its length takes on a poor line.
        longest: bytes that its fields may have, without files.
        most: fields that it may have.
        limits: of its files.
        room: for the files of all forms.

    Raises:
        TooLong, TooSlow: it is larger, or came more slowly, than this service reads.
        TooBusy: too many files come at once.
        InputError: it cannot be read.
    """
    kind, options = parse_options_header(request.headers.get("content-type", "").encode("latin-1", "replace"))
    boundary = options.get(b"boundary", b"")
    if kind.decode("latin-1") != FILES_TYPE or not 0 < len(boundary) <= 200:
        raise InputError(f"Content-Type: expected {FILES_TYPE} with a boundary.")
    found = Received(boundary, limits, longest, most, room)
    all_bytes = longest + _PASSED_OVER * limits.together
    declared = request.headers.get("content-length", "")
    size = min(int(declared), all_bytes) if declared.isascii() and declared.isdigit() else limits.together
    read = 0
    try:
        async with asyncio.timeout(min(seconds + size / _SLOWEST, _LONGEST_WAIT)):
            async for chunk in request.stream():
                read += len(chunk)
                if read > all_bytes:
                    raise TooLong(f"The form and its files are longer than {all_bytes // 1_000_000} MB.")
                found.feed(chunk)
        if not found.whole:
            raise InputError("The form did not arrive whole. Send it again.")
    except TimeoutError as error:
        found.let_go()
        raise TooSlow("The form took too long to arrive. Send it again, with smaller files or none.") from error
    except BaseException:
        found.let_go()
        raise
    return found
