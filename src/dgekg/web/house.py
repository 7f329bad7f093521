"""What every request shares: the current version and what is remembered of it, words, templates, replies."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers
from dgekg.errors import InputError, shown
from dgekg.formats import Format
from dgekg.suppression import Suppressed
from dgekg.typography import spaced_page
from dgekg.vocabulary import LANGUAGES
from dgekg.web import words
from dgekg.web.service.asked import ORIGIN_KEY, base_of, root_of, version_of
from dgekg.web.service.versions_kept import House, Source

__all__ = ["CONTROL", "LICENCE", "House", "Source", "Visit", "link_header"]

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # a line's end or a tab may be pasted
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


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
        self.suppressed: Suppressed = self.observatory.suppressed
        self.base, self.root, self.versioned = (of(request.scope) for of in (base_of, root_of, version_of))

    @property
    def words(self) -> Mapping[str, str]:
        """All interface words of the page's language."""
        return self.observatory.words(self.language, words.messages)

    def t(self, key: str, /, **values: object) -> str:
        """Return interface words."""
        return words.put(self.words, self.language, key, values)

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
        return f"{self.root}{path}{'?' + urlencode(found) if found else ''}{hash_}{fragment}"

    def absolute(self, path: str, pairs: Iterable[tuple[str, str]] = (), **more: str) -> str:
        """Return a whole address on this service, in this version where the request is for one; without language.

        Its beginning is the setting `address`, else what the request itself (or a trusted proxy) says.
        """
        found = [*pairs, *more.items()]
        mark = "&" if "?" in path else "?"
        return f"{self.origin}{self.root}{path}{mark + urlencode(found) if found else ''}"

    @property
    def origin(self) -> str:
        """Scheme and host of this service."""
        set_ = self.house.settings.address.rstrip("/")
        if set_:
            return set_.removesuffix(self.base) if self.base else set_
        url = self.request.url
        return str(self.request.scope.get(ORIGIN_KEY, "")) or f"{url.scheme}://{url.netloc}"

    def latest(self, path: str = "") -> str:
        """Return the address of a path, by default of this very one, in the current version, whichever that is."""
        query = "" if path else self.request.url.query
        return f"{self.base}{path or self.request.url.path}{'?' + query if query else ''}"

    @property
    def current(self) -> str:
        """Id of the current version: another than this visit's where its address names a kept one."""
        return self.house.now().observatory.version if self.versioned else self.observatory.version

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
                str(self.suppressed.counter),
                self.current
                if self.versioned and representation.startswith(formats.HTML.suffix)
                else "",  # it is named
                self.house.stamp,
                self.observatory.demand_mark if "demand" in self.request.query_params else "",
                self.origin + self.root + self.request.url.path,
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

        def made() -> bytes:
            found = body()
            content = found.encode() if isinstance(found, str) else found
            return gzip.compress(content, 6, mtime=0) if packed else content

        content = self.house.once(tag, made) if keep else made()
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
        """Return a template filled with values, set as the language of the page wants it."""
        made = self.house.templates.get_template(template).render(visit=self, **self._globals(), **values)
        return spaced_page(made, self.language)

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
            "root": self.root,
            "base": self.base,
            "asset": lambda name: self.base + self.house.built.path(name),
            "address": self.absolute(self.request.url.path)
            + "?" * bool(self.request.url.query)
            + self.request.url.query,
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
