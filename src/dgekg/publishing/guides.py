"""The site of the documents beside the pages of an edition, for those who have neither server nor network."""

from __future__ import annotations

import shutil
from pathlib import Path

from dgekg.errors import InputError

FOLDER, FIRST = "documents", "index.html"
_NEEDED = (FIRST, "searchindex.js")  # by which a site made by `make site` is known
_NOT_COPIED = (".*", "_sources", "objects.inv")  # what only the next making, or another site, needs


def may(site: Path) -> None:
    """Refuse a folder that is no made site of the documents.

    Raises:
        InputError: it is none; says how to make it.
    """
    lacking = [name for name in _NEEDED if not (site / name).is_file()]
    if lacking:
        raise InputError(
            f"--documents: {site}: expected the made site of the documents, found no {lacking[0]}. "
            "Make it: make site, which puts it into build/site.",
            str(site),
        )


def copy(site: Path, edition: Path) -> None:
    """Copy the site into an edition."""
    shutil.copytree(site, edition / FOLDER, ignore=shutil.ignore_patterns(*_NOT_COPIED))
