"""Clean the file on standard input: its kind and a line's end, then what is left of it; or why it is refused.

python -m dgekg.attachments < file > cleaned
"""

from __future__ import annotations

import resource
import sys

from dgekg.attachments.cleaning import clean
from dgekg.attachments.confined import MEMORY, SECONDS
from dgekg.attachments.kinds import Refused


def main() -> int:
    """Run it; what a library does to this process is seen by the one that started it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written to any disk
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        kind, data = clean(sys.stdin.buffer.read())
        out = kind.encode() + b"\n" + data
    except Refused as refused:
        out = refused.reason.encode() + b"\n"
    except (MemoryError, RecursionError):
        out = b"heavy\n"
    sys.stdout.buffer.write(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
