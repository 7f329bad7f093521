"""Totals: what the descriptions say, the lists hold, the endpoint counts and the dump has are one."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from typing import cast

from pyoxigraph import Quad, RdfFormat, parse

from dgekg import formats
from dgekg.selfcheck.asking import Answer, size
from dgekg.selfcheck.outcome import NotChecked, Unusable
from dgekg.selfcheck.walk import CATALOG, DCAT, RECORDS, SPARQL, SPDX, SUMS, VOID, VOID_NS, Listed, Walk, asked
from dgekg.vocabulary import RDF_TYPE

_IANA = "https://www.iana.org/assignments/media-types/"
_MEND = "Count all of them from one and the same version; if a file was changed by hand, make it anew."


def paging(walk: Walk) -> None:
    """Walk the list of all records and that of every kind: exact totals, nothing twice, nothing left out."""
    everything = walk.records()
    _list(walk, RECORDS, everything)
    if not everything.whole:
        walk.out.skip(walk.ask.at(RECORDS), "not walked to its end: too many pages; kinds are not compared")
        return
    for kind, iris in walk.kinds().items():
        place = f"/id/{kind}"
        found = walk.listed(place)
        _list(walk, place, found)
        walk.out.expect(
            sorted(found.members) == sorted(iris),
            walk.ask.at(place),
            f"{len(found.members)} records",
            f"the {len(iris)} of that kind in {RECORDS}",
            "Take both lists from the same version.",
        )
    plain = walk.got(RECORDS, formats.JSON.media_type).json()
    total = plain.get("total") if isinstance(plain, dict) else None
    walk.out.expect(
        total == len(everything.members), walk.ask.at(RECORDS), f"total {total} in JSON", len(everything.members), _MEND
    )


def _list(walk: Walk, place: str, found: Listed) -> None:
    count = len(found.members)
    walk.out.expect(
        set(found.totals) == {str(count)} or not found.whole,
        walk.ask.at(place),
        f"hydra:totalItems {', '.join(sorted(set(found.totals))) or 'none'}",
        f"{count}, as many as the pages hold",
        "Count what the list holds.",
    )
    walk.out.expect(
        len(set(found.members)) == count,
        walk.ask.at(place),
        f"{count - len(set(found.members))} members twice",
        "each once",
        "Page by a cursor in an order that does not change.",
    )
    walk.out.expect(
        found.members == found.trees,
        walk.ask.at(place),
        f"{len(found.trees)} by TREE",
        f"the {count} by Hydra",
        "Name the same members by both.",
    )


def totals(walk: Walk) -> None:
    """Compare VoID, the lists, the endpoint and the dump."""
    dataset, void = walk.dataset(), walk.told(VOID)
    said = {name: void.one(dataset, VOID_NS + name) for name in ("triples", "entities", "distinctSubjects")}
    if walk.records().whole:
        _agree(walk, walk.ask.at(VOID), "void:entities", said["entities"], RECORDS, len(set(walk.records().members)))
    counted = {name: _counted(walk, name) for name in ("triples", "quads")}
    if counted["triples"] is not None:
        _agree(walk, walk.ask.at(VOID), "void:triples", said["triples"], "the endpoint", counted["triples"])
    quads = dump(walk)
    if quads is None:
        return
    where = _dump_address(walk)
    triples = {(q.subject, q.predicate, q.object) for q in quads}
    if counted["quads"] is not None:
        _agree(walk, where, "statements in the dump", str(len(quads)), "the endpoint", counted["quads"])
    _agree(walk, where, "triples in the dump", str(len(triples)), "void:triples", said["triples"])
    _agree(walk, walk.ask.at(VOID), "void:distinctSubjects", said["distinctSubjects"], "the dump", _subjects(quads))
    classes = Counter(str(getattr(o, "value", "")) for _, p, o in triples if p.value == RDF_TYPE)
    properties = Counter(p.value for _, p, _ in triples)
    _partition(walk, "class", "entities", classes)
    _partition(walk, "property", "triples", properties)


def _subjects(quads: set[Quad]) -> int:
    return len({q.subject for q in quads})


def _partition(walk: Walk, name: str, count: str, found: Counter[str]) -> None:
    void = walk.told(VOID)
    said = {
        void.one(part, VOID_NS + name): void.one(part, VOID_NS + count)
        for part in void.of(walk.dataset(), f"{VOID_NS}{name}Partition")
    }
    wrong = sorted(iri for iri in said.keys() | found.keys() if said.get(iri, "0") != str(found.get(iri, 0)))
    first = f": {wrong[0]} is said to have {said.get(wrong[0], 'none')}" if wrong else ""
    walk.out.expect(
        not wrong,
        walk.ask.at(VOID),
        f"{len(wrong)} of {len(said)} void:{name}Partition differ from the dump{first}",
        f"{found[wrong[0]]} there" if wrong else "",
        _MEND,
    )


def _agree(walk: Walk, address: str, name: str, found: str, by: str, wanted: int | str) -> None:
    walk.out.expect(found == str(wanted), address, f"{name}: {found or 'none'}", f"{wanted}, as {by} has it", _MEND)


def _counted(walk: Walk, name: str) -> int | None:
    """Return what the endpoint counts; None (skipped) where it does not finish within its limits."""
    answer = walk.ask.send(
        "POST",
        SPARQL,
        {"Content-Type": formats.QUERY_TYPE, "Accept": formats.RESULTS_JSON.media_type},
        asked(name).encode(),
    )
    if answer.status == 503:
        walk.out.skip(answer.address, f"{name} not counted: the endpoint stops such a query at its limit")
        return None
    try:
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])
    except (KeyError, IndexError, TypeError, ValueError):
        walk.out.expect(
            False, answer.address, f"{answer.status}, no count", f"the number of {name}", "Answer SPARQL COUNT."
        )
        return None


def dump(walk: Walk) -> set[Quad] | None:
    """Return all statements of the dump in N-Quads; None (skipped) where it is larger than is read."""
    try:
        return walk.once("dump", lambda: _read(walk))
    except NotChecked as error:
        walk.out.skip(error.address, error.why)
        return None


def _dump_address(walk: Walk) -> str:
    """Return the address of the dump in N-Quads, the packed one if there is one.

    Raises:
        Unusable: the catalogue names none.
    """
    catalogue = walk.told(CATALOG)
    wanted = _IANA + formats.NQUADS.media_type
    files = [d for d in catalogue.having(DCAT + "mediaType", wanted) if catalogue.of(d, DCAT + "downloadURL")]
    packed = [d for d in files if catalogue.of(d, DCAT + "compressFormat")]
    if not files:
        raise Unusable(walk.ask.at(CATALOG), "no dump in N-Quads", "a dcat:Distribution of it", "Offer one.")
    return catalogue.one((packed or files)[0], DCAT + "downloadURL")


def _read(walk: Walk) -> set[Quad]:
    answer = walk.got(_dump_address(walk))
    body = unpacked(walk, answer)
    try:
        return set(cast("list[Quad]", parse(io.BytesIO(body), format=RdfFormat.N_QUADS)))
    except (SyntaxError, ValueError) as error:
        raise Unusable(answer.address, f"no N-Quads: {error}", "N-Quads that parse", _MEND) from error


def unpacked(walk: Walk, answer: Answer) -> bytes:
    """Return a body without gzip, bounded.

    Raises:
        Unusable: it is no gzip.
        NotChecked: it is larger than is read.
    """
    if answer.status != 200:
        raise Unusable(answer.address, str(answer.status), "200", _MEND)
    if not answer.body.startswith(b"\x1f\x8b"):
        return answer.body
    try:
        with gzip.open(io.BytesIO(answer.body)) as packed:
            body = packed.read(walk.ask.largest + 1)
    except (OSError, EOFError) as error:
        raise Unusable(answer.address, f"gzip that does not unpack: {error}", "a whole file", _MEND) from error
    if len(body) > walk.ask.largest:
        raise NotChecked(answer.address, f"not checked, unpacked larger than {size(walk.ask.largest)} (--largest)")
    return body


def checksums(walk: Walk) -> None:
    """Fetch every distribution: its size and checksum as the catalogue says, and as SHA256SUMS says."""
    catalogue, sums = walk.told(CATALOG), _sums(walk)
    for distribution in catalogue.of(walk.dataset(), DCAT + "distribution"):
        address = catalogue.one(distribution, DCAT + "downloadURL")
        total = catalogue.one(catalogue.one(distribution, SPDX + "checksum"), SPDX + "checksumValue")
        length = catalogue.one(distribution, DCAT + "byteSize")
        if not address or not total:
            walk.out.skip(address or distribution, "not checked, the catalogue gives no checksum (yet)")
            continue
        try:
            answer = walk.ask.get(address)
        except NotChecked as error:
            walk.out.skip(error.address, error.why)
            continue
        walk.out.expect(
            answer.status == 200 and answer.sha256 == total.lower() and str(len(answer.body)) == length,
            answer.address,
            f"{answer.status}, {len(answer.body)} bytes, SHA-256 {answer.sha256}",
            f"{length} bytes, SHA-256 {total}",
            "Make the file and the catalogue anew from the same version; see that no proxy repacks it.",
        )
        listed = sums.get(address.rpartition("/")[2], "")
        walk.out.expect(
            listed == total, walk.ask.at(SUMS), f"{listed or 'nothing'} for {address}", total, "Make both anew."
        )


def _sums(walk: Walk) -> dict[str, str]:
    lines = [line.split() for line in walk.ask.get(SUMS).body.decode("utf-8", "replace").splitlines()]
    return {line[1].lstrip("*"): line[0] for line in lines if len(line) == 2}
