"""Where a harvester is led: the list of services, OpenAPI, the sitemap, the context of the JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from dgekg import formats
from dgekg.selfcheck.asking import Answer
from dgekg.selfcheck.outcome import Unusable
from dgekg.selfcheck.walk import API_CATALOG, CATALOG, DCAT, OPENAPI, Walk, spread

_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}


def services(walk: Walk) -> None:
    """Follow every link of the list of services, and every service of the catalogue."""
    answer = walk.got(API_CATALOG, formats.LINKSET.media_type)
    walk.out.expect(
        answer.status == 200 and answer.media_type == formats.LINKSET.media_type,
        answer.address,
        f"{answer.status} {answer.media_type}",
        f"200 {formats.LINKSET.media_type}",
        "Serve the list by RFC 9727.",
    )
    body = answer.json()
    links = [(str(one.get("href")), str(one.get("type", ""))) for one in _targets(body)]
    walk.out.expect(bool(links), answer.address, "no link", "links to services", "List the services.")
    catalogue = walk.told(CATALOG)
    ends = [
        a for s in catalogue.of(catalogue_of(walk), DCAT + "service") for a in catalogue.of(s, DCAT + "endpointURL")
    ]
    for address, kind in dict.fromkeys([*links, *((a, "") for a in ends)]):
        found = walk.followed(address, kind)
        right = not kind or found.media_type == kind
        walk.out.expect(
            found.status == 200 and right,
            address,
            f"{found.status} {found.media_type}",
            f"200 {kind}".strip(),
            "Name only addresses that answer, with the type that they answer in.",
        )


def catalogue_of(walk: Walk) -> str:
    """Return the IRI of the catalogue, or "" where none is described."""
    return next(iter(walk.told(CATALOG).having(DCAT + "dataset")), "")


def _targets(body: Any) -> list[dict[str, Any]]:
    """Return what a linkset leads to, below the service: licences are documents of others."""
    sets = body.get("linkset", []) if isinstance(body, dict) else []
    return [
        target
        for one in sets
        if isinstance(one, dict)
        for name, targets in one.items()
        if name not in ("anchor", "license") and isinstance(targets, list)
        for target in targets
        if isinstance(target, dict)
    ]


def openapi(walk: Walk) -> None:
    """Read the description of the interface, and ask what takes no parameters."""
    answer = walk.got(OPENAPI, formats.JSON.media_type)
    body = answer.json()
    found = body if isinstance(body, dict) and answer.status == 200 else {}
    paths = found.get("paths") or {}
    walk.out.expect(
        str(found.get("openapi", "")).startswith("3.") and bool(paths),
        answer.address,
        f"{answer.status}, openapi {found.get('openapi')}, {len(paths)} paths",
        "OpenAPI 3 with paths",
        "Publish the description of the interface.",
    )
    writing = sorted(f"{m} {p}" for p, said in paths.items() for m in said if m in _METHODS - {"get", "head", "post"})
    walk.out.expect(not writing, answer.address, ", ".join(writing), "nothing that writes", "The service is read-only.")
    for path, said in paths.items():
        asked = said.get("get", {})
        if "get" in said and "{" not in path and not any(p.get("required") for p in asked.get("parameters", [])):
            got = walk.ask.get(path, formats.JSON.media_type)
            walk.out.expect(
                got.status == 200, got.address, f"{got.status} {got.media_type}", "200", "Describe only what answers."
            )


def sitemap(walk: Walk) -> None:
    """Open some of the addresses that the sitemap lists, of every sort."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for address in walk.sitemap():
        parts = address.removeprefix(walk.ask.url).strip("/").split("/")
        groups.setdefault((str(len(parts)), *parts[:-1]), []).append(address)
    for group in groups.values():
        for address in spread(group, walk.sample):
            found = walk.followed(address, formats.HTML.media_type)
            walk.out.expect(
                found.status == 200 and found.media_type == formats.HTML.media_type,
                address,
                f"{found.status} {found.media_type}",
                f"200 {formats.HTML.media_type}",
                "List only pages that are there.",
            )


def context(walk: Walk) -> None:
    """Fetch the JSON-LD context that documents name: there, of the right type, to be kept for ever."""
    for address in _contexts(walk):
        found = _context(walk, address)
        walk.out.expect(
            found.media_type == formats.JSONLD.media_type and "@context" in found.json(),
            found.address,
            f"{found.media_type}",
            f"{formats.JSONLD.media_type} with @context",
            "Serve the context as JSON-LD.",
        )
        kept = found.headers.get("cache-control", "")
        walk.out.expect(
            "immutable" in kept,
            found.address,
            f"Cache-Control: {kept or 'none'}",
            "immutable: what a number says never changes",
            "Let clients keep a numbered context.",
        )


def _contexts(walk: Walk) -> list[str]:
    found: dict[str, None] = {}
    for thing in walk.samples(1):
        document = walk.followed(thing, formats.JSONLD.media_type)
        if document.media_type == formats.JSONLD.media_type:
            body = document.json()
            named = body.get("@context") if isinstance(body, dict) else None
            found.update(
                dict.fromkeys(n for n in (named if isinstance(named, list) else [named]) if isinstance(n, str))
            )
    return list(found)


def _context(walk: Walk, address: str) -> Answer:
    found = walk.followed(address, formats.JSONLD.media_type)
    if found.status != 200:
        mend = "Serve the context at the address that documents name."
        raise Unusable(found.address, str(found.status), "200 and the JSON-LD context", mend)
    return found


def with_context(walk: Walk, answer: Answer) -> Answer:
    """Return a JSON-LD document with the contexts that it names put in their place, as a reader would fetch them.

    Raises:
        Unusable: the document or a context cannot be read.
    """
    body = answer.json()
    if not isinstance(body, dict) or "@context" not in body:
        return answer
    named = body["@context"]
    several = named if isinstance(named, list) else [named]
    body["@context"] = [
        _context(walk, one).json().get("@context", {}) if isinstance(one, str) else one for one in several
    ]
    return dataclasses.replace(answer, body=json.dumps(body).encode())
