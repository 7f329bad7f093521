"""The command `reviewer`: who may log in at /review, and what they did there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dgekg.commands.options import FORMAT
from dgekg.errors import InputError
from dgekg.settings import Settings
from dgekg.terminal import show

if TYPE_CHECKING:
    from dgekg.reviewers import Accounts

_INVENT = click.option("--invent", is_flag=True, help="Invent a password and print it once, instead of asking for one.")


@click.group()
def reviewer() -> None:
    """Accounts for /review, kept in the private root: hashes of passwords (Argon2id), second factors encrypted."""


@reviewer.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["review", "assess"]),
    help="review: decides about proposals. assess: rates practices. Both without it.",
)
@click.option("--actor", default="", metavar="SLUG", help="Short name of the actor that signs this account's ratings.")
@_INVENT
@click.pass_obj
def add(settings: Settings, name: str, roles: tuple[str, ...], actor: str, invent: bool) -> None:
    """Make an account NAME (small letters, digits, hyphens); it need not be the person's name."""
    from dgekg.identifiers import SLUG
    from dgekg.reviewers.accounts import ROLES

    if actor and not SLUG.fullmatch(actor):
        raise InputError(f'--actor: found "{actor}", expected the short name of an actor, as equality-lab.', actor)
    account = _accounts(settings).add(name, _password(invent), roles or ROLES, actor)
    click.echo(f"{account.name}: may log in at /review ({', '.join(account.roles)}).")


@reviewer.command("list")
@FORMAT
@click.pass_obj
def list_(settings: Settings, form: str) -> None:
    """List the accounts."""
    from dgekg import reviewers

    folder = settings.private_root() / reviewers.FOLDER
    attempts = reviewers.Attempts(folder)
    rows = [
        [one.name, ", ".join(one.roles), one.actor, one.made, bool(one.secret), attempts.wait(one.name)]
        for one in _accounts(settings).all()
    ]
    show(["account", "may", "signs as", "made", "second factor", "seconds locked"], rows, form, {})


@reviewer.command()
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Delete the account NAME; whoever is logged in with it is out at once. Decisions keep its name."""
    _accounts(settings).remove(name)
    click.echo(f"{name}: the account is gone.")


@reviewer.command()
@click.argument("name")
@_INVENT
@click.pass_obj
def reset(settings: Settings, name: str, invent: bool) -> None:
    """Give NAME another password; whoever is logged in with it is out at once, and no lock stands."""
    from dgekg import reviewers

    accounts = _accounts(settings)
    accounts.get(name)  # before a password is asked for
    accounts.reset(name, _password(invent))
    reviewers.Attempts(settings.private_root() / reviewers.FOLDER).clear(name)
    click.echo(f"{name}: has a new password.")


@reviewer.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="Take it off: the password alone lets NAME in until they set up another.")
@click.pass_obj
def second(settings: Settings, name: str, off: bool) -> None:
    """Give NAME a second factor (TOTP), or another, and print it once; whoever is logged in with it is out at once.

    Everybody can set up their own at /review/second; this is for whoever has lost theirs.
    """
    from dgekg import reviewers
    from dgekg.reviewers.second import address, drawn

    private = settings.private_root()
    account = _accounts(settings).get(name)
    factor = reviewers.second_factor(private, settings.review_key)
    if off:
        factor.end(account.name)
        reviewers.Attempts(private / reviewers.FOLDER).clear(account.name)
        click.echo(f"{account.name}: has no second factor any more.")
        return
    secret, codes = factor.give(account.name)
    link = address(account.name, secret, "dgekg")
    click.echo(drawn(link), nl=False)
    click.echo(f"secret: {secret}\n{link}\n\ncodes for recovery, each once:")
    click.echo("\n".join(codes))


@reviewer.command()
@click.argument("name")
@click.pass_obj
def unlock(settings: Settings, name: str) -> None:
    """Let NAME try again at once after failed attempts."""
    from dgekg import reviewers

    reviewers.Attempts(settings.private_root() / reviewers.FOLDER).clear(name)
    click.echo(f"{name}: may try again.")


@reviewer.command()
@click.option("--by", default="", metavar="NAME", help="Only of this account.")
@click.option("--about", default="", metavar="ID", help="Only about this proposal.")
@FORMAT
@click.pass_obj
def log(settings: Settings, by: str, about: str, form: str) -> None:
    """Show who did what and when: no content, no reasons, no addresses."""
    from dgekg import reviewers

    lines = reviewers.Audit(settings.private_root() / reviewers.FOLDER).lines()
    kept = [one for one in lines if by in ("", one["by"]) and one["about"].startswith(about)]
    show(["time", "act", "by", "about"], [[one[k] for k in ("time", "act", "by", "about")] for one in kept], form, {})


def _accounts(settings: Settings) -> Accounts:
    from dgekg import reviewers

    return reviewers.Accounts(settings.private_root() / reviewers.FOLDER)


def _password(invent: bool) -> str:
    """Return a password: invented and printed, typed twice on a terminal, else the first line of standard input."""
    from dgekg.reviewers.accounts import invented

    if invent:
        password = invented()
        click.echo(f"password: {password}")
        return password
    if sys.stdin.isatty():
        return str(click.prompt("password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
