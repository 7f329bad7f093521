"""A proposal beside the record as it is: field by field, in words, with what validation finds at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dgekg import forms, identifiers
from dgekg.errors import InputError
from dgekg.forms import Field, Form, Forms
from dgekg.inbox import Proposal
from dgekg.web.house import Visit

_Key = tuple[str, ...]
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Said:
    """One value in words.

    Attributes:
        text: the words.
        language: that they are in; "" for the page's own or none.
        href: where a record or concept is shown, "" for none; addresses elsewhere stay text, for who reviews them
            has to see where they lead.
    """

    text: str
    language: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field: what it is called, what the record says, what the proposal says, and what is to be mended."""

    label: str
    before: tuple[Said, ...]
    after: tuple[Said, ...]
    findings: tuple[str, ...]

    @property
    def change(self) -> str:
        """same, added, removed or changed."""
        if self.before == self.after:
            return "same"
        return "added" if not self.before else "removed" if not self.after else "changed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All fields of one record, and what is to be mended in the whole of it."""

    title: str
    rows: tuple[Row, ...]
    findings: tuple[str, ...]

    @property
    def changed(self) -> list[Row]:
        """The fields to look at: what would be other, or is to be mended."""
        return [row for row in self.rows if row.change != "same" or row.findings]

    @property
    def same(self) -> list[Row]:
        """The fields that stay as they are."""
        return [row for row in self.rows if row.change == "same" and not row.findings]


def compared(visit: Visit, proposal: Proposal) -> list[Comparison]:
    """Return what a proposal says beside what the records say now, one comparison a record."""
    known = forms.of(visit.observatory.project)
    records = proposal.answers.get("records")
    if isinstance(records, Sequence) and not isinstance(records, str):
        return [_one(visit, known, proposal, answers) for answers in records if isinstance(answers, Mapping)]
    return [_one(visit, known, proposal, proposal.answers)] if proposal.answers else []


def _one(visit: Visit, known: Forms, proposal: Proposal, answers: Mapping[str, Any]) -> Comparison:
    fields = answers.get("fields")
    after_fields = fields if isinstance(fields, Mapping) else {}
    try:
        form = known.form(str(answers.get("kind", "")))
    except InputError:
        loose = (
            fields if isinstance(fields, Mapping) else {k: v for k, v in answers.items() if k not in ("kind", "slug")}
        )
        rows = [Row(".".join(k), (), tuple(map(Said, v)), ()) for k, v in _plain(loose, ())]
        return Comparison("", tuple(rows), ())
    before_fields = _present(visit, known, form, answers, proposal)
    before = dict(_flat(visit, form, before_fields, (), ""))
    after = dict(_flat(visit, form, after_fields, (), ""))
    if proposal.act in ("add", "withdraw", "reply"):  # what is not mentioned stays
        after = {**before, **{k: (label, _union(before.get(k), said)) for k, (label, said) in after.items()}}
    placed, general = _findings(visit, known, proposal, answers)
    rows = []
    for key in [*after, *(k for k in before if k not in after)]:
        label = (after.get(key) or before[key])[0]
        rows.append(Row(label, _values(before, key), _values(after, key), tuple(placed.pop(key, ()))))
    for key, found in placed.items():  # where an answer is missing there is no value to stand beside
        rows.append(Row(_label(visit, form, key), (), (), tuple(found)))
    return Comparison(form.label.get(visit.language, form.kind), tuple(rows), tuple(general))


def _present(
    visit: Visit, known: Forms, form: Form, answers: Mapping[str, Any], proposal: Proposal
) -> Mapping[str, Any]:
    """Return the fields of the record as its document has it now; none where there is no such record."""
    slug = answers.get("slug") or (identifiers.parse(proposal.record) or identifiers.Local("", "")).slug
    if not isinstance(slug, str) or not identifiers.SLUG.fullmatch(slug) or not form.folder or proposal.act == "new":
        return {}
    home = slug if proposal.act != "rating" else proposal.record.rpartition("/")[2]
    path = visit.observatory.project.data / form.folder / f"{home}.ttl"
    try:
        found = known.from_document(path.read_bytes(), identifiers.record(form.kind, slug))
    except (OSError, InputError):
        return {}
    fields: Mapping[str, Any] = found["fields"]
    return fields


def _flat(
    visit: Visit, form: Form, fields: Mapping[str, Any], before: _Key, prefix: str
) -> Iterator[tuple[_Key, tuple[str, tuple[Said, ...]]]]:
    """Yield every field that says something, those of parts beneath the part."""
    for field in form.fields:
        values = fields.get(field.id)
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            continue
        label = prefix + field.label.get(visit.language, field.id)
        parts = [v for v in values if isinstance(v, Mapping) and "fields" in v]
        plain = tuple(_said(visit, field, v) for v in values if not (isinstance(v, Mapping) and "fields" in v))
        if plain:
            yield (*before, field.id), (label, plain)
        if field.part is not None and len(before) < _DEEPEST:
            for number, part in enumerate(parts):
                inner = part["fields"] if isinstance(part["fields"], Mapping) else {}
                here = (*before, field.id, str(number))
                yield from _flat(visit, field.part, inner, here, f"{label} {number + 1} · ")


def _said(visit: Visit, field: Field, value: Any) -> Said:
    if isinstance(value, Mapping):
        return Said(str(value.get("value", value.get("iri", ""))), str(value.get("language") or ""))
    if isinstance(value, bool):
        return Said(visit.t("review.is_yes" if value else "review.is_no"))
    text = str(value)
    option = field.option(text)
    if option is not None:
        return Said(option.label.get(visit.language, text), href=visit.to(option.iri))
    kind, slash, slug = text.partition("/")
    if field.kinds and slash and identifiers.SLUG.fullmatch(slug) and identifiers.SLUG.fullmatch(kind):
        iri = identifiers.record(kind, slug)
        known = iri in visit.observatory.names.known
        return Said(f"{visit.label(iri)} ({text})" if known else text, href=visit.to(iri) if known else "")
    return Said(text)


def _findings(
    visit: Visit, known: Forms, proposal: Proposal, answers: Mapping[str, Any]
) -> tuple[dict[_Key, list[str]], list[str]]:
    """Return what validation finds, by field, and of the whole; of what only adds to a record, nothing is asked."""
    if proposal.act in ("withdraw", "reply", "add"):
        return {}, []
    try:
        found = known.check(dict(answers), language=visit.language)
    except InputError as error:
        return {}, [str(error)]
    placed: dict[_Key, list[str]] = {}
    general: list[str] = []
    for one in found:
        key = tuple(str(step) for step in one.place)
        while key and key[-1].isdecimal():
            key = key[:-1]
        (placed.setdefault(key, []) if key else general).append(one.message)
    return placed, general


def _label(visit: Visit, form: Form, key: _Key) -> str:
    words, at = [], form
    for step in key:
        field = at.field(step)
        if field is None:
            words.append(str(int(step) + 1) if step.isdecimal() else step)
            continue
        words.append(field.label.get(visit.language, field.id))
        at = field.part or at
    return " · ".join(words)


def _values(found: Mapping[_Key, tuple[str, tuple[Said, ...]]], key: _Key) -> tuple[Said, ...]:
    return found[key][1] if key in found else ()


def _union(before: tuple[str, tuple[Said, ...]] | None, added: tuple[Said, ...]) -> tuple[Said, ...]:
    known = before[1] if before else ()
    return (*known, *(one for one in added if one not in known))


def _plain(value: Any, before: _Key) -> Iterator[tuple[_Key, list[str]]]:
    """Yield what answers without a form say, as text."""
    if isinstance(value, Mapping) and len(before) < _DEEPEST:
        for name, inner in value.items():
            yield from _plain(inner, (*before, str(name)))
    elif isinstance(value, list | tuple):
        texts = [str(one.get("value", one)) if isinstance(one, Mapping) else str(one) for one in value]
        yield before, texts
    elif value not in (None, ""):
        yield before, [str(value)]
