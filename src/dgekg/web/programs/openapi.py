"""`/openapi.json`: every address for programs, its parameters, answers and errors, with examples from this version.

Nothing in an example is made up: each is an address that can be asked, and the answer is what it gives, cut to two
rows. An example that this version has no data for is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request

import dgekg
from dgekg import formats
from dgekg.errors import DgekgError
from dgekg.web.house import LICENCE, Visit
from dgekg.web.programs import endpoint, parameters
from dgekg.web.programs import schemas as openapi_schemas
from dgekg.web.programs.endpoint import Endpoint
from dgekg.web.words import messages

_ROWS = 2
_ABOUT = (
    "Read-only; CC BY 4.0. Every answer says its version, licence, filter and, where there is one, the SPARQL that "
    "gives the same numbers."
)


def document(visit: Visit, endpoints: Sequence[Endpoint], others: dict[str, Any]) -> str:
    """Return the description as JSON text.

    Args:
        visit: the request; its version gives the examples.
        endpoints: tables for programs.
        others: paths of what is no table, as OpenAPI writes them.
    """
    what = visit.observatory.words("en", messages)["site.what"]
    paths = {one.path: {"get": _operation(visit, one)} for one in endpoints}
    body = {
        "openapi": "3.1.0",
        "info": {
            "title": "dgekg",
            "version": dgekg.__version__,
            "description": f"{what} {_ABOUT}\n\nExamples are of version {visit.observatory.version}.",
            "license": {"name": "CC BY 4.0", "url": LICENCE},
        },
        "servers": [{"url": visit.absolute("") or "/"}],
        "paths": {**paths, **others},
        "components": {
            "schemas": openapi_schemas.shared(),
            "responses": {"Problem": openapi_schemas.problem_response()},
        },
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def addresses(one: Endpoint, visit: Visit) -> list[tuple[str, str]]:
    """Return the example addresses of an endpoint with what each shows."""
    found = []
    for example, words in one.examples(visit):
        path = example if example.startswith("/") else f"{one.path}?{example}".rstrip("?")
        found.append((path, words))
    return found


def _operation(visit: Visit, one: Endpoint) -> dict[str, Any]:
    shown = _examples(visit, one)
    query = parse_qs(next(iter(shown), "").partition("?")[2])
    listed = parameters.described(tuple(n for n in one.takes if n != "*"), one.required)
    for parameter in listed:
        if parameter["name"] in query:
            many = parameter["schema"]["type"] == "array"
            values: list[Any] = query[parameter["name"]]
            number = parameter["schema"]["type"] == "integer"
            parameter["example"] = values if many else int(values[0]) if number else values[0]
    lines = "".join(f"\n\n`GET {address}`: {found['summary']}." for address, found in shown.items())
    content: dict[str, Any] = {
        formats.JSON.media_type: {
            "schema": openapi_schemas.table(one.columns),
            "examples": {f"example-{n}": found for n, found in enumerate(shown.values(), 1)},
        }
    }
    for kind in one.offers:
        if kind is not formats.JSON:
            content[kind.media_type] = {"schema": {"type": "string"}}
    return {
        "summary": one.summary,
        "description": f"{one.description}{lines}",
        "operationId": _name(one.path),
        "parameters": [*path_parameters(one.path), *listed],
        "responses": {"200": {"description": one.summary, "content": content}, **errors()},
        "x-examples": list(shown),
    }


def errors() -> dict[str, Any]:
    """Return the errors that every address may answer with."""
    return {status: {"$ref": "#/components/responses/Problem"} for status in ("400", "404", "406", "410", "413", "503")}


def _examples(visit: Visit, one: Endpoint) -> dict[str, dict[str, Any]]:
    found = {}
    try:
        asked = addresses(one, visit)
    except DgekgError:
        asked = []
    for address, words in asked:
        try:
            at = elsewhere(visit, one.path, address)
            answer = one.make(at)
        except DgekgError:  # this version has nothing of the kind
            continue
        rows = [dict(zip(answer.columns, row, strict=True)) for row in list(answer.rows)[:_ROWS]]
        found[address] = {"summary": words, "value": {**endpoint.document(at, answer), "rows": rows}}
    return found


def elsewhere(visit: Visit, template: str, address: str) -> Visit:
    """Return a visit of the same version at another address."""
    path, _, query = address.partition("?")
    parts = zip(template.split("/"), path.split("/"), strict=True)
    named = {t.strip("{}"): p for t, p in parts if t.startswith("{")}
    headers = [(b"accept", formats.JSON.media_type.encode()), (b"accept-language", b"en")]
    headers += [(k, v) for k, v in visit.request.scope["headers"] if k == b"host"]
    changed = {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "path_params": named}
    return Visit(visit.house, Request({**visit.request.scope, **changed, "headers": headers}))


def path_parameters(path: str) -> Iterable[dict[str, Any]]:
    """Yield the parts of a path that are filled in, as OpenAPI writes them."""
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}")
            words = {"slug": "The short name.", "kind": "practice, actor, instrument, provision ..."}
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": words.get(name, name),
                "schema": {"type": "string"},
            }


def _name(path: str) -> str:
    return "_".join(part.strip("{}") for part in path.split("/") if part and part != "api") or "api"
