"""The command for assistants: the Model Context Protocol over standard input and output."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dgekg.errors import InputError
from dgekg.settings import Settings

if TYPE_CHECKING:  # what the other commands need not wait for
    from dgekg.assistant.desk import Desk


@click.command()
@click.option("--url", default="", metavar="URL", help="Ask this service instead of the build on this machine.")
@click.pass_obj
def mcp(settings: Settings, /, url: str) -> None:
    """Let an assistant ask: a server of the Model Context Protocol, over standard input and output.

    It is started by the assistant's program, not by hand. It reads, and changes nothing.
    """
    try:
        from dgekg.assistant import server
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("mcp"):
            raise
        raise InputError("mcp: its package is not installed. Install it with: pip install 'dgekg[mcp]'") from error
    with _desk(settings, url) as desk:
        server.run(desk)


@contextlib.contextmanager
def _desk(settings: Settings, url: str) -> Iterator[Desk]:
    from dgekg.assistant.desk import Desk

    if url:
        from dgekg.client import Client

        with Client(url) as client:
            yield Desk(client, client.url)
    else:
        from dgekg import embedded

        with embedded.follow(settings) as here:
            yield Desk(here)
