"""A table becomes records: what goes in, what is to be mended, what is in already; twice the same is once."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from fed_tables import SOURCE, Feed, feeder, plain, row
from openpyxl import load_workbook

from conftest import AS_OF, Ran, copy_world
from dgekg import documents
from dgekg.build.few import validate_few
from dgekg.errors import InputError
from dgekg.findings import violations
from dgekg.forms import of
from dgekg.importers import running
from dgekg.settings import Project
from dgekg.withheld import Withheld, digests


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Project:
    copied = copy_world(tmp_path_factory.mktemp("imports"))
    copied.build.mkdir(exist_ok=True)
    return copied


@pytest.fixture(scope="module")
def feed(world: Project, tmp_path_factory: pytest.TempPathFactory) -> Feed:
    return feeder(world, tmp_path_factory.mktemp("tables"))


def written(world: Project, name: str) -> str:
    return (world.data / "practices" / f"{name}.ttl").read_text("utf-8")


def state_of(world: Project) -> dict[str, str]:
    return {
        path.relative_to(world.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(world.data.rglob("*"))
        if path.is_file()
    }


def test_rows_become_records_that_the_build_accepts(world: Project, feed: Feed) -> None:
    table = plain(
        row(1, "Hiring audit of the harbour", Organisation="Université A"),
        row(
            2, "Clinic guide", Organisation="Clinic of the Coast", Sector="research", Country="Kenya", Kind="guideline"
        ),
        row(3, "Second clinic guide", Organisation="clinic of the coast", Group="girls; rural-women"),
    )
    fed = feed(table)
    assert fed.states == {"new": 3}, fed.troubles
    text = written(world, "hiring-audit-of-the-harbour")
    assert "<id/actor/university-a>" in text
    assert "<https://creativecommons.org/licenses/by/4.0/>" in text
    assert "<scheme/group/rural-women>" in written(world, "second-clinic-guide")
    actor = (world.data / "actors" / "clinic-of-the-coast.ttl").read_text("utf-8")
    assert "<scheme/sector/research>" in actor
    assert "<scheme/region/404>" in actor
    names = ["practices/hiring-audit-of-the-harbour", "practices/clinic-guide", "actors/clinic-of-the-coast"]
    found = validate_few(world, [world.data / f"{name}.ttl" for name in names], AS_OF)
    assert not violations(found), [one.text() for one in found]


def test_fed_twice_is_fed_once(world: Project, feed: Feed) -> None:
    table = plain(row(10, "Twice fed audit"), row(11, "Twice fed review", Organisation="Village Court"))
    feed(table, "twice.csv")
    before = state_of(world)
    again = feed(table, "twice.csv")
    assert again.states == {"unchanged": 2}
    assert state_of(world) == before


def test_a_mended_row_mends_its_record_unless_it_was_edited_here(world: Project, feed: Feed) -> None:
    feed(plain(row(20, "Changing survey")), "change.csv")
    fed = feed(plain(row(20, "Changing survey", Stage="design")), "change.csv")
    assert fed.states == {"updated": 1}
    assert "<scheme/stage/design>" in written(world, "changing-survey")
    ledger = (world.data / "changes" / f"{AS_OF.year}.csv").read_text("utf-8")
    assert "update,practices/changing-survey" in ledger
    path = world.data / "practices" / "changing-survey.ttl"
    path.write_text(path.read_text("utf-8").replace("What is done.", "What was done."), "utf-8")
    fed = feed(plain(row(20, "Changing survey", Stage="deployment")), "change.csv")
    assert fed.keys(2) == {"row.edited"}
    assert "What was done." in written(world, "changing-survey")
    path.unlink()
    assert feed(plain(row(20, "Changing survey", Stage="design")), "change.csv").keys(2) == {"row.gone"}
    assert not path.exists()


def test_what_is_wrong_is_told_by_row_and_column_and_the_rest_goes_in(feed: Feed) -> None:
    table = plain(
        row(30, "Good one of thirty"),
        row(31, "Wrong stage", Stage="dta"),
        row(32, "", Description="No title"),
        row(33, "Wrong date", Opened="2026-02-30"),
        row(34, "=HYPERLINK(1)"),
        row(35, "Marked up", Description="Some <b>bold</b> words"),
        row(36, "Runs", Link="javascript:alert(1)"),
        row(37, "Turned \u202e round"),
        row(38, "Not a link", Link="https://user:secret@example.org/"),
        row(30, "The same key"),
    )
    fed = feed(table, "faults.csv")
    assert fed.states == {"new": 1, "refused": 9}
    wanted = {3: "cell.concept-near", 4: "cell.required", 5: "cell.date", 6: "cell.formula", 7: "cell.markup"}
    wanted |= {8: "cell.active", 9: "cell.strange", 10: "cell.address", 11: "row.twice"}
    for line, key in wanted.items():
        assert key in fed.keys(line), (line, fed.keys(line))
    stage = next(one for one in fed.troubles if one.place.row == 3)
    assert (stage.place.column, stage.found, "Did you mean data?" in stage.message) == ("Stage", "dta", True)
    assert fed.done.rejected is not None
    lines = list(csv.DictReader(fed.done.rejected.read_text("utf-8").splitlines()))
    assert len(lines) == 9
    assert lines[3]["Title"] == "'=HYPERLINK(1)"
    mended = fed.done.rejected.read_text("utf-8").replace("dta", "data").replace("2026-02-30", "2026-02-28")
    again = feed(mended, "faults.rejected.csv")
    assert again.states == {"new": 2, "refused": 6, "updated": 1}  # the second row of key 30 is that row, told anew


def test_what_is_in_already_waits_for_a_person(world: Project, feed: Feed) -> None:
    table = plain(
        row(40, "Audit of bias (B)", Link="https://example.org/elsewhere"),
        row(41, "Quite another name", Link="https://example.org/shared"),
        row(42, "Not at all alike", Link="http://www.example.org/shared/?utm_source=x"),
        row(43, "Quite another names!", Link="https://example.org/shared#top"),
    )
    fed = feed(table, "merge.csv")
    assert fed.states == {"new": 2, "held": 2}
    assert "duplicate.title" in fed.keys(2)
    assert "duplicate.hint" in fed.keys(4)
    assert fed.keys(5) & {"duplicate.both", "duplicate.address"}
    assert fed.done.merges is not None
    proposed = fed.done.merges.read_text("utf-8")
    assert "practice/bias-audit-b" in proposed
    before = written(world, "bias-audit-b")
    decided = proposed.replace("\n,40,", "\nsame,40,").replace("\n,43,", "\ndifferent,43,")
    fed.done.merges.write_text(decided, "utf-8")
    again = feed(table, "merge.csv")
    assert again.states == {"merged": 1, "new": 1, "unchanged": 2}
    now = written(world, "bias-audit-b")
    assert "https://example.org/elsewhere" in now
    assert "Audit of bias (B)" not in now
    assert set(before.replace(" ;", "").replace(" .", "").split()) <= set(
        now.replace(" ;", "").replace(" .", "").split()
    )
    assert feed(table, "merge.csv").states == {"unchanged": 4}


def test_an_actor_nearly_of_that_name_waits_too(world: Project, feed: Feed) -> None:
    table = plain(
        row(50, "Standards of a body", Organisation="Standards  body G."),
        row(51, "By somebody new", Organisation="Univercity A"),
    )
    fed = feed(table, "actors.csv")
    assert "duplicate.actor" in fed.keys(3)
    assert not (world.data / "actors" / "univercity-a.ttl").exists()


def test_nothing_that_endangers_people_goes_in_or_is_copied(world: Project, feed: Feed) -> None:
    table = plain(
        row(
            60, "A circle of friends", Organisation="Circle", Sector="civil-society", Group="lgbtiq-people", Where="010"
        ),
        row(61, "Withheld by title"),
        row(62, "Withheld by address", Link="https://example.org/hidden/page"),
    )
    key = b"k" * 32
    lines = {next(iter(digests(text, key))): "x" for text in ("Withheld by title", "https://example.org/hidden")}
    fed = feed(table, "safety.csv", withheld=Withheld(lines, key))
    assert fed.states == {"refused": 3}
    assert fed.keys(2) == {"row.protected"}
    assert fed.keys(3) == fed.keys(4) == {"row.withheld"}
    assert fed.done.rejected is None
    assert not list(world.data.rglob("*circle*"))
    care = plain(row(63, "Network for all", Organisation="Network B", Group="lgbtiq-people", Where="124"))
    feed(care, "care.csv")
    assert "scheme/exposure/with-care" in written(world, "network-for-all")


def test_a_trial_writes_nothing(world: Project, feed: Feed) -> None:
    before = state_of(world)
    fed = feed(plain(row(70, "Only tried")), "trial.csv", dry=True)
    assert fed.states == {"new": 1}
    assert fed.done.changed
    assert state_of(world) == before


def test_cut_short_it_is_finished_by_feeding_again(world: Project, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    table = plain(*(row(80 + n, f"Cut {word}") for n, word in enumerate(("harbour", "forest", "market", "village"))))
    monkeypatch.setattr(running, "BATCH", 2)
    replace = Path.replace
    left = random.Random(3).randint(2, 5)

    def dying(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        feed(table, "cut.csv")
    monkeypatch.setattr(Path, "replace", replace)
    fed = feed(table, "cut.csv")
    assert not fed.states.keys() - {"new", "updated", "unchanged"}
    names = [f"cut-{word}" for word in ("harbour", "forest", "market", "village")]
    assert all(written(world, name) for name in names)
    assert not list((world.data / "practices").glob("cut-*-2.ttl"))
    ledger = (world.data / "changes" / f"{AS_OF.year}.csv").read_text("utf-8")
    assert all(f"create,practices/{name}," in ledger for name in names)


def test_without_a_source_nothing_is_imported(world: Project, feed: Feed, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"source\.yaml"):
        feed(plain(row(90, "Nowhere from")), source="no-such-source")
    for broken in (
        SOURCE.replace("licence", "license"),
        SOURCE.replace("publisher: a test\n", ""),
        SOURCE + "accessed: 2990-01-01\n",
    ):
        (tmp_path / "s.yaml").write_text(broken, "utf-8")
        with pytest.raises(InputError, match=r"licen|publisher|accessed"):
            feed(plain(row(90, "Nowhere from")), source=str(tmp_path / "s.yaml"))
    (tmp_path / "s.yaml").write_text(SOURCE.replace("by/4.0", "by-sa/4.0"), "utf-8")
    with pytest.raises(InputError, match="by-sa"):
        feed(plain(row(90, "Nowhere from")), source=str(tmp_path / "s.yaml"))
    assert not (world.data / "practices" / "nowhere-from.ttl").exists()


def test_findings_are_told_in_the_language_asked_for(feed: Feed) -> None:
    fed = feed(plain(row(95, "Wrong stage again", Stage="dta"), row(96, "No lever", Lever="")), dry=True, language="fr")
    assert "Vouliez-vous dire data ?" in fed.troubles[0].message
    assert "Quiso decir data" in fed.troubles[0].spoken("es").message
    assert "Une valeur était attendue" in fed.troubles[1].message


def test_every_imported_file_reads_as_it_was_written(world: Project) -> None:
    paths = sorted((world.data / "practices").glob("*.ttl"))
    _read, found = documents.read_all(paths, world.root)
    assert not found


def test_our_own_spreadsheet_needs_no_mapping_and_comes_back_to_be_mended(world: Project, feed: Feed) -> None:
    forms = of(world)
    whole = forms.from_document((world.data / "practices" / "data-trust-a.ttl").read_text("utf-8"))
    new = deepcopy(whole) | {"slug": None}
    new["fields"]["title"] = [{"value": "Filled in by hand", "language": "en"}]
    for part in (*new["fields"]["hasEvidence"], *new["fields"]["qualifiedAttribution"]):
        part["slug"] = None
    for part in new["fields"]["hasEvidence"]:
        part["fields"]["source"] = ["https://example.org/by-hand"]
    new["fields"].pop("page", None)
    new["fields"].pop("support", None)
    lacking: dict[str, Any] = {"kind": "practice", "fields": {"title": [{"value": "Lacks all", "language": "en"}]}}
    table = forms.xlsx("practice", answers=[whole, new, lacking], asked=False)
    fed = feed(table, "ours.xlsx", "template")
    assert fed.states == {"new": 1, "held": 1, "refused": 1}, [one.text() for one in fed.troubles]
    assert "https://example.org/by-hand" in written(world, "filled-in-by-hand")
    held = next(one for one in fed.troubles if one.found == "practice/data-trust-a")
    assert (held.place.file, held.place.sheet, held.place.row > 0) == ("ours.xlsx", "Practice", True)
    assert any(one.key == "cell.missing" and one.place.column == "lever" for one in fed.troubles)
    assert fed.done.rejected is not None
    start, sheet = load_workbook(fed.done.rejected).worksheets[:2]
    assert sheet["A4"].comment or sheet["A5"].comment, "why stands on the record"
    assert any("Lever" in str(line) for (line,) in start.iter_rows(values_only=True)), "and on the first sheet"
    again = feed(fed.done.rejected, by="template")
    assert again.states == {"held": 1, "refused": 1}
    assert feed(table, "ours.xlsx", "template").states["unchanged"] == 1


def test_the_command_says_what_became_of_the_rows(world: Project, tmp_path: Path, dgekg: Callable[..., Ran]) -> None:
    assert "plain-practices:" in dgekg(world, "import").out
    (tmp_path / "source.yaml").write_text(SOURCE, "utf-8")
    (tmp_path / "t.csv").write_text(plain(row(99, "By command"), row(100, "Wrong", Stage="dta")), "utf-8")
    given = ("--source", str(tmp_path / "source.yaml"), "--round", "world-desk", "--as-of", AS_OF.isoformat())
    ran = dgekg(world, "import", "plain-practices", str(tmp_path / "t.csv"), *given, "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, told["new"], told["refused"]) == (1, 1, 1)
    assert told["findings"][0]["column"] == "Stage"
    assert told["findings"][0]["row"] == 3
    assert Path(told["rejected"]).is_file()
    wrong = ("--source", str(tmp_path / "source.yaml"), "--round", "world-dask")
    ran = dgekg(world, "import", "plain-practices", str(tmp_path / "t.csv"), *wrong)
    assert (ran.code, "Did you mean world-desk?" in ran.err) == (2, True)
    ran = dgekg(world, "import", "plain-practices", str(tmp_path / "t.csv"), "--source", "nowhere")
    assert ran.code == 2
    assert "source.yaml" in ran.err


STUDY = "Gender Shades: Intersectional Accuracy Disparities in Commercial Gender Classification"
PAGE = "https://proceedings.mlr.press/v81/buolamwini18a.html"
BIBTEX = f"""\
@inproceedings{{buolamwini18a,
  title = {{{{Gender Shades}}: Intersectional Accuracy Disparities in Commercial Gender Classification}},
  author = {{Buolamwini, Joy and Gebru, Timnit}},
  booktitle = {{Proceedings of the 1st Conference on Fairness, Accountability and Transparency}},
  pages = {{77--91}}, year = {{2018}}, volume = {{81}}, publisher = {{PMLR}},
  url = {{{PAGE}}}, urldate = {{2026-11-20}},
  note = {{Compares how often three commercial systems guess the gender of a face wrongly, by skin type and gender.}}
}}
@article{{unsaid, title = {{A study of which nobody wrote what it does}}, publisher = {{PMLR}}, url = {{{PAGE}}},
  urldate = {{2026-11-20}}}}
"""
RIS = f"""\
TY  - CONF
AU  - Buolamwini, Joy
AU  - Gebru, Timnit
TI  - {STUDY}
T2  - Proceedings of the 1st Conference on Fairness, Accountability and Transparency
PY  - 2018
SP  - 77
EP  - 91
PB  - PMLR
UR  - {PAGE}
Y2  - 2026/11/20
N1  - Compares how often three commercial systems guess the gender of a face wrongly.
ER  -
"""


def test_a_study_of_a_bibliography_becomes_a_practice_once(feed: Feed, world: Project) -> None:
    first = feed(BIBTEX, "study.bib", "bibtex-studies")
    assert first.states == {"new": 1, "refused": 1}
    assert "cell.required" in {one.key for one in first.troubles}, "nobody said what it does"
    (path,) = (p for p in (world.data / "practices").glob("gender-shades-inter*.ttl"))
    text = path.read_text("utf-8")
    assert all(said in text for said in (f'dct:title "{STUDY}"@en', "scheme/kind/research-study", f"<{PAGE}>"))
    assert "Buolamwini" not in text, "authors are persons"
    again = feed(RIS, "study.ris", "ris-studies")
    assert again.states == {"held": 1}, [one.message for one in again.troubles]
    assert {one.key for one in again.troubles} & {"duplicate.both", "duplicate.address", "duplicate.title"}
