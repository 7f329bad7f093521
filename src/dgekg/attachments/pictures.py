"""Pictures: drawn anew, so that place, time and device are gone, and whatever was hidden behind the picture."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from dgekg.attachments.kinds import Refused

MOST_PIXELS = 50_000_000
_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "tiff": "TIFF", "bmp": "BMP"}
_QUALITY = 90


def clean(data: bytes, kind: str) -> bytes:
    """Return a picture with nothing but its picture.

    Args:
        data: the file.
        kind: png, jpg or webp; inside other files also gif, tiff or bmp, which become a PNG.

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
    name = name if name in ("JPEG", "WEBP") else "PNG"
    fresh = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else _mode(picture, name))
    if fresh.mode in ("RGBA", "LA"):  # what was made transparent to hide it is there no more
        seen = fresh.getchannel("A").point(lambda strength: 255 if strength else 0)
        fresh = Image.composite(fresh, Image.new(fresh.mode, fresh.size), seen)
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
