"""Pictures of the network as SVG without colours of its own (the style sheet has them), and as data for a script.

Dots of one kind are one path: a stroke of no length with a round or a square end. So a thousand things weigh 10 kB.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from pyoxigraph import Literal

from dgekg.network.layout import HEIGHT, WIDTH
from dgekg.web.facts import Facts, Links
from dgekg.web.house import Visit
from dgekg.web.people.dutymap import Duties, natural

KINDS = ("practice", "actor", "instrument")
_TIES = ("work", "issued")
_LETTERS = 30
_LABELS = 14
_ROW, _TOP, _LADDER, _LEFT, _RIGHT = 15, 30, 900, 330, 570


def network(visit: Visit, links: Links, kept: Collection[str], says: str) -> Markup:
    """Return the picture of what is kept of the network; what is not kept leaves its place empty."""
    parts = [f'<svg viewBox="0 -26 {WIDTH} {HEIGHT + 34}" role="img" aria-label="{escape(says)}" class="net">']
    for x, anchor, key in ((8, "start", "one"), (WIDTH // 2, "middle", "both"), (WIDTH - 8, "end", "other")):
        parts.append(
            f'<text class="side" x="{x}" y="-10" text-anchor="{anchor}">{escape(visit.t(f"network.{key}"))}</text>'
        )
    places = links.places
    for tie in _TIES:
        ends = [(a, b) for a, b, what in links.ties if what == tie and a in kept and b in kept]
        lines = "".join(f"M{places[a][0]} {places[a][1]}L{places[b][0]} {places[b][1]}" for a, b in ends)
        if lines:
            parts.append(f'<path class="tie {tie}" d="{lines}"/>')
    for kind in KINDS:
        dots = "".join(f"M{places[n][0]} {places[n][1]}h0" for n in places if n in kept and _kind(links, n) == kind)
        if dots:
            parts.append(f'<path class="dot {kind}" d="{dots}"/>')
    parts += _labels(visit, links, kept)
    return Markup("".join(parts) + "</svg>")


def _labels(visit: Visit, links: Links, kept: Collection[str]) -> list[str]:
    """Name the instruments and institutions that most leads through, as far as their names do not overlap."""
    texts = sorted(
        (n for n in links.places if n in kept and _kind(links, n) == "instrument"),
        key=lambda n: (-sum(o in kept for o in links.drawn.adj[n]), n),
    )
    bodies = [b.actor for b in links.bridges if b.actor in kept and b.actor in links.places]
    taken: list[tuple[float, float, float]] = []
    found = []
    for kind, names in (("instrument", texts[: 2 * _LABELS]), ("actor", bodies[:_LABELS])):
        for node in names:
            x, y = links.places[node]
            words = short(visit, node)
            wide = 6.2 * len(words)
            end = x + wide + 10 > WIDTH
            from_ = x - wide - 8 if end else x + 8
            if any(abs(y - b) < 13 and from_ < right and left < from_ + wide for left, right, b in taken):
                continue
            taken.append((from_, from_ + wide, y))
            at = f'x="{x - 8 if end else x + 8}" y="{y + 4}"' + (' text-anchor="end"' if end else "")
            found.append(f'<text class="name {kind}" {at}>{escape(words)}</text>')
    return found


def short(visit: Visit, iri: str) -> str:
    """Return a name that fits into a picture: the label, else a short name in the page's language, else it is cut."""
    name = visit.label(iri)
    if len(name) <= _LETTERS:
        return name
    facts = visit.snapshot.norms.get(iri) or visit.snapshot.actors.get(iri) or Facts(iri, {})
    others = [term for term in facts.values.get("other-name", ()) if isinstance(term, Literal)]
    for language in (visit.language, "en", None):
        fitting = [t.value for t in others if t.language == language and len(t.value) <= _LETTERS]
        if fitting:
            return min(fitting, key=len)
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"


def shown(links: Links, kept: Collection[str]) -> list[str]:
    """Return what the picture shows of what is kept: of a large network, only what most is tied to has a place."""
    return [n for n in links.places if n in kept]


def data(visit: Visit, links: Links, kept: Collection[str]) -> dict[str, Any]:
    """Return the same for a script: nodes with label, kind, place, ties and address; ties by their numbers."""
    nodes = shown(links, kept)
    number = {n: i for i, n in enumerate(nodes)}
    ties = [[number[a], number[b], tie] for a, b, tie in links.ties if a in number and b in number]
    return {
        "version": visit.observatory.version,
        "nodes": [
            {
                "iri": n,
                "label": visit.label(n),
                "short": short(visit, n),
                "kind": _kind(links, n),
                "x": links.places[n][0],
                "y": links.places[n][1],
                "ties": sum(o in number for o in links.drawn.adj[n]),
                "href": visit.to(n),
            }
            for n in nodes
        ],
        "ties": ties,
    }


def ladder(visit: Visit, duties: Duties, relations: Sequence[str], says: str) -> Markup:
    """Return duties on the left, rules for AI on the right, and a line for each reading, drawn by its kind."""
    readings = [r for r in duties.readings if r.relation in relations]
    left = sorted({r.duty for r in readings}, key=lambda p: natural(visit, p))
    row = {p: n for n, p in enumerate(left)}
    home = {r.rule: visit.label(r.rule).split(",")[0] for r in readings}
    means: Mapping[str, float] = {
        name: _mean([row[r.duty] for r in readings if home[r.rule] == name]) for name in set(home.values())
    }
    right = sorted(home, key=lambda p: (means[home[p]], home[p], natural(visit, p)))
    most = max(len(left), len(right), 1)
    at = {("duty", p): _TOP + (n + 0.5) * most / max(len(left), 1) * _ROW for p, n in row.items()}
    at |= {("rule", p): _TOP + (n + 0.5) * most / max(len(right), 1) * _ROW for n, p in enumerate(right)}
    tall = _TOP + most * _ROW + 10
    parts = [f'<svg viewBox="0 0 {_LADDER} {tall}" role="img" aria-label="{escape(says)}" class="ladder">']
    parts.append(f'<text class="side" x="{_LEFT - 8}" y="14" text-anchor="end">{escape(visit.t("duties.duty"))}</text>')
    parts.append(f'<text class="side" x="{_RIGHT + 8}" y="14">{escape(visit.t("duties.rule"))}</text>')
    for relation in reversed(relations):
        lines = "".join(
            f"M{_LEFT} {a:.0f}C{_LEFT + 110} {a:.0f} {_RIGHT - 110} {b:.0f} {_RIGHT} {b:.0f}"
            for r in readings
            if r.relation == relation
            for a, b in ((at["duty", r.duty], at["rule", r.rule]),)
        )
        if lines:
            parts.append(f'<path class="reading {relation}" d="{lines}"/>')
    for p in left:
        parts.append(_end(visit, p, _LEFT - 8, at["duty", p], "end"))
    for p in right:
        parts.append(_end(visit, p, _RIGHT + 8, at["rule", p], "start"))
    return Markup("".join(parts) + "</svg>")


def _end(visit: Visit, provision: str, x: int, y: float, anchor: str) -> str:
    name = visit.label(provision)
    name = name if len(name) <= 52 else name[:51].rstrip() + "…"
    return f'<text x="{x}" y="{y + 4:.0f}" text-anchor="{anchor}">{escape(name)}</text>'


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _kind(links: Links, node: str) -> str:
    return links.kinds[node]
