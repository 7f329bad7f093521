"""The status rule changed in one place: a criterion dropped, a demand raised, a number moved.

A dropped criterion asks nothing: what demands it (`at_least`, `backed_by`, `is yes`, `is_not no`) counts as met, what
asks whether it is unknown or no does not hold, and it is not among the answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dgekg.errors import UnknownValue
from dgekg.status_rule import ANSWERS, Group, Line, StatusRule, lines_of

ALWAYS, NEVER = Group("all", ()), Group("any", ())
_Change = Callable[[Line], Group | Line]


def dropped(rule: StatusRule, code: str) -> StatusRule:
    """Return the rule without a criterion.

    Raises:
        UnknownValue: the rule has no such criterion.
    """
    _known(rule, code)

    def change(line: Line) -> Group | Line:
        if line.parts["criterion"] != code:
            return line
        lacking = line.parts["op"] == "is" and line.parts["value"] in ("unknown", "no")
        return NEVER if lacking else ALWAYS

    changed = _changed(rule, change)
    return replace(changed, criteria=tuple(one for one in rule.criteria if one != code))


def demanded(rule: StatusRule, code: str, rating: str) -> StatusRule:
    """Return the rule with every "at least ..." of a criterion moved to another rating.

    Raises:
        UnknownValue: the rule has no such criterion, or the rating is none of no, partly, yes.
    """
    _known(rule, code)
    if rating not in ANSWERS:
        raise UnknownValue(f"rating of {code}", rating, ANSWERS)

    def change(line: Line) -> Group | Line:
        if line.parts["criterion"] != code or line.parts["op"] != "at_least":
            return line
        return Line(f"{code} at_least {rating}", {**line.parts, "value": rating})

    return _changed(rule, change)


def demands(rule: StatusRule, code: str) -> str:
    """Return the lowest rating that the rule demands of a criterion by "at least", "" where it demands none."""
    found = [
        str(line.parts["value"])
        for when in rule.statuses.values()
        for line in lines_of(when)
        if line.parts.get("criterion") == code and line.parts["op"] == "at_least"
    ]
    return min(found, key=ANSWERS.__getitem__, default="")


def _changed(rule: StatusRule, change: _Change) -> StatusRule:
    def walk(node: Group | Line) -> Group | Line:
        if isinstance(node, Line):
            return change(node) if node.parts.get("criterion") else node
        return Group(node.kind, tuple(walk(member) for member in node.members))

    statuses: Mapping[str, Group | Line] = {name: walk(when) for name, when in rule.statuses.items()}
    return replace(rule, statuses=statuses, marks=tuple(replace(m, when=walk(m.when)) for m in rule.marks))


def _known(rule: StatusRule, code: str) -> None:
    if code not in rule.criteria:
        raise UnknownValue("criterion", code, rule.criteria)
