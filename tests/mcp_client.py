"""A client of the MCP server as assistants have it: the SDK's own, over the real process."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent, Tool

_CODE = "from dgekg.cli import main; main()"


class Assistant:
    """A client of the SDK and its loop."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self.client, self._portal = client, portal

    def tools(self) -> dict[str, Tool]:
        return {tool.name: tool for tool in self._portal.call(self.client.list_tools).tools}

    def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        return self._portal.call(functools.partial(self.client.call_tool, name, arguments))

    def ask(self, name: str, **arguments: Any) -> dict[str, Any]:
        found = self.call(name, arguments)
        assert not found.is_error, text_of(found)
        assert json.loads(text_of(found)) == found.structured_content
        return dict(found.structured_content)


@contextmanager
def started(*options: str, **settings: str) -> Iterator[Assistant]:
    command = StdioServerParameters(command=sys.executable, args=["-c", _CODE, "mcp", *options], env=settings)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(command)) as client:
        yield Assistant(portal, client)


def text_of(result: CallToolResult) -> str:
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text
