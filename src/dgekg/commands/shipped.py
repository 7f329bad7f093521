"""The collection that came with an installed package: built when it is first needed, into the user's own folder."""

from __future__ import annotations

import click

from dgekg.settings import Settings, today


def build_first(settings: Settings) -> bool:
    """Build the collection that came with the package, if that is the project here; return whether it was built.

    Raises:
        StoreError: it cannot be written.
    """
    from dgekg import suppression
    from dgekg.build import build

    project = settings.project()
    if project.home is None or (project.build / "current").exists():
        return False
    click.echo(
        f"First use: building the collection that came with dgekg, into {project.build}. It takes a minute or two.",
        err=True,
    )
    made = build(project, today(), suppressed=suppression.read(settings.private_root()))
    return made.version is not None
