"""Commands that check: the sources of the records, and a running service."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from dgekg.commands.answers import ask
from dgekg.commands.options import FORMAT, LANGUAGE, STORE
from dgekg.terminal import show

_COLUMNS = ("check", "result", "passed", "failed", "skipped")


@click.group()
def check() -> None:
    """Check what wants work in the records."""


@check.command()
@click.option("--months", type=click.IntRange(0), default=36, show_default=True, help="Read so long ago is old.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_context
def sources(context: click.Context, months: int, form: str, store: str, language: str | None) -> None:
    """List practices whose sources want work: secondary only, thin, old, or shared with another practice."""
    context.invoke(
        ask, slug="sources-to-look-at-again", values=(f"months={months}",), form=form, store=store, language=language
    )


@click.command()
@click.argument("url")
@click.option("--sample", type=click.IntRange(1), default=3, show_default=True, help="How many of every kind.")
@click.option("--only", multiple=True, metavar="NAME", help="Run only this check; can be repeated.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--timeout", type=click.FloatRange(1), default=60, show_default=True, help="Seconds for an answer.")
@click.option(
    "--largest", type=click.IntRange(1), default=128, show_default=True, help="MiB of an answer that are read at most."
)
def selfcheck(url: str, form: str, **given: Any) -> None:
    """Check the running service at URL as a harvester would: read-only, one request at a time.

    Exit code 0: nothing failed. 1: something did. 2: the service cannot be reached.
    """
    from dgekg import selfcheck as checks

    report = checks.run(url, told=lambda name: click.echo(f"{name} ...", err=True), **given)
    if form == "json":
        click.echo(json.dumps(report.document(), ensure_ascii=False, indent=1))
    else:
        _table(report)
    if not report.good:
        sys.exit(1)


def _table(report: Any) -> None:
    rows = []
    for one in report.outcomes:
        failed = sum(f.status == "failed" for f in one.findings)
        rows.append((one.name, one.status, one.passed, failed, len(one.findings) - failed))
    show(_COLUMNS, rows, "table", {})
    for one in report.outcomes:
        for finding in one.findings:
            click.echo(f"\n{one.name} {finding.status}: {finding.address}\n  found: {finding.found}")
            if finding.status == "failed":
                click.echo(f"  expected: {finding.expected}\n  mend: {finding.mend}")
    failed = sum(one.status == "failed" for one in report.outcomes)
    skipped = sum(one.status == "skipped" for one in report.outcomes)
    click.echo(
        f"\n{report.url}, version {report.version or 'not named'}: {len(report.outcomes)} checks, {failed} failed, "
        f"{skipped} not fully checked, {report.requests} requests."
    )
