"""The index as one file, mapped into memory: opened in no time, and shared by all processes that read it.

The layout is that of safetensors, which other tools and languages read: eight bytes with the length of a header, the
header in JSON (for each array its type, its shape and where its bytes begin and end; and, under `__metadata__`, what
this is and of which version), then the bytes of the arrays, one after the other. Tables are arrays of bytes that hold
JSON. Nothing in it is executed, and nothing is read that was not asked for.
"""

from __future__ import annotations

import json
import logging
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from dgekg.errors import IndexFault
from dgekg.index import Index
from dgekg.index.parts import Array, Parts, names
from dgekg.index.records import dimensions, sources_of
from dgekg.store.base import Store

_LOG = logging.getLogger("dgekg.index")
KIND = "dgekg incidence index"
FORMAT = "1"
_MEND = "It is made anew from the store."
_TYPES = {"uint64": "U64", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8"}
_READ = {code: np.dtype(name) for name, code in _TYPES.items()}
_LONGEST_HEADER = 2**24


class FileParts:
    """The parts of an index in a file.

    Args:
        path: the file.
        version: id of the version that it must be of.
        sources: the derived dimensions that it must hold.

    Raises:
        IndexFault: there is no such file, or it is truncated, of another version, or something else altogether.
    """

    def __init__(self, path: Path, version: str, sources: list[str]) -> None:
        self.path = path
        try:
            self._bytes: Array = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
        except (OSError, ValueError) as error:
            raise IndexFault(f"{path}: the index cannot be opened ({error}). {_MEND}") from error
        self._header, self._start = self._read_header()
        said = self._header.pop("__metadata__", {})
        if not isinstance(said, dict) or said.get("kind") != KIND:
            raise self._fault("it is not an index of ours")
        if said.get("format") != FORMAT:
            raise self._fault(f"found format {said.get('format')!r}, expected {FORMAT!r}")
        if said.get("version") != version:
            raise self._fault(f"found version {said.get('version')!r}, expected {version!r}")
        if said.get("dimensions") != ",".join(sources):
            raise self._fault("it is of other dimensions than queries/dimensions.yaml names")
        self._check_places()

    def array(self, name: str) -> Array:
        """Return an array by name (see `index.parts`); it lies in the file and cannot be changed."""
        one = self._entry(name)
        low, high = one["data_offsets"]
        found: Array = self._bytes[self._start + low : self._start + high].view(_READ[one["dtype"]])
        found = found.reshape(one["shape"])
        return found.view(f"S{one['shape'][1]}")[:, 0] if name.rsplit("/", 1)[-1] in ("practices", "names") else found

    def table(self, name: str) -> Any:
        """Return a table by name (see `index.parts`)."""
        return json.loads(self.array(f"table/{name}").tobytes())

    def _entry(self, name: str) -> dict[str, Any]:
        if name not in self._header:
            raise self._fault(f"it lacks {name}")
        entry: dict[str, Any] = self._header[name]
        return entry

    def _read_header(self) -> tuple[dict[str, Any], int]:
        if len(self._bytes) < 8:
            raise self._fault("it is shorter than its first line")
        length = int.from_bytes(self._bytes[:8].tobytes(), "little")
        if length > min(len(self._bytes) - 8, _LONGEST_HEADER):
            raise self._fault("it is truncated, or something else")
        try:
            header = json.loads(self._bytes[8 : 8 + length].tobytes())
        except ValueError as error:
            raise self._fault("it does not begin as an index does") from error
        if not isinstance(header, dict):
            raise self._fault("it does not begin as an index does")
        return header, 8 + length

    def _check_places(self) -> None:
        """Check that the arrays lie one after the other, are as long as they say, and fill the file."""
        at = 0
        for name, one in self._header.items():
            try:
                low, high = one["data_offsets"]
                size = math.prod(one["shape"]) * _READ[one["dtype"]].itemsize
            except (KeyError, TypeError, ValueError) as error:
                raise self._fault(f"{name} is not described as an array is") from error
            if low != at or high - low != size:
                raise self._fault(f"{name} is not where it should be")
            at = high
        if self._start + at != len(self._bytes):
            found, expected = len(self._bytes), self._start + at
            raise self._fault(f"found {found:,} bytes, expected {expected:,}: it is truncated, or longer")

    def _fault(self, what: str) -> IndexFault:
        return IndexFault(f"{self.path}: the index cannot be used: {what}. {_MEND}")


def open_index(path: Path, version: str, store: Store, queries: Path) -> Index:
    """Open the index of a version; one that is missing or broken is said so, and made anew from the store.

    Args:
        path: the file.
        version: id of the version.
        store: the version's graph.
        queries: folder with `views/` and `dimensions.yaml`.
    """
    sources = sources_of(dimensions(queries))
    try:
        return Index(None, queries, FileParts(path, version, sources))
    except IndexFault as error:
        _LOG.warning("%s", error)
    index = Index(store, queries)
    try:
        write(index.parts, sources, path, version)
    except OSError as error:
        _LOG.warning("%s: the new index cannot be written (%s); it is kept in memory.", path, error)
    return index


def write(parts: Parts, sources: list[str], path: Path, version: str) -> None:
    """Write all parts of an index, whole or not at all; the same parts give the same bytes.

    Args:
        parts: where they come from.
        sources: the derived dimensions (see `index.records.sources_of`).
        path: the file, replaced if it is there.
        version: id of the version.

    Raises:
        OSError: the disk cannot be written.
    """
    arrays, tables = names(sources)
    found = {name: _plain(parts.array(name)) for name in arrays}
    for name in tables:
        text = json.dumps(parts.table(name), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        found[f"table/{name}"] = np.frombuffer(text, dtype=np.uint8)
    found = dict(sorted(found.items(), key=lambda one: (-one[1].dtype.itemsize, one[0])))  # wide ones first: aligned
    header: dict[str, Any] = {"__metadata__": {"kind": KIND, "format": FORMAT, "version": version}}
    header["__metadata__"]["dimensions"] = ",".join(sources)
    at = 0
    for name, array in found.items():
        places = [at, at + array.nbytes]
        header[name] = {"dtype": _TYPES[array.dtype.name], "shape": list(array.shape), "data_offsets": places}
        at = places[1]
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            file.write(len(head).to_bytes(8, "little") + head)
            for array in found.values():
                file.write(np.ascontiguousarray(array).data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _plain(array: Array) -> Array:
    """Return texts as bytes of two dimensions, everything else as it is."""
    if array.dtype.kind != "S":
        return array
    return np.ascontiguousarray(array).view(np.uint8).reshape(len(array), array.dtype.itemsize)
