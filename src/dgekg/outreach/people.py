"""Those who were asked: contact data and what is counted, in one encrypted file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dgekg.errors import InputError, UnknownValue
from dgekg.outreach.vault import Vault

CHANNELS = ("email", "telephone", "messenger", "letter", "meeting", "event", "partner", "form", "public-call")
_CONTACT = ("name", "contact", "note")
_MOST = 100_000  # people


@dataclass(frozen=True, slots=True)
class Asked:
    """A person, organisation or gathering that was asked.

    Attributes:
        id: opaque, eight letters.
        name: of whom; contact data, as the next two: "" once it is forgotten.
        contact: where they can be reached.
        note: whatever one must know to write to them.
        sector: code, scheme `sector`.
        region: code, scheme `region`.
        language: tag such as sw, in which they were asked.
        groups: codes, scheme `group`: of whom they speak, as they say themselves.
        channel: one of `CHANNELS`.
        people: how many were asked at once.
        asked: ISO day.
        answered: ISO day; "" where nobody has.
        replies: how many of them answered.
        declined: whether they said that they would not.
    """

    sector: str
    region: str
    language: str
    channel: str
    id: str = ""
    name: str = ""
    contact: str = ""
    note: str = ""
    groups: tuple[str, ...] = ()
    people: int = 1
    asked: str = ""
    answered: str = ""
    replies: int = 0
    declined: bool = False

    @property
    def forgotten(self) -> bool:
        """Whether no contact data is left."""
        return not (self.name or self.contact or self.note)

    def checked(self) -> Asked:
        """Return it, if it can be kept; codes of schemes are the caller's to check.

        Raises:
            UnknownValue: no such channel.
            InputError: a number or a day cannot be; the field is named.
        """
        if self.channel not in CHANNELS:
            raise UnknownValue("channel", self.channel, CHANNELS)
        if not 1 <= self.people <= _MOST:
            raise InputError(f"people: found {self.people}, expected 1 to {_MOST:,}.", field="people")
        if not 0 <= self.replies <= self.people:
            raise InputError(
                f"replies: found {self.replies}, expected at most the {self.people} who were asked.", field="replies"
            )
        for name in ("asked", "answered"):
            try:
                if getattr(self, name):
                    dt.date.fromisoformat(getattr(self, name))
            except ValueError:
                found = getattr(self, name)
                raise InputError(f'{name}: found "{found}", expected a day such as 2026-11-21.', field=name) from None
        return self


class People:
    """All who were asked.

    Args:
        vault: keeps them.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def all(self) -> list[Asked]:
        """Return them, the first asked first.

        Raises:
            InputError: the key does not fit.
        """
        kept = self._vault.read() or []
        known = {f.name for f in dataclasses.fields(Asked)}
        given: list[dict[str, Any]] = [{k: one[k] for k in known & one.keys()} for one in kept]
        found = [Asked(**{**one, "groups": tuple(one.get("groups", ()))}) for one in given]
        return sorted(found, key=lambda one: (one.asked, one.id))

    def get(self, name: str) -> Asked:
        """Return one by its id or the beginning of it.

        Raises:
            InputError: none or several have it.
        """
        return _one(self.all(), name)

    def add(self, given: Iterable[Asked]) -> list[Asked]:
        """Take some in, all or none; returns them with their ids. Errors as `Asked.checked`."""
        new = [dataclasses.replace(one.checked(), id=secrets.token_hex(4)) for one in given]
        self._change(lambda kept: [*kept, *new])
        return new

    def answered(self, name: str, day: str, replies: int | None = None, *, declined: bool = False) -> Asked:
        """Write down that somebody answered, or declined.

        Args:
            name: id, or the beginning of it.
            day: ISO.
            replies: how many of them; by default all.
            declined: whether they said that they would not.
        """
        found = _one(self.all(), name)
        count = 0 if declined else found.people if replies is None else replies
        new = dataclasses.replace(found, answered="" if declined else day, replies=count, declined=declined).checked()
        self._change(lambda kept: [new if one.id == new.id else one for one in kept])
        return new

    def forget(self, name: str) -> Asked:
        """Delete all that is kept about one; they are not counted any more either."""
        found = _one(self.all(), name)
        self._change(lambda kept: [one for one in kept if one.id != found.id])
        return found

    def past(self, days: int, today: dt.date) -> list[Asked]:
        """Return those whose contact data is past its time: `days` after they were last asked or answered."""
        return [
            one
            for one in self.all()
            if not one.forgotten and (today - dt.date.fromisoformat(max(one.asked, one.answered))).days > days
        ]

    def forget_contacts(self, ids: Iterable[str]) -> int:
        """Delete the contact data of some; what is counted stays. Returns of how many."""
        wanted = set(ids)
        empty: dict[str, Any] = dict.fromkeys(_CONTACT, "")
        self._change(lambda kept: [dataclasses.replace(o, **empty) if o.id in wanted else o for o in kept])
        return len(wanted)

    def _change(self, change: Callable[[list[Asked]], list[Asked]]) -> None:
        with self._vault.changing():
            self._vault.write([dataclasses.asdict(one) for one in change(self.all())])


def _one(kept: list[Asked], name: str) -> Asked:
    found = [one for one in kept if name and one.id.startswith(name)]
    if len(found) != 1:
        raise InputError(f'id: found {len(found)} that begin with "{name}", expected one. "dgekg outreach list".')
    return found[0]
