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
        server.run(desk, "" if url else _name(settings))


def _name(settings: Settings) -> str:
    """Return the name that the collection on this machine gives itself; "" where it has none of its own."""
    from dgekg import collection

    said = collection.read(settings.project().data).about
    return str(said["title"]["en"]) if "title" in said else ""


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
