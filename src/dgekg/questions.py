"""Questions: decorated `.rq` files, read into typed questions, asked with typed values.

The header is YAML in `#+` lines. A parameter is a line `VALUES ?name { default }` in the body; `?language` and
`?asOf` are bound by the runner wherever a body has a line for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from dgekg import template
from dgekg.errors import InputError, QuestionError, UnknownValue
from dgekg.identifiers import SLUG
from dgekg.store.base import Store as GraphStore
from dgekg.store.base import Table
from dgekg.vocabulary import LANGUAGES, PREFIXES

Words = Mapping[str, str]
TYPES = ("concept", "record", "norm", "dimension", "text", "integer", "date", "iri")
# The C reader where the package has it: the headers of all checks are read at every validation.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ALLOWED = {"title", "description", "tags", "parameters", "columns", "empty", "needs", "chart"}
_ALLOWED |= {"severity", "message", "unless", "about", "beside"}  # of checks


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing to fill in.

    Attributes:
        name: the variable, without its question mark.
        type: one of `TYPES`.
        within: scheme of a concept or kind of a record; "" for the other types.
        label: words for it, by language.
        required: whether the question cannot be asked without it.
        default: the text of the default terms in the body; "UNDEF" where everything is meant.
    """

    name: str
    type: str
    within: str
    label: Words
    required: bool
    default: str


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer is drawn: bars, whose length is a column of numbers and whose names are columns of words."""

    length: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question as its file says it."""

    slug: str
    file: str
    body: str = field(repr=False)
    title: Words
    description: Words
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, Words]
    empty: Words
    needs: tuple[str, ...]
    chart: Chart | None = None
    meta: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by name.

        Raises:
            UnknownValue: the question has none of that name.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise UnknownValue(f"{self.slug}: parameter", name, [p.name for p in self.parameters])

    def query(self, values: Mapping[str, Sequence[template.Value]], language: str = "en", as_of: str = "") -> str:
        """Return the SPARQL with its values bound.

        Raises:
            InputError: a required parameter has no value.
            UnknownValue: a value for something that is no parameter.
        """
        for name in values:
            self.parameter(name)
        missing = [p.name for p in self.parameters if p.required and p.name not in values]
        if missing:
            raise InputError(f"{self.slug}: {', '.join(missing)} must be given.")
        bound = dict(values)
        have = template.slots(self.body)
        if "language" in have:
            bound["language"] = [Literal(language)]
        if "asOf" in have:
            date = as_of or dt.datetime.now(dt.UTC).date().isoformat()
            bound["asOf"] = [Literal(date, datatype=NamedNode(PREFIXES["xsd"] + "date"))]
        return template.bind(self.body, bound)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question returned.

    Attributes:
        table: the rows.
        query: the SPARQL that gave them.
        note: why nothing came, in words; "" when something did.
    """

    question: Question
    table: Table
    query: str
    note: str


class Questions:
    """All questions of a folder, found by its files.

    Raises:
        QuestionError: a file's header or body is broken; says which line and how to mend it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def all(self) -> dict[str, Question]:
        """Every question by its slug, in the order of their names."""
        return {file.stem: load(file) for file in sorted(self.folder.glob("*.rq"))}

    def get(self, slug: str) -> Question:
        """Return one question.

        Raises:
            UnknownValue: there is none of that name.
        """
        if slug not in self.all:
            raise UnknownValue("question", slug, self.all, 'List them with "dgekg ask".')
        return self.all[slug]


def ask(
    store: GraphStore,
    question: Question,
    values: Mapping[str, Sequence[template.Value]],
    language: str = "en",
    as_of: str = "",
) -> Answer:
    """Ask a question; an empty answer says why it is empty.

    Raises:
        InputError: a required parameter is missing.
        StoreError: the store cannot answer.
    """
    query = question.query(values, language, as_of)
    table = store.select(query)
    note = "" if table.rows else words(question.empty, language)
    return Answer(question, table, query, note)


def load(file: Path) -> Question:
    """Read one question file.

    Raises:
        QuestionError: the header or the body is broken.
    """
    text = template.read(file)
    header_lines = [line for line in text.splitlines() if line.startswith("#+")]
    if not header_lines:
        raise QuestionError(f'{file}:1: expected a header of lines that begin with "#+", found none.')
    try:
        meta = _header("\n".join(line[2:].removeprefix(" ") for line in header_lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = _line_of_header(text, mark.line if mark else 0)
        raise QuestionError(f"{file}:{line}: the header is not YAML: {getattr(error, 'problem', error)}.") from error
    if not isinstance(meta, dict):
        raise QuestionError(f"{file}:1: the header must be a mapping with title, description and columns.")
    unknown = [key for key in meta if key not in _ALLOWED]
    if unknown:
        line = next((n for n, t in enumerate(text.splitlines(), 1) if t.startswith(f"#+ {unknown[0]}")), 1)
        raise QuestionError(str(UnknownValue(f"{file}:{line}: header", str(unknown[0]), _ALLOWED)))
    if not SLUG.fullmatch(file.stem):
        raise QuestionError(f"{file}: a question's name is lower-case letters, digits and hyphens.")
    return Question(
        slug=file.stem,
        file=file.as_posix(),
        body=text,
        title=_words(file, meta, "title"),
        description=_words(file, meta, "description"),
        tags=tuple(str(tag) for tag in meta.get("tags", ())),
        parameters=_parameters(file, text, meta.get("parameters") or {}),
        columns=_columns(file, text, meta.get("columns") or {}),
        empty=_words(file, meta, "empty") if "empty" in meta else _NOTHING,
        needs=tuple(str(need) for need in meta.get("needs", ())),
        chart=_chart(file, meta),
        meta=meta,
    )


@lru_cache(maxsize=512)
def _header(text: str) -> Any:
    """Return what a header says; for reading only. A process that opens version after version reads each text once."""
    return yaml.load(text, Loader=_YAML)


def words(text: Words, language: str) -> str:
    """Return the text in a language, else in English, else in any.

    >>> words({"en": "stage", "fr": "étape"}, "es")
    'stage'
    """
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


_NOTHING: Words = {
    "en": "Nothing in this collection answers that. It may not have been searched for.",
    "fr": "Rien dans cette collection n'y répond. Il se peut que personne n'ait cherché.",
    "es": "Nada en esta colección lo responde. Puede que nadie lo haya buscado.",
}


def _words(file: Path, meta: Mapping[str, Any], key: str) -> Words:
    value = meta.get(key)
    if not isinstance(value, dict) or any(not isinstance(value.get(lang), str) for lang in LANGUAGES):
        raise QuestionError(f"{file}: header: {key} must be given in {', '.join(LANGUAGES)}.")
    return {lang: " ".join(value[lang].split()) for lang in LANGUAGES}


def _parameters(file: Path, text: str, declared: Any) -> tuple[Parameter, ...]:
    if not isinstance(declared, dict):
        raise QuestionError(f"{file}: header: parameters must be a mapping of name to description.")
    have = template.slots(text)
    missing = [name for name in declared if name not in have]
    if missing:
        raise QuestionError(
            f'{file}: parameter {missing[0]} is declared, but the body has no line "VALUES ?{missing[0]} {{ UNDEF }}".'
        )
    found = []
    for name, spec in declared.items():
        spec = spec if isinstance(spec, dict) else {}
        if spec.get("type") not in TYPES:
            raise QuestionError(str(UnknownValue(f"{file}: parameter {name}: type", str(spec.get("type")), TYPES)))
        within = str(spec.get("scheme") or spec.get("kind") or "")
        if spec["type"] in ("concept", "record") and not within:
            raise QuestionError(f"{file}: parameter {name}: say of which scheme (concept) or kind (record) it is.")
        label = _words(file, spec, "label")
        found.append(Parameter(name, spec["type"], within, label, bool(spec.get("required")), have[name]))
    return tuple(found)


def _columns(file: Path, text: str, declared: Any) -> Mapping[str, Words]:
    if not isinstance(declared, dict) or not declared:
        raise QuestionError(f"{file}: header: columns must name every column of the answer.")
    try:
        result = Store().query(template.bind(text, {}))
    except (SyntaxError, ValueError) as error:
        raise QuestionError(f"{file}: the body is not a SELECT query that parses: {error}") from error
    if not isinstance(result, QuerySolutions):
        raise QuestionError(f"{file}: the body is not a SELECT query, but one of another form.")
    actual = [v.value for v in result.variables]
    if sorted(actual) != sorted(declared):
        odd = sorted(set(actual) ^ set(declared))
        raise QuestionError(
            f"{file}: the header's columns and the query's differ: {', '.join(odd)} stands on one side only."
        )
    return {name: _words(file, declared, name) for name in actual}


def _chart(file: Path, meta: Mapping[str, Any]) -> Chart | None:
    """Read `chart: {kind: bar, x: column of numbers, y: column, or list of columns, of names}`."""
    said = meta.get("chart")
    if said is None:
        return None
    if not isinstance(said, dict) or said.get("kind") != "bar" or said.keys() != {"kind", "x", "y"}:
        raise QuestionError(f"{file}: header: chart: expected {{kind: bar, x: column, y: column}}, found {said}.")
    names = said["y"] if isinstance(said["y"], list) else [said["y"]]
    columns = [str(column) for column in meta.get("columns") or ()]
    for column in (said["x"], *names):
        if column not in columns:
            raise QuestionError(str(UnknownValue(f"{file}: header: chart", str(column), columns)))
    return Chart(str(said["x"]), tuple(map(str, names)))


def _line_of_header(text: str, index: int) -> int:
    numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("#+")]
    return numbers[min(index, len(numbers) - 1)]
