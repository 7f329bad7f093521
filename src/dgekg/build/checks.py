"""Checks: rules over the whole graph, `queries/checks/*.rq`, that must return nothing, or are reported.

A check is a question whose header also says `severity` and `message`; its rows are findings. `{column}` in a
message is filled with what the row says. `?record` is where to mend, `?found` what was found. `unless` names the rules
beside which a check has nothing to add.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from dgekg.documents import Document
from dgekg.errors import QuestionError
from dgekg.findings import Finding, Severity
from dgekg.identifiers import compact
from dgekg.questions import Question, load, words
from dgekg.store.base import Store
from dgekg.vocabulary import LANGUAGES

SAME_TITLE = 88.0
_REFERENCE = "reference"


def run(
    store: Store, folder: Path, home: Mapping[str, Document], as_of: dt.date, language: str = "en"
) -> list[Finding]:
    """Run every check of a folder.

    Raises:
        QuestionError: a check's header or body is broken.
    """
    findings = []
    for check in every(folder):
        rows = store.select(check.query({}, language, as_of.isoformat())).dicts()
        findings += [finding(check, row, home, language) for row in rows if counts(row)]
    return findings


def every(folder: Path) -> list[Question]:
    """Return the checks of a folder, in the order of their names.

    Raises:
        QuestionError: a check's header or body is broken.
    """
    return [_read(file) for file in sorted(folder.glob("*.rq"))]


def counts(row: Mapping[str, str]) -> bool:
    """Say whether a row is a finding: the same address is only a hint, it needs a near-same title too."""
    return "similar" not in row or _alike(row["title"], row["similar"]) >= SAME_TITLE


def finding(check: Question, row: Mapping[str, str], home: Mapping[str, Document], language: str) -> Finding:
    """Return what a row of a check says to a person.

    Args:
        check: of `every`.
        row: column -> value, as the store gives it.
        home: the document that describes each subject.
        language: language of the message.
    """
    record, found = row.get("record", ""), row.get("found", "")
    document = home.get(record)
    shown = {name: compact(value) for name, value in row.items()}
    return Finding(
        severity=_severity(check),
        rule=check.slug,
        message=_message(check, language).format_map(shown),
        file=document.file if document else "",
        line=document.line_of(record, row.get("field", ""), found) if document else 0,
        record=record,
        field=compact(row.get("field", "")),
        found=compact(found),
    )


def _read(file: Path) -> Question:
    stamp = file.stat()
    return _loaded(file, (stamp.st_mtime_ns, stamp.st_size))


@lru_cache(maxsize=256)
def _loaded(file: Path, _stamp: tuple[int, int]) -> Question:
    """Read a check once, until its file changes: reading the headers takes longer than running most checks."""
    check = load(file)
    _severity(check), _message(check, LANGUAGES[0]), _unless(check)  # what is wrong with them is said at once
    return check


def _alike(one: str, other: str) -> float:
    return fuzz.token_sort_ratio(one, other, processor=default_process)


def once(findings: Sequence[Finding], folder: Path) -> list[Finding]:
    """Leave out what a check found and another rule says already, nearer to the place.

    A check's header names such rules in `unless`: where one of them speaks of the same record, or of the one that the
    check found, the check is silent. An unknown reference counts only in the property that the check speaks of.
    """
    spoken: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        spoken.setdefault((finding.rule, compact(finding.record)), []).append(finding)
    files = {rule: folder / f"{rule}.rq" for rule in {finding.rule for finding in findings}}
    echoes = {rule: _unless(_read(file)) for rule, file in files.items() if file.exists()}

    def heard(finding: Finding) -> bool:
        return any(
            _says(other, finding)
            for rule in echoes.get(finding.rule, ())
            for place in (compact(finding.record), finding.found)
            for other in spoken.get((rule, place), ())
        )

    return [finding for finding in findings if not heard(finding)]


def _says(other: Finding, finding: Finding) -> bool:
    """Say whether another finding about the same record says it: in the same property, it found the same."""
    if other.field == finding.field:
        return not other.found or other.found == finding.found
    return other.rule != _REFERENCE


def _severity(check: Question) -> Severity:
    try:
        return Severity(str(check.meta.get("severity")))
    except ValueError:
        raise QuestionError(f'{check.file}: header: severity must be "violation" or "warning".') from None


def _unless(check: Question) -> tuple[str, ...]:
    rules = check.meta.get("unless", [])
    if not isinstance(rules, list):
        raise QuestionError(f"{check.file}: header: unless must be a list of rules.")
    return tuple(str(rule) for rule in rules)


def _message(check: Question, language: str) -> str:
    texts = check.meta.get("message")
    if not isinstance(texts, dict) or any(lang not in texts for lang in LANGUAGES):
        raise QuestionError(f"{check.file}: header: message must be given in {', '.join(LANGUAGES)}.")
    return " ".join(words(texts, language).split())
