"""The mapping language: what it says is done, and what is wrong with it is said by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from dgekg.errors import InputError, UnknownValue
from dgekg.importers import mapping
from dgekg.importers.convert import Converter
from dgekg.importers.fields import Holds, Plain, Words, nested
from dgekg.importers.reading import open_table
from dgekg.importers.trouble import Refused
from dgekg.lookup import Names
from dgekg.observatory import Observatory

FIELDS = Plain(
    {
        "title": Holds("language-text"),
        "group": Holds("concept", ("group",)),
        "place": Holds("concept", ("region", "place")),
        "date": Holds("date"),
        "year": Holds("year"),
        "page": Holds("iri"),
        "open": Holds("boolean"),
        **{f"part[{n}].x": Holds("text") for n in (1, 2, 3)},
    }
)
WHOLE = """\
mapping: 1
kind: practice
blank: ["--"]
only: {State: [final]}
ignore: [Notes]
optional: [Notes]
key: [Number]
columns:
  Number: ignore
  State: ignore
  Title: {to: title, language: fr, required: true}
  For: {to: group, split: ",", lookup: {women: women, "race, colour": race-colour-and-descent, nobody: null}}
  Where: [{to: place, lookup: iso-3166-alpha-2, otherwise: "001"}]
  Day: {to: date, date: "%d.%m.%Y"}
  Link: {to: page, text: "https://example.org/{value}"}
  "Part[*]": {to: "part[*].x"}
constants: {open: true}
defaults: {year: 2020}
"""


@pytest.fixture(scope="module")
def names(world_observatory: Observatory) -> Names:
    return world_observatory.names


def said(names: Names, folder: Path, table: str, text: str = WHOLE) -> list[tuple[dict[str, list[object]], list[str]]]:
    (folder / "t.csv").write_text(table, "utf-8")
    read = mapping.of_text("m.yaml", text)
    converter = Converter(read, FIELDS, Words(names))
    opened = open_table(folder / "t.csv", read.reading)
    chosen = converter.table_for(opened.columns, "t.csv")
    found = [converter.row(chosen, one) for one in opened.rows]
    return [(one.said, [t.key for t in one.troubles]) for one in found if one is not None]


HEAD = "Number,State,Title,For,Where,Day,Link,Part[1],Part[2]\n"


def test_lookups_splits_constants_and_dates(names: Names, tmp_path: Path) -> None:
    (first,) = said(
        names, tmp_path, HEAD + '1,final,Étude,"Women, race, colour",KE,20.11.2026,a,p,q\n2,draft,x,,,,,,\n'
    )
    assert first == (
        {
            "title": [{"value": "Étude", "language": "fr"}],
            "group": ["women", "race-colour-and-descent"],
            "place": ["region/404"],
            "date": ["2026-11-20"],
            "page": ["https://example.org/a"],
            "part[1].x": ["p"],
            "part[2].x": ["q"],
            "open": [True],
            "year": ["2020"],
        },
        [],
    )


def test_blank_and_null_say_nothing_and_others_are_told(names: Names, tmp_path: Path) -> None:
    table = HEAD + "1,final,A,--,--,,,,\n2,final,B,nobody,XX,,,,\n3,final,C,wimen,,2026-11-20,a b,,\n4,final,,,,,,p,\n"
    found = said(names, tmp_path, table)
    assert "group" not in found[0][0]
    assert found[1][0]["place"] == ["region/001"]
    assert "group" not in found[1][0]
    assert found[2][1] == ["cell.lookup-near", "cell.date", "cell.address"]
    assert found[3][1] == ["cell.required"]


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        (HEAD.replace("Link", "Lnik") + "1,final,A,,,,,,\n", "column.unknown", "Lnik"),
        ("Number,State\n1,final\n", "column.missing", "Title"),
        (HEAD.replace("Notes", "") + "", "", ""),
    ],
)
def test_columns_are_as_the_mapping_says(names: Names, tmp_path: Path, table: str, key: str, column: str) -> None:
    if not key:
        assert said(names, tmp_path, table) == []
        return
    with pytest.raises(Refused) as refused:
        said(names, tmp_path, table)
    assert (refused.value.trouble.key, refused.value.trouble.place.column) == (key, column)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (("mapping: 1", "mapping: 2"), "mapping"),
        (("to: title", "to: titel"), "columns.Title.*title"),
        (("split:", "splt:"), r"columns\.For\.splt.*split"),
        (("lookup: iso-3166-alpha-2", "lookup: iso-1"), r"columns\.Where\.lookup"),
        (("key: [Number]", "key: [Nummer]"), "Nummer"),
        (("kind: practice", "kind: ../x"), "kind"),
        (("  Number: ignore", "  Number: [unclosed"), "YAML"),
        (("year: 2020", "yaer: 2020"), "yaer.*year"),
        (("constants: {open: true}", "constants: [open]"), "constants"),
        ((WHOLE, "mapping: 1\nkind: practice\n"), "columns"),
        ((WHOLE, "- a\n"), "names with a value"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_by_its_key(names: Names, change: tuple[str, str], at: str) -> None:
    assert change[0] in WHOLE
    with pytest.raises(InputError, match=at):
        Converter(mapping.of_text("m.yaml", WHOLE.replace(*change)), FIELDS, Words(names))


def test_shipped_mappings_are_in_order() -> None:
    assert {"aiid", "plain-practices", "dpv-rights"} <= set(mapping.shipped())
    for name in mapping.shipped():
        assert mapping.load(name).title
    with pytest.raises(UnknownValue, match="aiid"):
        mapping.load("aid")


def test_parts_of_which_the_row_says_nothing_are_left_out() -> None:
    given = {"e[1].a": ["x"], "e[2].a": ["y"], "e[2].b.c": ["z"], "t": ["u"]}
    assert nested(given, frozenset({"e[2].b.c"})) == {
        "t": ["u"],
        "e": [{"fields": {"a": ["y"], "b": [{"fields": {"c": ["z"]}}]}}],
    }
