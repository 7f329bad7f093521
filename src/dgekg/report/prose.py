"""Markdown of a template made into blocks, with what stood in braces in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from dgekg.report.model import Block, Bullets, Heading, Inline, Line, Link, Number, Paragraph, Table, Text, plain
from dgekg.report.syntax import Place

_OPEN, _CLOSE = "\ue000", "\ue001"
_HELD = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_DEEPEST = 4


class Held:
    """What stands in the place of braces while Markdown is read: no text of the data is ever read as Markdown."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def put(self, line: Line) -> str:
        """Keep a line, and return what stands for it."""
        self._lines.append(line)
        return f"{_OPEN}{len(self._lines) - 1}{_CLOSE}"

    def spread(self, text: str, like: Text) -> Iterator[Inline]:
        """Yield a text with what is held in its place."""
        at = 0
        for match in _HELD.finditer(text):
            if match.start() > at:
                yield Text(text[at : match.start()], "", like.strong, like.emphasis)
            for one in self._lines[int(match[1])]:
                if isinstance(one, Text):
                    yield Text(one.text, one.language, like.strong, like.emphasis)
                else:
                    yield replace(one, strong=like.strong) if isinstance(one, Number) else one
            at = match.end()
        if at < len(text):
            yield Text(text[at:], "", like.strong, like.emphasis)


def blocks(text: str, held: Held, place: Place) -> list[Block]:
    """Return the blocks of a Markdown text.

    Raises:
        InputError: something that a report has no form for, such as a picture or HTML; says the line.
    """
    return _Reader(held, place).blocks(_reader().parse(text))


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


class _Reader:
    def __init__(self, held: Held, place: Place) -> None:
        self.held, self.place = held, place

    def blocks(self, tokens: Sequence[Token]) -> list[Block]:
        """Return the blocks of a row of tokens."""
        found: list[Block] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = self._end(tokens, at)
            inside = tokens[at + 1 : end]
            if token.type == "heading_open":
                found.append(self._heading(token, inside[0]))
            elif token.type == "paragraph_open":
                found.append(Paragraph(self.line(inside[0])))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                found.append(Bullets(tuple(self._items(inside)), token.type.startswith("ordered")))
            elif token.type == "blockquote_open":
                found += [
                    Paragraph(one.line, "note") if isinstance(one, Paragraph) else one for one in self.blocks(inside)
                ]
            elif token.type == "table_open":
                found.append(self._table(inside))
            elif token.type != "html_block" or not token.content.lstrip().startswith("<!--"):
                raise self._at(token).fault(
                    f"found {token.type.removesuffix('_open').replace('_', ' ')}; a report has headings, paragraphs, "
                    "lists, quotes and tables."
                )
            at = end + 1
        return found

    def _heading(self, token: Token, inside: Token) -> Heading:
        level = int(token.tag[1:]) - 1  # the title stands in the head
        if not 0 < level <= _DEEPEST:
            said = "## to #####, for the title stands in the head"
            raise self._at(token).fault(f"found a heading with {token.markup}, expected {said}.")
        line = self.line(inside)
        return Heading(level, line, slug(plain(line)))

    def _items(self, tokens: Sequence[Token]) -> Iterator[Line]:
        at = 0
        while at < len(tokens):
            end = self._end(tokens, at)
            inside = [one for one in tokens[at + 1 : end] if one.type == "inline"]
            nested = [one for one in tokens[at + 1 : end] if one.type.endswith("list_open")]
            if nested or len(inside) != 1:
                raise self._at(tokens[at]).fault("found a list item with parts; write each as one paragraph.")
            yield self.line(inside[0])
            at = end + 1

    def _table(self, tokens: Sequence[Token]) -> Table:
        rows: list[list[Line]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self.line(token))
        head = tuple(plain(cell) for cell in rows[0])
        return Table((), head, tuple(tuple(row) for row in rows[1:]), tuple(False for _ in head))

    def line(self, token: Token) -> Line:
        """Return what stands in one line."""
        found: list[Inline] = []
        strong = emphasis = 0
        href = ""
        for one in token.children or ():
            like = Text("", "", strong > 0, emphasis > 0)
            if one.type in ("strong_open", "strong_close"):
                strong += one.nesting
            elif one.type in ("em_open", "em_close"):
                emphasis += one.nesting
            elif one.type == "link_open":
                href = str(one.attrGet("href") or "")
                if not href.startswith(("http://", "https://", "#", "mailto:")):
                    raise self._at(token).fault(f'found a link to "{href}", expected https://, mailto: or #heading.')
            elif one.type == "link_close":
                href = ""
            elif one.type in ("text", "text_special", "code_inline"):
                for piece in self.held.spread(one.content, like):
                    linked = href and not isinstance(piece, Number)
                    found.append(Link(piece.text, href) if linked else piece)
            elif one.type in ("softbreak", "hardbreak"):
                found.append(Text(" "))
            elif one.type != "html_inline" or not one.content.startswith("<!--"):
                raise self._at(token).fault(f"found {one.type.replace('_', ' ')}; a report has no form for it.")
        return tuple(found)

    def _end(self, tokens: Sequence[Token], at: int) -> int:
        depth = 0
        for n in range(at, len(tokens)):
            depth += tokens[n].nesting
            if depth == 0:
                return n
        return len(tokens) - 1

    def _at(self, token: Token) -> Place:
        line = token.map[0] if token.map else 0
        return Place(self.place.file, self.place.line + line)


def slug(text: str) -> str:
    """Return a heading's name within the report.

    >>> slug("Ce qui a marché, pour qui ?")
    'ce-qui-a-marche-pour-qui'
    """
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "part"
