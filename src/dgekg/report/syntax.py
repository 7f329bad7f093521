"""The language of a report's template: Markdown with `{{ ... }}`, read into parts that know their line.

On a line of its own, `{{table NAME}}`, `{{list NAME}}`, `{{chart NAME}}`, `{{cards NAME}}`, `{{contents}}`, `{{page}}`,
`{{references}}` and `{{bindings}}` stand for blocks, and `{{if NAME CASE}}`, `{{else}}`, `{{end}}` for what is shown
only if a number fits. Within text, `{{NAME}}` is a number, `{{NAME | few: ... | other: ...}}` the words that fit it, in
which # is the number itself, `{{NAME of OTHER | most: ... | other: ...}}` the words that fit a share, and `{{"..."}}` a
number that is no result, such as the name of a norm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dgekg.errors import InputError, UnknownValue
from dgekg.report.numbers import Vocabulary

BLOCKS = ("table", "list", "chart", "cards")
ALONE = ("contents", "page", "references", "bindings")
VARIABLES = ("version", "as-of", "subject", "publisher", "collection", "name")
_LINE = re.compile(r"[ \t]*\{\{[ \t]*([a-z-]+)(?:[ \t]+([^{}|\"]*?))?[ \t]*\}\}[ \t]*")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CASE = re.compile(r"\s*([a-z]+|[<>]=?-?\d+|=-?\d+)\s*:\s?(.*)", re.DOTALL)
_EXACT = re.compile(r"[<>=]")
_HIDDEN = re.compile(r"\]\([^)]*\)|`[^`]*`|<https?:[^>]*>")
_TYPED = re.compile(r"(?<![\w#.,-])\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a template."""

    file: str
    line: int

    def fault(self, message: str) -> InputError:
        """Return an error that says where."""
        return InputError(f"{self.file}, line {self.line}: {message}", field=f"{self.file}:{self.line}")


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown, from a line on; what is in braces is not read yet."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Order:
    """A block to be made: verb and name."""

    verb: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown if a number fits a case, and what else."""

    name: str
    case: str
    then: Sequence[Part]
    otherwise: Sequence[Part]
    place: Place


Part = Prose | Order | Choice


@dataclass(frozen=True, slots=True)
class Word:
    """What stands in braces within text.

    Attributes:
        name: of a number or variable; "" where it is only text.
        of: name of the number that it is a share of, or "".
        cases: word and text, in order; none where the number itself is meant.
        text: what is said as it is.
    """

    name: str
    of: str
    cases: tuple[tuple[str, str], ...]
    text: str
    place: Place


def parts(text: str, file: str, first: int) -> list[Part]:
    """Return the parts of a template's body.

    Args:
        text: the body.
        file: what to call it in messages.
        first: number of its first line.

    Raises:
        InputError: `{{if}}` and `{{end}}` do not match; says the line.
    """
    lines = text.splitlines()
    found, rest = _block(lines, 0, file, first, None)
    assert rest == len(lines)
    return found


def _block(lines: Sequence[str], at: int, file: str, first: int, opened: Place | None) -> tuple[list[Part], int]:
    found: list[Part] = []
    prose: list[str] = []
    began = at

    def close() -> None:
        if any(line.strip() for line in prose):
            found.append(Prose("\n".join(prose), Place(file, first + began)))
        prose.clear()

    while at < len(lines):
        match, place = _LINE.fullmatch(lines[at]), Place(file, first + at)
        verb, said = (match[1], (match[2] or "").strip()) if match else ("", "")
        if verb in ("else", "end") and opened is None:
            raise place.fault(f"found {{{{{verb}}}}} without an {{{{if ...}}}} before it.")
        if verb in ("else", "end"):
            close()
            return found, at
        if verb == "if":
            close()
            one, at = _choice(lines, at, file, first, said)
            found.append(one)
        elif verb in BLOCKS or verb in ALONE:
            close()
            found.append(_order(verb, said, place))
        else:
            if not prose:
                began = at
            prose.append(lines[at])
            at += 1
            continue
        at += 1
        began = at
    if opened is not None:
        raise opened.fault("found {{if ...}} without an {{end}} after it.")
    close()
    return found, at


def _order(verb: str, name: str, place: Place) -> Order:
    if (verb in BLOCKS) != bool(name):
        wanted = f"{{{{{verb} NAME}}}}" if verb in BLOCKS else f"{{{{{verb}}}}}"
        raise place.fault(f"found {{{{{verb} {name}}}}}, expected {wanted}.")
    return Order(verb, name, place)


def _choice(lines: Sequence[str], at: int, file: str, first: int, said: str) -> tuple[Choice, int]:
    place = Place(file, first + at)
    name, _, case = said.partition(" ")
    if not _NAME.fullmatch(name):
        raise place.fault(f'found "{said}", expected {{{{if NAME}}}} or {{{{if NAME CASE}}}}.')
    then, at = _block(lines, at + 1, file, first, place)
    otherwise: list[Part] = []
    if "else" in lines[at]:
        otherwise, at = _block(lines, at + 1, file, first, place)
        if "else" in lines[at]:
            raise Place(file, first + at).fault("found a second {{else}} of the same {{if ...}}.")
    return Choice(name, case.strip() or "some", then, otherwise, place), at


def pieces(text: str, place: Place) -> Iterator[str | Word]:
    """Yield a text piece by piece: as it is, and what stands in braces.

    Raises:
        InputError: braces do not match, or what is in them cannot be read; says the line.
    """
    at = 0
    while True:
        start = text.find("{{", at)
        if start < 0:
            if "}}" in text[at:]:
                raise _at(text, text.find("}}", at), place).fault("found }} without {{ before it.")
            yield text[at:]
            return
        if start > at:
            yield text[at:start]
        end = _closing(text, start, place)
        yield _word(text[start + 2 : end], _at(text, start, place))
        at = end + 2


def _closing(text: str, start: int, place: Place) -> int:
    depth = 0
    for match in re.finditer(r"\{\{|\}\}", text[start:]):
        depth += 1 if match[0] == "{{" else -1
        if depth == 0:
            return start + match.start()
    raise _at(text, start, place).fault("found {{ without }} after it.")


def _at(text: str, offset: int, place: Place) -> Place:
    return Place(place.file, place.line + text[:offset].count("\n"))


def _word(inside: str, place: Place) -> Word:
    said = inside.strip()
    if len(said) > 1 and said[0] == '"' and said[-1] == '"':
        return Word("", "", (), said[1:-1], place)
    head, *cases = _split(inside)
    name, of, whole = head.strip().partition(" of ")
    for one in (name, whole.strip()) if of else (name,):
        if not _NAME.fullmatch(one.strip()):
            raise place.fault(
                f'found "{{{{{shortened(said)}}}}}", expected a name of small letters, digits and hyphens.'
            )
    read = []
    for case in cases:
        match = _CASE.fullmatch(case)
        if match is None:
            raise place.fault(f'found "| {shortened(case.strip())}", expected a case such as "| few: ...".')
        read.append((match[1], match[2].strip()))
    if of and not read:
        raise place.fault("a share has no number of its own; say what fits: | most: ... | other: ...")
    if read and read[-1][0] != "other":
        raise place.fault(f'the last case is "{read[-1][0]}", expected "other": it is said when nothing else fits.')
    return Word(name.strip(), whole.strip(), tuple(read), "", place)


def _split(inside: str) -> list[str]:
    """Split at the bars that stand in no inner braces."""
    found, depth, last = [], 0, 0
    for match in re.finditer(r"\{\{|\}\}|\|", inside):
        depth += {"{{": 1, "}}": -1}.get(match[0], 0)
        if match[0] == "|" and depth == 0:
            found.append(inside[last : match.start()])
            last = match.end()
    return [*found, inside[last:]]


def check_cases(word: Word, vocabulary: Vocabulary) -> None:
    """Refuse a case that is no word for a number.

    Raises:
        InputError: says the line and the nearest word.
    """
    known = vocabulary.known(bool(word.of))
    for case, _text in word.cases:
        if not _EXACT.match(case) and case not in known:
            raise word.place.fault(str(UnknownValue("case", case, known)))


def typed(text: str) -> str:
    """Return the first number that is typed into a text, or "": numbers come from questions, or stand in `{{"..."}}`.

    >>> typed("found in 2026"), typed("M49 and [CSV](a/1.csv)"), typed("- 12 items")
    ('2026', '', '12')
    """
    found = _TYPED.search(_HIDDEN.sub(" ", text))
    return found[0].rstrip(".,") if found else ""


def shortened(text: str) -> str:
    """Return the beginning of a text, for a message."""
    return text if len(text) < 60 else f"{text[:57]}..."
