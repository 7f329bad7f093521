"""What validation tells a person: where it is, what was found, what was expected and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from dgekg import packaged
from dgekg.identifiers import compact
from dgekg.vocabulary import PREFIXES, RDF_TYPE


class Severity(StrEnum):
    """How bad: a violation stops a build, a warning is reported."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        severity: violation or warning.
        rule: name of the shape's field, the check, or the step that found it.
        message: what is expected and how to mend it, in the language that was asked for.
        file: path below the project's folder; "" where it concerns no file.
        line: 1-based line, 0 where unknown.
        column: 1-based column, 0 where unknown.
        record: IRI of the record, "" where unknown.
        field: the property in short form, "" where it concerns the whole record.
        found: what was found, "" where something is missing.
        key: of the message in `words/findings.*.yaml`; "" where a shape or check brought its own words.
        values: what is filled into that message.
    """

    severity: Severity
    rule: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    record: str = ""
    field: str = ""
    found: str = ""
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def spoken(self, language: str) -> Finding:
        """Return the finding in another language; shapes and checks have spoken it already."""
        return replace(self, message=say(self.key, language, dict(self.values))) if self.key else self

    def text(self) -> str:
        """Return the finding as one line for a terminal."""
        place = self.file or "(no file)"
        if self.line:
            place += f":{self.line}" + (f":{self.column}" if self.column else "")
        subject = " ".join(part for part in (compact(self.record) if self.record else "", self.field) if part)
        found = f' Found: "{self.found}".' if self.found else ""
        return f"{place}: {self.severity}: {subject + ': ' if subject else ''}{self.message}{found} [{self.rule}]"


def violation(
    rule: str,
    key: str,
    file: str,
    line: int = 0,
    *,
    column: int = 0,
    record: str = "",
    field: str = "",
    found: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
) -> Finding:
    """Return a violation whose words are in `words/findings.*.yaml`, so that it can be said in each language."""
    filled = tuple(sorted(values.items()))
    message = say(key, "en", values)
    return Finding(Severity.VIOLATION, rule, message, file, line, column, record, field, found, key, filled)


def warning(rule: str, key: str, file: str, line: int = 0) -> Finding:
    """Return a warning whose words are in `words/findings.*.yaml`."""
    return Finding(Severity.WARNING, rule, say(key, "en", {}), file, line, key=key)


def say(key: str, language: str, values: Mapping[str, str]) -> str:
    """Return a message of `words/findings.*.yaml` with its values filled in."""
    return _words(language)[key].format_map(values)


def _words(language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = packaged.table(f"words/findings.{language}.yaml")
    return found


def violations(findings: Iterable[Finding]) -> list[Finding]:
    """Return only what stops a build."""
    return [f for f in findings if f.severity is Severity.VIOLATION]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file, line, record and rule, each finding once."""
    return sorted(set(findings), key=lambda f: (f.file, f.line, f.record, f.field, f.rule, f.found))


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a JSON document with counts."""
    count = len(violations(findings))
    document = {
        "conforms": count == 0,
        "violations": count,
        "warnings": len(findings) - count,
        "findings": [{k: v for k, v in asdict(f).items() if k not in ("key", "values")} for f in findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_shacl(findings: Sequence[Finding], language: str) -> str:
    """Return the findings as a SHACL validation report in Turtle."""
    sh = PREFIXES["sh"]

    def node(name: str) -> NamedNode:
        return NamedNode(sh + name)

    kind = NamedNode(RDF_TYPE)
    boolean = NamedNode(PREFIXES["xsd"] + "boolean")
    report = BlankNode("report")
    triples = [
        Triple(report, kind, node("ValidationReport")),
        Triple(report, node("conforms"), Literal(str(not violations(findings)).lower(), datatype=boolean)),
    ]
    for number, finding in enumerate(findings):
        result = BlankNode(f"result{number}")
        triples += [
            Triple(report, node("result"), result),
            Triple(result, kind, node("ValidationResult")),
            Triple(result, node("resultSeverity"), node(finding.severity.capitalize())),
            Triple(result, node("resultMessage"), Literal(finding.text(), language=language)),
        ]
        if finding.record:
            triples.append(Triple(result, node("focusNode"), NamedNode(finding.record)))
        path = expand(finding.field)
        if path:
            triples.append(Triple(result, node("resultPath"), NamedNode(path)))
        if finding.found:
            triples.append(Triple(result, node("value"), Literal(finding.found)))
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()


def expand(short: str) -> str:
    """Return the IRI of a short form such as `dct:title`; "" if it is none.

    >>> expand("dct:title")
    'http://purl.org/dc/terms/title'
    """
    prefix, colon, name = short.partition(":")
    return PREFIXES[prefix] + name if colon and prefix in PREFIXES else ""
