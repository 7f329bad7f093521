"""Requests a second and how long they take, beside other services: `python -m benchmarks.service.run`.

Each service runs alone, over the same built version, asked by the same clients on this machine; what the clients
themselves take is in every figure. A client asks again as soon as it has its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.run import put_into
from benchmarks.service.load import Ask, Load, beside, loaded
from benchmarks.service.served import HELLO, OURS, OXIGRAPH, RDFLIB, Served, served
from dgekg import identifiers
from dgekg.settings import Project, Settings

CLIENTS = 8
# What clients ask again and again, by GET as SPARQLWrapper does, and what nobody asked before, by POST.
SMALL, NEW = "a small SELECT", "a small SELECT, each for the first time"
_RECORDS = 50
_NEW = 2_000  # so many times as many queries: more than a service answers in the seconds that a load lasts
_VIEW = "/api/coverage?rows=stage&cols=group"
_HOSTILE = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * WHERE { ?s (<urn:a>|!<urn:b>)* ?o . ?o (<urn:a>|!<urn:b>)* ?x }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?f))) AS ?x) WHERE { ?a ?b ?c . ?d ?e ?f }",
)
Row = tuple[str, ...]


def asks(service: Served, project: Project) -> dict[str, list[Ask]]:
    """Return what a service is asked, by what it is called in the table."""
    records = [identifiers.record("practice", file.stem) for file in sorted((project.data / "practices").glob("*.ttl"))]
    records = records[:_RECORDS]
    if service.name == HELLO:
        return {"one line of JSON": [Ask("/")]}
    title = "SELECT ?title WHERE {{ <{}> <http://purl.org/dc/terms/title> ?title }} LIMIT {}"
    found = {
        SMALL: [_by_get(service, title.format(iri, 1)) for iri in records],
        NEW: [_sparql(service, title.format(iri, number)) for number in range(2, 1 + _NEW) for iri in records],
    }
    if service.name == OURS:
        found["a record as JSON-LD"] = [Ask(f"{identifiers.path_of(iri)}.jsonld") for iri in records]
        found["a view, stage x group"] = [Ask(_VIEW)]
        found["the same view, 304"] = [Ask(_VIEW, etag=_etag(service.address + _VIEW))]
        found["a page, /gaps"] = [Ask("/gaps", "text/html")]
    else:
        described = "CONSTRUCT {{ <{0}> ?p ?o }} WHERE {{ <{0}> ?p ?o }}"
        form = [_sparql(service, described.format(iri), "text/turtle") for iri in records]
        found["a record as JSON-LD"] = form
    return found


def _by_get(service: Served, query: str) -> Ask:
    return Ask(f"{service.sparql}?{urlencode({'query': query})}", "application/sparql-results+json")


def _sparql(service: Served, query: str, accept: str = "application/sparql-results+json") -> Ask:
    return Ask(service.sparql, accept, (("query", query),))


def _etag(address: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": "*/*"})) as answer:
        return str(answer.headers["ETag"])


def measured(project: Project, scratch: Path, seconds: float, say: Callable[[str], None] = print) -> dict[str, Load]:
    """Return what became of each load, by `service: what`; those beside hostile ones end in `, hostile`."""
    found: dict[str, Load] = {}
    for name in (HELLO, OURS, OXIGRAPH, RDFLIB):
        with served(name, project, scratch) as service:
            for what, given in asks(service, project).items():
                found[f"{name}: {what}"] = asyncio.run(loaded(service.address, given, CLIENTS, seconds))
                say(f"{name}: {what}: {found[f'{name}: {what}'].rate:.0f} a second")
            if name != HELLO:
                small = asks(service, project)[NEW]
                hostile = [_sparql(service, query) for query in _HOSTILE]
                load = asyncio.run(beside(small, service.address, hostile, CLIENTS, 2 * seconds))
                found[f"{name}: {NEW}, hostile"] = load
                say(f"{name}: beside hostile ones: {load.rate:.0f} a second, {dict(load.wrong)}")
    return found


def table(found: dict[str, Load]) -> str:
    """Return the table in Markdown; each ratio is of answers a second, ours to theirs."""
    rows: list[Row] = [("what", "service", "a second", "p50, ms", "p99, ms", "wrong", "ours is")]
    rows.append(tuple("---" for _ in rows[0]))
    whats = dict.fromkeys(key.partition(": ")[2] for key in found)
    for what in whats:
        for name in (OURS, OXIGRAPH, RDFLIB, HELLO):
            load = found.get(f"{name}: {what}")
            if load is not None:
                rows.append((what, name, *_figures(load), _ratio(found, name, what, load)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _figures(load: Load) -> Row:
    wrong = ", ".join(f"{count} {what}" for what, count in load.wrong.most_common())
    return f"{load.rate:,.0f}", f"{load.percentile(50) * 1e3:.1f}", f"{load.percentile(99) * 1e3:.1f}", wrong or "0"


def _ratio(found: dict[str, Load], name: str, what: str, load: Load) -> str:
    ours, hello = found.get(f"{OURS}: {what}"), found.get(f"{HELLO}: one line of JSON")
    if name != OURS:
        return f"{ours.rate / load.rate:.1f} x" if ours and load.rate else ""
    if what.endswith(", hostile"):
        quiet = found[f"{OURS}: {what.removesuffix(', hostile')}"]
        return f"p99 {load.percentile(99) / quiet.percentile(99):.1f} x its quiet value"
    if hello and what.endswith(("304", "group", "/gaps")):
        return f"{hello.rate / load.rate:.1f} x slower than one line of JSON" if load.rate else ""
    return ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.service.run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--project", type=Path, help="a built project (default: this one)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts")
    parser.add_argument("--out", type=Path, help="document to put the table into (default: print it)")
    chosen = parser.parse_args(arguments)
    project = Project.at(chosen.project) if chosen.project else Settings.read().project()
    with tempfile.TemporaryDirectory(prefix="dgekg-service-") as scratch:
        found = measured(project, Path(scratch), chosen.seconds)
    text = f"{CLIENTS} clients, {chosen.seconds:g} seconds each.\n\n{table(found)}"
    if chosen.out:
        put_into(chosen.out, text, "service")
    else:
        print(text)


if __name__ == "__main__":
    main()
