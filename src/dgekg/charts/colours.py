"""Colours of pictures: the same table as the style sheet's, by name, so that a picture in a page follows its theme.

A picture is drawn with `var(--name)` in place of a colour. In a page that is a variable of the style sheet, light or
dark as the reader chose; in a file it is settled to one of both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

from dgekg import packaged

THEMES = ("light", "dark")
_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return theme -> name -> colour, as `web/colours.json` has them."""
    text = packaged.text("web/colours.json")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def ink(name: str) -> str:
    """Return how a picture names a colour.

    Raises:
        KeyError: the table has no such name, in both themes.

    >>> ink("c4")
    'var(--c4)'
    """
    for theme in THEMES:
        table()[theme][name]
    return f"var(--{name})"


def settled(drawing: str, theme: str) -> str:
    """Return a drawing with the colours of a theme in place of their names.

    Raises:
        KeyError: a name that the table has not.

    >>> settled('<path fill="var(--paper)"/>', "light")
    '<path fill="#fcfbf8"/>'
    """
    colours = table()[theme]
    return _VARIABLE.sub(lambda match: colours[match[1]], drawing)
