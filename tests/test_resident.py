"""The resident writer: what reviewers accept is in the files, in the ledger and in a version, once and whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import accepting
from conftest import AS_OF
from dgekg import suppression, versions, withheld
from dgekg.build import build
from dgekg.forms import Forms
from dgekg.identifiers import record
from dgekg.inbox import Draft, Held, Inbox
from dgekg.inbox.orders import order
from dgekg.observatory import open_version
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.web.app import create_app
from dgekg.writer.resident import Resident

KILLS = int(os.environ.get("DGEKG_KILLS", "2"))  # of the acceptance; 200 for the long run
YES = {"publish": True}


@pytest.fixture(scope="module")
def place(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resident")
    for name in ("ontology", "shapes", "queries", "data", "build"):
        shutil.copytree(built.root / name, folder / "project" / name, symlinks=True)
    return folder


@pytest.fixture(scope="module")
def resident(place: Path) -> Iterator[Resident]:
    made = Resident(Project.at(place / "project"), place / "private", day=lambda: AS_OF)
    yield made
    made.close()


@pytest.fixture(scope="module")
def forms(resident: Resident) -> Forms:
    return Forms(resident.project)


def answers(forms: Forms, title: str, like: str = "bias-audit-b") -> dict[str, Any]:
    """Return what a contributor would answer who knows a practice much like one that is there."""
    text = (forms.project.data / "practices" / f"{like}.ttl").read_text("utf-8")
    text = text.replace("example.org/", f"example.org/{title.replace(' ', '-').lower()}/")
    found = forms.from_document(text)
    form = forms.form("practice")
    fields = {name: values for name, values in found["fields"].items() if form.field(name).asked}  # type: ignore[union-attr]
    return {"kind": "practice", "fields": {**fields, "title": [{"value": title, "language": "en"}]}}


def taken(resident: Resident, draft: Draft, key: str) -> Held:
    box = resident.inbox
    receipt = box.submit(draft, f"key-{key}-" + "x" * 16)
    box.decide(receipt.id, "ada", "accept")
    box.decide(receipt.id, "eve", "accept")
    resident.round()
    return box.get(receipt.id)


def shown(resident: Resident, iri: str) -> bool:
    version = versions.current(resident.project.build)
    versions.check(version)
    return bool(LocalStore(version.store).describe(iri))


def test_what_is_accepted_is_published_as_a_build_would(resident: Resident, forms: Forms) -> None:
    given = answers(forms, "Zebra count")
    given["slug"] = "bias-audit-b"
    given["other"] = {"https://w3id.org/dgekg/ontology#exposure": ["x"]}
    given["fields"]["license"] = [{"iri": "https://example.org/mine"}]
    held = taken(resident, Draft("new", given, consent=YES), "new")
    assert held.state == "applied", held.trouble
    assert held.outcome is not None
    assert held.outcome.record == record("practice", "zebra-count")
    assert shown(resident, held.outcome.record)
    text = (resident.project.root / "data/practices/zebra-count.ttl").read_text("utf-8")
    assert "<scheme/exposure/with-care>" in text
    assert "example.org/mine" not in text
    assert "<id/collection/contributions>" in text
    assert "+++ b/data/practices/zebra-count.ttl" in held.outcome.diff
    ledger = (resident.project.root / "data/changes/2026.csv").read_text("utf-8")
    assert ledger.count(",create,practices/zebra-count,") == 1
    version = versions.current(resident.project.build)
    assert version.id == held.outcome.version == resident.writer.version
    aside = resident.project.build / ".aside"
    version.path.rename(aside)
    try:
        made = build(resident.project, AS_OF)
        assert made.version is not None, [f.text() for f in made.findings]
        assert made.version.id == version.id
        assert made.version.meta == version.meta
        for name in ("dump.nq", "index", "statistics.json"):
            assert (aside / name).read_bytes() == (made.version.path / name).read_bytes(), name
        assert len(LocalStore(aside / "store").engine) == len(LocalStore(made.version.store).engine)
    finally:
        shutil.rmtree(aside)


def test_more_is_added_and_put_right(resident: Resident, forms: Forms) -> None:
    there = record("practice", "selection-rate-gap")
    file = resident.project.root / "data/practices/selection-rate-gap.ttl"
    before = file.read_text("utf-8")
    more = {"kind": "practice", "fields": {"lever": ["redress-access-to-justice", "procurement"]}}
    held = taken(resident, Draft("add", more, record=there, consent=YES), "add")
    assert held.state == "applied", held.trouble
    now = forms.from_document(file.read_text("utf-8"))
    assert {"redress-access-to-justice", "procurement"} <= set(now["fields"]["lever"])
    assert len(now["fields"]["lever"]) == len(set(now["fields"]["lever"]))
    form = forms.form("practice")
    asked = {n: v for n, v in now["fields"].items() if form.field(n).asked}  # type: ignore[union-attr]
    asked["lever"] = ["redress-access-to-justice"]
    held = taken(resident, Draft("correct", {"fields": asked}, record=there, consent=YES), "correct")
    assert held.state == "applied", held.trouble
    after = forms.from_document(file.read_text("utf-8"))
    assert after["fields"]["lever"] == ["redress-access-to-justice"]
    was = forms.from_document(before)["fields"]
    house = [f.id for f in form.fields if not f.asked and f.id != "modified" and f.id in was]
    assert {n: after["fields"][n] for n in house} == {n: was[n] for n in house}
    parts = [part["slug"] for part in was["hasEvidence"]]
    assert [part["slug"] for part in after["fields"]["hasEvidence"]] == parts


def test_what_was_changed_meanwhile_is_not_overwritten(resident: Resident) -> None:
    more = {"fields": {"lever": ["procurement"]}}
    draft = Draft("add", more, record="practice/data-trust-a", consent=YES, base="0" * 64)
    held = taken(resident, draft, "stale")
    assert held.state == "accepted"
    assert "was changed after the proposal was made" in held.trouble[0]


def test_what_does_not_conform_is_told_and_waits(resident: Resident) -> None:
    version = versions.current(resident.project.build).id
    title = [{"value": "Nothing else", "language": "en"}]
    held = taken(resident, Draft("new", {"kind": "practice", "fields": {"title": title}}, consent=YES), "bare")
    assert held.state == "accepted"
    assert any("lever" in line for line in held.trouble)
    assert versions.current(resident.project.build).id == version
    unknown = Draft("new", {"kind": "practice", "fields": {"colour": ["red"]}}, consent=YES)
    assert "colour" in taken(resident, unknown, "colour").trouble[0]


def test_what_may_not_be_published_is_kept(resident: Resident, forms: Forms) -> None:
    version = versions.current(resident.project.build).id
    country, closed = next((c, sorted(g)[0]) for c, g in sorted(resident._rules._closed.items()))
    secret = answers(forms, "Quiet work")
    secret["fields"] |= {
        "addressesGroup": [closed.rpartition("/")[2]],
        "inRegion": [country.rpartition("/")[2]],
        "qualifiedAttribution": [],
    }
    held = taken(resident, Draft("new", secret, consent=YES), "protected")
    assert (held.proposal.exposure, held.state) == ("protected", "applied")
    no = taken(resident, Draft("new", answers(forms, "Not for print")), "no")
    assert no.state == "applied"
    for one in (held, no):
        assert one.outcome is not None
        assert one.outcome.version == ""
        assert not one.for_contributor()["published"]
    assert versions.current(resident.project.build).id == version
    said = "".join(p.read_text("utf-8", "replace") for p in resident.project.data.rglob("*.ttl"))
    assert "Quiet work" not in said
    assert "Not for print" not in said
    box = resident.inbox
    code = box.submit(Draft("new", secret, consent=YES), "key-protected-" + "x" * 16).code
    gone = box.withdraw(code)
    assert (gone.id, gone.state, gone.proposal.answers) == (held.id, "withdrawn", {})
    assert not any("Quiet work" in p.read_text("utf-8") for p in box.shelf.folder.rglob("*.json"))


def test_two_reviewers_where_the_tables_say_so_by_then(resident: Resident, forms: Forms) -> None:
    box = Inbox(resident.inbox.shelf.folder, lambda _draft: ("open", ()), day=lambda: AS_OF)
    careful = answers(forms, "Careful work")
    careful["fields"]["exposure"] = ["with-care"]
    receipt = box.submit(Draft("new", careful, consent=YES), "key-careful-" + "x" * 16)
    assert box.decide(receipt.id, "ada", "accept").ready
    resident.round()
    held = box.get(receipt.id)
    assert (held.state, held.lacking, held.outcome) == ("accepted", 1, None)


def test_a_reply_stands_beside_the_record(resident: Resident) -> None:
    said = {"kind": "reply", "fields": {"description": [{"value": "The pilot ended in 2025.", "language": "en"}]}}
    held = taken(resident, Draft("reply", said, record="practice/bias-audit-b", consent=YES), "reply")
    assert held.state == "applied", held.trouble
    text = (resident.project.root / "data/replies/bias-audit-b-1.ttl").read_text("utf-8")
    assert "dgekg:repliesTo <id/practice/bias-audit-b>" in text
    assert shown(resident, record("reply", "bias-audit-b-1"))
    version = versions.current(resident.project.build)
    seen = open_version(Settings(root=resident.project.root, private=resident.private), version, suppression.NOTHING)
    with TestClient(create_app(lambda: seen, Settings())) as client:
        page = client.get("/id/practice/bias-audit-b.html", headers={"accept": "text/html"}).text
    for lease in seen.leases:  # FastAPI remembers the functions of every application, and with them this one's version
        lease.end()
    beside = page.partition('<section aria-labelledby="reply">')[2].partition("</section>")[0]
    assert "The pilot ended in 2025." in beside
    assert "Nobody who carries out this practice" not in beside


def test_ratings_stand_with_the_others(resident: Resident, forms: Forms) -> None:
    file = sorted((resident.project.data / "assessments").glob("*.ttl"))[0]
    before = forms.records(file.read_text("utf-8"))
    one = forms.from_document(file.read_text("utf-8"), before[0])
    mine = {**one, "slug": f"{file.stem}-mine"}
    rated = {"kind": "assessment", "records": [mine, {**one, "fields": one["fields"]}]}
    held = taken(resident, Draft("rating", rated, record=f"practice/{file.stem}", consent=YES), "rating")
    assert held.state == "applied", held.trouble
    after = forms.records(file.read_text("utf-8"))
    assert sorted(after) == sorted([*before, record("assessment", f"{file.stem}-mine")])
    foreign = {**one, "fields": {**one["fields"], "assesses": ["practice/somebody-elses"]}}
    wrong = Draft("rating", {"kind": "assessment", "records": [foreign]}, record=f"practice/{file.stem}", consent=YES)
    assert "alone" in taken(resident, wrong, "foreign").trouble[0]


def test_files_changed_by_hand_are_read_first(resident: Resident, forms: Forms) -> None:
    file = resident.project.root / "data/practices/data-trust-a.ttl"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r'(dct:title "[^"]*)"@en', r'\1, by hand"@en', text, count=1), "utf-8")
    ledger = resident.project.root / "data/changes/2026.csv"
    with ledger.open("a", encoding="utf-8") as out:
        out.write("2026-11-21,update,practices/data-trust-a,,\n")
    held = taken(resident, Draft("new", answers(forms, "After the hand"), consent=YES), "hand")
    assert held.state == "applied", held.trouble
    dump = versions.current(resident.project.build).dump.read_text("utf-8")
    assert ", by hand" in dump
    assert "After the hand" in dump


# --- taking out -------------------------------------------------------------------------------------------------------


def test_what_is_withdrawn_leaves_files_and_version(resident: Resident) -> None:
    iri = record("practice", "coding-school-f")
    held = taken(resident, Draft("withdraw", record=iri), "withdraw")
    assert held.state == "applied", held.trouble
    assert held.proposal.needs == 1
    assert not shown(resident, iri)
    entry = suppression.read(resident.private).entry(iri)
    assert entry is not None
    assert entry.kind == "withdrawn"
    ledger = (resident.project.root / "data/changes/2026.csv").read_text("utf-8")
    assert "2026-11-21,withdraw,practices/coding-school-f,,Withdrawn." in ledger
    said = b"".join(path.read_bytes() for path in resident.project.data.rglob("*.ttl"))
    assert b"practice/coding-school-f>" not in said


def test_what_was_withheld_does_not_come_back(resident: Resident, forms: Forms) -> None:
    withheld.add(resident.private, ["https://www.example.org/hidden-work/", "A title that was withheld"], AS_OF)
    text = (resident.private / withheld.FILE).read_text("utf-8")
    assert "hidden" not in text
    assert "title that" not in text
    listed = withheld.read(resident.private)
    assert "http://example.org/hidden-work/2024?x=1#top" in listed
    assert "https://example.org/other" not in listed
    assert "a title THAT was withheld!" in listed
    held = taken(resident, Draft("new", answers(forms, "Hidden work"), consent=YES), "hidden")
    assert held.state == "accepted"
    assert "was withheld before" in held.trouble[0]
    withheld.add(resident.private, ["Zebra count"], AS_OF)
    made = build(resident.project, AS_OF, kept_out=withheld.read(resident.private))
    assert [(f.rule, f.file) for f in made.findings] == [("withheld", "data/practices/zebra-count.ttl")]
    assert "Zebra" not in made.findings[0].text()


def test_what_is_erased_is_nowhere(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    iri, project = record("practice", "selection-rate-gap"), resident.project
    speaks_of_it = resident.inbox.submit(Draft("feedback", {"text": "practice/selection-rate-gap"}), "key" + "f" * 20)
    held_by = [name for name in versions.kept(project.build) if name != versions.current(project.build).id]
    assert held_by, "older versions hold it"
    given = order(resident.inbox, "erase", iri, "root")
    removed, remove = list[Path](), versions.remove

    def removing(path: Path) -> bool:
        assert given.id in resident.inbox.shelf.names(), "whoever waits for its end would be told too early"
        removed.append(path)
        return remove(path)

    monkeypatch.setattr(versions, "remove", removing)
    resident.round()
    assert {path.name for path in removed} >= set(held_by)
    assert given.id not in resident.inbox.shelf.names(), "the order would name it"
    assert speaks_of_it.id not in resident.inbox.shelf.names()
    assert not shown(resident, iri)
    left = [p for folder in (project.data, project.build, resident.private) for p in folder.rglob("*") if p.is_file()]
    assert left
    for path in left:
        assert b"selection-rate-gap" not in path.read_bytes(), path


# --- kill -9 ----------------------------------------------------------------------------------------------------------


def test_killed_while_it_takes_in_nothing_is_lost(built: Project, tmp_path: Path) -> None:
    for name in ("ontology", "shapes", "queries", "data", "build"):
        shutil.copytree(built.root / name, tmp_path / "project" / name, symlinks=True)
    forms = Forms(Project.at(tmp_path / "project"))
    inbox = Inbox(tmp_path / "private" / "inbox", lambda _draft: ("open", ()), day=lambda: AS_OF)
    receipt = inbox.submit(Draft("new", answers(forms, "Zebra count"), consent=YES), "key-" + "k" * 16)
    for name in ("ada", "eve"):
        inbox.decide(receipt.id, name, "accept")
    command = [sys.executable, accepting.__file__, str(tmp_path), str(KILLS)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"{KILLS} kills at ")
    print(ran.stdout)
