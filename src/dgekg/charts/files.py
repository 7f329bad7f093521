"""The built files that pictures are drawn with: letters and the outlines of the world."""

from __future__ import annotations

import importlib.resources
import json
from functools import cache
from pathlib import Path

from dgekg.errors import AssetsMissing

_BUILT = "web/static/built"
_MANIFEST = "manifest.json"


def folder() -> Path:
    """Return the folder of built files; its letters are `*.ttf`."""
    return Path(str(importlib.resources.files("dgekg").joinpath(_BUILT)))


def place(name: str) -> Path:
    """Return the built file that a name became.

    Raises:
        AssetsMissing: it was not built.
    """
    found = _names().get(name)
    if found is None:
        raise AssetsMissing(f'"{name}" was not built. Build it: make setup (or python src/dgekg/web/assets/build.py)')
    return folder() / found


@cache
def _names() -> dict[str, str]:
    try:
        return dict(json.loads((folder() / _MANIFEST).read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssetsMissing(
            f"what pictures are drawn with: {_BUILT}/{_MANIFEST} cannot be read ({error}). Build it: make setup"
        ) from error
