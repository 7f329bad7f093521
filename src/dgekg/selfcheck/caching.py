"""What caches and other sites' programs rely on: ETags, HEAD, Vary, CORS, nosniff, the licence."""

from __future__ import annotations

import re
from typing import Any

from dgekg import formats
from dgekg.selfcheck.asking import Answer
from dgekg.selfcheck.negotiation import documents
from dgekg.selfcheck.walk import API_CATALOG, CATALOG, DCAT, DCT, FEED, OPENAPI, RECORDS, SITEMAP, SPARQL, VOID, Walk

_STRONG = re.compile(r'"[^"]+"')
_ORIGIN = "https://harvester.invalid"
# What differs from answer to answer, of the service or of a proxy before it.
_OWN = {"date", "x-request-id", "age", "connection", "keep-alive", "server", "transfer-encoding", "via"}


def places(walk: Walk) -> list[tuple[str, str]]:
    """Return the documents that every harvester begins with, with the type to ask for."""
    ttl, json = formats.TURTLE.media_type, formats.JSON.media_type
    kinds = [f"/id/{kind}" for kind in list(walk.kinds())[:1]]
    return [
        (API_CATALOG, formats.LINKSET.media_type),
        *((place, ttl) for place in (CATALOG, VOID, RECORDS, *kinds)),
        (RECORDS, json),
        (FEED, formats.TRIG.media_type),
        (OPENAPI, json),
        (SITEMAP, formats.SITEMAP.media_type),
    ]


def _all(walk: Walk) -> list[Answer]:
    """Return those documents, and all documents of one sample of every kind."""
    found = [walk.followed(place, kind) for place, kind in places(walk)]
    return found + [a for thing in walk.samples(1) for a in documents(walk, thing).values()]


def etag(walk: Walk) -> None:
    """Look for strong ETags, ask again with them, and compare them between representations."""
    for answer in _all(walk):
        tag = answer.headers.get("etag", "")
        fine = walk.out.expect(
            answer.status == 200 and bool(_STRONG.fullmatch(tag)),
            answer.address,
            f"{answer.status}, ETag: {tag or 'none'}",
            'a strong ETag ("...", no W/)',
            "Send an ETag made of version and representation; see that no proxy weakens it (nginx: gzip off).",
        )
        if fine:
            _again(walk, answer, tag)
    for thing in walk.samples(1):
        _apart(walk, thing)


def _again(walk: Walk, first: Answer, tag: str) -> None:
    asked = {"Accept": first.media_type, "If-None-Match": tag}
    answer = walk.ask.send("GET", first.address, asked)
    walk.out.expect(
        answer.status == 304 and not answer.body and answer.headers.get("etag") == tag,
        first.address,
        f"{answer.status} with ETag {answer.headers.get('etag', 'none')} and {len(answer.body)} bytes",
        f"304 with ETag {tag} and no body",
        "Answer 304 where If-None-Match names the ETag of the current representation.",
    )
    other = walk.ask.send("GET", first.address, {**asked, "If-None-Match": '"dgekg-selfcheck"'})
    walk.out.expect(
        other.status == 200,
        first.address,
        f"{other.status} for an ETag that was never given",
        "200",
        "Answer 304 only to an ETag of this representation.",
    )


def _apart(walk: Walk, thing: str) -> None:
    seen: dict[str, str] = {}
    for kind, answer in documents(walk, thing).items():
        packed = walk.ask.get(answer.address, kind, {"Accept-Encoding": "gzip"})
        for name, one in ((kind, answer), (f"{kind} (gzip)", packed)):
            tag = one.headers.get("etag", "")
            if one is packed and one.headers.get("content-encoding", "") != "gzip":
                continue
            walk.out.expect(
                not tag or tag not in seen,
                one.address,
                f"the ETag of {seen.get(tag)} for {name}",
                "another ETag for every representation",
                "Let the ETag depend on media type and encoding too.",
            )
            seen.setdefault(tag, name)


def head(walk: Walk) -> None:
    """Ask with HEAD: the headers of GET, and no body."""
    for answer in _all(walk):
        found = walk.ask.send("HEAD", answer.address, {"Accept": answer.media_type})
        gave, got = ({k.lower(): v for k, v in one.headers.items() if k.lower() not in _OWN} for one in (answer, found))
        differing = sorted(k for k in gave.keys() | got.keys() if gave.get(k) != got.get(k))
        walk.out.expect(
            found.status == answer.status and not found.body and not differing,
            answer.address,
            f"{found.status}; differs in: {', '.join(differing) or 'nothing'}; {len(found.body)} bytes",
            "the status and headers of GET, and no body",
            "Answer HEAD by the same code as GET.",
        )


def cors(walk: Walk) -> None:
    """Ask as a script in a page of another site."""
    for place, kind in [*places(walk), (SPARQL, formats.TURTLE.media_type), ("/dgekg-selfcheck-unknown", "")]:
        answer = walk.ask.get(place, kind, {"Origin": _ORIGIN})
        allowed = answer.headers.get("access-control-allow-origin", "")
        walk.out.expect(
            allowed in ("*", _ORIGIN),
            answer.address,
            f"Access-Control-Allow-Origin: {allowed or 'none'}",
            "*",
            "Allow requests from any origin, for errors too; all of this is public.",
        )
        exposed = answer.headers.get("access-control-expose-headers", "").lower()
        if answer.status == 200 and answer.headers.get("etag"):
            walk.out.expect(
                "*" in exposed or "etag" in exposed,
                answer.address,
                f"Access-Control-Expose-Headers: {exposed or 'none'}",
                "ETag among them",
                "Expose ETag and Link to scripts.",
            )
    asked = {"Origin": _ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = walk.ask.send("OPTIONS", SPARQL, {**asked, "Access-Control-Request-Headers": "content-type"})
    walk.out.expect(
        answer.status in (200, 204) and bool(answer.headers.get("access-control-allow-methods")),
        answer.address,
        f"{answer.status} to a preflight",
        "200 with Access-Control-Allow-Methods",
        "Answer the preflight of a POST to the endpoint.",
    )


def nosniff(walk: Walk) -> None:
    """Look for X-Content-Type-Options on every sort of answer."""
    others = [walk.ask.get("/dgekg-selfcheck-unknown"), walk.got(SPARQL, formats.TURTLE.media_type)]
    for answer in [*_all(walk), *others]:
        found = answer.headers.get("x-content-type-options", "")
        walk.out.expect(
            found.lower() == "nosniff",
            answer.address,
            f"X-Content-Type-Options: {found or 'none'}",
            "nosniff",
            "Send it with every answer, or a browser may run data as a page.",
        )


def licence(walk: Walk) -> None:
    """Look for the licence: in Link headers or JSON of all data, and on every distribution."""
    wanted = walk.licence()
    walk.out.expect(
        bool(wanted), walk.ask.at(CATALOG), "no dct:license", "a licence of the dataset", "Name it in the catalogue."
    )
    catalogue = walk.told(CATALOG)
    for distribution in catalogue.of(walk.dataset(), DCAT + "distribution"):
        found = catalogue.one(distribution, DCT + "license")
        _same(walk, distribution, [found] if found else [], wanted)
    data = [a for a in _all(walk) if a.media_type != formats.SITEMAP.media_type]
    for answer in [*data, walk.got(SPARQL, formats.TURTLE.media_type)]:
        _same(walk, answer.address, [address for address, _ in answer.links("license")] or _in_json(answer), wanted)


def _same(walk: Walk, address: str, found: list[str], wanted: str) -> None:
    walk.out.expect(
        bool(wanted) and found == [wanted],
        address,
        ", ".join(found) or "no licence",
        wanted or "a licence",
        'Say the licence: Link rel="license", "license" in JSON, dct:license of each distribution.',
    )


def _in_json(answer: Answer) -> list[str]:
    if not answer.media_type.endswith("json"):
        return []
    body: Any = answer.json()
    if not isinstance(body, dict):
        return []
    found = body.get("license") or (body.get("info") or {}).get("license")
    found = found.get("url", "") if isinstance(found, dict) else found
    return [str(found)] if found else []
