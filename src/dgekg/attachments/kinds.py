"""Which kinds of file are taken, told by their first bytes and never by their names."""

from __future__ import annotations

from dgekg import formats
from dgekg.errors import InputError
from dgekg.formats import Format

KINDS: dict[str, Format] = {
    one.suffix: one
    for one in (formats.PDF, formats.PNG, formats.JPEG, formats.WEBP, formats.DOCX, formats.TEXT)
}  # fmt: skip
REASONS = (
    "kind", "empty", "broken", "encrypted", "holds_files", "active", "linked", "pixels", "moves", "bomb", "text",
    "heavy", "inner", "large", "large_together", "many", "full",
)  # fmt: skip
_ZIP = b"PK\x03\x04"
# Text that a program would run or draw: it is no plain text, whatever its name.
_MARKUP = ("<!", "<?", "<html", "<svg", "<script", "<body", "{\\rtf", "%!ps", "#!", "mz\x90")


class Refused(InputError):
    """A file that is not taken.

    Attributes:
        reason: one of `REASONS`; the words for it stand in the messages of the pages, `give.file_...`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"This file is not taken ({reason}).", field="files")
        self.reason = reason


def kind_of(data: bytes) -> str:
    """Return the kind of a file, as its usual ending.

    Raises:
        Refused: it is empty, or none of the kinds that are taken.

    >>> kind_of(b"%PDF-1.7"), kind_of("Número uno".encode())
    ('pdf', 'txt')
    """
    if not data.strip():
        raise Refused("empty")
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(_ZIP):
        return "docx"
    try:
        begin = data.decode("utf-8-sig").lstrip()[:20].lower()
    except UnicodeDecodeError:
        raise Refused("kind") from None
    if "\x00" in begin or begin.startswith(_MARKUP):
        raise Refused("kind")
    return "txt"
