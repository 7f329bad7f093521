"""Link headers of documents (RFC 8288): what a machine can learn of a thing without reading about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dgekg import context as contexts
from dgekg import formats, identifiers
from dgekg.formats import Format
from dgekg.vocabulary import ONTOLOGY, SHAPES
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked import profiles, shapeset
from dgekg.web.linked.resources import Resource

_CONTEXT = "http://www.w3.org/ns/json-ld#context"
_LISTS: Mapping[str, str] = {
    "practice": "/practices",
    "actor": "/actors",
    "instrument": "/standards",
    "provision": "/standards",
    "term": "/ontology",
    "shape": "/shapes",
    "question": "/questions",
}
_TYPES = 6
Links = Sequence[tuple[str, str, Mapping[str, str]]]


def joined(links: Links) -> str:
    """Return a Link header from (address, relation, attributes).

    >>> joined([("/x.ttl", "alternate", {"type": "text/turtle"})])
    '</x.ttl>; rel="alternate"; type="text/turtle"'
    """
    return ", ".join(f'<{a}>; rel="{r}"' + "".join(f'; {k}="{v}"' for k, v in more.items()) for a, r, more in links)


def header(visit: Visit, resource: Resource, profile: str, kind: Format | None = None) -> str:
    """Return the Link header of a thing, or of one of its documents.

    Args:
        visit: the request.
        resource: the thing.
        profile: of the document, or that it would be given in.
        kind: of the document; None where the answer is none.
    """
    classes = sorted(visit.snapshot.classes.get(resource.iri, ()))
    links: list[tuple[str, str, Mapping[str, str]]] = [
        (resource.iri, "canonical", {}),
        (resource.iri, "cite-as", {}),
        (LICENCE, "license", {}),
    ]
    links += [(address, "type", {}) for address in classes[:_TYPES]]
    collection = _collection(resource)
    if collection:
        links.append((visit.url(collection), "collection", {}))
    links += _describing(visit, resource, classes, kind)
    if kind is not None:
        links.append((identifiers.profile(profile), "profile", {}))
    for name, form, address in profiles.representations(resource):
        if (name == profile and form is not kind) or (name != profile and form is formats.TURTLE):
            about = {"type": form.media_type, "profile": identifiers.profile(name)}
            links.append((visit.url(address), "alternate", about))
    return joined(links)


def _collection(resource: Resource) -> str:
    local = identifiers.parse(resource.iri)
    if local is not None and local.kind == "scheme":
        return f"/scheme/{local.scheme}" if local.slug else ""
    return _LISTS.get(local.kind if local is not None else resource.family, "")


def _describing(visit: Visit, resource: Resource, classes: Sequence[str], kind: Format | None) -> Links:
    """Return where it is said how to read a document: shapes, ontology, context."""
    found: list[tuple[str, str, Mapping[str, str]]] = []
    for shape in shapeset.targeting(visit, classes):
        found.append((visit.url(f"/shapes/{shape.removeprefix(SHAPES)}"), "describedby", {}))
    if any(c.startswith(ONTOLOGY) for c in classes) or resource.family == "term":
        found.append((visit.url("/ontology"), "describedby", {}))
    number = contexts.newest(visit.observatory.project).number
    context = f"{visit.base}/context/{number}.{formats.JSONLD.suffix}"
    if kind is formats.JSON:
        found.append((context, _CONTEXT, {"type": formats.JSONLD.media_type}))
    if kind in (formats.JSON, formats.JSONLD):
        found.append((context, "describedby", {"type": formats.JSONLD.media_type}))
    return found
