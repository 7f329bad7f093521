"""Which addresses of the service have a file in an edition, and where it lies.

Every language has a folder of its own, with the same names in each: `en/index.html`, `en/id/practice/x.html`. A page
that is asked for with conditions has a short hash of them in its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlencode

from dgekg import identifiers
from dgekg.coverage.arrays import counts_of
from dgekg.web.snapshot import Snapshot

DATA, STATIC = "data", "static"
# Files for download, by what is made together (see `distributions.make`).
DOWNLOADS: Mapping[str, Sequence[str]] = {
    "nq": ("dump.nq.gz",),
    "tables": ("tables.zip",),
}
# Of these, what they lead to one step on is taken too: cells that nobody filled, and cards of gaps.
HUBS = ("/", "/coverage", "/gaps", "/actors")
_FOLLOWED = ("/coverage/cell", "/gaps/card")
_MOST = 30  # of each kind
_PAGED = ("/actors",)  # lists whose further pages are taken as well
_FIXED = ("/", "/coverage", "/gaps", "/questions", "/standards", "/actors", "/network", "/data", "/about", "/method")
_ALSO = ("/recommendations", "/contribute", "/ontology", "/shapes")
LIST = "/practices"
# These are told on the page of what they belong to, or are too many and too small for a page each.
_NO_PAGE = frozenset(
    ("adoption", "assessment", "change", "coverage", "evidence", "exclusion", "exposure", "search", "status", "support")
) | {"attribution", "exposure-context", "lesson", "mapping", "protected-domain", "provision", "system"}
# Whose concepts have a page each. Of other dimensions the list of what lies in them takes the place; what is no
# dimension stands on the page of its scheme.
_SCHEMES = ("stage", "group", "lever")
_FEW = 10  # practices; a concept with fewer leads to the list of them
_PART = re.compile(r"/id/[a-z-]+/(?P<owner>.+?)(-+[a-z]+)?-\d+")
_OWNERS = ("practice", "instrument", "actor", "case", "finding", "collection")
_KEYS = {"where", "q", "sort", "lang"}


class Places:
    """The files of an edition by the addresses that they stand for.

    Args:
        paths: addresses, with their conditions where they have some.
        downloads: names of the files for download.
        dimensions: by which the list of practices can be narrowed down.
    """

    def __init__(self, paths: Iterable[str], downloads: Iterable[str], dimensions: Iterable[str]) -> None:
        self._files: dict[str, str] = {}
        self.downloads, self.dimensions = frozenset(downloads), frozenset(dimensions)
        for path in paths:
            self.add(path)

    @property
    def paths(self) -> list[str]:
        """All addresses that have a file, in the order in which they were found."""
        return list(self._files)

    def add(self, path: str) -> bool:
        """Give an address a file; return whether it had none."""
        if path in self._files:
            return False
        bare, _, query = path.partition("?")
        stem = bare.strip("/") or "index"
        mark = f"-{hashlib.sha256(query.encode()).hexdigest()[:10]}" if query else ""
        self._files[path] = f"{stem}{mark}.html"
        return True

    def follow(self, address: str) -> bool:
        """Take in what a hub leads to, where it is of the kinds that are followed; return whether it leads on."""
        path, query = _apart(address)
        if path in _FOLLOWED and query and self.few(path):
            self.add(f"{path}?{query}")
        return path in _PAGED and query.startswith("from=") and self.add(f"{path}?{query}")

    def few(self, path: str) -> bool:
        """Whether there is room for one more page of a kind that is followed."""
        return sum(one.startswith(f"{path}?") for one in self._files) < _MOST

    def file(self, path: str) -> str:
        """Return the file of an address that has one, below the folder of a language."""
        return self._files[path]

    def find(self, address: str) -> str:
        """Return where an address of the service leads within the folder of a language; "" where there is nothing.

        Args:
            address: path with query, without fragment.
        """
        path, query = _apart(address)
        if path == LIST:
            return f"practices.html{'?' * bool(query)}{query}" if self._narrows(query) else ""
        path = "/" + path.strip("/").removesuffix(".html")
        found = self._files.get(f"{path}?{query}" if query else path)
        if found is None and not query:
            found = self._home(path)
        return found or ""

    def download(self, address: str) -> str:
        """Return where a file for download lies, below the edition; "" where it is not part of it."""
        name = address.partition("?")[0].removeprefix("/download/")
        return f"{DATA}/{name}" if address.startswith("/download/") and name in self.downloads else ""

    def _narrows(self, query: str) -> bool:
        """Whether the browser can narrow the list down so."""
        pairs = parse_qsl(query)
        names = {re.split("!?=", value)[0] for key, value in pairs if key == "where"}
        return {key for key, _ in pairs} <= _KEYS and names <= self.dimensions

    def _home(self, path: str) -> str | None:
        """Return the page on which something stands that has none of its own."""
        if path.startswith("/scheme/"):
            scheme, code = path.rpartition("/")[::2]
            name = scheme.rpartition("/")[2]
            if name in self.dimensions:
                return _listed(name, code)
            return self._files.get(scheme)
        if path.startswith("/ontology/"):
            return self._files.get("/ontology")
        if path.startswith("/id/provision/"):
            return _listed("norm", path.rpartition("/")[2])
        match = _PART.fullmatch(path)
        owners = [f"/id/{kind}/{match['owner']}" for kind in _OWNERS] if match else []
        return next((self._files[one] for one in owners if one in self._files), None)


def of(snapshot: Snapshot) -> Places:
    """Return the places of a version: the pages of the house, every record and concept that gets a page, questions."""
    observatory = snapshot.observatory
    found = [*_FIXED, *_ALSO, *(f"/questions/{slug}" for slug in observatory.questions.all)]
    index = observatory.index
    held: dict[str, int] = {}
    for name in _SCHEMES:
        members = index.members(name)
        held |= dict(zip(members.rows, counts_of(members.matrix, index.everything).tolist(), strict=True))
    for iri in sorted(snapshot.classes):
        local = identifiers.parse(iri)
        if local is None:
            continue
        if local.kind == "scheme":
            wanted = not local.slug or (local.scheme in _SCHEMES and held.get(iri, 0) >= _FEW)
        else:
            wanted = local.kind not in _NO_PAGE
        if wanted:
            found.append(identifiers.path_of(iri))
    return Places(found, (name for names in DOWNLOADS.values() for name in names), index.dimensions)


def _listed(dimension: str, code: str) -> str:
    """Return the list of what lies in a concept."""
    return f"practices.html?{urlencode({'where': f'{dimension}={code}'})}"


def _apart(address: str) -> tuple[str, str]:
    """Return path and query of an address; the language, and conditions that say nothing, are left out."""
    path, _, query = address.partition("?")
    pairs = [(key, value) for key, value in parse_qsl(query) if key != "lang" and value]
    return unquote(path), urlencode(pairs)
