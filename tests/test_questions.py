"""Every question of `queries/questions/`, asked on the small world; and question files that are broken.

`tests/questions/<question>.csv` holds the expected rows, worked out by reading `tests/world/`; a case with values is
`<question>--<case>.csv` and begins with lines `#? parameter=value` (also `#? language=fr`). Addresses of ours are
written without https://w3id.org/dgekg/. To add a question, add its file there and its expected rows here.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from dgekg import template
from dgekg.build import Sources
from dgekg.build.validate import validate
from dgekg.errors import InputError, QueryError, QuestionError, UnknownValue
from dgekg.lookup import Names
from dgekg.questions import Answer, Parameter, Question, Questions, ask, load
from dgekg.settings import Project
from dgekg.store.base import Term, value_of
from dgekg.store.local import LocalStore
from dgekg.vocabulary import BASE, DIMENSION, LANGUAGES, ONTOLOGY, PREFIXES

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "queries" / "questions"
EXPECTED = ROOT / "tests" / "questions"
AS_OF = "2026-11-21"
NOTHING_ON_THE_WORLD: frozenset[str] = frozenset()
"""Questions that the small world cannot answer; each needs a reason here."""

QUESTIONS = Questions(FOLDER).all
PARAMETERS = [(slug, parameter) for slug, question in QUESTIONS.items() for parameter in question.parameters]
HOSTILE = (
    '" } DROP ALL #',
    "'''\n} UNION { ?s ?p ?o } #",
    '\\" . ?s ?p ?o } INSERT DATA { <a:a> <a:b> "x',
    "} }\r\nVALUES ?practice { UNDEF }",
    "{ SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
)


@dataclass(frozen=True)
class Case:
    """One expected answer."""

    file: str
    question: str
    values: dict[str, str]
    language: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_case(path: Path) -> Case:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line[2:].strip() for line in lines if line.startswith("#?")]
    values = dict(line.split("=", 1) for line in head)
    columns, *rows = csv.reader(lines[len(head) :])
    return Case(
        path.name,
        path.stem.partition("--")[0],
        {name: value for name, value in values.items() if name != "language"},
        values.get("language", "en"),
        tuple(columns),
        tuple(tuple(row) for row in rows),
    )


CASES = [read_case(path) for path in sorted(EXPECTED.glob("*.csv"))]


@pytest.fixture(scope="module")
def names(world_store: LocalStore, project: Project) -> Names:
    return Names(world_store, project.queries)


def answer(store: LocalStore, names: Names, case: Case) -> Answer:
    question = QUESTIONS[case.question]
    values = {name: names.terms(question.parameter(name), [text]) for name, text in case.values.items()}
    return ask(store, question, values, case.language, AS_OF)


def short(term: Term | None) -> str:
    return "" if term is None else value_of(term).removeprefix(BASE)


def sample(parameter: Parameter) -> NamedNode | Literal:
    """Return some value of the parameter's type."""
    if parameter.type == "dimension":
        return NamedNode(DIMENSION + "lever")
    if parameter.type == "integer":
        return Literal("1", datatype=NamedNode(PREFIXES["xsd"] + "integer"))
    if parameter.type == "date":
        return Literal(AS_OF, datatype=NamedNode(PREFIXES["xsd"] + "date"))
    if parameter.type == "text":
        return Literal("text")
    return NamedNode(f"{BASE}id/anything")


def columns_of(query: str) -> list[str]:
    """Parse a SELECT and return its columns."""
    return [v.value for v in Store().query(query).variables]  # type: ignore[union-attr]


# ---- Answers


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_answer_is_the_one_worked_out_by_hand(case: Case, world_store: LocalStore, names: Names) -> None:
    table = answer(world_store, names, case).table
    assert table.columns == case.columns
    assert [tuple(short(term) for term in row) for row in table.rows] == list(case.rows)


def test_there_are_enough_questions_and_each_has_an_expected_answer() -> None:
    assert len(QUESTIONS) >= 30
    assert {case.question for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("slug", QUESTIONS)
def test_question_finds_something_in_the_world(slug: str) -> None:
    found = any(case.rows for case in CASES if case.question == slug)
    assert found != (slug in NOTHING_ON_THE_WORLD)


@pytest.mark.parametrize("slug", QUESTIONS)
def test_order_is_total(slug: str) -> None:
    """Rows that differ must not change places from one run or engine to the next."""
    body = QUESTIONS[slug].body
    tail = body[body.rindex("}") :]
    assert "ORDER BY" in tail
    ordered = set(re.findall(r"\?(\w+)", tail))
    case = next(case for case in CASES if case.question == slug)
    keys = [i for i, column in enumerate(case.columns) if column in ordered]
    hidden = {name for name in ordered if name not in case.columns}
    rows = [tuple(row[i] for i in keys) for row in case.rows]
    assert hidden or len(set(rows)) == len(set(case.rows))
    assert len(set(case.rows)) == len(case.rows), "the same row twice"


@pytest.mark.parametrize("slug", QUESTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_thing_has_a_label_in_every_language(
    slug: str, language: str, world_store: LocalStore, names: Names
) -> None:
    case = next(case for case in CASES if case.question == slug)
    question = QUESTIONS[slug]
    values = {name: names.terms(question.parameter(name), [text]) for name, text in case.values.items()}
    table = ask(world_store, question, values, language, AS_OF).table
    assert len(table) == len(case.rows)
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        for column, term in cells.items():
            thing = cells.get(column.removesuffix("Label"))
            if column.endswith("Label") and thing is not None and slug != "recent-changes":
                assert term is not None, f"{column} of {thing}"


def test_language_falls_back_to_english(world_store: LocalStore) -> None:
    table = ask(world_store, QUESTIONS["lessons"], {}, "fr", AS_OF).table
    titles = [short(row[table.columns.index("lessonLabel")]) for row in table.rows]
    groups = [short(row[table.columns.index("aboutLabel")]) for row in table.rows]
    assert titles == ["Pay for the way to school", "Pay the speakers first"]
    assert groups == [names_in_french(world_store, case) for case in ("rural-girls", "speakers-of-african-languages")]


def names_in_french(store: LocalStore, code: str) -> str:
    label = f"<{BASE}scheme/group/{code}> <{PREFIXES['skos']}prefLabel> ?label"
    query = f"SELECT ?label WHERE {{ {label} FILTER(LANG(?label) = 'fr') }}"
    return short(store.select(query).rows[0][0])


def test_rows_of_a_coverage_view_never_count_statements(world_store: LocalStore) -> None:
    """The statements of searches carry the same derived links as practices."""
    table = ask(world_store, QUESTIONS["coverage-of-two-dimensions"], {}, "en", AS_OF).table
    rows = [short(row[0]) for row in table.rows]
    assert "scheme/stage/retirement" not in rows


def test_the_day_decides_what_is_stale(world_store: LocalStore) -> None:
    question = QUESTIONS["stale-evidence"]
    assert len(ask(world_store, question, {}, "en", "2024-03-14").table) == 0
    assert len(ask(world_store, question, {}, "en", "2024-03-15").table) == 1
    assert len(ask(world_store, question, {}, "en", "2029-02-01").table) == 17


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_an_empty_answer_says_why(slug: str, language: str) -> None:
    question = QUESTIONS[slug]
    values = {p.name: [sample(p)] for p in question.parameters if p.required}
    result = ask(LocalStore(), question, values, language, AS_OF)
    assert not result.table.rows
    assert result.note == question.empty[language]
    assert result.note.endswith(".")


def test_needs_name_classes_of_the_ontology(world_store: LocalStore) -> None:
    needed = {need for question in QUESTIONS.values() for need in question.needs}
    assert needed
    for need in needed:
        iri = ONTOLOGY + need.removeprefix("dgekg:")
        assert world_store.ask(f"ASK {{ <{iri}> a <{PREFIXES['owl']}Class> }}"), need
        assert world_store.ask(f"ASK {{ ?some a <{iri}> }}"), need


def test_world_is_valid(world_sources: Sources) -> None:
    findings, _ = validate(world_sources, dt.date.fromisoformat(AS_OF))
    assert findings == []


def test_world_has_the_shipped_status_rule(project: Project) -> None:
    shipped = project.data / "criteria" / "status-rule.yaml"
    world = ROOT / "tests" / "world" / "data" / "criteria" / "status-rule.yaml"
    assert world.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


# ---- Parameters


@pytest.mark.parametrize(("slug", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", value))
def test_bound_parameter_parses(slug: str, parameter: Parameter) -> None:
    question = QUESTIONS[slug]
    values = {p.name: [sample(p)] for p in question.parameters if p.required or p is parameter}
    query = question.query(values, "fr", AS_OF)
    assert columns_of(query) == list(question.columns)
    assert f"VALUES ?{parameter.name} {{ {sample(parameter)} }}" in query


@pytest.mark.parametrize(
    "parameter", [p for _, p in PARAMETERS if p.default != "UNDEF"], ids=lambda p: f"{p.name}-{p.default}"
)
def test_default_of_a_parameter_is_a_value_of_its_type(parameter: Parameter, names: Names) -> None:
    for text in parameter.default.split():
        value = text.removeprefix("dimension:").rpartition(":")[2]
        assert names.terms(parameter, [value])


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("slug", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", value))
def test_hostile_value_stays_a_value(slug: str, parameter: Parameter, hostile: str) -> None:
    question = QUESTIONS[slug]
    values = {p.name: [sample(p)] for p in question.parameters if p.required}
    harmless = question.query({**values, parameter.name: [Literal("x")]}, "en", AS_OF)
    query = question.query({**values, parameter.name: [Literal(hostile)]}, "en", AS_OF)
    assert query.replace(str(Literal(hostile)), '"x"') == harmless
    assert columns_of(query) == list(question.columns)
    assert len(query.splitlines()) == len(harmless.splitlines())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_name_is_refused(hostile: str, names: Names) -> None:
    group = QUESTIONS["practices-of-a-group"].parameter("group")
    with pytest.raises(UnknownValue, match="group"):
        names.terms(group, [hostile])
    address = Parameter("page", "iri", "", {"en": "page"}, False, "UNDEF")
    with pytest.raises(InputError, match="page"):
        names.terms(address, ["https://example.org/> " + hostile])


def test_blank_node_or_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="group"):
        QUESTIONS["practices-of-a-group"].query({"group": []})


@pytest.mark.parametrize("slug", [s for s, q in QUESTIONS.items() if any(p.required for p in q.parameters)])
def test_required_parameter_must_be_given(slug: str) -> None:
    with pytest.raises(InputError, match="must be given"):
        QUESTIONS[slug].query({})


@pytest.mark.parametrize("text", ["women", "Women", "femmes", f"{BASE}scheme/group/women"])
def test_group_is_named_by_code_label_or_address(text: str, names: Names) -> None:
    group = QUESTIONS["practices-of-a-group"].parameter("group")
    assert names.terms(group, [text]) == [NamedNode(f"{BASE}scheme/group/women")]


def test_unknown_value_suggests_the_nearest(names: Names) -> None:
    group = QUESTIONS["practices-of-a-group"].parameter("group")
    with pytest.raises(UnknownValue, match=r"Did you mean .*omen"):
        names.terms(group, ["womn"])
    with pytest.raises(UnknownValue, match="Did you mean group"):
        QUESTIONS["practices-of-a-group"].parameter("gruop")


def test_unknown_question_suggests_the_nearest() -> None:
    with pytest.raises(UnknownValue, match="Did you mean lessons"):
        Questions(FOLDER).get("lesons")


# ---- Broken files

GOOD = """\
#+ title: {en: Title, fr: Titre, es: Título}
#+ description: {en: Words., fr: Mots., es: Palabras.}
#+ parameters:
#+   group: {type: concept, scheme: group, label: {en: Group, fr: Groupe, es: Grupo}}
#+ columns:
#+   practice: {en: Practice, fr: Pratique, es: Práctica}
PREFIX dgekg: <https://w3id.org/dgekg/ontology#>
SELECT ?practice
WHERE {
  VALUES ?group { UNDEF }
  ?practice dgekg:addressesGroup ?group .
} ORDER BY ?practice
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "sample.rq"
    file.write_text(text, encoding="utf-8")
    return file


def test_good_file_loads(tmp_path: Path) -> None:
    question: Question = load(written(tmp_path, GOOD))
    assert question.slug == "sample"
    assert question.parameters[0].within == "group"
    assert question.empty["fr"]


def without_header(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "no header": (without_header, r"sample\.rq:1: expected a header"),
    "not YAML": (lambda t: t.replace("{en: Title,", "{en: [Title,"), r"sample\.rq:1: the header is not YAML"),
    "not a mapping": (lambda t: "#+ - a list\n" + without_header(t), r"sample\.rq:1: the header must be a mapping"),
    "title lacks a language": (
        lambda t: t.replace(", es: Título", ""),
        r"sample\.rq: header: title must be given in en, fr, es",
    ),
    "a chart of another kind": (
        lambda t: t.replace("#+ columns", "#+ chart: {kind: pie, x: practice, y: practice}\n#+ columns"),
        r"sample\.rq: header: chart: expected \{kind: bar",
    ),
    "a chart of no column": (
        lambda t: t.replace("#+ columns", "#+ chart: {kind: bar, x: practice, y: praktice}\n#+ columns"),
        r'sample\.rq: header: chart: found "praktice".*practice',
    ),
    "no description": (lambda t: re.sub(r"#\+ description.*\n", "", t), r"sample\.rq: header: description"),
    "unknown key": (
        lambda t: t.replace("#+ columns:", "#+ colour: red\n#+ columns:"),
        r'sample\.rq:5: header: found "colour"',
    ),
    "undeclared column": (
        lambda t: t.replace("SELECT ?practice", "SELECT ?practice ?group"),
        r"sample\.rq: .*group stands on one side only",
    ),
    "declared column that is not there": (
        lambda t: t.replace("#+   practice:", "#+   actor: {en: A, fr: A, es: A}\n#+   practice:"),
        r"sample\.rq: .*actor stands on one side only",
    ),
    "no columns": (
        lambda t: re.sub(r"#\+ columns:\n#\+   practice.*\n", "", t),
        r"sample\.rq: header: columns must name",
    ),
    "column lacks a language": (
        lambda t: t.replace(", fr: Pratique", ""),
        r"sample\.rq: header: practice must be given in",
    ),
    "parameter without its line": (
        lambda t: t.replace("  VALUES ?group { UNDEF }\n", ""),
        r'sample\.rq: parameter group is declared, but the body has no line "VALUES \?group \{ UNDEF \}"',
    ),
    "unknown type": (
        lambda t: t.replace("type: concept", "type: concpet"),
        r'sample\.rq: parameter group: type: found "concpet".*concept',
    ),
    "concept of no scheme": (
        lambda t: t.replace(" scheme: group,", ""),
        r"sample\.rq: parameter group: say of which scheme",
    ),
    "parameter lacks a language": (
        lambda t: t.replace(", es: Grupo", ""),
        r"sample\.rq: header: label must be given in",
    ),
    "body does not parse": (lambda t: t.replace("WHERE {", "WHERE"), r"sample\.rq: the body is not a SELECT"),
    "not a SELECT": (lambda t: t.replace("SELECT ?practice\nWHERE", "ASK"), r"sample\.rq: the body is not a SELECT"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_says_where_and_why(name: str, tmp_path: Path) -> None:
    spoil, expected = BROKEN[name]
    text = spoil(GOOD)
    assert text != GOOD
    with pytest.raises(QuestionError, match=expected):
        load(written(tmp_path, text))


def test_name_of_a_file_is_a_slug(tmp_path: Path) -> None:
    file = tmp_path / "My Question.rq"
    file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(QuestionError, match="lower-case"):
        load(file)


def test_slots_stand_alone_on_their_line() -> None:
    for slug, question in QUESTIONS.items():
        written_lines = question.body.count("VALUES ?")
        alone = re.findall(r"^[ \t]*VALUES \?\w+ \{[^\n]*\}[ \t]*$", question.body, re.MULTILINE)
        assert len(alone) == written_lines, slug
        assert set(template.slots(question.body)) >= {p.name for p in question.parameters}


def test_a_parameter_within_a_line_is_refused_and_no_query_has_one() -> None:
    two = "SELECT * {\n  VALUES ?p { UNDEF }\n  ?p ?q ?r\n  { VALUES ?p { UNDEF } ?p ?s ?t }\n}"
    with pytest.raises(QueryError, match="a line of its own"):
        template.bind(two, {"p": [Literal("x")]})
    for file in (*(ROOT / "queries").rglob("*.rq"), *(ROOT / "src").rglob("*.rq")):
        text = template.read(file)
        for name, default in template.slots(text).items():
            if default == "UNDEF":
                assert "UNDEF" not in template.bind(text, {n: [NamedNode("x:y")] for n in template.slots(text)}), name
