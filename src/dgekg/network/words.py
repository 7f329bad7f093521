"""The network in words: what each measure means here, and sentences made from rules, in three languages.

The words are data (`words/{language}.yaml` beside this file). Whoever calls gives `label`, which turns an IRI into its
name; it is only ever asked for what may be named.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from dgekg.network.records import Bridge, Extent
from dgekg.vocabulary import LANGUAGES

Label = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure in words.

    Attributes:
        key: the attribute of `Bridge`, `Removal` or `Communities` that holds it.
        name: a few words.
        meaning: what it says here, what its smallest and greatest values mean, and what it does not say.
    """

    key: str
    name: str
    meaning: str


def measures(language: str = "en") -> dict[str, Measure]:
    """Return every measure by the attribute that holds it; in English where the language is not one of ours."""
    return {key: Measure(key, **words) for key, words in _catalogue(language)["measure"].items()}


def extent_sentence(extent: Extent, language: str = "en") -> str:
    """Return how much there is to say anything from, and who is not named."""
    others = _say("few" if extent.unnamed_actors is None else "many", language, n=extent.unnamed_actors)
    return _say("extent", language, e=extent, others=others)


def bridge_sentence(bridge: Bridge, label: Label, language: str = "en") -> str:
    """Return where an institution stands between the families."""
    key = "bridge" if bridge.joins else "relay" if bridge.passage else "no_bridge"
    return _say(key, language, b=bridge, name=label(bridge.actor), percent=percent(bridge.passage, language))


def rule(language: str = "en") -> str:
    """Return the sentence that belongs beside every figure of the network: who is named, and why not all."""
    return _say("rule", language)


def relation(code: str, language: str = "en") -> str:
    """Return what one text has to do with another, in a word; the code itself where there is none."""
    return str(_catalogue(language)["relation"].get(code, code))


def percent(share: float, language: str = "en") -> str:
    """Return a share in percent, with one digit after the sign that the language writes there.

    >>> percent(0.129135), percent(0.129135, "fr")
    ('12.9', '12,9')
    """
    text = f"{100 * share:.1f}"
    return text.replace(".", ",") if language in ("fr", "es") else text


def _say(key: str, language: str, **values: Any) -> str:
    return str(_catalogue(language)["sentence"][key]).format_map(values)


@cache
def _catalogue(language: str) -> dict[str, dict[str, Any]]:
    file = f"{language if language in LANGUAGES else LANGUAGES[0]}.yaml"
    text = importlib.resources.files("dgekg.network").joinpath("words", file).read_text("utf-8")
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return loaded
