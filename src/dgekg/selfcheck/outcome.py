"""What a check found: each fault with its address, what was found, what was expected, and how to mend it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["passed", "failed", "skipped"]
SHOWN = 200  # letters of what was found: enough to know it again


class Unusable(Exception):
    """An answer that a harvester cannot go on from; becomes a finding of the check that met it."""

    def __init__(self, address: str, found: str, expected: str, mend: str) -> None:
        super().__init__(f"{address}: found {found}, expected {expected}")
        self.address, self.found, self.expected, self.mend = address, found, expected, mend


class NotChecked(Exception):
    """A limit of ours or of the service stands in the way: not known, so neither passed nor failed."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address, self.why = address, why


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that failed, or that was not checked.

    Attributes:
        status: failed or skipped.
        address: where.
        found: what was there; of what was skipped, why.
        expected: what a harvester counts on.
        mend: what whoever runs the service can do.
    """

    status: Status
    address: str
    found: str
    expected: str = ""
    mend: str = ""


@dataclass(slots=True)
class Outcome:
    """What one check found.

    Attributes:
        name: of the check; stays the same.
        what: what it looks at.
        passed: how many single things were as expected.
        findings: what was not, and what was not looked at.
    """

    name: str
    what: str
    passed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """Failed if one thing failed; skipped if something was not looked at or there was nothing; else passed."""
        if any(f.status == "failed" for f in self.findings):
            return "failed"
        return "skipped" if self.findings or not self.passed else "passed"

    def expect(self, fine: bool, address: str, found: object, expected: object, mend: str) -> bool:
        """Count a thing as passed, or keep it as failed; return which."""
        if fine:
            self.passed += 1
        else:
            self.findings.append(Finding("failed", address, _short(found), _short(expected), mend))
        return fine

    def skip(self, address: str, why: str) -> None:
        """Keep that something was not looked at."""
        self.findings.append(Finding("skipped", address, why))


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, in the order of the checks.

    Attributes:
        url: of the service.
        version: that answered, or "".
        outcomes: one a check.
        requests: how many were sent.
    """

    url: str
    version: str
    outcomes: Sequence[Outcome]
    requests: int

    @property
    def good(self) -> bool:
        """Whether nothing failed (what was skipped is not known)."""
        return all(o.status != "failed" for o in self.outcomes)

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        checks = [
            {
                "check": o.name,
                "what": o.what,
                "status": o.status,
                "passed": o.passed,
                "findings": [dataclasses.asdict(f) for f in o.findings],
            }
            for o in self.outcomes
        ]
        return {
            "url": self.url,
            "version": self.version,
            "good": self.good,
            "requests": self.requests,
            "checks": checks,
        }


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
