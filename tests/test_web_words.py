"""Interface words: the same keys in three languages, no words missing, every template's key known."""

from __future__ import annotations

import importlib.resources
import re
import string

import pytest
from fastapi.testclient import TestClient

from dgekg.errors import UnknownValue
from dgekg.settings import Settings
from dgekg.vocabulary import LANGUAGES
from dgekg.web.words import language_of, messages, number, say

PROJECT = Settings().project()
PLURAL = re.compile(r"\.(one|other)$")


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_keys_and_slots_in_every_language(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert set(english) == set(other)
    for key, text in other.items():
        assert text.strip(), key
        assert _slots(text) == _slots(english[key]), f"{language}: {key}"


def test_templates_use_only_keys_that_exist() -> None:
    known = set(messages("en"))
    known |= {PLURAL.sub("", key) for key in known}
    folder = importlib.resources.files("dgekg.web").joinpath("templates")
    missing = []
    for template in folder.iterdir():
        for key in re.findall(r"\bt\('([\w.-]+)'[,)]", template.read_text("utf-8")):
            if key not in known:
                missing.append(f"{template.name}: {key}")
    assert not missing


def test_words_that_are_never_used() -> None:
    never = ("vulnerable groups", "beneficiar", "voiceless", "best practice", "solution", "the world lacks")
    for language in LANGUAGES:
        for key, text in messages(language).items():
            assert not [w for w in (*never, "bénéficiaire", "minusválid", "handicapés") if w in text.lower()], key


def test_a_gap_has_one_name_in_spanish() -> None:
    # A gap of the collection is a laguna; brecha is a difference between people, and vacío what has nothing in it.
    words = importlib.resources.files("dgekg").joinpath("words")
    texts = [one.read_text("utf-8") for one in words.iterdir() if one.name.endswith((".es.yaml", "es.yaml"))]
    texts += [*messages("es").values(), (PROJECT.ontology / "schemes" / "gap-type.ttl").read_text("utf-8")]
    other = re.compile(r"\bbrecha|\b(?:el|un|los|del|cada|ningún|otro|{\w+}) vacíos?\b(?! comprobado)", re.IGNORECASE)
    assert [found[0] for text in texts for found in other.finditer(text)] == []


def test_a_page_keeps_signs_with_their_words(client: TestClient) -> None:
    # Definitions in the vocabularies are typed with plain spaces.
    page = client.get("/scheme/group/women.html?lang=fr", headers={"accept": "text/html"}).text
    shown = re.sub(r"<(script|pre|code)\b.*?</\1>|<[^>]*>", "\n", page, flags=re.DOTALL)
    assert "\u202f;" in shown
    assert re.findall(r".{9} [:;!?»](?=\s)", shown) == []


def test_plural_number_and_language() -> None:
    assert say("en", "practices.count", n=1) == "1 practice"
    assert say("fr", "practices.count", n=0) == "0 pratique"
    assert say("en", "practices.count", n=1234) == "1,234 practices"
    assert number(1234567, "fr") == "1\u202f234\u202f567"
    assert language_of("", "pt, es-AR;q=0.9, en;q=0.1") == "es"
    assert language_of("", "fr;q=x, en;q=0.1") == "en"
    with pytest.raises(UnknownValue):
        language_of("de", "")


def _slots(text: str) -> set[str]:
    if "PREFIX" in text:
        return set()
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
