"""Rows that become records: checked by the shapes and the rule of exposure, held against what is in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dgekg import documents
from dgekg.examining.quick import Quick
from dgekg.examining.references import Known
from dgekg.findings import Severity
from dgekg.forms import Forms, Placed, Written, spoken
from dgekg.identifiers import record
from dgekg.importers.actors import Actors
from dgekg.importers.answered import addresses, leads, titles
from dgekg.importers.base import Base
from dgekg.importers.convert import Converted
from dgekg.importers.duplicates import Duplicates, Match
from dgekg.importers.formfields import FormFields, answers_of, columns_of
from dgekg.importers.mapped import MappingFile
from dgekg.importers.merges import Merges, merged
from dgekg.importers.present import Names
from dgekg.importers.register import Line, Register
from dgekg.importers.task import How
from dgekg.importers.templates import filled_by
from dgekg.importers.trouble import Place, Trouble, stops, violation, warning
from dgekg.inbox.proposals import Draft
from dgekg.settings import Project

_HOUSE = ("foundInRound", "exposure", "license")


@dataclass(slots=True)
class Taken:
    """What became of a row.

    Attributes:
        state: new, updated, merged, unchanged, held (a merge is to be decided) or refused.
        troubles: what is wrong, or worth knowing.
        files: what is to be written, by path below the project's folder.
        line: what the register is to remember.
        changes: (kind, `folder/slug`) for the ledger.
    """

    state: str
    troubles: list[Trouble]
    files: dict[str, str] = field(default_factory=dict)
    line: Line | None = None
    changes: list[tuple[str, str]] = field(default_factory=list)


class Records:
    """Takes in rows of one kind of record.

    Args:
        project: the folders.
        mapping: by which the rows were read.
        base: what they are held against.
        forms: all forms.
        duplicates: what is in.
        register: rows that are in.
        merges: what was decided on duplicates.
        how: the rest.
        entered: `folder/slug` of all records that the ledger knows.
    """

    def __init__(
        self,
        project: Project,
        mapping: MappingFile,
        base: Base,
        forms: Forms,
        duplicates: Duplicates,
        register: Register,
        merges: Merges,
        how: How,
        entered: Names,
    ) -> None:
        self._project, self._mapping, self._base, self._forms = project, mapping, base, forms
        self._duplicates, self._register, self._merges = duplicates, register, merges
        self._how, self._entered = how, entered
        self.fields = FormFields(forms, mapping.kind)
        self._quick = Quick(forms.shapes)
        self._known = Known(base.classes)
        self._actors = Actors(base.names, merges)

    def take(self, row: Converted) -> Taken:
        """Say what a row becomes; nothing is written here."""
        troubles = row.troubles
        if stops(troubles):
            return Taken("refused", troubles)
        if self._register.seen(row.key):
            troubles.append(violation("row.twice", row.place, row.key))
            return Taken("refused", troubles)
        before = self._register.get(row.key)
        if before is not None and before.row == row.digest:
            state = self._there(before)
            if state != "missing":
                if state == "gone":
                    troubles.append(violation("row.gone", row.place, before.record))
                return Taken("refused" if state == "gone" else "unchanged", troubles)
        held = self._actors.settle(row)
        if row.answers is None:
            answers = answers_of(row, self.fields, _slug(before), self._mapping.actors or {})
        else:
            answers = {**filled_by(row.answers, self.fields.form, self._actors.known), "slug": _slug(before)}
        self._complete(row, answers, bool(before))
        self._guarded(row, answers)
        if stops(troubles):
            return Taken("refused", troubles)
        matches = self._matches(row, answers, before)
        target = self._merges.same(row.key, matches)
        if held or (not target and self._merges.open(row.key, matches)):
            return self._hold(row, answers, matches, held)
        troubles += [
            warning("duplicate.hint", row.place, m.record, {"title": m.title}) for m in matches if m.why == "hint"
        ]
        return self._written(row, answers, before, target)

    def _there(self, line: Line) -> str:
        """Say whether what a row became is there still: yes, gone, or missing because an import was cut short."""
        folder, slug = self.fields.form.folder, line.record.partition("/")[2]
        if (self._project.data / folder / f"{slug}.ttl").is_file():
            return "yes"
        return "gone" if f"{folder}/{slug}" in self._entered else "missing"

    def _complete(self, row: Converted, answers: Mapping[str, Any], known: bool) -> None:
        """Find what is missing, without asking the shapes at length: the most frequent fault of a table."""
        form, fields, language = self.fields.form, answers["fields"], self._how.language
        lacking = [f for f in form.fields if f.required and f.asked and not fields.get(f.id)]
        lacking += [f for f in form.fields if f.id == "foundInRound" and not (fields.get(f.id) or self._how.round)]
        for one in lacking if not known else ():
            said = {"message": spoken(one.message, language)}
            key = "cell.round" if one.id == "foundInRound" else "cell.missing"
            row.troubles.append(violation(key, _at(row, one.id), "", said))
        for asked in form.requirements:
            if not any(fields.get(name) for name in asked.fields):
                said = {"message": spoken(asked.message, language)}
                row.troubles.append(violation("cell.missing", _at(row, ", ".join(asked.fields)), "", said))

    def _guarded(self, row: Converted, answers: Mapping[str, Any]) -> None:
        """Find what may not be taken in, for the safety of people."""
        fields = answers["fields"]
        level, _reasons = self._base.rules(Draft("new", answers))
        if level == "protected":
            row.troubles.append(violation("row.protected", row.place))
        texts = [*titles(fields), *addresses(fields)]
        slug = answers.get("slug")
        shown = slug and record(answers["kind"], slug) in self._how.suppressed
        if shown or self._how.withheld.met(texts):
            row.troubles.append(violation("row.withheld", row.place))
        if "exposure" not in fields and self.fields.form.field("exposure") is not None:
            fields["exposure"] = [level]

    def _matches(self, row: Converted, answers: Mapping[str, Any], before: Line | None) -> list[Match]:
        fields = answers["fields"]
        own = before.record if before else ""
        named = f"{answers['kind']}/{(row.answers or {}).get('slug')}"
        if not own and named in self._base.slugs:  # a filled template that says itself which record it is about
            return [Match(named, named, "both", 100.0)]
        return self._duplicates.find(titles(fields), leads(fields), addresses(fields), own)

    def _hold(
        self, row: Converted, answers: Mapping[str, Any], matches: list[Match], held: list[tuple[str, Match]]
    ) -> Taken:
        title = next(iter(titles(answers["fields"])), "")
        for match in self._merges.open(row.key, matches):
            self._merges.propose(row.key, title, match, row.place)
            values = {"title": match.title, "score": f"{match.score:g}"}
            row.troubles.append(violation(f"duplicate.{match.why}", row.place, match.record, values))
        for name, match in held:
            self._merges.propose(f"actor: {name}", name, match, row.place)
            values = {"title": match.title, "score": f"{match.score:g}"}
            row.troubles.append(violation("duplicate.actor", row.place, name, {**values, "record": match.record}))
        return Taken("held", row.troubles)

    def _written(self, row: Converted, answers: dict[str, Any], before: Line | None, target: str) -> Taken:
        state = "merged" if target else "updated" if before else "new"
        answers, changed = self._beside(row, answers, before, target)
        if stops(row.troubles):
            return Taken("refused", row.troubles)
        house = {answers["kind"]: {"foundInRound": [self._how.round]}} if self._how.round else {}
        if self._how.licence:
            for kind in (answers["kind"], "actor"):
                house.setdefault(kind, {})["license"] = [self._how.licence]
        written = self._forms.to_documents(answers, today=self._how.today, house=house, taken=self._base.slugs)
        texts = {one.file: one.text for one in written}
        if not self._certain(texts):
            found = self._forms.check(
                answers,
                language=self._how.language,
                records=self._base.classes,
                house=house,
                whole=True,
                today=self._how.today,
                taken=self._base.slugs,
            )
            row.troubles += [self._placed(placed, row) for placed in found]
        if stops(row.troubles):
            return Taken("refused", row.troubles)
        first = written[0]
        name = f"{first.kind}/{first.slug}"
        digest = hashlib.sha256(texts[first.file].encode()).hexdigest()
        taken = Taken(state, row.troubles, line=Line(row.key, name, row.digest, digest))
        if not changed:
            taken.state = "unchanged"
            return taken
        self._keep(written, answers)
        for one in written:
            kind = "update" if f"{one.folder}/{one.slug}" in self._entered else "create"
            taken.files[one.file] = texts[one.file]
            taken.changes.append((kind, f"{one.folder}/{one.slug}"))
            self._entered.add(f"{one.folder}/{one.slug}")
        return taken

    def _certain(self, texts: Mapping[str, str]) -> bool:
        """Say whether it is certain that nothing is to be mended; else the shapes themselves are asked, at length."""
        read = [documents.of_text(file, text.encode()) for file, text in texts.items()]
        self._base.classes.beside = documents.classes(document for document, _found in read)
        try:
            for document, found in read:
                content = document.content
                if found or not self._quick.conforms(content, self._base.classes):
                    return False
                if any(self._known.check(document, content)):
                    return False
            return True
        finally:
            self._base.classes.beside = {}

    def _beside(
        self, row: Converted, answers: dict[str, Any], before: Line | None, target: str
    ) -> tuple[dict[str, Any], bool]:
        """Put what a row says beside what its record says already; say whether that changes anything."""
        slug = (target or (before.record if before else "")).partition("/")[2]
        path = self._project.data / self.fields.form.folder / f"{slug}.ttl"
        if not slug or not path.is_file():
            return answers, True
        text = path.read_text("utf-8")
        old = self._forms.from_document(text, record(answers["kind"], slug))
        if before is not None and not target and hashlib.sha256(text.encode()).hexdigest() != before.document:
            row.troubles.append(violation("row.edited", row.place, before.record))
            return answers, False
        fields = answers["fields"]
        if target:
            one = {f.id for f in self.fields.form.fields if f.most == 1}
            added = {k: v for k, v in fields.items() if k not in _HOUSE and not (k in one and k in old["fields"])}
            fields = merged(old["fields"], added)
            if fields == old["fields"]:
                return {**old, "slug": slug}, False
        kept = {name: old["fields"][name] for name in ("issued", *_HOUSE) if name in old["fields"]}
        dated = {**fields, **kept, "modified": [self._how.today.isoformat()]}
        return {**answers, "slug": slug, "fields": dated, "other": old.get("other", {})}, True

    def _keep(self, written: Iterable[Written], answers: Mapping[str, Any]) -> None:
        """Remember what is in now, for the rows that follow."""
        for number, one in enumerate(written):
            name = f"{one.kind}/{one.slug}"
            self._base.classes.add(one.kind, one.slug, self._forms.form(one.kind).iri)
            if number == 0:
                fields = answers["fields"]
                self._duplicates.add(name, titles(fields), leads(fields), addresses(fields))
        self._actors.made(written)

    def _placed(self, placed: Placed, row: Converted) -> Trouble:
        if row.place_of is None:
            wanted, columns = columns_of(placed.place, row)
            at = Place(row.place.file, row.place.sheet, row.place.row, columns or wanted)
        else:
            at = row.place_of(placed.place)
        found = placed.finding.found
        severity = Severity.VIOLATION if placed.violation else Severity.WARNING
        return Trouble(severity, "", at, found, (), placed.message)


def _at(row: Converted, column: str) -> Place:
    return Place(row.place.file, row.place.sheet, row.place.row, column)


def _slug(line: Line | None) -> str | None:
    return line.record.partition("/")[2] if line else None
