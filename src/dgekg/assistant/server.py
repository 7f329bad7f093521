"""The server: the tools over the Model Context Protocol, by standard input and output, one client a process."""

from __future__ import annotations

import json
import logging
from typing import Any

import anyio
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError

import dgekg
from dgekg.assistant.answer import Answer
from dgekg.assistant.desk import Desk
from dgekg.assistant.tools import TOOLS
from dgekg.assistant.words import instructions, say
from dgekg.errors import DgekgError, InputError, UnknownValue
from dgekg.problems import members

_LOG = logging.getLogger("dgekg.assistant")
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_Context = ServerRequestContext[dict[str, Any]]


def server(desk: Desk, name: str = "") -> Server[dict[str, Any]]:
    """Return the server of a desk; the name of its collection, where it has one of its own."""

    async def listed(_context: _Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[described(name) for name in TOOLS])

    async def called(_context: _Context, params: CallToolRequestParams) -> CallToolResult:
        return await anyio.to_thread.run_sync(call, desk, params.name, params.arguments or {})

    return Server(
        "dgekg",
        version=dgekg.__version__,
        instructions=instructions(name),
        on_list_tools=listed,
        on_call_tool=called,
    )


def described(name: str) -> Tool:
    """Return what a client is told of a tool: words, what it takes, what it gives, that it only reads."""
    return Tool(
        name=name,
        title=say(f"tools.{name}.title"),
        description=say(f"tools.{name}.description"),
        input_schema=TOOLS[name].takes.model_json_schema(),
        output_schema=Answer.model_json_schema(),
        annotations=_READS,
    )


def call(desk: Desk, name: str, arguments: dict[str, Any]) -> CallToolResult:
    """Return the answer of a tool, or its error in words with what can be done; never how it came about."""
    try:
        if name not in TOOLS:
            raise UnknownValue("tool", name, TOOLS, f"There are {', '.join(TOOLS)}.")
        answer = TOOLS[name].make(desk, _read(name, arguments)).model_dump(mode="json")
        text = json.dumps(answer, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=answer)
    except DgekgError as error:
        told = {"message": str(error), **members(error)}
    except Exception:  # a fault of ours: its place is for the log, not for an assistant
        _LOG.exception("%s failed", name)
        told = {"message": say("unexpected")}
    return CallToolResult(content=[TextContent(type="text", text=json.dumps(told, ensure_ascii=False))], is_error=True)


def _read(name: str, arguments: dict[str, Any]) -> Any:
    takes = TOOLS[name].takes
    try:
        return takes.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field, found = ".".join(map(str, first["loc"])), str(first["input"])
        if first["type"] == "extra_forbidden":
            listed = f"{name} takes {', '.join(takes.model_fields)}."
            raise UnknownValue("argument", field, takes.model_fields, listed) from error
        wanted = first["msg"]
        raise InputError(f"{field}: {wanted}.", found if first["type"] != "missing" else "", field=field) from error


def run(desk: Desk, name: str = "") -> None:
    """Serve one client over standard input and output until it leaves; the name is that of `server`."""

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            made = server(desk, name)
            await made.run(reading, writing, made.create_initialization_options())

    anyio.run(serve)
