"""Reports: numbers bound to what they rest on, words that follow the numbers, and what goes wrong."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import errno
import io
import json
import os
import re
import shutil
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
import yaml
from docx.oxml.ns import qn
from docx.shared import Mm

from conftest import AS_OF, ROOT, Ran
from dgekg import report
from dgekg.build import Sources
from dgekg.build.builder import counts
from dgekg.build.derive import assemble
from dgekg.charts import heat
from dgekg.errors import DgekgError, InputError
from dgekg.observatory import Observatory
from dgekg.report import asking, bound, model, numbers, syntax
from dgekg.report.widths import WIDE, undivided, widths
from dgekg.settings import Project, Settings
from dgekg.vocabulary import BASE, LANGUAGES

SUBJECTS = {
    "country": f"{BASE}scheme/region/076",
    "group": f"{BASE}scheme/group/women",
    "instrument": f"{BASE}id/instrument/equality-convention",
    "stage": f"{BASE}scheme/stage/data",
}
SHORT = """---
title: A test
---

## Part

{{practices | none: none | one: one | few: a few (#) | other: many}}.
"""
FIGURES: dict[str, Any] = {
    "words": {"none": "0", "few": "1-5", "many": "6-"},
    "shares": {"none": "0", "most": "51-99", "all": "100"},
    "numbers": {
        "practices": {"view": {"rows": "stage"}},
        "improved": {"view": {"rows": "stage"}, "measure": "effect_shown"},
        "asked": {"question": "who-was-asked"},
        "more": {"minus": ["practices", "improved"]},
    },
    "tables": {"lessons": {"question": "lessons", "show": ["theme", "said"]}},
}


@pytest.fixture(scope="module")
def full(world_observatory: Observatory) -> model.Document:
    return report.make(world_observatory, report.load(report.shipped(), "full", "en"), publisher="Those who publish")


@pytest.fixture(scope="module")
def faces(full: model.Document, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("faces")
    for form in report.FORMATS:
        report.write(full, folder / f"report.{form}", form)
    return {form: folder / f"report.{form}" for form in report.FORMATS}


def template(folder: Path, text: str = SHORT, figures: dict[str, Any] | None = None, **others: str) -> Path:
    """Write a small template; the same text in all languages unless others are given."""
    folder.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (folder / f"full.{language}.md").write_text(others.get(language, text), "utf-8")
    (folder / "figures.yaml").write_text(yaml.safe_dump(FIGURES | (figures or {})), "utf-8")
    return folder


def said(observatory: Observatory, folder: Path, language: str = "en") -> str:
    """Return the paragraphs of a report as text."""
    made = report.make(observatory, report.load(folder, "full", language))
    return "\n".join(model.plain(block.line) for block in made.blocks if isinstance(block, model.Paragraph))


def opened(project: Project, data: Path) -> Observatory:
    store = assemble(Sources(project, data), AS_OF)
    meta = {"classes": counts(store), "quads": len(store.engine), "as_of": AS_OF.isoformat()}
    return Observatory(project, store, "other", AS_OF, meta, Settings())


# ---- What the shipped template says


@pytest.mark.parametrize("variant", report.variants(report.shipped()))
def test_every_variant_can_be_made_and_says_the_same_in_each_language(
    variant: str, world_observatory: Observatory, full: model.Document
) -> None:
    made = [full] if variant == "full" else []
    for language in {"full": ("fr",), "brief": LANGUAGES}.get(variant, ("en", "es")):
        read = report.load(report.shipped(), variant, language)
        made.append(report.make(world_observatory, read, SUBJECTS.get(variant, "")))
    assert len({tuple((one.name, str(one.source)) for one in document.bindings) for document in made}) == 1
    values = [[one.value for one in document.bindings if one.kind != "claim"] for document in made]
    assert values[0] == values[1]
    texts = [" ".join(model.plain(b.line) for b in d.blocks if isinstance(b, model.Paragraph)) for d in made]
    assert texts[0] != texts[1]
    assert not any(re.search(r"\{\{|\}\}|\$subject|\ue000", text) for text in texts)


def test_nothing_in_the_shipped_figures_is_unused() -> None:
    figures = yaml.safe_load((report.shipped() / "figures.yaml").read_text("utf-8"))
    texts = "".join(path.read_text("utf-8") for path in report.shipped().glob("*.en.md"))
    for home, verb in (("tables", "table"), ("lists", "list"), ("charts", "chart"), ("cards", "cards")):
        unused = [name for name in figures[home] if f"{{{{{verb} {name}}}}}" not in texts]
        assert not unused, home
    assert not [name for name in figures["numbers"] if not re.search(rf"\b{name}\b", texts)]


def test_full_report_has_the_parts_that_were_promised(full: model.Document) -> None:
    anchors = {heading.anchor for heading in full.headings(2)}
    assert {"in-one-page", "the-decisions-asked", "what-binds-a-state", "findings-by-lever", "redress"} <= anchors
    assert {"impact-assessment", "dissent-and-replies", "references", "in-easy-words", "recommendations"} <= anchors
    assert sum(isinstance(block, model.Figure) for block in full.blocks) >= 5
    assert all(block.says for block in full.blocks if isinstance(block, model.Figure))


# ---- Numbers are bound


def test_every_number_of_every_face_is_bound(full: model.Document, faces: dict[str, Path]) -> None:
    for path in faces.values():
        found = bound.read(path)
        assert found["version"] == "test"
        assert [one["value"] for one in found["bindings"]] == [one.value for one in full.bindings]
    page = faces["html"].read_text("utf-8")
    targets = set(re.findall(r'id="([^"]+)"', page))
    asked = re.findall(r'class="(?:number|mark)" href="#([^"]+)" title="([^"]+)"', page)
    assert len(asked) > len(full.bindings)
    assert {target for target, _title in asked} <= targets
    assert all("version test" in title and re.search("[0-9a-f]{12}$", title) for _target, title in asked)


def test_report_holds_for_the_version_it_was_made_of(world_observatory: Observatory, faces: dict[str, Path]) -> None:
    found = report.verify(world_observatory, faces["pdf"])
    assert not found.gone
    assert found.count("holds") == len(found.checked) > 50


def test_numbers_that_no_longer_hold_are_named(
    versions_apart: tuple[Project, str], dgekg: Callable[..., Ran], tmp_path: Path
) -> None:
    project, older = versions_apart
    read = template(tmp_path / "t", SHORT + "\n{{improved}} {{more}}\n\n{{table lessons}}\n")
    file = tmp_path / "report.md"
    made = dgekg(project, "report", "--template", str(read), "--version", older[:8], "--output", str(file))
    assert made.code == 0, made.said
    again = dgekg(project, "report", "verify", str(file), "--version", older)
    assert again.code == 0, again.said
    now = dgekg(project, "report", "verify", str(file), "--format", "json")
    assert now.code == 1, now.said
    rows = (
        {row[1]: row for row in json.loads(now.out)["rows"]}
        if isinstance(json.loads(now.out)["rows"][0], list)
        else {row["What was asked"]: list(row.values()) for row in json.loads(now.out)["rows"]}
    )
    then, here, verdict = rows["/coverage?rows=stage"][2:5]
    assert int(then) == int(here) + 1
    assert verdict == "no longer holds"
    assert dgekg(project, "report", "verify", str(file), "--version", "0000feed").code == 2


def test_a_day_that_was_chosen_is_asked_again(world_observatory: Observatory, tmp_path: Path) -> None:
    later = copy.copy(world_observatory)
    later.as_of = dt.date(2031, 1, 1)
    read = template(
        tmp_path / "t", "---\ntitle: T\n---\n\n{{old}}\n", {"numbers": {"old": {"question": "stale-evidence"}}}
    )
    made = report.make(later, report.load(read, "full", "en"), moved=True)
    report.write(made, tmp_path / "r.md", "md")
    assert made.bindings[0].value != report.make(world_observatory, report.load(read, "full", "en")).bindings[0].value
    assert not report.verify(copy.copy(world_observatory), tmp_path / "r.md").gone


# ---- Words follow the numbers


def test_words_change_with_the_data(project: Project, world_observatory: Observatory, tmp_path: Path) -> None:
    text = (
        "---\ntitle: T\n---\n\n{{improved | none: Nothing helped. | one: One helped. | few: # helped. | other: Many.}} "
        "{{improved of practices | none: Not one. | most: Most. | all: All. | other: Some.}}\n\n"
        "{{if improved}}\n\nThere is proof.\n\n{{else}}\n\nThere is no proof.\n\n{{end}}\n"
    )
    read = template(tmp_path / "t", text)
    before = said(world_observatory, read)
    assert re.search(r"^[2-5] helped. Some.", before)
    assert "There is proof." in before
    shutil.copytree(ROOT / "tests" / "world" / "data", tmp_path / "data")
    for path in (tmp_path / "data" / "practices").glob("*.ttl"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("scheme/direction/improvement", "scheme/direction/none"), "utf-8")
    after = said(opened(project, tmp_path / "data"), read)
    assert after.startswith("Nothing helped. Not one.")
    assert "There is no proof." in after


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0, "en", "nothing"),
        (1, "en", "single"),
        (3, "en", "few"),
        (7, "en", "more"),
        (1, "es", "single"),
        (0, "fr", "nothing"),
    ],
)
def test_the_first_case_that_fits_is_said(value: int, language: str, text: str) -> None:
    vocabulary = numbers.Vocabulary({"none": "0", "few": "1-5"}, {})
    cases = [("none", "nothing"), ("one", "single"), ("few", "few"), (">=100", "lots"), ("other", "more")]
    assert numbers.chosen(cases, value, language, vocabulary) == text
    assert numbers.chosen([("one", "x"), ("other", "y")], 0, language, vocabulary) == ("x" if language == "fr" else "y")


def test_a_share_of_something_is_never_none_and_never_all() -> None:
    vocabulary = numbers.Vocabulary({}, {"none": "0", "few": "0-9", "most": "51-99", "all": "100"})
    cases = [("none", "none"), ("few", "few"), ("most", "most"), ("all", "all"), ("other", "some")]
    found = [numbers.chosen(cases, part, "en", vocabulary, 100_000) for part in (0, 1, 99_999, 100_000, 30_000)]
    assert found == ["none", "few", "most", "all", "some"]


def test_rises_and_falls() -> None:
    vocabulary = numbers.Vocabulary({}, {})
    cases = [("rises", "up"), ("falls", "down"), ("same", "as before"), ("other", "-")]
    assert [numbers.chosen(cases, n, "en", vocabulary) for n in (3, -3, 0)] == ["up", "down", "as before"]


def test_a_filter_that_leaves_nothing_is_not_called_an_empty_collection(world_observatory: Observatory) -> None:
    asker = asking.Asker(world_observatory, "en")
    answered = asker.answer({"question": "lessons", "where": {"theme": "no such theme"}})
    assert not answered.rows
    assert "none is of this sort" in answered.empty


# ---- Faces


def test_word_has_real_headings_tables_and_alternative_texts(full: model.Document, faces: dict[str, Path]) -> None:
    found = docx.Document(str(faces["docx"]))
    styles = [paragraph.style.name for paragraph in found.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == len(full.headings(1))
    tables = [block for block in full.blocks if isinstance(block, model.Table)]
    assert len(found.tables) == len(tables)
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in found.tables)
    pictures = re.findall(r"<wp:docPr [^>]*>", found.element.xml)
    assert len(pictures) == sum(isinstance(block, model.Figure) for block in full.blocks)
    assert all('descr="' in one and 'descr=""' not in one for one in pictures)
    with zipfile.ZipFile(faces["docx"]) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))
        ElementTree.fromstring(archive.read("word/document.xml"))


@pytest.mark.parametrize(("form", "mark"), [("html", "</a>"), ("md", "[^1]")])
def test_a_number_that_somebody_changed_in_the_text_does_not_hold(
    form: str, mark: str, full: model.Document, faces: dict[str, Path], world_observatory: Observatory, tmp_path: Path
) -> None:
    first = f"{full.bindings[0].value}{mark}"
    text = faces[form].read_text("utf-8")
    assert not report.verify(copy.copy(world_observatory), faces[form]).gone
    changed = tmp_path / f"changed.{form}"
    changed.write_text(text.replace(first, f"9{first}", 1), "utf-8")
    (gone,) = report.verify(copy.copy(world_observatory), changed).gone
    assert (gone.number, gone.was, gone.now) == (1, f"9{full.bindings[0].value}", full.bindings[0].value)


def test_headings_and_labels_of_a_heat_map_stay_large_enough_to_read() -> None:
    row = heat.Row(
        "Participation, collective organisation and governance by communities", 1, [heat.Box("thin", "1")] * 2
    )
    long = heat.spec([row], ["Environnement favorable", "Retrait"])
    axis = long["encoding"]["x"]["axis"]
    assert axis["labelFontSize"] == heat.spec([row], ["Data", "Design"])["encoding"]["x"]["axis"]["labelFontSize"]
    assert axis["labelAngle"] == -40
    assert max(map(len, long["data"]["values"][0]["row"][5:].split("\n"))) < 36
    assert heat.drawn([row], ["Environnement favorable", "Retrait"]).inside.count("rotate(320)") == 2


def test_no_cell_is_blank_and_no_table_wider_than_paper(full: model.Document) -> None:
    tables = [block for block in full.blocks if isinstance(block, model.Table)]
    assert all(model.plain(cell).strip() for table in tables for row in table.rows for cell in row)
    assert any(model.plain(cell) == "–" for table in tables for row in table.rows for cell in row)
    for table in tables:
        room = widths(table)
        assert sum(room) == pytest.approx(WIDE, abs=1)
        assert min(room) > 8


def test_headings_of_numbers_take_few_lines_and_a_rare_long_cell_has_room() -> None:
    head = ("Who", "Seat", "Norms of human rights: practices and instruments")
    rows = tuple(((model.Text("A name as others have it"),), (model.Text(seat),), (model.Text("4"),)) for seat in "ab")
    long = ((model.Text("Another name"),), (model.Text("A seat whose name is as long as that of few others"),), ())
    short = model.Table((), head, rows, (False, False, True), (), 0, ())
    name, seat, number = widths(short)
    assert len(textwrap.wrap(head[2], int((number - 3.6) / 1.95))) == 3
    assert widths(dataclasses.replace(short, rows=(*rows, long)))[1] > seat + 5
    assert name > seat
    assert undivided(head[2], number)
    assert not undivided("Instruments", 15)


def test_values_of_a_cell_and_headings_of_cards_are_set_as_french_is(
    world_observatory: Observatory, tmp_path: Path
) -> None:
    text = SHORT + "\n{{table rounds}}\n\n{{cards gaps}}\n"
    figures = {
        "tables": {"rounds": {"question": "how-the-scan-was-collected", "show": ["round", "tongue"], "by": ["round"]}},
        "cards": {"gaps": {"over": ["stage", "group"], "limit": 1, "sections": []}},
    }
    made = report.make(world_observatory, report.load(template(tmp_path / "t", text, figures), "full", "fr"))
    (table,) = (block for block in made.blocks if isinstance(block, model.Table))
    assert "anglais\u202f; français" in [model.plain(row[1]) for row in table.rows]
    heading = model.plain([block for block in made.blocks if isinstance(block, model.Heading)][-1].line)
    assert "\u00a0: " in heading


def test_words_are_divided_in_tables_alone_and_between_syllables(faces: dict[str, Path]) -> None:
    found = docx.Document(str(faces["docx"]))
    settings = [child.tag for child in found.settings.element]
    assert settings.index(qn("w:autoHyphenation")) == settings.index(qn("w:defaultTabStop")) + 1
    kept = found.styles["Normal"].element.pPr.find(qn("w:suppressAutoHyphens"))
    assert kept is not None
    assert kept.get(qn("w:val")) == "1"
    for table in found.tables:
        paragraphs = list(table._tbl.iter(qn("w:p")))
        assert len(list(table._tbl.iter(qn("w:suppressAutoHyphens")))) == len(paragraphs)
        order = [child.tag for child in table._tbl.tblPr]
        assert order.index(qn("w:tblBorders")) < order.index(qn("w:tblLayout")) < order.index(qn("w:tblCellMar"))


def test_every_link_and_word_of_a_cell_is_as_small_as_the_others(faces: dict[str, Path]) -> None:
    found = docx.Document(str(faces["docx"]))
    sizes = [
        {size.get(qn("w:val")) for size in table._tbl.iter(qn("w:sz")) if size.getparent().tag == qn("w:rPr")}
        for table in found.tables
    ]
    assert all(len(one) == 1 for one in sizes)
    assert all(sum(c.width or 0 for c in t.columns) == pytest.approx(Mm(WIDE), rel=0.02) for t in found.tables)


def test_pdf_is_tagged_and_files_are_the_same_again(
    full: model.Document, faces: dict[str, Path], world_observatory: Observatory
) -> None:
    body = faces["pdf"].read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in body
    assert body.count(b"/S/Figure") >= sum(isinstance(block, model.Figure) for block in full.blocks)
    assert b"/S/TH" in body
    brief = report.make(world_observatory, report.load(report.shipped(), "brief", "en"))
    for form in report.FORMATS:
        assert report.written(brief, form) == report.written(brief, form)


def test_page_asks_nothing_of_elsewhere_and_markup_of_the_data_stays_text(faces: dict[str, Path]) -> None:
    page = faces["html"].read_text("utf-8")
    assert not re.findall(r"<(?:link|img|iframe|script src)|url\((?!#)|@import", page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    hostile = "<script>alert(1)</script> | {{practices}} #x *y* ]("
    line = (model.Text(hostile), model.Link(hostile, "https://example.org/"), model.Number("3", 1))
    binding = model.Binding(1, "x", "number", {"question": hostile}, 3, "0" * 64)
    blocks = (model.Heading(1, line, "a"), model.Table(line, (hostile,), ((line,),), (False,), (line,), 1))
    document = model.Document(hostile, "", "en", "full", "", "test", "2026-11-21", hostile, blocks, (binding,))
    assert "<script>alert" not in report.written(document, "html").decode()
    assert "<script>" not in report.written(document, "md").decode().split("<!--")[0].replace("\\<script\\>", "")
    for form in ("pdf", "docx"):
        assert report.written(document, form)


def test_letters_that_no_font_has_do_not_stop_a_pdf() -> None:
    line = (model.Text("Māori, Ж, ع, 中, \U0001f9ff"),)
    document = model.Document("T", "", "en", "full", "", "test", "2026-11-21", "", (model.Paragraph(line),), ())
    assert report.written(document, "pdf").startswith(b"%PDF")


# ---- What goes wrong, and where


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{practises}}", 'full.en.md, line 5: number: found "practises", which is not known. Did you mean practices'),
        ("\n{{table lesson}}", 'full.en.md, line 6: table: found "lesson"'),
        ("{{practices | fewer: x | other: y}}", 'line 5: case: found "fewer"'),
        ("{{practices | few: x}}", 'the last case is "few", expected "other"'),
        ("{{practices", "line 5: found {{ without }}"),
        ("a }} b", "line 5: found }} without {{"),
        ("{{if practices}}\n\nx", "line 5: found {{if ...}} without an {{end}}"),
        ("{{end}}", "line 5: found {{end}} without"),
        ("There are 12 of them.", "line 5: found the number 12 typed into the text"),
        ("# Title", "line 5: found a heading with #"),
        ("<b>bold</b>", "line 5: found html"),
        ("![x](https://example.org/x.png)", "line 5: found image"),
        ("[x](ftp://x)", 'found a link to "ftp://x"'),
        ("{{practices of}}", "expected a name"),
    ],
)
def test_fault_in_a_text_says_the_line(text: str, wanted: str, world_observatory: Observatory, tmp_path: Path) -> None:
    read = template(tmp_path / "t", f"---\ntitle: T\n---\n\n{text}\n")
    with pytest.raises(InputError) as fault:
        report.make(world_observatory, report.load(read, "full", "en"))
    assert wanted in str(fault.value)


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [
        ({"numbers": {"x": {"question": "lesons"}}}, 'full.en.md, line 5: x: question: found "lesons"'),
        ({"numbers": {"x": {"question": "lessons", "count": "them"}}}, 'lessons: column: found "them"'),
        ({"numbers": {"x": {"question": "lessons", "parameters": {"group": "womn"}}}}, 'found "womn"'),
        ({"numbers": {"x": {"question": "lessons", "sum": "theme"}}}, "which is no number"),
        ({"numbers": {"x": {"view": {"rows": "stages"}}}}, "stages"),
        ({"numbers": {"x": {"view": {"rows": "stage"}, "measure": "all"}}}, 'measure: found "all"'),
        ({"numbers": {"x": {"minus": ["x", "x"]}}}, "made of itself"),
        ({"numbers": {"x": {}}}, "expected exactly one of question"),
        ({"numbers": {"x": {"question": "lessons", "parameters": 7}}}, "full.en.md, line 5: x"),
        ({"words": {"few": "some"}}, 'figures.yaml: words: few: found "some"'),
        ({"pictures": {}}, 'figures.yaml: part: found "pictures"'),
        (
            {"tables": {"lessons": {"question": "lessons", "caption": {"en": "Lessons", "fr": "Leçons"}}}},
            "figures.yaml: tables: lessons: the caption lacks es",
        ),
    ],
)
def test_fault_in_the_figures_says_what_is_wrong(
    figures: dict[str, Any], wanted: str, world_observatory: Observatory, tmp_path: Path
) -> None:
    figures = {"numbers": {"x": {"view": {"rows": "stage"}}}} | figures
    read = template(tmp_path / "t", "---\ntitle: T\n---\n\n{{x}}\n", figures)
    with pytest.raises(InputError) as fault:
        report.make(world_observatory, report.load(read, "full", "en"))
    assert wanted in str(fault.value)


def test_a_language_that_says_less_is_refused(tmp_path: Path) -> None:
    read = template(tmp_path / "t", SHORT, fr=SHORT.replace("## Part", "Partie"))
    with pytest.raises(InputError, match=r"full.fr.md: lacks a heading ##, which full.en.md has in line 5"):
        report.load(read, "full", "es")
    template(tmp_path / "t", SHORT, es=SHORT.replace("{{practices | none: none", "{{improved | none: none"))
    with pytest.raises(InputError, match=r"lacks the number (practices, which full.en|improved, which full.es)"):
        report.load(read, "full", "en")
    template(tmp_path / "t")
    (tmp_path / "t" / "full.fr.md").unlink()
    with pytest.raises(InputError, match=r"full.fr.md: is missing; full.en.md, full.es.md is there"):
        report.load(read, "full", "en")


def test_a_query_that_fails_is_told_with_its_place(
    world_observatory: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object, **_named: object) -> None:
        raise DgekgError("stopped after 10 s")

    read = template(tmp_path / "t", "---\ntitle: T\n---\n\n{{asked}}\n")
    monkeypatch.setattr(Observatory, "ask", fails)
    with pytest.raises(InputError, match=r"full.en.md, line 5: asked: stopped after 10 s"):
        report.make(world_observatory, report.load(read, "full", "en"))


def test_a_figure_that_a_limit_cuts_off_is_told_with_its_place(world_observatory: Observatory, tmp_path: Path) -> None:
    read = template(tmp_path / "t", "---\ntitle: T\n---\n\n{{practices}}\n")
    narrow = copy.copy(world_observatory)
    narrow.settings = dataclasses.replace(world_observatory.settings, cell_limit=5)
    with pytest.raises(InputError, match=r"full.en.md, line 5: practices: .*5"):
        report.make(narrow, report.load(read, "full", "en"))


def test_command_line_refuses_and_leaves_what_was_there(
    built: Project, dgekg: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = str(template(tmp_path / "t"))
    file = tmp_path / "report.md"
    assert dgekg(built, "report", "--template", read, "--output", str(file)).code == 0
    first = file.read_bytes()
    assert b"A test" in first

    def full_disk(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr("dgekg.disk.os.fsync", full_disk)
        failed = dgekg(built, "report", "--template", read, "--output", str(file))
    assert failed.code == 2
    assert "No space left on device" in failed.err
    assert file.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.md", "t"]
    other = tmp_path / "thesis.md"
    other.write_text("my own", "utf-8")
    faulty = template(tmp_path / "broken", "---\ntitle: T\n---\n\n{{practises}}\n")
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "report.fr.pdf").write_text("mine", "utf-8")
    for arguments, wanted in (
        (["--output", str(other)], "holds something else than a report"),
        (["--output", str(tmp_path), "--format", "md"], "is a folder"),
        (["--output", str(tmp_path / "no" / "r.md")], "does not exist"),
        (["--output", str(tmp_path / "r.txt")], "say --format"),
        (["--output", str(file), "--format", "pdf"], "ends as md"),
        (["--output", str(file), "--variant", "ful"], 'variant: found "ful"'),
        (["--output", str(file), "--variant", "full=x"], "takes no value"),
        (["--output", str(file), "--version", "0000feed"], "no version of that name"),
        (["--output", str(file), "--template", str(tmp_path / "none")], "expected a folder with figures.yaml"),
        (["--output", str(file), "--template", str(faulty)], 'full.en.md, line 5: number: found "practises"'),
        (["--all", str(tmp_path / "all")], "report.fr.pdf: holds something else than a report"),
        (["--all", str(file)], "is a file, expected a folder"),
        ([], "say where to write it"),
    ):
        refused = dgekg(built, "report", "--template", read, *arguments)
        assert refused.code == 2, arguments
        assert wanted in refused.err, refused.err
    assert other.read_text("utf-8") == "my own"
    assert file.read_bytes() == first
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["report.fr.pdf"]
    assert dgekg(built, "report", "verify", str(other)).code == 2


def test_variant_needs_a_subject_that_exists(built: Project, dgekg: Callable[..., Ran], tmp_path: Path) -> None:
    for variant, wanted in (("country", "say which"), ("country=Brasilia", 'found "Brasilia"')):
        refused = dgekg(built, "report", "--output", str(tmp_path / "r.md"), "--variant", variant)
        assert refused.code == 2
        assert wanted in refused.err
    made = dgekg(built, "report", "--output", str(tmp_path / "r.md"), "--variant", "country=Brazil", "--lang", "fr")
    assert made.code == 0, made.said
    assert (tmp_path / "r.md").read_text("utf-8").startswith("# Brésil : ")


def test_template_can_be_copied_and_is_read_from_the_project(
    built: Project, dgekg: Callable[..., Ran], tmp_path: Path
) -> None:
    copied = tmp_path / "own"
    assert dgekg(built, "report", "template", str(copied)).code == 0
    assert report.folder_of(tmp_path, None) == report.shipped()
    copied.rename(tmp_path / "report")
    assert report.folder_of(tmp_path, None) == tmp_path / "report"
    assert dgekg(built, "report", "template", str(tmp_path)).code == 2


def test_bindings_are_read_of_hostile_files_without_harm(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "customXml/a.xml", f'<!DOCTYPE x [<!ENTITY a "b">]><bindings xmlns="{bound.SPACE}">&a;</bindings>'
        )
    for body in (b"", b"%PDF-1.7\nstream\nx\nendstream", buffer.getvalue(), b"PK\x03\x04", b"<!-- x"):
        (tmp_path / "x").write_bytes(body)
        with pytest.raises(InputError, match="found no bindings"):
            bound.read(tmp_path / "x")


def test_typed_numbers_are_found() -> None:
    assert syntax.typed("M49, ISO-639 and c1 are names") == ""
    assert syntax.typed("some 1,706 of them") == "1,706"
