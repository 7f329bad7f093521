"""A concept scheme as a table that a spreadsheet edits, and back: a row a concept, the first row the scheme itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dgekg import identifiers, tables
from dgekg.errors import InputError, UnknownValue
from dgekg.forms import turtle
from dgekg.forms.terms import Term
from dgekg.settings import Project
from dgekg.vocabulary import BASE, DCT_TITLE, LANGUAGES, PREFIXES, RDF_TYPE, SKOS_NOTATION, SKOS_PREF_LABEL

WHOLE = "*"  # the code of the row of the scheme itself
_DEFINED = tuple(f"definition_{code}" for code in LANGUAGES)
COLUMNS = ("code", "broader", "notation", *LANGUAGES, *_DEFINED)
_SKOS, _DCT = PREFIXES["skos"], PREFIXES["dct"]
_CONCEPT, _BROADER, _DEFINITION = _SKOS + "Concept", _SKOS + "broader", _SKOS + "definition"
_ABOVE = (_SKOS + "inScheme", _SKOS + "topConceptOf", _BROADER)
_TOLD = (*_ABOVE, SKOS_PREF_LABEL, _DEFINITION, SKOS_NOTATION)
_STATUS = identifiers.term("labelReviewStatus")
_GENERATED = ("region", "region-groupings")
Said = dict[str, list[tuple[str, Term]]]


@dataclass(frozen=True)
class Written:
    """What a table changed.

    Attributes:
        file: of the scheme.
        concepts: how many there are now.
        added: codes that are new.
        gone: codes that are no more.
        mentioned: files, apart from those mended, that still name a concept that is gone.
    """

    file: Path
    concepts: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    mentioned: tuple[Path, ...]


def table(project: Project, name: str) -> str:
    """Return a scheme as CSV, with the columns `COLUMNS`; several broader concepts are joined by semicolons.

    Raises:
        UnknownValue: there is no such scheme.
    """
    said = _read(_file(project, name))
    rows = [_row(name, subject, pairs) for subject, pairs in said.items()]
    return tables.csv_text(COLUMNS, rows, safe=False)


def write(project: Project, name: str, text: str) -> Written:
    """Write a scheme anew from a table; what a concept says besides the columns stays.

    Alignments of concepts that are gone go with them. Comments in the scheme's file are not kept.

    Args:
        project: its folders.
        name: of the scheme.
        text: of the table, as `table` gives it.

    Raises:
        UnknownValue: there is no such scheme.
        InputError: the table lacks something or cannot be read; says the line and column.
    """
    file = _file(project, name)
    if name in _GENERATED:
        raise InputError(f"{name}: is made from the lists of the United Nations and is not edited.", name)
    before = _read(file)
    rows = _rows(name, text)
    codes = {code for code, _ in rows if code != WHOLE}
    old = {_code(name, subject) for subject in before} - {WHOLE}
    file.write_text(turtle.document(_blocks(name, rows, before)), encoding="utf-8")
    gone = sorted(old - codes)
    iris = {identifiers.concept(name, code) for code in gone}
    _unalign(project, iris)
    return Written(file, len(codes), tuple(sorted(codes - old)), tuple(gone), tuple(_mentioning(project, iris)))


def _file(project: Project, name: str) -> Path:
    known = sorted(path.stem for path in (project.ontology / "schemes").glob("*.ttl"))
    if name not in known:
        raise UnknownValue("scheme", name, known)
    return project.ontology / "schemes" / f"{name}.ttl"


def _read(file: Path) -> Said:
    said: Said = {}
    try:
        for quad in parse(file.read_bytes(), RdfFormat.TURTLE, base_iri=BASE):
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, NamedNode | Literal)
            said.setdefault(quad.subject.value, []).append((quad.predicate.value, quad.object))
    except (OSError, SyntaxError) as error:
        raise InputError(f"{file}: cannot be read ({error}).", str(file)) from error
    return said


def _code(name: str, iri: str) -> str:
    return iri.removeprefix(identifiers.scheme(name)).lstrip("/") or WHOLE


def _row(name: str, subject: str, pairs: Sequence[tuple[str, Term]]) -> list[str]:
    whole = _code(name, subject) == WHOLE
    label, meaning = (DCT_TITLE, _DCT + "description") if whole else (SKOS_PREF_LABEL, _DEFINITION)

    def spoken(predicate: str, language: str) -> str:
        return next(
            (o.value for p, o in pairs if p == predicate and isinstance(o, Literal) and o.language == language), ""
        )

    broader = ";".join(sorted(_code(name, o.value) for p, o in pairs if p == _BROADER))
    notation = next((o.value for p, o in pairs if p == SKOS_NOTATION), "")
    return [
        _code(name, subject),
        broader,
        notation,
        *(spoken(label, code) for code in LANGUAGES),
        *(spoken(meaning, code) for code in LANGUAGES),
    ]


def _rows(name: str, text: str) -> list[tuple[str, Mapping[str, str]]]:
    """Return the rows of a table by code, checked."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if _semicolons(text) else ",")
    lacking = [c for c in COLUMNS if c not in (reader.fieldnames or ()) and c != "notation"]
    if lacking:
        raise InputError(f"scheme {name}: the table lacks the columns {', '.join(lacking)}.", field=lacking[0])
    found: dict[str, Mapping[str, str]] = {}
    lines: dict[str, int] = {}
    for raw in reader:
        row = {column: " ".join((raw.get(column) or "").split()) for column in COLUMNS}
        if not any(row.values()):
            continue
        line, code = reader.line_num, row["code"]
        if code != WHOLE and not identifiers.SLUG.fullmatch(code):
            raise InputError(
                f'line {line}, code: found "{code}", expected lower-case letters a to z, digits and hyphens, or '
                f"{WHOLE} for the scheme itself.",
                code,
            )
        if code in found:
            raise InputError(f'line {line}, code: "{code}" stands in line {lines[code]} already.', code)
        empty = [column for column in (*LANGUAGES, *_DEFINED) if not row[column]]
        if empty:
            raise InputError(f'line {line}, {empty[0]}: found nothing; "{code}" needs a text there.', code)
        found[code], lines[code] = row, line
    if WHOLE not in found or len(found) == 1:
        raise InputError(f"scheme {name}: expected a row {WHOLE} for the scheme itself, and rows of concepts.", name)
    for code, said in found.items():
        for above in _above(said):
            if above not in found or above in (WHOLE, code):
                known = sorted(set(found) - {WHOLE, code})
                raise UnknownValue(f"line {lines[code]}, broader", above, known)
    return list(found.items())


def _semicolons(text: str) -> bool:
    """Whether a table is divided by semicolons, as spreadsheets write it where the comma is a decimal sign."""
    head = text.partition("\n")[0]
    return head.count(";") > head.count(",")


def _above(row: Mapping[str, str]) -> list[str]:
    return [part.strip() for part in row["broader"].split(";") if part.strip()]


def _blocks(name: str, rows: Sequence[tuple[str, Mapping[str, str]]], before: Said) -> Iterator[turtle.Block]:
    """Yield the scheme, then its concepts."""
    scheme = NamedNode(identifiers.scheme(name))
    classes = next([(p, o) for p, o in pairs if p == RDF_TYPE] for iri, pairs in before.items() if iri != scheme.value)
    tops = [code for code, row in rows if code != WHOLE and not _above(row)]
    for code, row in rows:
        if code == WHOLE:
            kept = [(p, o) for p, o in before.get(scheme.value, []) if p not in (DCT_TITLE, _DCT + "description")]
            said = [*_spoken(DCT_TITLE, row, LANGUAGES), *_spoken(_DCT + "description", row, _DEFINED)]
            said += [(_SKOS + "hasTopConcept", NamedNode(identifiers.concept(name, top))) for top in tops]
            types = [(p, o) for p, o in kept if p == RDF_TYPE]
            rest = [(p, o) for p, o in kept if p not in (RDF_TYPE, _SKOS + "hasTopConcept")]
            yield scheme.value, [*types, *said, *rest]
            continue
        iri = identifiers.concept(name, code)
        known = before.get(iri, [])
        said = [(_ABOVE[0], scheme), *([] if _above(row) else [(_ABOVE[1], scheme)])]
        said += [(_BROADER, NamedNode(identifiers.concept(name, above))) for above in _above(row)]
        words = [*_spoken(SKOS_PREF_LABEL, row, LANGUAGES), *_spoken(_DEFINITION, row, _DEFINED)]
        same = {pair for pair in known if pair[0] in (SKOS_PREF_LABEL, _DEFINITION)} == set(words)
        status = [(p, o) for p, o in known if p == _STATUS] if same else []
        said += [*words, (SKOS_NOTATION, Literal(row["notation"] or code))]
        said += status or [(_STATUS, NamedNode(identifiers.concept("label-status", "drafted")))]
        rest = [(p, o) for p, o in known if p not in (*_TOLD, _STATUS, RDF_TYPE)]
        yield iri, [*([(p, o) for p, o in known if p == RDF_TYPE] or classes), *said, *rest]


def _spoken(predicate: str, row: Mapping[str, str], columns: Sequence[str]) -> list[tuple[str, Term]]:
    return [(predicate, Literal(row[column], language=code)) for code, column in zip(LANGUAGES, columns, strict=True)]


def _unalign(project: Project, iris: set[str]) -> None:
    """Take the statements about concepts that are gone out of the alignments; everything else stays as it is typed."""
    short = {f"<{iri.removeprefix(BASE)}>" for iri in iris}
    for file in (project.ontology / "alignments").glob("*.ttl"):
        kept: list[str] = []
        dropping = False
        for line in file.read_text("utf-8").splitlines(keepends=True):
            dropping = dropping or line.split(" ", 1)[0].strip() in short
            if not dropping:
                kept.append(line)
            if line.rstrip().endswith(" ."):
                dropping = False
        if "".join(kept) != file.read_text("utf-8"):
            file.write_text("".join(kept), encoding="utf-8")


def _mentioning(project: Project, iris: set[str]) -> Iterator[Path]:
    short = tuple(f"<{iri.removeprefix(BASE)}>" for iri in iris)
    places = [project.ontology / "schemes", project.ontology / "alignments", project.data, project.queries]
    for place in places:
        for file in sorted([*place.rglob("*.ttl"), *place.rglob("*.rq")]):
            text = file.read_text("utf-8") if short else ""
            if any(one in text for one in short):
                yield file
