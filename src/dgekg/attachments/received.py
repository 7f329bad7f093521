"""Files as they came, and as they are kept: counted and measured before anything looks into them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dgekg.attachments.kinds import Refused

MOST_FILES = 6
_LONGEST_NAME = 80
_PLAIN_SIGNS = " -_.,()"
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come with one proposal.

    Attributes:
        one: bytes of a file.
        together: bytes of all files of a proposal.
        most: files of a proposal.
    """

    one: int
    together: int
    most: int = MOST_FILES

    @classmethod
    def of_mib(cls, one: int, together: int) -> Limits:
        """Return limits that are given in MiB."""
        return cls(one * _MIB, together * _MIB)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came.

    Attributes:
        name: as the browser said it.
        data: its bytes; of one that was longer than may be, only the beginning.
        size: how many bytes it had.
    """

    name: str
    data: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it is kept.

    Attributes:
        name: to show and to save it by; its ending is that of its kind.
        kind: one of `kinds.KINDS`.
        size: bytes.
        digest: SHA-256 of what is kept.
    """

    name: str
    kind: str
    size: int
    digest: str


Clean = Callable[[bytes], tuple[str, bytes]]


def received(
    uploads: Sequence[Upload], limits: Limits, clean: Clean, there: Iterable[Attached] = ()
) -> tuple[tuple[Attached, ...], dict[str, bytes], list[tuple[str, str]]]:
    """Return files as they can be kept.

    Args:
        uploads: as they came.
        limits: how many and how large they may be.
        clean: gives kind and cleaned content; see `Cleaner`.
        there: files that the proposal has already.

    Returns:
        the files with those that were there, the bytes of the new ones by digest, and (name, reason) of those refused.
    """
    kept, contents, refused = list(there), dict[str, bytes](), list[tuple[str, str]]()
    for upload in uploads:
        try:
            if len(kept) >= limits.most:
                raise Refused("many")
            if upload.size > limits.one:
                raise Refused("large")
            kind, data = clean(upload.data)
            if len(data) > 2 * limits.one:
                raise Refused("large")
            if sum(one.size for one in kept) + len(data) > limits.together:
                raise Refused("large_together")
        except Refused as error:
            refused.append((shown_name(upload.name), error.reason))
            continue
        digest = hashlib.sha256(data).hexdigest()
        if digest not in {one.digest for one in kept}:
            name = _free(shown_name(upload.name, kind), {one.name for one in kept})
            kept.append(Attached(name, kind, len(data), digest))
            contents[digest] = data
    return tuple(kept), contents, refused


def shown_name(name: str, kind: str = "") -> str:
    """Return a name of a file that is safe to show and to save by: no folder, no sign that nobody sees.

    Args:
        name: as it came, from whoever.
        kind: whose ending it is to have; "" to leave it as it is.

    >>> shown_name("../../etc/passwd", "txt"), shown_name("C:\\\\x\\\\lettre à M.php", "pdf"), shown_name("..", "png")
    ('passwd.txt', 'lettre à M.pdf', 'file.png')
    """
    bare = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1].encode("utf-8", "ignore").decode())
    seen = (sign for sign in bare[:400] if unicodedata.category(sign) not in ("Cc", "Cf"))
    signs = "".join(sign if _in_names(sign) else "-" for sign in seen)
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", signs) if kind else signs
    stem = stem.strip(" .-")[:_LONGEST_NAME].strip(" .-") or "file"
    return f"{stem}.{kind}" if kind else stem


def _in_names(sign: str) -> bool:
    return sign.isalnum() or sign in _PLAIN_SIGNS or unicodedata.category(sign) in ("Mn", "Mc")


def _free(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{stem}-{number}{dot}{ending}"
    return found
