"""A report as PDF, set by Typst: tagged (PDF/UA-1), with its bindings as an attachment. No office suite, no browser."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dgekg import packaged
from dgekg.charts import colours, files
from dgekg.errors import DgekgError
from dgekg.render import say
from dgekg.report import telling
from dgekg.report.bound import MARK, packed
from dgekg.report.face import PIXEL, Face, marked
from dgekg.report.model import Bullets, Document, Figure, Heading, Inline, Line, Link, Number, Paragraph, Table
from dgekg.report.widths import WIDE, undivided, widths

_FONTS = ("Source Serif 4", "Libertinus Serif", "DejaVu Sans Mono")


def written(document: Document) -> bytes:
    """Return a report as PDF.

    Raises:
        DgekgError: Typst cannot set it.
    """
    import typst  # takes a while to load, so only when something is set

    writer = _Writer(document)
    source = writer.whole()
    day = dt.datetime.combine(dt.date.fromisoformat(document.as_of), dt.time(), dt.UTC)
    with tempfile.TemporaryDirectory(prefix="dgekg-report-") as name:
        folder = Path(name)
        for file, svg in writer.pictures.items():
            (folder / file).write_text(svg, "utf-8")
        (folder / "bindings.json").write_text(packed(document), "utf-8")
        main, said = folder / "report.typ", ""
        # The letters that come with the program are tried first, so that the same report is the same file anywhere.
        for text, alone in ((source, True), (source, False), (_without_rare(source), True)):
            main.write_text(text, "utf-8")
            try:
                return typst.compile(
                    str(main),
                    font_paths=[str(files.folder())],
                    ignore_system_fonts=alone,
                    pdf_standards=["ua-1"],
                    timestamp=int(day.timestamp()),
                )
            except typst.TypstError as error:
                said = said or str(error)
        raise DgekgError(f"the PDF cannot be set: {said}")


def _without_rare(source: str) -> str:
    """Return a source without letters that no font at hand has; each says its code instead, so that none is lost."""
    return "".join(c if ord(c) < 0x250 or 0x2010 <= ord(c) <= 0x22FF else f"[U+{ord(c):04X}]" for c in source)


class _Writer(Face[Iterator[str]]):
    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.pictures: dict[str, str] = {}

    def whole(self) -> str:
        """Return the Typst source."""
        document = self.document
        day = dt.date.fromisoformat(document.as_of)
        fonts = ", ".join(map(json.dumps, _FONTS))
        about = f"{telling.made(document)} {document.publisher}".strip()
        footer = f"{document.title} · {document.version[:16]} · {document.as_of}"
        lines = [
            f"#set document(title: {_text(document.title)}, author: {_text(document.publisher or 'dgekg')}, "
            f"description: {_text(about)}, date: datetime(year: {day.year}, month: {day.month}, day: {day.day}))",
            f'#set text(font: ({fonts}), size: 10.5pt, lang: {_text(document.language)}, number-type: "lining")',
            _style().replace("FOOTER", f"[#{_text(footer)};]"),
            f'#pdf.attach("{MARK}.json", read("bindings.json", encoding: none), relationship: "data", '
            f'mime-type: "application/json", description: {_text(say("report.bound-asked", self.language))})',
            "#title()",
        ]
        if document.subtitle:
            lines.append(f"#text(size: 13pt, fill: luma(70))[#{_text(document.subtitle)};]")
        lines += ["", f"#soft[#{_text(about)};]", ""]
        for block in document.blocks:
            lines += [*self.block(block), ""]
        if not document.listed:
            lines += self._end()
        return "\n".join(lines)

    def heading(self, heading: Heading) -> Iterator[str]:
        """Yield a heading that links lead to."""
        yield f"#heading(level: {heading.level})[{self.line(heading.line)}] <{_label(heading.anchor)}>"

    def paragraph(self, paragraph: Paragraph) -> Iterator[str]:
        """Yield a paragraph."""
        line = self.line(paragraph.line)
        yield f"#soft[{line}]" if paragraph.kind else line

    def bullets(self, bullets: Bullets) -> Iterator[str]:
        """Yield a list; nothing where there is nothing in it."""
        items = ", ".join(f"[{self.line(item)}]" for item in bullets.items)
        yield f"#{'enum' if bullets.ordered else 'list'}({items},)" if bullets.items else ""

    def contents(self) -> Iterator[str]:
        """Yield what makes Typst list the headings."""
        yield f"#outline(depth: 1, title: [#{_text(say('report.contents', self.language))};])"

    def page_break(self) -> Iterator[str]:
        """Yield a new page."""
        yield "#pagebreak(weak: true)"

    def table(self, table: Table) -> Iterator[str]:
        """Yield a table with its notes."""
        wide = widths(table)
        columns = ", ".join(f"{one}mm" for one in wide)
        align = ", ".join("right" if right else "left" for right in table.right)
        small = len(table.head) > 4 or table.lists
        yield f"#{{ set text(size: {'8pt' if small else '9pt'}, hyphenate: true); set par(leading: 0.5em)"
        caption = f"caption: [{self._captioned(self.table_number(), table)}], " if table.caption else ""
        yield f"figure(kind: table, {caption}align(left, table(columns: ({columns},), "
        yield f"align: ({align},), "
        heads = ", ".join(_head(head, room) for head, room in zip(table.head, wide, strict=True))
        yield f"table.header({heads}, table.hline(stroke: 0.7pt)),"
        for n, row in enumerate(table.rows, 1):
            cells = [f"[{self.line(cell)}]" for cell in row]
            if table.lists:
                cells[0] = f"[#[#{_text(str(n))};] <n{n}>]"
            yield f"{', '.join(cells)}, table.hline(stroke: 0.3pt + luma(200)),"
        yield "))) }"
        for note in table.notes:
            yield f"#soft[{self.line(note)}]\n"

    def figure(self, figure: Figure) -> Iterator[str]:
        """Yield a picture with its notes; `pictures` then has it."""
        file = f"f{len(self.pictures) + 1}.svg"
        self.pictures[file] = colours.settled(figure.svg, "light")
        width = min(WIDE, figure.width * PIXEL)
        caption = self._captioned(self.figure_number(), figure)
        picture = f"image({_text(file)}, width: {width:.1f}mm, alt: {_text(figure.says)})"
        yield f"#figure(kind: image, caption: [{caption}], align(left, {picture}))"
        for note in figure.notes:
            yield f"#soft[{self.line(note)}]\n"

    def _captioned(self, number: str, block: Table | Figure) -> str:
        return f"*#{_text(number.rstrip())};* {self.line(marked(block.caption, block.binding))}"

    def line(self, line: Line) -> str:
        """Return the source of a line."""
        return "".join(map(self._inline, line))

    def _inline(self, one: Inline) -> str:
        if isinstance(one, Number):
            text = f"#{_text(one.text)};" if one.text else ""
            text = f"#strong[{text}];" if one.strong else text
            return f"{text}#mark(<n{one.binding}>)[{one.binding}];"
        if isinstance(one, Link):
            inside = f"[#{_text(one.text)};]"
            if one.language:
                inside = f"text(lang: {_text(_tongue(one.language))}, {inside})"
            if one.href.startswith("#"):
                to = one.href[1:]
                return f"#link(<{_label(to)}>, {inside});" if to in self.known else f"#{_text(one.text)};"
            return f"#link({_text(one.href)}, {inside});"
        text = f"#{_text(one.text)};"
        if one.language:
            text = f"#text(lang: {_text(_tongue(one.language))})[{text}];"
        if one.strong:
            text = f"#strong[{text}];"
        return f"#emph[{text}];" if one.emphasis else text

    def _end(self) -> list[str]:
        """Return the list that numbers lead to, where the template has no place for it."""
        lines = ["#set text(size: 7pt)", "#set par(leading: 0.4em, spacing: 0.55em)", "#columns(2)["]
        for one in self.document.bindings:
            said = f"{one.number}. {telling.asked(one.source)} · {one.digest[:12]}"
            lines += [f"#[#{_text(said)};] <n{one.number}>", ""]
        return [*lines, "]"]


def _style() -> str:
    return packaged.text("report/report.typ")


def _label(anchor: str) -> str:
    return f"h-{anchor}"


def _tongue(language: str) -> str:
    return language.split("-")[0].lower()[:3]


def _head(head: str, width: float) -> str:
    """Return a heading of a table; a hyphen only where a word is wider than its column."""
    return f"[#set text(hyphenate: {'false' if undivided(head, width) else 'true'});*#{_text(head)};*]"


def _text(text: str) -> str:
    """Return a text as a string of Typst, in which nothing is markup.

    >>> _text('a "b" #c')
    '"a \\\\"b\\\\" #c"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    return f'"{escaped}"'
