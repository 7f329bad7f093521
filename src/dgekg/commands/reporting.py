"""Commands that write a report from a template, and ask its numbers again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dgekg.commands.options import AS_OF, FORMAT, LANGUAGE, STORE, day
from dgekg.errors import InputError
from dgekg.settings import Settings
from dgekg.terminal import show
from dgekg.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from dgekg.observatory import Observatory

_TEMPLATE = click.option(
    "--template",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of another template.",
)
_VERSION = click.option("--version", "version", default="", metavar="HASH", help="A version that was kept, by its id.")


@click.group(invoke_without_command=True)
@click.option("--format", "form", type=click.Choice(["html", "docx", "pdf", "md"]), help="By default as FILE ends.")
@click.option("--output", "file", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.")
@click.option("--language", "--lang", "language", type=click.Choice(list(LANGUAGES)), help="Language of the report.")
@click.option(
    "--variant",
    default="full",
    show_default=True,
    metavar="NAME[=VALUE]",
    help="full, brief, country=..., group=..., instrument=... or stage=...; others if the template has them.",
)
@click.option(
    "--all", "everything", type=click.Path(path_type=Path), metavar="FOLDER", help="Write all languages and formats."
)
@AS_OF
@_VERSION
@_TEMPLATE
@STORE
@click.pass_context
def report(
    context: click.Context,
    form: str | None,
    file: Path | None,
    language: str | None,
    variant: str,
    everything: Path | None,
    as_of: str | None,
    version: str,
    folder: Path | None,
    store: str,
) -> None:
    """Write a report in which every number is bound to the question it answers.

    dgekg report --format pdf --output report.pdf --language fr --variant country=Kenya
    """
    if context.invoked_subcommand:
        return
    settings: Settings = context.obj
    if (file is None) == (everything is None):
        raise InputError("report: say where to write it: --output FILE, or --all FOLDER.")
    from dgekg import report as reports

    name, _, value = variant.partition("=")
    if everything is not None:
        languages = [language] if language else list(LANGUAGES)
        forms = [form] if form else list(reports.FORMATS)
        stem = f"report-{name}" if name != "full" else "report"
        targets = [(tongue, one, everything / f"{stem}.{tongue}.{one}") for tongue in languages for one in forms]
        if everything.exists() and not everything.is_dir():
            raise InputError(f"{everything}: is a file, expected a folder.")
        everything.mkdir(parents=True, exist_ok=True)
    else:
        assert file is not None
        targets = [(language or settings.language, reports.format_of(file, form or ""), file)]
    for _tongue, _form, target in targets:
        reports.check_target(target)
    observatory = _opened(settings, store, version)
    if as_of:
        observatory.as_of = day(as_of)
    read = reports.folder_of(observatory.project.root, folder)
    made: dict[str, reports.Document] = {}
    for tongue, one, target in targets:
        if tongue not in made:
            template = reports.load(read, name, tongue)
            subject = reports.subject_of(observatory, template, value)
            made[tongue] = reports.make(observatory, template, subject, bool(as_of), settings.publisher)
        size = reports.write(made[tongue], target, one)
        click.echo(f"Wrote {target} ({size:,} bytes, {len(made[tongue].bindings)} bindings).")


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--every", is_flag=True, help="Show all bindings, also those that hold.")
@_VERSION
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def verify(
    settings: Settings, file: Path, every: bool, version: str, form: str, store: str, language: str | None
) -> None:
    """Ask every number of a report again, and say which no longer hold (exit 1) under the current build."""
    from dgekg import render
    from dgekg import report as reports
    from dgekg.report.telling import asked

    observatory = _opened(settings, store, version)
    found = reports.verify(observatory, file)
    lang = language or settings.language
    keys = ("number", "asked", "was", "now", "verdict")
    rows: list[list[str | int]] = [
        [
            one.number,
            asked(one.source),
            _short(one.was),
            _short(one.now),
            render.say(f"verify.{one.verdict}", lang) + (f": {one.why}" if one.why else ""),
        ]
        for one in found.checked
        if every or one.verdict != "holds"
    ]
    counts = {
        "holds": found.count("holds") + found.count("ground-moved"),
        "all": len(found.checked),
        "moved": found.count("ground-moved"),
        "gone": found.count("no-longer"),
        "cannot": found.count("cannot"),
        "then": found.version[:16],
        "now": found.against[:16],
    }
    about = {"version": found.against, "report_version": found.version, **counts}
    if rows or form != "table":
        show([render.say(f"verify.{key}", lang) for key in keys], rows, form, about)
    click.echo(render.fill("verify.summary", counts, lang), err=form != "table")
    sys.exit(1 if found.gone else 0)


@report.command()
@click.argument("folder", type=click.Path(path_type=Path))
def template(folder: Path) -> None:
    """Copy the template to FOLDER, to be changed: texts in Markdown, figures.yaml; read it with --template FOLDER.

    A folder "report" in the project is read without being named.
    """
    from dgekg import report as reports

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: holds something already. Name a new folder.")
    try:
        shutil.copytree(reports.shipped(), folder, dirs_exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}).") from error
    click.echo(f"Copied {len(list(folder.iterdir()))} files to {folder}.")


def _opened(settings: Settings, store: str, version: str) -> Observatory:
    """Open the current build, a remote store, or a version that was kept."""
    from dgekg import suppression, versions
    from dgekg.observatory import open_observatory, open_version

    if not version:
        return open_observatory(settings, store)
    build = settings.project().build
    found = versions.at(build / versions.find(build, version))
    return open_version(settings, found, suppression.read(settings.private_root()))


def _short(value: str | int | float) -> str | int:
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:57]}..."
    return int(value) if float(value).is_integer() else f"{value:g}"
