"""One answer as the text of a cell, and back: for spreadsheets and surveys, where everything is text.

What a person writes is understood generously: a code, a label in any of our languages, "yes". What a cell cannot hold
as it is (a line break at the end, a property of its own) is written as `json:` and the value in JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from dgekg.folding import fold
from dgekg.forms.model import Field, Option
from dgekg.forms.words import spoken

Value = Any
Records = Mapping[str, Mapping[str, str]]
"""Names of the records that can be referred to: kind -> slug -> name."""

JSON = "json:"
_CODE = re.compile(r"\[([^\[\]\s]+)\]\s*$")
_TRUE = {"true", "1", "yes", "oui", "sí", "si", "x", "vrai", "verdadero"}
_FALSE = {"false", "0", "no", "non", "faux", "falso"}
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*):\s+(\S.*)", re.DOTALL)
_UNSAFE = re.compile(r"^\s|\s$|[\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|^json:|_x[0-9A-Fa-f]{4}_|^$")


def to_text(field: Field, value: Value, language: str = "en", records: Records | None = None) -> str:
    """Return an answer as the text of a cell; codes stand in brackets behind their label.

    Args:
        field: the question.
        value: the answer; of a text with its language, only the text.
        language: of the labels.
        records: names of records.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value) if field.type in ("integer", "decimal") else JSON + json.dumps(value)
    if isinstance(value, dict):
        return JSON + json.dumps(value, ensure_ascii=True, sort_keys=True)
    option = field.option(value)
    if option is not None:
        return choice(option, language)
    if field.type == "record" and records:
        kind, _slash, slug = value.partition("/")
        name = records.get(kind, {}).get(slug)
        if name:
            return f"{name} [{value}]"
    return plain(value)


def plain(text: str) -> str:
    """Return a text as a cell holds it: as it is, or as JSON where a cell would change it."""
    return JSON + json.dumps(text, ensure_ascii=True) if _UNSAFE.search(text) else text


def choice(option: Option, language: str, *, tree: bool = False) -> str:
    """Return an option as a drop-down shows it.

    >>> choice(Option("audit", "", {"en": "Audit"}, depth=2), "en", tree=True)
    '· Audit [audit]'
    """
    label = re.sub(r"[\[\]]", "", spoken(option.label, language))
    return "· " * (option.depth - 1 if tree else 0) + f"{label} [{option.code}]"


def to_value(field: Field, cell: object, language: str = "") -> Value | None:
    """Return the answer that a cell means, None for an empty one; what cannot be understood stays text.

    Args:
        field: the question.
        cell: a text, number, date or truth value.
        language: of texts with a language; "" for one without.
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return cell if field.type == "boolean" else str(cell).lower()
    if isinstance(cell, dt.datetime):
        if field.type == "datetime":
            return cell.isoformat()
        cell = cell.date()
    if isinstance(cell, dt.date):
        return cell.strftime("%Y") if field.type == "year" else cell.isoformat()
    if isinstance(cell, int | float):
        return _number(field, cell, language)
    text = str(cell)
    if text.startswith(JSON):
        return _json(field, text, language)
    text = text.strip()
    return _read(field, text, language) if text else None


def _read(field: Field, text: str, language: str) -> Value:
    if field.type == "boolean":
        folded = text.casefold()
        return True if folded in _TRUE else False if folded in _FALSE else text
    if field.type in ("integer", "decimal"):
        return _parsed_number(field, text)
    if field.type in ("concept", "record", "part") or field.options:
        return _chosen(field, text)
    if field.type == "language-text" and language:
        return {"value": text, "language": language}
    return text


def _chosen(field: Field, text: str) -> Value:
    bare = text.lstrip("· ")
    code = _CODE.search(bare)
    if code and (field.option(code[1]) or field.kinds):
        return code[1]
    if field.option(bare):
        return bare
    for alike in (str.casefold, fold):  # as it is written first: accents can tell two words apart
        named = [o for o in field.options if alike(bare) in map(alike, o.label.values())]
        if len(named) == 1:
            return named[0].code
    part = re.fullmatch(r"#?([0-9]{1,4})(?:\.0)?", bare)
    if part and field.kinds and not field.options:
        return f"{field.kinds[0]}/#{part[1]}"  # a part of the same record, by its number
    return bare


def _number(field: Field, number: float, language: str) -> Value:
    whole = isinstance(number, int) or (number == number and number.is_integer() and abs(number) < 10**15)
    if field.type in ("integer", "decimal"):
        return int(number) if whole and (field.type == "integer" or isinstance(number, int)) else number
    if field.type == "boolean" and number in (0, 1):
        return bool(number)
    return _read(field, str(int(number)) if whole else repr(number), language)


def _parsed_number(field: Field, text: str) -> Value:
    try:
        return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else float(text) if field.type == "decimal" else text
    except ValueError:
        return text


def _json(field: Field, text: str, language: str) -> Value:
    try:
        value = json.loads(text.removeprefix(JSON)) if len(text) < 100_000 else text
    except (ValueError, RecursionError):
        return text
    if isinstance(value, str) and field.type == "language-text" and language:
        return {"value": value, "language": language}
    return value if isinstance(value, str | int | float | bool | dict) else text


def other_language(text: str) -> tuple[str, str]:
    """Return the language and the text of a cell that says both, as `sw: Jina`; ("", text) if it does not.

    >>> other_language("sw: Jina"), other_language("Note: this")
    (('sw', 'Jina'), ('', 'Note: this'))
    """
    match = _LANGUAGE.fullmatch(text.strip())
    return (match[1], match[2]) if match else ("", text)
