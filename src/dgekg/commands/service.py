"""The command that serves a build."""

from __future__ import annotations

import click

from dgekg.commands.options import STORE
from dgekg.settings import Settings


@click.command()
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on; 0 takes a free one.")
@STORE
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, store: str) -> None:
    """Serve the current build: pages, JSON, linked data and SPARQL."""
    from dgekg.web.app import run

    run(settings, host or settings.host, settings.port if port is None else port, store)
