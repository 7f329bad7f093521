"""The codebook of the tables: a table of its own, and the same for machines as CSV on the Web metadata (W3C)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dgekg import packaged
from dgekg.distributions.fields import Column
from dgekg.vocabulary import BASE, LANGUAGES, ONTOLOGY

SEPARATOR = "|"
METADATA = "csv-metadata.json"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
COLUMNS = ("table", "column", *(f"{w}_{c}" for w in ("name", "meaning") for c in LANGUAGES))
COLUMNS += ("property", "datatype", "list", "language", "leads_to")
LINKS = (
    Column("id", "", "id"),
    Column("property", "", "property"),
    Column("property_iri", "", "property_iri", "anyURI"),
    Column("leads_to", "", "leads_to"),
    Column("target", "", "target"),
    Column("target_iri", "", "target_iri", "anyURI"),
    Column("target_label", "", "target_label", language="en"),
)
CODES = (
    Column("scheme", "", "scheme"),
    Column("code", "", "code_of"),
    Column("iri", "", "iri", "anyURI"),
    Column("notation", "", "notation"),
    Column("broader", "", "broader", many=True),
    *(Column(f"label_{code}", "", "label_of", language=code) for code in LANGUAGES),
    *(Column(f"definition_{code}", "", "definition", language=code) for code in LANGUAGES),
)
Tables = Mapping[str, Sequence[Column]]


def words(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words for columns that no shape describes."""
    found: Mapping[str, Mapping[str, str]] = packaged.table(f"words/tables.{language}.yaml")
    return found


def rows(tables: Tables) -> Iterator[tuple[str, ...]]:
    """Yield the codebook's rows: one a column of each table."""
    for table, columns in tables.items():
        for column in columns:
            yield (
                table,
                column.name,
                *(name(column, code) for code in LANGUAGES),
                *(meaning(column, code) for code in LANGUAGES),
                column.property,
                column.datatype,
                "yes" if column.many else "no",
                column.language,
                SEPARATOR.join(column.targets),
            )


def name(column: Column, language: str) -> str:
    """Return the words for a column."""
    if column.form == "label":
        own = column.names.get(language) or column.name.removesuffix("_label")
        return f"{own} ({words(language)['names']['label']})"
    return column.names.get(language) or words(language)["names"].get(column.form, "") or column.name


def meaning(column: Column, language: str) -> str:
    """Return what a column means."""
    if column.form == "label":
        return words(language)["meanings"]["label"]
    return column.texts.get(language) or words(language)["meanings"].get(column.form, "")


def metadata(tables: Tables, version: str) -> str:
    """Return the description of all tables by CSV on the Web."""
    body: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": [_said(words(code)["names"]["all"], code) for code in LANGUAGES],
        "dc:license": {"@id": LICENCE},
        "dc:source": {"@id": BASE},
        "dc:identifier": version,
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
        "tables": [_table(table, columns) for table, columns in tables.items()],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _table(table: str, columns: Sequence[Column]) -> dict[str, Any]:
    schema: dict[str, Any] = {"columns": [_column(column) for column in columns]}
    if columns[:2] and columns[1].form == "iri":
        schema |= {"primaryKey": "id", "aboutUrl": f"{BASE}id/{table}/{{id}}"}
    return {"url": f"{table}.csv", "tableSchema": schema}


def _column(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:title": [_said(name(column, code), code) for code in LANGUAGES],
        "dc:description": [_said(meaning(column, code), code) for code in LANGUAGES],
        "datatype": column.datatype,
    }
    if column.many:
        found["separator"] = SEPARATOR
    if column.property and column.form not in ("label", "class"):
        found["propertyUrl"] = column.property
    if column.form == "label":
        found["suppressOutput"] = True
    if column.language and column.form == "text":
        found["lang"] = column.language
    if column.form == "class":
        found["valueUrl"] = f"{ONTOLOGY}{{{column.name}}}"
    return found


def _said(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}
