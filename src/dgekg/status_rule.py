"""The rule that turns ratings into a status, read from its file and checked before anything is computed with it.

`data/criteria/status-rule.yaml` explains what a line can say; `dgekg.assessment` runs what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from dgekg.errors import SourceError, UnknownValue
from dgekg.nearness import nearest

RATINGS = ("yes", "partly", "no", "unknown", "not-applicable")
ANSWERS: Mapping[str, int] = {"no": 0, "partly": 1, "yes": 2}
KINDS = ("all", "any", "two_of")
LINE = re.compile(
    r"(?P<always>always)|meets (?P<status>[\w-]+)|(?P<absent>no )?flag (?P<flag>\w+)"
    r"|(?P<criterion>C\w+) (?P<op>is|is_not|at_least|backed_by) (?P<value>[\w-]+)"
    r"|(?P<number>[a-z_]+) (?P<compare>at_least|at_most|fewer_than) (?P<limit>\w+)"
)


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What the build derives about one practice and one group, beside the ratings; all that a rule may speak of.

    `levels` is the best evidence level that the rating of a criterion rests on; None is "not known".
    """

    adjudicated_violation: bool = False
    withdrawn_after_harm: bool = False
    contested: bool = False
    decides_about_people: bool = False
    sensitive_data: bool = False
    reviewed_with_rights_holders: bool = False
    independent_effect_evidence: bool = False
    mixed: bool = False
    best_evidence_level: int | None = None
    newest_evidence_months: int | None = None
    levels: Mapping[str, int] = field(default_factory=dict)

    def flagged(self, names: Iterable[str]) -> StatusFacts:
        """Return the same with flags set, by their names."""
        flags: dict[str, Any] = dict.fromkeys(names, True)
        return replace(self, **flags)


FLAGS = tuple(item.name for item in fields(StatusFacts) if item.type == "bool")
NUMBERS = ("answered", "best_evidence_level", "newest_evidence_months")


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as it stands in the file, and what was read in it."""

    text: str
    parts: Mapping[str, str | None]
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions under `all`, `any` or `two_of`."""

    kind: str
    members: tuple[Group | Line, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word shown beside some statuses when its conditions hold."""

    name: str
    beside: frozenset[str]
    when: Group | Line


@dataclass(frozen=True, slots=True)
class StatusRule:
    """A rule read from a file and checked; `statuses` keeps the order of the file."""

    criteria_set: str
    criteria: tuple[str, ...]
    statuses: Mapping[str, Group | Line]
    marks: tuple[Mark, ...] = ()


def load_rule(path: Path, changed: Mapping[str, int] = MappingProxyType({})) -> StatusRule:
    """Read and check a rule file.

    Args:
        path: of the file.
        changed: settings that are to have another value than in the file.

    Raises:
        SourceError: the file is broken; says where, what was found and how to mend it.
        UnknownValue: the file has no such setting.
    """
    return _Loader(path.name, _read(path), changed).rule()


def settings_of(path: Path) -> dict[str, int]:
    """Return the numbers of a rule file by their names; errors as for `load_rule`."""
    return dict(_Loader(path.name, _read(path), {}).numbers)


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"{path.name}: cannot be read as YAML. {error}") from error


def lines_of(node: Group | Line) -> Iterator[Line]:
    """Return every line under a condition, in the order of the file.

    >>> [line.text for line in lines_of(Group("any", (Line("always", {}),)))]
    ['always']
    """
    if isinstance(node, Line):
        yield node
    else:
        for member in node.members:
            yield from lines_of(member)


class _Loader:
    """Reads one file; knows its name, so that each message can say where."""

    def __init__(self, name: str, raw: object, changed: Mapping[str, int]) -> None:
        self.name = name
        self.raw = self._mapping(raw, "the file")
        self.criteria = tuple(str(code) for code in self._list("criteria"))
        settings = self._mapping(self.raw.get("settings", {}), "settings")
        self.numbers: dict[str, int] = {}
        for key, value in settings.items():
            if not isinstance(value, int) or isinstance(value, bool):
                raise self._error(f"settings.{key}", f"found {value!r}", "write a whole number")
            self.numbers[key] = value
        for key, number in changed.items():
            if key not in self.numbers:
                raise UnknownValue("setting of the rule", key, self.numbers, f"It has {', '.join(self.numbers)}.")
            self.numbers[key] = number
        entries = [self._mapping(entry, "statuses") for entry in self._list("statuses")]
        self.names = [str(entry.get("status", "")) for entry in entries]
        self.entries = entries

    def rule(self) -> StatusRule:
        if "" in self.names or len(set(self.names)) != len(self.names):
            raise self._error("statuses", f"found {self.names}", "give each entry its own status: name")
        statuses = {
            name: self._condition(entry.get("when"), f"statuses.{name}")
            for name, entry in zip(self.names, self.entries, strict=True)
        }
        last = self.names[-1]
        if any(not line.parts.get("always") for line in lines_of(statuses[last])):
            raise self._error(f"statuses.{last}", "the last status has conditions", "let it say only: always")
        for name in self.names:
            self._no_circle(name, statuses, ())
        marks = tuple(self._mark(entry) for entry in self._list("marks", needed=False))
        return StatusRule(str(self.raw.get("criteria_set", "")), self.criteria, statuses, marks)

    def _mark(self, entry: object) -> Mark:
        raw = self._mapping(entry, "marks")
        name, beside = str(raw.get("mark", "")), raw.get("beside")
        if not name or not isinstance(beside, list):
            raise self._error("marks", f"found {raw!r}", "write mark: name and beside: [statuses]")
        for status in beside:
            self._known("status", str(status), self.names, f"marks.{name}")
        return Mark(name, frozenset(map(str, beside)), self._condition(raw.get("when"), f"marks.{name}"))

    def _condition(self, raw: object, where: str) -> Group | Line:
        if isinstance(raw, str):
            return self._line(raw, where)
        if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in KINDS:
            raise self._error(where, f"found {raw!r}", f"write a line, or one of {', '.join(KINDS)} with a list")
        kind, members = next(iter(raw.items()))
        if not isinstance(members, list) or len(members) < (2 if kind == "two_of" else 1):
            raise self._error(where, f"{kind} holds {members!r}", "give it a list that is long enough")
        return Group(kind, tuple(self._condition(member, f"{where}.{kind}") for member in members))

    def _line(self, text: str, where: str) -> Line:
        match = LINE.fullmatch(text.strip())
        if match is None:
            raise self._error(where, f'found "{text}"', 'write for example "C1 at_least partly" or "flag mixed"')
        parts: dict[str, str | None] = match.groupdict()
        known = {"status": self.names, "flag": FLAGS, "criterion": self.criteria, "number": NUMBERS}
        for part, names in known.items():
            if found := parts[part]:
                self._known(part, found, names, where)
        limit = parts["limit"] or (parts["value"] if parts["op"] == "backed_by" else None)
        if limit is None and parts["criterion"]:
            self._known("rating", parts["value"] or "", ANSWERS if parts["op"] == "at_least" else RATINGS, where)
        return Line(match.group(), parts, 0 if limit is None else self._number(limit, where))

    def _number(self, text: str, where: str) -> int:
        if text.isdecimal():
            return int(text)
        self._known("setting", text, list(self.numbers), where)
        return self.numbers[text]

    def _no_circle(self, name: str, statuses: Mapping[str, Group | Line], seen: tuple[str, ...]) -> None:
        if name in seen:
            raise self._error(f"statuses.{name}", f"{' meets '.join((*seen, name))}", "break the circle")
        for line in lines_of(statuses[name]):
            if status := line.parts["status"]:
                self._no_circle(status, statuses, (*seen, name))

    def _known(self, what: str, found: str, names: object, where: str) -> None:
        known = [str(name) for name in names] if isinstance(names, (list, tuple, dict)) else []
        if found not in known:
            near = known if len(known) <= len(RATINGS) else nearest(found, known) or known
            raise self._error(where, f'found the {what} "{found}"', f"use {' or '.join(near)}")

    def _mapping(self, raw: object, where: str) -> dict[str, object]:
        if not isinstance(raw, dict):
            raise self._error(where, f"found {raw!r}", "write names with values")
        return raw

    def _list(self, key: str, needed: bool = True) -> list[object]:
        raw = self.raw.get(key, [])
        if not isinstance(raw, list) or (needed and not raw):
            raise self._error(key, f"found {raw!r}", "write a list")
        return raw

    def _error(self, where: str, found: str, mend: str) -> SourceError:
        return SourceError(f"{self.name}: {where}: {found}; {mend}.")
