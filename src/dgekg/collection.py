"""What a project says of its collection: its name, who answers for it, and words in place of ours.

`data/collection.yaml`, and all of it may be left out: what is not said there reads as in the collection that this
program was written for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dgekg.errors import DgekgError, SourceError
from dgekg.settings import Settings
from dgekg.vocabulary import LANGUAGES

FILE = "collection.yaml"
_SPOKEN = ("title", "description")
_SETTINGS = ("publisher", "contact", "address")
_KEYS = (*_SPOKEN, *_SETTINGS, "keywords", "words")
# The words of the pages that are the name, and those that say what the collection is.
_NAMES, _TOLD = ("site.name",), ("site.what", "home.is", "about.what")
_PICTURED = "picture.source"
_PAGES = Path(__file__).parent / "starting" / "pages.yaml"


@dataclass(frozen=True)
class Collection:
    """A collection, as its project describes it.

    Attributes:
        about: `title`, `description` and `keywords` by language, as far as they are given.
        words: language -> key of a word of the pages -> what stands in its place.
        settings: `publisher`, `contact` and `address`, as far as they are given.
    """

    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def worded(self, known: Mapping[str, str], language: str) -> Mapping[str, str]:
        """Return the words of pages with those of this collection in their place.

        A collection with a name of its own says nothing of the topic of the one that this program was written for.

        Args:
            known: key -> words, as they came with the program.
            language: en, fr or es.

        >>> Collection({"title": {"en": "Safe stops"}}).worded({"site.name": "Ours"}, "en")
        {'site.name': 'Safe stops'}
        """
        found = dict(known)
        if "title" in self.about:
            found |= {key: said for key, said in _neutral()[language].items() if key in known}
        for names, key in ((_NAMES, "title"), (_TOLD, "description")):
            if key in self.about:
                found |= {name: self.about[key][language].replace("{", "{{").replace("}", "}}") for name in names}
        name = known.get(_NAMES[0])
        if name and _PICTURED in found:
            found[_PICTURED] = found[_PICTURED].replace(name, found[_NAMES[0]])
        return {**found, **self.words.get(language, {})}


NOTHING = Collection()


def read(data: Path) -> Collection:
    """Return what the project says of its collection; nothing where there is no such file.

    Args:
        data: the folder of the records.

    Raises:
        SourceError: the file cannot be read, or says what is not expected; says which key.
    """
    path = data / FILE
    if not path.is_file():
        return NOTHING
    try:
        found = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"{path}: cannot be read ({error}).") from error
    if not isinstance(found, dict) or not set(found) <= set(_KEYS):
        odd = sorted(map(str, set(found) - set(_KEYS))) if isinstance(found, dict) else [str(found)[:60]]
        raise SourceError(f"{path}: found {', '.join(odd)}, expected some of {', '.join(_KEYS)}.")
    about = {key: _spoken(path, key, found[key]) for key in _SPOKEN if key in found}
    if "keywords" in found:
        about["keywords"] = _spoken(path, "keywords", found["keywords"], list)
    return Collection(about, _words(path, found.get("words") or {}), _settings(path, found))


def adopted(settings: Settings) -> Settings:
    """Return settings with what the collection says where nothing else was set: publisher, contact, address.

    Raises:
        SourceError: the file of the collection cannot be read.
    """
    try:
        project = settings.project()
    except DgekgError:
        return settings  # the command says so, if it needs one
    said = read(project.data).settings
    defaults = {one.name: one.default for one in dataclasses.fields(Settings)}
    given: dict[str, Any] = {n: v for n, v in said.items() if getattr(settings, n) == defaults[n]}
    return dataclasses.replace(settings, **given)


@cache
def _neutral() -> Mapping[str, Mapping[str, str]]:
    return _words(_PAGES, yaml.safe_load(_PAGES.read_text("utf-8")))


def _spoken(path: Path, key: str, found: object, kind: type = str) -> Mapping[str, Any]:
    if not isinstance(found, dict) or set(found) != set(LANGUAGES):
        raise SourceError(f"{path}: {key}: expected {', '.join(LANGUAGES)}, each once, found {_shown(found)}.")
    wrong = [code for code, value in found.items() if not isinstance(value, kind) or not value]
    if wrong:
        wanted = "a list of words" if kind is list else "a text"
        raise SourceError(f"{path}: {key}: {wrong[0]}: expected {wanted}, found {_shown(found[wrong[0]])}.")
    return {code: [str(v) for v in found[code]] if kind is list else " ".join(found[code].split()) for code in found}


def _words(path: Path, found: object) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(found, dict):
        raise SourceError(f"{path}: words: expected keys, each with {', '.join(LANGUAGES)}, found {_shown(found)}.")
    spoken = {str(key): _spoken(path, f"words: {key}", value) for key, value in found.items()}
    return {code: {key: value[code] for key, value in spoken.items()} for code in LANGUAGES}


def _settings(path: Path, found: Mapping[str, object]) -> Mapping[str, str]:
    given = {key: found[key] for key in _SETTINGS if found.get(key)}
    for key, value in given.items():
        if not isinstance(value, str):
            raise SourceError(f"{path}: {key}: expected a text, found {_shown(value)}.")
    return {key: str(value) for key, value in given.items()}


def _shown(found: object) -> str:
    listed: Sequence[object] = sorted(map(str, found)) if isinstance(found, dict) else [found]
    return ", ".join(str(one)[:60] for one in listed) or "nothing"
