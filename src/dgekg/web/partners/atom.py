"""`/practices.atom`: any view of the directory as an Atom feed (RFC 4287, paged by RFC 5005), last changed first."""

from __future__ import annotations

import xml.etree.ElementTree as Xml

from starlette.requests import Request
from starlette.responses import Response

import dgekg
from dgekg import formats, identifiers
from dgekg.web.facts import Facts
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.people import directory, facets, grids
from dgekg.web.people.directory import Listing
from dgekg.web.programs import endpoint, paging
from dgekg.web.programs.paging import Page

PATH = "/practices.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CATEGORIES = ("kind", "group", "stage", "region")


def practices(house: House, request: Request) -> Response:
    """`/practices.atom`, with the filters of `/practices`."""
    visit = Visit(house, request)
    headers = {"Link": link_header([(LICENCE, "license", "")])}
    return visit.answer(formats.ATOM, lambda: text_of(visit), headers)


def text_of(visit: Visit) -> bytes:
    """Return the feed of what the request asks for.

    Raises:
        InputError: a filter or cursor that cannot be understood; the nearest is suggested.
    """
    shown = directory.listing(visit, whole=True)
    dated = visit.snapshot.dated
    found = sorted(shown.found, key=lambda iri: dated[iri][1], reverse=True)
    query = endpoint.query(shown.query_pairs() + ([("q", shown.text)] if shown.text else []))
    cut = paging.page(visit, f"atom?{query}", found)
    feed = _feed(visit, shown, dated[found[0]][1] if found else "", query, cut)
    for card in visit.snapshot.cards.of(found[cut.start : cut.stop]):
        _entry(visit, feed, card)
    Xml.indent(feed)
    body: bytes = Xml.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _feed(visit: Visit, shown: Listing, newest: str, query: str, cut: Page) -> Xml.Element:
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed", {_LANG: visit.language})
    chosen = "; ".join(words for words, _link in facets.chips(visit, shown))
    _add(feed, "id", identifiers.of_path(f"/practices?{query}".rstrip("?")))
    _add(feed, "title", f"{visit.t('site.name')}: {chosen or visit.t('nav.practices')}")
    _add(feed, "updated", _moment(newest, visit))
    author = _add(feed, "author")
    _add(author, "name", visit.t("site.name"))
    _add(feed, "rights", f"CC BY 4.0, {LICENCE}")
    _add(feed, "generator", "dgekg", version=dgekg.__version__)
    page = visit.absolute(f"/practices?{query}".rstrip("?"), [("lang", visit.language)] if visit.explicit else [])
    _add(feed, "link", rel="self", type=formats.ATOM.media_type, href=endpoint.again(visit))
    _add(feed, "link", rel="alternate", type=formats.HTML.media_type, href=page)
    _add(feed, "link", rel="license", href=LICENCE)
    _add(feed, "link", rel="first", type=formats.ATOM.media_type, href=endpoint.again(visit, "cursor"))
    if cut.cursor:
        following = endpoint.again(visit, "cursor", cursor=cut.cursor)
        _add(feed, "link", rel="next", type=formats.ATOM.media_type, href=following)
    return feed


def _entry(visit: Visit, feed: Xml.Element, card: Facts) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", card.iri)
    title = _add(entry, "title", visit.label(card.iri))
    title.set(_LANG, visit.tongue(card.iri) or visit.language)
    _add(entry, "updated", _moment(card.one("modified"), visit))
    here = visit.absolute(identifiers.path_of(card.iri))
    _add(entry, "link", rel="alternate", type=formats.HTML.media_type, href=f"{here}.html")
    _add(entry, "link", rel="alternate", type=formats.JSONLD.media_type, href=f"{here}.jsonld")
    text, tongue = card.text("description", visit.language)
    summary = _add(entry, "summary", text or visit.label(card.iri))
    summary.set(_LANG, tongue or visit.language)
    for what in _CATEGORIES:
        for iri in card.all(what):
            scheme = iri.rpartition("/")[0]
            _add(entry, "category", term=grids.code(iri), scheme=scheme, label=visit.label(iri))


def _add(above: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    found = Xml.SubElement(above, f"{{{_ATOM}}}{name}", attributes)
    found.text = text or None
    return found


def _moment(day: str, visit: Visit) -> str:
    """Return a day as a moment: records know their day alone, so it is the first of it, in UTC."""
    return f"{day or visit.observatory.as_of.isoformat()}T00:00:00Z"
