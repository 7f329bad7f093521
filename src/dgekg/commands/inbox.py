"""The command `inbox`: read what was proposed, decide, and let the resident writer take it in."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dgekg import identifiers, processes, versions
from dgekg.commands.options import FORMAT, LANGUAGE, REVIEWER
from dgekg.errors import DgekgError, InputError
from dgekg.settings import Settings, today
from dgekg.terminal import show

if TYPE_CHECKING:
    from dgekg.inbox import Held, Inbox

_COLUMNS = ("id", "state", "act", "about", "exposure", "accepted by", "lacking", "received")
_KEPT = ("rejected", "returned", "applied", "suspect", "answers")
_STATES = ("received", "accepted", "applied", "returned", "rejected", "withdrawn")


@click.group()
def inbox() -> None:
    """What was proposed: read it, decide about it, let the writer take it in. Kept in the private root."""


@inbox.command(name="list")
@click.option("--state", type=click.Choice(_STATES), help="Only those.")
@FORMAT
@click.pass_obj
def list_(settings: Settings, state: str | None, form: str) -> None:
    """List proposals, the oldest first; likely spam stands last."""
    rows = [_row(held) for held in opened(settings).list(state or "")]
    show(_COLUMNS, rows, form, {})


@inbox.command(name="show")
@click.argument("proposal")
@click.pass_obj
def show_(settings: Settings, proposal: str) -> None:
    """Show all of PROPOSAL (its id or the beginning of it): answers, decisions, and what the writer made of it."""
    held = opened(settings).get(proposal)
    said: dict[str, Any] = {**held.proposal.as_json(), "state": held.state, "lacking": held.lacking}
    said["decisions"] = [one.as_json() for one in held.decisions]
    diff = held.outcome.diff if held.outcome else ""
    if held.outcome is not None:
        said["outcome"] = {name: value for name, value in held.outcome.as_json().items() if name != "diff"}
    click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    if diff:
        click.echo(f"\n{diff}")


@inbox.command()
@click.argument("proposal")
@click.argument("name")
@click.option("--output", type=click.Path(path_type=Path), help="File to write; else NAME, in this folder.")
@click.pass_obj
def file(settings: Settings, proposal: str, name: str, output: Path | None) -> None:
    """Write the file NAME that came with PROPOSAL, for you alone to read. It is never to be published."""
    from dgekg.inbox import files, keeping

    found, data = keeping.file_of(opened(settings), proposal, name)
    path = (output or Path(found.name)).resolve()
    if path.exists():
        raise InputError(f"{path}: is there already. Name another file with --output.", str(path), field="output")
    files.put(path, data)
    click.echo(f"Wrote {path}, {found.size:,} bytes. Open it with care: it came from outside.")


@inbox.command()
@click.argument("proposal")
@REVIEWER
@click.pass_obj
def accept(settings: Settings, proposal: str, by: str) -> None:
    """Accept PROPOSAL. What is with care or protected needs two different reviewers."""
    _decided(settings, proposal, by, "accept", "")


@inbox.command(name="return")
@click.argument("proposal")
@click.option("--reason", required=True, help="What the contributor is to mend; shown to whoever has the code.")
@REVIEWER
@click.pass_obj
def return_(settings: Settings, proposal: str, reason: str, by: str) -> None:
    """Give PROPOSAL back to its contributor, who can change it."""
    _decided(settings, proposal, by, "return", reason)


@inbox.command()
@click.argument("proposal")
@click.option("--reason", required=True, help="Why; shown to whoever has the code.")
@REVIEWER
@click.pass_obj
def reject(settings: Settings, proposal: str, reason: str, by: str) -> None:
    """Reject PROPOSAL for good."""
    _decided(settings, proposal, by, "reject", reason)


@inbox.command()
@click.option("--once", is_flag=True, help="Take in what is accepted now, and end.")
@click.option("--with-parent", type=int, hidden=True, help="End with the process of this number, which started this.")
@click.pass_obj
def work(settings: Settings, once: bool, with_parent: int | None) -> None:
    """Run the resident writer: what is accepted is written, published and concluded, one after the other.

    "dgekg serve" runs it by itself where there is an inbox; there is one at a time.
    """
    from dgekg.writer.resident import Resident

    stop = processes.Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent is not None:
        processes.end_with_parent(with_parent)
    resident = Resident(settings.project(), settings.private_root(), settings.keep_versions, _said)
    try:
        if once:
            done = resident.round()
            click.echo(f"{len(done)} published, {len(resident.inbox.list('received'))} wait for a decision.")
        else:
            resident.run(stop)
    finally:
        resident.close()


@inbox.command()
@click.argument("record")
@click.option("--output", type=click.Path(path_type=Path), help="File to write; without it, the letter is printed.")
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="Days to answer.")
@click.option("--address", default="", metavar="URL", help="Where the code is entered; else by the service's address.")
@LANGUAGE
@click.pass_obj
def letter(settings: Settings, record: str, output: Path | None, days: int, address: str, language: str | None) -> None:
    """Write a letter to those whom RECORD (kind/slug) is about: what it says, its ratings, a code to answer with."""
    from dgekg import collection, documents, forms, letters, suppression
    from dgekg.inbox.orders import invite
    from dgekg.lookup import Names
    from dgekg.store.local import LocalStore

    project, lang, iri = settings.project(), language or settings.language, suppression.named(record)
    until = today() + dt.timedelta(days=days)
    slug = iri.rpartition("/")[2]
    read = [documents.read(path, project.root)[0] for path in documents.of_folder(project.data) if path.stem == slug]
    names = Names(LocalStore(versions.current(project.build).store), project.queries)
    where = address or f"{settings.address or 'https://w3id.org/dgekg'}/contribute/status".replace(
        "//contribute", "/contribute"
    )
    written = letters.Letters(forms.of(project), names, collection.read(project.data))
    write = partial(written.html, iri, read, address=where, day=today(), until=until, language=lang)
    write(code="")  # so that no code is made for a letter that cannot be written
    invited = letters.say("invited", lang, until=until.isoformat())
    text = write(code=invite(opened(settings), iri, lang, invited).code)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {output}. The code in it opens the answer; it is kept nowhere else.")


@inbox.command()
@click.argument("code", default="")
@click.option(
    "--contributor", default="", metavar="NAME", help="Instead of a code: the name they wanted to be named by."
)
@click.option("--output", type=click.Path(path_type=Path), help="File to write; without it, it is printed.")
@click.pass_obj
def export(settings: Settings, code: str, contributor: str, output: Path | None) -> None:
    """Hand out all that is held about one contributor, as JSON: by the CODE of a receipt, or by name."""
    from dgekg.inbox import files, keeping

    said = json.dumps(keeping.about(opened(settings), code=code, contributor=contributor), ensure_ascii=False, indent=1)
    if output is None:
        click.echo(said)
    else:
        files.put(output.resolve(), f"{said}\n".encode())
        click.echo(f"Wrote {output}.")


@inbox.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@click.pass_obj
def tidy(settings: Settings, dry_run: bool) -> None:
    """Delete what is past its time: rejected, returned, taken in, likely spam (DGEKG_KEEP_..._DAYS)."""
    from dgekg.inbox import Periods, keeping

    given = (getattr(settings, f"keep_{name}_days") for name in _KEPT)
    box, periods = opened(settings), Periods(*given)
    if dry_run:
        for held in keeping.past(box, periods, today()):
            click.echo(f"{held.id}: {held.state}, received {held.proposal.received}")
        return
    box.shelf.tidy()
    click.echo(f"{keeping.tidy(box, periods, today())} proposals were past their time and are deleted.")


def opened(settings: Settings) -> Inbox:
    """Return the inbox, with the rules of exposure where a version is built."""
    from dgekg.inbox import FOLDER, Inbox
    from dgekg.inbox.box import unknown
    from dgekg.inbox.exposure import Rules
    from dgekg.store.local import LocalStore

    folder: Path = settings.private_root() / FOLDER
    try:
        store = LocalStore(versions.current(settings.project().build).store)
        return Inbox(folder, Rules(store, settings.project().queries))
    except DgekgError:
        return Inbox(folder, unknown)


def _decided(settings: Settings, proposal: str, by: str, verdict: str, reason: str) -> None:
    box = opened(settings)
    held = box.get(proposal)
    by, before = by or getpass.getuser(), held.decisions
    held = box.decide(held.id, by, verdict, reason, held.proposal.revision)
    again = f" by {by.strip()} already" if held.decisions == before else ""
    other = "another" if again else f"{held.lacking} more"
    more = f"; {other} reviewer must accept it" if held.state == "accepted" and held.lacking else ""
    click.echo(f"{held.id}: {held.state}{again}{more}.")


def _row(held: Held) -> tuple[str | int, ...]:
    proposal = held.proposal
    about = identifiers.compact(proposal.record) if proposal.record else str(proposal.answers.get("kind", ""))
    state = f"{held.state} (refused by the writer)" if held.trouble else held.state
    state += " (may be spam)" if proposal.suspect else ""
    by = ", ".join(held.accepted_by)
    lacking = held.lacking if held.state in ("received", "accepted") else 0
    return (held.id, state, proposal.act, about, proposal.exposure, by, lacking, proposal.received)


def _said(line: str) -> None:
    click.echo(f"writer: {line}", err=True)
