"""The inbox: what is acknowledged stays, whoever is killed when; who may decide what; what the door lets in."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import AS_OF
from dgekg import suppressing
from dgekg.attachments import Attached, Refused
from dgekg.errors import Conflict, InputError, StoreError, TooLong, TooMany, UnknownCode, UnknownValue
from dgekg.identifiers import record
from dgekg.inbox import Draft, Gate, Inbox, Outcome, Tickets, files, keeping
from dgekg.inbox.exposure import Rules
from dgekg.settings import Project
from dgekg.store.local import LocalStore

KEY = "a-key-nobody-can-guess"
KILLS = int(os.environ.get("DGEKG_KILLS", "12"))  # in all; 200 for the long run


def practice(**fields: Any) -> Draft:
    return Draft("new", {"kind": "practice", "slug": None, "fields": fields}, consent={"publish": True})


PLAIN = practice(title=[{"value": "Ada counts", "language": "en"}])
ONE, OTHER = (Attached(f"{text}.txt", "txt", len(text), hashlib.sha256(text.encode()).hexdigest()) for text in "ab")
CONTENTS = {ONE.digest: b"a", OTHER.digest: b"b"}
FILED = dataclasses.replace(PLAIN, files=(ONE,))


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "private" / "inbox", lambda _draft: ("open", ()), day=lambda: AS_OF)


def test_what_is_sent_twice_is_one(inbox: Inbox) -> None:
    first, again = inbox.submit(PLAIN, KEY), inbox.submit(PLAIN, KEY)
    assert (first.fresh, again.fresh) == (True, False)
    assert (first.id, first.code) == (again.id, again.code)
    assert len(inbox.list()) == 1
    other = inbox.submit(PLAIN, KEY + "-other")
    assert other.code != first.code
    mended = practice(title=[{"value": "Ada counts again", "language": "en"}])
    assert inbox.submit(mended, KEY).code == first.code
    held = inbox.status(first.code)
    assert held.proposal.answers == mended.answers
    assert held.proposal.revision == 2


def test_a_code_opens_its_proposal_and_is_nowhere(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    sloppy = receipt.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert inbox.status(sloppy).id == receipt.id
    bare = receipt.code.replace("-", "")
    for path in inbox.shelf.folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            assert not any(secret in text for secret in (receipt.code, bare, KEY)), path
    for wrong in ("", "7K3M-Q2ZD-9XHT-4B8V", "x" * 1000, "../../etc/passwd"):
        with pytest.raises(UnknownCode):
            inbox.status(wrong)


def test_files_are_for_their_owner_alone_and_tell_no_hour(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    path = inbox.shelf.folder / "proposals" / f"{receipt.id}.json"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    said = json.loads(path.read_text("utf-8"))
    assert said["received"] == AS_OF.isoformat()
    assert ":" not in said["received"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("destroy"), "act"),
        (Draft("correct"), "record"),
        (Draft("new", record="practice/x"), "record"),
        (Draft("correct", record="javascript:alert(1)"), ""),
        (Draft("new", language="xx"), "language"),
        (Draft("new", consent={"publish": "yes"}), "consent"),  # type: ignore[dict-item]
        (Draft("new", {"fields": {"x": object()}}), "answers"),
        (Draft("new", {"fields": {"x": ["a" * 20_001]}}), "answers"),
        (Draft("new", {"fields": {"x": ["a" * 1_000] * 200}}), "answers"),
        (Draft("new", {"fields": {"x": [""] * 5_001}}), "answers"),
        (Draft("new", note="a" * 20_001), "note"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_says_where(inbox: Inbox, draft: Draft, field: str) -> None:
    with pytest.raises(InputError) as caught:
        inbox.submit(draft, KEY)
    assert caught.value.field == field
    assert inbox.list() == []


def test_depth_is_refused_and_never_followed(inbox: Inbox) -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(TooLong, match="24 deep"):
        inbox.submit(Draft("new", {"fields": deep}), KEY)


def test_signs_that_nobody_sees_are_taken_out(inbox: Inbox) -> None:
    hidden = practice(title=[{"value": "a\x00b\u202ec\x1b[2J", "language": "en"}])
    receipt = inbox.submit(hidden, KEY)
    assert inbox.get(receipt.id).proposal.answers["fields"]["title"][0]["value"] == "abc[2J"


def test_a_key_that_can_be_guessed_is_none(inbox: Inbox) -> None:
    with pytest.raises(InputError, match="nobody can guess"):
        inbox.submit(PLAIN, "short")


def test_open_needs_one_reviewer_care_two(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    assert inbox.decide(receipt.id, "ada", "accept").ready
    careful = Inbox(inbox.shelf.folder)  # no rules at hand: with care
    receipt = careful.submit(PLAIN, KEY + "2")
    held = careful.decide(receipt.id, "ada", "accept")
    assert (held.state, held.lacking, held.ready) == ("accepted", 1, False)
    held = careful.decide(receipt.id, " Ada ", "accept")
    assert held.lacking == 1, "the same person twice is one person"
    held = careful.decide(receipt.id, "eve", "accept")
    assert (held.state, held.lacking, held.ready) == ("accepted", 0, True)
    assert {one.id for one in careful.ready()} == {one.id for one in careful.list("accepted")}


def test_exposure_is_raised_and_never_lowered(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    inbox.decide(receipt.id, "ada", "accept")
    held = inbox.expose(receipt.id, "with-care", ["seen later"])
    assert (held.ready, held.lacking) == (False, 1)
    assert inbox.expose(receipt.id, "open", []).proposal.exposure == "with-care"


def test_the_contributor_sees_why_and_mends(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    with pytest.raises(InputError, match="tell the contributor why"):
        inbox.decide(receipt.id, "ada", "return")
    inbox.decide(receipt.id, "ada", "return", "Which year?")
    told = inbox.status(receipt.code).for_contributor()
    assert (told["state"], told["reason"]) == ("returned", "Which year?")
    assert "ada" not in json.dumps(told).casefold().replace("ada counts", "")
    with pytest.raises(Conflict, match="returned meanwhile"):
        inbox.decide(receipt.id, "eve", "accept")
    held = inbox.amend(receipt.code, dataclasses.replace(PLAIN, note="2024"))
    assert (held.state, held.proposal.revision, held.reason) == ("received", 2, "")
    with pytest.raises(Conflict, match="changed it meanwhile"):
        inbox.decide(receipt.id, "eve", "accept", revision=1)
    assert inbox.decide(receipt.id, "eve", "accept", revision=2).ready
    inbox.decide(receipt.id, "ada", "reject", "Not about AI.")
    assert inbox.status(receipt.code).for_contributor()["reason"] == "Not about AI."
    with pytest.raises(Conflict, match="rejected"):
        inbox.amend(receipt.code, PLAIN)


def test_what_is_withdrawn_leaves_nothing_but_that_it_was_there(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    inbox.decide(receipt.id, "ada", "return", "Ada counts what?")
    held = inbox.withdraw(receipt.code)
    assert (held.state, held.proposal.answers, held.decisions) == ("withdrawn", {}, ())
    left = "".join(p.read_text("latin-1") for p in inbox.shelf.folder.rglob("*.json"))
    assert "Ada counts" not in left
    with pytest.raises(Conflict):
        inbox.decide(receipt.id, "ada", "accept")


def test_withdrawing_what_is_published_asks_for_it_once(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    inbox.decide(receipt.id, "ada", "accept")
    made = record("practice", "ada-counts")
    assert inbox.begin(Outcome(receipt.id, 1, "writing", record=made))
    with pytest.raises(Conflict, match="at this moment"):
        inbox.withdraw(receipt.code)
    with pytest.raises(Conflict, match="at this moment"):
        inbox.amend(receipt.code, dataclasses.replace(PLAIN, note="x"))
    assert inbox.ready() == ()
    inbox.conclude(Outcome(receipt.id, 1, "applied", record=made, version="0123"))
    assert inbox.status(receipt.code).for_contributor()["published"]
    asked, again = inbox.withdraw(receipt.code), inbox.withdraw(receipt.code)
    assert asked.id == again.id != receipt.id
    assert (asked.proposal.act, asked.proposal.record, asked.proposal.of) == ("withdraw", made, receipt.id)
    assert len(inbox.list()) == 2


def test_what_is_refused_waits_for_somebody(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    inbox.decide(receipt.id, "ada", "accept")
    inbox.conclude(Outcome(receipt.id, 1, "refused", findings=("no lever",)))
    held = inbox.get(receipt.id)
    assert (held.state, held.trouble, held.ready) == ("accepted", ("no lever",), False)
    assert inbox.decide(receipt.id, "eve", "return", "Name a lever.").state == "returned"
    inbox.forget(receipt.id)
    assert inbox.amend(receipt.code, dataclasses.replace(PLAIN, note="now")).trouble == ()


def test_two_reviewers_at_once_are_both_heard(inbox: Inbox) -> None:
    careful = Inbox(inbox.shelf.folder)
    names = [careful.submit(PLAIN, f"{KEY}-{n}").id for n in range(6)]
    start = threading.Barrier(2)

    def review(by: str) -> None:
        start.wait()
        for name in names:
            careful.decide(name, by, "accept", revision=1)

    threads = [threading.Thread(target=review, args=(by,)) for by in ("ada", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sorted(careful.get(name).accepted_by) for name in names] == [["ada", "eve"]] * 6
    orders = [d.order for name in names for d in careful.get(name).decisions]
    assert sorted(orders) == list(range(1, 13))


def test_a_disk_that_is_full_takes_nothing_in(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.secret()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            inbox.submit(PLAIN, KEY)
    assert inbox.list() == []
    assert inbox.submit(PLAIN, KEY).fresh


def test_only_so_many_may_wait(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox", most=2)
    first = inbox.submit(PLAIN, KEY)
    inbox.submit(PLAIN, KEY + "2")
    with pytest.raises(TooMany, match="another day"):
        inbox.submit(PLAIN, KEY + "3")
    assert not inbox.submit(PLAIN, KEY).fresh, "what came before is still known"
    inbox.decide(first.id, "ada", "reject", "spam")
    assert inbox.submit(PLAIN, KEY + "3").fresh


def test_a_file_that_somebody_spoilt_is_named(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    path = inbox.shelf.folder / "proposals" / f"{receipt.id}.json"
    for spoilt in ('{"id": "x"}', "[1]", '{"id"'):
        path.write_text(spoilt, "utf-8")
        with pytest.raises(StoreError, match=path.name):
            inbox.list()


def test_names_that_are_none(inbox: Inbox) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    assert inbox.get(receipt.id[:6]).id == receipt.id
    for name in ("", "../secret", "x" * 20, receipt.id[:2]):
        with pytest.raises(UnknownValue):
            inbox.get(name)
    with pytest.raises(UnknownValue):
        inbox.list("done")


# --- the door ---------------------------------------------------------------------------------------------------------


def test_the_gate_counts_each_and_all_and_keeps_no_address() -> None:
    now = [1_000_000.0]
    gate = Gate(per_hour=2, in_all=5, clock=lambda: now[0])
    for _ in range(2):
        gate.check("192.0.2.7")
    with pytest.raises(TooMany, match="from one place") as caught:
        gate.check("192.0.2.7")
    assert 0 < caught.value.retry_after <= 3601
    for n in range(3):
        gate.check(f"192.0.2.{n}")
    with pytest.raises(TooMany, match="More arrives"):
        gate.check("192.0.2.99")
    assert "192.0.2" not in repr(vars(gate))
    key = gate._key
    now[0] += 3600
    gate.check("192.0.2.7")
    now[0] += 86400
    gate.check("192.0.2.7")
    assert gate._key != key, "the key is thrown away every day"


def test_tickets_tell_who_saw_the_form() -> None:
    now = [1_000_000.0]
    tickets = Tickets(b"secret", lambda: now[0])
    ticket = tickets.new()
    assert tickets.suspicions(ticket) == ("it was filled in faster than anybody can",)
    now[0] += 60
    assert tickets.suspicions(ticket) == ()
    assert tickets.suspicions(ticket, trap="buy") == ("a field that nobody sees was filled in",)
    for wrong in ("", "1.2.3", ticket.replace(ticket[0], "9", 1), f"{10**30}.a.b", ticket[:-1]):
        with pytest.raises(InputError):
            tickets.suspicions(wrong)
    now[0] += 15 * 86400
    with pytest.raises(InputError, match="too long"):
        tickets.suspicions(ticket)


def test_likely_spam_is_kept_and_stands_last(inbox: Inbox) -> None:
    spam = inbox.submit(dataclasses.replace(PLAIN, suspect=("trap",)), KEY)
    plain = inbox.submit(PLAIN, KEY + "2")
    assert [one.id for one in inbox.list("received")] == [plain.id, spam.id]


# --- exposure ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules(world_store: LocalStore, project: Project) -> Rules:
    return Rules(world_store, project.queries)


def by(actor: str) -> list[dict[str, Any]]:
    return [{"fields": {"agent": [f"actor/{actor}"], "hadRole": ["lead"]}}]


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"addressesGroup": ["women"], "inRegion": ["001"], "qualifiedAttribution": by("agency-a")}, "open"),
        ({"addressesGroup": ["women"], "inRegion": ["001"]}, "open"),
        ({"addressesGroup": ["women"], "inRegion": ["124"]}, "with-care"),  # of which the small world has no rating
        ({"addressesGroup": ["lgbtiq-people"], "inRegion": ["124"]}, "with-care"),
        ({"addressesGroup": ["lgbtiq-people"], "inRegion": ["124"], "exposure": ["protected"]}, "protected"),
        ({"addressesGroup": ["women"], "inRegion": ["124"], "exposure": ["with-care"]}, "with-care"),
    ],
)
def test_exposure_follows_the_rule(rules: Rules, fields: dict[str, Any], level: str) -> None:
    found, reasons = rules(practice(**fields))
    assert found == level
    assert bool(reasons) == (level != "open")


def test_a_community_for_a_closed_group_is_protected(rules: Rules) -> None:
    country, closed = next((c, g) for c, groups in sorted(rules._closed.items()) for g in sorted(groups))
    fields = {"addressesGroup": [closed.rpartition("/")[2]], "inRegion": [country.rpartition("/")[2]]}
    assert rules(practice(**fields))[0] == "protected", "an actor that nobody knows may be a community's"
    official = sorted(iri.rpartition("/")[2] for iri in rules._actors.keys() - rules._communities)
    assert rules(practice(**fields, qualifiedAttribution=by(official[0])))[0] != "protected"
    elsewhere = {**fields, "inRegion": ["001"]}
    assert rules(practice(**elsewhere))[0] != "protected", "the world is no country"


def test_what_is_about_a_record_is_as_exposed_as_the_record(rules: Rules) -> None:
    careful = next(iri for iri, levels in sorted(rules._exposure.items()) if any("with-care" in x for x in levels))
    assert rules(Draft("correct", {"kind": "practice", "fields": {}}, record=careful).checked())[0] == "with-care"


# --- kill -9 ----------------------------------------------------------------------------------------------------------

STEPS = ("submit", "amend", "accept", "withdraw")


def act(inbox: Inbox, step: str, code: str, name: str) -> None:
    if step == "submit":
        inbox.submit(FILED, KEY, CONTENTS)
    elif step == "amend":
        inbox.amend(code, dataclasses.replace(FILED, note="more", files=(OTHER,)), CONTENTS)
    elif step == "accept":
        inbox.decide(name, "ada", "accept")
    else:
        inbox.withdraw(code)


def killed(work: Callable[[], None], at: int) -> bool:
    """Do something in a process that is killed before a step on the disk; return whether it came so far."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            with pytest.MonkeyPatch.context() as patch:
                die_at(patch, at)
                work()
            os.write(tell, b"done")
            code = 0
        finally:
            os._exit(code)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    acknowledged = os.read(told, 4) == b"done"
    os.close(told)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    assert acknowledged != os.WIFSIGNALED(status)
    return not acknowledged


def die_at(patch: pytest.MonkeyPatch, at: int) -> None:
    left = [at]

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return stepped

    for owner, names in ((os, ("fsync", "open", "fdopen")), (Path, ("replace", "unlink", "mkdir"))):
        for name in names:
            patch.setattr(owner, name, stepping(getattr(owner, name)))


def test_killed_at_any_step_nothing_acknowledged_is_lost_nothing_half_written(tmp_path: Path) -> None:
    stride, kills = (4 if KILLS < 50 else 1), 0
    for number in itertools.count():
        for step in STEPS:
            for at in range(number % stride, 1000, stride):
                if not killed_and_mended(Inbox(tmp_path / f"{number}-{step}-{at}", free, day=lambda: AS_OF), step, at):
                    break
                kills += 1
        if kills >= KILLS:
            break
    print(f"{kills} kills")


def lying(inbox: Inbox) -> set[str]:
    return {path.name for path in (inbox.shelf.folder / "files").glob("*")}


def test_files_lie_beside_their_proposal_and_go_with_it(inbox: Inbox) -> None:
    with pytest.raises(InputError, match="did not come"):
        inbox.submit(FILED, KEY)
    for act in ("feedback", "consultation"):
        with pytest.raises(InputError, match="none with"):
            inbox.submit(dataclasses.replace(FILED, act=act), KEY, CONTENTS)
    receipt = inbox.submit(FILED, KEY, CONTENTS)
    assert not inbox.submit(FILED, KEY, CONTENTS).fresh
    assert inbox.get(receipt.id).proposal.revision == 1
    assert keeping.file_of(inbox, receipt.id, "a.txt") == (ONE, b"a")
    for wrong in ("b.txt", "../../secret", OTHER.digest):
        with pytest.raises(UnknownValue):
            keeping.file_of(inbox, receipt.id, wrong)
    inbox.amend(receipt.code, dataclasses.replace(FILED, files=(ONE, OTHER)), CONTENTS)
    assert len(lying(inbox)) == 2
    (inbox.shelf.folder / "files" / f"{receipt.id}-{OTHER.digest}.bin").write_bytes(b"spoilt")
    with pytest.raises(StoreError, match="is not what was kept"):
        keeping.file_of(inbox, receipt.id, "b.txt")
    (inbox.shelf.folder / "files" / f"{'f' * 20}-{ONE.digest}.bin").write_bytes(b"of nobody")
    inbox.shelf.tidy()
    assert len(lying(inbox)) == 2
    small = Inbox(inbox.shelf.folder, free, heaviest=7)
    with pytest.raises(Refused, match="full"):
        small.submit(FILED, KEY + "2", CONTENTS)
    assert len(inbox.list()) == 1
    inbox.delete(receipt.id)
    assert lying(inbox) == set()


def free(_draft: Draft) -> tuple[str, tuple[str, ...]]:
    return "open", ()


def killed_and_mended(inbox: Inbox, step: str, at: int) -> bool:
    code = "" if step == "submit" else inbox.submit(FILED, KEY, CONTENTS).code
    name = code and inbox.status(code).id
    was_killed = killed(lambda: act(inbox, step, code, name), at)
    for path in inbox.shelf.folder.rglob("*.json"):
        if not path.name.startswith("."):
            json.loads(path.read_bytes())  # whole, or not there
    before, after = ("received" if code else ""), {"accept": "accepted", "withdraw": "withdrawn"}.get(step, "received")
    for held in inbox.list():
        assert all(inbox.shelf.file(held.id, one.digest) for one in held.proposal.files), "named, so there, and whole"
    seen = "".join(one.state for one in inbox.list())
    assert seen in ((before, after) if was_killed else (after,))
    if step == "amend" and not was_killed:
        assert inbox.get(name).proposal.note == "more"
    act(inbox, step, code, name)  # who was not answered asks again
    inbox.shelf.tidy()
    assert [one.state for one in inbox.list()] == [after]
    (left,) = inbox.list()
    assert lying(inbox) == {f"{left.id}-{one.digest}.bin" for one in left.proposal.files}
    assert not list(inbox.shelf.folder.rglob(f"{files._FRESH}*"))
    return was_killed


@pytest.mark.parametrize("locked", [suppressing.locked, files.locked])
def test_a_fault_under_a_lock_is_told_as_what_it_is(
    locked: Callable[[Path], contextlib.AbstractContextManager[None]], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "private"):
        (tmp_path / "nothing").read_bytes()
    with locked(tmp_path / "private"):
        pass  # it was let go
