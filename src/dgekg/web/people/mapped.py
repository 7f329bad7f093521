"""The directory as a map of the world: how many practices of the list name each country, beside a table of the same."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from dgekg import render
from dgekg.charts import world
from dgekg.charts.picture import Picture
from dgekg.coverage import State
from dgekg.coverage.arrays import popcount
from dgekg.web.house import Visit
from dgekg.web.people import directory, facets, grids
from dgekg.web.people.facets import Shelf

_OUTLINES = "world.json"


@dataclass(frozen=True)
class Mapped:
    """A map of a list.

    Attributes:
        drawing: the picture, as markup.
        caption: what it shows.
        rows: countries, the most frequent first: IRI, how many practices, link to the list of them.
        notes: what is not on it, a sentence each.
    """

    drawing: Markup
    caption: str
    rows: tuple[tuple[str, int, str], ...]
    notes: tuple[str, ...]


def ready(visit: Visit) -> bool:
    """Whether the outlines of the world were built."""
    return _OUTLINES in visit.house.built.names


def of(shelf: Shelf) -> Mapped:
    """Return the map of a list; each country leads to the practices that name it or a place within it."""
    visit, shown, index = shelf.visit, shelf.shown, shelf.visit.observatory.index
    counts = {iri: n for iri, n, _depth in dict(facets.counted(visit, shown))["region"] if iri}
    counts |= {v: len(shown.found) for f in shown.view.filters if f.dimension == "region" for v in f.values}
    countries = [iri for iri in index.concepts("region") if country(iri)]
    places, rows = {}, []
    placed = index.none.copy()
    members = index.members("region")
    for iri in countries:
        if directory.withheld(visit, shown.view, ("region", iri)):
            words = f"{visit.label(iri)}: {render.state_words(State.NOT_PUBLISHED.value, visit.language)}"
            places[grids.code(iri)] = world.Place(State.NOT_PUBLISHED.value, 0, words)
        elif counts.get(iri):
            href = shelf.href(where=f"region={grids.code(iri)}", view="list")
            words = f"{visit.label(iri)}: {visit.t('practices.n', n=counts[iri])}"
            step = grids.step(counts[iri])
            places[grids.code(iri)] = world.Place(State.DOCUMENTED.value, step, words, href)
            rows.append((iri, counts[iri], href))
            placed |= members[iri]
    rows.sort(key=lambda row: (-row[1], visit.label(row[0]).casefold()))
    bits = index.bits(index.position[iri] for iri in shown.found)
    wide = popcount(bits & ~placed)
    caption = visit.t("directory.map_caption")
    says = "; ".join(f"{visit.label(iri)} {n}" for iri, n, _href in rows[:10])
    picture = Picture(world.drawn(places), caption, says, linked=True)
    notes = (visit.t("directory.map_wide", n=wide),) if wide else ()
    return Mapped(picture.inline("world"), caption, tuple(rows), (*notes, visit.t("picture.borders")))


def country(iri: str) -> bool:
    """Whether a region is a country that the map can show."""
    return "/region/" in iri and world.shown(grids.code(iri))
