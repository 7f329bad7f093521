"""A report as DOCX: real headings and tables, pictures with alternative texts, bindings as a part of custom XML."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dgekg.charts import colours, drawing
from dgekg.render import say
from dgekg.report import office, telling
from dgekg.report.bound import SPACE, packed
from dgekg.report.face import PIXEL, Face, marked
from dgekg.report.model import Bullets, Document, Figure, Heading, Inline, Line, Link, Number, Paragraph, Table, plain
from dgekg.report.widths import WIDE, widths

_MANY = 6  # columns; where there are more, letters are smaller
_FONT = "Georgia"
_SOFT = RGBColor(0x50, 0x50, 0x50)
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_REGION = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}


def written(document: Document) -> bytes:
    """Return a report as DOCX; the same report is the same file, byte for byte."""
    return _Writer(document).whole()


class _Writer(Face[None]):
    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.file = docx.Document()
        self.marks = 0

    def whole(self) -> bytes:
        """Return the file."""
        document = self.document
        self._styles()
        self._about()
        self.file.add_paragraph(document.title, style="Title")
        if document.subtitle:
            self.file.add_paragraph(document.subtitle, style="Subtitle")
        self.file.add_paragraph(f"{telling.made(document)} {document.publisher}".strip(), style="Soft")
        for block in document.blocks:
            self.block(block)
        if not document.listed:
            for one in document.bindings:
                paragraph = self.file.add_paragraph(style="Soft")
                self._bookmark(paragraph, f"n{one.number}", f"{one.number}. {telling.bound(one, document)}")
        part = f'<?xml version="1.0" encoding="UTF-8"?><bindings xmlns="{SPACE}">{escape(packed(document))}</bindings>'
        package = self.file.part.package
        custom = Part(PackURI("/customXml/dgekg.xml"), "application/xml", part.encode(), package)
        self.file.part.relate_to(custom, _CUSTOM)
        buffer = io.BytesIO()
        self.file.save(buffer)
        return office.settled(buffer.getvalue())

    def _about(self) -> None:
        about, document = self.file.core_properties, self.document
        day = dt.datetime.combine(dt.date.fromisoformat(document.as_of), dt.time())
        about.title, about.author, about.language = document.title, document.publisher, document.language
        about.subject, about.comments = document.subtitle, telling.made(document)
        about.created = about.modified = day
        about.last_modified_by, about.revision, about.version = document.publisher, 1, document.version[:16]

    def _styles(self) -> None:
        styles: Any = self.file.styles
        office.hyphens(self.file)
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(22)
        soft = styles.add_style("Soft", WD_STYLE_TYPE.PARAGRAPH)
        soft.base_style, soft.font.size, soft.font.color.rgb = styles["Normal"], Pt(9), _SOFT
        sizes = {"Normal": 10.5, "Title": 25, "Subtitle": 13, "Heading 1": 17, "Heading 2": 13.5}
        sizes |= {"Heading 3": 11.5, "Heading 4": 10.5, "Caption": 9.5, "List Bullet": 10.5, "List Number": 10.5}
        for name, size in sizes.items():
            style = styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            style.font.color.rgb = _SOFT if name == "Subtitle" else RGBColor(0x1A, 0x1A, 0x1A)
            style.font.italic = False
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{kind}"), None)
            fonts.set(qn("w:hAnsi"), _FONT)
            if name in ("Title", "Subtitle"):
                office.plain(style)
            elif name in ("Normal", "List Bullet", "List Number"):
                style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(5), 1.08
            if name.startswith("Heading") or name == "Caption":
                style.paragraph_format.keep_with_next = True
        for tongue in styles.element.iter(qn("w:lang")):
            tongue.set(qn("w:val"), _REGION[self.language])
        footer = section.footer.paragraphs[0]
        footer.style = soft
        footer.add_run(f"{self.document.title} · {self.document.version[:16]} · {self.document.as_of} · ")
        self._field(footer, "PAGE")

    def heading(self, heading: Heading) -> None:
        """Add a heading that links lead to."""
        paragraph = self.file.add_heading(level=min(heading.level, 4))
        self._bookmark(paragraph, _bookmark(heading.anchor), plain(heading.line))

    def paragraph(self, paragraph: Paragraph) -> None:
        """Add a paragraph."""
        self._line(self.file.add_paragraph(style="Soft" if paragraph.kind else "Normal"), paragraph.line)

    def bullets(self, bullets: Bullets) -> None:
        """Add a list."""
        for item in bullets.items:
            self._line(self.file.add_paragraph(style="List Number" if bullets.ordered else "List Bullet"), item)

    def contents(self) -> None:
        """Add the contents as links."""
        self.file.add_paragraph(say("report.contents", self.language), style="Subtitle")
        for heading in self.document.headings():
            paragraph = self.file.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            self._link(paragraph, plain(heading.line), anchor=_bookmark(heading.anchor))

    def page_break(self) -> None:
        """Begin a new page."""
        self.file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def table(self, table: Table) -> None:
        """Add a table with its notes."""
        if table.caption:
            self._caption(self.table_number(), table.caption, table.binding)
        made: Any = self.file.add_table(rows=1 + len(table.rows), cols=len(table.head))
        made.style, made.autofit = "Normal Table", False
        office.first_row(made)
        office.lines(made)
        for column, wide in zip(made.columns, widths(table), strict=True):
            column.width = Mm(wide)
        rows = list(made.rows)
        small = Pt(7.5 if len(table.head) > _MANY else 8 if table.lists or len(table.head) > 4 else 9)
        for cell, head, right in zip(rows[0].cells, table.head, table.right, strict=True):
            run = cell.paragraphs[0].add_run(head)
            run.bold, run.font.size = True, small
            office.tight(cell.paragraphs[0], right)
        for n, (row, cells) in enumerate(zip(table.rows, rows[1:], strict=True), 1):
            for m, (line, cell) in enumerate(zip(row, cells.cells, strict=True)):
                paragraph = cell.paragraphs[0]
                office.tight(paragraph, table.right[m])
                if table.lists and m == 0:
                    self._bookmark(paragraph, f"n{n}", str(n))
                else:
                    self._line(paragraph, line)
                for run in office.runs(paragraph):
                    run.font.size = small
        for note in table.notes:
            self._line(self.file.add_paragraph(style="Soft"), note)
        if not table.notes:
            self.file.add_paragraph()

    def figure(self, figure: Figure) -> None:
        """Add a picture with its notes."""
        self._caption(self.figure_number(), figure.caption, figure.binding)
        picture = io.BytesIO(drawing.png(colours.settled(figure.svg, "light")))
        shape = self.file.add_picture(picture, width=Mm(min(WIDE, figure.width * PIXEL)))
        about = shape._inline.docPr
        about.set("descr", figure.says)
        about.set("title", plain(figure.caption))
        for note in figure.notes:
            self._line(self.file.add_paragraph(style="Soft"), note)

    def _caption(self, number: str, line: Line, binding: int) -> None:
        paragraph = self.file.add_paragraph(style="Caption")
        paragraph.add_run(number)
        self._line(paragraph, marked(line, binding))

    def _line(self, paragraph: Any, line: Line) -> None:
        for one in line:
            self._inline(paragraph, one)

    def _inline(self, paragraph: Any, one: Inline) -> None:
        if isinstance(one, Number):
            if one.text:
                paragraph.add_run(one.text).bold = one.strong or None
            self._link(paragraph, str(one.binding), anchor=f"n{one.binding}", raised=True)
        elif isinstance(one, Link):
            if one.href.startswith("#"):
                known = one.href[1:] in self.known
                self._link(paragraph, one.text, anchor=_bookmark(one.href[1:]) if known else "")
            else:
                self._link(paragraph, one.text, address=one.href, language=one.language)
        else:
            run = paragraph.add_run(one.text)
            run.bold, run.italic = one.strong or None, one.emphasis or None
            office.spoken(run, one.language)

    def _link(
        self, paragraph: Any, text: str, address: str = "", anchor: str = "", raised: bool = False, language: str = ""
    ) -> None:
        link = OxmlElement("w:hyperlink")
        if address:
            link.set(qn("r:id"), self.file.part.relate_to(address, RELATION.HYPERLINK, is_external=True))
        elif anchor:
            link.set(qn("w:anchor"), anchor)
        run = paragraph.add_run(text)
        run.font.superscript = raised or None
        run.font.color.rgb = _SOFT if raised else RGBColor(0x1D, 0x4E, 0x89)
        office.spoken(run, language)
        paragraph._p.remove(run._r)
        link.append(run._r)
        paragraph._p.append(link)

    def _bookmark(self, paragraph: Any, name: str, text: str) -> None:
        self.marks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), str(self.marks))
        start.set(qn("w:name"), name)
        end.set(qn("w:id"), str(self.marks))
        paragraph._p.append(start)
        paragraph.add_run(text)
        paragraph._p.append(end)

    def _field(self, paragraph: Any, code: str) -> None:
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        run = paragraph.add_run("1")
        paragraph._p.remove(run._r)
        field.append(run._r)
        paragraph._p.append(field)


def _bookmark(anchor: str) -> str:
    """Return a heading's name as a bookmark has it: letters, digits and lines, at most forty."""
    return f"h_{anchor.replace('-', '_')}"[:40]
