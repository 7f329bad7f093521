"""Consultation: the questionnaire in all faces, answers that stay private, themes by two coders, findings of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from conftest import AS_OF, Ran
from dgekg import forms
from dgekg.assessing.agreement import agreement
from dgekg.consulting import KIND, Answer, Answers, Codes, Themes, as_ratings, draft_of, findings, listed, settled
from dgekg.consulting.summing import key_of
from dgekg.errors import InputError, UnknownValue
from dgekg.forms import Forms
from dgekg.inbox import FOLDER, Inbox, Periods, keeping
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app
from forms_support import kobo_workbook

ROUND = "consultation-1"
UP = {
    "sector": {"courts": ("government",), "government": ("any",), "research": ("any",)},
    "region": {"ke": ("africa",), "gh": ("africa",), "fr": ("europe",), "africa": ("world",), "europe": ("world",)},
    "group": {},
}


def said(number: int, sector: str = "civil-society", **more: list[str]) -> dict[str, Any]:
    need = {"value": f"Childcare, number {number}", "language": "en"}
    fields = {"respondentSector": [sector], "consentClass": ["aggregate-only"], "need": [need], **more}
    return {"kind": KIND, "slug": None, "fields": fields}


@pytest.fixture(scope="module")
def known(project: Project) -> Forms:
    return forms.of(project)


@pytest.fixture
def answers(tmp_path: Path, known: Forms) -> Answers:
    return Answers(tmp_path / "consultation", Inbox(tmp_path / FOLDER, day=lambda: AS_OF), known)


def test_a_survey_and_a_spreadsheet_are_taken_in_once(answers: Answers, known: Forms) -> None:
    given = [said(n) for n in range(3)] + [said(0)]  # two people said the same
    survey = kobo_workbook(known.form(KIND).only_asked(), [known.to_submission(one) for one in given])
    first = answers.take(survey, "kobo.xlsx", ROUND, AS_OF)
    assert (first.new, first.known, first.wrong) == (4, 0, [])
    again = answers.take(known.xlsx(KIND, answers=[said(2)]), "filled.xlsx", ROUND, AS_OF)
    assert (again.new, again.known) == (0, 1)
    texts = sorted(text for one in answers.all(ROUND) for _question, text in one.texts(answers.questions))
    assert texts == [f"Childcare, number {n}" for n in (0, 0, 1, 2)]
    assert answers.all("another") == []
    with pytest.raises(InputError, match="--round"):
        answers.take(survey, "kobo.xlsx", "../x", AS_OF)


def test_an_answer_without_consent_is_not_taken_in(answers: Answers, known: Forms) -> None:
    bare = said(1)
    del bare["fields"]["consentClass"]
    done = answers.take(known.xlsx(KIND, answers=[bare]), "filled.xlsx", ROUND, AS_OF)
    assert done.new == 0
    assert any("How it may be used" in line and "filled.xlsx" in line for line in done.wrong)
    assert answers.all() == []


def test_an_answer_of_the_web_form_stays_its_sender_s(answers: Answers, world_observatory: Observatory) -> None:
    private = answers.folder.parent
    app = create_app(lambda: world_observatory, Settings(private=private))
    with TestClient(app, follow_redirects=False) as client:
        page = client.get("/contribute/consultation").text
        assert "What is needed" in page
        hidden = {name: part(page, name) for name in ("key", "ticket", "base", "code")}
        sent = {"respondentSector": "civil-society", "need.0": "Childcare", "adult": "yes", **hidden}
        assert client.post("/contribute/consultation", data=sent).status_code == 400  # without consent
        sent |= {"consentClass": "aggregate-only", "consentClass.0": "aggregate-only"}
        assert client.post("/contribute/consultation", data=sent).status_code == 200
    inbox = Inbox(private / FOLDER)
    (held,) = inbox.list()
    assert held.proposal.act == "consultation"
    assert not held.proposal.consent["publish"]
    assert held.proposal.suspect  # sent faster than anybody types
    assert answers.assign(ROUND) == 0
    inbox.decide(held.id, by="ada", verdict="accept", revision=held.proposal.revision)
    assert (answers.assign(ROUND), answers.assign(ROUND)) == (1, 0)
    (one,) = answers.all(ROUND)
    assert dict(one.texts(answers.questions)) == {"need": "Childcare"}
    assert "Childcare" not in "".join(path.read_text() for path in answers.folder.rglob("*.json"))
    past = keeping.past(inbox, Periods(answers=30), dt.date.fromisoformat(held.proposal.received) + dt.timedelta(31))
    assert [late.id for late in past] == [held.id]
    inbox.delete(held.id)
    assert answers.all() == []


def part(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_raw_answers_go_when_their_time_is_over(answers: Answers, known: Forms) -> None:
    answers.take(known.xlsx(KIND, answers=[said(1)]), "filled.xlsx", ROUND, AS_OF)
    (one,) = answers.all()
    themes = Themes(answers.folder)
    themes.put("childcare", {"en": "Childcare"}, {})
    codes = Codes(answers.folder, themes)
    codes.keep("ada", (one.id, "need"), ["childcare"])
    assert answers.past(30, AS_OF + dt.timedelta(30)) == []
    past = answers.past(30, AS_OF + dt.timedelta(31))
    assert past == [one.id]
    codes.delete(past)
    answers.delete(past)
    assert answers.all() == []
    assert codes.all() == {"ada": {}}


def test_coders_agree_by_hand_and_only_what_most_found_counts(tmp_path: Path) -> None:
    units = [(f"a{n}", "need") for n in range(4)]
    yes, no = frozenset({"t"}), frozenset[str]()
    coded = {
        "ada": dict(zip(units, (yes, yes, no, no), strict=True)),
        "eve": dict(zip(units, (yes, no, no, no), strict=True)),
    }
    # As worked out in test_assessing: four units, three yes and five no, one disagreement.
    (one,) = agreement(as_ratings(coded, units, ["t"]), ["t"], resamples=20)
    assert (one.units, one.same) == (4, 3)
    assert one.alpha == pytest.approx(1 - 0.25 / (30 / 56))
    assert settled(coded, units) == ({units[0]: yes, units[1]: no, units[2]: no, units[3]: no}, 1)
    third = {**coded, "kim": {units[1]: yes}}
    assert settled(third, units) == ({units[0]: yes, units[1]: yes, units[2]: no, units[3]: no}, 0)
    assert settled({"ada": coded["ada"]}, units) == ({}, 4)
    themes = Themes(tmp_path)
    with pytest.raises(UnknownValue):
        Codes(tmp_path, themes).keep("ada", units[0], ["t"])
    with pytest.raises(InputError, match="English"):
        themes.put("t", {"fr": "Temps"}, {})


def those(count: int, **more: list[str]) -> list[Answer]:
    fields = {"respondentSector": ["research"], "consentClass": ["aggregate-only"], **more}
    return [Answer(f"a{n}", ROUND, "2026-11-01", fields) for n in range(count)]


def found(given: list[Answer], protected: Collection[str] = ()) -> Any:
    themes_of = {(one.id, "need"): frozenset({"t"}) for one in given}
    (one,) = findings(given, themes_of, ["t"], UP, protected)
    return one


def test_no_finding_of_few_people() -> None:
    assert found(those(4)).people is None
    assert (found(those(5)).people, found(those(5)).sectors) == (5, ("research",))
    group = those(9, aboutGroup=["lgbtiq-people"])
    assert found(group).people == 9
    assert found(group, {"lgbtiq-people"}) == found(those(4))  # nothing tells by which limit
    assert found(those(10, aboutGroup=["lgbtiq-people"]), {"lgbtiq-people"}).people == 10


def test_nobody_stands_in_a_list_alone() -> None:
    given = [["ke"]] * 6 + [["gh"]] * 3 + [["fr"]] * 2
    assert listed(given, UP["region"], 5) == ("ke", "world")
    assert listed([["ke"]] * 6 + [["gh"]] * 2, UP["region"], 5) == ("ke",)
    assert listed([["courts"]] * 3 + [["research"]] * 2, UP["sector"], 5) == ("any",)
    assert listed([["women"]] * 4, {}, 5) == ()
    court = {"respondentSector": ["courts"], "consentClass": ["public-attributed"]}
    mixed = found([*those(5), Answer("x", ROUND, "2026-11-02", court)])
    assert (mixed.people, mixed.sectors, mixed.consent) == (6, ("research",), "aggregate-only")


def test_a_finding_is_a_sound_proposal(known: Forms, tmp_path: Path) -> None:
    one = found(those(6, inRegion=["404"], respondentSector=["civil-society"]))
    draft = draft_of(one, {"en": "Childcare"}, {"en": "Six asked for childcare."}, ROUND)
    form = known.form("consultation")
    assert set(draft.answers["fields"]) <= {field.id for field in form.fields if field.asked}  # the writer keeps it all
    assert [p.message for p in known.check(dict(draft.answers), whole=True, today=AS_OF) if p.violation] == []
    inbox = Inbox(tmp_path / FOLDER, day=lambda: AS_OF)
    first = inbox.submit(draft, key_of(inbox.secret(), ROUND, "t"))
    again = inbox.submit(draft, key_of(inbox.secret(), ROUND, "t"))
    assert (first.fresh, again.fresh, len(inbox.list())) == (True, False, 1)


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path / "private"))
    return tmp_path / "private"


def test_the_whole_way_at_the_terminal(
    private: Path,
    built: Project,
    dgekg: Callable[..., Ran],
    known: Forms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [known.to_submission(said(n)) for n in range(6)]
    survey = kobo_workbook(known.form(KIND).only_asked(), given)
    kept = Answers(private / "consultation", Inbox(private / FOLDER), known)
    assert kept.take(survey, "kobo.xlsx", ROUND, AS_OF).new == 6
    here = ("--round", ROUND)
    assert "Name a file" in dgekg(built, "consultation", "import", *here).err
    assert dgekg(built, "consultation", "code", "--by", "ada").code == 2  # no themes yet
    assert dgekg(built, "consultation", "theme", "childcare", "--en", "Childcare", "--fr", "Garde").code == 0
    for coder in ("ada", "eve"):
        monkeypatch.setattr("sys.stdin", StringIO("x\n" + "1\n" * 5 + "0\n"))
        coding = dgekg(built, "consultation", "code", "--by", coder)
        assert "expected numbers from 1 to 1" in coding.out
        assert "Nothing is left to code." in coding.out
    assert '"same": 6' in dgekg(built, "consultation", "agreement", "--format", "json", "--resamples", "10").out
    listed_ = dgekg(built, "consultation", "findings", *here, "--submit", "--format", "csv")
    assert "Childcare,5,civil-society" in listed_.out, listed_.err
    (held,) = Inbox(private / FOLDER).list()
    assert held.proposal.answers["fields"]["respondents"] == [5]
    assert "0 answers are past their time" in dgekg(built, "consultation", "tidy", "--dry-run").out
