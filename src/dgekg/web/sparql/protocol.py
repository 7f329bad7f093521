"""Requests of the SPARQL 1.1 Protocol taken apart: what is asked, of which graphs, in which format."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from dgekg import formats
from dgekg.errors import InputError, NotAcceptable, QueryError, TooLong, TooSlow, UnsupportedType, shown
from dgekg.formats import FORM_TYPE, QUERY_TYPE, UPDATE_TYPE, Format
from dgekg.settings import Settings
from dgekg.web.headers import HEAD_KEY

ALLOW = "GET, HEAD, OPTIONS, POST"
ACCEPT_POST = f"{QUERY_TYPE}, {FORM_TYPE}"
_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
_READ_ONLY = "Updates are refused: this service is read-only and takes queries, not updates."
_FIELDS = 1000
_ACCEPT = 4000
_CHARSETS = ("", "utf-8", "utf8", "us-ascii", "ascii")


@dataclass(frozen=True, slots=True)
class Asked:
    """A protocol request taken apart.

    Attributes:
        query: None where there is none.
        default_graphs: with `named_graphs` the dataset; both empty: that of the service, or of the query itself.
        named_graphs: see `default_graphs`.
        format: what the parameter `format` says; "" for what the Accept header says.
        accept: the Accept header.
        conditional: whether what the client has already may be left unsent (GET and HEAD).
        head: whether only headers are asked for.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    accept: str = ""
    conditional: bool = False
    head: bool = False

    @property
    def bare(self) -> bool:
        """Whether there is neither a query nor a dataset."""
        return self.query is None and not self.default_graphs and not self.named_graphs

    @property
    def for_page(self) -> bool:
        """Whether a page is asked for."""
        return not self.format and formats.is_page(self.accept)

    def kind(self, form: str) -> Format:
        """Return the format of the answer to a query of a form.

        Raises:
            NotAcceptable: the client accepts none that there is.
        """
        graph = form in ("CONSTRUCT", "DESCRIBE")
        offers = formats.GRAPHS if graph else formats.RESULTS
        if self.format:
            found = formats.named_format(self.format, graph)
            if found is None:
                words = [f.suffix for f in offers]
                raise NotAcceptable(
                    f'format: found "{shown(self.format)}", expected one of {", ".join(words)} for the answer to '
                    f"{'CONSTRUCT or DESCRIBE' if graph else 'SELECT or ASK'}.",
                    self.format,
                    words,
                    "format",
                )
            return found
        found = formats.answer_format(self.accept, graph)
        if found is None:
            raise NotAcceptable(
                "Nothing that the client accepts can be given here. "
                f"Accept one of {', '.join(f.media_type for f in offers)}."
            )
        return found


async def read(request: Request, settings: Settings) -> Asked:
    """Read a request.

    Raises:
        QueryError: an update, two queries, a graph without an address, or bytes that are not UTF-8.
        UnsupportedType: a body that is neither a form nor a query, in UTF-8 and not packed.
        TooLong: a body longer than is read.
        TooSlow: a body that took too long.
    """
    pairs = _fields(bytes(request.scope.get("query_string", b"")), "address")
    if request.method == "POST":
        kind = _body_type(request)
        limit = 4 * settings.query_bytes + 10_000
        try:
            async with asyncio.timeout(settings.body_seconds):
                body = await _body(request, limit)
        except TimeoutError:
            raise TooSlow(
                f"The body of the request took longer than {settings.body_seconds:g} seconds, which is as long as "
                "this service waits."
            ) from None
        if kind == FORM_TYPE:
            pairs += _fields(body, "form")
        else:
            pairs.append(("query", _decoded(body)))
    return _taken(pairs, request, settings)


def _body_type(request: Request) -> str:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == UPDATE_TYPE:
        raise _unsupported(_READ_ONLY)
    if kind not in (FORM_TYPE, QUERY_TYPE):
        raise _unsupported(f'Content-Type: found "{shown(kind)}", expected {QUERY_TYPE} or {FORM_TYPE}.')
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in _CHARSETS:
            raise _unsupported(f'Content-Type: found charset "{shown(charset)}", expected utf-8.')
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise _unsupported(f'Content-Encoding: found "{shown(packed)}"; send the request as it is.')
    return kind


def _unsupported(message: str) -> UnsupportedType:
    error = UnsupportedType(message)
    error.headers = {"Accept-Post": ACCEPT_POST}
    return error


async def _body(request: Request, limit: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise TooLong(f"The request is longer than {limit:,} bytes, which is as much as this service reads.")
    return bytes(found)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"The request is not UTF-8 (byte {error.start}). Send UTF-8.") from error


def _fields(text: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            text.decode("ascii" if where == "address" else "utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise QueryError(f"The {where} is not UTF-8. Send UTF-8, percent-encoded.") from error
    except ValueError:
        raise QueryError(f"The {where} has more than {_FIELDS:,} parameters.") from None


def _taken(pairs: list[tuple[str, str]], request: Request, settings: Settings) -> Asked:
    if any(key in _UPDATES for key, _ in pairs):
        raise QueryError(_READ_ONLY)
    queries = [value for key, value in pairs if key == "query"]
    if len(queries) > 1:
        raise QueryError(f"There are {len(queries)} queries in one request; the protocol allows one.")
    graphs = {name: _graphs(name, pairs) for name in ("default-graph-uri", "named-graph-uri")}
    if sum(map(len, graphs.values())) > settings.query_graphs:
        raise QueryError(f"The dataset names more than {settings.query_graphs} graphs. Ask of all, or write FROM.")
    accept = ", ".join(request.headers.getlist("accept"))
    if len(accept) > _ACCEPT:
        raise InputError(f"Accept: found {len(accept):,} letters, expected at most {_ACCEPT:,}.")
    head = bool(request.scope.get(HEAD_KEY)) or request.method == "HEAD"
    return Asked(
        queries[0] if queries else None,
        graphs["default-graph-uri"],
        graphs["named-graph-uri"],
        next((value for key, value in reversed(pairs) if key == "format"), ""),
        accept,
        request.method in ("GET", "HEAD"),
        head,
    )


def _graphs(name: str, pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(value for key, value in pairs if key == name))
    for text in found:
        scheme, colon, _ = text.partition(":")
        if not colon or not scheme[:1].isalpha() or any(c <= " " or c in '<>"{}|^`\\' for c in text):
            raise InputError(f'{name}: found "{shown(text)}", expected the full address of a graph.', text, (), name)
    return found
