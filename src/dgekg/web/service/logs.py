"""The log: a line of JSON for each request and event, with nothing in it about who asked, or for which words.

No address, no user agent, no query, no search words, no path as it was typed: the route's template instead. Of a fault,
its class and where in the code it happened, not its message, which may hold what somebody wrote.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import time
import traceback
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgekg.web.service import metrics
from dgekg.web.service.entry import NOTE

_ACCESS = logging.getLogger("dgekg.access")
_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")
_FIELDS = ("id", "method", "route", "status", "ms", "bytes", "version")

CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "dgekg.web.service.logs.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "dgekg": {"level": "INFO"},
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": "CRITICAL"},  # it would write addresses
    },
}


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        line["event"] = record.getMessage()
        line |= {name: value for name in _FIELDS if (value := record.__dict__.get(name)) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["fault"] = type(error).__name__
            frames = traceback.extract_tb(error.__traceback__)
            line["where"] = [f"{f.filename.rpartition('site-packages/')[2]}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, ensure_ascii=False)


class Log:
    """Middleware, the outermost: counts, times and writes down each request, and gives it an id.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        note: dict[str, Any] = {}
        scope[NOTE] = note
        number = secrets.token_hex(8)
        status, size = 500, 0
        begun = time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, sent)
        finally:
            seconds = time.perf_counter() - begun
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = str(note.get("route") or "none")
            metrics.saw(method, route, status, seconds)
            told = {"id": number, "method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            told |= {"bytes": size, "version": note.get("version") or None}
            _ACCESS.info("request", extra=told)
