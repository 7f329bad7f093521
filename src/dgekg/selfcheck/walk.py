"""What is discovered of a service, once a version: its descriptions, its records, samples of every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urljoin
from xml.etree import ElementTree

from pyoxigraph import Quad

from dgekg.formats import HTML, TURTLE
from dgekg.selfcheck.asking import Answer, Asker
from dgekg.selfcheck.outcome import NotChecked, Outcome, Unusable
from dgekg.vocabulary import PREFIXES, RDF_TYPE

T = TypeVar("T")
RECORDS, CATALOG, VOID, FEED, OPENAPI = "/catalog/records", "/catalog", "/.well-known/void", "/feed", "/openapi.json"
API_CATALOG, SITEMAP, SPARQL = "/.well-known/api-catalog", "/sitemap.xml", "/sparql"
SUMS = "/download/SHA256SUMS"
HYDRA, TREE = "http://www.w3.org/ns/hydra/core#", "https://w3id.org/tree#"
DCT, DCAT = (PREFIXES[p] for p in ("dct", "dcat"))
VOID_NS, SPDX = "http://rdfs.org/ns/void#", "http://spdx.org/rdf/terms#"
_PAGES = 400  # of a list that are walked at most
_QUERIES = Path(__file__).parent / "queries"
_SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_PARTS = 50  # of a sitemap that are read at most


def asked(name: str) -> str:
    """Return one of the queries that a check asks."""
    return (_QUERIES / f"{name}.rq").read_text("utf-8")


class Graph:
    """Statements by subject and predicate.

    Args:
        quads: the statements; names of graphs are left aside.
    """

    def __init__(self, quads: Sequence[Quad]) -> None:
        self._said: dict[tuple[str, str], list[str]] = {}
        for quad in quads:
            key = (str(getattr(quad.subject, "value", "")), quad.predicate.value)
            self._said.setdefault(key, []).append(str(getattr(quad.object, "value", "")))

    def of(self, subject: str, predicate: str) -> list[str]:
        """Return all values."""
        return self._said.get((subject, predicate), [])

    def one(self, subject: str, predicate: str) -> str:
        """Return the first value, or ""."""
        return next(iter(self.of(subject, predicate)), "")

    def having(self, predicate: str, value: str = "") -> list[str]:
        """Return the subjects that have a predicate (with a value), in order."""
        return sorted(s for (s, p), said in self._said.items() if p == predicate and (not value or value in said))


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was walked page by page.

    Attributes:
        members: in the order of the pages, each as often as it came.
        totals: what each page said that the total is.
        addresses: of the pages.
        whole: whether the last page was reached.
        trees: members by TREE, beside those by Hydra.
    """

    members: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    whole: bool = True
    trees: list[str] = field(default_factory=list)


class Walk:
    """A service as far as it is known, and the check that is at work.

    Args:
        ask: how it is asked.
        sample: how many of every kind are looked at.
    """

    def __init__(self, ask: Asker, sample: int) -> None:
        self.ask, self.sample = ask, sample
        self.out = Outcome("", "")
        self._known: dict[str, Any] = {}

    def forget(self) -> None:
        """Begin anew: another version answers."""
        self._known.clear()
        self.ask.versions.clear()

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what is known by a name, made when first needed."""
        if name not in self._known:
            self._known[name] = make()
        return cast(T, self._known[name])

    def got(self, place: str, accept: str = "") -> Answer:
        """Return an answer that several checks look at."""
        return self.once(f"{place} {accept}", lambda: self.ask.get(place, accept))

    def told(self, place: str) -> Graph:
        """Return a description in RDF, redirects followed.

        Raises:
            Unusable: it is not there or does not parse.
        """
        return self.once(f"graph {place}", lambda: Graph(self.followed(place, TURTLE.media_type).quads()))

    def followed(self, place: str, accept: str) -> Answer:
        """Return what an address leads to after at most three redirects."""
        answer = self.got(place, accept)
        for _ in range(3):
            if not 300 <= answer.status < 400 or "location" not in answer.headers:
                break
            answer = self.got(self.target(answer), accept)
        return answer

    def target(self, answer: Answer) -> str:
        """Return the address that a redirect leads to."""
        return urljoin(answer.address, answer.headers["location"])

    def dataset(self) -> str:
        """Return the IRI of the dataset that the catalogue describes.

        Raises:
            Unusable: it describes none.
        """
        found = self.told(CATALOG).having(DCAT + "distribution")
        if not found:
            raise Unusable(
                self.ask.at(CATALOG), "no dcat:distribution", "a dataset with files", "Describe the dataset in DCAT."
            )
        return found[0]

    def licence(self) -> str:
        """Return the licence that the catalogue names."""
        return self.told(CATALOG).one(self.dataset(), DCT + "license")

    def records(self) -> Listed:
        """Return all records, page by page, by `/catalog/records`."""
        return self.once("records", lambda: self.listed(RECORDS))

    def listed(self, place: str) -> Listed:
        """Walk a list from its first page.

        Raises:
            Unusable: a page is not there or does not parse.
        """
        found = Listed()
        following = self.ask.at(place)
        while following:
            if following in found.addresses or len(found.addresses) == _PAGES:
                return Listed(found.members, found.totals, found.addresses, False, found.trees)
            found.addresses.append(following)
            page = Graph(self.ask.get(following, TURTLE.media_type).quads())
            for collection in page.having(RDF_TYPE, HYDRA + "Collection"):
                found.members.extend(sorted(page.of(collection, HYDRA + "member")))
                found.trees.extend(sorted(page.of(collection, TREE + "member")))
                found.totals.append(page.one(collection, HYDRA + "totalItems"))
            following = next((page.one(v, HYDRA + "next") for v in page.having(HYDRA + "next")), "")
        return found

    def kinds(self) -> dict[str, list[str]]:
        """Return all records that were found, by kind: what stands before the last part of their address."""
        found: dict[str, list[str]] = {}
        for iri in dict.fromkeys(self.records().members):
            found.setdefault(iri.rpartition("/")[0].rpartition("/")[2], []).append(iri)
        return found

    def samples(self, sample: int = 0) -> list[str]:
        """Return some records of every kind and some other things with addresses, as far from each other as can be."""
        count = sample or self.sample
        return [iri for group in self.kinds().values() for iri in spread(group, count)] + [
            thing for group in self._others() for page in spread(group, count) for thing in self._thing(page)
        ]

    def _thing(self, page: str) -> list[str]:
        """Return what a page is about, by its canonical link; nothing if it is no page of a thing."""
        return [a for a, _ in self.followed(page, HTML.media_type).links("canonical")][:1]

    def _others(self) -> list[list[str]]:
        """Return what else dereferences: things that the sitemap lists outside records, by the shape of their path."""
        groups: dict[tuple[str, int], list[str]] = {}
        for address in self.sitemap():
            first, *rest = address.removeprefix(self.ask.url + "/").split("/")
            if first != "id" and rest and "?" not in address:
                groups.setdefault((first, len(rest)), []).append(address)
        return [group for _, group in sorted(groups.items())]

    def sitemap(self) -> list[str]:
        """Return the addresses that the sitemap lists.

        Raises:
            Unusable: it is not there or is no XML.
        """
        return self.once("sitemap", lambda: [a for part in self._parts() for a in self._locations(part)])

    def _parts(self) -> list[str]:
        found = self._locations(SITEMAP)
        if b"<sitemapindex" not in self.got(SITEMAP).body:
            return [SITEMAP]
        if len(found) > _PARTS:
            raise NotChecked(self.ask.at(SITEMAP), f"not checked, more than {_PARTS} parts")
        return found

    def _locations(self, place: str) -> list[str]:
        answer = self.got(place)
        try:
            tree = ElementTree.fromstring(answer.body)
        except ElementTree.ParseError as error:
            raise Unusable(
                answer.address, f"{answer.status}, no XML ({error})", "a sitemap", "Serve a sitemap (sitemaps.org)."
            ) from error
        return [place.text or "" for place in tree.iter(f"{_SITEMAPS}loc")]


def spread(things: Sequence[str], count: int) -> list[str]:
    """Return some of a sequence, the first and the last among them.

    >>> spread("abcdefg", 3), spread("ab", 3), spread("abc", 1)
    (['a', 'd', 'g'], ['a', 'b'], ['a'])
    """
    if count >= len(things):
        return list(things)
    if count == 1:
        return [things[0]]
    return [things[round(i * (len(things) - 1) / (count - 1))] for i in range(count)]
