"""PDF: written anew by qpdf (pikepdf), without what tells of its makers and without anything that acts by itself."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from dgekg.attachments.kinds import Refused
from dgekg.attachments.pictures import bare_jpeg

_MOST_OBJECTS = 500_000
# Who, when, with what; small pictures of pages; what other programs left for themselves.
_TELLS = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/NM", "/CreationDate", "/M", "/RC")
_ACTS = ("/AA", "/OpenAction", "/XFA")
_FILES = ("/EmbeddedFiles", "/EF", "/RichMedia")
_HOLDERS = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound")
_QUIET = ("/GoTo", "/URI", "/Named")  # what a link may do; all else acts: scripts, programs, forms that send


def clean(data: bytes) -> bytes:
    """Return a PDF without what it says of its makers.

    Raises:
        Refused: it cannot be read, is encrypted, or holds other files.
    """
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            if not len(pdf.pages):
                raise Refused("broken")
            for one in _all(pdf):
                _emptied(one)
            for name in ("/Info", "/ID"):
                if name in pdf.trailer:
                    del pdf.trailer[name]
            names = pdf.Root.get("/Names")
            if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
                del names["/JavaScript"]
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, compress_streams=True)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except Refused:
        raise
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, OverflowError, zlib.error):
        raise Refused("broken") from None


def _all(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every dictionary and stream, those within others too."""
    todo: list[Any] = list(pdf.objects)
    count = 0
    while todo:
        one = todo.pop()
        count += 1
        if count > _MOST_OBJECTS:
            raise Refused("heavy")
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            todo += [inner for _name, inner in one.items() if _direct(inner)]
        elif isinstance(one, pikepdf.Array):
            todo += [inner for inner in one if _direct(inner)]


def _direct(value: Any) -> bool:
    """Whether something lies within another; what has a number of its own is met by that."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _emptied(one: Any) -> None:
    if any(name in one for name in _FILES) or one.get("/Subtype") in _HOLDERS:
        raise Refused("holds_files")
    is_note = "/Rect" in one and one.get("/Subtype") != "/Widget"
    for name in (*_TELLS, *_ACTS, *(("/T",) if is_note else ())):  # of a note, its writer; of a field, its name
        if name in one and not (name == "/M" and "/Rect" not in one):
            del one[name]
    for name in ("/A", "/PA"):
        act = one.get(name)
        if isinstance(act, pikepdf.Dictionary) and (act.get("/S") not in _QUIET or "/Next" in act):
            del one[name]
    if isinstance(one, pikepdf.Stream):
        _photograph(one)


def _photograph(one: Any) -> None:
    """Take from a photograph what tells of place, time and device."""
    found = one.get("/Filter")
    filters = [str(name) for name in found] if isinstance(found, pikepdf.Array) else [str(found)]
    if filters[-1] != "/DCTDecode":
        return
    data = one.read_raw_bytes()
    if filters == ["/FlateDecode", "/DCTDecode"]:
        data = zlib.decompress(data)
    elif len(filters) > 1:
        raise Refused("broken")
    parameters: Any = one.get("/DecodeParms")
    last = parameters[-1] if isinstance(parameters, pikepdf.Array) and len(parameters) else parameters
    kept = last if isinstance(last, pikepdf.Dictionary) else None
    one.write(bare_jpeg(data), filter=pikepdf.Name.DCTDecode, decode_parms=kept)
