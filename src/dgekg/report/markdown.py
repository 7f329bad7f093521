"""A report as Markdown: numbers as footnotes, pictures in words, bindings in a comment at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dgekg.report import telling
from dgekg.report.bound import MARK, in_comment, packed
from dgekg.report.model import (
    Block,
    Bullets,
    Contents,
    Document,
    Figure,
    Heading,
    Inline,
    Line,
    Link,
    Number,
    PageBreak,
    Paragraph,
    Table,
    plain,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE = re.compile(r"^(\s*)([#+-]|\d+\.)(?=\s)")


def written(document: Document) -> bytes:
    """Return a report as Markdown."""
    lines = [f"# {_safe(document.title)}", ""]
    lines += [_safe(document.subtitle), ""] if document.subtitle else []
    lines += [_safe(telling.made(document)), ""]
    for block in document.blocks:
        lines += [*_block(block, document), ""]
    for one in document.bindings:
        lines.append(f"[^{one.number}]: {_safe(telling.bound(one, document))}")
    lines += ["", f"<!-- {MARK}", in_comment(packed(document)), "-->", ""]
    return "\n".join(lines).encode()


def _block(block: Block, document: Document) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {_line(block.line)}"
    elif isinstance(block, Paragraph):
        yield f"> {_line(block.line)}" if block.kind else _LINE.sub(r"\1\\\2", _line(block.line))
    elif isinstance(block, Bullets):
        for n, item in enumerate(block.items, 1):
            yield f"{f'{n}.' if block.ordered else '-'} {_line(item)}"
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Figure):
        caption = (*block.caption, Number("", block.binding))
        yield f"**{_line(caption)}** {_safe(block.says)}"
        for note in block.notes:
            yield ""
            yield f"> {_line(note)}"
    elif isinstance(block, Contents):
        for heading in document.headings():
            yield f"- {_safe(plain(heading.line))}"
    elif isinstance(block, PageBreak):
        yield "---"


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        mark: Line = (Number("", table.binding),) if table.binding else ()
        yield f"**{_line((*table.caption, *mark))}**"
        yield ""
    yield f"| {' | '.join(map(_cell, map(_safe, table.head)))} |"
    yield f"|{'|'.join('---:' if right else '---' for right in table.right)}|"
    for row in table.rows:
        yield f"| {' | '.join(_cell(_line(cell)) for cell in row)} |"
    for note in table.notes:
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
