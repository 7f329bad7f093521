"""Pictures and profiles inside other files: what tells of their makers is cut out, their dots stay as they are.

They are not drawn anew, for their colours depend on how they were written there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from dgekg.attachments.kinds import Refused

_JPEG_END, _SCAN, _JFIF, _ADOBE = 0xD9, 0xDA, 0xE0, 0xEE
_NO_LENGTH = (0x01, *range(0xD0, 0xD8))
# Boxes of JPEG 2000 that are needed to draw it (ISO/IEC 15444-1, annex I), and those within its header.
_BOXES, _HEADER = (b"jP  ", b"ftyp", b"jp2h", b"jp2c"), (b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef")
_COMMENT, _TILE, _DATA, _J2K_END = 0xFF64, 0xFF90, 0xFF93, 0xFFD9
# Kinds of segments of JBIG2 (ITU-T T.88, 7.3) that are needed to draw it; 62 holds comments.
_SEGMENTS = (0, 4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48, 49, 50, 51, 52, 53)
# Tags of a profile (ICC.1:2022) that say how to draw; all others hold names, words and serial numbers.
_COLOURS = (
    b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"bkpt", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad", b"chrm", b"gamt", b"lumi",
    b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"A2B3", b"B2A3", b"pre0", b"pre1", b"pre2",
    b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"cicp", b"clrt", b"clro", b"clot", b"meas",
    b"view", b"tech",
)  # fmt: skip
_PROFILE_HEAD, _ROW = 132, 12


UNREADABLE = (IndexError, struct.error, ValueError)


def bare(cut: Callable[[bytes], bytes], data: bytes) -> bytes:
    """Return what a function of this module leaves of a file.

    Raises:
        Refused: the file cannot be followed, so that nobody could say what is in it.
    """
    try:
        return cut(data)
    except UNREADABLE:
        raise Refused("inner") from None


def jpeg(data: bytes) -> bytes:
    """Return a JPEG without comments, Exif, XMP, IPTC, profiles, small and further pictures, and what follows it.

    Raises:
        ValueError, IndexError, struct.error: it cannot be followed.
    """
    kept, at = bytearray(data[:2]), 2
    if kept != b"\xff\xd8":
        raise ValueError
    while True:
        if data[at] != 0xFF:
            raise ValueError
        mark = data[at + 1]
        if mark == 0xFF:  # filling
            at += 1
        elif mark == _JPEG_END:
            return bytes(kept + b"\xff\xd9")
        elif mark in _NO_LENGTH:
            kept += data[at : at + 2]
            at += 2
        else:
            end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
            if end > len(data):
                raise ValueError
            kept += _segment(mark, data[at + 4 : end])
            at = end
            if mark == _SCAN:
                at = _scanned(data, end)
                kept += data[end:at]
                if at == len(data):  # cut short, as many are; what is there can be seen
                    return bytes(kept + b"\xff\xd9")


def _segment(mark: int, body: bytes) -> bytes:
    """Return a segment as it is kept; nothing of one that only tells."""
    if mark == _JFIF:
        body = body[:12] + b"\0\0" if body.startswith(b"JFIF\0") and len(body) >= 14 else b""
    elif mark == _ADOBE:
        body = body[:12] if body.startswith(b"Adobe") and len(body) >= 12 else b""
    elif not 0xC0 <= mark <= 0xDF:
        body = b""
    return b"\xff%c%s%s" % (mark, struct.pack(">H", len(body) + 2), body) if body else b""


def _scanned(data: bytes, at: int) -> int:
    """Return where the next mark stands that is none within a scan; the end where there is none."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and data[at + 1] != 0xFF and data[at + 1] not in _NO_LENGTH:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def jpeg2000(data: bytes) -> bytes:
    """Return a JPEG 2000 without boxes and comments that only tell, and with profiles of colours that name nothing.

    Raises:
        ValueError, IndexError, struct.error: it cannot be followed.
    """
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _codestream(data)
    kept = bytearray()
    for kind, body in _boxes(data):
        if kind == b"jp2h":
            inner = [(k, _colours(b) if k == b"colr" else b) for k, b in _boxes(body) if k in _HEADER]
            body = b"".join(_box(*one) for one in inner)
        elif kind == b"jp2c":
            body = _codestream(body)
        if kind in _BOXES:
            kept += _box(kind, body)
        if kind == b"jp2c":  # one is drawn; others would be other pictures
            return bytes(kept)
    raise ValueError


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        length = length or len(data) - at  # the last one goes to the end
        if length < head or at + length > len(data):
            raise ValueError
        found.append((kind, data[at + head : at + length]))
        at += length
        if kind == b"jp2c":
            break
    return found


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _colours(body: bytes) -> bytes:
    return body[:3] + profile(body[3:]) if body[0] in (2, 3) else body


def _codestream(data: bytes) -> bytes:
    """Return the code of a JPEG 2000 with its comments emptied: lengths that are told elsewhere stay right."""
    kept, at = bytearray(data), 2
    if data[:2] != b"\xff\x4f":
        raise ValueError
    while True:
        mark = struct.unpack_from(">H", data, at)[0]
        if mark == _J2K_END:
            return bytes(kept[: at + 2])
        if mark != _TILE:
            at = _emptied(kept, at)
            continue
        length = struct.unpack_from(">I", data, at + 6)[0]
        inner = at
        while struct.unpack_from(">H", data, inner)[0] != _DATA:
            inner = _emptied(kept, inner)
        if not length:  # up to the end mark, which no data can look like
            return bytes(kept[: data.index(b"\xff\xd9", inner) + 2])
        end = at + length
        if end > len(data) or inner > end:
            raise ValueError
        if end == len(data):
            return bytes(kept)
        at = end


def _emptied(kept: bytearray, at: int) -> int:
    """Empty a segment if it is a comment; return where the next begins."""
    mark, length = struct.unpack_from(">HH", kept, at)
    end: int = at + 2 + length
    if mark < 0xFF00 or length < 2 or end > len(kept):
        raise ValueError
    if mark == _COMMENT:
        kept[at + 6 : end] = bytes(end - at - 6)  # its length and whether it is text stay
    return end


def jbig2(data: bytes) -> bytes:
    """Return a JBIG2 as PDF holds it, without its comments.

    Raises:
        ValueError, IndexError, struct.error: it cannot be followed.
    """
    kept, at = bytearray(), 0
    while at < len(data):
        number, flags, count = struct.unpack_from(">IBB", data, at)
        head = at + 5
        if count >> 5 == 7:
            count = struct.unpack_from(">I", data, head)[0] & 0x1FFFFFFF
            head += 4 + (count + 8) // 8
        else:
            count >>= 5
            head += 1
        head += count * (1 if number <= 256 else 2 if number <= 65_536 else 4) + (4 if flags & 0x40 else 1)
        length = struct.unpack_from(">I", data, head)[0]
        end = head + 4 + length
        if end > len(data):  # also where its length is not told
            raise ValueError
        if flags & 0x3F in _SEGMENTS:
            kept += data[at:end]
        at = end
    return bytes(kept)


def profile(data: bytes) -> bytes:
    """Return a profile of colours (ICC) without names, makers, devices, days and serial numbers; as long as before.

    Raises:
        ValueError, IndexError, struct.error: it is none.
    """
    size, rows = struct.unpack_from(">I", data)[0], struct.unpack_from(">I", data, 128)[0]
    if data[36:40] != b"acsp" or not _PROFILE_HEAD <= size <= len(data) or rows > 200:
        raise ValueError
    kept = bytearray(size)
    head = _PROFILE_HEAD + rows * _ROW
    kept[:head] = data[:head]
    for begin, end in ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128)):  # program, moment, system, device, maker, sum
        kept[begin:end] = bytes(end - begin)
    for row in range(_PROFILE_HEAD, head, _ROW):
        tag, at, length = struct.unpack_from(">4sII", data, row)
        if at < head or at + length > size:
            raise ValueError
        if tag in _COLOURS:
            kept[at : at + length] = data[at : at + length]
        elif not any(kept[at : at + length]):  # nothing of it but of which type it is
            kept[at : at + 4] = data[at : at + 4]
            if data[at : at + 4] == b"mluc" and length >= 16:
                kept[at + 12 : at + 16] = struct.pack(">I", 12)
    return bytes(kept)
