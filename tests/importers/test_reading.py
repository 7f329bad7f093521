"""Every format gives the same rows; what is too large, too deep, wrongly encoded or could run is refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from dgekg.importers.guards import Limits
from dgekg.importers.reading import Row, open_table
from dgekg.importers.reading.table import Reading
from dgekg.importers.trouble import Refused

FEW = Limits(whole_bytes=200_000, unpacked_bytes=6_000_000, line_bytes=5_000, columns=20, rows=50)


def rows(path: Path, reading: Reading | None = None) -> list[Row]:
    return list(open_table(path, reading or Reading(), FEW).rows)


def book(*lines: list[object]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<https://example.org/a> a skos:Concept ; skos:prefLabel "Alpha"@en , "Alfa"@es ; dct:publisher <https://example.org/p> .
<https://example.org/p> foaf:name "Press" .
"""
SCHEMA = {
    "@context": "https://schema.org",
    "@graph": [{"@id": "https://example.org/d", "@type": "Dataset", "name": "Delta", "keywords": ["x", "y"]}],
}
SAME: dict[str, bytes] = {
    "plain.csv": b'Title,Note\r\nAlpha,1\r\n,\r\nBeta,"2\n3"\r\n',
    "semicolons.csv": '\ufeffTitle;Note\nAlpha;1\nBeta;"2\n3"\n'.encode(),
    "sixteen.csv": 'Title\tNote\nAlpha\t1\nBeta\t"2\n3"\n'.encode("utf-16"),
    "book.xlsx": book(["Title", "Note"], ["Alpha", 1], [None, None], ["Beta", "2\n3"]),
    "list.json": json.dumps({"items": [{"Title": "Alpha", "Note": 1}, {"Title": "Beta", "Note": "2\n3"}]}).encode(),
    "lines.jsonl": b'{"Title": "Alpha", "Note": 1}\n{"Title": "Beta", "Note": "2\\n3"}\n',
}


@pytest.mark.parametrize("name", SAME)
def test_every_format_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SAME[name])
    found = [dict(one.cells) for one in rows(tmp_path / name)]
    assert found == [{"Title": ("Alpha",), "Note": ("1",)}, {"Title": ("Beta",), "Note": ("2\n3",)}]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    for name in ("plain.csv", "book.xlsx"):
        (tmp_path / name).write_bytes(SAME[name])
        assert [one.place.row for one in rows(tmp_path / name)] == [2, 4]


def test_dates_and_numbers_of_a_workbook_are_as_a_csv_has_them(tmp_path: Path) -> None:
    import datetime as dt

    (tmp_path / "d.xlsx").write_bytes(book(["A", "B", "C", "D"], [dt.date(2026, 11, 20), 3.0, True, 0.5]))
    (found,) = rows(tmp_path / "d.xlsx")
    assert [v[0] for v in found.cells.values()] == ["2026-11-20", "3", "true", "0.5"]


def test_bibliographies_and_graphs_of_others(tmp_path: Path) -> None:
    (tmp_path / "b.bib").write_text(
        "@article{k1, title={The {Big} Study}, author={Doe, A. and Roe, B.}, year=2024}\n@article{k2,", "utf-8"
    )
    found = rows(tmp_path / "b.bib")
    assert found[0].cells["title"] == ("The Big Study",)
    assert found[0].cells["author"] == ("Doe, A.", "Roe, B.")
    assert [t.key for t in found[1].troubles] == ["row.entry"]
    (tmp_path / "r.ris").write_text(
        "TY  - JOUR\nTI  - A Study\nAU  - Doe, A.\nUR  - https://example.org/s\nER  - \n", "utf-8"
    )
    (one,) = rows(tmp_path / "r.ris")
    assert one.cells["title"] == ("A Study",)
    assert one.cells["urls"] == ("https://example.org/s",)
    (tmp_path / "s.ttl").write_text(TURTLE, "utf-8")
    (one,) = rows(tmp_path / "s.ttl", Reading(records="skos:Concept", paths=("dct:publisher/foaf:name",)))
    assert one.cells["skos:prefLabel@en"] == ("Alpha",)
    assert one.cells["dct:publisher/foaf:name"] == ("Press",)
    assert one.place.sheet == "https://example.org/a"
    (tmp_path / "d.jsonld").write_text(json.dumps(SCHEMA), "utf-8")
    (one,) = rows(tmp_path / "d.jsonld", Reading(records="schema:Dataset"))
    assert one.cells["schema:name"] == ("Delta",)
    assert one.cells["schema:keywords"] == ("x", "y")


def test_answers_of_a_survey_lose_the_names_of_their_groups(tmp_path: Path) -> None:
    (tmp_path / "kobo.csv").write_text("start,about/title,about/kind\n2026,Alpha,audit\n", "utf-8")
    table = open_table(tmp_path / "kobo.csv", Reading(last="/"), FEW)
    assert table.columns == ["start", "title", "kind"]
    assert [dict(one.cells)["title"] for one in table.rows] == [("Alpha",)]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(["a"], ["b"]))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + data
            new.writestr(part, data)
    return out.getvalue()


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "zip bomb": ("h.xlsx", bomb(), "file.bomb"),
    "entities in a workbook": ("h.xlsx", entities(), "file.entities"),
    "no workbook": ("h.xlsx", b"PK\x03\x04 not a zip", "file.xlsx"),
    "a text called workbook": ("h.xlsx", b"a,b\n1,2\n", "file.xlsx"),
    "5,000 deep": ("h.json", b"[" * 5_000 + b"]" * 5_000, "file.too-deep"),
    "5,000 deep, named": ("h.json", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "file.too-deep"),
    "5,000 deep, one line": ("h.jsonl", b"[" * 2_400 + b"]" * 2_400 + b"\n", "file.too-deep"),
    "5,000 brackets of Turtle": ("h.ttl", b"<a:b> <a:c> " + b"[ <a:d> " * 5_000, "file.too-deep"),
    "no number": ("h.json", b'[{"a": NaN}]', "file.json"),
    "a number of 5,000 digits": ("h.json", b'[{"a": ' + b"9" * 5_000 + b"}]", "file.json"),
    "half a file": ("h.json", b'[{"a": 1}, {"a"', "file.json"),
    "no list": ("h.json", b'{"a": 1}', "file.records"),
    "Latin 1": ("h.csv", "Title\nDéfenseuses\n".encode("latin-1"), "file.encoding"),
    "no text": ("h.csv", b"Title\n\x00\x01\n", "file.nul"),
    "an open quotation": ("h.csv", b'Title,Note\nAlpha,"never closed\n', "file.csv"),
    "a line without an end": ("h.csv", b"Title\n" + b"x" * 9_000, "file.line-too-long"),
    "nothing": ("h.csv", b"", "file.empty"),
    "too many columns": ("h.csv", b",".join(b"c%d" % n for n in range(30)) + b"\n", "file.columns"),
    "too many rows": ("h.csv", b"Title\n" + b"a\n" * 60, "file.rows"),
    "a document type": ("h.rdf", b'<!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF/>', "file.entities"),
    "a context of the network": ("h.jsonld", b'{"@context": "https://evil.example.org/c"}', "file.context"),
    "an import of a context": ("h.jsonld", b'{"@context": {"@import": "https://evil.example.org/c"}}', "file.context"),
    "broken Turtle": ("h.ttl", b"<a> <b> .\n", "file.rdf"),
    "another kind of file": ("h.exe", b"MZ", "file.form"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_with_their_place(what: str, tmp_path: Path) -> None:
    name, data, key = HOSTILE[what]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as refused:
        rows(tmp_path / name)
    assert refused.value.trouble.key == key
    assert refused.value.trouble.place.file == name
    assert name in str(refused.value)


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    for name in ("large.json", "large.xlsx", "large.bib", "large.ttl"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(50_000_000)
        with pytest.raises(Refused, match=r"file\.too-large"):
            list(open_table(tmp_path / name, Reading()).rows)


def test_formulas_and_errors_of_a_workbook_are_no_values(tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(book(["A", "B"], ["=1+1", "x"], ["#REF!", "y"]))
    first, second = rows(tmp_path / "f.xlsx")
    assert [(t.key, t.place.column, t.place.row) for t in first.troubles] == [("cell.formula", "A", 2)]
    assert [(t.key, t.place.column) for t in second.troubles] == [("cell.error", "A")]


def test_a_row_of_another_width_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("A,B\n1\n1,2\n1,2,3\n1,2,,\n", "utf-8")
    assert [[t.key for t in one.troubles] for one in rows(tmp_path / "w.csv")] == [["row.width"], [], ["row.width"], []]
