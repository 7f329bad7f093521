"""The SPARQL endpoint: the protocol's basics, what is refused, and the description of the service."""

from __future__ import annotations

from urllib.parse import urlencode

from dgekg import formats
from dgekg.selfcheck.asking import Answer
from dgekg.selfcheck.negotiation import problem
from dgekg.selfcheck.outcome import Unusable
from dgekg.selfcheck.walk import SPARQL, Graph, Walk, asked
from dgekg.vocabulary import RDF_TYPE

_SD = "http://www.w3.org/ns/sparql-service-description#"
_MEND = "Follow the SPARQL 1.1 Protocol, section 2."


def sparql(walk: Walk) -> None:
    """Ask in all three ways, in several formats; send what must be refused."""
    for form in formats.RESULTS:
        _type(walk, _query(walk, "one", form.media_type), form.media_type)
    for form in formats.GRAPHS:
        answer = _query(walk, "graph", form.media_type)
        _type(walk, answer, form.media_type)
        walk.out.expect(
            len(answer.quads()) == 1, answer.address, f"{len(answer.quads())} triples", "one, by LIMIT 1", _MEND
        )
    body = {"query": asked("yes")}
    kind = formats.RESULTS_JSON.media_type
    form_ = {"Content-Type": formats.FORM_TYPE, "Accept": kind}
    for answer in (_query(walk, "yes", kind), walk.ask.send("POST", SPARQL, form_, urlencode(body).encode())):
        said = answer.json()
        walk.out.expect(
            isinstance(said, dict) and said.get("boolean") is True, answer.address, f"{said}", "boolean: true", _MEND
        )
    _refused(walk)


def _query(walk: Walk, name: str, accept: str) -> Answer:
    return walk.ask.get(f"{SPARQL}?{urlencode({'query': asked(name)})}", accept)


def _type(walk: Walk, answer: Answer, kind: str) -> None:
    walk.out.expect(
        answer.status == 200 and answer.media_type == kind,
        answer.address,
        f"{answer.status} {answer.media_type}",
        f"200 {kind}",
        _MEND,
    )
    if kind == formats.RESULTS_JSON.media_type:
        body = answer.json()
        rows = body.get("results", {}).get("bindings", []) if isinstance(body, dict) else []
        walk.out.expect(len(rows) == 1, answer.address, f"{len(rows)} rows", "one, by LIMIT 1", _MEND)


def _refused(walk: Walk) -> None:
    broken = _query(walk, "broken", formats.RESULTS_JSON.media_type)
    if problem(walk, broken, (400,)):
        body = broken.json()
        walk.out.expect(
            isinstance(body.get("line"), int) and isinstance(body.get("column"), int),
            broken.address,
            f"line {body.get('line')}, column {body.get('column')}",
            "line and column of the error",
            "Say where in the query the error is.",
        )
    update = asked("update").encode()
    accept = {"Accept": formats.RESULTS_JSON.media_type}
    sent = walk.ask.send("POST", SPARQL, {"Content-Type": formats.UPDATE_TYPE, **accept}, update)
    as_form = urlencode({"update": update}).encode()
    for answer in (
        sent,
        walk.ask.send("POST", SPARQL, {"Content-Type": formats.FORM_TYPE, **accept}, as_form),
        walk.ask.get(f"{SPARQL}?{urlencode({'query': update})}", formats.RESULTS_JSON.media_type),
    ):
        problem(walk, answer, (400, 403, 405, 415))
    answer = walk.ask.send("PUT", SPARQL, accept, b"")
    if problem(walk, answer, (405,)):
        allowed = answer.headers.get("allow", "")
        walk.out.expect("GET" in allowed, answer.address, f"Allow: {allowed or 'none'}", "Allow: GET, POST ...", _MEND)


def description(walk: Walk) -> None:
    """Read the description of the service at the endpoint itself."""
    answer = walk.got(SPARQL, formats.TURTLE.media_type)
    said = Graph(answer.quads())
    services = said.having(RDF_TYPE, _SD + "Service")
    if not services:
        mend = "Answer a GET without query with a description by SPARQL 1.1 Service Description."
        raise Unusable(answer.address, "no sd:Service", "a service", mend)
    here, wanted = said.one(services[0], _SD + "endpoint"), walk.ask.at(SPARQL)
    walk.out.expect(here == wanted, answer.address, f"sd:endpoint {here or 'none'}", wanted, "Name its address.")
    for name in ("resultFormat", "supportedLanguage", "defaultDataset"):
        found = said.of(services[0], _SD + name)
        walk.out.expect(bool(found), answer.address, f"no sd:{name}", f"sd:{name}", "Describe what the endpoint can.")
