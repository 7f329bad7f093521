"""A quick look at a document: is it certain that the shapes find nothing in it?

pySHACL needs tens of milliseconds for a document. This reads the same shapes into plain functions, for the part of
SHACL Core that they use, and answers only "certainly conforms" or "not certain". What is not certain, be it a fault,
an unusual way to write a value or a constraint that is unknown here, goes to pySHACL, which decides and writes the
findings. So a mistake here could only hide a fault, and tests set both against each other on faults and on documents
changed at random (`tests/test_quick.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from dgekg.documents import Content, Value
from dgekg.examining.constraints import Field, Reader
from dgekg.examining.values import Facts, Test, Unknown
from dgekg.shapes import Context, Shapes
from dgekg.vocabulary import RDF_TYPE


class Plan(NamedTuple):
    """What one node shape asks of a record.

    Attributes:
        itself: tests of the record's own address and of conditions over the whole record.
        said: the fields by the property that they are about, tried where the record has the property.
        needed: fields tried always: something must be there, or their path has more than one step.
    """

    itself: tuple[Test, ...]
    said: Mapping[str, tuple[Field, ...]]
    needed: tuple[Field, ...]


class Quick:
    """The shapes, read for a quick look.

    Args:
        shapes: the shapes that pySHACL is given too.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._readers: dict[Path, Reader] = {}
        self._plans: dict[str, list[Plan] | None] = {}

    def conforms(self, content: Content, context: Context) -> bool:
        """Say whether a document certainly conforms; False says nothing but that pySHACL must be asked.

        Args:
            content: what the document says.
            context: classes of the records and concepts that it may refer to, by IRI.
        """
        if not content.plain:
            return False
        facts = Facts(content.said, context)
        for subject, properties in content.said.items():
            for kind in properties.get(RDF_TYPE, ()):
                plans = self.plans(str(kind))
                if plans is None or not all(_fits(plan, subject, properties, facts) for plan in plans):
                    return False
        return True

    def plans(self, kind: str) -> list[Plan] | None:
        """Return what the shapes ask of a class; None where something in them is not known here."""
        if kind not in self._plans:
            try:
                self._plans[kind] = [self._planned(file, shape) for file, shape in self.shapes.targets(kind)]
            except Unknown:
                self._plans[kind] = None
        return self._plans[kind]

    def _planned(self, file: Path, shape: str) -> Plan:
        if file not in self._readers:
            self._readers[file] = Reader(self.shapes.triples(file))
        itself, fields = self._readers[file].node(NamedNode(shape))
        said: dict[str, list[Field]] = {}
        needed: list[Field] = []
        for field in fields:
            simple = len(field.path) == 1 and len(field.path[0]) == 1
            if simple:
                said.setdefault(field.path[0][0], []).append(field)
            if field.least or not simple:
                needed.append(field)
        return Plan(tuple(itself), {name: tuple(found) for name, found in said.items()}, tuple(needed))


def _fits(plan: Plan, focus: str, properties: Mapping[str, list[Value]], facts: Facts) -> bool:
    for test in plan.itself:
        if not test(focus, facts):
            return False
    for name, fields in plan.said.items():
        values = properties.get(name)
        if values is not None:
            for field in fields:
                if not field.holds(values, focus, facts):
                    return False
    for field in plan.needed:
        path = field.path
        if len(path) == 1 and len(path[0]) == 1:
            if path[0][0] not in properties and not field.holds((), focus, facts):
                return False
        elif not field.test(focus, facts):
            return False
    return True
