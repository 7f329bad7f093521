"""What the browser narrows down and searches in an edition, as scripts: a page from a stick may fetch nothing."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dgekg import identifiers
from dgekg.coverage import View
from dgekg.coverage.rows import walk
from dgekg.publishing.places import STATIC, Places
from dgekg.textsearch import entries
from dgekg.vocabulary import LANGUAGES
from dgekg.web.house import Visit
from dgekg.web.people.grids import code

LIST = f"{STATIC}/list.js"
_OFFERED = ("group", "region", "stage", "lever", "kind", "right")
_LONGEST = 200  # letters of a description that are searched; the page has the whole
_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')


def addresses(text: str) -> Iterator[str]:
    """Yield the addresses that a page links to, without fragments."""
    for found in _HREF.findall(text):
        yield html.unescape(found).partition("#")[0]


def practices(visit: Visit) -> list[str]:
    """Return the practices in the order of the list: by title, which the first language decides for all."""
    names = visit.observatory.names
    return sorted(visit.observatory.index.practices, key=lambda iri: (names.label(iri, LANGUAGES[0]).casefold(), iri))


def values(visit: Visit, places: Places) -> dict[str, Any]:
    """Return what the page of the list shows: every practice by the first letter, and what one can narrow down by."""
    cards = visit.snapshot.cards
    order = practices(visit)
    items = [(number, iri, card) for number, (iri, card) in enumerate(zip(order, cards.of(order), strict=True))]
    letters: dict[str, list[Any]] = {}
    for number, iri, card in items:
        first = visit.label(iri)[:1].upper()
        letters.setdefault(first if first.isalpha() else "#", []).append((number, iri, card))
    return {
        "letters": sorted(letters.items()),
        "total": len(order),
        "facets": [(name, visit.dimension_words(name), list(_options(visit, name))) for name in _OFFERED],
        "scripts": (f"/{LIST}", f"/{STATIC}/search-{visit.language}.js"),
        "places": places,
    }


def _options(visit: Visit, name: str) -> Iterator[tuple[str, str, int]]:
    index = visit.observatory.index
    held = index.members(View((name,)).source(index.dimension(name)))
    seen = set()
    for iri, depth in walk(index.concepts(name)):
        if iri in held.rows and iri != index.roots.get(name) and iri not in seen:
            seen.add(iri)
            yield code(iri), visit.label(iri), depth


def write(visit: Visit, places: Places, folder: Path) -> None:
    """Write the data of the list, and what is searched in each language."""
    (folder / STATIC).mkdir(parents=True, exist_ok=True)
    _script(folder / LIST, "dgekgList", {"dimensions": _dimensions(visit), "closed": _closed(visit)})
    store, queries = visit.observatory.store, visit.observatory.project.queries
    found = {entry.iri: entry for entry in entries.read_all(store, queries)}
    order = practices(visit)
    rest = [iri for iri in sorted(found) if iri not in set(order) and places.find(identifiers.path_of(iri))]
    for language in LANGUAGES:
        lines = [_entry(visit, found.get(iri), iri, language, places) for iri in [*order, *rest]]
        _script(folder / STATIC / f"search-{language}.js", "dgekgSearch", lines)


def _dimensions(visit: Visit) -> dict[str, dict[str, list[int]]]:
    """Return for each dimension and code the numbers of the practices that lie in it, as coverage counts them."""
    index, order = visit.observatory.index, practices(visit)
    number = {iri: n for n, iri in enumerate(order)}
    found: dict[str, dict[str, list[int]]] = {}
    for name in index.dimensions:
        held = index.members(View((name,)).source(index.dimension(name)))
        found[name] = {code(iri): sorted(number[p] for p in index.unpack(held[iri])) for iri in held.rows}
    return found


def _closed(visit: Visit) -> dict[str, list[str]]:
    """Return the groups, and for each the places, of which together nothing is published."""
    index, published = visit.observatory.index, visit.snapshot.published
    found = {}
    for group in index.concepts("group"):
        sets = [frozenset({group})]
        at = [code(place) for place in index.concepts("region") if published.withheld([frozenset({place})], sets)]
        if at:
            found[code(group)] = sorted(at)
    return found


def _entry(visit: Visit, entry: entries.Entry | None, iri: str, language: str, places: Places) -> list[str]:
    """Return title, other words, text and link of one thing that is searched."""
    label = visit.observatory.names.label(iri, language)
    link = places.find(identifiers.path_of(iri))
    if entry is None:
        return [label, "", "", link]
    titles = [text for text, _ in (*entry.titles, *entry.others) if text != label]
    about = " ".join(entry.texts)
    return [label, " ".join((*titles, *entry.actors)), about[:_LONGEST], link]


def _script(file: Path, name: str, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))
    file.write_text(f"window.{name}={text};\n", encoding="utf-8")
