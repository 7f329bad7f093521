"""The command `outreach`: who was asked and who answered, kept encrypted; told only in counts of many."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dgekg.commands.options import LANGUAGE
from dgekg.errors import InputError
from dgekg.settings import Settings, today

if TYPE_CHECKING:
    from dgekg.outreach import People
    from dgekg.outreach.report import Row
    from dgekg.outreach.table import Schemes

_DAY = click.option("--on", "on", default="", metavar="DAY", help="ISO day; without it, today.")


@click.group()
def outreach() -> None:
    """Who was asked, where, in which language, by which channel, and who answered. Kept encrypted, never published.

    The key is a file named by DGEKG_OUTREACH_KEY; without it, a passphrase is asked for.
    """


@outreach.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def key(settings: Settings, file: Path | None) -> None:
    """Make a FILE of keys; where there is one, a new key encrypts from now on and the older ones still open."""
    from dgekg.outreach import add_key
    from dgekg.render import fill

    target = file or settings.outreach_key
    if target is None:
        raise InputError("Name the file to write: dgekg outreach key FILE.")
    before = add_key(_folder(settings), target)
    click.echo(fill(f"outreach.key-{'changed' if before else 'made'}", {"file": target}, settings.language))


@outreach.command()
@click.option("--sector", default="", help="Code or label of the sector.")
@click.option("--region", default="", help="Country or region: code or label.")
@click.option(
    "--language", "--lang", "tag", default="", help="Tag of the language in which they were asked, such as sw."
)
@click.option("--channel", default="", help="email, telephone, messenger, letter, meeting, event, partner, form ...")
@click.option("--group", "groups", multiple=True, help="Of whom they speak, as they say themselves; repeatable.")
@click.option("--people", default="1", show_default=True, help="How many were asked at once.")
@_DAY
@click.option("--table", type=click.Path(path_type=Path), help="Take in a CSV table instead, all of it or nothing.")
@click.pass_obj
def add(
    settings: Settings,
    sector: str,
    region: str,
    tag: str,
    channel: str,
    groups: tuple[str, ...],
    people: str,
    on: str,
    table: Path | None,
) -> None:
    """Write down who was asked. Name and address are asked for, so that they stand in no history of commands."""
    from dgekg.outreach import table as tables
    from dgekg.render import fill, say

    lang, schemes = settings.language, _schemes(settings)
    if table is not None:
        new = _people(settings).add(tables.read(_bytes(table), table.name, schemes, today()))
        click.echo(fill("outreach.added-table", {"n": len(new)}, lang))
        return
    given: dict[str, Any] = {"sector": sector, "region": region, "language": tag, "channel": channel}
    given |= {"groups": ";".join(groups), "people": people, "asked": on}
    tables.coded(given, schemes, today())  # before anything is asked
    kept = _people(settings)
    for name, prompt in (("name", "name"), ("contact", "contact"), ("note", "note-asked")):
        given[name] = click.prompt(say(f"outreach.{prompt}", lang), default="", show_default=False)
    (one,) = kept.add([tables.coded(given, schemes, today())])
    click.echo(fill("outreach.added", {"id": one.id}, lang))


@outreach.command()
@click.argument("person")
@_DAY
@click.option("--replies", type=click.IntRange(0), help="How many of them; without it, all.")
@click.option("--declined", is_flag=True, help="They said that they will not.")
@click.pass_obj
def answered(settings: Settings, person: str, on: str, replies: int | None, declined: bool) -> None:
    """Write down that PERSON (an id, or its beginning) answered, or declined."""
    from dgekg.render import fill

    one = _people(settings).answered(person, on or today().isoformat(), replies, declined=declined)
    words = {"id": one.id, "replies": one.replies, "people": one.people}
    click.echo(fill(f"outreach.was-{'declined' if declined else 'answered'}", words, settings.language))


@outreach.command(name="list")
@click.option("--waiting", is_flag=True, help="Only those who have neither answered nor declined.")
@click.pass_obj
def list_(settings: Settings, waiting: bool) -> None:
    """List those who were asked, with contact data: for your own screen, in no other format."""
    from dgekg.terminal import show

    columns = ("id", "name", "contact", "sector", "region", "language", "channel", "people", "asked", "answered")
    found = [one for one in _people(settings).all() if not waiting or not (one.answered or one.declined)]
    rows = [[getattr(one, name) for name in columns] for one in found]
    for row, one in zip(rows, found, strict=True):
        row[-1] = "declined" if one.declined else one.answered
    show(columns, rows, "table", {})


@outreach.command()
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@LANGUAGE
@click.pass_obj
def report(settings: Settings, form: str, language: str | None) -> None:
    """Show coverage of the asking beside coverage of the practices; no small count of people, none to be worked out."""
    from dgekg import outreach as reaching
    from dgekg.observatory import open_observatory
    from dgekg.outreach import report as reporting
    from dgekg.render import fill, say
    from dgekg.terminal import show

    people, lang = _people(settings).all(), language or settings.language
    observatory = open_observatory(settings, "")
    rows = reporting.report(people, observatory)
    limits = {"least": reaching.LEAST, "protected": reaching.LEAST_PROTECTED}
    note = fill("outreach.note", limits, lang)
    if form == "text":
        heads = [say(f"outreach.column-{name}", lang) for name in ("dimension", "place", *_COUNTS)]
        shown = [_said(row, reporting.label(observatory, row, lang), lang) for row in rows]
        show(heads, shown, "table", {})
        click.echo(note, err=True)
        return
    columns = ["dimension", "code", "label", *_COUNTS]
    values = [_raw(row, reporting.label(observatory, row, lang), form) for row in rows]
    show(columns, values, form, {"version": observatory.version, "note": note})


@outreach.command()
@click.argument("person", default="")
@click.option(
    "--past", is_flag=True, help="Instead: contact data past its time (DGEKG_KEEP_CONTACTS_DAYS); counts stay."
)
@click.pass_obj
def forget(settings: Settings, person: str, past: bool) -> None:
    """Delete all that is kept about PERSON, the count included."""
    from dgekg.render import fill

    if bool(person) == past:
        raise InputError("Expected either the id of a person or --past.")
    people = _people(settings)
    if past:
        ids = [one.id for one in people.past(settings.keep_contacts_days, today())]
        count = people.forget_contacts(ids) if ids else 0
        click.echo(fill("outreach.forgotten-past", {"n": count}, settings.language))
    else:
        click.echo(fill("outreach.forgotten", {"id": people.forget(person).id}, settings.language))


@outreach.command()
@click.argument("person")
@click.option("--output", type=click.Path(path_type=Path), help="File to write, for you alone; without it, the screen.")
@click.pass_obj
def export(settings: Settings, person: str, output: Path | None) -> None:
    """Hand out all that is kept about PERSON, as JSON, to be given to them; there is no export of everybody."""
    from dgekg.inbox import files

    kept = dataclasses.asdict(_people(settings).get(person))
    said = json.dumps(kept, ensure_ascii=False, indent=1)
    if output is None:
        click.echo(said)
    else:
        files.put(output.resolve(), f"{said}\n".encode())
        click.echo(f"Wrote {output}.")


_COUNTS = ("asked", "answered", "practices")


def _said(row: Row, name: str, language: str) -> list[Any]:
    from dgekg.render import say

    place = name or say("outreach.everybody" if row.dimension == "total" else "outreach.rest", language)
    counts: list[Any] = [say("outreach.untold", language) if n is None else n for n in (row.asked, row.answered)]
    nothing = say("outreach.unpublished", language) if row.code else ""
    practices = nothing if row.practices is None else row.practices
    return [say(f"outreach.dimension-{row.dimension}", language), place, *counts, practices]


def _raw(row: Row, name: str, form: str) -> list[Any]:
    blank = None if form == "json" else ""
    counts = [blank if n is None else n for n in (row.asked, row.answered, row.practices)]
    return [row.dimension, row.code, name, *counts]


def _folder(settings: Settings) -> Path:
    from dgekg.outreach import FOLDER

    return settings.private_root() / FOLDER


def _people(settings: Settings) -> People:
    from dgekg import outreach as reaching
    from dgekg.render import say

    folder = _folder(settings)
    if settings.outreach_key is not None:
        return reaching.People(reaching.of_key_file(folder, settings.outreach_key))
    passphrase = click.prompt(say("outreach.passphrase", settings.language), hide_input=True, err=True)
    return reaching.People(reaching.of_passphrase(folder, passphrase))


def _schemes(settings: Settings) -> Schemes:
    from dgekg import forms

    concepts = forms.of(settings.project()).concepts
    wanted = {"sector": ("sector",), "region": ("region", "place"), "group": ("group",)}
    return {name: {one.code: one for one in concepts.options(schemes)} for name, schemes in wanted.items()}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
