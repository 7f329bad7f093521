"""PDF: written anew by qpdf (pikepdf), without what tells of its makers and without anything that acts by itself."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

from dgekg.attachments import inside
from dgekg.attachments.kinds import Refused

_MOST_OBJECTS = 500_000
# Who, when, where, with what; small pictures of pages; what other programs left for themselves.
_TELLS = (
    "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/NM", "/CreationDate", "/M", "/RC", "/SpiderInfo", "/IDS",
    "/URLS", "/OPI", "/CreatorInfo", "/User", "/VP", "/Measure", "/LGIDict", "/PtData", "/DSS", "/Perms", "/Legal",
)  # fmt: skip
_TEX = "/PTEX"  # names of files on its maker's device begin with this
_ACTS = ("/AA", "/OpenAction", "/XFA")
_FILES = ("/EmbeddedFiles", "/EF", "/RichMedia")
_HOLDERS = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D")
_QUIET = ("/GoTo", "/URI", "/Named")  # what a link may do; all else acts: scripts, programs, forms that send
_PLACES = ("http://", "https://", "mailto:")
_UNSEEN = 2 | 32  # flags of a note or field: hidden, not on the screen
_PICTURES: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": inside.jpeg,
    "/DCT": inside.jpeg,
    "/JPXDecode": inside.jpeg2000,
    "/JBIG2Decode": inside.jbig2,
}
_PHOTOGRAPH_IN_CODE = re.compile(rb"\bBI\b[^\x00]{0,400}?/(?:DCTDecode|DCT)\b")


def clean(data: bytes) -> bytes:
    """Return a PDF without what it says of its makers.

    Raises:
        Refused: it cannot be read, is encrypted, takes something in from elsewhere, or holds other files or pictures
            that cannot be cleaned.
    """
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            if not len(pdf.pages):
                raise Refused("broken")
            for one in _all(pdf):
                _emptied(one, pdf)
            for page in pdf.pages:
                _code(page.obj.get("/Contents"))
            for name in ("/Info", "/ID"):
                if name in pdf.trailer:
                    del pdf.trailer[name]
            _drop(pdf.Root, "/URI")  # where links that say half of their address begin
            names = pdf.Root.get("/Names")
            if isinstance(names, pikepdf.Dictionary):
                _drop(names, "/JavaScript")
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


def _emptied(one: Any, pdf: pikepdf.Pdf) -> None:
    if any(name in one for name in _FILES) or one.get("/Subtype") in _HOLDERS:
        raise Refused("holds_files")
    is_note = "/Rect" in one and one.get("/Subtype") != "/Widget"
    for name in (*_TELLS, *_ACTS, *(("/T",) if is_note else ())):  # of a note, its writer; of a field, its name
        if not (name == "/M" and "/Rect" not in one):
            _drop(one, name)
    for name in [key for key in one if key.startswith(_TEX)]:
        del one[name]
    for name in ("/A", "/PA"):
        act = one.get(name)
        if isinstance(act, pikepdf.Dictionary) and not _quiet(act):
            del one[name]
    if "/Rect" in one and int(one.get("/F", 0)) & _UNSEEN:
        _unseen(one)
    if one.get("/FT") == "/Sig" or "/ByteRange" in one:  # a signature, which holds no longer: who, where, with what
        for name in ("/V", "/Name", "/Location", "/Reason", "/ContactInfo", "/Contents", "/Cert", "/M", "/Prop_Build"):
            _drop(one, name)
    if isinstance(one, pikepdf.Stream):
        _stream(one, pdf)


def _drop(one: Any, name: str) -> None:
    if name in one:
        del one[name]


def _quiet(act: pikepdf.Dictionary) -> bool:
    """Whether a link may stay; also what is no act, but says how a part of the text is set."""
    if "/S" not in act:
        return "/O" in act
    if act.get("/S") not in _QUIET or "/Next" in act:
        return False
    return act.get("/S") != "/URI" or str(act.get("/URI", "")).lower().startswith(_PLACES)


def _unseen(one: Any) -> None:
    """Take out what a note or field says that nobody sees."""
    for _step in range(20):
        for name in ("/Contents", "/V", "/DV", "/RV", "/AP"):
            _drop(one, name)
        one = one.get("/Parent")
        if not isinstance(one, pikepdf.Dictionary) or "/Rect" in one or "/FT" not in one:
            return


def _stream(one: Any, pdf: pikepdf.Pdf) -> None:
    """Take from a picture, and from a profile of colours, what tells of place, time and device."""
    if "/F" in one:  # what it holds lies elsewhere
        raise Refused("linked")
    if "/N" in one and one.get("/Type") != "/ObjStm":
        try:
            one.write(inside.profile(one.read_bytes()))
        except (*inside.UNREADABLE, pikepdf.PdfError):
            one.write(b"")  # a reader then takes plain colours
        return
    if one.get("/Subtype") == "/Form":
        _code(one)
    parameters = _list(one.get("/DecodeParms"))
    for each in parameters:
        if isinstance(each, pikepdf.Dictionary) and isinstance(each.get("/JBIG2Globals"), pikepdf.Stream):
            shared: Any = each.get("/JBIG2Globals")
            shared.write(inside.bare(inside.jbig2, shared.read_bytes()))
    filters = [str(name) for name in _list(one.get("/Filter"))]
    if not filters or filters[-1] not in _PICTURES:
        if any(name in _PICTURES for name in filters):
            raise Refused("broken")
        return
    data, cut = one.read_raw_bytes(), _PICTURES[filters[-1]]
    if len(filters) > 1:
        outer = pikepdf.Stream(pdf, data)
        outer.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters[:-1]])
        if len(parameters) == len(filters):
            outer.DecodeParms = pikepdf.Array(parameters[:-1])
        data = outer.read_bytes()
    last = parameters[-1] if parameters else None
    kept = last if isinstance(last, pikepdf.Dictionary) else None
    one.write(inside.bare(cut, data), filter=pikepdf.Name(filters[-1]), decode_parms=kept)


def _code(found: Any) -> None:
    """Refuse a page that has a photograph within its code: few programs write them so, and none can take it out."""
    for one in _list(found):
        if isinstance(one, pikepdf.Stream) and _PHOTOGRAPH_IN_CODE.search(one.read_bytes()):
            raise Refused("inner")


def _list(value: Any) -> list[Any]:
    """Return the values of what may be one or several.

    >>> _list(None), _list(pikepdf.Array([1, 2]))
    ([], [1, 2])
    """
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
