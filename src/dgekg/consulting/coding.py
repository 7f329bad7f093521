"""Themes, and who found which of them in which text; what two coders say counts, what one says does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dgekg.assessing.ratings import Rating
from dgekg.errors import InputError, UnknownValue
from dgekg.identifiers import SLUG
from dgekg.inbox import files
from dgekg.vocabulary import LANGUAGES

Unit = tuple[str, str]
"""Id of the answer, and the question."""
Coded = Mapping[str, Mapping[Unit, frozenset[str]]]
"""By coder, the themes of each text that they read."""


class Themes:
    """The list of themes of a consultation.

    Args:
        folder: `<private root>/consultation`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / "themes.json"

    def all(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return by code `label` and `said`, each by language, in the order in which they were added."""
        kept: list[tuple[str, dict[str, dict[str, str]]]] = files.read_json(self._file) or []
        return dict(kept)

    def put(self, code: str, label: Mapping[str, str], said: Mapping[str, str]) -> None:
        """Add a theme, or say anew what one is called and what was said about it; languages not given stay.

        Raises:
            InputError: the code cannot be one, or there is no label in English.
        """
        if not SLUG.fullmatch(code):
            raise InputError(f'theme: found "{code}", expected lower-case letters, digits and single hyphens.')
        with files.locked(self._folder):
            kept = self.all()
            before = kept.get(code, {"label": {}, "said": {}})
            new = {
                name: {**before[name], **{tag: given[tag] for tag in LANGUAGES if given.get(tag)}}
                for name, given in (("label", label), ("said", said))
            }
            if "en" not in new["label"]:
                raise InputError(f"{code}: expected a label in English at least (--en).")
            files.put_json(self._file, list({**kept, code: new}.items()))

    def label(self, code: str, language: str) -> str:
        """Return what a theme is called, in English where not in that language."""
        labels = self.all().get(code, {}).get("label", {})
        return labels.get(language) or labels.get("en") or code


class Codes:
    """What coders found, a file for each of them; none sees the other's.

    Args:
        folder: `<private root>/consultation`.
        themes: that can be given.
    """

    def __init__(self, folder: Path, themes: Themes) -> None:
        self._folder, self._themes, self._home = folder, themes, folder / "codes"

    def of(self, coder: str) -> dict[Unit, frozenset[str]]:
        """Return what one coder found."""
        kept: dict[str, list[str]] = files.read_json(self._file(coder)) or {}
        return {_unit(name): frozenset(themes) for name, themes in kept.items()}

    def all(self) -> dict[str, dict[Unit, frozenset[str]]]:
        """Return what all found, by coder."""
        return {name: self.of(name) for name in files.names(self._home)}

    def keep(self, coder: str, unit: Unit, themes: Iterable[str]) -> None:
        """Write down what a coder found in a text; none is an answer too.

        Raises:
            UnknownValue: there is no such theme.
            InputError: the name of the coder cannot be one.
        """
        known, given = self._themes.all(), sorted(set(themes))
        for theme in given:
            if theme not in known:
                raise UnknownValue("theme", theme, known)
        with files.locked(self._folder):
            kept: dict[str, list[str]] = files.read_json(self._file(coder)) or {}
            files.put_json(self._file(coder), {**kept, "/".join(unit): given})

    def delete(self, answers: Iterable[str]) -> None:
        """Delete what was found in the texts of some answers."""
        gone = tuple(answers)
        with files.locked(self._folder):
            for name in files.names(self._home):
                kept: dict[str, list[str]] = files.read_json(self._file(name)) or {}
                left = {unit: themes for unit, themes in kept.items() if not _is_of(_unit(unit)[0], gone)}
                if left != kept:
                    files.put_json(self._file(name), left)

    def _file(self, coder: str) -> Path:
        if not SLUG.fullmatch(coder):
            raise InputError(f'--by: found "{coder}", expected lower-case letters, digits and single hyphens.')
        return self._home / f"{coder}.json"


def settled(coded: Coded, units: Sequence[Unit]) -> tuple[dict[Unit, frozenset[str]], int]:
    """Return the themes of each text on which most of its coders, two at least, agree; and how many are not settled.

    A text is not settled where fewer than two have read it, or where as many say that it has a theme as that it has
    not; a third coder settles it.
    """
    found: dict[Unit, frozenset[str]] = {}
    open_ = 0
    for unit in units:
        given = [by_unit[unit] for by_unit in coded.values() if unit in by_unit]
        votes = {theme: sum(theme in themes for themes in given) for theme in frozenset[str]().union(*given)}
        if len(given) < 2 or any(2 * n == len(given) for n in votes.values()):
            open_ += 1
        if len(given) >= 2:
            found[unit] = frozenset(theme for theme, n in votes.items() if 2 * n > len(given))
    return found, open_


def as_ratings(coded: Coded, units: Iterable[Unit], themes: Iterable[str]) -> Iterator[Rating]:
    """Yield, for `assessing.agreement`, a yes or no of each coder for each text and theme."""
    known, wanted = tuple(themes), frozenset(units)
    for coder, by_unit in coded.items():
        for unit in sorted(wanted & by_unit.keys()):
            for theme in known:
                value = "yes" if theme in by_unit[unit] else "no"
                yield Rating(f"{coder}/{'/'.join(unit)}/{theme}", *unit, theme, value, coder, False, False, "")


def _unit(name: str) -> Unit:
    answer, _, question = name.partition("/")
    return answer, question


def _is_of(answer: str, gone: tuple[str, ...]) -> bool:
    return any(answer == one or answer.startswith(f"{one}-") for one in gone)
