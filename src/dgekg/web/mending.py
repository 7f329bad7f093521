"""What an address that cannot be understood may have meant: the same page without the part that is at fault."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

from dgekg.errors import InputError

PLACES = ("cursor", "from", "after")  # what says where in a list to go on


def way(request: Request, error: InputError) -> tuple[str, str]:
    """Return the key of the words and the address of the nearest thing that can be shown; ("", "") where none is.

    A place in a list that is no place leads to the list's beginning; a part that is not known, to the page without it.
    """
    pairs = [(k, v) for k, v in request.query_params.multi_items() if v]
    said = str(error).partition(":")[0]
    key, kept = "error.without", pairs
    if said in PLACES and any(k == said for k, _ in pairs):
        key, kept = "error.begin", [(k, v) for k, v in pairs if k not in PLACES]
    elif error.found:
        kept = [(k, v) for k, v in pairs if error.found not in (k, v) and not _holds(k, v, error.found)]
    elif any(k == said for k, _ in pairs):
        kept = [(k, v) for k, v in pairs if k != said]
    if len(kept) == len(pairs):
        return "", ""
    return key, f"{request.url.path}{'?' + urlencode(kept) if kept else ''}"


def _holds(key: str, value: str, found: str) -> bool:
    """Whether a condition names what is not known, as its dimension or as one of its values.

    >>> _holds("where", "group=wmen,girls", "wmen"), _holds("where", "group=women", "men"), _holds("q", "a=b", "a")
    (True, False, False)
    """
    if key != "where":
        return False
    name, _, values = value.replace("!=", "=").partition("=")
    return found.strip() in {name.strip(), *(one.strip() for one in values.split(","))}
