"""The faces of a form: spreadsheet, survey, schema, questionnaire, page; and what comes back in them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from pyxform.xls2xform import convert

from conftest import Ran
from dgekg import forms
from dgekg.errors import InputError
from dgekg.forms import Forms, Reading, spoken
from dgekg.settings import Project
from dgekg.vocabulary import LANGUAGES
from forms_support import csv_of, few, kobo_workbook, odk_zip, records, same

ROOT = Path(__file__).parents[1]
FORMS = forms.of(Project.at(ROOT))
Answers = dict[str, Any]


def lesson(**fields: list[Any]) -> Answers:
    said = {"description": [{"value": "Pay people.", "language": "en"}], "aboutPractice": ["practice/data-trust-a"]}
    return {"kind": "lesson", "slug": "r", "fields": {**said, **fields}}


def answers_of(reading: Reading) -> list[Answers]:
    assert [one.message() for one in reading.unread] == []
    return [one.answers for one in reading.filled]


@few(2)
@given(st.data())
def test_record_to_spreadsheet_to_record(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["practice", "lesson", "actor", "collection"]))
    made = data.draw(st.lists(records(FORMS.form(kind)), min_size=1, max_size=3))
    back = answers_of(FORMS.read_xlsx(FORMS.xlsx(kind, answers=made, asked=False, language="fr"), kind))
    assert len(back) == len(made)
    for one, two in zip(made, back, strict=True):
        same(FORMS, one, two)


@few(12)
@given(st.data())
def test_record_to_survey_to_record(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["practice", "lesson", "actor", "collection", "instrument"]))
    form = FORMS.form(kind)
    made = data.draw(st.lists(records(form), min_size=1, max_size=3))
    submissions = [FORMS.to_submission(one) for one in made]
    exports = [
        json.dumps({"count": len(made), "results": submissions}).encode(),
        b"\xef\xbb\xbf" + json.dumps({"value": submissions}).encode(),
        kobo_workbook(form, submissions),
        odk_zip(form, submissions),
    ]
    for export in exports if data.draw(st.booleans()) else exports[:1]:
        back = answers_of(FORMS.read_survey(export, kind))
        assert len(back) == len(made)
        for one, two in zip(made, back, strict=True):
            same(FORMS, one, two)


def test_a_survey_without_repeats_is_a_csv_file_with_semicolons() -> None:
    row = {name: value for name, value in FORMS.to_submission(lesson()).items() if not isinstance(value, list)}
    back = answers_of(FORMS.read_survey(csv_of([{"_id": 7, **row}], ";"), "lesson"))
    assert back[0]["fields"]["aboutPractice"] == ["practice/data-trust-a"]


def test_whoever_is_under_18_or_does_not_say_is_not_heard() -> None:
    submissions = [{**FORMS.to_submission(lesson()), "dgekg_adult": age} for age in ("no", "", "yes")]
    reading = FORMS.read_survey(json.dumps(submissions).encode(), "lesson")
    assert len(reading.filled) == 1
    assert [one.cell.row for one in reading.unread] == [1, 2]
    assert "under 18" in reading.unread[0].message()


def test_pyxform_accepts_the_survey_of_a_practice() -> None:
    made = FORMS.xlsform("practice", records={"actor": {"mila": "Mila"}, "instrument": {"cedaw": "CEDAW"}})
    result = convert(xlsform=io.BytesIO(made), validate=False, file_type=".xlsx")
    assert result.warnings == []
    for language in ("English (en)", "Français (fr)", "Español (es)"):
        assert f'lang="{language}"' in result.xform
    assert "Élément probant" in result.xform
    assert "cedaw" in result.xform


def test_pyxform_accepts_the_other_surveys() -> None:
    for kind in ("lesson", "actor"):
        assert convert(xlsform=io.BytesIO(FORMS.xlsform(kind)), validate=False, file_type=".xlsx").warnings == []


def sheet_ids(data: bytes) -> dict[str, list[str]]:
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: [str(cell.value) for cell in sheet[3]] for sheet in book if sheet.max_row > 2}


def test_the_spreadsheet_has_lists_help_and_a_sheet_for_each_part() -> None:
    data = FORMS.xlsx("practice", language="es", records={"actor": {"mila": "Mila"}})
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames[:2] == ["Léame", "Práctica"]
    assert book["lists"].sheet_state == "hidden"
    ids = sheet_ids(data)
    assert ids["Práctica"][:2] == ["@record:practice", "title@es"]
    marks = {row[0] for row in ids.values()}
    assert {"@of:hasEvidence", "@of:qualifiedAttribution", "@of:support", "@new:actor"} <= marks
    assert not any(name in row for row in ids.values() for name in ("license", "issued", "exposure"))
    sheet = book["Práctica"]
    column = ids["Práctica"].index("approach")
    letter = get_column_letter(column + 1)
    rules = [r for r in sheet.data_validations.dataValidation if f"{letter}4" in r]
    assert len(rules) == 1
    name = str(rules[0].formula1).removeprefix("=")
    listed = [str(cell[0].value) for cell in book["lists"][str(book.defined_names[name].value).split("!")[1]]]
    assert any(entry.endswith("[mainstreaming]") for entry in listed)
    texts = [row[0].value for row in book["Léame"].iter_rows()]
    assert any("18 años" in str(text) for text in texts)
    assert str(sheet.cell(1, 2).value) == "Título (es) *"


def filled(rows: dict[str, list[list[Any]]]) -> bytes:
    """A workbook as a person might send it: columns in any order, some left out."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in rows.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_what_people_write_is_understood_and_its_place_is_kept() -> None:
    data = filled(
        {
            "Notes": [["nothing of ours"]],
            "Parts": [
                ["@of:hasEvidence", "source", "evidenceLevel", "description@fr"],
                [1, "https://example.org", "Documenté", "Une page."],
            ],
            "Records": [
                ["title", "", "", ""],
                ["@record:practice", "lever#1", "title@en", "title@?", "yearStarted", "inRegion#1", "fundedBy#1"],
                [1, "procurement; Recherche, mesure et données", "=1+1", "sw: Jina", 2018, "Kenya", "New House"],
                [2, "=A1", None, "Jina", 2018.0, "· Kenya [404]", "Mila [actor/mila]"],
            ],
            "New": [["@new:actor", "name@en", "classification#1"], [1, "New House", "Research"]],
        }
    )
    reading = FORMS.read_xlsx(data, "practice", "answers.xlsx")
    first, second = (one.answers["fields"] for one in reading.filled)
    assert first["lever"] == ["procurement", "research-measurement-data"]
    assert first["title"] == [{"value": "Jina", "language": "sw"}]
    assert first["yearStarted"] == second["yearStarted"] == ["2018"]
    assert first["inRegion"] == second["inRegion"] == ["404"]
    assert first["fundedBy"][0]["kind"] == "actor"
    assert second["fundedBy"] == ["actor/mila"]
    evidence = first["hasEvidence"][0]["fields"]
    assert evidence["evidenceLevel"] == ["2"]
    assert evidence["description"] == [{"value": "Une page.", "language": "fr"}]
    told = [(one.cell.text(), one.key) for one in reading.unread]
    assert told == [
        ("answers.xlsx: Records!C3", "formula"),
        ("answers.xlsx: Records!B4", "formula"),
        ("answers.xlsx: Records!D4", "language"),
    ]
    cell = reading.filled[0].cell
    assert cell(("yearStarted", 0)) == ("answers.xlsx", "Records", 3, "E")
    assert cell(("hasEvidence", 0, "source", 0)) == ("answers.xlsx", "Parts", 2, "B")
    assert cell(("hasEvidence", 0, "accessedOn")) == ("answers.xlsx", "Parts", 2, "")


def test_rows_that_belong_nowhere_and_columns_that_nobody_knows_are_told() -> None:
    data = filled(
        {
            "A": [["@record:lesson", "description@en", "descripton@en"], [1, "x", "y"], [1, "z", None], [2, "w", None]],
        }
    )
    reading = FORMS.read_xlsx(data, "lesson")
    assert [(one.key, one.cell.row) for one in reading.unread] == [("column", 1), ("twice", 3)]
    assert "description" in reading.unread[0].message("es")
    parts = filled({"A": [["@record:practice", "title@en"], [1, "x"], [2, "y"]],
                    "B": [["@of:hasEvidence", "source"], [3, "https://example.org"]]})  # fmt: skip
    assert [one.key for one in FORMS.read_xlsx(parts, "practice").unread] == ["owner"]


def test_the_template_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="template for actor"):
        FORMS.read_xlsx(FORMS.xlsx("actor"), "practice")
    with pytest.raises(InputError, match="dgekg_adult"):
        FORMS.read_survey(b"a,b\n1,2\n", "practice")


def test_the_schema_takes_answers_that_conform_and_refuses_others() -> None:
    schema = FORMS.json_schema("lesson", language="fr")
    Draft202012Validator.check_schema(schema)
    takes = Draft202012Validator(schema).is_valid
    assert schema["title"] == spoken(FORMS.form("lesson").label, "fr")
    assert takes(lesson())
    assert not takes(lesson(description=[]))
    assert not takes({"kind": "lesson", "fields": {"aboutPractice": ["practice/x"]}})
    assert not takes(lesson(aboutGroup=["nobody"]))
    assert not takes(lesson(license=["https://example.org"]))
    assert not takes(lesson(date=["soon"]))
    assert takes(lesson(date=["2020"], aboutGroup=["women"]))


def test_the_schema_of_a_practice_needs_one_of_the_three_stages() -> None:
    validator = Draft202012Validator(FORMS.json_schema("practice"))
    errors = {error.validator for error in validator.iter_errors({"kind": "practice", "fields": {}})}
    assert "anyOf" in errors


def words_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


def test_the_questionnaire_asks_everything_in_the_language_of_the_interview() -> None:
    form = FORMS.form("practice").only_asked()
    text = words_of(FORMS.docx("practice", language="fr"))
    for field in form.fields:
        assert field.label["fr"] in text
        assert field.help["fr"] in text
    assert "☐ Intégration" in text
    assert "18 ans" in text
    assert "Sustainable" not in text


def test_the_page_has_a_label_for_each_question() -> None:
    page = FORMS.html("practice", language="es")
    assert '<html lang="es">' in page
    for name in ("title", "approach", "hasEvidence.source"):
        assert f'<label for="{name}">' in page
        assert f'id="{name}-help"' in page
    assert "<script" not in page


def faces(of: Forms) -> dict[str, str]:
    """The texts of the five faces of the form of a mapping."""

    def cells(data: bytes) -> str:
        book = load_workbook(io.BytesIO(data))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)

    return {
        "xlsx": cells(of.xlsx("mapping")),
        "xlsform": cells(of.xlsform("mapping")),
        "json": json.dumps(of.json_schema("mapping"), ensure_ascii=False),
        "docx": words_of(of.docx("mapping")),
        "html": of.html("mapping"),
    }


def test_a_changed_shape_changes_all_five_faces(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("alignments", "context"))
    shape = tmp_path / "shapes" / "ProvisionMapping.ttl"
    text = shape.read_text("utf-8")
    head, mark, rest = text.partition("<shapes#ProvisionMapping-mappingType>\n    a sh:PropertyShape ;")
    name = str(FORMS.form("mapping").field("mappingType").label["en"])  # type: ignore[union-attr]
    rest = rest.replace(f'sh:name "{name}"@en', 'sh:name "Sort of link"@en', 1)
    only = "    sh:in ( <scheme/mapping-type/overlaps> <scheme/mapping-type/conflicts> ) ;\n    sh:order"
    shape.write_text(head + mark + rest.replace("    sh:order", only, 1), "utf-8")
    before, after = faces(FORMS), faces(Forms(Project.at(tmp_path)))
    for face in before:
        assert "Sort of link" in after[face], face
        assert "Sort of link" not in before[face], face
        assert "Specifies" in before[face], face  # a choice that the changed shape no longer allows
        assert "Specifies" not in after[face], face
        assert "Conflicts" in after[face], face


def test_files_are_the_same_each_time() -> None:
    for make in (FORMS.xlsx, FORMS.xlsform, FORMS.docx):
        assert make("mapping") == make("mapping")


def test_the_command_writes_each_face_and_checks_what_comes_back(
    dgekg: Callable[..., Ran], project: Project, tmp_path: Path
) -> None:
    target = tmp_path / "x"
    ran = dgekg(project, "form", "lesson", "--format", "json", "--language", "fr", "--output", str(target))
    assert (ran.code, "Wrote" in ran.out) == (0, True)
    assert json.loads(target.read_text("utf-8"))["title"] == FORMS.form("lesson").label["fr"]
    target.write_bytes(filled({"A": [["@record:lesson", "description@en", "date"], [1, "x", "soon"]]}))
    ran = dgekg(project, "form", "lesson", "--check", str(target))
    assert ran.code == 1
    assert "x: A!C2: date[0]: " in ran.out
    assert "aboutPractice" in ran.out
    ran = dgekg(project, "form", "lessn")
    assert (ran.code, "Did you mean lesson?" in ran.err) == (2, True)


def test_every_language_of_the_catalogue_names_the_same_sheets() -> None:
    for language in LANGUAGES:
        data = FORMS.xlsx("lesson", language=language)
        assert answers_of(FORMS.read_xlsx(data, "lesson")) == []
