"""The fields of the forms, as an import needs them; and rows as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg.errors import UnknownValue
from dgekg.forms import Field, Form, Forms
from dgekg.importers.convert import Converted
from dgekg.importers.fields import Holds, nested, steps

_TYPES = {"datetime": "text"}


class FormFields:
    """The fields of one kind of record.

    Args:
        forms: all forms.
        kind: the kind.

    Raises:
        UnknownValue: there is no such kind.
    """

    def __init__(self, forms: Forms, kind: str) -> None:
        self._forms, self.form = forms, forms.form(kind)

    def holds(self, path: str) -> Holds:
        """Return what a field holds. Errors as `Fields.holds`."""
        field = self.field(path)
        within = field.schemes if field.type == "concept" else field.kinds
        return Holds(_TYPES.get(field.type, field.type), tuple(within), field.most or 0)

    def field(self, path: str) -> Field:
        """Return a field. Errors as `Fields.holds`."""
        form, rest = self.form, path
        while True:
            name, _number, rest = steps(rest)
            field = form.field(name)
            if field is None:
                raise UnknownValue("field", name, [f.id for f in form.fields], f"It is none of {form.kind}.")
            if not rest:
                return field
            form = self._inside(field, path)

    def _inside(self, field: Field, path: str) -> Form:
        if field.part is not None:
            return field.part
        if field.kinds:
            return self._forms.form(field.kinds[0])
        raise UnknownValue("field", path, (), f"{field.id} has no fields of its own.")


def answers_of(
    row: Converted, fields: FormFields, slug: str | None, actors: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Return the answers that a row gives.

    Args:
        row: what it says.
        fields: of its kind.
        slug: of its record; None for a new one.
        actors: what is said of an actor that is new, beside what the row says.
    """
    said = {path: list(values) for path, values in row.said.items()}
    told = set(row.rows)
    for path in [p for p in said if fields.holds(p).type == "record"]:
        new = [v for v in said[path] if isinstance(v, dict)]
        below = [p for p in said if p.startswith(path + ".")]
        if not new:
            for inner in below:  # an actor that is known says these things itself
                said.pop(inner)
            continue
        about = said.pop(path)
        told.discard(path)
        one = next(v for v in about if isinstance(v, dict))
        said[f"{path}.name"] = [{"value": one["name"], "language": one["language"]}]
        told.add(f"{path}.name")
        for name, values in actors.items():
            holds = fields.holds(f"{path}.{name}")
            if f"{path}.{name}" not in said:
                said[f"{path}.{name}"] = [_value(v, holds) for v in values]
    known = {path: values for path, values in said.items() if not _orphan(path, said, fields)}
    return {"kind": fields.form.kind, "slug": slug, "fields": nested(known, frozenset(told))}


def _orphan(path: str, said: Mapping[str, object], fields: FormFields) -> bool:
    """Say whether a path speaks of a new record that has no name: nothing is made of it."""
    head, dot, _last = path.rpartition(".")
    if not dot or fields.field(head).part is not None:
        return False
    return f"{head}.name" not in said


def _value(text: str, holds: Holds) -> object:
    if holds.type == "language-text":
        return {"value": text, "language": "en"}
    return {"true": True, "false": False}.get(text, text) if holds.type == "boolean" else text


def columns_of(place: tuple[str | int, ...], row: Converted) -> tuple[str, str]:
    """Return the field and the columns that a place in the answers comes from.

    Args:
        place: of `forms.Placed`.
        row: what the row said.
    """
    names = [str(step) for step in place if isinstance(step, str)]
    wanted = ".".join(names)
    numbers = [step for step in place if isinstance(step, int)]
    part = numbers[0] + 1 if numbers and len(names) > 1 else 0
    kept = sorted({int(n or 1) for name, n, rest in map(steps, row.rows) if names and name == names[0] and rest})
    number = kept[part - 1] if part and part <= len(kept) else part
    hits = []
    for path, columns in row.columns.items():
        plain = ".".join(s for s in _names(path))
        _top, at, _rest = steps(path)
        if plain == wanted and (not number or not at or int(at) == number or len(names) < 2):
            hits += columns
    return wanted, ", ".join(dict.fromkeys(hits))


def _names(path: str) -> list[str]:
    found = []
    while path:
        name, _number, path = steps(path)
        found.append(name)
    return found
