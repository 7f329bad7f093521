"""Errors as problem documents (RFC 9457) and back: what the service says, a client raises again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dgekg import errors
from dgekg.errors import DgekgError, InputError

# Our messages say where, what was found and what was expected; where an error carries no parts, its message has them.
_SAID = re.compile(r'^(?P<parameter>[\w-]+): found "?(?P<found>.*?)"?, (?:expected (?P<expected>[^.]+)|which )')


def members(error: DgekgError) -> dict[str, Any]:
    """Return what a problem document says beside type, title, status and detail.

    The class of the error, and where one part of a request is at fault: `parameter`, `found`, `expected`,
    `suggestions`.

    >>> members(InputError('limit: found "many", expected a whole number from 1.'))
    {'error': 'InputError', 'parameter': 'limit', 'found': 'many', 'expected': 'a whole number from 1'}
    """
    body: dict[str, Any] = {"error": type(error).__name__}
    if not isinstance(error, InputError):
        return body
    said = _SAID.match(str(error))
    parts = said.groupdict(default="") if said else {}
    body["parameter"] = error.field or parts.get("parameter", "")
    body["found"] = error.found or parts.get("found", "")
    body["expected"] = error.expected or parts.get("expected", "")
    body["suggestions"] = error.suggestions
    return {name: value for name, value in body.items() if value}


def raised(body: Mapping[str, Any], status: int) -> DgekgError:
    """Return the error that a problem document tells of, with the document as its `problem`.

    Args:
        body: the document; what it lacks is filled in.
        status: of the answer.

    >>> error = raised({"detail": 'stage: found "dta".', "error": "UnknownValue", "suggestions": ["data"]}, 404)
    >>> type(error).__name__, str(error), error.suggestions
    ('UnknownValue', 'stage: found "dta".', ['data'])
    """
    named = {kind.__name__: kind for kind in _every(DgekgError)}
    kind = named.get(str(body.get("error", ""))) or _by_status(status)
    error = kind.__new__(kind)
    Exception.__init__(error, str(body.get("detail") or body.get("title") or f"The service answered {status}."))
    error.problem = {"status": status, **body}
    if isinstance(error, InputError):
        error.field, error.found = str(body.get("parameter", "")), str(body.get("found", ""))
        error.expected, error.suggestions = str(body.get("expected", "")), list(body.get("suggestions", ()))
    return error


def _by_status(status: int) -> type[DgekgError]:
    if status in (404, 410):
        return errors.RecordNotFound
    return {429: errors.TooMany, 503: errors.StoreError, 504: errors.StoreTimeout}.get(
        status, InputError if 400 <= status < 500 else DgekgError
    )


def _every(kind: type[DgekgError]) -> Iterator[type[DgekgError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _every(below)
