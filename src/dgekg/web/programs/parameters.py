"""The query parameters of the programs' addresses: described once, for OpenAPI and for refusing what is none."""

from __future__ import annotations

from typing import Any

from dgekg.errors import UnknownValue
from dgekg.web.house import Visit

EVERYWHERE = ("format", "safe", "lang")
VIEW = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")
_MANY = {"where", "cols", "depth", "exclude", "against", "of", "at", "kind"}

_WORDS: dict[str, tuple[str, str]] = {
    "where": ("string", "dimension=value; `a,b` any of, `!=` none of; repeat for all of. Labels, codes or IRIs."),
    "q": ("string", 'Words to find; "in a row", -without; the last may be unfinished.'),
    "cursor": (
        "string",
        "`cursor` of the answer before: it goes on in the list of that version, and is refused with 410 once another "
        "version is served.",
    ),
    "limit": ("integer", "At most so many rows; CSV without a limit gives all."),
    "sort": ("string", "The order; title unless given, best where there are words to find."),
    "rows": ("string", "The first dimension."),
    "cols": ("string", "More dimensions; repeat, or separate by commas."),
    "rung": ("integer", "Lowest evidence level that counts as documented, 0 to 4; 2 unless given."),
    "norm": ("string", "concerns or supports: which link to norms counts."),
    "relation": ("string", "acts-at, governs or enables: which stage link counts; all unless given."),
    "depth": ("string", "dimension=levels below the root that are rows; all unless given."),
    "empty": ("string", "no: leave out rows and columns that hold nothing."),
    "exclude": (
        "string",
        "A record that you judged inapplicable, by slug (of a practice in views; of the list's own kind in lists, "
        "where `practice/slug` leaves a practice out of the counts); repeat for several.",
    ),
    "against": ("string", "The second side of a comparison: dimension=value, in place of any filter on it."),
    "against-version": ("string", "Compare with a version that was kept: its id, or how that begins."),
    "of": ("string", "Two or three groups to cross; repeat, or separate by commas. All combinations unless given."),
    "at": ("string", "The place of one cell: a value for each dimension, in their order; `-` for not stated."),
    "kind": ("string", "Only this kind; of records also several, repeated or separated by commas."),
    "demand": (
        "string",
        "incidents, supervisory or consultation: put first what is asked for; with how much is on record, how lopsided "
        "it is, and the place of each gap without it.",
    ),
    "cards": ("string", "yes: each gap with its card (JSON only; 25 unless a limit is given, at most 100)."),
    "url": ("string", "Address of a page, with http:// or https://."),
    "sector": ("string", "Only actors of this sector or one within it: label, code or IRI."),
    "country": ("string", "Only actors based in this country or region: label, M49 code or IRI."),
    "role": ("string", "Only actors that have this role in a practice: lead, funder, evaluator ..."),
    "family": ("string", "Only instruments of this family: human-rights, ai-governance or both."),
    "instrument": ("string", "Only this instrument and its provisions."),
    "right": ("string", "Only provisions that guarantee this right or one within it."),
    "scheme": ("string", "Only concepts of this scheme: stage, group, region, right, kind, lever ..."),
    "format": ("string", "json or csv (coverage also md); else the Accept header decides."),
    "safe": ("string", "yes, with CSV: an apostrophe before each value that a spreadsheet would run as a formula."),
    "lang": ("string", "Language of labels: en, fr or es."),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "norm": ("concerns", "supports"),
    "relation": ("acts-at", "governs", "enables"),
    "empty": ("yes", "no"),
    "cards": ("yes", "no"),
    "demand": ("incidents", "supervisory", "consultation"),
    "safe": ("yes", "no"),
    "lang": ("en", "fr", "es"),
    "family": ("human-rights", "ai-governance", "both"),
}
_BOUNDS = {"rung": (0, 4), "limit": (1, None)}


def described(names: tuple[str, ...], required: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return parameters as OpenAPI writes them; they are read and checked by the code that uses them."""
    return [_described(name, name in required) for name in (*names, *EVERYWHERE)]


def _described(name: str, required: bool) -> dict[str, Any]:
    kind, words = _WORDS[name]
    schema: dict[str, Any] = {"type": kind}
    if name in _CHOICES:
        schema["enum"] = list(_CHOICES[name])
    least, most = _BOUNDS.get(name, (None, None))
    schema |= {key: n for key, n in (("minimum", least), ("maximum", most)) if n is not None}
    if name in _MANY:
        schema = {"type": "array", "items": schema}
    return {"name": name, "in": "query", "required": required, "description": words, "schema": schema}


def only(visit: Visit, names: tuple[str, ...]) -> None:
    """Refuse query parameters that an address does not have.

    Raises:
        UnknownValue: one that it does not; the nearest is suggested.
    """
    known = (*names, *EVERYWHERE)
    for key in visit.request.query_params:
        if key not in known:
            raise UnknownValue("parameter", key, known, f"It takes {', '.join(known)}.")
