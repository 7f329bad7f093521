"""What the tests of forms share: answers made at random, what a document says, exports as KoBoToolbox and ODK write."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyoxigraph import RdfFormat, parse

from dgekg.forms import Field, Form, Forms
from dgekg.vocabulary import BASE

LONG = os.environ.get("DGEKG_FORMS_LONG") == "1"
"""Whether many more records are made at random: `DGEKG_FORMS_LONG=1 pytest tests/test_forms*.py`."""


def few(examples: int) -> settings:
    """Return settings for a property that writes files: few examples, many with `DGEKG_FORMS_LONG=1`."""
    return settings(
        max_examples=examples * 40 if LONG else examples,
        deadline=None,
        derandomize=not LONG,
        phases=list(Phase) if LONG else [Phase.explicit, Phase.generate],  # to make an example small takes minutes
        suppress_health_check=list(HealthCheck),
    )


def triples(text: str) -> set[str]:
    """Return what a document says, as a set of lines."""
    return {str(quad.triple) for quad in parse(text.encode(), format=RdfFormat.TURTLE, base_iri=BASE)}


_TRICKY = (
    "=1+1", "@SUM(A1)", "-2", "+3", "json:{}", ' "quoted" \\', "a; b", "a\nb", "Audit [audit]", "true", "12",
    "sw: Jina", "<script>alert(1)</script>", "_x0041_", "100%", "\ttab", "end\r\n", "日本語", "مرحبا", "\u200f\u00a0x",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\x00"), min_size=1, max_size=20).filter(
        str.strip
    ),
    st.sampled_from(_TRICKY),
)
SPOKEN = ("en", "en", "fr", "es", "sw", "zh-Hant", "ar")
ODD: tuple[dict[str, str], ...] = (
    {"iri": "https://example.org/x?y=1#z"},
    {"value": "next week", "datatype": "date"},
    {"value": "7", "datatype": "byte"},
)


@dataclass
class Maker:
    """Makes answers at random, of texts that hypothesis found; much faster than a strategy for each question."""

    random: Random
    texts: list[str]

    def value(self, field: Field) -> Any:
        """Return an answer to one question: now and then one that is not as it should be."""
        if field.type != "concept" and self.random.random() < 0.05:
            return self.random.choice(ODD)
        if field.options and not field.kinds:
            return self.random.choice(field.options).code
        return getattr(self, field.type.replace("-", "_"))(field)

    def slug(self) -> str:
        return self.random.choice(["x", "help-desk", "a1-b2-c3", "x-1", "iso-22989"])

    def text(self, _field: Field) -> str:
        return self.random.choice(self.texts)

    def language_text(self, field: Field) -> dict[str, str]:
        return {"value": self.text(field), "language": self.random.choice(SPOKEN)}

    def iri(self, _field: Field) -> str:
        return self.random.choice(["https://example.org/a?b=c&d=é", "http://example.org/x;y=1", "mailto:a@example.org"])

    def record(self, field: Field) -> str:
        return f"{self.random.choice(field.kinds)}/{self.slug()}"

    def date(self, field: Field) -> str:
        day = dt.date(1900, 1, 1) + dt.timedelta(self.random.randrange(80_000))
        return str(day.year) if field.years and self.random.random() < 0.5 else day.isoformat()

    def datetime(self, _field: Field) -> str:
        return "2026-11-22T10:00:00Z"

    def month(self, _field: Field) -> str:
        return "2026-11"

    def year(self, _field: Field) -> str:
        return str(self.random.randrange(1900, 2100))

    def integer(self, _field: Field) -> int:
        return self.random.randrange(-5, 10**9)

    def decimal(self, _field: Field) -> float:
        return self.random.choice([7, 0.5, 12.25, 1e-7, 123456.789])

    def boolean(self, _field: Field) -> bool:
        return self.random.random() < 0.5

    def fields(self, form: Form, *, asked: bool) -> dict[str, Any]:
        """Return answers to some questions of a form, without its parts."""
        some = [f for f in form.fields if f.part is None and (f.asked or not asked) and self.random.random() < 0.6]
        return {f.id: [self.value(f) for _ in range(self.random.randint(1, 3 if f.many else 1))] for f in some}


@st.composite
def records(draw: st.DrawFn, form: Form, *, asked: bool = False) -> dict[str, Any]:
    """Make the answers about one record, with its parts."""
    maker = Maker(Random(draw(st.integers(0, 2**32))), draw(st.lists(TEXTS, min_size=2, max_size=4)))
    said = maker.fields(form, asked=asked)
    for holder in form.parts:
        assert holder.part is not None
        parts = [maker.fields(holder.part, asked=asked) for _ in range(maker.random.randint(0, 2))]
        said[holder.id] = [{"slug": f"r-{n}", "fields": part} for n, part in enumerate(parts, 1)]
    return {"kind": form.kind, "slug": "r", "fields": said}


def same(forms: Forms, one: Mapping[str, Any], two: Mapping[str, Any]) -> None:
    """Fail unless two answers make the same document."""
    first, second = triples(forms.to_document(one)), triples(forms.to_document(two))
    assert not first ^ second, f"only the first: {sorted(first - second)}; only the second: {sorted(second - first)}"


Repeats = dict[str, list[dict[str, Any]]]


def tables(submissions: Sequence[Mapping[str, Any]], own: str, parent: str) -> tuple[list[dict[str, Any]], Repeats]:
    """Take the repeats out of submissions, as exports do: each row has a key of its own and that of its owner."""
    repeats: Repeats = {}
    counter = iter(range(1, 10**6))

    def flat(one: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {own: next(counter)}
        for name, value in one.items():
            if isinstance(value, list):
                for inner in value:
                    repeats.setdefault(name, []).append({**flat(inner), parent: row[own]})
            else:
                row[name] = value
        return row

    return [flat(one) for one in submissions], repeats


def grouped(form: Form, row: Mapping[str, Any], between: str) -> dict[str, Any]:
    """Write the groups before the names, as exports do."""
    homes = {field.id: section.id for section in form.sections for field in section.fields}
    return {
        f"section_{homes[name].replace('-', '_')}{between}{name}" if name in homes else name: value
        for name, value in row.items()
    }


def kobo_workbook(form: Form, submissions: Sequence[Mapping[str, Any]]) -> bytes:
    """Return submissions as KoBoToolbox exports them to XLSX."""
    main, repeats = tables(submissions, "_index", "_parent_index")
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = {form.kind: [grouped(form, row, "/") for row in main], **repeats}
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        heads = list(dict.fromkeys(name for row in rows for name in row))
        sheet.append(heads)
        for number, row in enumerate(rows, 2):
            for column, head in enumerate(heads, 1):
                if row.get(head) not in (None, ""):
                    cell = sheet.cell(number, column, row[head])
                    cell.data_type = "s" if isinstance(row[head], str) else "n"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def odk_zip(form: Form, submissions: Sequence[Mapping[str, Any]]) -> bytes:
    """Return submissions as ODK Central exports them: a zip of CSV files."""
    main, repeats = tables(submissions, "KEY", "PARENT_KEY")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(f"{form.kind}.csv", csv_of([grouped(form, row, "-") for row in main]))
        for name, rows in repeats.items():
            packed.writestr(f"{form.kind}-{name}.csv", csv_of(rows))
    return target.getvalue()


def csv_of(rows: Sequence[Mapping[str, Any]], delimiter: str = ",") -> bytes:
    """Return rows as a CSV file."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, heads, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def leaves(form: Form) -> Iterator[Field]:
    """Yield all questions of a form and its parts."""
    for field in form.fields:
        yield field
        yield from leaves(field.part) if field.part else ()
