"""What somebody proposes: read with suspicion, kept as plain JSON, one file each."""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dgekg import suppression
from dgekg.attachments import MOST_FILES, Attached
from dgekg.errors import InputError, TooLong, shown
from dgekg.vocabulary import LANGUAGES

# What a proposal can want. Of the public ones, an accepted one changes what is published; the others are only kept.
PUBLIC_ACTS = ("new", "correct", "add", "withdraw", "reply", "rating")
ACTS = (*PUBLIC_ACTS, "consultation", "feedback")
ORDERS = ("withdraw", "erase")
"""What an operator can order without a proposal, too."""
_ABOUT = ("correct", "add", "withdraw", "reply", "rating")
WITH_FILES = ("new", "correct", "add", "reply")
STATES = ("received", "accepted", "applied", "returned", "rejected", "withdrawn")

MOST_BYTES, MOST_LETTERS, MOST_VALUES, MOST_DEPTH = 256_000, 20_000, 5_000, 24
_NAME_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal as it is handed in.

    Attributes:
        act: one of `ACTS`.
        answers: plain JSON as the forms have it (`kind`, `slug`, `fields`); of "correct" the whole record as it is
            to be, of "add" only what is to be added, of "withdraw" nothing or a reason.
        record: IRI, path or short form of the record that it is about; "" for a new one.
        named: how the contributor wants to be named; "" for not at all.
        consent: per use, whether it is given.
        language: in which the contributor is answered.
        note: to the reviewers, never published.
        base: digest of the record as the contributor saw it; "" where that is not known.
        suspect: why this may be spam, as the door found it; such proposals are kept, and listed last.
        files: what is attached, never published; the bytes are handed in beside it.
    """

    act: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    record: str = ""
    named: str = ""
    consent: Mapping[str, bool] = field(default_factory=dict)
    language: str = "en"
    note: str = ""
    base: str = ""
    suspect: tuple[str, ...] = ()
    files: tuple[Attached, ...] = ()

    def checked(self) -> Draft:
        """Return it as it can be kept: the record as an IRI, texts without signs that nobody sees.

        Raises:
            InputError: something in it cannot be understood; the field is named.
            TooLong: it is larger or deeper than proposals may be.
        """
        if self.act not in ACTS:
            raise InputError(f'act: found "{shown(self.act)}", expected one of {", ".join(ACTS)}.', field="act")
        if self.language not in LANGUAGES:
            raise InputError(f'language: found "{shown(self.language)}", expected en, fr or es.', field="language")
        if bool(self.record) != (self.act in _ABOUT) and not (self.record and self.act == "feedback"):
            wanted = "the record that it is about" if self.act in _ABOUT else "none"
            raise InputError(
                f'record: found "{shown(self.record)}", expected {wanted} for "{self.act}".', field="record"
            )
        if not all(isinstance(use, str) and given in (True, False) for use, given in self.consent.items()):
            raise InputError("consent: expected for each use true or false.", field="consent")
        if not isinstance(self.answers, Mapping):
            raise InputError("answers: expected an object with kind, slug and fields.", field="answers")
        for name in ("named", "note", "base"):
            most = MOST_LETTERS if name == "note" else _NAME_LETTERS
            if not isinstance(getattr(self, name), str) or len(getattr(self, name)) > most:
                raise TooLong(f"{name}: expected a text of at most {most} letters.", field=name)
        if len(self.files) > (MOST_FILES if self.act in WITH_FILES else 0):
            raise InputError(
                f'files: at most {MOST_FILES} can come with a record, none with "{self.act}".', field="files"
            )
        _measure(self.answers)
        return dataclasses.replace(
            self,
            answers=_clean(self.answers),
            record=suppression.named(self.record) if self.record else "",
            named=_text(self.named).strip(),
            note=_text(self.note),
            consent=dict(self.consent),
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it is kept.

    Attributes:
        id: opaque; made from the code of its receipt, which cannot be found out from it.
        received: the day, YYYY-MM-DD; the hour is not kept.
        act: what it wants.
        record: IRI of the record that it is about, or "".
        answers: see `Draft`; empty once it is withdrawn.
        named: see `Draft`.
        consent: see `Draft`.
        language: see `Draft`.
        note: see `Draft`.
        base: see `Draft`.
        revision: 1, and one more with each change; decisions are about one revision.
        amended: day of the last change.
        order: the place among all that were received, from 1.
        suspect: see `Draft`.
        exposure: open, with-care or protected, by the rules of the day on which it came.
        reasons: why it is so exposed, in English.
        of: id of the proposal that it goes back to: a withdrawal of what was published.
        withdrawn: whether the contributor took it back.
        files: see `Draft`; their bytes lie beside the proposals, and go with them.
    """

    id: str
    received: str
    act: str
    record: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    named: str = ""
    consent: Mapping[str, bool] = field(default_factory=dict)
    language: str = "en"
    note: str = ""
    base: str = ""
    revision: int = 1
    amended: str = ""
    order: int = 0
    suspect: tuple[str, ...] = ()
    exposure: str = "with-care"
    reasons: tuple[str, ...] = ()
    of: str = ""
    withdrawn: bool = False
    files: tuple[Attached, ...] = ()

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Proposal:
        """Return the proposal that a file holds."""
        known = {f.name for f in dataclasses.fields(cls)}
        given = {name: one for name, one in value.items() if name in known}
        for name in ("suspect", "reasons"):
            given[name] = tuple(given.get(name, ()))
        given["files"] = tuple(Attached(**one) for one in given.get("files", ()))
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        """Return what its file is to hold."""
        return dataclasses.asdict(self)

    @property
    def draft(self) -> Draft:
        """What was handed in."""
        return Draft(**{f.name: getattr(self, f.name) for f in dataclasses.fields(Draft)})

    @property
    def publishes(self) -> bool:
        """Whether it may change what is published once accepted; taking something out needs no consent to publish."""
        agreed = self.act in ORDERS or bool(self.consent.get("publish"))
        return agreed and self.act in (*PUBLIC_ACTS, *ORDERS) and self.exposure != "protected"

    @property
    def needs(self) -> int:
        """How many different reviewers must accept it."""
        return 1 if self.exposure == "open" else 2


def emptied(proposal: Proposal, day: dt.date) -> Proposal:
    """Return what is kept of a proposal that was taken back: that it came, and went."""
    kept = Proposal(proposal.id, proposal.received, proposal.act, revision=proposal.revision + 1, order=proposal.order)
    return dataclasses.replace(kept, amended=day.isoformat(), withdrawn=True, language=proposal.language)


def addresses(value: Any) -> Iterator[str]:
    """Yield the texts of some answers that are addresses of the web."""
    return (text for text in texts(value) if text.strip().lower().startswith(("http://", "https://")))


def texts(value: Any) -> Iterator[str]:
    """Yield every text of some answers."""
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            todo += one.values()
        elif isinstance(one, list | tuple):
            todo += one


def _measure(answers: Any) -> None:
    """Refuse what is too large or too deep, without ever going deep itself."""
    todo, letters, values = [(answers, 1)], 0, 0
    while todo:
        one, depth = todo.pop()
        values += 1
        if depth > MOST_DEPTH or values > MOST_VALUES:
            raise TooLong(
                f"answers: at most {MOST_VALUES} values, nested at most {MOST_DEPTH} deep, can be taken in.",
                field="answers",
            )
        if isinstance(one, Mapping):
            if not all(isinstance(name, str) for name in one):
                raise InputError("answers: expected names that are texts.", field="answers")
            letters += sum(map(len, one))
            todo += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list | tuple):
            todo += [(inner, depth + 1) for inner in one]
        elif isinstance(one, str):
            if len(one) > MOST_LETTERS:
                raise TooLong(f"answers: a text has at most {MOST_LETTERS} letters.", shown(one, 40), field="answers")
            letters += len(one)
        elif not (one is None or isinstance(one, bool | int | float)):
            raise InputError(f"answers: found {type(one).__name__}, expected plain JSON.", field="answers")
        if letters * 2 > MOST_BYTES:
            raise TooLong(f"answers: at most {MOST_BYTES // 2} letters in all can be taken in.", field="answers")


def _clean(value: Any) -> Any:
    """Return answers without control signs, which hide what a text says; the depth is measured by now."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(name): _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value


def _text(text: str) -> str:
    """Return a text in one form, without control signs, marks that turn the direction, and halves of letters.

    >>> _text("a\\x00b\\u202ec\\ud800\\n")
    'abc\\n'
    """
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(c for c in kept if c not in "\u202a\u202b\u202c\u202d\u202e"))
