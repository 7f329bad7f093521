"""The command line: assembled here from `commands`; each reads its options, calls one function and prints.

Exit codes: 0 fine (warnings are printed), 1 violations or a broken file of the project, 2 could not run.
"""

from __future__ import annotations

import gc
import os
import sys

import click

from dgekg import __version__
from dgekg.commands import answers, assistants, checking, files, finding, service
from dgekg.errors import DgekgError
from dgekg.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dgekg")
@click.pass_context
def cli(context: click.Context) -> None:
    """Practices, actors and human-rights standards for diversity and gender equality in AI.

    Start with "dgekg build", then "dgekg find", "dgekg coverage", "dgekg gaps", "dgekg ask" or "dgekg serve".
    """
    context.obj = Settings.read()


for command in (
    files.build,
    files.validate,
    answers.ask,
    finding.find,
    answers.query,
    answers.coverage,
    answers.gaps,
    files.export_,
    service.serve,
    service.suppress,
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
