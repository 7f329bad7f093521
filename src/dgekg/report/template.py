"""A template of a report: a folder with `figures.yaml` and one text a variant and language, `full.en.md`.

The three languages must have the same headings, blocks and numbers, so that no reader is told less than another.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dgekg.errors import InputError, UnknownValue
from dgekg.report import syntax
from dgekg.report.numbers import Vocabulary, check_range
from dgekg.report.syntax import Choice, Order, Part, Place, Prose, Word
from dgekg.vocabulary import LANGUAGES

FIGURES = "figures.yaml"
PROJECT_FOLDER = "report"
_PARTS = ("words", "shares", "numbers", "tables", "lists", "charts", "cards")
_FRENCH = re.compile(r"(?<=\S) (?=[;:?!»](?:\s|\)|$))|(?<=«) ", re.MULTILINE)  # blanks at which no line is broken
_HEADERS = ("title", "subtitle", "subject")
_HOMES = {"table": "tables", "list": "lists", "chart": "charts", "cards": "cards"}


@dataclass(frozen=True)
class Figures:
    """What `figures.yaml` says: the vocabulary, and by name numbers, tables, lists, charts and cards."""

    vocabulary: Vocabulary
    numbers: Mapping[str, Mapping[str, Any]]
    blocks: Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Template:
    """A template of one variant in one language.

    Attributes:
        variant: its name.
        language: en, fr or es.
        title: of the report.
        subtitle: below it, or "".
        subject: scheme or kind that the subject of the report is of, or "".
        parts: what stands in it.
        figures: what it may name.
    """

    variant: str
    language: str
    title: str
    subtitle: str
    subject: str
    parts: tuple[Part, ...]
    figures: Figures


def shipped() -> Path:
    """Return the folder of the template that comes with the program."""
    return Path(str(importlib.resources.files("dgekg.report").joinpath("template")))


def folder_of(root: Path, given: Path | None) -> Path:
    """Return the folder to read: the one given, else the project's own, else the one that comes with the program.

    Raises:
        InputError: the folder given has no `figures.yaml`.
    """
    if given is not None:
        if not (given / FIGURES).is_file():
            raise InputError(f"{given}: expected a folder with {FIGURES} and texts such as full.en.md.")
        return given
    own = root / PROJECT_FOLDER
    return own if (own / FIGURES).is_file() else shipped()


def variants(folder: Path) -> list[str]:
    """Return the names of the variants that a folder has a text of, in any language."""
    names = {path.name.rsplit(".", 2)[0] for path in folder.glob("*.*.md")}
    return sorted(names, key=lambda name: (name != "full", name))


def load(folder: Path, variant: str, language: str) -> Template:
    """Read a template and compare it with its other languages.

    Raises:
        UnknownValue: there is no such variant.
        InputError: something is missing, cannot be read or names what there is not; says the file and line.
    """
    if variant not in variants(folder):
        raise UnknownValue("variant", variant, variants(folder))
    figures = _figures(folder / FIGURES)
    read = {tongue: _text(folder, variant, tongue, figures) for tongue in LANGUAGES}
    for tongue, other in read.items():
        _same(read[LANGUAGES[0]], other, tongue)
    for one in read.values():
        _check(one.parts, figures)
    return read[language]


def _figures(path: Path) -> Figures:
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read ({error}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(f"{path.name}, line {line}: is not YAML: {getattr(error, 'problem', error)}.") from error
    if not isinstance(found, dict) or not all(isinstance(part or {}, dict) for part in found.values()):
        raise InputError(f"{path.name}: expected a mapping with {', '.join(_PARTS)}.")
    for key in found:
        if key not in _PARTS:
            raise InputError(f"{path.name}: {UnknownValue('part', str(key), _PARTS)}")
    parts: dict[str, dict[str, Any]] = {key: dict(found.get(key) or {}) for key in _PARTS}
    for key in ("words", "shares"):
        for word, text in parts[key].items():
            try:
                check_range(str(text))
            except InputError as error:
                raise InputError(f"{path.name}: {key}: {word}: {error}") from error
    for key in _PARTS[2:]:
        for name, spec in parts[key].items():
            if not isinstance(spec, dict):
                raise InputError(f"{path.name}: {key}: {name}: found {spec}, expected a mapping.")
            caption = spec.get("caption")
            lacking = [code for code in LANGUAGES if isinstance(caption, dict) and not caption.get(code)]
            if lacking:
                raise InputError(f"{path.name}: {key}: {name}: the caption lacks {', '.join(lacking)}. Translate it.")
    ranges = [{word: str(text) for word, text in parts[key].items()} for key in ("words", "shares")]
    return Figures(Vocabulary(*ranges), parts["numbers"], {key: parts[key] for key in _PARTS[3:]})


def _text(folder: Path, variant: str, language: str, figures: Figures) -> Template:
    path = folder / f"{variant}.{language}.md"
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        have = ", ".join(sorted(one.name for one in folder.glob(f"{variant}.*.md")))
        raise InputError(f"{path.name}: is missing; {have} is there. Translate it, part by part.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read ({error}).") from error
    head, body, first = _head(text, path.name)
    body = _FRENCH.sub("\u00a0", body) if language == "fr" else body
    parts = tuple(syntax.parts(body, path.name, first))
    subject = str(head.get("subject") or "")
    return Template(variant, language, str(head["title"]), str(head.get("subtitle") or ""), subject, parts, figures)


def _head(text: str, file: str) -> tuple[dict[str, Any], str, int]:
    lines = text.splitlines()
    try:
        if lines[0].strip() != "---":
            raise ValueError
        end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == "---")
        head = yaml.safe_load("\n".join(lines[1:end]))
        if not str(head["title"]).strip():
            raise ValueError
    except (IndexError, KeyError, TypeError, StopIteration, ValueError, yaml.YAMLError):
        raise InputError(f"{file}, line 1: expected ---, a line such as title: ..., and --- again.") from None
    for key in head:
        if key not in _HEADERS:
            raise InputError(f"{file}: {UnknownValue('head', str(key), _HEADERS)}")
    return head, "\n".join(lines[end + 1 :]), end + 2


def _check(parts: Iterable[Part], figures: Figures) -> None:
    """Refuse names that `figures.yaml` has not, words that it does not define, and numbers typed into text."""
    for one in walked(parts):
        if isinstance(one, Order):
            home = _HOMES.get(one.verb)
            if home and one.name not in figures.blocks[home]:
                raise one.place.fault(str(UnknownValue(one.verb, one.name, figures.blocks[home])))
        elif isinstance(one, Word):
            if one.name and not one.of and not one.cases and one.name in syntax.VARIABLES:
                continue
            for name in filter(None, (one.name, one.of)):
                if name not in figures.numbers:
                    known = [*figures.numbers, *syntax.VARIABLES]
                    raise one.place.fault(str(UnknownValue("number", name, known)))
            syntax.check_cases(one, figures.vocabulary)
        elif isinstance(one, Choice):
            if one.name not in figures.numbers:
                raise one.place.fault(str(UnknownValue("number", one.name, figures.numbers)))
            known = ["some", *figures.vocabulary.known(False)]
            if one.case not in known:
                raise one.place.fault(str(UnknownValue("case", one.case, known)))


def walked(parts: Iterable[Part]) -> Iterator[Prose | Order | Choice | Word]:
    """Yield all parts of a template, those within others too, and what stands in braces within their texts.

    Raises:
        InputError: braces that do not match, or a number that is typed into a text; says the line.
    """
    for part in parts:
        yield part
        if isinstance(part, Choice):
            yield from walked(part.then)
            yield from walked(part.otherwise)
        elif isinstance(part, Prose):
            yield from _words(part.text, part.place)


def _words(text: str, place: Place) -> Iterator[Word]:
    line = place.line
    for piece in syntax.pieces(text, place):
        if isinstance(piece, Word):
            yield piece
            line = piece.place.line
            for _case, inner in piece.cases:
                yield from _words(inner, piece.place)
            continue
        for offset, row in enumerate(piece.split("\n")):
            number = syntax.typed(row.lstrip("0123456789").removeprefix(". ") if _numbered(row) else row)
            if number:
                raise Place(place.file, line + offset).fault(
                    f"found the number {number} typed into the text. Bind it to a question in {FIGURES}; "
                    f'if it is no result, write {{{{"{number}"}}}}.'
                )
        line += piece.count("\n")


def _numbered(row: str) -> bool:
    head, dot, _ = row.strip().partition(". ")
    return bool(dot) and head.isdigit()


def _outline(parts: Iterable[Part]) -> Iterator[tuple[str, Place]]:
    """Yield headings by their level, blocks and choices, in order: what all languages must have the same."""
    for part in parts:
        if isinstance(part, Order):
            yield f"{{{{{part.verb} {part.name}}}}}".replace(" }}", "}}"), part.place
        elif isinstance(part, Choice):
            yield f"{{{{if {part.name} {part.case}}}}}", part.place
            yield from _outline(part.then)
            yield from _outline(part.otherwise)
            yield "{{end}}", part.place
        else:
            for offset, line in enumerate(part.text.split("\n")):
                marks = line[: len(line) - len(line.lstrip("#"))]
                if 0 < len(marks) < 7 and line[len(marks) :].startswith(" "):
                    yield f"a heading {marks}", Place(part.place.file, part.place.line + offset)


def _same(first: Template, other: Template, language: str) -> None:
    """Refuse a language that says less, or more, than the first."""
    ours, theirs = list(_outline(first.parts)), list(_outline(other.parts))
    for here, there in zip(ours, theirs, strict=False):
        if here[0] != there[0]:
            raise there[1].fault(f"found {there[0]}, expected {here[0]}, as {here[1].file} has in line {here[1].line}.")
    if len(ours) > len(theirs):
        said, place = ours[len(theirs)]
        raise InputError(f"{first.variant}.{language}.md: lacks {said}, which {place.file} has in line {place.line}.")
    if len(theirs) > len(ours):
        said, place = theirs[len(ours)]
        raise place.fault(f"found {said}, which {first.variant}.{first.language}.md has not.")
    names = [{one.name for one in walked(t.parts) if isinstance(one, Word)} for t in (first, other)]
    if names[0] != names[1]:
        odd = sorted(names[0] ^ names[1])[0]
        has, lacks = (first, other) if odd in names[0] else (other, first)
        have = [f"{t.variant}.{t.language}.md" for t in (has, lacks)]
        raise InputError(f"{have[1]}: lacks the number {odd}, which {have[0]} has.")
