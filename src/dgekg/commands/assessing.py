"""The command `assess`: take on practices, rate them blind, decide between ratings, hand in; what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dgekg.commands.agreeing import rule_of, sensitivity
from dgekg.commands.options import FORMAT, LANGUAGE, STORE
from dgekg.errors import InputError, UnknownValue
from dgekg.settings import Settings
from dgekg.terminal import show

if TYPE_CHECKING:
    from dgekg.assessing.desk import Answer, Declaration, Desk
    from dgekg.assessing.ratings import Dispute
    from dgekg.observatory import Observatory

AS = click.option("--as", "coder", required=True, metavar="NAME", help="Your account, or the short name of your actor.")


@click.group(invoke_without_command=True)
@click.option("--as", "coder", metavar="NAME", help="Your account, or the short name of your actor.")
@click.option("--practice", "practices", multiple=True, metavar="SLUG", help="Take this practice on.")
@click.option("--sample", type=click.IntRange(1, 10_000), metavar="N", help="Take on N practices drawn by chance.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draw: the same draws the same.")
@click.option("--group", metavar="CODE", help="For this group only; else for those it was rated or is made for.")
@click.option("--competence", default="", help="What you bring; asked for once.")
@click.option("--funding", default="", help="Who pays for this work; asked for once.")
@click.option("--relation", default="", help="What you have to do with what you rate; asked for once.")
@STORE
@LANGUAGE
@click.pass_context
def assess(
    context: click.Context,
    coder: str | None,
    practices: tuple[str, ...],
    sample: int | None,
    seed: int,
    group: str | None,
    competence: str,
    funding: str,
    relation: str,
    store: str,
    language: str | None,
) -> None:
    """Rate practices: one practice and one criterion at a time, with rubric and evidence, blind to other ratings.

    Each answer is kept at once in the private root; the same command goes on where you stopped.

    dgekg assess --as my-organisation --sample 5
    """
    if context.invoked_subcommand is not None:
        return
    from dgekg.assessing.desk import Desk
    from dgekg.commands.coding import Terminal, declared
    from dgekg.observatory import open_observatory
    from dgekg.render import fill, say

    settings: Settings = context.obj
    if not coder:
        raise InputError("assess: expected --as NAME, your account or the short name of your actor.")
    observatory, lang = open_observatory(settings, store), language or settings.language
    desk = Desk(settings.private_root(), coder)
    actor = actor_of(observatory, settings, coder)
    _take_on(observatory, desk, practices, sample, seed, group)
    if not desk.plan():
        click.echo(say("coding.nothing", lang))
        return
    given = {"competence": competence, "funding": funding, "relation": relation}
    declaration = declared(desk, actor, lang, given)
    finished = Terminal(observatory, desk, declaration, rule_of(observatory).criteria, lang).run()
    click.echo(fill("coding.all-done", {"coder": coder}, lang) if finished else say("coding.stopped", lang))


@assess.command("list")
@AS
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def list_(settings: Settings, coder: str, form: str, store: str, language: str | None) -> None:
    """Say what you took on, and how far you are."""
    from dgekg import identifiers
    from dgekg.assessing.desk import Desk
    from dgekg.observatory import open_observatory

    observatory, lang = open_observatory(settings, store), language or settings.language
    order = rule_of(observatory).criteria
    rows = [
        [
            one.practice,
            observatory.names.label(identifiers.concept("group", one.group), lang),
            one.rated,
            one.handed,
            one.of,
        ]
        for one in Desk(settings.private_root(), coder).progress(order)
    ]
    show(["practice", "group", "rated", "handed in", "of"], rows, form, {"version": observatory.version})


@assess.command("hand-in")
@AS
@click.option("--part", is_flag=True, help="Also practices of which not every criterion is rated.")
@STORE
@LANGUAGE
@click.pass_obj
def hand_in(settings: Settings, coder: str, part: bool, store: str, language: str | None) -> None:
    """Propose what you rated: it goes to the inbox, where a reviewer looks at it, and is published from there."""
    from dgekg.assessing.desk import Desk
    from dgekg.observatory import open_observatory
    from dgekg.render import fill, say

    observatory, lang = open_observatory(settings, store), language or settings.language
    desk, order = Desk(settings.private_root(), coder), rule_of(observatory).criteria
    declaration = _declaration(desk)
    practices = ratings = 0
    for one in desk.progress(order):
        if not one.rated:
            continue
        if not one.complete and not part:
            counts = {"practice": one.practice, "group": one.group, "done": one.rated + one.handed, "of": one.of}
            click.echo(fill("coding.not-ready", counts, lang), err=True)
            continue
        given = [answer for unit, answer in desk.answers().items() if unit[:2] == (one.practice, one.group)]
        propose(settings, observatory, coder, declaration, given)
        desk.done(given)
        practices, ratings = practices + 1, ratings + len(given)
    if not ratings:
        click.echo(say("coding.nothing-to-hand-in", lang))
        return
    click.echo(fill("coding.handed", {"practices": practices, "ratings": ratings}, lang))


@assess.command()
@click.option("--as", "coder", metavar="NAME", help="Decide, as this account or actor; without it only list.")
@click.option("--practice", default="", metavar="SLUG", help="Only of this practice.")
@click.option("--all", "every", is_flag=True, help="Also what is decided already.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def adjudicate(
    settings: Settings, coder: str | None, practice: str, every: bool, form: str, store: str, language: str | None
) -> None:
    """List where ratings differ and nobody decided; with --as, decide: a record of its own that names them all."""
    from dgekg.assessing import ratings
    from dgekg.observatory import open_observatory
    from dgekg.render import say

    observatory, lang = open_observatory(settings, store), language or settings.language
    found = ratings.disputes(ratings.read(observatory.store, observatory.project.queries), every)
    found = [one for one in found if not practice or one.unit[0].endswith(f"/{practice}")]
    if not found:
        click.echo(say("coding.no-dispute", lang))
        return
    if not coder:
        rows = [_disputed(observatory, one, lang) for one in found]
        show(["practice", "group", "criterion", "ratings", "decided"], rows, form, {"version": observatory.version})
        return
    _decide(settings, observatory, coder, found, lang)


assess.add_command(sensitivity)


def actor_of(observatory: Observatory, settings: Settings, coder: str) -> str:
    """Return the slug of the actor that signs a coder's ratings: the account's, else of the same name.

    Raises:
        UnknownValue: there is no such actor; the nearest are suggested.
    """
    from dgekg import identifiers, reviewers

    account = reviewers.Accounts(settings.private_root() / reviewers.FOLDER).find(coder)
    slug = account.actor if account and account.actor else coder
    home = identifiers.records("actor")
    if home + slug not in observatory.names.known:
        known = [iri.removeprefix(home) for iri in observatory.names.known if iri.startswith(home)]
        hint = "Ratings are signed by an actor of the collection: a person who agreed to it, or an organisation."
        raise UnknownValue("actor", slug, known, hint)
    return slug


def propose(
    settings: Settings, observatory: Observatory, coder: str, declaration: Declaration, given: list[Answer]
) -> None:
    """Put ratings of one practice into the inbox; on disk when this returns."""
    from dgekg.assessing import proposals
    from dgekg.inbox import FOLDER, Draft, Inbox
    from dgekg.inbox.exposure import Rules

    draft = Draft(
        "rating",
        answers=proposals.answers(coder, declaration, given),
        record=proposals.record(given[0].practice),
        named=observatory.names.label(proposals.signed(declaration), declaration.language),
        consent={"publish": True},
        language=declaration.language,
    )
    inbox = Inbox(settings.private_root() / FOLDER, Rules(observatory.store, observatory.project.queries))
    inbox.submit(draft, proposals.key(coder, given))


def _take_on(
    observatory: Observatory, desk: Desk, practices: tuple[str, ...], sample: int | None, seed: int, group: str | None
) -> None:
    from dgekg import identifiers
    from dgekg.assessing import material
    from dgekg.assessing.desk import drawn

    if not practices and not sample:
        return
    groups = material.groups(observatory.store, observatory.project.queries)
    chosen = list(practices)
    if sample:
        chosen += drawn(groups, sample, seed, [slug for slug, _group in desk.plan()])
    for slug in chosen:
        if slug not in groups:
            raise UnknownValue("practice", slug, groups)
    if group:
        homes = [identifiers.scheme("group") + "/"]
        group = observatory.names.resolve(group, homes, "group").rpartition("/")[2]
    desk.take_on((slug, one) for slug in chosen for one in ([group] if group else groups[slug]))


def _declaration(desk: Desk) -> Declaration:
    found = desk.declaration()
    if found is None:
        raise InputError(f"{desk.coder}: nothing is rated yet. Begin with: dgekg assess --as {desk.coder} --sample 1")
    return found


def _disputed(observatory: Observatory, one: Dispute, language: str) -> list[str]:
    from dgekg import identifiers

    practice, group, criterion = one.unit
    words = [observatory.names.label(identifiers.concept("rating", r.rating), language) for r in one.ratings]
    said = "; ".join(f"{w} ({r.assessor.rpartition('/')[2]})" for w, r in zip(words, one.ratings, strict=True))
    slug = practice.rpartition("/")[2]
    return [slug, observatory.names.label(group, language), criterion, said, "yes" if one.settled else "no"]


def _decide(settings: Settings, observatory: Observatory, coder: str, found: list[Dispute], language: str) -> None:
    from dgekg.assessing.desk import Desk
    from dgekg.commands.coding import Decider, declared
    from dgekg.render import fill, say

    desk = Desk(settings.private_root(), coder)
    empty = {"competence": "", "funding": "", "relation": ""}
    declaration = declared(desk, actor_of(observatory, settings, coder), language, empty)
    decider = Decider(observatory, desk, declaration, rule_of(observatory).criteria, language)
    answers = list(decider.decisions(found))
    for answer in answers:
        propose(settings, observatory, coder, declaration, [answer])
    if answers:
        click.echo(
            fill("coding.handed", {"practices": len({a.practice for a in answers}), "ratings": len(answers)}, language)
        )
    else:
        click.echo(say("coding.stopped", language))
