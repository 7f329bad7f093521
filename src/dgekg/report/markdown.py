"""A report as Markdown: numbers as footnotes, pictures in words, bindings in a comment at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dgekg.report import telling
from dgekg.report.bound import MARK, in_comment, packed
from dgekg.report.face import Face, marked
from dgekg.report.model import Bullets, Document, Figure, Heading, Inline, Line, Link, Number, Paragraph, Table, plain

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE = re.compile(r"^(\s*)([#+-]|\d+\.)(?=\s)")


def written(document: Document) -> bytes:
    """Return a report as Markdown."""
    lines = [f"# {_safe(document.title)}", ""]
    lines += [_safe(document.subtitle), ""] if document.subtitle else []
    lines += [_safe(telling.made(document)), ""]
    writer = _Writer(document)
    for block in document.blocks:
        lines += [*writer.block(block), ""]
    for one in document.bindings:
        lines.append(f"[^{one.number}]: {_safe(telling.bound(one, document))}")
    lines += ["", f"<!-- {MARK}", in_comment(packed(document)), "-->", ""]
    return "\n".join(lines).encode()


class _Writer(Face[Iterator[str]]):
    def heading(self, heading: Heading) -> Iterator[str]:
        """Yield a heading; the highest is the report's own."""
        yield f"{'#' * (heading.level + 1)} {_line(heading.line)}"

    def paragraph(self, paragraph: Paragraph) -> Iterator[str]:
        """Yield a paragraph that nothing takes for a list or heading."""
        line = _line(paragraph.line)
        yield f"> {line}" if paragraph.kind else _LINE.sub(r"\1\\\2", line)

    def bullets(self, bullets: Bullets) -> Iterator[str]:
        """Yield a list."""
        for n, item in enumerate(bullets.items, 1):
            yield f"{f'{n}.' if bullets.ordered else '-'} {_line(item)}"

    def table(self, table: Table) -> Iterator[str]:
        """Yield a table with its notes."""
        if table.caption:
            yield f"**{_line(marked(table.caption, table.binding))}**"
            yield ""
        yield f"| {' | '.join(map(_cell, map(_safe, table.head)))} |"
        yield f"|{'|'.join('---:' if right else '---' for right in table.right)}|"
        for row in table.rows:
            yield f"| {' | '.join(_cell(_line(cell)) for cell in row)} |"
        yield from self._notes(table.notes)

    def figure(self, figure: Figure) -> Iterator[str]:
        """Yield a picture in words."""
        caption = marked(figure.caption, figure.binding)
        yield f"**{_line(caption)}** {_safe(figure.says)}"
        yield from self._notes(figure.notes)

    def contents(self) -> Iterator[str]:
        """Yield the contents as a list."""
        for heading in self.document.headings():
            yield f"- {_safe(plain(heading.line))}"

    def page_break(self) -> Iterator[str]:
        """Yield a rule."""
        yield "---"

    def _notes(self, notes: Sequence[Line]) -> Iterator[str]:
        for note in notes:
            yield ""
            yield f"> {_line(note)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(line: Line) -> str:
    return "".join(map(_inline, line))


def _inline(one: Inline) -> str:
    if isinstance(one, Number):
        text = f"**{_safe(one.text)}**" if one.strong and one.text else _safe(one.text)
        return f"{text}[^{one.binding}]"
    if isinstance(one, Link):
        return f"[{_safe(one.text)}]({one.href.replace(' ', '%20').replace(')', '%29')})"
    mark = "**" if one.strong else "*" if one.emphasis else ""
    text = _safe(one.text)
    if not mark or not text.strip():
        return text
    bare = text.strip()
    at = text.index(bare)
    return f"{text[:at]}{mark}{bare}{mark}{text[at + len(bare) :]}"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
