"""The style sheets, scripts and fonts that `assets/build.py` made: which file is meant by a name, and serving them."""

from __future__ import annotations

import importlib.resources
import json
import mimetypes
import os
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from dgekg import formats
from dgekg.errors import AssetsMissing
from dgekg.nearness import nearest

_FOLDER = "built"
_FOREVER = "public, max-age=31536000, immutable"
_MANIFEST = "manifest.json"
for _format in (formats.WOFF2, formats.JAVASCRIPT):  # not known to every machine
    mimetypes.add_type(_format.media_type, f".{_format.suffix}")


def folder() -> Path:
    """Return the folder whose files are served as they are."""
    return Path(str(importlib.resources.files("dgekg.web").joinpath("static")))


class Built:
    """What was built, by name.

    Raises:
        AssetsMissing: nothing was built yet, or what says so cannot be read.
    """

    def __init__(self, static: Path | None = None) -> None:
        place = (static or folder()) / _FOLDER / _MANIFEST
        try:
            self.names: dict[str, str] = dict(json.loads(place.read_text("utf-8"))["files"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            why = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
            raise AssetsMissing(
                f"the style sheets and scripts of the pages: {place.name} of web/static/{_FOLDER} {why}. "
                "Build them: make setup (or python src/dgekg/web/assets/build.py)"
            ) from error

    def path(self, name: str) -> str:
        """Return the path, below the root of the service, of the file that a name in assets/css or assets/js became.

        Raises:
            AssetsMissing: no such file was built.
        """
        found = self.names.get(name)
        if found is None:
            near = ", ".join(nearest(name, self.names)) or "none is near"
            raise AssetsMissing(f'"{name}" was not built: {near}. After adding a file to web/assets, say: make setup')
        return f"/static/{_FOLDER}/{found}"


class Static(StaticFiles):
    """Static files; one whose name holds a hash of its content never changes, and says so."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        """Answer with a file."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        path = Path(full_path)
        if path.parent.name == _FOLDER and path.name != _MANIFEST:
            answer.headers["Cache-Control"] = _FOREVER
        return answer
