"""Small parts of a DOCX that its library has no words for: languages of runs, lines of tables, no time of packing."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run

_MARGIN = 68  # beside what stands in a cell, in twentieths of a point
# What comes after them, for the order of elements is part of the format.
_AFTER_HYPHENS = (
    *("w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi"),
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl"),
    *("w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange"),
)
_AFTER_AUTO = (
    *("w:consecutiveHyphenLimit", "w:hyphenationZone", "w:doNotHyphenateCaps", "w:characterSpacingControl"),
    *("w:hdrShapeDefaults", "w:footnotePr", "w:endnotePr", "w:compat", "w:rsids", "m:mathPr", "w:themeFontLang"),
    *("w:clrSchemeMapping", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator"),
)


def plain(style: Any) -> None:
    """Take the line below a title and the blanks between its letters away."""
    for name in ("w:pBdr", "w:spacing"):
        for parent in (style.element.pPr, style.element.rPr):
            found = None if parent is None else parent.find(qn(name))
            if found is not None and (name == "w:pBdr" or parent is style.element.rPr):
                parent.remove(found)


def spoken(run: Any, language: str) -> None:
    """Say in which language a run is, where it is another than that of the report."""
    if language:
        tongue = OxmlElement("w:lang")
        tongue.set(qn("w:val"), language)
        run._r.get_or_add_rPr().append(tongue)


def runs(paragraph: Any) -> list[Run]:
    """Return all runs of a paragraph, those of its links included."""
    return [Run(one, paragraph) for one in paragraph._p.iter(qn("w:r"))]


def tight(paragraph: Any, right: bool) -> None:
    """Set what stands in a cell close, divided between syllables where it must be, and numbers to the right."""
    paragraph._p.get_or_add_pPr().insert_element_before(_on("w:suppressAutoHyphens", "0"), *_AFTER_HYPHENS)
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(1), 1.0
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def lines(table: Any) -> None:
    """Give a table quiet lines between its rows, none between its columns, which stand close."""
    borders = OxmlElement("w:tblBorders")
    for side, size, colour in (("top", "8", "1A1A1A"), ("bottom", "4", "B0B0B0"), ("insideH", "4", "C8C8C8")):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def hyphens(file: Any) -> None:
    """Let words be divided between syllables, in tables alone; else narrow columns break them anywhere."""
    settings = file.settings.element
    settings.insert_element_before(_on("w:autoHyphenation", "1"), *_AFTER_AUTO)
    normal = file.styles["Normal"].element.get_or_add_pPr()
    normal.insert_element_before(_on("w:suppressAutoHyphens", "1"), *_AFTER_HYPHENS)


def _on(name: str, value: str) -> Any:
    found = OxmlElement(name)
    found.set(qn("w:val"), value)
    return found


def first_row(table: Any) -> None:
    """Say that the first row is the head, on every page, and that no row is torn in two."""
    for n, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))


def settled(body: bytes) -> bytes:
    """Return a packed file without the time at which it was packed."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in given.namelist():
            kept.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED)
    return found.getvalue()
