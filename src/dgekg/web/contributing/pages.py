"""The pages of `/contribute`: a form for each thing that can be proposed, the receipt, and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from dgekg import documents, forms, identifiers, packaged
from dgekg.attachments import Attached, Refused, Upload
from dgekg.errors import DgekgError, InputError, UnknownValue
from dgekg.forms import Form
from dgekg.inbox import Draft, Inbox, Tickets
from dgekg.web.contributing import attaching
from dgekg.web.contributing.posted import Posted, Reader, shown, tongue
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of
from dgekg.web.review.door import page

OFFERED: Mapping[str, Sequence[str]] = packaged.table("web/contributing/offered.yaml")
_BESIDE = "actor"  # who is not in the collection yet is proposed along
_NOTE = 5_000
_BESIDE_ANSWERS = ("note", "named", "publish", "adult", "code", "key", "ticket", "base", "more")


@dataclass
class Sheet:
    """One form as it is filled in.

    Attributes:
        act: new, correct, reply, withdraw, consultation or feedback.
        form: its questions; None where there is only the note.
        record: IRI of the record that it is about, or "".
        values: answers by field.
        faults: what is to be mended, by place.
        extra: by place, how many empty rows are added.
        given: what was said beside the answers: note, named, code ...
        files: that the proposal has already.
        uploads: files that came with the form.
    """

    act: str
    form: Form | None
    record: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    files: tuple[Attached, ...] = ()
    uploads: list[Upload] = field(default_factory=list)


def sheet_of(visit: Visit, act: str, kind: str, record: str) -> Sheet:
    """Return an empty form; of a correction one that says what the record says now.

    Raises:
        UnknownValue: no such form or record.
    """
    known = forms.of(visit.observatory.project)
    if act == "new":
        return Sheet(act, known.form(kind).only_asked())
    if act == "consultation":
        return Sheet(act, known.form("consultation-answer").only_asked())
    if act == "feedback" and not record:
        return Sheet(act, None)
    local = identifiers.parse(record) if record.startswith("http") else None
    if local is None:
        kind, _, slug = record.partition("/")
        if kind not in OFFERED["of"] or not identifiers.SLUG.fullmatch(slug):
            raise UnknownValue("record", record, ())
        record = identifiers.record(kind, slug)
        local = identifiers.parse(record)
    if local is None or record not in visit.observatory.names.known or record in visit.observatory.suppressed:
        raise UnknownValue("record", record, ())
    if act == "correct":
        if local.kind not in OFFERED["new"]:
            raise UnknownValue("record", record, ())
        form = known.form(local.kind)
        path = visit.observatory.project.data / form.folder / f"{local.slug}.ttl"
        try:
            text = path.read_bytes()
            present = known.from_document(text, record)
            digest = documents.of_text(path.name, text)[0].digest
        except (OSError, DgekgError):
            return Sheet("feedback", None, record)  # a service without the files: what is wrong is told in words
        return Sheet(act, form.only_asked(), record, dict(present["fields"]), given={"base": digest})
    return Sheet(act, known.form("reply").only_asked() if act == "reply" else None, record)


def read(visit: Visit, sheet: Sheet, posted: Posted, uploads: Sequence[Upload] = ()) -> Reader:
    """Fill a form with what was sent."""
    known = forms.of(visit.observatory.project)
    beside = {_BESIDE: known.form(_BESIDE).only_asked()}
    reader = Reader(posted, visit.observatory.names, visit.language, beside)
    if sheet.form is not None:
        sheet.values = reader.fields(sheet.form)
    sheet.given = {name: reader.one(name) for name in _BESIDE_ANSWERS}
    if attaching.taken_by(sheet.act):
        sheet.uploads = list(uploads)
        if sheet.given["code"]:
            sheet.files = attaching.there(visit, sheet.given["code"], posted.get("drop", ()))
    return reader


def check(visit: Visit, sheet: Sheet, reader: Reader) -> None:
    """Put beside each field what is to be mended there, in the words of `dgekg validate`."""
    for place in reader.unknown:
        sheet.faults.setdefault(place, []).append(visit.t("give.unknown"))
    for place, text in reader.unlisted.items():
        sheet.faults.setdefault(place, []).append(visit.t("give.unlisted", found=text[:60]))
    if sheet.form is not None:
        told = tuple(sheet.faults)
        known = forms.of(visit.observatory.project)
        answers = {"kind": sheet.form.kind, "slug": None, "fields": sheet.values}
        try:
            for placed in known.check(answers, language=visit.language):
                place = ".".join(map(str, placed.place))
                if placed.violation and not any(_touch(place, one) for one in told):
                    sheet.faults.setdefault(place, []).append(placed.message)
        except InputError as error:
            sheet.faults.setdefault(str(error.field or "").replace("[", ".").replace("]", ""), []).append(str(error))
    if sheet.act in ("withdraw", "feedback") and not sheet.given["note"].strip():
        sheet.faults.setdefault("note", []).append(visit.t("give.need_note"))
    if len(sheet.given["note"]) > _NOTE:
        sheet.faults.setdefault("note", []).append(visit.t("give.long_note", most=_NOTE))
    if sheet.act in ("new", "correct", "reply") and not sheet.given["publish"]:
        sheet.faults.setdefault("publish", []).append(visit.t("give.need_publish"))
    if not sheet.given["adult"]:
        sheet.faults.setdefault("adult", []).append(visit.t("give.need_adult"))
    against = attaching.glanced(visit, sheet.uploads, sheet.files)
    if against:
        sheet.faults[attaching.PLACE] = against


def _touch(place: str, other: str) -> bool:
    """Whether one of two places is the other, or holds it: what is wrong there is told once."""
    return f"{place}.".startswith(f"{other}.") or f"{other}.".startswith(f"{place}.")


def draft_of(visit: Visit, sheet: Sheet, suspect: tuple[str, ...]) -> Draft:
    """Return what goes to the inbox."""
    answers: dict[str, Any] = {}
    if sheet.form is not None:
        answers = {"kind": sheet.form.kind, "slug": None, "language": visit.language, "fields": sheet.values}
    named = sheet.given["named"].strip()
    consent = {"publish": bool(sheet.given["publish"]), "name": bool(named)}
    return Draft(
        act=sheet.act, answers=answers, record=sheet.record, named=named, consent=consent, language=visit.language,
        note=sheet.given["note"].strip(), base=sheet.given["base"] if sheet.act == "correct" else "", suspect=suspect,
        files=sheet.files,
    )  # fmt: skip


def send(visit: Visit, sheet: Sheet, reader: Reader) -> tuple[str, bool]:
    """Hand a form in; return the code of the receipt, and whether it is new.

    Returns:
        no code where a file is not taken; then the form says which, and why.

    Raises:
        InputError: the form is too old, or the inbox cannot take it.
    """
    inbox = inbox_of(visit)
    suspect = Tickets(inbox.secret()).suspicions(sheet.given["ticket"], reader.one("website"))
    before = sheet.files
    sheet.files, contents, against = attaching.cleaned(visit, sheet.uploads, before)
    draft = draft_of(visit, sheet, suspect)
    try:
        if against:
            sheet.faults[attaching.PLACE] = against
        elif sheet.given["code"]:
            inbox.amend(sheet.given["code"], draft, contents)
            return sheet.given["code"], False
        else:
            receipt = inbox.submit(draft, sheet.given["key"], contents)
            return receipt.code, receipt.fresh
    except Refused as error:
        sheet.faults[attaching.PLACE] = [visit.t(f"give.file_{error.reason}")]
    sheet.files = before
    return "", False


def shown_form(visit: Visit, sheet: Sheet, status: int = 200) -> Response:
    """Answer with a form."""
    inbox = inbox_of(visit)
    given = {"language": visit.language, **dict.fromkeys(_BESIDE_ANSWERS, ""), **sheet.given}
    given["key"] = given.get("key") or secrets.token_hex(16)
    given["ticket"] = _ticket(inbox, given.get("ticket", ""))
    names, language = visit.observatory.names, visit.language
    if sheet.uploads:
        sheet.faults.setdefault(attaching.PLACE, []).append(attaching.again(visit, sheet.uploads))
    target = sheet.form.kind if sheet.act == "new" and sheet.form else sheet.act
    values = {
        "sheet": sheet,
        "offline": [visit.url(f"/contribute{name}") for name in OFFERED["offline"]],
        "takes_files": attaching.taken_by(sheet.act),
        "limits": attaching.limits(visit.house.settings),
        "endings": attaching.ENDINGS,
        "languages_written": OFFERED["languages"],
        "long_texts": OFFERED["long"],
        "action": visit.url(f"/contribute/{target}", [("record", sheet.record)] if sheet.record else []),
        "given": given,
        "lists": list(_lists(sheet.form)) if sheet.form else [],
        "beside": forms.of(visit.observatory.project).form(_BESIDE).only_asked(),
        "shown": lambda f, v: shown(f, v, names, language),
        "tongue": lambda v: tongue(v, language),
        "say": lambda words: forms.spoken(words, language),
        "summary": [(place, text) for place, texts in sheet.faults.items() for text in texts],
        "label_at": lambda place: _label(visit, sheet.form, place),
    }
    return page(visit, "give_form.html", values, status)


def _ticket(inbox: Inbox, known: str) -> str:
    """Return a ticket: the one that came, as long as it is good, so that no correction looks hurried."""
    tickets = Tickets(inbox.secret())
    try:
        if known:
            tickets.suspicions(known)
            return known
    except InputError:
        pass
    return tickets.new()


def again(visit: Visit, code: str) -> Sheet:
    """Return a form with what was sent under a code, to be changed.

    Raises:
        UnknownCode: no proposal has that code.
    """
    proposal = inbox_of(visit).status(code).proposal
    kind = str(proposal.answers.get("kind", ""))
    sheet = sheet_of(visit, proposal.act, kind, proposal.record)
    sheet.values = dict(proposal.answers.get("fields", {}))
    publish = "yes" if proposal.consent.get("publish") else ""
    sheet.given = {"code": code, "note": proposal.note, "named": proposal.named, "base": proposal.base}
    sheet.given |= {"publish": publish, "adult": "yes"}
    sheet.files = proposal.files
    return sheet


def _lists(form: Form, found: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield what can be chosen where there is too much for boxes: one list a set of options, by its name."""
    seen = set(found)
    for one in form.fields:
        if one.part is not None:
            for name, options in _lists(one.part, frozenset(seen)):
                seen.add(name)
                yield name, options
        elif one.options and one.searchable and (name := list_name(one)) not in seen:
            seen.add(name)
            yield name, one.options


def list_name(one: Any) -> str:
    """Return the name of the list that a question's options stand in."""
    return "list-" + "-".join(one.schemes or one.kinds or (one.id,))


def _label(visit: Visit, form: Form | None, place: str) -> str:
    """Return what the question at a place is called; of those beside the record by their own words."""
    told = ""
    for part in place.split("."):
        found = (
            form.field(part)
            if form is not None and not part.isdigit() and part in {f.id for f in form.fields}
            else None
        )
        if found is not None:
            told = forms.spoken(found.label, visit.language)
            form = found.part or form
    return told or (visit.t(f"give.{place}") if place in ("note", "publish", "adult", "files") else "")
