"""What comes from outside and means harm, or was saved badly: refused with words, and within bounds."""

from __future__ import annotations

import io
import json
import resource
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from dgekg import forms
from dgekg.errors import InputError, TooLong
from dgekg.forms import bounded
from dgekg.settings import Project

FORMS = forms.of(Project.at(Path(__file__).parents[1]))
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


def workbook(changed: dict[str, bytes] | None = None) -> bytes:
    """A workbook with one record, some of its files put in the place of others."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["@record:lesson", "description@en"])
    sheet.append([1, "x"])
    target = io.BytesIO()
    book.save(target)
    if not changed:
        return target.getvalue()
    fresh = io.BytesIO()
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in {*source.namelist(), *changed}:
            packed.writestr(name, changed.get(name) or source.read(name))
    return fresh.getvalue()


@cache
def bomb() -> bytes:
    return workbook({"xl/worksheets/sheet1.xml": b" " * (bounded.MOST_UNPACKED + 1)})


def lying_bomb() -> bytes:
    """A bomb that declares one byte for what unpacks to many."""
    data = bytearray(bomb())
    size = (bounded.MOST_UNPACKED + 1).to_bytes(4, "little")
    return bytes(data.replace(size, (1).to_bytes(4, "little")))


def sheet_of(text: str) -> bytes:
    return workbook({"xl/worksheets/sheet1.xml": text.encode()})


def wide() -> bytes:
    cell = '<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>'
    return sheet_of(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1048576">{cell}</row></sheetData></worksheet>'
    )


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (bomb, TooLong, "unpacks to more than"),
        (lying_bomb, InputError, "unpack"),
        (lambda: workbook({"xl/workbook.xml": _ENTITIES}), InputError, "document type"),
        (lambda: workbook({"xl/workbook.xml": _ENTITIES.decode().encode("utf-16")}), InputError, "not UTF-8"),
        (lambda: workbook({"xl/workbook.xml": b"<workbook"}), InputError, "no workbook that can be read"),
        (lambda: sheet_of("<worksheet><sheetData><row>"), InputError, "can be read"),
        (wide, InputError, "found no sheet"),
        (lambda: workbook()[:500], InputError, "cannot be unpacked"),
        (lambda: b"PK\x03\x04" + b"\x00" * 100, InputError, "cannot be unpacked"),
        (lambda: b"not a workbook", InputError, "cannot be unpacked"),
        (lambda: bytes(50_000_000), TooLong, "at most 10,000,000"),
    ],
    ids=["bomb", "lying-bomb", "entities", "utf-16", "broken", "cut", "wide", "half", "empty", "text", "50-MB"],
)
def test_a_hostile_workbook_is_refused(data: Callable[[], bytes], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        FORMS.read_xlsx(data(), "lesson", "sent.xlsx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 5000 + b"]" * 5000, "deeper than"),
        (b'{"results": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, "deeper than"),
        (b'[{"a": NaN}]', "NaN is no number"),
        (b"[1, 2]", "a list of at most"),
        (b'["x"', "does not parse"),
        (b'{"a": "\xff"}', "line 1 is not UTF-8"),
        (json.dumps([{"a": "x"}]).encode("utf-16"), "not UTF-8"),
        (b'dgekg_adult,title\nyes,"x', "quotes"),
        ("dgekg_adult,title\nyes,é\n".encode("latin-1"), "line 2 is not UTF-8"),
        (b"dgekg_adult,a\x00\nyes,b\n", "no text"),
        (b"", "dgekg_adult"),
        (b"," * 700 + b"dgekg_adult\n", "600 columns"),
        (bytes(50_000_000), "at most 10,000,000"),
    ],
    ids=[
        "deep",
        "objects",
        "nan",
        "numbers",
        "cut",
        "byte",
        "utf-16",
        "quote",
        "latin",
        "nul",
        "empty",
        "wide",
        "50-MB",
    ],
)
def test_a_hostile_export_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        FORMS.read_survey(data, "lesson", "sent")


def test_a_bomb_costs_little_memory() -> None:
    packed = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data in (packed, bytes(50_000_000)):
        with pytest.raises(TooLong):
            FORMS.read_xlsx(data, "lesson")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 3 * bounded.MOST_UNPACKED / 2**20


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "javascript:alert(1)"])
def test_what_could_run_stays_text_in_every_face(text: str) -> None:
    said = {"description": [{"value": text, "language": "en"}], "source": [text]}
    answers: dict[str, Any] = {"kind": "lesson", "slug": "x", "fields": said}
    data = FORMS.xlsx("lesson", answers=[answers], asked=False)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist())
    assert FORMS.read_xlsx(data, "lesson").filled[0].answers["fields"]["description"] == said["description"]
    places = {one.path for one in FORMS.check(answers)}
    assert "source[0]" in places


def test_rest_of_a_submission_cannot_say_more_than_answers_can() -> None:
    for rest in ("json:[1]", 'json:{"fields": 3}', "json:" + "[" * 5000, 'json:{"slug": "../x"}', "x"):
        data = json.dumps([{"dgekg_adult": "yes", "dgekg_rest": rest, "theme": "x"}]).encode()
        answers = FORMS.read_survey(data, "lesson").filled[0].answers
        if answers["slug"] is None:
            FORMS.look_over(answers)
        else:
            with pytest.raises(InputError, match="slug"):
                FORMS.look_over(answers)
