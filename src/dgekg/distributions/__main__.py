"""Make the files of one group in a process of its own: dump, project, folder, group, version."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dgekg.distributions import make

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)  # whoever waits for an answer of the service comes first
    make(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5])
