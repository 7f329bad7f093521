"""A picture: a drawing with its name, what it says in words, its key and where it comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from dgekg.charts import colours, drawing, signs
from dgekg.charts.colours import ink
from dgekg.charts.drawing import FACE, LETTER, Drawn
from dgekg.charts.signs import Key

_EDGE = 20


@dataclass(frozen=True)
class Picture:
    """What is shown as one picture.

    Attributes:
        drawn: the drawing.
        title: its name, one sentence.
        says: what it shows, for those who do not see it; a table beside it says all.
        under: lines below the title, such as the filters.
        keys: what its signs mean.
        source: last lines: where it comes from, version, address.
        linked: whether its parts are links.
    """

    drawn: Drawn
    title: str
    says: str
    under: Sequence[str] = ()
    keys: Sequence[Key] = field(default=())
    source: Sequence[str] = ()
    linked: bool = False

    def inline(self, name: str = "picture") -> Markup:
        """Return it as part of a page, in the page's colours and letters; title and key stand in the page.

        Args:
            name: an id that no other picture of the page has.
        """
        width, height = self.drawn.width, self.drawn.height
        role = "group" if self.linked else "img"
        return Markup(
            f'<svg xmlns="http://www.w3.org/2000/svg" class="drawn" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="{role}" aria-labelledby="{name}-name {name}-says">'
            f'<title id="{name}-name">{escape(self.title)}</title><desc id="{name}-says">{escape(self.says)}</desc>'
            f"{signs.patterns(name)}{signs.named(self.drawn.inside, name)}</svg>"
        )

    def key(self, name: str = "picture") -> list[tuple[Markup, str]]:
        """Return its key as part of the page that it is inline in: a small drawing and its words, each."""
        area = any(one.sign == "" for one in self.keys)
        return [
            (
                Markup(
                    f'<svg xmlns="http://www.w3.org/2000/svg" class="swatch" width="34" height="22" aria-hidden="true">'
                    f"{signs.swatch(one, area, name)}</svg>"
                ),
                one.words,
            )
            for one in self.keys
        ]

    def alone(self, theme: str = "light") -> str:
        """Return it as a file: with title, key and source, in the colours of a theme."""
        width = max(self.drawn.width, 560) + 2 * _EDGE
        lines: list[str] = []
        y = _EDGE + 8.0
        for text in _wrapped(self.title, width, 20):
            y += 22
            lines.append(_text(text, y, 20, "ink", "600"))
        for under in self.under:
            for text in _wrapped(under, width, 14):
                y += 20
                lines.append(_text(text, y, 14, "soft"))
        y += 14
        lines.append(f'<g transform="translate({_EDGE},{y:g})">{signs.named(self.drawn.inside, "p")}</g>')
        y += self.drawn.height + 16
        key, height = signs.key(self.keys, width - 2 * _EDGE)
        lines.append(f'<g transform="translate({_EDGE},{y:g})">{key}</g>')
        y += height + 4
        for source in self.source:
            for text in _wrapped(source, width, 12):
                y += 17
                lines.append(_text(text, y, 12, "soft"))
        whole = (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{width:g}" height="{y + _EDGE:g}" viewBox="0 0 {width:g} {y + _EDGE:g}" '
            f'font-family="{FACE}" role="img" aria-labelledby="name says">'
            f'<title id="name">{escape(self.title)}</title><desc id="says">{escape(self.says)}</desc>'
            f'<rect width="100%" height="100%" fill="{ink("paper")}"/>{signs.patterns("p")}{"".join(lines)}</svg>'
        )
        return colours.settled(whole, theme)

    def png(self, theme: str = "light") -> bytes:
        """Return the same as `alone`, as PNG, two pixels for one."""
        return drawing.png(self.alone(theme))


def _wrapped(text: str, width: float, size: float) -> list[str]:
    return textwrap.wrap(text, int((width - 2 * _EDGE) / (size * LETTER)), break_on_hyphens=False) or [""]


def _text(text: str, y: float, size: float, colour: str, weight: str = "400") -> str:
    return (
        f'<text x="{_EDGE}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{ink(colour)}">'
        f"{escape(text)}</text>"
    )
