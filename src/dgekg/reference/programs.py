"""Reference pages for programs: the addresses of the HTTP interface, and the Python client."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2 as httpx

from dgekg import embedded
from dgekg.client import Client, Pages, Table
from dgekg.errors import SourceError
from dgekg.reference.material import Material, table
from dgekg.settings import Settings
from dgekg.web.app import create_app

_DESCRIPTION = "/openapi.json"
_PARTS = {"Args:": "Parameters:", "Attributes:": "Holds:", "Raises:": "Errors:", "Returns:": "Answer:"}


def http(material: Material) -> str:
    """Every address of the interface for programs: parameters, columns, formats; from the OpenAPI description.

    Examples are left out: those of a version stand in its own `/openapi.json`.

    Raises:
        SourceError: the application does not describe itself.
    """
    described = _described(material)
    schemas = described["components"]["schemas"]
    parts = [
        "# HTTP\n\nInterface HTTP · Interfaz HTTP\n",
        f"Every address of [the interface for programs](../api.md), from what the service says of itself at "
        f"`{_DESCRIPTION}` (OpenAPI {described['openapi']}), which also has schemas and an example of each. "
        "Errors are `application/problem+json`.\n",
        "## What every table says of itself\n",
        table(["member", "type", "meaning"], list(_members(schemas["About"]["properties"]))),
    ]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            parts += _address(f"{method.upper()} {path}", operation)
    return "\n".join(parts)


def python(_material: Material) -> str:
    """The public names of the package: signatures and docstrings of the client and of its tables."""
    parts = [
        "# Python\n\nClient Python · Cliente de Python\n",
        "What `import dgekg` offers, from the code itself; how it is used: [the Python client](../client.md). "
        "`dgekg.open` gives the same methods as `dgekg.Client`. `Texts` is one text or several.\n",
        f"## dgekg.open\n\n{_signature('dgekg.open', embedded.open_here)}\n\n{_docs(embedded.open_here)}\n",
    ]
    for name, kind in (("dgekg.Client", Client), ("Table", Table), ("Pages", Pages)):
        parts.append(f"## {name}\n\n{_signature(name, kind)}\n\n{_docs(kind)}\n")
        for method, member in _members_of(kind).items():
            if isinstance(member, property):
                parts.append(f"### {method}\n\n*A value.* {_docs(member)}\n")
            else:
                parts.append(f"### {method}\n\n{_signature(method, member)}\n\n{_docs(member)}\n")
    return "\n".join(parts)


def _members_of(kind: type) -> dict[str, Any]:
    """Return what a class of ours offers: its what classes of ours beneath it give, then its own."""
    ours = [one for one in kind.__mro__ if one.__module__.startswith(f"{__package__.partition('.')[0]}.")]
    return {name: member for one in reversed(ours) for name, member in vars(one).items() if not name.startswith("_")}


def _described(material: Material) -> Mapping[str, Any]:
    app = create_app(lambda: material.world, Settings())
    transport = embedded.InProcess(app)
    try:
        with httpx.Client(transport=transport, base_url="http://reference") as client:
            answer = client.get(_DESCRIPTION)
    finally:
        transport.close()
        app.state.house.close()
    if answer.status_code != 200:
        raise SourceError(f"{_DESCRIPTION}: the application answered {answer.status_code}, expected its description.")
    found: Mapping[str, Any] = answer.json()
    return found


def _address(name: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    summary = operation["summary"].rstrip(". ")
    about = operation.get("description", "").partition("\n")[0]
    yield f"**{summary}{'' if summary.endswith('?') else '.'}** {about}".rstrip() + "\n"
    content = operation["responses"]["200"]["content"]
    yield f"Answers as {', '.join(f'`{kind}`' for kind in content)}.\n"
    rows = []
    for one in operation["parameters"]:
        schema = one["schema"]
        kind = f"{_type(schema)}{' (part of the address)' if one['in'] == 'path' else ''}"
        needed = "yes" if one["required"] else ""
        rows.append([f"`{one['name']}`", kind, needed, one["description"]])
    if rows:
        yield table(["parameter", "type", "required", "meaning"], rows)
    properties = next(iter(content.values()))["schema"].get("properties", {})
    columns = properties.get("rows", {}).get("items", {}).get("properties", {})
    if columns:
        yield table(["column", "type", "meaning"], list(_members(columns)))


def _members(properties: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, schema in properties.items():
        yield [f"`{name}`", _type(schema), schema.get("description", "")]


def _type(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in words.

    >>> _type({"type": "array", "items": {"type": "string"}}), _type({"type": ["integer", "null"]})
    ('text, may be repeated', 'whole number or nothing')
    >>> _type({"enum": ["en", "fr"]})
    '`en`, `fr`'
    """
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}, may be repeated"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no"}
    words |= {"null": "nothing", "object": "several members"}
    kinds = schema.get("type", "object")
    return " or ".join(words[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _signature(name: str, thing: Any) -> str:
    """Return how something is called, one parameter a line where there are many."""
    found = inspect.signature(thing)
    given = [p for p in found.parameters.values() if p.name not in ("self", "transport")]
    words = list(_parameters(given))
    returned = "" if found.return_annotation in ("None", found.empty) else f" -> {found.return_annotation}"
    line = f"{name}({', '.join(words)}){returned}"
    if len(line) > 100:
        line = "\n    ".join([f"{name}(", *(f"{word}," for word in words)]) + f"\n){returned}"
    return f"```python\n{line}\n```"


def _parameters(given: Sequence[inspect.Parameter]) -> Iterator[str]:
    """Yield parameters as they are written; annotations are text, for the modules postpone them."""
    starred = False
    for one in given:
        if one.kind is one.KEYWORD_ONLY and not starred:
            yield "*"
            starred = True
        head = "**" if one.kind is one.VAR_KEYWORD else ""
        default = "" if one.default is one.empty else f" = {one.default!r}"
        yield f"{head}{one.name}: {one.annotation}{default}"


def _docs(thing: Any) -> str:
    """Return a docstring as Markdown: parameters and errors as lists, examples as code."""
    text = inspect.getdoc(thing) or ""
    text, _, example = text.partition("\n\n>>> ")
    lines: list[str] = []
    for line in text.splitlines():
        if line in _PARTS:
            lines += [f"*{_PARTS[line]}*", ""]
        elif line.startswith("    ") and not line.startswith("     "):
            name, mark, words = line.strip().partition(": ")
            if name != "transport":
                lines.append(f"- `{name}`: {words}" if mark else f"- {line.strip()}")
        else:
            lines.append(f"  {line.strip()}" if line.startswith("     ") else line)
    if example:
        lines += ["", "```python", f">>> {example}", "```"]
    return "\n".join(lines).rstrip()
