"""Every error this package raises, drawn as a tree; each says where, what was found and how to mend it.

DgekgError                       exit 2, HTTP 500
+-- InputError                   exit 2, HTTP 400   what the caller asked cannot be understood
|   +-- UnknownValue             exit 2, HTTP 404   a name that nothing here has; the nearest is suggested
|   +-- Ambiguous                exit 2, HTTP 400   a name that several things here have; they are listed
|   +-- ViewError                exit 2, HTTP 400   a coverage view that cannot be computed as asked
|   +-- QueryError               exit 2, HTTP 400   SPARQL that does not parse or is refused
|   +-- NotAcceptable            exit 2, HTTP 406   no representation that the client accepts
|   +-- TooLong                  exit 2, HTTP 413   the request is longer than this service reads
|   +-- TooSlow                  exit 2, HTTP 408   the request's body took longer than this service waits
|   +-- UnsupportedType          exit 2, HTTP 415   the request's content type is none of the protocol's
|   +-- CursorGone               exit 2, HTTP 410   a page of a list of another version
|   +-- Conflict                 exit 2, HTTP 409   what was asked no longer fits what has become of it meanwhile
|   +-- UnknownCode              exit 2, HTTP 404   the code of a receipt that nothing here has
+-- RecordNotFound               exit 2, HTTP 404   no such record, with what is near
+-- RecordGone                   exit 2, HTTP 410   it was here and may not be shown any more; the tombstone says so
+-- VersionGone                  exit 2, HTTP 410   a version that was here and is no longer kept; the nearest is named
|   +-- VersionUnknown           exit 2, HTTP 404   a version that was never here
+-- SourceError                  exit 1, HTTP 500   a file of ours is broken (data, vocabulary, question)
|   +-- QuestionError            exit 1, HTTP 500   a .rq file with a broken header or body
+-- NoBuild                      exit 2, HTTP 503   nothing has been built yet
+-- AssetsMissing                exit 2, HTTP 500   the style sheets and scripts of the pages were not built
+-- StoreError                   exit 2, HTTP 503   the store cannot be opened, read or reached
    +-- StoreTimeout             exit 2, HTTP 504   it did not answer in time
    +-- QueryStopped             exit 2, HTTP 503   a public query reached a limit and was stopped
    +-- IndexFault               exit 2, HTTP 503   the index file of a version is broken, or of another version
    +-- SearchFault              exit 2, HTTP 503   the search folder of a version is broken, or of another version
    +-- TooBusy                  exit 2, HTTP 503   as many public queries run and wait as may
    +-- TooMany                  exit 2, HTTP 429   as many queries of one client run and wait as may
    +-- Unreachable              exit 2, HTTP 503   a service that a client asks does not answer, or not as ours
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from dgekg.nearness import nearest


class DgekgError(Exception):
    """Base of all errors meant for a person; the message is complete and needs no traceback.

    Attributes:
        problem: the problem document that a service answered with, where a client raises this; else empty.
        headers: what an answer with this error says beside it.
    """

    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 500
    problem: Mapping[str, Any] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})


class InputError(DgekgError):
    """What the caller asked cannot be understood.

    Attributes:
        found: what was given, where one part of it is at fault; "" otherwise.
        suggestions: what could stand in its place.
        field: the parameter or part at fault; "" where the message alone says.
        expected: what could be given; "" likewise.
    """

    http_status = 400

    def __init__(
        self, message: str, found: str = "", suggestions: Iterable[str] = (), field: str = "", expected: str = ""
    ) -> None:
        super().__init__(message)
        self.found, self.suggestions, self.field, self.expected = found, list(suggestions), field, expected


class UnknownValue(InputError):
    """A name that nothing here has.

    >>> str(UnknownValue("stage", "dta", ["data", "design"]))
    'stage: found "dta", which is not known. Did you mean data?'
    """

    http_status = 404

    def __init__(self, field: str, found: str, known: Iterable[str], hint: str = "") -> None:
        near = nearest(found, known)
        tail = f" Did you mean {' or '.join(near)}?" if near else ""
        said = f'{field}: found "{shown(found)}", which is not known.{tail}{" " + hint if hint else ""}'
        super().__init__(said, found, near, field)


class Ambiguous(InputError):
    """A name that several things here have; the message lists them, and each can be asked for by its code."""


class ViewError(InputError):
    """A coverage view that cannot be computed as asked."""


class QueryError(InputError):
    """SPARQL that does not parse, or that is refused by name."""


class RecordNotFound(DgekgError):
    """No such record; says what is near."""

    http_status = 404


class RecordGone(DgekgError):
    """A record that was here and may not be shown any more.

    Attributes:
        kind: withdrawn, erased or merged.
        date: when: a day, or of what is erased the month.
        name: what to call it: its address, or of what is erased an opaque name.
        replaced_by: IRI of the record that stands in its place, or "".
    """

    http_status = 410

    def __init__(self, message: str, kind: str, date: str, name: str = "", replaced_by: str = "") -> None:
        super().__init__(message)
        self.kind, self.date, self.name, self.replaced_by = kind, date, name, replaced_by


class VersionGone(DgekgError):
    """A version that was served and is no longer kept.

    Attributes:
        suggestions: ids of kept versions, the nearest first.
    """

    http_status = 410

    def __init__(self, message: str, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.suggestions = list(suggestions)


class VersionUnknown(VersionGone):
    """A version that was never here; suggestions as for `VersionGone`."""

    http_status = 404


class SourceError(DgekgError):
    """A file of ours is broken; says file, line and how to mend it."""

    exit_code = 1


class QuestionError(SourceError):
    """A question file whose header or body is broken."""


class NoBuild(DgekgError):
    """Nothing has been built yet."""

    http_status = 503


class AssetsMissing(DgekgError):
    """The style sheets and scripts of the pages, or one of them, were not built."""


class StoreError(DgekgError):
    """The store cannot be opened, read or reached."""

    http_status = 503


class StoreTimeout(StoreError):
    """The store did not answer in time."""

    http_status = 504


class NotAcceptable(InputError):
    """No representation that the client accepts."""

    http_status = 406


class TooLong(InputError):
    """The request is longer than this service reads."""

    http_status = 413


class TooSlow(InputError):
    """The request's body took longer than this service waits."""

    http_status = 408


class UnsupportedType(InputError):
    """The request's content type is not one of the protocol's."""

    http_status = 415


class CursorGone(InputError):
    """A cursor that continues a list of another version than the one that is served.

    Attributes:
        version: id of that version.
    """

    http_status = 410
    version = ""


class Conflict(InputError):
    """What was asked no longer fits what has become of a thing meanwhile; the message says what that is."""

    http_status = 409


class UnknownCode(InputError):
    """The code of a receipt that nothing here has."""

    http_status = 404


class QueryStopped(StoreError):
    """A public query that reached a limit of this service."""

    http_status = 503
    retry_after = 5


class IndexFault(StoreError):
    """The index file of a version is broken, or of another version."""


class SearchFault(StoreError):
    """The full-text search of a version cannot be used."""


class TooBusy(StoreError):
    """As many public queries run and wait, or pictures are drawn, as this service takes.

    Attributes:
        retry_after: seconds after which something of it will have ended.
    """

    http_status = 503
    retry_after = 2

    def __init__(self, message: str, retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotYet(TooBusy):
    """What is asked for takes long and is still being worked out, beside other answers."""

    retry_after = 15

    def __init__(self, message: str) -> None:
        super().__init__(message, self.retry_after)


class TooMany(TooBusy):
    """As many queries of one client run and wait as one client may have."""

    http_status = 429


class Unreachable(StoreError):
    """A service that a client asks does not answer, or does not answer as this one does."""


def shown(text: str, limit: int = 120) -> str:
    """Return what was given, fit to stand in a message: on one line, nothing that a terminal obeys, not long.

    >>> shown("Kenya\\x1b[2J"), shown("a" * 200, 5)
    ('Kenya\\\\u001b[2J', 'aaaaa…')
    """
    cut = text[:limit] + ("…" if len(text) > limit else "")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)
