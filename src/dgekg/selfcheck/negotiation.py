"""Linked data: every thing sampled, in every type that it offers; what is unknown or not to be had."""

from __future__ import annotations

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad

from dgekg import formats
from dgekg.selfcheck.asking import Answer
from dgekg.selfcheck.outcome import Unusable
from dgekg.selfcheck.signposts import with_context
from dgekg.selfcheck.walk import API_CATALOG, CATALOG, FEED, RECORDS, SPARQL, VOID, Walk

_ODD = "application/x-dgekg-unknown"
_UNKNOWN = "dgekg-selfcheck-unknown"


def offers(walk: Walk, thing: str) -> dict[str, str]:
    """Return what a thing is offered in: media type -> address of the document, by its Link headers."""
    answer = walk.got(thing, formats.TURTLE.media_type)
    if answer.status != 303 or "location" not in answer.headers:
        return {}
    found: dict[str, str] = {}
    for address, parameters in answer.links("alternate"):
        if "type" in parameters and parameters.get("profile", "/full").endswith("/full") and "?" not in address:
            found.setdefault(parameters["type"], address)
    return found


def documents(walk: Walk, thing: str) -> dict[str, Answer]:
    """Return the documents of a thing: media type -> answer."""
    return {kind: walk.got(address, kind) for kind, address in offers(walk, thing).items()}


def negotiation(walk: Walk) -> None:
    """Ask for every type of every sampled thing."""
    for thing in walk.samples():
        found = offers(walk, thing)
        wanted = {f.media_type for f in formats.GRAPHS}
        walk.out.expect(
            wanted <= set(found),
            walk.ask.at(thing),
            f"{walk.got(thing, formats.TURTLE.media_type).status}, offered: {', '.join(found) or 'nothing'}",
            f"303 with Link rel=alternate for {', '.join(sorted(wanted))}",
            "Answer a thing with 303, and name its representations in Link headers.",
        )
        for kind, address in found.items():
            _led(walk, walk.ask.get(thing, kind), kind, address)
            _typed(walk, walk.got(address, kind), kind)


def _led(walk: Walk, answer: Answer, kind: str, address: str) -> None:
    location = walk.target(answer) if "location" in answer.headers else "nowhere"
    walk.out.expect(
        answer.status == 303 and location == address,
        answer.address,
        f"{answer.status} to {location} for Accept: {kind}",
        f"303 to {address}",
        "Choose the document by Accept, and lead to the one that the Link header names.",
    )
    varies = {v.strip().lower() for v in answer.headers.get("vary", "").split(",")}
    walk.out.expect(
        "accept" in varies or "*" in varies,
        answer.address,
        f"Vary: {answer.headers.get('vary', 'none')}",
        "Vary: Accept",
        "Say Vary: Accept on redirects too, or caches mix types up.",
    )


def _typed(walk: Walk, answer: Answer, kind: str) -> None:
    walk.out.expect(
        answer.status == 200 and answer.media_type == kind,
        answer.address,
        f"{answer.status} {answer.media_type}",
        f"200 {kind}",
        "Send the Content-Type that the address and the Link header promise.",
    )


def same_triples(walk: Walk) -> None:
    """Parse all documents in RDF of every sampled thing, and compare what they say."""
    known = [f.media_type for f in formats.GRAPHS]
    for thing in walk.samples():
        first: tuple[str, set[Quad]] | None = None
        for kind, answer in documents(walk, thing).items():
            if kind not in known:
                continue
            try:
                said = _canonical(_readable(walk, answer).quads())
            except Unusable as error:
                walk.out.expect(False, error.address, error.found, error.expected, error.mend)
                continue
            if first is None:
                first = (kind, said)
                walk.out.expect(
                    bool(said), answer.address, "no triple", "triples", "Say something about what has an address."
                )
                continue
            walk.out.expect(
                said == first[1],
                answer.address,
                f"{len(said - first[1])} triples more and {len(first[1] - said)} fewer than in {first[0]}",
                "the same triples in every type",
                "Make all representations from the same statements.",
            )


def _readable(walk: Walk, answer: Answer) -> Answer:
    """Return a document with the JSON-LD context that it names put in its place: the parser fetches none."""
    if answer.media_type != formats.JSONLD.media_type or answer.status != 200:
        return answer
    return with_context(walk, answer)


def _canonical(quads: list[Quad]) -> set[Quad]:
    data = Dataset(quads)
    data.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(data)


def errors(walk: Walk) -> None:
    """Ask for what is not there, and for what cannot be had: always a problem that a program can read."""
    kind = formats.TURTLE.media_type
    for thing in walk.samples(1):
        _problem(walk, walk.ask.get(thing, _ODD), 406)
        _problem(walk, walk.ask.get(f"{walk.ask.at(thing).rpartition('/')[0]}/{_UNKNOWN}", kind), 404)
    for place in (CATALOG, RECORDS, VOID, FEED, SPARQL):
        _problem(walk, walk.ask.get(place, _ODD), 406)
    for place in (f"/{_UNKNOWN}", f"{FEED}/{_UNKNOWN}", f"/download/{_UNKNOWN}", f"/version/{'f' * 16}/catalog"):
        _problem(walk, walk.ask.get(place, formats.JSON.media_type), 404)
    _problem(walk, walk.ask.get(f"{RECORDS}?cursor={_UNKNOWN}", formats.JSON.media_type), 400)
    _problem(walk, walk.ask.send("POST", API_CATALOG, {"Accept": formats.JSON.media_type}, b""), 405)


def _problem(walk: Walk, answer: Answer, status: int) -> None:
    problem(walk, answer, (status,))


def problem(walk: Walk, answer: Answer, statuses: tuple[int, ...]) -> bool:
    """Expect an error as RFC 9457 has it, and nothing of the program's inside in it."""
    wanted = " or ".join(map(str, statuses))
    fine = answer.status in statuses and answer.media_type == formats.PROBLEM.media_type
    found = f"{answer.status} {answer.media_type}"
    if fine:
        body = answer.json()
        fine = isinstance(body, dict) and body.get("status") == answer.status and bool(body.get("detail"))
        found += "" if fine else " without its own status and detail"
    inside = b"Traceback (most recent call last)" in answer.body
    return walk.out.expect(
        fine and not inside,
        answer.address,
        found + (" with a traceback" if inside else ""),
        f"{wanted} {formats.PROBLEM.media_type} with status and detail",
        "Answer errors by RFC 9457, also those of the framework and of proxies before it.",
    )
