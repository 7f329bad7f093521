"""SHACL shapes as functions: the part of SHACL Core that our shapes use, read from their triples.

What is not known here raises `Unknown`, and pySHACL is asked instead (see `dgekg.examining.quick`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from dgekg.documents import Value
from dgekg.examining.values import (
    SIMPLE,
    Facts,
    Term,
    Test,
    Unknown,
    disjoint,
    distinct,
    in_order,
    iri,
    number,
    plain,
    text,
    texts,
)
from dgekg.vocabulary import PREFIXES, RDF_TYPE, SHAPES

_SH, _RDF, _RDFS, _XSD = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"]
_WORDS = {"name", "description", "message", "severity", "order", "group", "defaultValue", "targetClass", "path"}

Path = tuple[tuple[str, ...], ...]  # steps, each of one property or of alternatives
Count = Callable[[Sequence[Value], str, Facts], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """A property shape.

    Attributes:
        path: the properties that lead from the record to the values.
        least: whether it can fail without any value.
        each: tests of one value.
        every: tests of all values together; they are given the record too.
    """

    path: Path
    least: bool
    each: tuple[Test, ...]
    every: tuple[Count, ...]

    def holds(self, values: Sequence[Value], focus: str, facts: Facts) -> bool:
        """Say whether these values certainly conform."""
        for test in self.each:
            for value in values:
                if not test(value, facts):
                    return False
        for count in self.every:  # noqa: SIM110  # a generator costs more than the test itself
            if not count(values, focus, facts):
                return False
        return True

    def test(self, focus: Value, facts: Facts) -> bool:
        """Say whether what a record has certainly conforms."""
        return isinstance(focus, str) and self.holds(_reached(focus, self.path, facts), focus, facts)


def _reached(focus: str, path: Path, facts: Facts) -> list[Value]:
    found: list[Value] = [focus]
    for step in path:
        properties = (facts.said.get(node) for node in found if isinstance(node, str))
        found = [value for said in properties if said for name in step for value in said.get(name, ())]
    return found


class Reader:
    """The triples of one file of shapes, read into tests.

    Raises:
        Unknown: from each method, where a shape uses more of SHACL than is known here.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._said: dict[str, dict[str, list[Term]]] = {}
        for triple in triples:
            self._said.setdefault(str(triple.subject), {}).setdefault(triple.predicate.value, []).append(triple.object)

    def node(self, shape: Term) -> tuple[list[Test], list[Field]]:
        """Return the tests of a node shape, and its fields."""
        if _SH + "path" in self._said.get(str(shape), {}):
            raise Unknown("a property shape in the place of a node shape")
        tests: list[Test] = []
        fields: list[Field] = []
        for name, values in self._constraints(shape):
            if name == "property":
                fields += [self.field(value) for value in values]
            else:
                tests += [self._each(name, value) for value in values]
        return tests, fields

    def field(self, shape: Term) -> Field:
        """Return a property shape."""
        path = self._path(self._one(shape, "path"))
        each: list[Test] = []
        every: list[Count] = []
        least = False
        for name, values in self._constraints(shape):
            for value in values:
                count = self._every(name, value, shape)
                if count is None:
                    each.append(self._each(name, value))
                else:
                    every.append(count)
                    least = least or name in ("minCount", "qualifiedValueShape", "hasValue")
        return Field(path, least, tuple(each), tuple(every))

    def _constraints(self, shape: Term) -> Iterator[tuple[str, list[Term]]]:
        said = self._said.get(str(shape))
        if said is None:
            raise Unknown(str(shape))
        for name, values in said.items():
            if name.startswith(_SH):
                if name.removeprefix(_SH) not in _WORDS:
                    yield name.removeprefix(_SH), values
            elif name != RDF_TYPE and not name.startswith((_RDFS, SHAPES)):
                raise Unknown(name)

    def _one(self, shape: Term, name: str) -> Term:
        values = self._said.get(str(shape), {}).get(_SH + name, [])
        if len(values) != 1:
            raise Unknown(f"{shape}: sh:{name}")
        return values[0]

    def _path(self, path: Term) -> Path:
        if isinstance(path, NamedNode):
            steps: Path = ((path.value,),)
        elif _SH + "alternativePath" in self._said.get(str(path), {}):
            steps = (tuple(iri(p) for p in self._list(self._one(path, "alternativePath"))),)
        else:
            steps = tuple((iri(p),) for p in self._list(path))
        if any(name == RDF_TYPE for step in steps for name in step):
            raise Unknown("a path over rdf:type")
        return steps

    def _list(self, head: Term) -> list[Term]:
        found: list[Term] = []
        while str(head) != f"<{_RDF}nil>":
            said = self._said.get(str(head), {})
            if len(said.get(_RDF + "first", ())) != 1 or len(said.get(_RDF + "rest", ())) != 1:
                raise Unknown("a list")
            found.append(said[_RDF + "first"][0])
            head = said[_RDF + "rest"][0]
        return found

    def _shape(self, shape: Term) -> Test:
        if _SH + "path" in self._said.get(str(shape), {}):
            return self.field(shape).test
        tests, fields = self.node(shape)
        tests += [field.test for field in fields]
        return tests[0] if len(tests) == 1 else lambda value, facts: all(test(value, facts) for test in tests)

    def _each(self, name: str, value: Term) -> Test:
        """Return the test of one value."""
        if name == "or":
            choices = [self._shape(shape) for shape in self._list(value)]
            return lambda term, facts: any(choice(term, facts) for choice in choices)
        if name == "not":
            refused = self._refused(value)
            return lambda term, _facts: term not in refused
        if name == "in":
            allowed = frozenset(plain(term) for term in self._list(value))
            return lambda term, _facts: term in allowed
        if name == "languageIn":
            spoken = frozenset(text(term).lower() for term in self._list(value))
            return lambda term, _facts: isinstance(term, Literal) and (term.language or "").lower() in spoken
        if name in SIMPLE:
            return SIMPLE[name](value)
        raise Unknown(f"sh:{name}")

    def _refused(self, shape: Term) -> frozenset[str]:
        """Return the addresses that `sh:not [ sh:in ( ... ) ]` refuses; of nothing else is the contrary certain."""
        constraints = list(self._constraints(shape))
        if _SH + "path" in self._said[str(shape)] or len(constraints) != 1 or constraints[0][0] != "in":
            raise Unknown("sh:not of more than a list")
        return frozenset(iri(term) for term in self._list(constraints[0][1][0]))

    def _every(self, name: str, value: Term, shape: Term) -> Count | None:
        """Return the test of all values together; None where the constraint speaks of each value."""
        if name == "qualifiedValueShape":
            fits = self._shape(value)
            if number(self._one(shape, "qualifiedMinCount")) != 1:
                raise Unknown("several values, of which two might be one")
            return lambda values, _focus, facts: any(fits(v, facts) for v in values)
        if name == "qualifiedMinCount":
            return lambda _values, _focus, _facts: True  # counted with its value shape
        if name == "minCount":
            least = number(value)
            if least < 2:
                return lambda values, _focus, _facts: len(values) >= least
            if iri(self._one(shape, "datatype")) != _RDF + "langString":
                raise Unknown("several values, of which two might be one")
            return lambda values, _focus, _facts: len(texts(values)) >= least
        if name == "maxCount":
            most = number(value)
            return lambda values, _focus, _facts: len(values) <= most or len(set(values)) <= most
        if name == "uniqueLang":
            if value != Literal("true", datatype=NamedNode(_XSD + "boolean")):
                raise Unknown("sh:uniqueLang")
            return lambda values, _focus, _facts: len(values) < 2 or distinct(values)
        if name == "hasValue":
            wanted = iri(value)
            return lambda values, _focus, _facts: wanted in values
        if name in ("disjoint", "lessThanOrEquals"):
            other = iri(value)
            holds = disjoint if name == "disjoint" else in_order
            return lambda values, focus, facts: holds(values, facts.said.get(focus, {}).get(other, ()))
        return None
