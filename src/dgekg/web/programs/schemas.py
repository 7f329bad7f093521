"""What answers for programs look like, as JSON Schema: tables with what they are about, records, problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg import formats
from dgekg.vocabulary import LANGUAGES

_NUMBERS = {
    *("practices", "direct", "above", "documented", "effect_shown", "harm_or_mixed", "focused", "promising", "actors"),
    *("countries", "elsewhere", "folded", "year", "level"),
}
_TEXT, _LINK = {"type": "string"}, {"type": ["string", "null"], "format": "uri-reference"}


def shared() -> dict[str, Any]:
    """Return the schemas that others refer to."""
    place = {
        "type": ["object", "null"],
        "description": "The state of the place that the filters name; empty where the rows have theirs, or none.",
        "properties": {
            "state": _TEXT,
            "words": _TEXT,
            "marks": {"type": "array", "items": _TEXT},
            "practices": {"type": "integer"},
        },
        "required": ["state", "words", "marks"],
    }
    about: dict[str, Any] = {
        "version": _said(_TEXT, "Id of the version of the collection."),
        "as_of": _said({"type": "string", "format": "date"}, "The day that `stale` is reckoned from."),
        "withdrawn_since_built": _said(
            {"type": "integer"}, "Records withdrawn since the version was built: left out here, and counted nowhere."
        ),
        "language": _said({"type": "string", "enum": list(LANGUAGES)}, "Of labels and sentences."),
        "license": _said({"type": "string", "format": "uri"}, "Of the data."),
        "self": _said(_LINK, "This very answer."),
        "page": _said(_LINK, "The same for people."),
        "query": _said(_TEXT, "What was asked, in its shortest form."),
        "total": _said({"type": "integer"}, "Exact: rows of the whole list, or different practices of a view."),
        "state": place,
        "sparql": _said(
            {"type": ["string", "null"]},
            "The query that gives the same numbers; empty where words were searched for and fit many, where nothing "
            "is published, or where SPARQL cannot say it.",
        ),
        "sparql_endpoint": _said(_LINK, "Where to ask it."),
        "cursor": _said({"type": ["string", "null"]}, "Of the next page."),
        "next": _said(_LINK, "The next page."),
    }
    return {
        "About": {"type": "object", "properties": about, "required": list(about)},
        "Problem": {
            "type": "object",
            "description": "RFC 9457, with what is needed to mend the request.",
            "properties": {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _said(_TEXT, "Where, what was found, what was expected."),
                "instance": _TEXT,
                "error": _said(_TEXT, "Kind of error; the Python client raises it by this name."),
                "parameter": _said(_TEXT, "The parameter at fault."),
                "found": _said(_TEXT, "What was given."),
                "expected": _said(_TEXT, "What could be given."),
                "suggestions": _said({"type": "array", "items": _TEXT}, "What may have been meant, nearest first."),
            },
            "required": ["type", "title", "status", "detail"],
        },
        "Record": {
            "allOf": [{"$ref": "#/components/schemas/Document"}],
            "type": "object",
            "properties": {"record": {"type": "object", "description": "Its shape is that of the JSON-LD context."}},
            "required": ["record"],
        },
        "Health": {
            "type": "object",
            "properties": {"status": _TEXT, "version": _TEXT, "as_of": _TEXT, "counts": {"type": "object"}},
            "required": ["status", "version", "as_of", "counts"],
        },
        "Document": {
            "type": "object",
            "properties": {k: about[k] for k in ("version", "as_of", "language", "license", "self", "page", "sparql")},
            "required": ["version", "license", "self"],
        },
    }


def table(columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema of a table with these columns; it may have more, where they depend on what is asked."""
    properties = {name: _column(name, words) for name, words in columns.items()}
    return {
        "allOf": [{"$ref": "#/components/schemas/About"}],
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"type": "object", "properties": properties}}},
        "required": ["rows"],
    }


def _column(name: str, words: str) -> dict[str, Any]:
    if name == "card":
        return _said({"type": "object"}, words)
    if name in ("score", "priority"):
        return _said({"type": "number"}, words)
    return _said({"type": ["integer", "string"]} if name in _NUMBERS else _TEXT, words)


def _said(schema: Mapping[str, Any], words: str) -> dict[str, Any]:
    return {**schema, "description": words}


def problem_response() -> dict[str, Any]:
    """Return the answer that tells of an error."""
    content = {formats.PROBLEM.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": "What was wrong with the request, or with this service.", "content": content}
