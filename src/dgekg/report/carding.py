"""Gap cards of a report, and the sources of the practices that it names."""

from __future__ import annotations

from typing import Any

from dgekg import identifiers, render
from dgekg.cards import Cards, faces
from dgekg.cards.words import card_words
from dgekg.coverage import Gap, Grid
from dgekg.errors import UnknownValue
from dgekg.report import prose
from dgekg.report.asking import Asker, Spec, as_list
from dgekg.report.bound import Book, canonical, digest
from dgekg.report.model import Block, Bullets, Heading, Inline, Line, Link, Number, Paragraph, Text
from dgekg.typography import spaced
from dgekg.vocabulary import BASE

SOURCES = "sources-of-practices"
_SECTIONS = ("right", "looked", "learn", "power", "consult", "certainty", "fill")
_CARD_KEYS = {"over", "where", "kinds", "depth", "rung", "limit", "sections"}


class Finder:
    """Makes cards and references.

    Args:
        asker: what is asked.
        book: keeps what they rest on.
        cited: addresses of the records that the report has named so far.
    """

    def __init__(self, asker: Asker, book: Book, cited: dict[str, None]) -> None:
        self.asker, self.book, self.cited = asker, book, cited
        self.observatory, self.language = asker.observatory, asker.language

    def cards(self, name: str, spec: Spec) -> list[Block]:
        """Return the cards of the first gaps of a view.

        Raises:
            InputError: the spec cannot be understood.
            DgekgError: it cannot be answered.
        """
        for key in spec:
            if key not in _CARD_KEYS:
                raise UnknownValue("key", str(key), _CARD_KEYS)
        sections = [str(one) for one in as_list(spec.get("sections", _SECTIONS))]
        for key in sections:
            if key not in _SECTIONS:
                raise UnknownValue("section", key, _SECTIONS)
        grid, gaps = self.asker.gaps(spec)
        maker = Cards(self.observatory)
        found: list[Block] = []
        for gap in gaps[: int(spec.get("limit", 5))]:
            card = maker.card(grid, gap)
            words = card_words(self.observatory, grid, card, self.language)
            one = {"cards": {**spec, "at": _at(gap), "kind": gap.kind}}
            number = self.book.bind(name, "cards", one, gap.priority, self._digest(grid, gap))
            found.append(
                Heading(
                    2,
                    (Text(spaced(f"{words.where}{words.colon} {words.kind}", self.language)),),
                    prose.slug(f"{words.where} {gap.kind}"),
                )
            )
            found.append(Paragraph((Text(words.sentence), Number("", number))))
            for section in words.sections:
                if section.key in sections and section.items:
                    found.append(Heading(3, (Text(section.title),), prose.slug(f"{words.where} {section.key}")))
                    found.append(Bullets(tuple(self._item(item, words.colon) for item in section.items)))
        return found

    def again(self, spec: Spec) -> tuple[float, str]:
        """Return priority and hash of the card that a binding is of; 0 and "" where its gap is none any more."""
        grid, gaps = self.asker.gaps(spec)
        for gap in gaps:
            if gap.kind == spec["kind"] and _at(gap) == list(spec["at"]):
                return gap.priority, self._digest(grid, gap)
        return 0.0, ""

    def _digest(self, grid: Grid, gap: Gap) -> str:
        card = Cards(self.observatory).card(grid, gap)
        return digest(canonical(faces.as_json(card, card_words(self.observatory, grid, card, "en"))))

    def _item(self, item: Any, colon: str) -> Line:
        line: list[Inline] = []
        if item.name:
            practice = item.iri.startswith(identifiers.records("practice"))
            if practice:
                self.cited.setdefault(item.iri)
            line += [Link(item.name, item.iri) if item.iri.startswith(BASE + "id/") else Text(item.name, strong=True)]
            line += [Text(f"{colon} ")]
        for n, (text, language) in enumerate(item.said):
            line += [Text(" ")] if n else []
            line.append(Text(spaced(text, language or self.language), language))
        return tuple(line)

    def references(self) -> list[Block]:
        """Return the sources of the practices that the report has named so far, by title."""
        answered = self.asker.answer({"question": SOURCES})
        cited = {iri for iri in self.cited if iri.startswith(identifiers.records("practice"))}
        kept: dict[tuple[str, str], dict[str, str]] = {}
        for row in answered.rows:
            practice, label, source = row["practice"], row["practiceLabel"], row["source"]
            if practice is None or source is None or practice.value not in cited:
                continue
            read = row["accessed"]
            title = label.value if label is not None else practice.value
            sources = kept.setdefault((title, practice.value), {})
            sources[source.value] = max(sources.get(source.value, ""), read.value if read is not None else "")
        items = []
        for (title, iri), sources in sorted(kept.items(), key=lambda one: (one[0][0].casefold(), one[0][1])):
            line: list[Inline] = [Link(title, iri), Text(". ")]
            for n, (address, day) in enumerate(sources.items()):
                line += [Text(spaced(render.say("report.between", self.language), self.language))] if n else []
                line += [Link(_shortened(address), address), Text(f" ({day})" if day else "")]
            items.append(tuple(line))
        if not items:
            return [Paragraph((Text(render.say("report.no-references", self.language)),), "note")]
        return [Bullets(tuple(items))]


def _at(gap: Gap) -> list[str]:
    return [iri.rsplit("/", 1)[-1] for iri in gap.cell.concepts]


def _shortened(address: str) -> str:
    bare = address.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return bare if len(bare) <= 60 else f"{bare[:57]}…"
