"""Files in the forms of `/contribute`: taken in once, seen by reviewers alone, never a 500."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dgekg.inbox import FOLDER, Gate, Inbox, keeping
from dgekg.observatory import Observatory
from dgekg.reviewers import FOLDER as REVIEWERS
from dgekg.reviewers import Accounts
from dgekg.settings import Settings
from dgekg.web.app import create_app
from dgekg.web.contributing import attaching
from dgekg.web.uploads import Room
from test_attachments import picture
from test_web_contribute import hidden

PATH = "/contribute/reply?record=practice/data-trust-a"
TOLD = {"description.0": "It ended in 2024.", "publish": "yes", "adult": "yes"}
TEXT = ("letter.exe", b"What the letter says.", "application/x-msdownload")


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attaching") / "private"


@pytest.fixture(scope="module")
def client(world_observatory: Observatory, private: Path) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gate, "check", lambda _gate, _client: None)
        app = create_app(lambda: world_observatory, Settings(private=private, file_mb=1, files_mb=1))
        with TestClient(app, follow_redirects=False) as found:
            yield found


@pytest.fixture
def inbox(private: Path) -> Inbox:
    return Inbox(private / FOLDER)


def post(client: TestClient, values: dict[str, Any], *files: tuple[str, bytes, str], path: str = PATH) -> Any:
    return client.post(path, data=values, files=[("files", one) for one in files])


def code_of(page: str) -> str:
    found = re.search(r'receipt code" data-sent>([^<]+)<', page)
    assert found is not None, re.findall(r'class="fault"[^>]*>[^<]*', page)
    return found[1]


def room(client: TestClient) -> Room:
    app: Any = client.app
    found: Room = app.state.room
    return found


def kept(inbox: Inbox) -> set[str]:
    return {path.name for path in (inbox.shelf.folder / "files").glob("*")}


def test_files_are_taken_in_once_shown_changed_and_taken_back(client: TestClient, inbox: Inbox) -> None:
    before = kept(inbox)
    values = {**TOLD, **hidden(client.get(PATH).text)}
    photo = ("../../Ada's phone.jpg", picture("JPEG", comment=b"SECRET"), "image/jpeg")
    first, again = (post(client, values, TEXT, photo) for _ in range(2))
    code = code_of(first.text)
    assert code_of(again.text) == code
    held = inbox.status(code)
    assert [(one.name, one.kind) for one in held.proposal.files] == [("letter.txt", "txt"), ("Ada-s phone.jpg", "jpg")]
    assert held.proposal.revision == 1
    fresh = kept(inbox) - before
    assert fresh == {f"{held.id}-{one.digest}.bin" for one in held.proposal.files}
    folder = inbox.shelf.folder / "files"
    assert folder.stat().st_mode & 0o077 == 0
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in fresh)
    assert b"SECRET" not in b"".join((folder / name).read_bytes() for name in fresh)
    handed = keeping.about(inbox, code=code)["proposals"][0]["files"]
    assert base64.b64decode(handed[0]["base64"]) == TEXT[1]

    assert "letter.txt" in client.post("/contribute/status", data={"code": code}).text
    form = client.post("/contribute/status", data={"code": code, "do": "amend"}).text
    drop = held.proposal.files[0].digest
    assert f'name="drop" value="{drop}"' in form
    changed = post(client, {**TOLD, **hidden(form), "drop": drop}, ("more.txt", b"More.", "text/plain"))
    assert code_of(changed.text) == code
    assert [one.name for one in inbox.status(code).proposal.files] == ["Ada-s phone.jpg", "more.txt"]
    assert len(kept(inbox) - before) == 2
    client.post("/contribute/status", data={"code": code, "do": "withdraw"})
    assert kept(inbox) == before
    assert inbox.get(held.id).proposal.files == ()


def test_reviewers_alone_save_them_and_no_browser_runs_them(client: TestClient, inbox: Inbox, private: Path) -> None:
    code = code_of(post(client, {**TOLD, **hidden(client.get(PATH).text)}, ("año.txt", b"a line", "text/html")).text)
    held = inbox.status(code)
    path = f"/review/proposals/{held.id}/files/{held.proposal.files[0].digest}"
    client.headers["host"] = "localhost"
    assert client.get(path).status_code == 303, "to the door"
    Accounts(private / REVIEWERS).add("ada", "four plain words here", ["review"])
    door = client.get("/review/login").text
    token = re.search(r'name="token" value="([^"]+)"', door)
    assert token is not None
    client.post("/review/login", data={"name": "ada", "password": "four plain words here", "token": token[1]})
    assert path in client.get(f"/review/proposals/{held.id}").text
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, b"a line")
    assert answer.headers["content-disposition"] == "attachment; filename=\"a_o.txt\"; filename*=UTF-8''a%C3%B1o.txt"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in ("0" * 64, "..%2f..%2fsecret", "letter.txt"):
        assert client.get(f"/review/proposals/{held.id}/files/{wrong}").status_code == 404
    client.cookies.clear()


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ([("x.pdf", b"GIF89a\x01\x00\xff", "application/pdf")], "of no kind"),
        ([("x.pdf", b"%PDF-1.7 junk", "application/pdf")], "cannot be read"),
        ([("x.txt", b"x" * 4_000_000, "text/plain")], "larger than 1 MB"),
        ([("a.txt", b"a" * 700_000, ""), ("b.txt", b"b" * 700_000, "")], "larger than 1 MB together"),
        ([(f"{n}.txt", f"{n}".encode(), "") for n in range(9)], "6 files can come along"),
        ([("x.txt", b"", "text/plain")], "is empty"),
    ],
)
def test_what_is_not_taken_is_said_at_its_field(
    client: TestClient, inbox: Inbox, files: list[tuple[str, bytes, str]], word: str
) -> None:
    before, waiting = kept(inbox), len(inbox.list())
    answer = post(client, {**TOLD, **hidden(client.get(PATH).text)}, *files)
    assert answer.status_code == 400
    said = re.findall(r'class="fault"[^>]*>([^<]*)', answer.text)
    assert any(word in text for text in said), said
    assert "choose the files again" in said[-1]
    assert "It ended in 2024." in answer.text, "nothing typed is lost"
    assert '<a href="#q-files">' in answer.text
    assert (kept(inbox), len(inbox.list()), room(client).held) == (before, waiting, 0)


def test_other_faults_are_said_in_the_same_answer(client: TestClient) -> None:
    answer = post(client, hidden(client.get(PATH).text), ("x", b"\x00", ""), path=PATH + "&lang=es")
    assert {'href="#q-files"', 'href="#q-adult"'} <= set(re.findall(r'href="#q-\w+"', answer.text))
    assert "no es de ningún tipo" in answer.text


def test_a_disk_kept_for_others_takes_the_form_without(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {**TOLD, **hidden(client.get(PATH).text)}
    monkeypatch.setattr("dgekg.inbox.shelf.Shelf.weight", lambda _shelf: 1 << 40)
    assert "No more files can be kept" in post(client, values, TEXT).text
    assert code_of(client.post(PATH, data=values).text)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhalf", "multipart/form-data; boundary=x", 400),
        (b"no such thing", "multipart/form-data; boundary=x", 400),
        (b"--x--\r\n", "multipart/form-data", 400),
        (b"--x\r\n" + b"A: " + b"b" * 9_000 + b"\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n",
         "multipart/form-data; boundary=x", 400),
        (b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + b"a" * 500_000 + b"\r\n--x--\r\n",
         "multipart/form-data; boundary=x", 413),
        (b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n" + b"a" * 6_000_000,
         "multipart/form-data; boundary=x", 413),
        (b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n" * 3_100 + b"--x--\r\n",
         "multipart/form-data; boundary=x", 413),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/contribute/practice", content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text[:500]
    assert room(client).held == 0


def test_files_of_many_at_once_do_not_fill_the_memory(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {**TOLD, **hidden(client.get(PATH).text)}
    monkeypatch.setattr(room(client), "most", 10)
    assert post(client, values, TEXT).status_code == 503
    assert room(client).held == 0


def test_only_forms_about_records_take_files(client: TestClient) -> None:
    asked = ("new", "correct", "reply", "withdraw", "feedback", "consultation")
    assert list(filter(attaching.taken_by, asked)) == ["new", "correct", "reply"]
    assert 'type="file"' not in client.get("/contribute/feedback").text
    page = client.get("/contribute/practice?lang=fr").text
    assert 'enctype="multipart/form-data"' in page
    assert "1 Mo" in page
