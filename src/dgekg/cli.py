"""The command line: assembled here from `commands`; each reads its options, calls one function and prints.

Exit codes: 0 fine (warnings are printed), 1 violations or a broken file of the project, 2 could not run.
"""

from __future__ import annotations

import gc
import os
import sys

import click

from dgekg import __version__, collection
from dgekg.commands import (
    agreeing,
    answers,
    assessing,
    assistants,
    checking,
    consultation,
    files,
    finding,
    forms,
    handing,
    importing,
    inbox,
    outreach,
    removing,
    reporting,
    reviewing,
    service,
    shipped,
    starting,
    teaching,
)
from dgekg.errors import DgekgError, NoBuild
from dgekg.settings import Settings


@click.group(cls=teaching.Taught, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dgekg")
@click.pass_context
def cli(context: click.Context) -> None:
    """Practices, actors and human-rights standards for diversity and gender equality in AI.

    What exists, what worked and for whom, what is missing and whether anybody looked, which norm binds whom. It reads
    the project of this folder or of one above it; an installed dgekg also brings its own collection.
    """
    context.obj = collection.adopted(Settings.read())


for command in (
    starting.init,
    starting.scheme,
    files.build,
    files.validate,
    forms.form,
    importing.import_,
    answers.ask,
    finding.find,
    answers.query,
    answers.coverage,
    answers.gaps,
    agreeing.agreement,
    assessing.assess,
    reviewing.reviewer,
    files.export_,
    reporting.report,
    handing.release,
    handing.diff,
    handing.publish,
    service.serve,
    service.suppress,
    inbox.inbox,
    outreach.outreach,
    consultation.consultation,
    removing.withdraw,
    removing.erase,
    removing.withhold,
    checking.check,
    checking.selfcheck,
    assistants.mcp,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; errors meant for a person are printed without a traceback."""
    gc.set_threshold(200_000, 50, 50)  # short runs that read much: the usual threshold costs a tenth of the time
    # The matrices are small: threads that wait for each other cost more than they bring, and the most beside others.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        try:
            cli.main(standalone_mode=False)
        except NoBuild:
            if not shipped.build_first(Settings.read()):
                raise
            cli.main(standalone_mode=False)
    except DgekgError as error:
        click.echo(f"dgekg: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
