"""What every request shares: the current version and what is remembered of it, words, templates, replies."""

from __future__ import annotations

import gzip
import hashlib
import importlib.resources
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers
from dgekg.errors import InputError, shown
from dgekg.formats import Format
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.vocabulary import LANGUAGES
from dgekg.web import words
from dgekg.web.sandbox import Sandbox
from dgekg.web.snapshot import Snapshot

Source = Callable[[], Observatory]
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # a line's end or a tab may be pasted
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_KEPT = 512
_KEPT_BYTES = 64 * 1024 * 1024
_LARGEST = 2 * 1024 * 1024


class House:
    """The service: its source of versions, its templates, and the answers kept for the current version.

    Args:
        source: returns the current observatory; called at each request, so it must be cheap.
        settings: limits.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.stamp = _stamp()
        self.templates = Environment(
            loader=PackageLoader("dgekg.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._previous: Snapshot | None = None
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._sandbox: Sandbox | None = None

    def snapshot(self) -> Snapshot:
        """Return what is remembered of the current version; begins anew when the version changes."""
        observatory = self.source()
        with self._lock:
            if self._snapshot is None or self._snapshot.observatory is not observatory:
                self._previous = self._snapshot  # its files may still be on their way to somebody
                self._snapshot = Snapshot(observatory)
                self._kept.clear()
                self._kept_bytes = 0
                self._retire()
            return self._snapshot

    def sandbox(self) -> Sandbox:
        """Return the worker processes for public queries on the current version."""
        observatory = self.snapshot().observatory
        with self._lock:
            if self._sandbox is None or self._sandbox.observatory is not observatory:
                self._retire()
                self._sandbox = Sandbox(observatory, self.settings)
            return self._sandbox

    def _retire(self) -> None:
        """Let the workers of an old version finish what they do, then stop them."""
        old, self._sandbox = self._sandbox, None
        if old is not None:
            old.close(after=self.settings.query_seconds + 1)

    def close(self) -> None:
        """Stop the worker processes."""
        if self._sandbox is not None:
            self._sandbox.close()

    def kept(self, key: str) -> bytes | None:
        """Return an answer kept for the current version."""
        with self._lock:
            body = self._kept.get(key)
            if body is not None:
                self._kept.move_to_end(key)
            return body

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer until the version changes or room is needed."""
        if len(body) > _LARGEST:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = body
            self._kept_bytes += len(body)
            while len(self._kept) > _KEPT or self._kept_bytes > _KEPT_BYTES:
                _old, dropped = self._kept.popitem(last=False)
                self._kept_bytes -= len(dropped)


class Visit:
    """One request, with its version, its language and the helpers that templates use.

    Raises:
        InputError: a language that the interface has not, or a control character, which no page may show.
    """

    def __init__(self, house: House, request: Request) -> None:
        self.house, self.request = house, request
        for key, value in request.query_params.multi_items():
            if CONTROL.search(key + value):
                raise InputError(f'{shown(key)}: found "{shown(value)}", which holds a control character.')
        asked = request.query_params.get("lang", "")
        self.language = words.language_of(asked, request.headers.get("accept-language", ""))
        self.explicit = bool(asked)
        self.snapshot = house.snapshot()
        self.observatory = self.snapshot.observatory

    @property
    def words(self) -> Mapping[str, str]:
        """All interface words of the page's language."""
        return words.messages(self.language)

    def t(self, key: str, /, **values: object) -> str:
        """Return interface words."""
        return words.say(self.language, key, **values)

    def label(self, iri: str) -> str:
        """Return the words for an IRI in the page's language."""
        return self.observatory.names.label(iri, self.language)

    def dimension_words(self, name: str) -> str:
        """Return the words for a dimension."""
        found = self.observatory.index.dimension(name).label
        return found.get(self.language) or found["en"]

    def tongue(self, iri: str) -> str:
        """Return the language that `label` answers in."""
        return self.observatory.names.language_of(iri, self.language)

    def named(self, iri: str) -> Markup:
        """Return the label of an IRI, marked with its language where that is not the page's."""
        tongue = self.tongue(iri)
        if tongue in ("", self.language):
            return Markup("{}").format(self.label(iri))
        return Markup('<span lang="{}">{}</span>').format(tongue, self.label(iri))

    def to(self, iri: str) -> str:
        """Return the link to an IRI: a path here for one of ours, the IRI itself for http(s), else nothing."""
        path = identifiers.path_of(iri)
        if path.startswith("/"):
            return self.url(path.replace("/ontology#", "/ontology#", 1))
        return iri if iri.startswith(("http://", "https://")) else ""

    def url(self, path: str, pairs: Iterable[tuple[str, str]] = (), **more: str) -> str:
        """Return an address on this service that keeps the chosen language."""
        path, hash_, fragment = path.partition("#")
        path, _, query = path.partition("?")
        found = [*parse_qsl(query), *pairs, *more.items()]
        if self.explicit and not any(key == "lang" for key, _ in found):
            found.append(("lang", self.language))
        root = str(self.request.scope.get("root_path", ""))
        return f"{root}{path}{'?' + urlencode(found) if found else ''}{hash_}{fragment}"

    def here(self, **changes: str) -> str:
        """Return this very address with some parameters changed; "" takes one away."""
        pairs = [(k, v) for k, v in self.request.query_params.multi_items() if k not in changes]
        pairs += [(k, v) for k, v in changes.items() if v]
        return self.url(self.request.url.path, pairs)

    def query(self, *without: str) -> str:
        """Return the query string without presentation parameters (`lang`, `format` and those named)."""
        drop = {"lang", "format", *without}
        return urlencode([(k, v) for k, v in self.request.query_params.multi_items() if k not in drop])

    def etag(self, representation: str) -> str:
        """Return the strong ETag of a representation of this address in this version."""
        key = "\n".join(
            (
                self.observatory.version,
                self.house.stamp,
                self.request.url.path,
                self.request.url.query,
                self.language,
                representation,
            )
        )
        return f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'

    def answer(
        self,
        kind: Format,
        body: Callable[[], str | bytes],
        headers: Mapping[str, str] | None = None,
        keep: bool = True,
    ) -> Response:
        """Answer with a representation of this version: 304 where the client has it, kept bytes, or made now."""
        packed = keep and _accepts_gzip(self.request.headers.get("accept-encoding", ""))
        tag = self.etag(kind.suffix + (" gzip" if packed else ""))
        known = [t.strip().removeprefix("W/") for t in self.request.headers.get("if-none-match", "").split(",")]
        if tag in known:
            return Response(status_code=304, headers=self._headers(tag, headers))
        content = self.house.kept(tag) if keep else None
        if content is None:
            made = body()
            content = made.encode() if isinstance(made, str) else made
            if packed:
                content = gzip.compress(content, 6, mtime=0)
            if keep:
                self.house.keep(tag, content)
        more = {**(headers or {}), "Content-Encoding": "gzip"} if packed else headers
        return Response(content, media_type=kind.media_type, headers=self._headers(tag, more))

    def _headers(self, tag: str, more: Mapping[str, str] | None) -> dict[str, str]:
        found = {
            "ETag": tag,
            "Cache-Control": "public, max-age=0, must-revalidate",
            "Vary": "Accept, Accept-Encoding, Accept-Language",
            "Content-Language": self.language,
            **(more or {}),
        }
        return found

    def page(self, template: str, build: Callable[[], Mapping[str, Any]], **headers: str) -> Response:
        """Answer with a page made from a template."""
        return self.answer(formats.HTML, lambda: self.render(template, build()), headers or None)

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a template filled with values."""
        return self.house.templates.get_template(template).render(visit=self, **self._globals(), **values)

    def _globals(self) -> dict[str, Any]:
        return {
            "t": self.t,
            "url": self.url,
            "label": self.label,
            "named": self.named,
            "to": self.to,
            "here": self.here,
            "lang": self.language,
            "languages": LANGUAGES,
            "path": self.request.url.path,
            "version": self.observatory.version,
            "as_of": self.observatory.as_of.isoformat(),
            "stamp": self.house.stamp,
            "number": lambda n: words.number(n, self.language),
            "licence": LICENCE,
            "root": str(self.request.scope.get("root_path", "")),
            "address": str(self.request.url),
            "words": self.dimension_words,
        }


def _accepts_gzip(header: str) -> bool:
    """Whether a client takes gzip.

    >>> _accepts_gzip("br, gzip;q=0.5"), _accepts_gzip("gzip;q=0"), _accepts_gzip("")
    (True, False, False)
    """
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def link_header(links: Sequence[tuple[str, str, str]]) -> str:
    """Return a Link header from (address, relation, media type or "").

    >>> link_header([("/x.ttl", "alternate", "text/turtle")])
    '</x.ttl>; rel="alternate"; type="text/turtle"'
    """
    return ", ".join(f'<{a}>; rel="{r}"' + (f'; type="{m}"' if m else "") for a, r, m in links)


def _stamp() -> str:
    """Return a hash of the code, templates and words that pages are made of."""
    found = hashlib.sha256()
    root = importlib.resources.files("dgekg.web")
    for folder in (root, *(root.joinpath(name) for name in ("templates", "messages", "static"))):
        for item in sorted(folder.iterdir(), key=lambda i: i.name):
            if item.is_file():
                found.update(item.read_bytes())
    return found.hexdigest()[:12]
