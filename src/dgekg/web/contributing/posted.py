"""What a form of HTML sends, read into answers; and answers as the form shows them again.

Each field of HTML is named by its place: `title.0` with `title.0~language`, `lever` for boxes to tick,
`hasEvidence.0.source.0` within a part, whose own name travels in `hasEvidence.0~slug`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dgekg import identifiers
from dgekg.forms import Field, Form
from dgekg.forms.cells import to_value
from dgekg.lookup import Names

Posted = Mapping[str, Sequence[str]]
MOST = 60  # parts or rows of one field
_TONGUE, _SLUG, _NEW = "~language", "~slug", "~new"
_BRACKETS = re.compile(r"\[([a-z]+/[a-z0-9-]+)\]\s*$")


class Reader:
    """Reads what was sent.

    Args:
        posted: values by name.
        names: of all records, to find those that are meant.
        language: of texts that do not say theirs.
        forms: form of a new record, by kind; what may be brought in beside the record itself.
    """

    def __init__(self, posted: Posted, names: Names, language: str, forms: Mapping[str, Form]) -> None:
        self._posted, self._names, self._language, self._forms = posted, names, language, forms
        self.unknown: dict[str, str] = {}
        """By place, what was given as the name of a record that is not there."""
        self.unlisted: dict[str, str] = {}
        """By place, what was given where one of a list is to be chosen."""

    def fields(self, form: Form, prefix: str = "") -> dict[str, list[Any]]:
        """Return the answers to the questions of a form."""
        found = {field.id: list(self._values(field, prefix + field.id)) for field in form.fields}
        return {name: values for name, values in found.items() if values}

    def _values(self, field: Field, key: str) -> Iterator[Any]:
        if field.part is not None:
            for place in self._places(key):
                inner = self.fields(field.part, f"{place}.")
                if inner:
                    yield {"slug": self.one(place + _SLUG) or None, "fields": inner}
            return
        for place, text in [(key, t) for t in self._posted.get(key, ())] + [
            (p, self.one(p)) for p in self._places(key)
        ]:
            if text.strip():
                yield self._value(field, place, text.strip())

    def _value(self, field: Field, place: str, text: str) -> Any:
        if field.type == "record":
            return self._record(field, place, text)
        value = to_value(field, text, self.one(place + _TONGUE) or self._language)
        if field.options and not isinstance(value, bool) and field.option(str(value)) is None:
            self.unlisted[place] = text
        return value

    def _record(self, field: Field, place: str, text: str) -> Any:
        inside = _BRACKETS.search(text)
        wanted = inside[1] if inside else text
        if wanted.startswith("evidence/#"):
            return wanted
        kind, slash, slug = wanted.partition("/")
        named = slash and kind in field.kinds and identifiers.SLUG.fullmatch(slug)
        if named and identifiers.record(kind, slug) in self._names.known:
            return wanted
        hits = self._names.exact(text, [identifiers.records(kind) for kind in field.kinds])
        local = identifiers.parse(hits[0]) if len(hits) == 1 else None
        if local is not None:
            return f"{local.kind}/{local.slug}"
        new = next((self._forms[kind] for kind in field.kinds if kind in self._forms), None)
        more = self.fields(new, f"{place}{_NEW}.") if new else {}
        if new is not None and more:
            name = next(f.id for f in new.fields if f.type == "language-text" and f.required)
            return {"kind": new.kind, "fields": {name: [{"value": text, "language": self._language}], **more}}
        self.unknown[place] = text
        return text

    def one(self, name: str) -> str:
        """Return the first value of a name, "" where there is none."""
        values = self._posted.get(name) or [""]
        return values[0]

    def _places(self, key: str) -> list[str]:
        """Return the places of a field that repeats, in order."""
        within = re.compile(re.escape(key) + r"\.([0-9]{1,3})(?=[.~]|$)")
        numbers = {int(met[1]) for name in self._posted if (met := within.match(name))}
        return [f"{key}.{number}" for number in sorted(numbers)[:MOST]]


def shown(field: Field, value: Any, names: Names, language: str) -> str:
    """Return an answer as the text of an input: a concept or record by its name, with its code in brackets."""
    if isinstance(value, Mapping):
        if "value" in value:
            return str(value["value"])
        inner = value.get("fields", {})
        first: Any = next((v[0] for k, v in inner.items() if k in ("name", "title") and v), "")
        return str(first.get("value", "") if isinstance(first, Mapping) else first)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    option = field.option(text)
    if option is not None and field.searchable:
        return f"{option.label.get(language) or option.label.get('en', '')} [{text}]"
    kind, slash, slug = text.partition("/")
    if field.type == "record" and slash and identifiers.SLUG.fullmatch(slug) and kind in field.kinds:
        return f"{names.label(identifiers.record(kind, slug), language)} [{text}]"
    return text


def tongue(value: Any, language: str) -> str:
    """Return the language of an answer."""
    return str(value.get("language") or language) if isinstance(value, Mapping) else language
