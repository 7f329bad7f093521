"""Accounts, failed attempts, sessions and the log of reviewers."""

from __future__ import annotations

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from conftest import Ran
from dgekg.errors import InputError, StoreError, UnknownValue
from dgekg.reviewers import Accounts, Attempts, Audit, SecondFactor, Sessions
from dgekg.reviewers import accounts as accounts_module
from dgekg.reviewers.accounts import invented
from dgekg.reviewers.attempts import FREE, LONGEST, delay
from dgekg.reviewers.second import STEP
from dgekg.reviewers.sessions import masked, unmasks
from dgekg.settings import Project

GOOD = "four plain words here"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash quickly: how hard it is to guess is the library's matter, not ours."""
    monkeypatch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts_module._nobody.cache_clear()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_account_and_its_password(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    made = accounts.add("ada", GOOD, ["review"], "ombuds-d")
    assert accounts.verify("ADA ", GOOD) == made
    assert accounts.verify("ada", GOOD + "x") is None
    assert accounts.verify("eve", GOOD) is None
    text = (tmp_path / "accounts.json").read_text("utf-8")
    assert GOOD not in text
    assert "$argon2id$" in text
    assert (tmp_path / "accounts.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="already"):
        accounts.add("ada", GOOD, ["review"])
    accounts.reset("ada", "another plain sentence")
    assert accounts.verify("ada", GOOD) is None
    accounts.remove("ada")
    assert accounts.all() == []
    with pytest.raises(UnknownValue):
        accounts.reset("ada", GOOD)


@pytest.mark.parametrize("password", ["short", "a" * 40, "adaadaadaada", "x" * 2000])
def test_passwords_that_will_not_do(tmp_path: Path, password: str) -> None:
    with pytest.raises(InputError) as caught:
        Accounts(tmp_path).add("ada", password, ["review"])
    assert caught.value.field == "password"
    assert Accounts(tmp_path).all() == []


def test_names_and_roles_that_will_not_do(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Accounts(tmp_path).add("../ada", GOOD, ["review"])
    with pytest.raises(UnknownValue):
        Accounts(tmp_path).add("ada", GOOD, ["everything"])
    assert len({invented() for _ in range(20)}) == 20


def test_an_old_hash_is_made_anew_when_its_owner_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = Accounts(tmp_path)
    before = accounts.add("ada", GOOD, ["review"])
    monkeypatch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert accounts.verify("ada", GOOD) is not None
    after = accounts.find("ada")
    assert after is not None
    assert after.hash != before.hash
    assert after.stamp == before.stamp  # sessions go on


def test_the_unknown_take_as_much_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, asked = Accounts(tmp_path), list[str]()
    accounts.add("ada", GOOD, ["review"])
    real = accounts_module._matches

    def noted(hash_: str, password: str) -> bool:
        asked.append(hash_[:9])
        return real(hash_, password)

    monkeypatch.setattr(accounts_module, "_matches", noted)
    accounts.verify("ada", "wrong")
    accounts.verify("nobody", "wrong")
    assert asked == ["$argon2id", "$argon2id"]


def test_attempts_wait_longer_each_time_for_any_name(tmp_path: Path) -> None:
    clock = Clock()
    attempts = Attempts(tmp_path, clock)
    for name in ("ada", "nobody-of-that-name"):
        assert [attempts.take(name) for _ in range(FREE)] == [0] * FREE
        assert attempts.take(name) == 30
        clock.now += 29
        assert attempts.take(name) == 1
        clock.now += 1
        assert attempts.take(name) == 0
        assert attempts.take(name) == 60
    attempts.clear("ADA")
    assert (attempts.wait("ada"), attempts.wait("nobody-of-that-name")) == (0, 60)
    assert max(delay(n) for n in range(100)) == LONGEST
    assert "nobody" not in (tmp_path / "attempts.json").read_text("utf-8")  # it may have been a password
    clock.now += 90_000
    attempts.take("other")
    assert len(json.loads((tmp_path / "attempts.json").read_text("utf-8"))) == 1


def test_many_attempts_at_once_are_no_way_around(tmp_path: Path) -> None:
    attempts = Attempts(tmp_path, Clock())
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: attempts.take("ada"), range(24)))
    assert sum(wait == 0 for wait in waits) == FREE


def test_sessions_end(tmp_path: Path) -> None:
    clock, accounts = Clock(), Accounts(tmp_path)
    sessions = Sessions(tmp_path, idle=100, longest=1000, clock=clock)
    ada = accounts.add("ada", GOOD, ["review"])
    token = sessions.begin(ada)
    assert token not in "".join(p.name + p.read_text() for p in (tmp_path / "sessions").glob("*.json"))
    for _ in range(12):
        clock.now += 80
        found = sessions.find(token, accounts)
        assert (found is not None) == (clock.now - 1000 <= 1000)  # used again and again, and over all the same
    idle = sessions.begin(ada)
    clock.now += 101
    assert sessions.find(idle, accounts) is None
    ended, other = sessions.begin(ada), sessions.begin(ada)
    sessions.end(ended)
    assert sessions.find(ended, accounts) is None
    assert sessions.find(other, accounts) is not None
    accounts.reset("ada", "another plain sentence")
    assert sessions.find(other, accounts) is None
    for nonsense in ("", "x", "../../accounts", "\ud800"):
        assert sessions.find(nonsense, accounts) is None
    fresh = sessions.begin(accounts.get("ada"))
    assert len(list((tmp_path / "sessions").glob("*.json"))) == 2  # what is over is cleared away; `other` lives yet
    accounts.remove("ada")
    assert sessions.find(fresh, accounts) is None


def test_what_a_form_carries_is_other_each_time() -> None:
    secret = "ab" * 32
    one, two = masked(secret), masked(secret)
    assert one != two
    assert unmasks(one, secret)
    assert unmasks(two, secret)
    for wrong in ("", "x", one[:-4], masked("cd" * 32), "é", one + "AAAA"):
        assert not unmasks(wrong, secret)


def test_the_log_holds_no_content(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.note("login", "ada")
    audit.note("accept", "ada", "0123")
    with (tmp_path / "audit.jsonl").open("a") as out:
        out.write('{"time": "cut sho')
    assert [(one["act"], one["about"]) for one in audit.lines()] == [("login", ""), ("accept", "0123")]
    assert {key for one in audit.lines() for key in one} == {"time", "act", "by", "about"}
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="whatever"):
        audit.note("whatever")


def test_commands(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dgekg: object) -> None:
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path))

    def run(*arguments: str, keys: str = "") -> Ran:
        import io

        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        ran: Ran = dgekg(project, "reviewer", *arguments)  # type: ignore[operator]
        return ran

    assert run("add", "ada", "--actor", "ombuds-d", "--role", "review", keys=f"{GOOD}\n").code == 0
    assert "at least 12" in run("add", "eve", keys="short\n").err
    assert run("list", "--format", "csv").out.splitlines()[1].startswith("ada,review,ombuds-d,")
    assert "Did you mean ada" in run("reset", "adda", "--invent").err
    assert "password: " in run("reset", "ada", "--invent").out
    assert run("unlock", "ada").code == 0
    out = run("second", "ada").out
    assert re.search(r"secret: [A-Z2-7]{32}\notpauth://totp/dgekg:ada\?secret=", out)
    assert len(re.findall(r"^\w{4}-\w{4}-\w{4}-\w{4}$", out, re.MULTILINE)) == 10
    assert '"secret": "gAAAA' in (tmp_path / "reviewers" / "accounts.json").read_text("utf-8")
    assert "no second factor" in run("second", "ada", "--off").out
    Audit(tmp_path / "reviewers").note("login", "ada")
    assert "login,ada" in run("log", "--by", "ada", "--format", "csv").out
    assert run("remove", "ada").code == 0
    assert run("remove", "ada").code == 2


def test_a_code_passes_once_and_only_at_its_time(tmp_path: Path) -> None:
    clock = Clock()
    clock.now = 1_000_000.0
    accounts = Accounts(tmp_path / "reviewers")
    made = accounts.add("ada", GOOD, ["review"])
    accounts.add("eve", GOOD, ["review"])
    second = SecondFactor(accounts, tmp_path / "keys" / "k", clock)
    assert second.passes("ada", "") == "none"
    pending = second.offered("ada")
    secret = second.shown("ada", pending)
    app = pyotp.TOTP(secret)
    with pytest.raises(InputError) as caught:
        second.begin("ada", pending, "000000" if app.at(clock.now) != "000000" else "000001")
    assert caught.value.field == "code"
    with pytest.raises(InputError) as caught:
        second.begin("eve", pending, app.at(clock.now))
    assert caught.value.field == "pending", "what was offered to one is nobody else's"
    assert second.passes("ada", "") == "none"
    codes = second.begin("ada", pending, app.at(clock.now))
    assert accounts.get("ada").stamp != made.stamp, "sessions from before are over"
    assert second.passes("ada", app.at(clock.now)) == "", "the code that set it up is used"
    clock.now += 30
    now, before = app.at(clock.now), app.at(clock.now - 30)
    assert second.passes("ada", "") == second.passes("ada", "123") == second.passes("ada", before) == ""
    assert second.passes("ada", f"{now[:3]} {now[3:]}") == "code"
    assert second.passes("ada", now) == ""
    clock.now += 300
    assert [second.passes("ada", app.at(clock.now + off)) for off in (-60, 60)] == ["", ""]
    assert [second.passes("ada", app.at(clock.now + off)) for off in (-30, 30, 0)] == ["code", "code", ""]
    with ThreadPoolExecutor(4) as pool:
        clock.now += 300
        found = list(pool.map(lambda _: second.passes("ada", app.at(clock.now)), range(4)))
        assert sorted(found) == ["", "", "", "code"]
        found = list(pool.map(lambda _: second.passes("ada", codes[0].upper().replace("-", " ")), range(4)))
        assert sorted(found) == ["", "", "", "recovery"]
    fresh = second.renew("ada")
    assert (second.passes("ada", codes[1]), second.passes("ada", fresh[1])) == ("", "recovery")
    kept = (tmp_path / "reviewers" / "accounts.json").read_text("utf-8")
    assert not [one for one in (secret, *codes, *fresh) if one in kept or one.replace("-", "") in kept]
    assert (tmp_path / "keys" / "k").stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / "k").unlink()
    with pytest.raises(StoreError, match="restore it"):
        second.passes("ada", fresh[2])
    second.end("ada")
    assert second.passes("ada", "") == "none"


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, cut to six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    for moment, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert pyotp.TOTP(secret).generate_otp(moment // STEP) == code
