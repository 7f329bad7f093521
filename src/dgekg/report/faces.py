"""The four faces of a report, and writing one in place of an earlier one: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from dgekg import disk, identifiers
from dgekg.errors import InputError, UnknownValue
from dgekg.observatory import Observatory
from dgekg.report import bound
from dgekg.report.model import Document
from dgekg.report.template import Template

FORMATS = ("html", "docx", "pdf", "md")
_SUFFIXES = {".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf", ".md": "md", ".markdown": "md"}


def format_of(file: Path, given: str = "") -> str:
    """Return as what a report is written: as said, else as the file's name ends.

    Raises:
        InputError: nothing is said and the name does not tell, or both disagree.
        UnknownValue: no such format.
    """
    by_name = _SUFFIXES.get(file.suffix.lower(), "")
    if given and given not in FORMATS:
        raise UnknownValue("--format", given, FORMATS)
    if not given and not by_name:
        raise InputError(f"{file}: say --format, or let the name end in .{', .'.join(FORMATS)}.")
    if given and by_name and given != by_name:
        raise InputError(f"{file}: ends as {by_name}, but --format says {given}. Mend one of both.")
    return given or by_name


def written(document: Document, form: str) -> bytes:
    """Return a report as a file of a format.

    Raises:
        DgekgError: it cannot be drawn or set.
    """
    # Each loads what takes long to load, so only the one that is asked for.
    if form == "html":
        from dgekg.report import html

        return html.written(document)
    if form == "docx":
        from dgekg.report import word

        return word.written(document)
    if form == "pdf":
        from dgekg.report import typeset

        return typeset.written(document)
    from dgekg.report import markdown

    return markdown.written(document)


def check_target(file: Path) -> None:
    """Refuse to write in place of what is no report; asked before anything is made.

    Raises:
        InputError: the file is a folder, its folder does not exist, or it holds something else than a report.
    """
    if file.is_dir():
        raise InputError(f"{file}: is a folder. Name a file, or write all with --all {file}.")
    if not file.parent.is_dir():
        raise InputError(f"{file}: the folder {file.parent} does not exist.")
    if file.exists() and file.stat().st_size:
        try:
            bound.read(file)
        except InputError as error:
            said = f"{file}: holds something else than a report; it was left as it is. Name another file, or remove it."
            raise InputError(said) from error


def write(document: Document, file: Path, form: str) -> int:
    """Write a report, in place of an earlier one in one step; return its size in bytes.

    Raises:
        InputError: the target cannot be written; what was there stays as it was.
        DgekgError: it cannot be drawn or set.
    """
    check_target(file)
    body = written(document, form)
    put(body, file)
    return len(body)


def put(body: bytes, file: Path) -> None:
    """Write a file whole or not at all; errors as `write`."""
    try:
        disk.put(file, body)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror}). What was there is as it was.") from error


def subject_of(observatory: Observatory, template: Template, text: str) -> str:
    """Return the address of what a report is about, from a label, code or address.

    Raises:
        InputError: the template needs one and none is given, or the other way round.
        UnknownValue: nothing has that name; the nearest are suggested.
        Ambiguous: several have it.
    """
    if not template.subject:
        if text:
            raise InputError(f"--variant {template.variant}: takes no value, found {text}.")
        return ""
    if not text:
        raise InputError(f"--variant {template.variant}: say which, as --variant {template.variant}=...")
    kind, _, name = template.subject.partition("/")
    home = identifiers.scheme(name) + "/" if kind == "scheme" else identifiers.records(name)
    return observatory.names.resolve(text, [home], template.variant)
