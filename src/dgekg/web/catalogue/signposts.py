"""What machines look for first: `robots.txt`, the sitemap, and the list of services by RFC 9727."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, identifiers
from dgekg.errors import RecordNotFound
from dgekg.vocabulary import LANGUAGES
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import query

API_CATALOG = "/.well-known/api-catalog"
PART = 10_000  # addresses a part; the protocol allows 50,000, and 50 MB
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"
# Where a visit may begin: in the sitemap, and what is suggested in place of an address that is not there.
PAGES = (
    "/",
    "/practices",
    "/coverage",
    "/coverage/intersections",
    "/gaps",
    "/questions",
    "/standards",
    "/actors",
    "/network",
    "/data",
    "/method",
    "/about",
    "/contribute",
)
# Parts of records have pages, but are read on the page of their record; changes are read in the feed.
_LEFT_OUT = frozenset({"attribution", "change", "evidence", "exclusion", "search", "support"})
_CLOSED = ("/sparql?", "/coverage/cell", "/version/")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def api_catalog(house: House, request: Request) -> Response:
    """`/.well-known/api-catalog`: the services and what describes them, as a link set."""
    visit = Visit(house, request)
    link = {"Link": link_header([(visit.absolute(API_CATALOG), "api-catalog", ""), (LICENCE, "license", "")])}
    found = visit.answer(formats.LINKSET, lambda: _linkset(visit), link)
    if found.status_code == 200:
        found.headers["Content-Type"] = f'{formats.LINKSET.media_type}; profile="{_PROFILE}"'
    return found


def _linkset(visit: Visit) -> str:
    def to(path: str, media_type: str = "") -> dict[str, str]:
        return {"href": visit.absolute(path), **({"type": media_type} if media_type else {})}

    turtle, page = formats.TURTLE.media_type, formats.HTML.media_type
    licence = [{"href": LICENCE}]
    services = [
        ("/api", {"service-desc": [to("/openapi.json", formats.JSON.media_type)], "service-doc": [to("/data", page)]}),
        ("/sparql", {"service-desc": [to("/sparql", turtle)], "service-doc": [to("/sparql", page)]}),
        ("/feed", {"service-desc": [to("/feed", formats.TRIG.media_type)], "service-doc": [to("/data", page)]}),
        ("/catalog", {"service-desc": [to("/catalog.ttl", turtle)], "service-doc": [to("/data", page)]}),
    ]
    described = [
        {"anchor": visit.absolute(path), **links, "service-meta": [to("/.well-known/void", turtle)], "license": licence}
        for path, links in services
    ]
    items = {"anchor": visit.absolute(API_CATALOG), "item": [to(path) for path, _ in services]}
    return json.dumps({"linkset": [items, *described]}, indent=1) + "\n"


def interface(house: House, request: Request) -> Response:
    """`/api`: the address that catalogues give for the interface; leads to its description."""
    found = RedirectResponse(Visit(house, request).url("/openapi.json"), 303)
    found.headers["Link"] = link_header([(LICENCE, "license", "")])
    return found


def robots(house: House, request: Request) -> Response:
    """`/robots.txt`."""
    visit = Visit(house, request)
    closed = "".join(f"Disallow: {visit.base}{path}\n" for path in _CLOSED)
    return visit.answer(
        formats.TEXT, lambda: f"User-agent: *\n{closed}\nSitemap: {visit.absolute('/sitemap.xml')}\n", {}
    )


def sitemap(house: House, request: Request) -> Response:
    """`/sitemap.xml`: the index of the parts."""
    visit = Visit(house, request)
    return visit.answer(formats.SITEMAP, lambda: _index(visit))


def sitemap_part(house: House, request: Request) -> Response:
    """`/sitemap-{number}.xml`: a part.

    Raises:
        RecordNotFound: there is no such part.
    """
    visit = Visit(house, request)
    text = str(request.path_params["number"])
    listed = _listed(visit)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _parts(listed):
        raise RecordNotFound(f"/sitemap-{text}.xml: there are {_parts(listed)} parts; /sitemap.xml lists them.")
    some = listed[(int(text) - 1) * PART : int(text) * PART]
    return visit.answer(formats.SITEMAP, lambda: _part(visit, some))


def _listed(visit: Visit) -> list[tuple[str, str]]:
    """Return all pages with the day of their last change ("" where none is said)."""
    days = {r["thing"]: r["modified"] for r in visit.observatory.store.select(query("modified")).dicts()}
    found = [(path, visit.observatory.as_of.isoformat()) for path in PAGES]
    for iri in visit.snapshot.classes:
        local = identifiers.parse(iri)
        if local is not None and local.kind not in _LEFT_OUT:
            found.append((f"{identifiers.path_of(iri)}.{formats.HTML.suffix}", days.get(iri, "")))
    return found


def _parts(listed: list[tuple[str, str]]) -> int:
    return -(-len(listed) // PART)


def _index(visit: Visit) -> str:
    day = visit.observatory.as_of.isoformat()
    rows = "".join(
        f"<sitemap><loc>{escape(visit.absolute(f'/sitemap-{n}.xml'))}</loc><lastmod>{day}</lastmod></sitemap>\n"
        for n in range(1, _parts(_listed(visit)) + 1)
    )
    return f"{_XML}<sitemapindex xmlns={quoteattr(_SITEMAPS)}>\n{rows}</sitemapindex>\n"


def _part(visit: Visit, listed: list[tuple[str, str]]) -> str:
    rows = []
    for path, day in listed:
        address = visit.absolute(path)
        others = [("x-default", address), *((code, visit.absolute(path, lang=code)) for code in LANGUAGES)]
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{c}" href={quoteattr(h)}/>' for c, h in others)
        changed = f"<lastmod>{escape(day)}</lastmod>" if day else ""
        rows.append(f"<url><loc>{escape(address)}</loc>{changed}{links}</url>\n")
    spaces = f'xmlns={quoteattr(_SITEMAPS)} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f"{_XML}<urlset {spaces}>\n{''.join(rows)}</urlset>\n"
