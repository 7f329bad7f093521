"""`/review`: who gets in and who does not, deciding about proposals, and rating in the browser without scripts."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from conftest import ROOT
from dgekg import forms, reviewers
from dgekg.assessing.desk import Desk
from dgekg.identifiers import record
from dgekg.inbox import FOLDER, Draft, Inbox, exposure
from dgekg.inbox.exposure import Rules
from dgekg.observatory import Observatory
from dgekg.reviewers import accounts as accounts_module
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.typography import spaced
from dgekg.web.app import create_app
from dgekg.web.review import door as door_module
from markup import alien

GOOD = "four plain words here"
AUDIT = record("practice", "bias-audit-b")


@pytest.fixture(scope="module")
def observatory(world_store: LocalStore, world_observatory: Observatory) -> Observatory:
    project, o = Project.at(ROOT), world_observatory
    project.data = ROOT / "tests" / "world" / "data"
    return Observatory(project, world_store, o.version, o.as_of, o.meta, o.settings)


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="module")
def service(observatory: Observatory, private: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(door_module, "_TRIES", 100_000)
        accounts_module._nobody.cache_clear()
        accounts = reviewers.Accounts(private / reviewers.FOLDER)
        accounts.add("ada", GOOD, ["review"])
        accounts.add("eve", GOOD, ["review", "assess"], "ombuds-d")
        accounts.add("cody", GOOD, ["assess"], "university-a")
        yield create_app(lambda: observatory, Settings(private=private))
    accounts_module._nobody.cache_clear()


@pytest.fixture
def inbox(observatory: Observatory, private: Path) -> Inbox:
    return Inbox(private / FOLDER, Rules(observatory.store, observatory.project.queries))


class Browser:
    """A browser without scripts: follows nothing by itself, keeps cookies, sends what the page's forms carry."""

    def __init__(self, service: Any, base: str = "http://localhost") -> None:
        self.client = TestClient(service, base_url=base, follow_redirects=False, raise_server_exceptions=False)
        self.token = ""

    def get(self, path: str, **headers: str) -> Any:
        answer = self.client.get(path, headers=headers)
        if found := re.search(r'name="token" value="([^"]+)"', answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, /, **fields: Any) -> Any:
        return self.client.post(path, data={"token": self.token, **fields})

    def login(self, name: str, password: str = GOOD, code: str = "") -> Any:
        self.get("/review/login")
        answer = self.post("/review/login", name=name, password=password, code=code)
        self.get("/review/account")
        return answer


@pytest.fixture
def browser(service: Any) -> Browser:
    return Browser(service)


def inside(service: Any, name: str) -> Browser:
    one = Browser(service)
    assert one.login(name).headers["location"] == "/review"
    return one


# In and out


@pytest.mark.parametrize(
    "path", ["/review", "/review/assess", "/review/account", "/review/proposals/0123", "/review/assess/p/women/C0"]
)
def test_nobody_gets_in_without_a_session(browser: Browser, path: str) -> None:
    assert browser.get(path).headers["location"] == "/review/login"
    assert browser.post(path, act="hand-in").headers["location"] == "/review/login?over=yes"
    browser.client.cookies.set("dgekg-review", "made-up", path="/review")
    assert browser.get(path).status_code == 303


def test_login_and_logout(service: Any, browser: Browser) -> None:
    page = browser.get("/review/login")
    assert not alien(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers
    answer = browser.login("ada")
    cookie = answer.headers["set-cookie"]
    assert re.search(r"dgekg-review=[\w-]{40,}; HttpOnly; Path=/review; SameSite=strict", cookie)
    assert browser.get("/review").status_code == 200
    assert browser.get("/review/login").headers["location"] == "/review"
    assert browser.get("/version/test/review").status_code == 404
    kept = dict(browser.client.cookies)
    assert browser.post("/review/logout").headers["location"] == "/review/login"
    again = Browser(service)
    for name, value in kept.items():
        again.client.cookies.set(name, value, path="/review")
    assert again.get("/review").status_code == 303  # the session is over here too, not only forgotten there


def test_the_unknown_and_the_wrong_are_answered_alike(browser: Browser) -> None:
    def said(name: str) -> tuple[int, str]:
        answer = browser.login(name, "wrong password")
        return answer.status_code, re.sub(r'value="[^"]+"', "", answer.text)

    assert said("cody") == said("nobody-at-all")


def test_after_failures_everybody_waits_alike(private: Path, browser: Browser) -> None:
    accounts = reviewers.Accounts(private / reviewers.FOLDER)
    accounts.add("locked", GOOD, ["review"])
    for name in ("locked", "never-was"):
        for _ in range(5):
            assert browser.login(name, "wrong password").status_code == 403
        answer = browser.login(name)  # the right password, too early
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 20
        assert browser.get("/review").status_code == 303
    reviewers.Attempts(private / reviewers.FOLDER).clear("locked")
    assert browser.login("locked").status_code == 303
    log = (private / reviewers.FOLDER / "audit.jsonl").read_text("utf-8")
    assert "never-was" not in log
    assert '"locked", "by": "locked"' in log


def test_a_password_is_not_asked_for_in_the_open(service: Any) -> None:
    far = Browser(service, "http://example.org")
    answer = far.get("/review/login")
    assert answer.status_code == 403
    assert 'password"' not in answer.text
    near = Browser(service, "https://example.org")
    assert re.search("__Secure-dgekg-review=[^,]*; Secure", near.login("ada").headers["set-cookie"])


def test_forms_of_elsewhere_are_refused(service: Any, inbox: Inbox) -> None:
    ada, id_ = inside(service, "ada"), inbox.submit(Draft("feedback"), "k" * 20).id
    path, good = f"/review/proposals/{id_}", ada.token
    for token in ("", "x", inside(service, "eve").token):
        answer = ada.client.post(path, data={"token": token, "verdict": "accept", "revision": "1"})
        assert answer.status_code == 403
    fields = {"token": good, "verdict": "accept", "revision": "1"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert ada.client.post(path, data=fields, headers=headers).status_code == 403
    assert inbox.get(id_).decisions == ()
    assert ada.client.post(path, json=fields).status_code == 415
    assert ada.client.post(path, data={"token": "x" * 200_000}).status_code == 413
    out = Browser(service)
    assert out.post("/review/login", name="ada", password=GOOD).status_code == 403  # a form never handed out
    assert ada.client.post(path, data=fields).status_code == 303


def test_roles(service: Any, inbox: Inbox) -> None:
    id_ = inbox.submit(Draft("feedback"), "r" * 20).id
    cody, ada = inside(service, "cody"), inside(service, "ada")
    assert cody.get("/review").headers["location"] == "/review/assess"
    assert cody.get(f"/review/proposals/{id_}").status_code == 403
    assert cody.post(f"/review/proposals/{id_}", verdict="accept", revision="1").status_code == 403
    assert ada.get("/review/assess").status_code == 403
    assert inbox.get(id_).decisions == ()


def test_another_password_ends_other_sessions(service: Any, private: Path) -> None:
    reviewers.Accounts(private / reviewers.FOLDER).add("pat", GOOD, ["review"])
    one, two = inside(service, "pat"), inside(service, "pat")
    assert "new passwords differ" in one.post("/review/account", old=GOOD, new="another sentence", again="other").text
    assert one.post("/review/account", old="wrong", new="another sentence", again="another sentence").status_code == 400
    assert one.post("/review/account", old=GOOD, new="short", again="short").status_code == 400
    assert one.post("/review/account", old=GOOD, new="another sentence", again="another sentence").status_code == 303
    assert one.get("/review").status_code == 200
    assert two.get("/review").status_code == 303
    reviewers.Accounts(private / reviewers.FOLDER).remove("pat")
    assert one.get("/review").status_code == 303


def code_of(secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + later)


def test_a_second_factor_is_set_up_asked_for_and_taken_off(service: Any, private: Path) -> None:
    reviewers.Accounts(private / reviewers.FOLDER).add("sue", GOOD, ["review"])
    attempts = reviewers.Attempts(private / reviewers.FOLDER)
    one, other = inside(service, "sue"), inside(service, "sue")
    for language in ("fr", "es", "en"):
        assert not alien(one.get(f"/review/second?lang={language}").text)
    page = one.get("/review/second").text
    secret = re.search(r"secret=([A-Z2-7]{32})", page)[1]  # type: ignore[index]
    assert " ".join(re.findall("....", secret)) in page
    assert "<svg" in page
    assert "<script" not in page.split("<main", 1)[1].split("</main>")[0]
    pending = re.search(r'name="pending" value="([^"]+)"', page)[1]  # type: ignore[index]
    begin = {"act": "begin", "pending": pending, "password": GOOD}
    wrong = one.post("/review/second", **begin, code="000000" if code_of(secret) != "000000" else "111111")
    assert (wrong.status_code, secret in wrong.text) == (400, True), "what was scanned still holds"
    assert one.post("/review/second", **{**begin, "password": "no"}, code=code_of(secret)).status_code == 400
    assert one.post("/review/second", act="burn").status_code == 400
    done = one.post("/review/second", **begin, code=code_of(secret))
    codes = re.findall(r"<li>(\w{4}-\w{4}-\w{4}-\w{4})</li>", done.text)
    assert (done.status_code, len(codes)) == (200, 10)
    assert one.get("/review").status_code == 200
    assert codes[0] not in one.get("/review/second").text, "shown once"
    assert other.get("/review").status_code == 303

    door = Browser(service)
    for given in (
        "",
        "12",
        code_of(secret, 300),
        code_of(secret),
    ):  # the last is the one that set it up, or out of time
        answer = door.login("sue", code=given)
        assert answer.status_code == 403
        assert "do not belong together" in answer.text
    assert door.login("sue", "wrong", code=code_of(secret, 30)).status_code == 403
    assert door.login("sue", code=code_of(secret, 30)).status_code == 429, "wrong codes count as wrong passwords"
    attempts.clear("sue")
    passed = code_of(secret, 30)
    assert door.login("sue", code=passed).headers["location"] == "/review"
    assert Browser(service).login("sue", code=passed).status_code == 403
    door = Browser(service)
    assert door.login("sue", code=codes[0]).headers["location"] == "/review/second"
    assert "9 codes" in door.get("/review/second").text
    assert Browser(service).login("sue", code=codes[0]).status_code == 403
    attempts.clear("sue")
    assert door.post("/review/second", act="end", password=GOOD, code="x").status_code == 400
    assert "is off" in door.post("/review/second", act="end", password=GOOD, code=codes[1]).text
    assert Browser(service).login("sue").headers["location"] == "/review"
    log = (private / reviewers.FOLDER / "audit.jsonl").read_text("utf-8")
    acts = [o["act"] for o in reviewers.Audit(private / reviewers.FOLDER).lines() if o["by"] == "sue"]
    assert {"second-on", "second-off", "recovered", "refused", "locked"} <= set(acts)
    assert not [one for one in (secret, passed, *codes) if f'"{one}"' in log]


@pytest.mark.usefixtures("service")
def test_a_second_factor_can_be_asked_of_all(observatory: Observatory, private: Path) -> None:
    reviewers.Accounts(private / reviewers.FOLDER).add("una", GOOD, ["review"])
    strict = create_app(lambda: observatory, Settings(private=private, review_second="required"))
    una = Browser(strict)
    una.login("una")
    for path in ("/review", "/review/proposals/0123", "/review/assess"):
        assert una.get(path).headers["location"] == "/review/second"
        assert una.post(path, verdict="accept").headers["location"] == "/review/second"
    page = una.get("/review/second").text
    assert "every account has to have one" in page
    secret = re.search(r"secret=([A-Z2-7]{32})", page)[1]  # type: ignore[index]
    pending = re.search(r'name="pending" value="([^"]+)"', page)[1]  # type: ignore[index]
    una.post("/review/second", act="begin", pending=pending, password=GOOD, code=code_of(secret))
    assert una.get("/review").status_code == 200


# Proposals


def correction(observatory: Observatory) -> Draft:
    document = (observatory.project.data / "practices" / "bias-audit-b.ttl").read_text("utf-8")
    answers = forms.of(observatory.project).from_document(document, AUDIT)
    answers["fields"]["title"][0]["value"] = "An audit <script>alert(1)</script>"
    answers["fields"]["lever"] = ["no-such-lever"]
    answers["fields"].pop("description")
    return Draft("correct", answers, AUDIT, named="A contributor", consent={"publish": True}, note="please")


def test_a_proposal_beside_the_record_with_findings(service: Any, inbox: Inbox, observatory: Observatory) -> None:
    ada, id_ = inside(service, "ada"), inbox.submit(correction(observatory), "c" * 20).id
    assert id_[:8] in ada.get("/review").text
    for language, now in (("en", "proposed"), ("fr", "proposé"), ("es", "propuesto")):
        page = ada.get(f"/review/proposals/{id_}?lang={language}").text
        assert not alien(page)
        assert now in page
        assert "&lt;script&gt;" in page
    page = ada.get(f"/review/proposals/{id_}").text
    rows = dict(re.findall(r'<li class="compared ([^"]+)">\s*<h3>(.*?)\s*(?:<span|</h3>)', page, re.DOTALL))
    by_name = {name: kind for kind, name in re.findall(r'<li class="compared ([^"]+)">\s*<h3>([^<]*?)\s*<', page)}
    assert rows
    assert by_name["Title"] == "changed"
    assert by_name["Description"] == "removed wrong"
    assert by_name["Lever"] == "changed wrong"
    assert by_name["Licence"] == "same"


def test_accept_return_reject(service: Any, inbox: Inbox) -> None:
    ada = inside(service, "ada")
    first, second, third = (inbox.submit(Draft("feedback", note=n), n * 20).id for n in "xyz")
    path = f"/review/proposals/{first}"
    assert ada.post(path, verdict="return", revision="1").status_code == 400
    assert ada.post(path, verdict="burn", revision="1").status_code == 400
    assert inbox.get(first).decisions == ()
    page = ada.post(path, verdict="return", revision="1", reason="").text
    assert "contributor will read it" in page
    answer = ada.post(path, verdict="return", revision="1", reason="Which year?")
    assert answer.headers["location"] == f"{path}?done=return"
    assert "You returned it" in ada.get(answer.headers["location"]).text
    assert (inbox.get(first).state, inbox.get(first).reason) == ("returned", "Which year?")
    assert ada.post(f"/review/proposals/{second}", verdict="reject", revision="1", reason="No.").status_code == 303
    assert ada.post(f"/review/proposals/{third}", verdict="accept", revision="1").status_code == 303
    assert {h.id for h in inbox.list("rejected")} >= {second}
    assert ada.post(path, verdict="accept", revision="1").status_code == 409  # decided meanwhile
    assert ada.post(f"/review/proposals/{third}", verdict="accept", revision="7").status_code == 409
    assert second[:8] in ada.get("/review?state=rejected").text
    assert ada.get("/review/proposals/doesnotexist").status_code == 404


def test_what_accepting_does_is_said(service: Any, inbox: Inbox, observatory: Observatory) -> None:
    ada = inside(service, "ada")
    consented = correction(observatory)
    drafts = {
        "may be published as it is": consented,
        "without being published": replace(consented, consent={}),
        "kept without being published": Draft("feedback", note="thank you"),
        "the record is taken down": Draft("withdraw", record=AUDIT, note="it is ours"),
        "Accept: the record is taken down": Draft("withdraw", {"text": "it is ours"}, AUDIT),
    }
    for number, (said, draft) in enumerate(drafts.items()):
        page = ada.get(f"/review/proposals/{inbox.submit(draft, f'w{number}' * 10).id}").text
        assert said in page
        assert ("a note in its place says that it was withdrawn" in page) is (draft.act == "withdraw")
        assert draft.act != "withdraw" or not draft.answers or "it is ours" in page
        assert draft.act != "withdraw" or ("Nothing would change" not in page and "no answers" not in page)


def test_why_it_is_exposed_is_said_in_the_language_of_the_page(service: Any, inbox: Inbox) -> None:
    ada, id_ = inside(service, "ada"), inbox.submit(Draft("feedback", note="thanks"), "exposed" * 4).id
    every = [said.format("404") for said in exposure.WHY.values()]
    inbox.expose(id_, "with-care", [*every, "an operator's own words"])
    for language, some in (("en", "civic space for Kenya"), ("fr", "lieu : Kenya"), ("es", "lugar: Kenya")):
        page = html.unescape(ada.get(f"/review/proposals/{id_}?lang={language}").text)
        assert spaced(some, language) in page
        assert "an operator's own words" in page
        assert [said for said in every if said in page and language != "en"] == []


def test_what_needs_two_is_asked_of_two(service: Any, inbox: Inbox, observatory: Observatory, private: Path) -> None:
    held = inbox.get(inbox.submit(correction(observatory), "2" * 20).id)
    inbox.expose(held.id, "with-care", ["a test"])
    ada, eve, path = inside(service, "ada"), inside(service, "eve"), f"/review/proposals/{held.id}"
    ada.post(path, verdict="accept", revision="1")
    assert "1 more reviewer" in ada.get(path).text
    assert 'name="verdict"' not in ada.get(path).text
    ada.post(path, verdict="accept", revision="1")
    assert inbox.get(held.id).lacking == 1
    eve.post(path, verdict="accept", revision="1")
    assert inbox.get(held.id).ready
    log = [one for one in reviewers.Audit(private / reviewers.FOLDER).lines() if one["about"] == held.id]
    assert {(one["by"], one["act"]) for one in log} >= {("ada", "accept"), ("eve", "accept"), ("ada", "opened")}


# Rating


def test_rating_a_practice_without_scripts(service: Any, inbox: Inbox, private: Path) -> None:
    eve = inside(service, "eve")
    assert eve.get("/review/assess/bias-audit-b/racialised-women/C0").headers["location"] == "/review/assess"
    assert (
        eve.post("/review/assess", act="declare", competence="audits", funding="", relation="none").status_code == 400
    )
    eve.post("/review/assess", act="declare", competence="audits", funding="nobody", relation="none")
    assert eve.post("/review/assess", act="take-on", practice="bias-audit-c").status_code == 400
    assert eve.post("/review/assess", act="nonsense").status_code == 400
    eve.post("/review/assess", act="take-on", practice="https://w3id.org/dgekg/id/practice/bias-audit-b")
    path = re.search(r'class="button" href="([^"]+)"', eve.get("/review/assess").text)
    assert path is not None
    assert path[1] == "/review/assess/bias-audit-b/racialised-women/C0"
    page = eve.get(path[1]).text
    assert not alien(page)
    assert "It is partly so." in page
    assert "Nobody was asked" not in page
    assert "university-a" not in re.sub(r"<nav.*?</nav>", "", page)
    answer = eve.post(path[1], rating="yes", rationale="so")
    assert answer.status_code == 400
    assert "rest on evidence" in answer.text
    assert ">so</textarea>" in answer.text  # nothing that was typed is lost
    at = path[1]
    for _ in range(20):
        answer = eve.post(
            at, rating="partly", evidence=["bias-audit-b-1", "bias-audit-b-2"], rationale="told", relation=""
        )
        at = answer.headers["location"]
        if at.startswith("/review/assess?"):
            break
    assert at == "/review/assess?done=rated"
    kept = Desk(private, "eve").answers()
    assert {a.evidence for a in kept.values()} == {("bias-audit-b-1", "bias-audit-b-2")}
    assert eve.get("/review/assess/welfare-impact-assessment/women/C0").status_code == 404  # not taken on
    eve.post("/review/assess", act="hand-in")
    (held,) = [h for h in inbox.list() if h.proposal.act == "rating" and len(h.proposal.answers["records"]) > 1]
    records = held.proposal.answers["records"]
    assert len(records) == len(kept)
    assert records[0]["fields"]["assessor"] == ["actor/ombuds-d"]
    assert eve.get(path[1]).status_code == 303  # handed in: no more to be changed here
    own = eve.post(f"/review/proposals/{held.id}", verdict="accept", revision="1")
    assert own.status_code == 403
    page = inside(service, "ada").get(f"/review/proposals/{held.id}").text
    assert page.count('id="record-') == len(records)
    assert 'class="problem"' not in page


def test_deciding_between_ratings(service: Any, inbox: Inbox, private: Path) -> None:
    reviewers.Accounts(private / reviewers.FOLDER).add("judge", GOOD, ["assess"], "network-b")
    reviewers.Accounts(private / reviewers.FOLDER).add("party", GOOD, ["assess"], "ombuds-d")
    judge, path = inside(service, "judge"), "/review/adjudicate/bias-audit-b/racialised-women/C5"
    assert f'href="{path}"' in judge.get("/review/adjudicate").text
    assert f'href="{path}"' not in inside(service, "party").get("/review/adjudicate").text  # one of the two is theirs
    assert judge.get(path).headers["location"] == "/review/assess"  # says first who they are
    judge.post("/review/assess", act="declare", competence="law", funding="nobody", relation="none")
    page = judge.get(path).text
    assert not alien(page)
    assert "One product got better." in page
    assert "Another got worse." in page
    assert judge.post(path, rating="no", evidence="bias-audit-b-2").status_code == 400  # a decision has its reason
    answer = judge.post(path, rating="no", evidence="bias-audit-b-2", rationale="the audit says so")
    assert answer.headers["location"] == "/review/adjudicate?done=yes"
    (made,) = [
        r
        for h in inbox.list()
        if h.proposal.act == "rating"
        for r in h.proposal.answers["records"]
        if r["slug"].endswith("judge-decision")
    ]
    assert sorted(made["fields"]["adjudicates"]) == ["assessment/bias-audit-b-6", "assessment/bias-audit-b-7"]
    assert judge.get("/review/adjudicate/bias-audit-b/racialised-women/C0").status_code == 404
    judge.post("/review/assess", act="take-on", practice="bias-audit-b")
    assert f'href="{path}"' not in judge.get("/review/adjudicate").text  # still to rate it blind


def test_who_has_no_actor_cannot_rate(service: Any, private: Path) -> None:
    reviewers.Accounts(private / reviewers.FOLDER).add("noone", GOOD, ["assess"])
    noone = inside(service, "noone")
    assert "names none" in noone.get("/review/assess").text
    assert noone.post("/review/assess", act="declare", competence="a", funding="b", relation="c").status_code == 400


def test_nothing_of_it_is_logged_or_kept_by_the_service(
    service: Any, inbox: Inbox, private: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dgekg")
    caplog.set_level("WARNING", "httpx2")
    ada, id_ = inside(service, "ada"), inbox.submit(Draft("feedback", note="a secret wish"), "s" * 20).id
    page = ada.get(f"/review/proposals/{id_}")
    assert "a secret wish" in page.text
    out = Browser(service)
    assert out.get(f"/review/proposals/{id_}").status_code == 303
    said = caplog.text + "".join(str(r.__dict__) for r in caplog.records)
    assert "a secret wish" not in said
    assert id_ not in said
    assert GOOD not in said
    assert "testclient" not in (private / reviewers.FOLDER / "audit.jsonl").read_text("utf-8")
