"""Files for download: the same graph in every format, tables that lose nothing, a codebook for each column."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from conftest import ROOT
from dgekg import distributions, formats, identifiers, versions
from dgekg.distributions import codebook, fields, graphs
from dgekg.distributions.codebook import SEPARATOR
from dgekg.distributions.tables import short
from dgekg.errors import UnknownValue
from dgekg.export import export
from dgekg.settings import Project
from dgekg.vocabulary import DIMENSION, ONTOLOGY, RDF_TYPE

Row = dict[str, str]


@pytest.fixture(scope="module")
def dump(built: Project) -> Path:
    return versions.current(built.build).dump


@pytest.fixture(scope="module")
def tables(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    distributions.make_apart(dump, ROOT, folder, distributions.TABLES, "test")
    return folder


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statements(dump: Path) -> Iterator[tuple[str, str, Quad]]:
    """Yield what the tables are to hold: kind, slug, statement."""
    seen = set()
    for quad in ox.parse(path=str(dump), format=RdfFormat.N_QUADS):
        assert isinstance(quad.subject, NamedNode)
        local = identifiers.parse(quad.subject.value)
        name = quad.predicate.value
        if local is None or local.kind == "scheme" or name.startswith(DIMENSION) or name == ONTOLOGY + "within":
            continue
        if quad.triple not in seen:
            seen.add(quad.triple)
            yield local.kind, local.slug, quad


def test_each_format_holds_the_same_graph(dump: Path, tmp_path: Path) -> None:
    whole = set(ox.parse(path=str(dump), format=RdfFormat.N_QUADS))
    for form in formats.DATASETS:
        distributions.make(dump, ROOT, tmp_path, form.suffix, "test")
        assert form.rdf is not None
        found = set(ox.parse(path=str(tmp_path / f"dump.{form.suffix}"), format=form.rdf))
        if form is formats.TURTLE:
            assert {q.triple for q in found} == {q.triple for q in whole}
            assert graphs.write(dump, tmp_path / "counted", form) == len({q.triple for q in whole})
        else:
            assert found == whole
            assert graphs.write(dump, tmp_path / "counted", form) == len(whole)
    assert not list(tmp_path.glob(".*")), "what is on the way is cleared away"


def test_turtle_says_once_what_two_graphs_say(tmp_path: Path) -> None:
    lines = [f'<x:s> <x:p> "o" <x:{graph}> .\n' for graph in ("a", "b")]
    (tmp_path / "two.nq").write_text("".join(lines), "utf-8")
    assert graphs.write(tmp_path / "two.nq", tmp_path / "two.ttl", formats.TURTLE) == 1
    assert graphs.write(tmp_path / "two.nq", tmp_path / "two.trig", formats.TRIG) == 2
    assert (tmp_path / "two.ttl").read_text("utf-8").count('"o"') == 1


def test_links_are_every_statement_between_things(dump: Path, tables: Path) -> None:
    wanted = {
        (kind, slug, quad.predicate.value, quad.object.value)
        for kind, slug, quad in statements(dump)
        if isinstance(quad.object, NamedNode) and quad.predicate.value != RDF_TYPE
    }
    found = {
        (path.name.removesuffix("-links.csv"), row["id"], row["property_iri"], row["target_iri"])
        for path in tables.glob("*-links.csv")
        for row in rows(path)
    }
    assert found == wanted


def test_every_value_stands_in_its_column(dump: Path, tables: Path) -> None:
    columns = {
        (row["table"], row["property"], row["language"]): row
        for row in rows(tables / "codebook.csv")
        if row["property"]
    }
    plain = {
        (row["table"], row["property"], row["datatype"] == "anyURI" or bool(row["leads_to"])): row
        for row in rows(tables / "codebook.csv")
        if row["property"] and not row["language"]
    }
    known = {
        path.stem: {row["id"]: row for row in rows(path)}
        for path in tables.glob("*.csv")
        if path.stem not in distributions.SHARED
    }
    checked = 0
    for kind, slug, quad in statements(dump):
        name, value = quad.predicate.value, quad.object
        if name == RDF_TYPE:
            continue
        if isinstance(value, Literal) and value.language:
            column, wanted = columns[kind, name, value.language], value.value
        elif isinstance(value, Literal):
            column, wanted = plain[kind, name, False], value.value
        else:
            assert isinstance(value, NamedNode)
            column = plain.get((kind, name, True)) or plain[kind, name, False]
            wanted = short(value.value)
        cell = known[kind][slug][column["column"]]
        values = cell.split(SEPARATOR) if column["list"] == "yes" else [cell]
        assert wanted.replace(SEPARATOR, "¦") in values if column["list"] == "yes" else wanted == cell, (slug, name)
        checked += 1
    assert checked > 500


def test_labels_stand_in_the_order_of_their_codes(tables: Path) -> None:
    labels = {(r["scheme"], r["code"]): r["label_en"] for r in rows(tables / "codes.csv")}
    seen = 0
    for row in rows(tables / "practice.csv"):
        codes, names = row["addressesGroup"].split(SEPARATOR), row["addressesGroup_label"].split(SEPARATOR)
        assert names == [labels["group", code] for code in codes]
        seen += len(codes) > 1
    assert seen, "at least one practice has several groups"


def test_the_codebook_explains_every_column_in_three_languages(tables: Path) -> None:
    explained: dict[str, list[str]] = {}
    for row in rows(tables / "codebook.csv"):
        explained.setdefault(row["table"], []).append(row["column"])
        for language in ("en", "fr", "es"):
            assert row[f"name_{language}"].strip(), row
            assert row[f"meaning_{language}"].strip(), row
    for path in tables.glob("*.csv"):
        if path.stem != "codebook":
            with path.open(encoding="utf-8", newline="") as file:
                assert next(csv.reader(file)) == explained[path.stem]
    described = json.loads((tables / codebook.METADATA).read_text("utf-8"))
    by_url = {t["url"]: t for t in described["tables"]}
    assert {name + ".csv" for name in explained} == set(by_url)
    practice = {c["name"]: c for c in by_url["practice.csv"]["tableSchema"]["columns"]}
    assert practice["addressesGroup"]["separator"] == SEPARATOR
    assert "separator" not in practice["approach"]
    assert practice["issued"]["datatype"] == "date"
    assert described["dc:license"]["@id"].startswith("https://creativecommons.org/")


def test_columns_do_not_hang_on_what_a_version_happens_to_hold() -> None:
    foreseen = fields.foreseen(ROOT / "shapes")
    names = [c.name for c in fields.columns(foreseen["practice"])]
    for name in ("title_en", "title_fr", "title_es", "practiceType", "practiceType_label", "costBand", "yearStarted"):
        assert name in names, name
    assert len(names) == len(set(names))
    assert names[:3] == ["id", "iri", "classes"]


def test_parquet_says_what_the_csv_says(tables: Path) -> None:
    for path in sorted(tables.glob("*.csv")):
        data = duckdb.read_parquet(str(path.with_suffix(".parquet")))
        given = rows(path)
        assert data.columns == list(given[0] if given else data.columns)
        for row, record in zip(given, data.fetchall(), strict=True):
            for text, value in zip(row.values(), record, strict=True):
                if isinstance(value, list):
                    assert SEPARATOR.join(map(str, value)) == text
                else:
                    shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                    assert shown == text
    data = duckdb.read_parquet(str(tables / "practice.parquet"))
    types = dict(zip(data.columns, map(str, data.types), strict=True))
    assert (types["issued"], types["hasEvidence"]) == ("DATE", "VARCHAR[]")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a dump with texts that break careless tables."""
    subject = NamedNode(identifiers.record("practice", "x"))
    graph = NamedNode(identifiers.document_graph("practices", "x"))
    title = NamedNode("http://purl.org/dc/terms/title")
    alt = NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
    quads = [
        Quad(subject, NamedNode(RDF_TYPE), NamedNode(identifiers.term("Practice")), graph),
        Quad(subject, title, Literal('=HYPERLINK("http://x","y")', language="en"), graph),
        Quad(subject, title, Literal('two\nlines, "quoted", and a comma', language="fr"), graph),
        Quad(subject, alt, Literal("a|b", language="en"), graph),
        Quad(subject, alt, Literal("-1", language="en"), graph),
    ]
    lines = sorted((ox.serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    (tmp_path / "hostile.nq").write_bytes(b"".join(lines))
    return tmp_path / "hostile.nq"


def test_hostile_texts_survive_and_do_no_harm(hostile: Path, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    distributions.make(hostile, ROOT, folder, distributions.TABLES, "test")
    (row,) = rows(folder / "practice.csv")
    assert row["title_en"] == '=HYPERLINK("http://x","y")', "the plain table is exact"
    assert row["title_fr"] == 'two\nlines, "quoted", and a comma'
    assert row["altLabel_en"] == "-1|a¦b"
    with zipfile.ZipFile(folder / "tables-spreadsheet.zip") as archive:
        text = archive.read("practice.csv").decode("utf-8-sig")
    (safe,) = csv.DictReader(io.StringIO(text, newline=""))
    assert safe["title_en"] == '\'=HYPERLINK("http://x","y")'
    assert safe["altLabel_en"] == "'-1|a¦b"
    again = tmp_path / "again"
    again.mkdir()
    distributions.make(hostile, ROOT, again, distributions.TABLES, "test")
    for path in folder.glob("*.zip"):
        assert path.read_bytes() == (again / path.name).read_bytes(), "the same bytes whenever they are made"


@pytest.mark.parametrize("name", ["tables.zip", "tables-parquet.zip", "practice.csv", "codes.parquet"])
def test_export_writes_tables(built: Project, tmp_path: Path, name: str) -> None:
    size = export(built, tmp_path / name)
    assert (tmp_path / name).stat().st_size == size > 0
    assert [p.name for p in tmp_path.iterdir()] == [name]
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            ending = ".parquet" if "parquet" in name else ".csv"
            assert {f"practice{ending}", f"practice-links{ending}", f"codebook{ending}"} <= set(archive.namelist())


def test_export_of_a_table_that_is_not_there_names_those_that_are(built: Project, tmp_path: Path) -> None:
    with pytest.raises(UnknownValue, match=r"practice\.csv"):
        export(built, tmp_path / "practise.csv")
    assert not list(tmp_path.iterdir())
