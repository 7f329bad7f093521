"""Lists for programs: actors, standards (instruments and provisions) and concepts, each with its practices counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from dgekg import equivalent, identifiers, template
from dgekg.coverage import View
from dgekg.coverage.arrays import popcount
from dgekg.errors import UnknownValue
from dgekg.folding import fold
from dgekg.index import NORMS
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.people import directory
from dgekg.web.people.directory import joined
from dgekg.web.people.grids import code
from dgekg.web.programs import endpoint, paging
from dgekg.web.programs.columns import ACTORS, CONCEPTS, STANDARDS
from dgekg.web.programs.endpoint import Answer, Endpoint
from dgekg.web.snapshot import query

SORTS = ("best", "title", "practices")
_ANY = View(("stage",))
_FAMILIES = ("human-rights", "ai-governance", "both")


@dataclass(frozen=True)
class _Line:
    """A record of a list, its kind for the search, and how many practices there are with it (None: no count)."""

    facts: Facts
    practices: int | None

    @property
    def iri(self) -> str:
        return self.facts.iri


Row = Callable[[Visit, _Line], list[Any]]


def _listed(
    visit: Visit, name: str, kinds: tuple[str, ...], lines: list[_Line], columns: Sequence[str], row: Row, page: str
) -> Answer:
    """Search, leave out, order and cut a list; then write its rows."""
    params = visit.request.query_params
    text = " ".join(params.get("q", "").split())
    out = excluded(visit, kinds)
    place: dict[str, int] = {}
    if text:
        hits = [hit.iri for kind in kinds for hit in directory.search(visit, text, _SEARCHED.get(kind, kind)).hits]
        place = {iri: n for n, iri in enumerate(hits)}
        lines = [line for line in lines if line.iri in place]
    lines = [line for line in lines if line.iri not in out]
    sort = params.get("sort", "") or ("best" if text else "title")
    if sort not in SORTS:
        raise UnknownValue("sort", sort, SORTS)
    lines.sort(key=lambda line: (_scheme(line.iri), fold(visit.label(line.iri)), line.iri))
    if sort == "practices":
        lines.sort(key=lambda line: -(line.practices or 0))
    elif sort == "best" and text:
        lines.sort(key=lambda line: place[line.iri])
    canonical = endpoint.query((k, v) for k, v in params.multi_items() if k not in _NOT_THE_LIST)
    iris = [line.iri for line in lines]
    cut = paging.page(visit, f"{name}?{canonical}", iris, whole=endpoint.whole(visit))
    about = {"query": canonical, "total": len(lines), "sparql": _sparql(name, iris, bool(canonical))}
    return Answer(columns, [row(visit, line) for line in lines[cut.start : cut.stop]], about, page, cut.cursor)


_SEARCHED = {"scheme": "concept"}
_NOT_THE_LIST = ("cursor", "limit", "format", "safe", "lang")


def _scheme(iri: str) -> str:
    local = identifiers.parse(iri)
    return local.scheme if local else ""


def _sparql(name: str, iris: Sequence[str], chosen: bool) -> str | None:
    """Return the query for a list; one that was chosen from is given by name, where it is short enough."""
    text = query(f"list-{name}")
    if not chosen:
        return text
    if not 0 < len(iris) <= equivalent.MOST_NAMED:
        return None
    variable = next(iter(template.slots(text)))
    return template.bind(text, {variable: [NamedNode(iri) for iri in iris]})


def excluded(visit: Visit, kinds: Iterable[str]) -> frozenset[str]:
    """Return the records that a request leaves out: of the kinds of its list, or practices as `practice/slug`.

    Raises:
        UnknownValue: no such record; the nearest are suggested.
    """
    names, found = visit.observatory.names, set()
    homes = [_home(kind) for kind in kinds]
    for given in visit.request.query_params.getlist("exclude"):
        text = given.strip()
        if not text:
            continue
        kind, slash, rest = text.partition("/")
        if slash and kind in ("practice", *kinds) and kind != "scheme":
            found.add(names.resolve(rest, [_home(kind)], "exclude"))
        else:
            found.add(names.resolve(text, homes, "exclude"))
    return frozenset(found)


def _home(kind: str) -> str:
    return identifiers.scheme("x")[:-1] if kind == "scheme" else identifiers.records(kind)


def _resolved(visit: Visit, name: str, home: str) -> str:
    text = visit.request.query_params.get(name, "").strip()
    return visit.observatory.names.resolve(text, [home], name) if text else ""


def _within(visit: Visit, values: Iterable[str], wanted: str) -> bool:
    return not wanted or any(wanted in visit.observatory.index.within.get(v, {v}) for v in values)


def actors(visit: Visit) -> Answer:
    """List actors."""
    sector = _resolved(visit, "sector", identifiers.scheme("sector") + "/")
    country = _resolved(visit, "country", identifiers.scheme("region") + "/")
    role = code(_resolved(visit, "role", identifiers.scheme("role") + "/"))
    out = excluded(visit, ("actor",))
    lines = []
    for facts in visit.snapshot.actors.values():
        if not _within(visit, facts.all("sector"), sector) or not _within(visit, facts.all("country"), country):
            continue
        if role and role not in facts.by("practice"):
            continue
        lines.append(_Line(facts, len({p for ps in facts.by("practice").values() for p in ps} - out)))

    def row(visit: Visit, line: _Line) -> list[Any]:
        facts = line.facts
        parts = [f"{name} {len(set(found) - out)}" for name, found in facts.by("practice").items() if set(found) - out]
        country = facts.one("country")
        return [
            *(facts.iri, code(facts.iri), visit.label(facts.iri), joined(facts.all("other-name"))),
            *(joined(map(visit.label, facts.all("sector"))), visit.label(country) if country else ""),
            *(facts.one("homepage"), line.practices, joined(parts)),
            *(joined(map(code, facts.all("sector"))), code(country)),
        ]

    return _listed(visit, "actors", ("actor",), lines, list(ACTORS), row, "/actors")


def standards(visit: Visit) -> Answer:
    """List instruments and provisions."""
    params, index = visit.request.query_params, visit.observatory.index
    kinds = [kind for given in params.getlist("kind") for kind in given.split(",") if kind]
    for kind in kinds:
        if kind not in NORMS:
            raise UnknownValue("kind", kind, NORMS)
    family = params.get("family", "").strip()
    if family and family not in _FAMILIES:
        raise UnknownValue("family", family, _FAMILIES)
    instrument = _resolved(visit, "instrument", identifiers.records("instrument"))
    right = _resolved(visit, "right", identifiers.scheme("right") + "/")
    out = excluded(visit, NORMS)
    kept = index.everything & ~index.bits(index.position[iri] for iri in out if iri in index.position)
    lines = []
    for kind in NORMS:
        members = index.members(kind)
        for iri in index.concepts(kind):
            facts = visit.snapshot.norms.get(iri, Facts(iri, {}))
            owner = _owner(visit, iri)
            if (kinds and kind not in kinds) or (instrument and owner != instrument):
                continue
            if family and not _family(visit, owner).endswith(f"/{family}"):
                continue
            if right and not _within(visit, facts.all("right"), right):
                continue
            lines.append(_Line(facts, popcount(members[iri] & kept) if iri in members else 0))
    return _listed(visit, "standards", NORMS, lines, list(STANDARDS), _standard, "/standards")


def _standard(visit: Visit, line: _Line) -> list[Any]:
    facts, iri = line.facts, line.iri
    local = identifiers.parse(iri)
    return [
        *(iri, code(iri), local.kind if local else "", visit.label(iri), facts.one("number"), code(_owner(visit, iri))),
        *(code(facts.one("family")), code(facts.one("type")), code(facts.one("bindingness")), facts.one("adopted")),
        *(facts.text("subject", visit.language)[0], joined(map(visit.label, facts.all("right")))),
        *(line.practices, facts.one("source"), joined(map(code, facts.all("right")))),
    ]


def _owner(visit: Visit, iri: str) -> str:
    home = identifiers.records("instrument")
    return next((w for w in sorted(visit.observatory.index.within.get(iri, {iri})) if w.startswith(home)), "")


def _family(visit: Visit, instrument: str) -> str:
    return visit.snapshot.norms.get(instrument, Facts(instrument, {})).one("family")


def concepts(visit: Visit) -> Answer:
    """List concepts of one scheme, or of all."""
    index = visit.observatory.index
    schemes = sorted({_scheme(iri) for iri in visit.snapshot.concepts})
    wanted = visit.request.query_params.get("scheme", "").strip()
    if wanted and wanted not in schemes:
        raise UnknownValue("scheme", wanted, schemes)
    out = excluded(visit, ("scheme",))
    kept = index.everything & ~index.bits(index.position[iri] for iri in out if iri in index.position)
    dimensions = _dimensions(visit)
    lines = []
    for iri, facts in visit.snapshot.concepts.items():
        name = dimensions.get(_scheme(iri), "")
        if wanted and _scheme(iri) != wanted:
            continue
        members = index.members(name) if name else {}
        shut = directory.withheld(visit, _ANY, (name, iri)) if name else True
        lines.append(_Line(facts, None if shut else popcount(members[iri] & kept) if iri in members else 0))

    def row(visit: Visit, line: _Line) -> list[Any]:
        facts, iri = line.facts, line.iri
        return [
            *(iri, _scheme(iri), code(iri), visit.label(iri), facts.one("notation")),
            *(facts.text("definition", visit.language)[0], joined(map(code, facts.all("broader")))),
            joined(sorted(set(facts.all("other-name")))),
            *("" if line.practices is None else line.practices, dimensions.get(_scheme(iri), "")),
        ]

    return _listed(visit, "concepts", ("scheme",), lines, list(CONCEPTS), row, f"/scheme/{wanted}" if wanted else "")


def _dimensions(visit: Visit) -> Mapping[str, str]:
    """Return for each scheme the dimension whose rows its concepts are; the first, where there are several."""
    found: dict[str, str] = {}
    for name, dimension in visit.observatory.index.dimensions.items():
        for home in (dimension.home, *dimension.beside):
            local = identifiers.parse(home)
            if local is not None:
                found.setdefault(local.scheme, name)
    return found


def _first(facts: Mapping[str, Facts], what: str) -> str:
    return next((code(f.one(what)) for f in facts.values() if f.one(what)), "")


def _actor_examples(visit: Visit) -> list[tuple[str, str]]:
    sector = _first(visit.snapshot.actors, "sector")
    if not sector:
        return [("limit=2", "Actors, two at a time")]
    return [(f"sector={sector}&limit=2", f"Actors of the sector {sector}, two at a time")]


def _standard_examples(visit: Visit) -> list[tuple[str, str]]:
    first = next(iter(visit.observatory.index.concepts("instrument")), "")
    if not first:
        return [("limit=2", "Instruments and provisions, two at a time")]
    return [(f"instrument={code(first)}&limit=2", "An instrument with its provisions")]


def _concept_examples(_visit: Visit) -> list[tuple[str, str]]:
    return [("scheme=stage&lang=es&limit=2", "Stages of the lifecycle, in Spanish")]


_PAGED = ("q", "sort", "exclude", "cursor", "limit")
ENDPOINTS = (
    Endpoint(
        "/api/actors",
        "Actors: who leads, funds, evaluates or takes part",
        "Each with its sectors, its country and the practices that it has a part in.",
        ("sector", "country", "role", *_PAGED),
        actors,
        _actor_examples,
        columns=ACTORS,
    ),
    Endpoint(
        "/api/standards",
        "Instruments and provisions, with the practices that concern them",
        "A practice concerns an instrument where it concerns any of its provisions. It is no finding that anybody "
        "complies.",
        ("kind", "family", "instrument", "right", *_PAGED),
        standards,
        _standard_examples,
        columns=STANDARDS,
    ),
    Endpoint(
        "/api/concepts",
        "Concepts of the schemes: stages, groups, regions, rights, kinds ...",
        "Their codes are what filters take. Labels and definitions in English, French and Spanish.",
        ("scheme", *_PAGED),
        concepts,
        _concept_examples,
        columns=CONCEPTS,
    ),
)
