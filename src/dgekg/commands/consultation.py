"""The command `consultation`: answers taken in, coded by two people, made into findings of many."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dgekg.commands.options import FORMAT, LANGUAGE, REVIEWER
from dgekg.errors import Conflict, InputError
from dgekg.settings import Settings, today
from dgekg.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from dgekg.assessing.agreement import Agreement
    from dgekg.consulting import Answer, Answers, Codes, Finding, Themes
    from dgekg.consulting.coding import Unit

_ROUND = click.option("--round", "round_", default="", metavar="SLUG", help="Only answers of this collection round.")
_NEEDED = click.option("--round", "round_", required=True, metavar="SLUG", help="Collection round that they belong to.")


@click.group()
def consultation() -> None:
    """What those consulted say: answers kept apart, themes coded by two people, findings of many as proposals.

    The questionnaire: dgekg form consultation-answer, or /contribute/consultation.
    """


@consultation.command(name="import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--inbox", "from_inbox", is_flag=True, help="Also those that came by the web form.")
@_NEEDED
@LANGUAGE
@click.pass_obj
def import_(settings: Settings, files: tuple[Path, ...], from_inbox: bool, round_: str, language: str | None) -> None:
    """Take in FILES: filled spreadsheets, or exports of the survey (KoBoToolbox, ODK). None is taken in twice."""
    from dgekg.render import fill

    if not files and not from_inbox:
        raise InputError("Name a file, or --inbox.")
    answers, lang, wrong = _answers(settings), language or settings.language, 0
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
        done = answers.take(data, file.name, round_, today(), lang)
        for line in done.wrong:
            click.echo(line, err=True)
        wrong += len(done.wrong)
        counts = {"new": done.new, "known": done.known, "wrong": len(done.wrong)}
        click.echo(f"{file.name}: {fill('consulting.imported', counts, lang)}")
    if from_inbox:
        click.echo(fill("consulting.from-inbox", {"n": answers.assign(round_)}, lang))
    sys.exit(1 if wrong else 0)


@consultation.command()
@click.argument("code")
@click.option("--en", default="", help="Label in English.")
@click.option("--fr", default="", help="Label in French.")
@click.option("--es", default="", help="Label in Spanish.")
@click.option("--said-en", default="", help="What they said, in sum, in English; nobody may be recognisable.")
@click.option("--said-fr", default="", help="The same in French.")
@click.option("--said-es", default="", help="The same in Spanish.")
@click.pass_obj
def theme(settings: Settings, /, code: str, **given: str) -> None:
    """Add a theme by its CODE, or say what was said about it."""
    from dgekg.render import fill

    label = {tag: given[tag] for tag in LANGUAGES}
    _themes(settings).put(code, label, {tag: given[f"said_{tag}"] for tag in label})
    click.echo(fill("consulting.theme-kept", {"theme": code}, settings.language))


@consultation.command()
@_ROUND
@REVIEWER
@LANGUAGE
@click.pass_obj
def code(settings: Settings, round_: str, by: str, language: str | None) -> None:
    """Read one text at a time and say which themes it has; nobody sees what the other coder found."""
    from dgekg.forms import spoken
    from dgekg.render import fill, say

    lang, coder, themes = language or settings.language, by or getpass.getuser(), _themes(settings)
    answers, codes, known = _answers(settings), _codes(settings), list(themes.all())
    if not known:
        raise InputError(say("consulting.no-themes", lang))
    done, labels = codes.of(coder), _questions(settings)
    texts = [(one, *text) for one in answers.all(round_) for text in one.texts(answers.questions)]
    open_ = [(one.id, question, text) for one, question, text in texts if (one.id, question) not in done]
    for number, (answer, question, text) in enumerate(open_, 1):
        head = {"question": spoken(labels[question], lang), "n": number, "of": len(open_)}
        click.echo("\n" + click.style(fill("consulting.question", head, lang), bold=True))
        click.echo(f"{text}\n")
        for place, one in enumerate(known, 1):
            click.echo(f"  {place}. {themes.label(one, lang)}")
        given = _given(known, lang)
        if given is None:
            return
        if given is not _SKIPPED:
            codes.keep(coder, (answer, question), given)
    click.echo(say("consulting.nothing", lang))


@consultation.command()
@_ROUND
@click.option("--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="For the interval.")
@FORMAT
@LANGUAGE
@click.pass_obj
def agreement(settings: Settings, round_: str, resamples: int, form: str, language: str | None) -> None:
    """Say how far coders agree on each theme: Krippendorff's alpha with an interval by resampling."""
    from dgekg.assessing import agreement as agreeing
    from dgekg.consulting import as_ratings
    from dgekg.render import fill, say
    from dgekg.terminal import show

    lang, themes = language or settings.language, _themes(settings)
    units = _units(_answers(settings), round_)
    known = list(themes.all())
    found = agreeing.agreement(as_ratings(_codes(settings).all(), units, known), known, resamples=resamples)
    note = fill("consulting.agreement-note", {"resamples": resamples}, lang)
    if form in ("csv", "json"):
        columns = ["theme", "coders", "units", "same", "alpha", "low", "high", "why"]
        show(columns, [_numbers(one) for one in found], form, {"round": round_, "note": note})
    else:
        heads = [say(f"consulting.column-{name}", lang) for name in ("theme", "same", "alpha", "interval")]
        show(heads, [_told(one, themes.label(one.criterion, lang), lang) for one in found], form, {})
    click.echo(note if found else say("consulting.no-pairs", lang), err=True)


@consultation.command()
@_NEEDED
@click.option("--submit", is_flag=True, help="Put those that can be told into the inbox, for a reviewer to read.")
@FORMAT
@LANGUAGE
@click.pass_obj
def findings(settings: Settings, round_: str, submit: bool, form: str, language: str | None) -> None:
    """Count what two coders agree on, and propose what enough people said; make them once, when a round is closed."""
    from dgekg.consulting import findings as finding
    from dgekg.consulting import settled
    from dgekg.observatory import open_observatory
    from dgekg.outreach.report import protected_groups
    from dgekg.render import fill, say
    from dgekg.terminal import show

    lang, themes, answers = language or settings.language, _themes(settings), _answers(settings)
    those = answers.all(round_)
    given, open_ = settled(_codes(settings).all(), _units(answers, round_))
    protected = protected_groups(open_observatory(settings, ""))
    found = finding(those, given, list(themes.all()), _broader(settings), protected)
    rows = []
    for one in found:
        state = say("consulting.few" if one.people is None else "consulting.ready", lang)
        if submit and one.people is not None:
            state = _proposed(settings, one, themes, round_, lang)
        places = [", ".join(codes) for codes in (one.sectors, one.regions, one.groups)]
        told = say("outreach.untold", lang) if one.people is None else one.people
        rows.append([themes.label(one.theme, lang), told, *places, state])
    heads = [say(f"consulting.column-{name}", lang) for name in ("theme", "people")]
    heads += [say(f"outreach.dimension-{name}", lang) for name in ("sector", "region", "group")]
    show([*heads, say("consulting.column-state", lang)], rows, form, {"round": round_})
    if open_:
        click.echo(fill("consulting.unsettled", {"n": open_}, lang), err=True)
    if not submit:
        click.echo(say("consulting.not-submitted", lang), err=True)


@consultation.command()
@click.option("--dry-run", is_flag=True, help="Only say how many would be deleted.")
@click.pass_obj
def tidy(settings: Settings, dry_run: bool) -> None:
    """Delete answers past their time (DGEKG_KEEP_ANSWERS_DAYS) or taken back, and what was coded in them."""
    from dgekg.render import fill

    answers = _answers(settings)
    past = answers.past(settings.keep_answers_days, today())
    if not dry_run:
        _codes(settings).delete(past)  # first, so that none is left without its answer
        answers.delete(past)
    click.echo(fill("consulting.would-tidy" if dry_run else "consulting.tidied", {"n": len(past)}, settings.language))


_SKIPPED: list[str] = []


def _given(known: Sequence[str], language: str) -> list[str] | None:
    """Ask for the themes of a text; None to stop, `_SKIPPED` to go on without."""
    from dgekg.render import fill, say

    while True:
        click.echo(f"{say('consulting.keys', language)}: ", nl=False)
        line = sys.stdin.readline()
        said = line.split()
        if not line or said == ["q"]:
            return None
        if said == ["s"]:
            return _SKIPPED
        if said == ["0"]:
            return []
        if said and all(one.isdecimal() and 1 <= int(one) <= len(known) for one in said):
            return [known[int(one) - 1] for one in said]
        click.echo(fill("consulting.not-a-key", {"found": line.strip()[:40], "most": len(known)}, language))


def _proposed(settings: Settings, one: Finding, themes: Themes, round_: str, language: str) -> str:
    from dgekg.commands.inbox import opened
    from dgekg.consulting import draft_of
    from dgekg.consulting.summing import key_of
    from dgekg.render import fill, say

    kept = themes.all()[one.theme]
    labels = kept["label"]
    made = {tag: fill("consulting.said", {"n": one.people, "label": text}, tag) for tag, text in labels.items()}
    box = opened(settings)
    try:
        receipt = box.submit(
            draft_of(one, labels, kept["said"] or made, round_), key_of(box.secret(), round_, one.theme)
        )
    except Conflict:
        return say("consulting.kept-as-is", language)
    if one.protected:
        box.expose(receipt.id, "with-care", ("those consulted spoke for a protected group",))
    return fill("consulting.proposed", {"id": receipt.id[:8]}, language)


def _units(answers: Answers, round_: str) -> list[Unit]:
    found: list[Answer] = answers.all(round_)
    return [(one.id, question) for one in found for question, _text in one.texts(answers.questions)]


def _numbers(one: Agreement) -> list[Any]:
    values = ["" if value is None else round(value, 4) for value in (one.alpha, one.low, one.high)]
    return [one.criterion, one.coders, one.units, one.same, *values, one.why]


def _told(one: Agreement, label: str, language: str) -> list[str]:
    from dgekg.render import fill, say

    same = fill("agreement.of", {"same": one.same, "units": one.units}, language)
    if one.alpha is None:
        return [label, same, say(f"agreement.{one.why or 'constant'}", language), ""]
    interval = say("agreement.no-interval", language)
    if one.low is not None and one.high is not None:
        interval = fill("agreement.to", {"low": f"{one.low:.2f}", "high": f"{one.high:.2f}"}, language)
    return [label, same, f"{one.alpha:.2f}", interval]


def _broader(settings: Settings) -> dict[str, dict[str, tuple[str, ...]]]:
    from dgekg import forms

    concepts = forms.of(settings.project()).concepts
    wanted = {"sector": ("sector",), "region": ("region", "place"), "group": ("group",)}
    return {name: {one.code: one.broader for one in concepts.options(schemes)} for name, schemes in wanted.items()}


def _questions(settings: Settings) -> dict[str, Any]:
    from dgekg import forms
    from dgekg.consulting import KIND

    return {field.id: field.label for field in forms.of(settings.project()).form(KIND).fields}


def _folder(settings: Settings) -> Path:
    from dgekg.consulting import FOLDER

    return settings.private_root() / FOLDER


def _answers(settings: Settings) -> Answers:
    from dgekg import forms
    from dgekg.consulting import Answers
    from dgekg.inbox import FOLDER, Inbox

    return Answers(_folder(settings), Inbox(settings.private_root() / FOLDER), forms.of(settings.project()))


def _themes(settings: Settings) -> Themes:
    from dgekg.consulting import Themes

    return Themes(_folder(settings))


def _codes(settings: Settings) -> Codes:
    from dgekg.consulting import Codes

    return Codes(_folder(settings), _themes(settings))
