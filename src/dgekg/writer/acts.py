"""What an accepted proposal asks of the files: each act read into texts, for the writer to check and take in."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from dgekg import identifiers, suppression
from dgekg.documents import Document
from dgekg.errors import Conflict, InputError
from dgekg.forms import Form, Forms, Written
from dgekg.forms.composing import House
from dgekg.forms.turtle import document
from dgekg.inbox import Proposal
from dgekg.inbox.proposals import addresses
from dgekg.suppression import Suppressed
from dgekg.writer.changes import Line
from dgekg.writer.merging import added, corrected, fresh
from dgekg.writer.removal import removal, unwritten
from dgekg.writer.writer import Writer

ROUND, CONTRIBUTORS = "collection/contributions", "actor/contributors"
_ROUND_FILE, _CONTRIBUTORS_FILE = Path("data/scan/contributions.ttl"), Path("data/actors/contributors.ttl")
# What a contributor says of a norm is a judgement by somebody who is not named, never the word of the actor.
_HOUSE: House = {"support": {"wasAttributedTo": [CONTRIBUTORS], "basis": ["assigned"]}}
_NAMES = ("title", "name", "prefLabel")


@dataclass(frozen=True)
class Change:
    """What the files are to say.

    Attributes:
        texts: by file, below the project's folder; None for one that is to go.
        record: IRI of the record that it is about.
        lines: of the ledger; None where they follow from the texts.
        answers: of the proposal.
    """

    texts: Mapping[Path, str | None]
    record: str
    lines: Sequence[Line] | None = None
    answers: Any = None

    def said(self) -> Iterator[str]:
        """Yield the addresses and names that it brings."""
        yield from addresses(self.answers)
        yield from _named(self.answers)


class Interpreter:
    """Reads proposals, beside what a writer holds.

    Args:
        writer: knows what is there.
        listed: what may not be shown: its names are not given again.
    """

    def __init__(self, writer: Writer, listed: Callable[[], Suppressed] = lambda: suppression.NOTHING) -> None:
        self._writer, self._listed = writer, listed
        self._forms = Forms(writer.project)
        self._forms.to_documents({"kind": "practice", "fields": {}})  # so that the first proposal need not wait

    def change(self, proposal: Proposal) -> Change:
        """Return what a proposal asks of the files.

        Raises:
            InputError: it cannot be done; says why (`Conflict` where the record is not what it was).
        """
        act = {"new": self._new, "correct": self._correct, "add": self._add, "withdraw": self._withdraw}
        act |= {"reply": self._reply, "rating": self._rating, "erase": self._erase}
        if proposal.act not in act:
            raise InputError(f"{proposal.act}: is kept, and changes no record.", proposal.act)
        return act[proposal.act](proposal)

    def _new(self, proposal: Proposal) -> Change:
        looked = self._forms.look_over(dict(proposal.answers))
        kind, form = str(looked["kind"]), self._forms.form(looked["kind"])
        answers = fresh(looked, form, self._forms.form)
        exposure = "with-care" if proposal.exposure != "open" else "open"
        kinds = dict.fromkeys((kind, "actor", "system", "case"))
        house: House = {one: {"exposure": [exposure], "foundInRound": [ROUND]} for one in kinds}
        made = self._written(answers, {**house, **_HOUSE})
        texts: dict[Path, str | None] = {Path(one.file): one.text for one in made}
        if _mentioned(ROUND, texts):
            texts[_ROUND_FILE] = self._round()
        return Change({**texts, **self._contributors(texts)}, made[0].iri, answers=proposal.answers)

    def _correct(self, proposal: Proposal) -> Change:
        now, before, form = self._there(proposal)
        return self._rewritten(now, corrected(before, self._forms.look_over(_of(form, proposal)), form), proposal)

    def _add(self, proposal: Proposal) -> Change:
        now, before, form = self._there(proposal)
        return self._rewritten(now, added(before, self._forms.look_over(_of(form, proposal)), form), proposal)

    def _withdraw(self, proposal: Proposal) -> Change:
        texts, lines = removal(self._writer, proposal.record)
        return Change(texts, proposal.record, lines)

    def _erase(self, proposal: Proposal) -> Change:
        texts, _lines = removal(self._writer, proposal.record)
        return Change({**texts, **unwritten(self._writer, texts)}, proposal.record)

    def _reply(self, proposal: Proposal) -> Change:
        fields = {**proposal.answers.get("fields", {}), "repliesTo": [{"iri": proposal.record}]}
        answers = {**proposal.answers, "kind": "reply", "fields": fields}
        slug = f"{proposal.record.rpartition('/')[2]}-{{}}"
        number = next(n for n in range(1, 10_000) if f"reply/{slug.format(n)}" not in self._taken())
        made = self._forms.to_documents({**answers, "slug": slug.format(number)}, today=self._writer.as_of)
        return Change({Path(one.file): one.text for one in made}, made[0].iri, answers=proposal.answers)

    def _rating(self, proposal: Proposal) -> Change:
        """Put ratings into the document of their practice; one of the same name takes the place of the other."""
        practice = proposal.record.rpartition("/")[2]
        file = Path(f"data/assessments/{practice}.ttl")
        now = self._writer.documents.get(file.as_posix())
        held = {answers["slug"]: answers for answers in self._records(now)}
        for given in proposal.answers.get("records") or [proposal.answers]:
            held[given.get("slug") or f"{practice}-{len(held) + 1}"] = {**given, "kind": "assessment"}
        for slug, answers in held.items():
            if not any(str(one).rpartition("/")[2] == practice for one in answers["fields"].get("assesses", ())):
                raise InputError(f"{slug}: expected ratings of practice/{practice} alone.")
        return Change({file: self._text(held.values())}, proposal.record, answers=proposal.answers)

    def _there(self, proposal: Proposal) -> tuple[Document, dict[str, Any], Form]:
        """Return the document of a record, its answers now, and their form."""
        local = identifiers.parse(proposal.record)
        home = next((d for d in self._writer.documents.values() if proposal.record in d.classes), None)
        if local is None or home is None:
            raise Conflict(f"{_short(proposal.record)}: is not there any more.")
        if proposal.base and proposal.base != home.digest:
            raise Conflict(
                f"{_short(proposal.record)}: was changed after the proposal was made. Compare both and enter it anew."
            )
        return home, self._forms.from_document(home, proposal.record), self._forms.form(local.kind)

    def _rewritten(self, now: Document, answers: dict[str, Any], proposal: Proposal) -> Change:
        """Return the change of one record of a document; its other records stay as they are."""
        if any(f.id == "modified" for f in self._forms.form(answers["kind"]).fields):
            answers = {**answers, "fields": {**answers["fields"], "modified": [self._writer.as_of.isoformat()]}}
        every = [answers if one["slug"] == answers["slug"] else one for one in self._records(now)]
        made = [self._written(one) for one in every]
        texts: dict[Path, str | None] = {Path(w.file): w.text for some in made for w in some[1:]}
        texts[Path(now.file)] = document([block for some in made for block in some[0].blocks])
        return Change({**texts, **self._contributors(texts)}, proposal.record, answers=proposal.answers)

    def _text(self, every: Any) -> str:
        return document([block for one in every for block in self._written(one)[0].blocks])

    def _written(self, answers: Mapping[str, Any], house: House | None = None) -> list[Written]:
        today, taken = self._writer.as_of, self._taken()
        return self._forms.to_documents(dict(answers), today=today, house=house or _HOUSE, taken=taken)

    def _records(self, now: Document | None) -> list[dict[str, Any]]:
        if now is None:
            return []
        return [self._forms.from_document(now, iri) for iri in self._forms.records(now)]

    def _round(self) -> str:
        """Return the record of the round of contributions, with one more in it."""
        text = self._own(_ROUND_FILE)
        return re.sub(r"(dgekg:(?:screened|included)) (\d+)", lambda m: f"{m[1]} {int(m[2]) + 1}", text)

    def _contributors(self, texts: Mapping[Path, str | None]) -> dict[Path, str | None]:
        """Return the record of those who are not named, where texts mention it and it is not there."""
        there = _CONTRIBUTORS_FILE.as_posix() in self._writer.documents
        return (
            {} if there or not _mentioned(CONTRIBUTORS, texts) else {_CONTRIBUTORS_FILE: self._own(_CONTRIBUTORS_FILE)}
        )

    def _own(self, file: Path) -> str:
        now = self._writer.documents.get(file.as_posix())
        text = now.text if now else resources.files("dgekg.writer").joinpath("own", file.name).read_text("utf-8")
        return text.replace("{day}", self._writer.as_of.isoformat())

    def _taken(self) -> Container[str]:
        return _Taken(self._writer, self._forms, self._listed())


class _Taken:
    """Names that are in use, or were and may not be shown any more."""

    def __init__(self, writer: Writer, forms: Forms, listed: Suppressed) -> None:
        self._writer, self._forms, self._listed = writer, forms, listed

    def __contains__(self, name: object) -> bool:
        kind, _, slug = str(name).partition("/")
        folder = self._forms.form(kind).folder
        return f"data/{folder}/{slug}.ttl" in self._writer.documents or identifiers.record(kind, slug) in self._listed


def _named(value: Any) -> Iterator[str]:
    """Yield the names among some answers, at whatever depth."""
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, Mapping):
            for key, inner in one.items():
                if key in _NAMES:
                    yield from (v["value"] if isinstance(v, Mapping) else str(v) for v in inner if v)
                else:
                    todo.append(inner)
        elif isinstance(one, list | tuple):
            todo += one


def _of(form: Form, proposal: Proposal) -> dict[str, Any]:
    """Return answers about a record that is there, as answers of its kind."""
    return {"kind": form.kind, "fields": proposal.answers.get("fields", {})}


def _mentioned(record: str, texts: Mapping[Path, str | None]) -> bool:
    return any(f"<id/{record}>" in (text or "") for text in texts.values())


def _short(iri: str) -> str:
    return identifiers.compact(iri).removeprefix("id/")
