"""What an address that cannot be understood may have meant: the same page without the part that is at fault."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

from dgekg.errors import DgekgError, InputError, RecordNotFound, UnknownValue
from dgekg.web.words import language_of, messages, say

_SAID = (405, 429, 500, 503, 504)  # statuses that have a sentence of their own
PLACES = ("cursor", "from", "after")  # what says where in a list to go on


def way(request: Request, error: InputError) -> tuple[str, str]:
    """Return the key of the words and the address of the nearest thing that can be shown; ("", "") where none is.

    A place in a list that is no place leads to the list's beginning; a part that is not known, to the page without it.
    """
    pairs = [(k, v) for k, v in request.query_params.multi_items() if v]
    said = str(error).partition(":")[0]
    key, kept = "error.without", pairs
    if said in PLACES and request.url.path != "/diff" and any(k == said for k, _ in pairs):
        key, kept = "error.begin", [(k, v) for k, v in pairs if k not in PLACES]
    elif error.found:
        kept = [(k, v) for k, v in pairs if error.found not in (k, v) and not _holds(k, v, error.found)]
    elif any(k == said for k, _ in pairs):
        kept = [(k, v) for k, v in pairs if k != said]
    if len(kept) == len(pairs):
        return "", ""
    return key, f"{request.url.path}{'?' + urlencode(kept) if kept else ''}"


def language(request: Request) -> str:
    """Return the language in which a program is told what went wrong; the words of pages speak of addresses."""
    if request.method not in ("GET", "HEAD") or request.url.path.startswith("/sparql"):
        return "en"
    try:
        return language_of(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))
    except InputError:  # a language that is none is what the error is about
        return "en"


def told(language: str, status: int, error: DgekgError | None, path: str) -> str:
    """Return what went wrong, for a person and in the page's language; "" where the error's own words do.

    Args:
        language: en, fr or es.
        status: of the answer.
        error: what was raised; None where the framework found no such address or method.
        path: that was asked for.
    """
    if isinstance(error, UnknownValue) and error.found:
        return say(language, "error.says_unknown", found=error.found)
    if language == "en":
        return ""
    if isinstance(error, RecordNotFound) or (error is None and status == 404):
        return say(language, "error.says_record" if error else "error.says_address", path=path)
    if isinstance(error, InputError):
        return say(language, "error.says_input")
    return messages(language)[f"error.says_{status}"] if status in _SAID else ""


def _holds(key: str, value: str, found: str) -> bool:
    """Whether a condition names what is not known, as its dimension or as one of its values.

    >>> _holds("where", "group=wmen,girls", "wmen"), _holds("where", "group=women", "men"), _holds("q", "a=b", "a")
    (True, False, False)
    """
    if key != "where":
        return False
    name, _, values = value.replace("!=", "=").partition("=")
    return found.strip() in {name.strip(), *(one.strip() for one in values.split(","))}
