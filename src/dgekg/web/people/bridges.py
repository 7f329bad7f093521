"""The network's page: institutions between the families, and pairs of instruments. Only what `Network` names."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, render
from dgekg.errors import UnknownValue
from dgekg.network import Bridge, words
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.people.pages import known

_BRIDGES, _PAIRS = 20, 15


def network(house: House, request: Request) -> Response:
    """`/network`: what joins human rights and AI governance; the institutions also as CSV."""
    visit = Visit(house, request)
    known(visit, "format")
    asked = request.query_params.get("format", "") or formats.HTML.suffix
    if asked == formats.HTML.suffix:
        return visit.page("network.html", lambda: _network(visit))
    if asked != formats.CSV.suffix:
        raise UnknownValue("format", asked, (formats.CSV.suffix, formats.HTML.suffix), "Use html or csv.")
    name = 'inline; filename="dgekg-network.csv"'
    headers = {"Content-Disposition": name, "Link": link_header([(LICENCE, "license", "")])}
    return visit.answer(formats.CSV, lambda: _csv(visit), headers)


def _network(visit: Visit) -> dict[str, Any]:
    links = visit.snapshot.links
    return {
        "extent": words.extent_sentence(links.extent, visit.language),
        "rule": words.rule(visit.language),
        "measures": words.measures(visit.language),
        "bridges": links.bridges[:_BRIDGES],
        "connected": links.connected[:_PAIRS],
        "unconnected": links.unconnected[:_PAIRS],
        "all": links,
        "unread": sum(bool(pair.unread) for pair in links.unconnected),
        "percent": lambda bridge: words.percent(bridge.passage, visit.language),
        "sentence": lambda bridge: words.bridge_sentence(bridge, visit.label, visit.language),
        "relation": lambda code: words.relation(code, visit.language),
    }


def _csv(visit: Visit) -> str:
    names = [one.name for one in fields(Bridge)]
    rows = [
        [visit.label(bridge.actor), *(_cell(getattr(bridge, name)) for name in names)]
        for bridge in visit.snapshot.links.bridges
    ]
    return render.csv_text(["label", *names], rows)


def _cell(value: str | float | tuple[str, ...]) -> str | int:
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value) if isinstance(value, float) else value
