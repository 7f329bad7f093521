"""A report as one HTML file: no request to anywhere, numbers that lead to what they rest on, good on paper too."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from dgekg import packaged
from dgekg.charts import colours
from dgekg.render import say
from dgekg.report import telling
from dgekg.report.bound import MARK, in_html, packed
from dgekg.report.face import Face, marked
from dgekg.report.model import Bullets, Document, Figure, Heading, Inline, Line, Link, Number, Paragraph, Table, plain


def written(document: Document) -> bytes:
    """Return a report as HTML."""
    return _Writer(document).whole().encode()


class _Writer(Face[str]):
    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.titles = {one.number: telling.bound(one, document) for one in document.bindings}

    def whole(self) -> str:
        """Return the page."""
        document = self.document
        body = "\n".join(self.block(block) for block in document.blocks)
        subtitle = Markup("<p class='subtitle'>{}</p>").format(document.subtitle) if document.subtitle else ""
        return (
            f'<!doctype html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(document.title)}</title>\n"
            f'<meta name="generator" content="dgekg"><meta name="dcterms.hasVersion" content="{document.version}">\n'
            f"<style>\n{_style()}</style>\n</head>\n<body>\n"
            f'<a class="skip" href="#text">{escape(say("report.skip", self.language))}</a>\n'
            f"<header><h1>{escape(document.title)}</h1>\n{subtitle}\n"
            f'<p class="made">{escape(telling.made(document))} {escape(document.publisher)}</p></header>\n'
            f'<main id="text">\n{body}\n</main>\n{self._appendix()}'
            f'<script type="application/json" id="{MARK}">{in_html(packed(document))}</script>\n</body>\n</html>\n'
        )

    def heading(self, heading: Heading) -> str:
        """Return a heading; the highest are those of the page."""
        level = heading.level + 1
        return f'<h{level} id="{escape(heading.anchor)}">{self.line(heading.line)}</h{level}>'

    def paragraph(self, paragraph: Paragraph) -> str:
        """Return a paragraph."""
        kind = f' class="{paragraph.kind}"' if paragraph.kind else ""
        return f"<p{kind}>{self.line(paragraph.line)}</p>"

    def bullets(self, bullets: Bullets) -> str:
        """Return a list."""
        items = "".join(f"<li>{self.line(item)}</li>" for item in bullets.items)
        return f"<ol>{items}</ol>" if bullets.ordered else f"<ul>{items}</ul>"

    def page_break(self) -> str:
        """Return a rule that a page ends with on paper."""
        return '<hr class="page">'

    def contents(self) -> str:
        """Return the contents as links."""
        items = "".join(
            f'<li><a href="#{escape(one.anchor)}">{escape(plain(one.line))}</a></li>'
            for one in self.document.headings()
        )
        title = escape(say("report.contents", self.language))
        return f'<nav aria-labelledby="contents"><h2 id="contents">{title}</h2><ol>{items}</ol></nav>'

    def table(self, table: Table) -> str:
        """Return a table with its notes."""
        return "".join(self._table(table))

    def _table(self, table: Table) -> Iterator[str]:
        caption = self.line(marked(table.caption, table.binding))
        named = ""
        if caption:
            label = escape(self.table_number())
            named = f'<caption id="t{self.tables}">{label}{caption}</caption>'
            yield f'<div class="scroll" role="group" aria-labelledby="t{self.tables}" tabindex="0">'
        else:
            yield f'<div class="scroll" role="group" aria-label="{escape(" · ".join(table.head))}" tabindex="0">'
        yield f"<table{' class=bound' if table.lists else ''}>{named}<thead><tr>"
        for head, right in zip(table.head, table.right, strict=True):
            yield f'<th scope="col"{" class=right" if right else ""}>{escape(head)}</th>'
        yield "</tr></thead><tbody>"
        for n, row in enumerate(table.rows, 1):
            yield f'<tr id="n{n}">' if table.lists else "<tr>"
            for m, (cell, right) in enumerate(zip(row, table.right, strict=True)):
                kind = " class=right" if right else ""
                yield f"<td{kind}>{self.line(cell)}</td>" if m else f'<th scope="row"{kind}>{self.line(cell)}</th>'
            yield "</tr>"
        yield "</tbody></table></div>"
        for note in table.notes:
            yield f'<p class="note">{self.line(note)}</p>'

    def figure(self, figure: Figure) -> str:
        """Return a picture with its words and notes."""
        caption = f"{escape(self.figure_number())}{self.line(marked(figure.caption, figure.binding))}"
        name = f"f{self.figures}"
        svg = figure.svg.replace(
            "<svg ", f'<svg role="img" aria-labelledby="{name}" aria-describedby="{name}-says" class="drawn" ', 1
        )
        notes = "".join(f'<p class="note">{self.line(note)}</p>' for note in figure.notes)
        return (
            f'<figure><figcaption id="{name}">{caption}</figcaption>'
            f'<div class="scroll" role="group" aria-labelledby="{name}" tabindex="0">{svg}</div>'
            f'<p class="note" id="{name}-says">{escape(figure.says)}</p>{notes}</figure>'
        )

    def line(self, line: Line) -> str:
        """Return a line."""
        return "".join(map(self._inline, line))

    def _inline(self, one: Inline) -> str:
        if isinstance(one, Number):
            title = escape(self.titles.get(one.binding, ""))
            if not one.text:
                return f'<a class="mark" href="#n{one.binding}" title="{title}">{one.binding}</a>'
            number = f'<a class="number" href="#n{one.binding}" title="{title}">{escape(one.text)}</a>'
            return f"<strong>{number}</strong>" if one.strong else number
        tongue = f' lang="{escape(one.language)}"' if one.language else ""
        if isinstance(one, Link):
            return f'<a href="{escape(one.href)}"{tongue}>{escape(one.text)}</a>'
        text = f"<span{tongue}>{escape(one.text)}</span>" if tongue else str(escape(one.text))
        if one.strong:
            return f"<strong>{text}</strong>"
        return f"<em>{text}</em>" if one.emphasis else text

    def _appendix(self) -> str:
        """Return the list that numbers lead to, where the template has no place for it."""
        if self.document.listed or not self.titles:
            return ""
        items = "".join(f'<li id="n{n}">{escape(title)}</li>' for n, title in self.titles.items())
        return f'<footer><ol class="note">{items}</ol></footer>\n'


def _style() -> str:
    """Return the style sheet, with the colours of pictures, light and dark."""
    table = colours.table()
    variables = {theme: "".join(f"--{name}:{value};" for name, value in table[theme].items()) for theme in table}
    sheet = packaged.text("report/report.css")
    return (
        f":root{{{variables['light']}}}\n@media (prefers-color-scheme:dark){{:root{{{variables['dark']}}}}}\n"
        f"@media print{{:root{{{variables['light']}}}}}\n{sheet}"
    )
