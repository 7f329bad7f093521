"""The network's page: duties that no rule for AI specifies, the two families and what joins them. Only what `Network`
names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Set
from dataclasses import fields
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers, render
from dgekg.coverage.rows import walk
from dgekg.errors import NotYet, UnknownValue
from dgekg.network import Bridge, words
from dgekg.web.facts import Links
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.people import dutymap, netpicture
from dgekg.web.people.pages import known

_PAGE, _PAIRS, _FIRST_TEXTS, _NAMES = 20, 15, 12, 6
_FILTERS = ("sector", "region", "kind")


def network(house: House, request: Request) -> Response:
    """`/network`: what joins human rights and AI governance; the institutions also as CSV, the picture as JSON."""
    visit = Visit(house, request)
    known(visit, "format", "page", "community", "relation", *_FILTERS)
    asked = request.query_params.get("format", "") or formats.HTML.suffix
    try:
        visit.snapshot.links_soon()
    except NotYet as error:
        if asked == formats.HTML.suffix:
            return _soon(visit, error)
        raise
    if asked == formats.HTML.suffix:
        return visit.page("network.html", lambda: _network(visit))
    kinds = (formats.CSV, formats.HTML, formats.JSON)
    kind = next((k for k in kinds if k.suffix == asked), None)
    if kind is None:
        raise UnknownValue("format", asked, [k.suffix for k in kinds], "Use html, csv or json.")
    name = f'inline; filename="dgekg-network.{kind.suffix}"'
    headers = {"Content-Disposition": name, "Link": link_header([(LICENCE, "license", "")])}
    return visit.answer(kind, lambda: _csv(visit) if kind is formats.CSV else _json(visit), headers)


def _soon(visit: Visit, error: NotYet) -> Response:
    """Say that the network is being worked out; with scripts the page asks again by itself."""
    duties = visit.url("/questions/human-rights-duties-unspecified")
    page = visit.render(
        "closed.html",
        {
            "status": error.http_status,
            "title": visit.t("network.soon_title"),
            "told": visit.t("network.soon"),
            "links": [(visit.t("network.soon_duties"), duties), (visit.t("network.soon_again"), visit.here())],
            "soon": error.retry_after,
        },
    )
    headers = {"Retry-After": str(error.retry_after), "Cache-Control": "no-store", "Content-Language": visit.language}
    return Response(page, error.http_status, headers, formats.HTML.media_type)


def _network(visit: Visit) -> dict[str, Any]:
    links, duties = visit.snapshot.links, dutymap.compared(visit)
    chosen = _chosen(visit)
    kept = _kept(visit, links, chosen)
    bridges = [b for b in links.bridges if b.actor in kept]
    pages = max(1, -(-len(bridges) // _PAGE))
    page = min(_whole(visit, "page", pages), pages)
    relation = visit.request.query_params.get("relation", "")
    if relation and relation not in dutymap.RELATIONS:
        raise UnknownValue("relation", relation, dutymap.RELATIONS)
    relations = (relation,) if relation else dutymap.RELATIONS
    held = Counter(map(links.kinds.__getitem__, kept))
    counts = {kind: held[kind] for kind in netpicture.KINDS}
    said = visit.t("network.picture", **{kind: visit.t(f"network.n_{kind}", n=n) for kind, n in counts.items()})
    drawn = len(netpicture.shown(links, kept))
    if drawn < len(kept):
        said = f"{said} {visit.t('network.part', n=drawn, all=len(kept))}"
    shown = [r for r in duties.readings if r.relation in relations]
    return {
        "duties": duties,
        "shown": shown,
        "relations": [(one, sum(r.relation == one for r in duties.readings)) for one in dutymap.RELATIONS],
        "relation_now": relation,
        "ladder": netpicture.ladder(visit, duties, relations, visit.t("duties.ladder", n=len(shown))),
        "first_texts": _FIRST_TEXTS,
        "picture": netpicture.network(visit, links, kept, said),
        "said": said,
        "chosen": chosen,
        "choices": _choices(visit, links),
        "groups": [_group(links, n) for n in range(1, len(links.communities.groups) + 1)],
        "clear": words.percent(links.communities.modularity / 100, visit.language),
        "extent": words.extent_sentence(links.extent, visit.language),
        "rule": words.rule(visit.language),
        "measures": words.measures(visit.language),
        "bridges": bridges[(page - 1) * _PAGE : page * _PAGE],
        "found": len(bridges),
        "page": page,
        "pages": pages,
        "first": (page - 1) * _PAGE + 1,
        "connected": links.connected[:_PAIRS],
        "unconnected": links.unconnected[:_PAIRS],
        "all": links,
        "unread": sum(bool(pair.unread) for pair in links.unconnected),
        "percent": lambda bridge: words.percent(bridge.passage, visit.language),
        "sentence": lambda bridge: words.bridge_sentence(bridge, visit.label, visit.language),
        "relation": lambda code: words.relation(code, visit.language),
        "data": visit.here(format=formats.JSON.suffix, page="", relation="", lang=visit.language),
    }


def _chosen(visit: Visit) -> dict[str, str]:
    """Return the filters that the address gives: IRIs, and the number of a community."""
    found = {}
    for name in _FILTERS:
        text = visit.request.query_params.get(name, "").strip()
        if text:
            home = identifiers.scheme("sector") if name == "sector" else visit.observatory.index.dimension(name).home
            found[name] = visit.observatory.names.resolve(text, [home + "/"], name)
    if visit.request.query_params.get("community", ""):
        found["community"] = str(_whole(visit, "community", len(visit.snapshot.links.communities.groups)))
    return found


def _whole(visit: Visit, name: str, most: int) -> int:
    """Return a whole number of the address, from 1.

    Raises:
        UnknownValue: it is none, or more than there are.
    """
    text = visit.request.query_params.get(name, "") or "1"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= most:
        raise UnknownValue(name, text, [str(n) for n in range(1, min(most, 9) + 1)], f"Use 1 to {most}.")
    return int(text[:6])


def _kept(visit: Visit, links: Links, chosen: dict[str, str]) -> Set[str]:
    """Return what the filters leave of the picture: practices that fit, who takes part in them, what they concern."""
    index, kinds, adjacent, kept = visit.observatory.index, links.kinds, links.drawn.adj, links.tied
    if "community" in chosen:
        group = links.communities.groups[int(chosen["community"]) - 1]
        kept &= {*group.institutions, *group.practices, *group.instruments}
    if not chosen.keys() & set(_FILTERS):
        return kept
    practices = {n for n in kept if kinds[n] == "practice"}
    actors = {n for n in kept if kinds[n] == "actor"}
    for name in ("region", "kind"):
        if name in chosen:
            members = index.members(name)
            practices &= set(index.unpack(members[chosen[name]])) if chosen[name] in members else set()
    if "sector" in chosen:
        actors = {a for a in actors if chosen["sector"] in _sectors(visit, a)}
        practices = {p for p in practices if not actors.isdisjoint(adjacent[p])}
    actors = {a for a in actors if not practices.isdisjoint(adjacent[a])}
    texts = {t for p in practices for t in adjacent[p] if kinds[t] == "instrument"}
    return practices | actors | texts


def _sectors(visit: Visit, actor: str) -> set[str]:
    return {wide for one in _own_sectors(visit, actor) for wide in (one, *visit.observatory.index.within.get(one, ()))}


def _own_sectors(visit: Visit, actor: str) -> list[str]:
    facts = visit.snapshot.actors.get(actor)
    return facts.all("sector") if facts else []


def _choices(visit: Visit, links: Links) -> dict[str, list[tuple[str, str, int]]]:
    """Return what each filter offers: code, words, depth; only what something has."""
    index = visit.observatory.index
    own = {s for n, kind in links.kinds.items() if kind == "actor" for s in _own_sectors(visit, n)}
    sectors = {wide for one in own for wide in (one, *index.within.get(one, ()))}
    found = {"sector": sorted(((s, 0) for s in sectors), key=lambda s: visit.label(s[0]))}
    for name in ("region", "kind"):
        members, hierarchy = index.members(name), index.hierarchy.get(index.dimension(name).home)
        found[name] = [(c, d) for c, d in walk(hierarchy or {}) if c in members]
    return {
        name: [(iri.rsplit("/", 1)[-1], visit.label(iri), max(depth - 1, 0)) for iri, depth in every]
        for name, every in found.items()
    }


def _group(links: Links, number: int) -> dict[str, Any]:
    group = links.communities.groups[number - 1]
    first = sorted(group.institutions, key=lambda a: links.rank.get(a, len(links.rank)))[:_NAMES]
    return {"number": number, "group": group, "first": first, "more": len(group.institutions) - len(first)}


def _json(visit: Visit) -> str:
    links = visit.snapshot.links
    return json.dumps(netpicture.data(visit, links, _kept(visit, links, _chosen(visit))), ensure_ascii=False) + "\n"


def _csv(visit: Visit) -> str:
    names = [one.name for one in fields(Bridge)]
    kept = _kept(visit, visit.snapshot.links, _chosen(visit)) if _chosen(visit) else None
    rows = [
        [visit.label(bridge.actor), *(_cell(getattr(bridge, name)) for name in names)]
        for bridge in visit.snapshot.links.bridges
        if kept is None or bridge.actor in kept
    ]
    return render.csv_text(["label", *names], rows)


def _cell(value: str | float | tuple[str, ...]) -> str | int:
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value) if isinstance(value, float) else value
