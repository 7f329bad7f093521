"""The list of what was withheld: it knows again what comes a second time, and tells nobody what that is.

A file in the private root, `withheld.csv`, one line each: a keyed digest of an address or a title, and the month. The
key lies beside it (that of `suppression`). Whoever has both can try out whether something is on the list, and no more.
Build, writer and importers compare new records with it, so that a later scan round does not bring back what was
withheld for somebody's safety.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import hmac
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from dgekg import suppressing
from dgekg.documents import Document
from dgekg.errors import InputError, StoreError
from dgekg.suppression import KEY, contents

FILE = "withheld.csv"
COLUMNS = ("digest", "kind", "month")
_LEAST_TITLE = 8
_NAMES, _ADDRESSES = ("title", "name"), ("source", "homepage", "url", "page", "landingPage")


class Withheld:
    """What is on the list.

    Args:
        lines: digest and kind.
        key: what the digests were made with.
    """

    def __init__(self, lines: Mapping[str, str] | None = None, key: bytes = b"") -> None:
        self.lines, self._key = dict(lines or {}), key

    def __len__(self) -> int:
        """Return how many addresses and titles are on it."""
        return len(self.lines)

    def __contains__(self, text: object) -> bool:
        """Whether an address or a title is on it."""
        return bool(self.lines) and isinstance(text, str) and any(d in self.lines for d in digests(text, self._key))

    def met(self, texts: Iterable[str]) -> str:
        """Return the first of some addresses and titles that is on the list; "" where none is."""
        return next((text for text in texts if text in self), "") if self.lines else ""


def read(folder: Path) -> Withheld:
    """Return the list of a private root; an empty one where there is none.

    Raises:
        StoreError: it cannot be read; then nothing may be taken in.
    """
    path = folder / FILE
    if not path.exists():
        return Withheld()
    rows = list(csv.reader(io.StringIO(contents(path).decode("utf-8", "replace"))))
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise StoreError(f"{path}: expected lines of {', '.join(COLUMNS)}. Restore it from a copy.")
    return Withheld({row[0]: row[1] for row in rows[1:]}, contents(folder / KEY))


def add(folder: Path, texts: Iterable[str], date: dt.date) -> int:
    """Add addresses and titles to the list; on disk when this returns. Returns how many it did not have.

    Raises:
        InputError: a text is neither an address nor long enough for a title.
        StoreError: the list cannot be written.
    """
    given = [text.strip() for text in texts]
    for text in given:
        if not is_address(text) and len(plain(text)) < _LEAST_TITLE:
            raise InputError(f'"{text}": expected an address, or a title of {_LEAST_TITLE} letters or more.', text)
    with suppressing.locked(folder):
        known = read(folder)
        key = suppressing.key(folder)
        fresh: dict[str, str] = {}
        for text in given:
            kind = "address" if is_address(text) else "title"
            fresh |= {one: kind for one in list(digests(text, key))[:1] if one not in known.lines}
        if fresh:
            path = folder / FILE
            text_ = io.StringIO(newline="")
            out = csv.writer(text_, lineterminator="\n")
            if not path.exists():
                out.writerow(COLUMNS)
            out.writerows((digest, kind, f"{date:%Y-%m}") for digest, kind in fresh.items())
            before = contents(path) if path.exists() else b""
            suppressing.replace(path, before + text_.getvalue().encode())
    return len(fresh)


def digests(text: str, key: bytes) -> Iterator[str]:
    """Yield the digests under which a text is looked for: itself, and of an address also what it lies below."""
    if not is_address(text):
        yield _digest(plain(text), key)
        return
    bare = address(text)
    while True:
        yield _digest(bare, key)
        if "?" in bare:
            bare = bare.partition("?")[0]
            continue
        host, slash, rest = bare.rpartition("/")
        if not slash or "." not in host.partition("/")[0] or not rest:
            return
        bare = host


def names_of(document: Document, record: str = "") -> list[str]:
    """Return the addresses and names by which a document, or one record in it with its parts, would be known again."""
    found: list[str] = []
    for triple in document.triples:
        local, value = re.split(r"[/#]", triple.predicate.value)[-1], triple.object
        own = not record or (isinstance(triple.subject, NamedNode) and triple.subject.value == record)
        if isinstance(value, Literal) and local in _NAMES and own:
            found += [value.value] if len(plain(value.value)) >= _LEAST_TITLE else []
        elif isinstance(value, NamedNode) and local in _ADDRESSES:
            found += [value.value] if is_address(value.value) else []
    return list(dict.fromkeys(found))


def is_address(text: str) -> bool:
    """Whether a text is an address of the web."""
    return text.lower().startswith(("http://", "https://"))


def address(text: str) -> str:
    """Return an address as it is compared: without scheme, www, mark in the page, and a slash at its end.

    >>> address("HTTPS://www.Example.org/A/?x=1#top")
    'example.org/A?x=1'
    """
    parts = urlsplit(text.strip())
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def plain(text: str) -> str:
    """Return a title as it is compared: letters and digits alone, without accents and capitals.

    >>> plain("L'Égalité, 2.0!")
    'l egalite 2 0'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


def _digest(text: str, key: bytes) -> str:
    return hmac.new(key, f"withheld|{text}".encode(), hashlib.sha256).hexdigest()[:32]
