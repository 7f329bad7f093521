"""Commands for whoever runs the service: serve a build, and show a record no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from pyoxigraph import NamedNode

from dgekg import identifiers, suppressing, suppression, versions
from dgekg.commands.options import STORE
from dgekg.errors import InputError
from dgekg.nearness import nearest
from dgekg.settings import Settings, today
from dgekg.store.local import LocalStore
from dgekg.suppression import KINDS


@click.command()
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on; 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1), help="How many processes serve.")
@click.option("--base-path", help="Path that the service lies under, such as /x.")
@click.option(
    "--proxy",
    is_flag=False,
    flag_value="127.0.0.1,::1",
    help="Believe X-Forwarded-For, -Proto and -Host of these proxies (addresses or networks, by commas); "
    "without a value those on this machine.",
)
@click.option(
    "--writer", type=click.Choice(["on", "off"]), help="Take in what reviewers accept, where there is an inbox."
)
@STORE
@click.option(
    "--dataset",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Serve this file of RDF instead, at /sparql (.ttl .trig .nq .nt .rdf .jsonld, also .gz); can be repeated.",
)
@click.pass_obj
def serve(settings: Settings, /, store: str, dataset: tuple[Path, ...], **given: Any) -> None:
    """Serve the current build: pages, JSON, linked data and SPARQL."""
    from dgekg.web.app import run, run_dataset

    if dataset and store:
        raise InputError("serve: expected either --dataset or --store.")
    chosen = replace(settings, **{name: value for name, value in given.items() if value is not None})
    if dataset:
        run_dataset(chosen, dataset)
    else:
        run(chosen, store)


@click.command()
@click.argument("record")
@click.option("--kind", type=click.Choice(KINDS), help="withdrawn: gone from now on. erased: gone without a trace.")
@click.option("--replaced-by", metavar="RECORD", help="Of what is merged: the record that stands in its place.")
@click.option("--undo", is_flag=True, help="Show a withdrawn or merged record again; nothing erased comes back.")
@click.option("--absent", is_flag=True, help="Also where no version that is kept holds the record.")
@click.pass_obj
def suppress(
    settings: Settings, /, record: str, kind: str | None, replaced_by: str | None, undo: bool, absent: bool
) -> None:
    """Show RECORD (kind/slug) no more, from this second on, in the current version and every kept one.

    Running services notice by themselves. The next build leaves the record out, even if its file is still there.
    """
    if undo == bool(kind):
        raise InputError("suppress: expected either --kind or --undo.")
    if (kind == "merged") != bool(replaced_by):
        raise InputError("suppress: --kind merged, and nothing else, takes --replaced-by RECORD.")
    iri, folder = suppression.named(record), settings.private_root()
    if undo:
        suppressing.restore(folder, iri, today())
        click.echo(f"{identifiers.compact(iri)}: is shown again where a version holds it.")
        return
    if not absent:
        _must_be_somewhere(settings, iri)
    line = suppressing.add(folder, iri, kind or "", today(), suppression.named(replaced_by) if replaced_by else "")
    now = "leads to the record in its place" if line.kind == "merged" else "answers 410"
    click.echo(f"{identifiers.compact(iri)}: {line.kind}. Its address {now} from now on, in every version.")
    erased = "Now delete its file and its lines in the ledger, and build."
    click.echo(erased if line.kind == "erased" else "Now delete its file, write the act into the ledger, and build.")


def _must_be_somewhere(settings: Settings, iri: str) -> None:
    """Refuse a record that no version holds: a slip of the pen would leave the one that was meant on show."""
    builds = settings.project().build
    near: set[str] = set()
    for name in versions.kept(builds) if builds.is_dir() else []:
        engine = LocalStore(versions.at(builds / name).store).engine
        if next(engine.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None:
            return
        near |= {graph.value.rpartition("/")[2] for graph in engine.named_graphs()}
    slug = iri.rpartition("/")[2]
    meant = nearest(slug, near)
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    raise InputError(
        f"{identifiers.compact(iri)}: no version that is kept holds it.{hint} If it is right so, say --absent.", slug
    )
