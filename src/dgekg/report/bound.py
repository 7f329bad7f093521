"""Bindings: what a number rests on, kept in the report itself and read back by `dgekg report verify`."""

from __future__ import annotations

import hashlib
import html
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from dgekg import zips
from dgekg.errors import InputError
from dgekg.report.model import Binding, Document

MARK = "dgekg-report-bindings"
SPACE = "https://w3id.org/dgekg/report"
_FORM = 1
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SCRIPT = re.compile(rf'<script type="application/json" id="{MARK}">(.*?)</script>', re.DOTALL)
_IN_HTML = re.compile(r'<a class="number" href="#n(\d+)"[^>]*>([^<]*)</a>')
_IN_MARKDOWN = re.compile(r"(\d(?:[\d.,\u00a0\u202f]*\d)?)\*{0,2}\[\^(\d+)\]")
_COMMENT = re.compile(rf"<!-- {MARK}\n(.*?)\n-->", re.DOTALL)
_LARGEST = 50_000_000


class Book:
    """The bindings of one report, numbered in the order in which they first stand in it."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.bindings: list[Binding] = []

    def bind(self, name: str, kind: str, source: Mapping[str, Any], value: int | float | str, digest: str) -> int:
        """Return the number of a binding; what is asked twice is one binding."""
        key = canonical({"kind": kind, "source": source})
        if key not in self._numbers:
            self._numbers[key] = len(self.bindings) + 1
            self.bindings.append(Binding(len(self.bindings) + 1, name, kind, source, value, digest))
        return self._numbers[key]


def canonical(value: Any) -> str:
    """Return JSON that is the same for what is the same.

    >>> canonical({"b": [1], "a": None})
    '{"a":null,"b":[1]}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def packed(document: Document) -> str:
    """Return the bindings of a report as JSON."""
    about = {"dgekg": MARK, "form": _FORM, "title": document.title, "variant": document.variant}
    about |= {"subject": document.subject, "language": document.language, "version": document.version}
    about |= {"as_of": document.as_of, "as_of_chosen": document.moved}
    return canonical({**about, "bindings": [asdict(one) for one in document.bindings]})


def in_html(text: str) -> str:
    """Return JSON as it can stand in a script element."""
    return text.replace("<", "\\u003c")


def in_comment(text: str) -> str:
    """Return JSON as it can stand in a comment of Markdown.

    >>> in_comment('{"a":"--> b"}')
    '{"a":"\\\\u002d\\\\u002d> b"}'
    """
    return text.replace("--", "\\u002d\\u002d")


def read(file: Path) -> dict[str, Any]:
    """Return the bindings that stand in a report: `version`, `language`, `bindings` ...

    Raises:
        InputError: there is no such file, or it is no report of this program.
    """
    try:
        body = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}). Name a report.") from error
    for text in _candidates(body):
        found = _parsed(text)
        if found is not None:
            return found
    wanted = "a report that dgekg report wrote: HTML, DOCX, PDF or Markdown, with its bindings"
    raise InputError(f"{file}: found no bindings in it, expected {wanted}.", expected=wanted)


def written(file: Path) -> dict[int, set[str]]:
    """Return what the text of a report in HTML or Markdown says of each binding: the digits before its mark.

    A PDF or DOCX says nothing here; nor does a mark without a number.
    """
    found: dict[int, set[str]] = {}
    text = file.read_bytes().decode("utf-8", "replace")
    pairs = ((at, said) for at, said in _IN_HTML.findall(text)) if _SCRIPT.search(text) else ()
    for at, said in (*pairs, *((at, said) for said, at in _IN_MARKDOWN.findall(text))):
        found.setdefault(int(at), set()).add(digits(said))
    return found


def digits(text: str) -> str:
    """Return the digits of a number, however its language groups them.

    >>> digits("1 440"), digits("12,5")
    ('1440', '125')
    """
    return "".join(filter(str.isdigit, text))


def _candidates(body: bytes) -> list[str]:
    if body.startswith(b"%PDF"):
        return _of_pdf(body)
    if body.startswith(b"PK"):
        return _of_docx(body)
    text = body.decode("utf-8", "replace")
    return [*_SCRIPT.findall(text)[:1], *_COMMENT.findall(text)[:1]]


def _of_pdf(body: bytes) -> list[str]:
    found = []
    for stream in _STREAM.findall(body):
        try:
            inside = zlib.decompressobj().decompress(stream, _LARGEST)
        except zlib.error:
            inside = stream
        if MARK.encode() in inside:
            found.append(inside.decode("utf-8", "replace"))
    return found


def _of_docx(body: bytes) -> list[str]:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = [i.filename for i in archive.infolist() if i.filename.startswith("customXml/")]
            parts = [archive.read(name) for name in names if archive.getinfo(name).file_size <= _LARGEST]
    except zips.FAULTS:
        return []
    found = []
    for part in parts:
        if SPACE.encode() in part and b"<!DOCTYPE" not in part:
            try:
                found.append(ElementTree.fromstring(part).text or "")
            except ElementTree.ParseError:
                continue
    return found


def _parsed(text: str) -> dict[str, Any] | None:
    for one in (text, html.unescape(text)):
        try:
            found = json.loads(one)
        except ValueError:
            continue
        if isinstance(found, dict) and found.get("dgekg") == MARK and isinstance(found.get("bindings"), list):
            return found
    return None
