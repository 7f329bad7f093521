"""Each document on its own: its shapes and references, in all processors, and what was found clean is remembered.

A document that the shapes found clean is named by a hash of its triples, the shapes and the classes of what it refers
to; as long as none of these changes, it need not be validated again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dgekg.documents import Document
from dgekg.examining.quick import Quick
from dgekg.examining.references import Known
from dgekg.findings import Finding


class Examined(NamedTuple):
    """What was found in one document.

    Attributes:
        key: names what its conformity depends on.
        clean: whether its shapes found nothing.
        findings: of shapes and references.
    """

    key: bytes
    clean: bool
    findings: list[Finding]


class Examiner:
    """Examines documents one by one.

    Args:
        quick: the shapes, for pySHACL and for a quick look.
        known: what can be referred to.
        language: language of the messages.
        clean: keys of documents that were found clean before.
    """

    def __init__(self, quick: Quick, known: Known, language: str, clean: frozenset[bytes] = frozenset()) -> None:
        self._quick, self._known, self._language, self._clean = quick, known, language, clean
        self._shapes = quick.shapes
        self._classes: dict[str, bytes] = {}

    def __call__(self, document: Document) -> Examined:
        """Examine one document."""
        content = document.content
        key = self._key(document, content.addresses)
        found: list[Finding] = []
        if key not in self._clean and not self._quick.conforms(content, self._known.context):
            found = self._shapes.validate(document, self._known.context, self._language)
        return Examined(key, not found, [*found, *self._known.check(document, content, found)])

    def _key(self, document: Document, addresses: Iterable[str]) -> bytes:
        parts = [self._classes.get(address) or self._named(address) for address in sorted(addresses)]
        return hashlib.sha256(b"".join((self._start, document.digest.encode(), *parts))).digest()

    @cached_property
    def _start(self) -> bytes:
        return self._shapes.digest.encode()

    def _named(self, value: str) -> bytes:
        text = f"{value} {sorted(self._known.context.get(value, ()))}".encode()
        if "/scheme/" in value:  # many documents refer to a concept, few to a record
            self._classes[value] = text
        return text


def recall(path: Path | None) -> frozenset[bytes]:
    """Return the keys that a file remembers; none where it cannot be read."""
    if path is None or not path.is_file():
        return frozenset()
    data = path.read_bytes()
    size = hashlib.sha256().digest_size
    return frozenset(data[i : i + size] for i in range(0, len(data) - size + 1, size))


def remember(path: Path, keys: Iterable[bytes]) -> None:
    """Write the keys of documents that were found clean."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(b"".join(sorted(keys)))
    fresh.replace(path)
