"""What a binding asks, in a line that can be typed again; days in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dgekg.render import fill, say
from dgekg.report import numbers
from dgekg.report.asking import as_list
from dgekg.report.bound import canonical
from dgekg.report.model import Binding, Document
from dgekg.typography import day_words


def asked(source: Mapping[str, Any]) -> str:
    """Return what a binding asks, in a line that can be typed again.

    >>> asked({"question": "lessons", "parameters": {"group": "girls"}})
    'dgekg ask lessons group=girls'
    """
    if "question" in source:
        given = source.get("parameters") or {}
        values = [f"{name}={value}" for name, listed in given.items() for value in as_list(listed)]
        where = [f"{k}={','.join(map(str, as_list(v)))}" for k, v in (source.get("where") or {}).items()]
        left_out = [f"{k}≠{','.join(map(str, as_list(v)))}" for k, v in (source.get("without") or {}).items()]
        taken = [f"{key} {source[key]}" for key in numbers.TAKES if key in source]
        line = " ".join(["dgekg ask", str(source["question"]), *values])
        more = ", ".join([*where, *left_out, *taken])
        return f"{line} ({more})" if more else line
    if "sentence" in source:
        return f"{source['sentence']}: {asked({'view': source.get('view') or {}})}"
    if "view" in source:
        view = {key: as_list(value) for key, value in source["view"].items()}
        said = [
            f"{key} {', '.join(map(str, as_list(source[key])))}"
            for key in ("cells", "mark", "measure", "chart")
            if key in source
        ]
        address = "/coverage?" + urlencode(view, doseq=True, safe="=,!")
        return f"{address} ({', '.join(said)})" if said else address
    for key in ("gaps", "cards"):
        if key in source:
            over = ",".join(map(str, as_list(source[key].get("over"))))
            under = " ".join(f"--where {one}" for one in as_list(source[key].get("where")))
            at = f" ({', '.join(source[key]['at'])})" if "at" in source[key] else ""
            return f"dgekg gaps --over {over} {under}".strip() + at
    for key in ("minus", "percent"):
        if key in source:
            first, second = (asked(part) for part in source[key])
            return f"{first} − {second}" if key == "minus" else f"{first} / {second} × 100"
    return canonical(dict(source))


def bound(one: Binding, document: Document) -> str:
    """Return what a number rests on, in a line: what was asked, of which version, the hash of the result."""
    words = {"asked": asked(one.source), "version": document.version[:16], "hash": one.digest[:12]}
    return fill("report.bound-title", words, document.language)


def made(document: Document) -> str:
    """Return of which version and day a report is."""
    day = day_words(dt.date.fromisoformat(document.as_of), document.language)
    text = say("report.made", document.language)
    return text.format(version=document.version[:16], date=day)
