"""Where the inbox lies: folders of proposals, decisions and outcomes; read at any time, changed by one at a time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from dgekg.attachments import Refused
from dgekg.errors import InputError, StoreError
from dgekg.inbox import codes, files
from dgekg.inbox.decisions import Decision, Outcome
from dgekg.inbox.held import Held
from dgekg.inbox.proposals import Proposal

_PROPOSALS, _DECISIONS, _OUTCOMES, _FILES = "proposals", "decisions", "outcomes", "files"
_BYTES = ".bin"
Thing = TypeVar("Thing")


class Shelf:
    """The files of an inbox.

    Args:
        folder: the inbox's own; made at first use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def changing(self) -> Iterator[bytes]:
        """Keep all others from changing anything; yields the secret of codes and ids."""
        with files.locked(self.folder):
            yield codes.secret(self.folder)

    def tidy(self) -> None:
        """Delete what was left half-made when a process ended."""
        with files.locked(self.folder):
            files.tidy(self.folder)
            for name in {file.partition("-")[0] for file in files.names(self.folder / _FILES, _BYTES)}:
                found = self.proposal(name)
                self.keep_files(name, {one.digest for one in found.files} if found else ())

    def names(self) -> list[str]:
        """Return the ids of all proposals."""
        return files.names(self.folder / _PROPOSALS)

    def proposal(self, name: str) -> Proposal | None:
        """Return a proposal by its whole id; None where there is none."""
        if not (name.isascii() and name.isalnum()):
            return None
        return self._read(self.folder / _PROPOSALS / f"{name}.json", Proposal.of_json)

    def write(self, proposal: Proposal) -> None:
        """Put a proposal in its place."""
        files.put_json(self.folder / _PROPOSALS / f"{proposal.id}.json", proposal.as_json())

    def put(self, proposal: Proposal, contents: Mapping[str, bytes], heaviest: int) -> None:
        """Put a proposal in its place: first its files, then itself; files that it no longer names go last.

        Args:
            proposal: names its files.
            contents: by digest, those that are not here yet.
            heaviest: bytes that the files of all proposals may have.

        Raises:
            InputError: a file did not come.
            Refused: there is no room for more files.
        """
        fresh = [one.digest for one in proposal.files if not self._file(proposal.id, one.digest).exists()]
        if not set(fresh) <= set(contents):
            raise InputError("files: a file that is named did not come. Choose it again.", field="files")
        if fresh and self.weight() + sum(len(contents[digest]) for digest in fresh) > heaviest:
            raise Refused("full")
        for digest in fresh:
            files.put(self._file(proposal.id, digest), contents[digest])
        self.write(proposal)
        self.keep_files(proposal.id, {one.digest for one in proposal.files})

    def file(self, name: str, digest: str) -> bytes | None:
        """Return a file of a proposal; None where there is none.

        Raises:
            StoreError: it cannot be read, or is not what was kept.
        """
        path = self._file(name, digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror}).") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(f"{path}: is not what was kept. Restore it from a copy.")
        return data

    def keep_files(self, name: str, digests: Collection[str] = ()) -> None:
        """Delete the files of a proposal but for some."""
        for file in files.names(self.folder / _FILES, _BYTES):
            owner, _, digest = file.partition("-")
            if owner == name and digest not in digests:
                files.remove(self._file(name, digest))

    def weight(self) -> int:
        """Return how many bytes all files of all proposals have together."""
        folder = self.folder / _FILES
        return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0

    def outcome(self, name: str) -> Outcome | None:
        """Return what the writer made of a proposal; None where it has not looked yet."""
        return self._read(self.folder / _OUTCOMES / f"{name}.json", Outcome.of_json)

    def conclude(self, outcome: Outcome) -> None:
        """Put an outcome in its place."""
        files.put_json(self.folder / _OUTCOMES / f"{outcome.proposal}.json", outcome.as_json())

    def decisions(self, name: str = "") -> dict[str, list[Decision]]:
        """Return decisions in order, by proposal: all, or those about one."""
        found: dict[str, list[Decision]] = {}
        for file in files.names(self.folder / _DECISIONS):
            wanted = not name or file.endswith(f"-{name}")
            one = self._read(self.folder / _DECISIONS / f"{file}.json", Decision.of_json) if wanted else None
            if one is not None:
                found.setdefault(one.proposal, []).append(one)
        return found

    def decide(self, decision: Decision) -> None:
        """Put a decision in its place."""
        files.put_json(self.folder / _DECISIONS / f"{decision.order:08}-{decision.proposal}.json", decision.as_json())

    def next_order(self) -> int:
        """Return the place of the next decision."""
        known = files.names(self.folder / _DECISIONS)
        return int(known[-1].partition("-")[0]) + 1 if known else 1

    def held(self, name: str) -> Held | None:
        """Return a proposal with all that became of it; None where there is none."""
        proposal = self.proposal(name)
        if proposal is None:
            return None
        return Held(proposal, tuple(self.decisions(name).get(name, ())), self.outcome(name))

    def all(self) -> list[Held]:
        """Return all proposals with what became of them."""
        decided = self.decisions()
        found = [self.proposal(name) for name in self.names()]
        return [Held(p, tuple(decided.get(p.id, ())), self.outcome(p.id)) for p in found if p is not None]

    def forget(self, name: str) -> None:
        """Delete the outcome of a proposal."""
        files.remove(self.folder / _OUTCOMES / f"{name}.json")

    def forget_about(self, name: str) -> None:
        """Delete what reviewers and the writer said of a proposal."""
        for file in files.names(self.folder / _DECISIONS):
            if file.endswith(f"-{name}"):
                files.remove(self.folder / _DECISIONS / f"{file}.json")
        self.forget(name)

    def delete(self, name: str) -> None:
        """Delete a proposal and all that became of it, the proposal itself last."""
        self.forget_about(name)
        self.keep_files(name)
        files.remove(self.folder / _PROPOSALS / f"{name}.json")

    def _file(self, name: str, digest: str) -> Path:
        if not (name.isascii() and name.isalnum() and digest.isascii() and digest.isalnum()):
            raise ValueError(name)  # both are ours; nothing that came is part of a path
        return self.folder / _FILES / f"{name}-{digest}{_BYTES}"

    def _read(self, path: Path, of_json: Callable[[Mapping[str, Any]], Thing]) -> Thing | None:
        value = files.read_json(path)
        try:
            return None if value is None else of_json(value)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise StoreError(f"{path}: is not what was written ({error}). Restore it, or move it away.") from error

    def stamp(self) -> tuple[int, ...]:
        """Return what changes whenever a proposal or a decision comes; costs two looks at a folder."""
        folders = (self.folder / name for name in (_PROPOSALS, _DECISIONS))
        return tuple(folder.stat().st_mtime_ns if folder.is_dir() else 0 for folder in folders)
