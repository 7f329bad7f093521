"""Terms as Turtle, in the layout of the documents in data/: one property a line, four spaces, our addresses short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode

from dgekg.forms.terms import Term, path_of
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE

Statement = tuple[str, Term]
Block = tuple[str, Sequence[Statement]]
_XSD = PREFIXES["xsd"]
_BARE = {_XSD + "integer": re.compile(r"[+-]?[0-9]+"), _XSD + "boolean": re.compile("true|false")}


def document(blocks: Iterable[Block]) -> str:
    """Return a document.

    Args:
        blocks: each an IRI and what is said of it, classes first.
    """
    used: set[str] = set()
    bodies = [_block(iri, statements, used) for iri, statements in blocks]
    head = [f"@base <{BASE}> ."]
    head += [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in PREFIXES if prefix in used]
    return "\n".join(head) + "\n\n" + "\n".join(bodies)


def _block(iri: str, statements: Sequence[Statement], used: set[str]) -> str:
    classes = [value for predicate, value in statements if predicate == RDF_TYPE]
    rest = [(predicate, value) for predicate, value in statements if predicate != RDF_TYPE]
    first = ", ".join(_name(c.value, used) if isinstance(c, NamedNode) else _term(c, used) for c in classes)
    lines = [f"<{path_of(iri)}> a {first}"] if classes else []
    lines += [f"    {_name(predicate, used)} {_term(value, used)}" for predicate, value in rest]
    if not classes:
        lines = [f"<{path_of(iri)}>", *lines]
        return lines[0] + "\n" + " ;\n".join(lines[1:]) + " .\n"
    return " ;\n".join(lines) + " .\n"


def _term(term: Term, used: set[str]) -> str:
    if isinstance(term, NamedNode):
        return str(NamedNode(term.value)) if not term.value.startswith(BASE) else f"<{path_of(term.value)}>"
    if term.language or term.datatype.value == _XSD + "string":
        return str(term)
    bare = _BARE.get(term.datatype.value)
    if bare is not None and bare.fullmatch(term.value):
        return term.value
    return f"{Literal(term.value)}^^{_name(term.datatype.value, used)}"


def _name(iri: str, used: set[str]) -> str:
    """Return a property, class or datatype in short form where a prefix carries it."""
    for prefix, namespace in PREFIXES.items():
        local = iri[len(namespace) :]
        if iri.startswith(namespace) and local.isascii() and local.replace("-", "a").isalnum() and local[0].isalpha():
            used.add(prefix)
            return f"{prefix}:{local}"
    return f"<{path_of(iri)}>"
