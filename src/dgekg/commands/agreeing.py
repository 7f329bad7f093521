"""Commands about ratings as a whole: how far raters agree, and what a status hangs on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from dgekg.commands.options import FORMAT, LANGUAGE, STORE
from dgekg.errors import InputError, SourceError
from dgekg.settings import Settings
from dgekg.terminal import show

if TYPE_CHECKING:
    from dgekg.assessing.agreement import Agreement
    from dgekg.assessing.sensitivity import Outcome, Variation
    from dgekg.assessment import StatusRule
    from dgekg.observatory import Observatory


@click.command()
@click.option(
    "--scale",
    type=click.Choice(["nominal", "ordinal"]),
    default="nominal",
    show_default=True,
    help="All five ratings as names, or only no, partly, yes as steps.",
)
@click.option("--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="For the interval.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def agreement(settings: Settings, scale: str, resamples: int, form: str, store: str, language: str | None) -> None:
    """Say how far raters agree on each criterion, persons and software apart.

    Krippendorff's alpha with an interval by resampling. What runs of software share is consistency, not agreement.
    """
    from dgekg.assessing import agreement as agreeing
    from dgekg.assessing import ratings
    from dgekg.observatory import open_observatory
    from dgekg.render import fill, say

    observatory = open_observatory(settings, store)
    lang = language or settings.language
    found = agreeing.agreement(
        ratings.read(observatory.store, observatory.project.queries), rule_of(observatory).criteria, scale, resamples
    )
    scale_words = say(f"agreement.{scale}", lang)
    note = fill("agreement.note", {"scale": scale_words, "resamples": resamples}, lang)
    about = {"version": observatory.version, "scale": scale, "resamples": resamples, "note": note}
    if form in ("csv", "json"):
        show(_COLUMNS, [_raw(one) for one in found], form, about)
    else:
        show(
            [say(f"agreement.column-{name}", lang) for name in ("what", "criterion", "same", "alpha", "interval")],
            [_said(one, lang) for one in found],
            form,
            about,
        )
    click.echo(note, err=True)
    if not any(one.raters == agreeing.PERSONS for one in found):
        click.echo(say("agreement.no-persons", lang), err=True)


_COLUMNS = ["raters", "called", "criterion", "coders", "units", "same", "alpha", "low", "high", "why"]


def _raw(one: Agreement) -> list[Any]:
    numbers = ["" if value is None else round(value, 4) for value in (one.alpha, one.low, one.high)]
    return [one.raters, one.called, one.criterion, one.coders, one.units, one.same, *numbers, one.why]


def _said(one: Agreement, language: str) -> list[str]:
    from dgekg.render import fill, say

    same = fill("agreement.of", {"same": one.same, "units": one.units}, language)
    if one.alpha is None:
        alpha, interval = say(f"agreement.{one.why or 'constant'}", language), ""
    else:
        alpha = _two(one.alpha)
        interval = say("agreement.no-interval", language)
        if one.low is not None and one.high is not None:
            interval = fill("agreement.to", {"low": _two(one.low), "high": _two(one.high)}, language)
    return [say(f"agreement.{one.raters}", language), one.criterion, same, alpha, interval]


def _two(value: float) -> str:
    """Return two decimals, and no minus before nothing.

    >>> _two(-0.001), _two(-0.034)
    ('0.00', '-0.03')
    """
    return f"{round(value, 2) + 0.0:.2f}"


@click.command()
@click.option("--drop", multiple=True, metavar="C", help="Without this criterion.")
@click.option("--demand", multiple=True, metavar="C=RATING", help="Where the rule says at least: this rating.")
@click.option("--set", "numbers", multiple=True, metavar="NAME=N", help="Another value of one of the rule's numbers.")
@click.option("--follow", type=click.Choice(["strictest", "mildest"]), multiple=True, help="Whom of several raters.")
@click.option("--practices", is_flag=True, help="List the practices whose status changes, not only how many.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def sensitivity(
    settings: Settings,
    drop: tuple[str, ...],
    demand: tuple[str, ...],
    numbers: tuple[str, ...],
    follow: tuple[str, ...],
    practices: bool,
    form: str,
    store: str,
    language: str | None,
) -> None:
    """Say which statuses change if the rule is changed in one place; without a choice, each single step is tried."""
    from dgekg.assessing import sensitivity as sensing
    from dgekg.assessing.cases import RULE, cases
    from dgekg.observatory import open_observatory
    from dgekg.render import fill, say

    observatory = open_observatory(settings, store)
    lang, rule = language or settings.language, rule_of(observatory)
    path = observatory.project.data / "criteria" / RULE
    chosen = [sensing.Variation(sensing.DROP, code) for code in drop]
    chosen += [
        _moved(sensing.DEMAND, text, {c: sensing.demanded_now(rule, c) for c in rule.criteria}) for text in demand
    ]
    chosen += [_moved(sensing.SET, text, {k: str(v) for k, v in sensing.numbers(path).items()}) for text in numbers]
    chosen += [sensing.Variation(sensing.FOLLOW, whom) for whom in follow]
    known = cases(observatory.store, observatory.project.queries, rule, observatory.as_of)
    found = sensing.outcomes(path, rule, known, chosen or sensing.every(path, rule))
    note = fill("sensitivity.note", {"cases": found[0].cases if found else 0}, lang)
    about = {"version": observatory.version, "as_of": observatory.as_of.isoformat(), "note": note}
    names = (
        ("change", "practice", "group", "before", "after") if practices else ("change", "statuses", "changed", "which")
    )
    rows = [row for one in found for row in (_listed if practices else _counted)(observatory, one, lang)]
    show([say(f"sensitivity.column-{name}", lang) for name in names], rows, form, about)
    click.echo(note, err=True)


def rule_of(observatory: Observatory) -> StatusRule:
    """Return the status rule of the project.

    Raises:
        SourceError: there is none, or it is broken.
    """
    from dgekg.assessing import cases

    rule = cases.rule_of(observatory.project.data / "criteria")
    if rule is None:
        raise SourceError(
            f"data/criteria/{cases.RULE}: is not there, so that nothing is rated and nothing has a status. It says "
            "which ratings on which criteria make which status: write it beside your criteria, or put it back."
        )
    return rule


def _moved(kind: str, text: str, now: dict[str, str]) -> Variation:
    from dgekg.assessing.sensitivity import Variation

    name, equals, value = text.partition("=")
    if not equals or (kind == "set" and not value.isdecimal()):
        example = "C2=yes" if kind == "demand" else "minimum_answered=6"
        raise InputError(f'--{kind}: found "{text}", expected NAME=VALUE, for example {example}.', text)
    return Variation(kind, name, value, now.get(name, ""))


def _change(variation: Variation, language: str) -> str:
    from dgekg.render import fill

    key = variation.what if variation.kind == "follow" else variation.kind
    return fill(f"sensitivity.{key}", {"what": variation.what, "to": variation.to, "was": variation.was}, language)


def _counted(observatory: Observatory, one: Outcome, language: str) -> list[list[Any]]:
    from dgekg.render import fill, say

    moves = Counter((changed.before, changed.after) for changed in one.changed)
    words = [
        fill(
            "sensitivity.move",
            {"n": n, "before": _status(observatory, was, language), "after": _status(observatory, now, language)},
            language,
        )
        for (was, now), n in sorted(moves.items(), key=lambda move: (-move[1], move[0]))
    ]
    which = "; ".join(words) or say("sensitivity.none", language)
    return [[_change(one.variation, language), one.cases, len(one.changed), which]]


def _listed(observatory: Observatory, one: Outcome, language: str) -> list[list[Any]]:
    return [
        [
            _change(one.variation, language),
            changed.practice.rpartition("/")[2],
            observatory.names.label(changed.group, language),
            _status(observatory, changed.before, language),
            _status(observatory, changed.after, language),
        ]
        for changed in one.changed
    ]


def _status(observatory: Observatory, code: str, language: str) -> str:
    from dgekg import identifiers

    return observatory.names.label(identifiers.concept("practice-status", code), language).lower()
