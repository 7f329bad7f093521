"""Commands of the inbox, what is kept how long, what is handed out, the letter, and the writer beside the service."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import AS_OF, Ran
from dgekg import documents, letters
from dgekg.attachments import Attached
from dgekg.collection import NOTHING, Collection
from dgekg.errors import InputError
from dgekg.forms import Forms
from dgekg.identifiers import record
from dgekg.inbox import FOLDER, Draft, Inbox, Outcome, Periods, keeping
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.service import beside
from dgekg.writer.erasing import concerned

KEY = "a-key-nobody-can-guess"
PLAIN = Draft("feedback", {"text": "Thank you."}, named="Ada Example")


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path / "private"))
    return tmp_path / "private"


@pytest.fixture
def inbox(private: Path) -> Inbox:
    return Inbox(private / FOLDER, day=lambda: AS_OF)


def test_review_at_the_terminal(inbox: Inbox, built: Project, dgekg: Callable[..., Ran]) -> None:
    receipt = inbox.submit(PLAIN, KEY)
    listed = dgekg(built, "inbox", "list", "--format", "json")
    assert listed.code == 0, listed.err
    assert receipt.id in listed.out
    shown = dgekg(built, "inbox", "show", receipt.id[:6])
    assert '"Thank you."' in shown.out
    first = dgekg(built, "inbox", "accept", receipt.id, "--by", "ada")
    assert "1 more reviewer must accept it" in first.out
    again = dgekg(built, "inbox", "accept", receipt.id, "--by", "Ada")
    assert again.out == f"{receipt.id}: accepted by Ada already; another reviewer must accept it.\n"
    assert "accepted." in dgekg(built, "inbox", "accept", receipt.id, "--by", "eve").out
    refused = dgekg(built, "inbox", "return", receipt.id, "--by", "eve")
    assert refused.code == 2
    assert "--reason" in refused.err
    back = dgekg(built, "inbox", "return", receipt.id, "--by", "eve", "--reason", "Which practice?")
    assert "returned" in back.out
    assert inbox.status(receipt.code).for_contributor()["reason"] == "Which practice?"
    assert dgekg(built, "inbox", "reject", receipt.id, "--by", "eve", "--reason", "x").code == 2
    assert dgekg(built, "inbox", "show", "nothing").code == 2


def test_a_file_is_written_for_its_reader_alone(
    inbox: Inbox, built: Project, dgekg: Callable[..., Ran], tmp_path: Path
) -> None:
    text = Attached("letter.txt", "txt", 6, hashlib.sha256(b"a line").hexdigest())
    about = Draft("reply", {"kind": "reply", "fields": {}}, record="practice/data-trust-a", files=(text,))
    receipt = inbox.submit(about, KEY, {text.digest: b"a line"})
    assert '"letter.txt"' in dgekg(built, "inbox", "show", receipt.id).out
    output = tmp_path / "out.txt"
    assert dgekg(built, "inbox", "file", receipt.id[:6], "letter.txt", "--output", str(output)).code == 0
    assert (output.read_bytes(), output.stat().st_mode & 0o077) == (b"a line", 0)
    again = dgekg(built, "inbox", "file", receipt.id, "letter.txt", "--output", str(output))
    assert (again.code, "there already" in again.err) == (2, True)
    assert dgekg(built, "inbox", "file", receipt.id, "../x").code == 2
    told = json.loads(dgekg(built, "inbox", "export", receipt.code).out)
    assert told["proposals"][0]["files"][0]["base64"] == "YSBsaW5l"
    assert concerned(inbox, record("practice", "data-trust-a")) == [receipt.id], "erased with what it is about"


def test_all_that_is_held_is_handed_out(inbox: Inbox, built: Project, dgekg: Callable[..., Ran]) -> None:
    mine, other = inbox.submit(PLAIN, KEY), inbox.submit(replace(PLAIN, named="Eve Example"), KEY + "2")
    also = inbox.submit(replace(PLAIN, named="ada  example"), KEY + "3")
    inbox.decide(mine.id, "reviewer-7", "return", "Which?")
    for given in ((mine.code,), ("--contributor", "Ada Example")):
        told = json.loads(dgekg(built, "inbox", "export", *given).out)
        assert {one["id"] for one in told["proposals"]} == {mine.id, also.id}
        assert "reviewer-7" not in json.dumps(told), "who decided is not the contributor's data"
    assert "Which?" in json.dumps(told)
    assert other.id not in json.dumps(told)
    with pytest.raises(InputError, match="Nothing is held"):
        keeping.about(inbox, contributor="Nobody")
    with pytest.raises(InputError, match="either"):
        keeping.about(inbox)


def test_what_is_past_its_time_is_deleted(inbox: Inbox, built: Project, dgekg: Callable[..., Ran]) -> None:
    waiting = inbox.submit(PLAIN, KEY)
    rejected = inbox.submit(replace(PLAIN, note="SECRET-REJECTED"), KEY + "2")
    inbox.decide(rejected.id, "ada", "reject", "SECRET-REASON")
    made = inbox.submit(replace(PLAIN, note="SECRET-MADE"), KEY + "3")
    for by in ("ada", "eve"):
        inbox.decide(made.id, by, "accept")
    inbox.conclude(Outcome(made.id, 1, "applied", AS_OF.isoformat()))
    spam = inbox.submit(replace(PLAIN, suspect=("trap",)), KEY + "4")

    def left(days: int) -> set[str]:
        keeping.tidy(inbox, Periods(), AS_OF + dt.timedelta(days=days))
        return {held.id for held in inbox.list()}

    assert left(30) == {waiting.id, rejected.id, made.id, spam.id}
    assert left(31) == {waiting.id, rejected.id, made.id}
    assert left(91) == {waiting.id, made.id}
    assert left(731) == {waiting.id}, "what nobody has decided about stays"
    files = b"".join(path.read_bytes() for path in inbox.shelf.folder.rglob("*") if path.is_file())
    assert b"SECRET" not in files
    assert "0 proposals" in dgekg(built, "inbox", "tidy").out


@pytest.fixture(scope="module")
def letter(built: Project, world_observatory: Observatory) -> Callable[..., str]:
    paths = [p for p in documents.of_folder(built.data) if p.stem == "bias-audit-b"]
    read = [documents.read(path, built.root)[0] for path in paths]

    def write(collection: Collection = NOTHING, **given: Any) -> str:
        written = letters.Letters(Forms(built), world_observatory.names, collection)
        told = {"code": "7K3M-Q2ZD-9XHT-4B8V", "address": "https://example.org/contribute", "language": "en", **given}
        until = AS_OF + dt.timedelta(days=30)
        return written.html(record("practice", "bias-audit-b"), read, day=AS_OF, until=until, **told)

    return write


@pytest.mark.parametrize(
    ("language", "word"), [("en", "How it was rated"), ("fr", "Comment elle a été notée"), ("es", "Cómo se calificó")]
)
def test_the_letter_says_all_and_escapes_it(letter: Callable[..., str], language: str, word: str) -> None:
    text = letter(language=language, address="https://example.org/?a=<b>&c")
    assert f'<html lang="{language}">' in text
    assert word in text
    assert "7K3M-Q2ZD-9XHT-4B8V" in text
    assert "2026-12-21" in text
    assert "<b>&c" not in text
    assert "{" not in text.partition("</style>")[2], "every place is filled in"


def test_the_letter_of_another_collection_names_that_one(letter: Callable[..., str]) -> None:
    text = letter(collection=Collection({"title": {"en": "Safe <journeys>"}}))
    assert "The collection “Safe &lt;journeys&gt;” has a record" in text
    assert "artificial intelligence" not in text.partition("How it was rated")[0].partition("<dl>")[0]


def test_a_letter_makes_a_code_that_answers(
    inbox: Inbox, built: Project, dgekg: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = dgekg(built, "inbox", "letter", "practice/bias-audit-b", "--output", str(tmp_path / "letter.html"))
    assert ran.code == 0, ran.err
    code = (tmp_path / "letter.html").read_text("utf-8").partition('class="code">')[2].partition("<")[0]
    held = inbox.status(code)
    assert (held.state, held.proposal.act) == ("returned", "reply")
    assert "until" in held.reason
    said = {"kind": "reply", "fields": {"description": [{"value": "It ended.", "language": "en"}]}}
    answered = inbox.amend(code, Draft("reply", said, record="practice/bias-audit-b"))
    assert answered.state == "received"
    assert dgekg(built, "inbox", "letter", "practice/no-such").code == 2
    assert len(inbox.list()) == 1, "no code for a letter that cannot be written"


def test_withhold_at_the_terminal(private: Path, built: Project, dgekg: Callable[..., Ran]) -> None:
    assert "1 added" in dgekg(built, "withhold", "https://example.org/them").out
    assert "0 added" in dgekg(built, "withhold", "http://www.example.org/them/").out
    checked = dgekg(built, "withhold", "--check", "https://example.org/them/more", "https://example.org/others").out
    assert checked.splitlines() == [
        "withheld: https://example.org/them/more",
        "not on the list: https://example.org/others",
    ]
    assert "them" not in (private / "withheld.csv").read_text("utf-8")
    assert dgekg(built, "withhold", "short").code == 2


@pytest.mark.parametrize("act", ["withdraw", "erase"])
def test_what_is_not_there_is_not_taken_out(built: Project, private: Path, dgekg: Callable[..., Ran], act: str) -> None:
    ran = dgekg(built, act, "practice/no-such-thing")
    assert ran.code == 2
    assert "no file describes or names it" in ran.err
    assert not (private / "suppressed.csv").exists()


# --- the writer beside the service ------------------------------------------------------------------------------------


def test_who_runs_a_writer(built: Project, private: Path) -> None:
    settings = Settings(root=built.root, private=private)
    assert beside.wanted(settings)
    assert not beside.wanted(replace(settings, writer="off"))
    assert not beside.wanted(settings, "http://127.0.0.1:1/query")
    assert not beside.wanted(replace(settings, store="http://127.0.0.1:1/query"))


def test_the_writer_starts_with_the_inbox_is_started_anew_and_ends_with_the_service(
    built: Project, private: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(beside, "_FIRST_SECONDS", 0.02)
    book = tmp_path / "book"
    program = f"import os, time; open({str(book)!r}, 'a').write(f'{{os.getpid()}}\\n')"
    stays = f"time.sleep(60 * (len(open({str(book)!r}).readlines()) > 1))"  # the first one ends at once
    command = (sys.executable, "-S", "-c", f"{program}; {stays}")
    running = beside.Beside(Settings(root=built.root, private=private), command)
    time.sleep(0.1)
    assert not book.exists(), "no inbox, no writer"
    (private / FOLDER).mkdir(parents=True)
    until = time.monotonic() + 20
    while (not book.exists() or len(book.read_text().splitlines()) < 2) and time.monotonic() < until:
        time.sleep(0.02)
    running.end()
    pids = [int(line) for line in book.read_text().splitlines()]
    assert len(pids) == 2, "it ended by itself once, and was started anew"
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
