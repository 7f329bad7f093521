"""From files to a version: parse, validate, derive, store, dump; `current` moves only when all is good."""

from dgekg.build.builder import Built, build
from dgekg.build.few import validate_few
from dgekg.build.sources import Sources
from dgekg.build.validate import validate

__all__ = ["Built", "Sources", "build", "validate", "validate_few"]
