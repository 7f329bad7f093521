"""Who was asked: encrypted, and told only in counts of which none is small and none can be worked out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import AS_OF, Ran
from dgekg.errors import InputError, UnknownValue
from dgekg.forms.model import Option
from dgekg.observatory import Observatory
from dgekg.outreach import LEAST, LEAST_PROTECTED, Asked, People, add_key, of_key_file, of_passphrase, table
from dgekg.outreach.counting import hidden, told
from dgekg.outreach.report import Row, protected_groups, report
from dgekg.settings import Project
from lengths import examples

ADA = {"name": "Ada Example", "contact": "ada@example.org", "note": "Only by evening."}
SCHEMES = {
    "sector": {"civil-society": Option("civil-society", "", {"en": "Civil society", "fr": "Société civile"})},
    "region": {"404": Option("404", "", {"en": "Kenya"})},
    "group": {"women": Option("women", "", {"en": "Women"})},
}


def asked(people: int = 1, replies: int = 0, region: str = "404", groups: tuple[str, ...] = ()) -> Asked:
    day = "2026-10-02" if replies else ""
    bare = Asked("civil-society", region, "sw", "email", people=people, replies=replies, asked="2026-10-01")
    return replace(bare, name=ADA["name"], contact=ADA["contact"], note=ADA["note"], groups=groups, answered=day)


@pytest.fixture
def people(tmp_path: Path) -> People:
    add_key(tmp_path / "outreach", tmp_path / "key")
    return People(of_key_file(tmp_path / "outreach", tmp_path / "key"))


def test_nothing_of_a_contact_lies_on_disk_in_clear(people: People, tmp_path: Path) -> None:
    (one,) = people.add([asked()])
    assert people.get(one.id[:4]).contact == "ada@example.org"
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert not any(text.encode() in path.read_bytes() for text in (*ADA.values(), "404", "civil-society")), path
        assert path.stat().st_mode & 0o077 == 0 or path.name == ".lock"


def test_only_the_right_key_opens_and_a_new_one_takes_over(people: People, tmp_path: Path) -> None:
    people.add([asked()])
    folder, key = tmp_path / "outreach", tmp_path / "key"
    add_key(folder, tmp_path / "other")
    with pytest.raises(InputError, match="does not open"):
        People(of_key_file(folder, tmp_path / "other")).all()
    assert add_key(folder, key)
    newest = key.read_text().splitlines()[0]
    key.write_text(f"# since today\n{newest}\n")
    assert len(People(of_key_file(folder, key)).all()) == 1
    key.write_text("no key\n")
    with pytest.raises(InputError, match=":1: expected a key"):
        of_key_file(folder, key)
    key.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        of_key_file(folder, key)
    with pytest.raises(InputError, match="must not lie"):
        add_key(folder, folder / "key")


def test_a_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    folder, cheap = tmp_path / "outreach", 2**10
    with pytest.raises(InputError, match="12 letters"):
        of_passphrase(folder, "short", cheap)
    People(of_passphrase(folder, "correct horse battery", cheap)).add([asked()])
    assert len(People(of_passphrase(folder, "correct horse battery")).all()) == 1
    with pytest.raises(InputError, match="does not open"):
        People(of_passphrase(folder, "correct horse stapler")).all()
    with pytest.raises(InputError, match="passphrase"):
        add_key(folder, tmp_path / "key")


def test_answers_declining_and_forgetting(people: People) -> None:
    one, two = people.add([asked(12), asked()])
    assert people.answered(one.id, "2026-10-03", 9).replies == 9
    assert people.answered(two.id, "2026-10-03", declined=True).answered == ""
    with pytest.raises(InputError, match="at most the 12"):
        people.answered(one.id, "2026-10-03", 13)
    assert people.past(30, dt.date(2026, 11, 1)) == [people.get(two.id)]  # the other answered on the 3rd
    people.forget_contacts([two.id])
    assert (people.get(two.id).forgotten, people.get(two.id).region) == (True, "404")
    people.forget(one.id)
    assert [kept.id for kept in people.all()] == [two.id]
    with pytest.raises(InputError, match="expected one"):
        people.get(one.id)


def test_a_table_is_taken_whole_or_not_at_all_and_tells_no_names() -> None:
    head = "name,contact,sector,region,language,channel,people\n"
    good = "Ada,ada@example.org,Société civile,Kenya,sw,email,3\n"
    (one,) = table.read((head + good).encode(), "t.csv", SCHEMES, AS_OF)
    assert (one.sector, one.region, one.people, one.asked) == ("civil-society", "404", 3, AS_OF.isoformat())
    with pytest.raises(InputError, match="row 3: region") as wrong:
        table.read((head + good + good.replace("Kenya", "Kenia")).encode(), "t.csv", SCHEMES, AS_OF)
    assert "ada" not in str(wrong.value).lower()
    with pytest.raises(InputError, match="phone unknown"):
        table.read(b"sector,region,language,channel,phone\n", "t.csv", SCHEMES, AS_OF)
    with pytest.raises(UnknownValue, match="channel"):
        table.coded({"sector": "civil-society", "region": "404", "language": "sw", "channel": "fax"}, SCHEMES, AS_OF)


@settings(max_examples=examples(150), deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=2), st.sets(st.sampled_from("ab")))
def test_no_small_count_is_told_or_can_be_worked_out(counts: dict[str, int], protected: set[str]) -> None:
    shielded = protected & counts.keys()
    closed = hidden(counts, shielded)
    for row in counts.keys() - closed:
        assert counts[row] == 0 or counts[row] >= LEAST
        assert row not in shielded or counts[row] >= LEAST_PROTECTED
    if closed and closed != set(counts):  # what is left when the told rows are taken from the total
        rest = sum(counts[row] for row in closed)
        assert len(closed) > 1
        assert rest >= (LEAST_PROTECTED if closed & shielded else LEAST)


def test_what_did_not_answer_is_a_count_of_people_too() -> None:
    assert [told(n, 20) for n in (0, 3, 5, 15, 17, 20)] == [True, False, True, True, False, True]
    assert not told(5, 20, protected=True)


def rows(people: list[Asked], observatory: Observatory, dimension: str) -> dict[str, Row]:
    return {row.code: row for row in report(people, observatory) if row.dimension == dimension}


def test_the_report_beside_the_practices(world_observatory: Observatory) -> None:
    few = rows([asked(3)], world_observatory, "total")[""]
    assert (few.asked, few.answered) == (None, None)
    assert few.practices == len(world_observatory.index.practices)
    given = [asked(12, 6, "404"), asked(3, 0, "356"), asked(9, 9, "250"), asked(20, 20, "840")]
    found = rows(given, world_observatory, "region")
    assert (found["002"].asked, found["019"].asked) == (12, 20)
    assert (found["142"].asked, found["150"].asked) == (None, None)  # three, and nine that would tell them
    assert (found["002"].answered, found["009"].asked) == (6, 0)
    assert rows(given, world_observatory, "total")[""].asked == 44


def test_a_protected_group_is_hidden_whether_or_not_anybody_was_asked(world_observatory: Observatory) -> None:
    protected = protected_groups(world_observatory)
    assert protected
    nobody, somebody = (
        rows([asked(40, 40), asked(3, 3, groups=groups)], world_observatory, "group")
        for groups in ((), (sorted(protected)[0],))
    )
    closed = {code for code, row in nobody.items() if row.asked is None}
    assert closed
    assert closed == {code for code, row in somebody.items() if row.asked is None}


def test_the_commands_show_no_contact_but_to_the_screen(
    built: Project, dgekg: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path / "private"))
    monkeypatch.setenv("DGEKG_OUTREACH_KEY", str(tmp_path / "key"))
    assert "chmod" not in dgekg(built, "outreach", "key").out
    file = tmp_path / "t.csv"
    file.write_text("name,contact,sector,region,language,channel,people\nAda,ada@example.org,research,404,sw,email,7\n")
    assert "1 rows" in dgekg(built, "outreach", "add", "--table", str(file)).out
    listed = dgekg(built, "outreach", "list").out
    assert "ada@example.org" in listed
    one = next(word for line in listed.splitlines() if "ada@" in line for word in line.split())
    assert "7 of 7" in dgekg(built, "outreach", "answered", one).out
    for form in ("text", "csv", "json"):
        told_ = dgekg(built, "outreach", "report", "--format", form)
        assert told_.code == 0, told_.err
        assert "ada" not in (told_.out + told_.err).lower().replace("canada", "")
        assert "7" in told_.out
    exported = dgekg(built, "outreach", "export", one).out
    assert json.loads(exported)["contact"] == "ada@example.org"
    assert "deleted" in dgekg(built, "outreach", "forget", one).out
    assert dgekg(built, "outreach", "export", one).code == 2
