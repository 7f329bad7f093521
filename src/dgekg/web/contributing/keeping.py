"""The service worker of the forms: one file at the root of the service, so that it may look after `/contribute`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats
from dgekg.web.built import Built, folder

PATH = "/contribute-worker.js"
_SCRIPT = "give-worker.js"


def worker(built: Built) -> Callable[[Request], Response]:
    """Return what answers with the script; its version is that of all styles and scripts, so that new ones begin anew.

    Raises:
        AssetsMissing: it was not built.
    """
    script = (folder() / built.path(_SCRIPT).removeprefix("/static/")).read_text("utf-8")
    version = hashlib.sha256(json.dumps(built.names, sort_keys=True).encode()).hexdigest()[:16]
    body = f"const VERSION = {json.dumps(version)};\n{script}".encode()

    def answer(_request: Request) -> Response:
        return Response(body, 200, {"Cache-Control": "no-cache"}, formats.JAVASCRIPT.media_type)

    return answer
