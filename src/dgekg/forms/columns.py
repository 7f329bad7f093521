"""The columns of a flat face: which question, in which language, and which of several answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dgekg.forms.model import Field, Form
from dgekg.vocabulary import LANGUAGES

SOME = 3
"""How many columns an empty template has for a question that takes any number of answers."""
OTHER = "?"
"""In the place of a language: any other, which the cell itself names, as `sw: Jina`."""


class Column(NamedTuple):
    """One column: `title@fr`, `lever#2`, `page#1`, `accessedOn`.

    Attributes:
        field: the question.
        language: of a text that has one; `OTHER` for any other; "" where there is none.
        number: which of several answers, from 1; 0 where there is one at most.
    """

    field: Field
    language: str = ""
    number: int = 0

    @property
    def id(self) -> str:
        """Its name, which stays the same in every language."""
        language = f"@{self.language}" if self.language else ""
        return self.field.id + language + (f"#{self.number}" if self.number else "")


def of(form: Form, first: str, filled: Iterable[Mapping[str, list[Any]]] = ()) -> list[Column]:
    """Return the columns of a form, without its parts.

    Args:
        form: the form.
        first: the language whose column comes first.
        filled: answers that all have to find room.
    """
    answers = list(filled)
    return [column for field in form.fields if field.part is None for column in _of_field(field, first, answers)]


def _of_field(field: Field, first: str, answers: list[Mapping[str, list[Any]]]) -> Iterator[Column]:
    if field.type != "language-text":
        most = max((len(said.get(field.id, ())) for said in answers), default=0)
        if not field.many and most < 2:
            yield Column(field)
            return
        for number in range(1, max(SOME, most) + 1):
            yield Column(field, "", number)
        return
    counts: dict[str, int] = {}
    for said in answers:
        here: dict[str, int] = {}
        for value in said.get(field.id, ()):
            language = language_of(value)
            here[language] = here.get(language, 0) + 1
        for language, count in here.items():
            counts[language] = max(count, counts.get(language, 0))
    usual = [first, *(language for language in LANGUAGES if language != first)]
    for language in [*usual, *sorted(set(counts) - {*usual, ""})]:
        count = counts.get(language, 0)
        if count < 2:
            yield Column(field, language)
        for number in range(1, count + 1) if count > 1 else ():
            yield Column(field, language, number)
    yield Column(field, OTHER)
    if field.plain or field.addresses or counts.get(""):
        for number in range(1, max(1, counts.get("", 0)) + 1):
            yield Column(field, "", number)


def language_of(value: Any) -> str:
    """Return the language of a text in the answers, "" for what has none or is written out otherwise."""
    simple = isinstance(value, dict) and set(value) == {"value", "language"} and value["language"]
    return str(value["language"]) if simple else ""


def spread(columns: Iterable[Column], fields: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return answers by the name of the column that holds them."""
    places: dict[tuple[str, str], list[Column]] = {}
    spoken = set()
    for column in columns:
        places.setdefault((column.field.id, column.language), []).append(column)
        if column.field.type == "language-text":
            spoken.add(column.field.id)
    found: dict[str, Any] = {}
    for name, values in fields.items():
        by_language: dict[str, list[Any]] = {}
        for value in values:
            by_language.setdefault(language_of(value) if name in spoken else "", []).append(value)
        for language, some in by_language.items():
            key = (name, language) if (name, language) in places else (name, "")
            for column, value in zip(places.get(key, ()), some, strict=False):
                found[column.id] = value
    return found


def parse(name: str, form: Form) -> Column | None:
    """Return the column of a name, None if no question has it.

    >>> parse("nothing", Form("x", "", {}, {}, "", ())) is None
    True
    """
    rest, _hash, number = name.strip().partition("#")
    id_, _at, language = rest.partition("@")
    field = form.field(id_)
    if field is None or field.part is not None or (number and not (number.isascii() and number.isdecimal())):
        return None
    return Column(field, language, int(number[:4]) if number else 0)
