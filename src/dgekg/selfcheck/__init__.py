"""Walk a running service as a harvester would, and say what fails: `selfcheck.run(url)`.

Everything is discovered from the service itself; nothing here knows what is in the data.
"""

from __future__ import annotations

from dgekg.selfcheck.outcome import Finding, Outcome, Report
from dgekg.selfcheck.running import CHECKS, run

__all__ = ["CHECKS", "Finding", "Outcome", "Report", "run"]
