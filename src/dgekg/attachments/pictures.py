"""Pictures: drawn anew, so that place, time and device are gone, and whatever was hidden behind the picture."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from dgekg.attachments.kinds import Refused

MOST_PIXELS = 50_000_000
_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_QUALITY = 90
# Of the parts of a JPEG before its picture: what is needed to draw it. JFIF, a profile of colours, Adobe's way of them.
_DRAWN = (0xE0, 0xE2, 0xEE)


def clean(data: bytes, kind: str) -> bytes:
    """Return a picture with nothing but its picture.

    Args:
        data: the file.
        kind: png, jpg or webp.

    Raises:
        Refused: it cannot be read, has too many pixels, or moves.
    """
    name = _FORMATS[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A phone's picture with others of the same moment beside it counts as a JPEG; the first is taken.
            with Image.open(io.BytesIO(data), formats=(name,)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused("pixels")
                if kind != "jpg" and getattr(picture, "n_frames", 1) > 1:
                    raise Refused("moves")
                picture.load()
                return _drawn(ImageOps.exif_transpose(picture), name)
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError):
        raise Refused("broken") from None  # the libraries raise whatever a broken file gives them


def _drawn(picture: Image.Image, name: str) -> bytes:
    fresh = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else _mode(picture, name))
    fresh.info = {}
    out = io.BytesIO()
    more = {"quality": _QUALITY} if name != "PNG" else {}
    fresh.save(out, name, **more)
    return out.getvalue()


def _mode(picture: Image.Image, name: str) -> str:
    if name == "JPEG":
        return picture.mode if picture.mode in ("L", "RGB") else "RGB"
    kept = ("RGB", "RGBA") if name == "WEBP" else ("1", "L", "LA", "RGB", "RGBA", "I;16")
    return picture.mode if picture.mode in kept else "RGB"


def bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG without what only tells of it; its picture stays as it is, bit by bit.

    For pictures inside other files, whose colours depend on how they were written there.

    Raises:
        Refused: it cannot be followed.
    """
    if data[:2] != b"\xff\xd8":
        raise Refused("broken")
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(data):
        mark = data[at + 1]
        if data[at] != 0xFF:
            raise Refused("broken")
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark == 0xDA:  # the picture itself, up to its end
            end = data.rfind(b"\xff\xd9")
            return bytes(kept + data[at : end + 2 if end > at else len(data)])
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not (0xE0 <= mark <= 0xEF or mark == 0xFE) or mark in _DRAWN:
            kept += data[at : at + length]
        at += length
    raise Refused("broken")
