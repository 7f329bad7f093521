"""The only way a change is written: what files are to say is validated, taken in, and written whole or not at all."""

from dgekg.writer.applied import Applied
from dgekg.writer.changes import Line
from dgekg.writer.writer import Writer

__all__ = ["Applied", "Line", "Writer"]
