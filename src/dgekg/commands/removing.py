"""Commands that take something out: withdraw, erase, withhold."""

from __future__ import annotations

import getpass
import time

import click

from dgekg import identifiers, suppressing, suppression, withheld
from dgekg.commands.options import REVIEWER
from dgekg.errors import InputError, StoreError
from dgekg.settings import Settings, today

_PATIENCE_SECONDS = 180.0


@click.command()
@click.argument("record")
@REVIEWER
@click.pass_obj
def withdraw(settings: Settings, record: str, by: str) -> None:
    """Withdraw RECORD (kind/slug): gone from now on; its address says so (410), and the ledger keeps the day.

    It is shown no more at once. Then its file, what is about it and every mention of it leave the files.
    """
    iri = suppression.named(record)
    _must_be_there(settings, iri)
    folder = settings.private_root()
    if iri not in suppression.read(folder):
        suppressing.add(folder, iri, "withdrawn", today())
    click.echo(f"{identifiers.compact(iri)}: is shown no more, in no version.")
    _carried_out(settings, "withdraw", iri, by)
    click.echo("Its files are gone, the ledger says so, and a version without it is current.")


@click.command()
@click.argument("record")
@click.option("--may-return", is_flag=True, help="Do not put its addresses and names on the list of what was withheld.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REVIEWER
@click.pass_obj
def erase(settings: Settings, record: str, may_return: bool, yes: bool, by: str) -> None:
    """Erase RECORD (kind/slug): out of data, ledger, every kept version, dumps, index, feed and inbox.

    What remains is an opaque line with the month. Nothing erased comes back; this cannot be undone. What is out of
    reach (the history of the repository, copies elsewhere) is listed, with the commands to do it.
    """
    from dgekg.writer.erasing import files_of, holding, out_of_reach

    iri, project, folder = suppression.named(record), settings.project(), settings.private_root()
    _must_be_there(settings, iri)
    files = files_of(project, iri)
    if not yes:
        click.confirm(f"Erase {identifiers.compact(iri)} from {len(files)} files and every version?", abort=True)
    if not may_return:
        withheld.add(folder, _said(settings, iri), today())
    known = suppression.read(folder).entry(iri)
    if known is None or known.kind != "erased":
        suppressing.add(folder, iri, "erased", today())
    click.echo("It is shown no more, in no version.")
    _carried_out(settings, "erase", iri, by)
    click.echo(f"Erased from {len(files)} files, the ledger, the kept versions and the inbox. Out of reach:")
    for version in holding(project, iri):
        click.echo(
            f"- Version {version.name} is being read and holds it still, shown to nobody: the next build deletes it."
        )
    gone = [file for file in files if not (project.root / file).exists()]
    for line in out_of_reach(project, gone):
        click.echo(f"- {line}" if not line.startswith(" ") else line)


@click.command()
@click.argument("what", nargs=-1)
@click.option("--check", is_flag=True, help="Only say whether each is on the list.")
@click.pass_obj
def withhold(settings: Settings, what: tuple[str, ...], check: bool) -> None:
    """Remember that WHAT (addresses, titles) was withheld, so that no later round brings it back.

    Kept as keyed digests in the private root: the list does not tell what is on it. An address also stands for all
    that lies below it. Build, writer and importers compare new records with it.
    """
    folder = settings.private_root()
    if check:
        listed = withheld.read(folder)
        for text in what:
            click.echo(f"{'withheld' if text in listed else 'not on the list'}: {text}")
        return
    if not what:
        click.echo(f"{len(withheld.read(folder))} addresses and titles are on the list.")
        return
    click.echo(f"{withheld.add(folder, what, today())} added, {len(withheld.read(folder))} on the list.")


def _said(settings: Settings, iri: str) -> list[str]:
    """Return the addresses and names by which an erased record would be known again."""
    from dgekg import documents

    project = settings.project()
    read = {path: documents.read(path, project.root)[0] for path in documents.of_folder(project.data)}
    homes = [document for document in read.values() if iri in document.subjects]
    found = [text for document in homes for text in withheld.names_of(document, iri)]
    others = b"\n".join(document.data for document in read.values() if document not in homes)
    return [text for text in found if f"<{text}>".encode() not in others]  # others' sources are not withheld with it


def _must_be_there(settings: Settings, iri: str) -> None:
    from dgekg.writer.erasing import files_of

    if not files_of(settings.project(), iri):
        raise InputError(
            f"{identifiers.compact(iri)}: no file describes or names it. To hide what a version still holds: "
            '"dgekg suppress".',
            iri,
        )


def _carried_out(settings: Settings, act: str, iri: str, by: str) -> None:
    """Give the order to the writer, here or in the process where it runs, and wait until it is carried out."""
    from dgekg.inbox import FOLDER, Inbox
    from dgekg.inbox.orders import order
    from dgekg.writer.resident import Resident

    inbox = Inbox(settings.private_root() / FOLDER)
    name = order(inbox, act, iri, by or getpass.getuser()).id
    resident: Resident | None = None
    until = time.monotonic() + _PATIENCE_SECONDS
    while name in inbox.shelf.names():
        held = inbox.get(name)
        if held.trouble:
            raise InputError("The files cannot be changed so:\n" + "\n".join(held.trouble))
        if held.state == "applied":
            return
        if time.monotonic() > until:
            raise StoreError(
                'The writer has not done it yet. Is it at work? See "dgekg inbox list", or run "dgekg inbox work".'
            )
        try:
            resident = Resident(settings.project(), settings.private_root(), settings.keep_versions)
            try:
                resident.round()
            finally:
                resident.close()
        except StoreError:
            time.sleep(1)  # another writer is at work: it does it
