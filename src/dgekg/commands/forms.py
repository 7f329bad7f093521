"""The command that writes forms: dgekg form KIND."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dgekg.errors import InputError
from dgekg.settings import Project, Settings
from dgekg.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from dgekg.forms import Forms

_FORMATS = ("xlsx", "xlsform", "json", "docx", "html")


@click.command()
@click.argument("kind")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="xlsx", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default KIND.ENDING.")
@click.option("--language", "--lang", type=click.Choice(LANGUAGES), help="Language of labels and messages.")
@click.option("--whole", is_flag=True, help="Also what the house fills in, such as dates (xlsx, json and --check).")
@click.option("--check", "filled", type=click.Path(path_type=Path), help="Check this filled form instead.")
@click.pass_obj
def form(
    settings: Settings,
    kind: str,
    form: str,
    output: Path | None,
    language: str | None,
    whole: bool,
    filled: Path | None,
) -> None:
    """Write the form for records of a KIND, such as practice, actor or lesson, as it follows from the shapes.

    xlsx: a spreadsheet with lists to choose from; xlsform: a survey for ODK and KoBoToolbox, in all three languages;
    json: the schema of answers; docx: a questionnaire for an interview; html: a page to print.

    --check FILE says what is to be mended in a filled spreadsheet, or in an export of the survey (JSON, CSV, XLSX).
    """
    from dgekg import forms

    project = settings.project()
    spoken = language or settings.language
    if filled is not None:
        _check(forms.of(project), kind, filled, spoken, whole)
        return
    made = _made(forms.of(project), project, settings, kind, form, spoken, whole)
    ending = {"xlsform": "xlsform.xlsx", "json": "schema.json"}.get(form, form)
    target = output or Path(f"{kind}.{ending}")
    try:
        target.write_bytes(made)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror}). Name another file with --output.") from None
    click.echo(f"Wrote {len(made):,} bytes to {target}.")


def _check(all_forms: Forms, kind: str, file: Path, language: str, whole: bool) -> None:
    """Print what is to be mended in a filled form, by its cell; exit 1 where there is any."""
    from dgekg.forms import bounded

    try:
        if file.stat().st_size > bounded.MOST_BYTES:  # not even read
            bounded.sized(bytes(bounded.MOST_BYTES + 1), file.name)
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    reading = all_forms.read(data, kind, file.name)
    wrong = 0
    for unread in reading.unread:
        wrong += 1
        click.echo(f"{unread.cell.text()}: {unread.message(language)}")
    for one in reading.filled:
        for placed in all_forms.check(one.answers, language=language, whole=whole):
            cell = one.cell(placed.place)
            wrong += placed.violation
            click.echo(f"{cell.text() if cell else file.name}: {placed.path}: {placed.message}")
    click.echo(f"{len(reading.filled)} records, {wrong} to be mended.", err=True)
    sys.exit(1 if wrong else 0)


def _made(
    all_forms: Forms, project: Project, settings: Settings, kind: str, form: str, language: str, whole: bool
) -> bytes:
    if form == "json":
        schema = all_forms.json_schema(kind, language=language, asked=not whole)
        return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()
    if form == "docx":
        return all_forms.docx(kind, language=language)
    if form == "html":
        return all_forms.html(kind, language=language).encode()
    from dgekg import suppression
    from dgekg.forms.known import names

    folders = all_forms.folders_named(kind)
    records = names(project.data, folders, suppression.read(settings.private_root()), language)
    if form == "xlsform":
        return all_forms.xlsform(kind, records=records)
    return all_forms.xlsx(kind, language=language, records=records, asked=not whole)
