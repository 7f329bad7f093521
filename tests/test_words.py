"""The words beside the code: the same keys and the same values to fill in, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import dgekg

WORDS = Path(dgekg.__file__).parent / "words"
NAMES = sorted({path.name.rsplit(".", 2)[0] if path.name.count(".") > 1 else "" for path in WORDS.glob("*.yaml")})


def read(name: str, language: str) -> dict[str, str]:
    path = WORDS / (f"{name}.{language}.yaml" if name else f"{language}.yaml")
    found: dict[str, str] = {}
    for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        # YAML takes a bare `no` for a truth value: nobody would find those words.
        assert not any(isinstance(k, bool) for k in (key, *(value if isinstance(value, dict) else ()))), path
        found |= {f"{key}.{k}": str(v) for k, v in value.items()} if isinstance(value, dict) else {key: str(value)}
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["fr", "es"])
def test_each_language_says_the_same_things(name: str, language: str) -> None:
    english, other = read(name, "en"), read(name, language)
    assert sorted(english) == sorted(other)
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)", text)) == set(re.findall(r"\{(\w+)", other[key])), key
        assert other[key].strip()
