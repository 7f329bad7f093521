"""Bad input: each kind is said with its place and how to mend it; exit 1 or 2, nothing written, no traceback."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Ran
from dgekg.settings import Project

Run = Callable[..., Ran]
PRACTICE = "practices/data-trust-a.ttl"


def change(project: Project, file: str, old: str, new: str) -> int:
    """Replace the first occurrence of a text in a file of the data; return the line where it stood."""
    path = project.data / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def append(project: Project, file: str, text: str) -> None:
    path = project.data / file
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def refused(run: Run, project: Project, *said: str) -> None:
    """Neither validation nor a build lets it through; both say it; nothing is written."""
    for command in ("validate", "build"):
        ran = run(project, command)
        assert ran.code == 1, ran.said
        for words in said:
            assert words in ran.said, f"{command} did not say {words!r}:\n{ran.said}"
        assert "Traceback" not in ran.said
    assert not (project.build / "current").exists()
    assert not list(project.build.glob(".staging*"))


def test_broken_turtle(sandbox: Project, dgekg: Run) -> None:
    line = change(sandbox, PRACTICE, "a dgekg:Practice ;", "a dgekg:Practice ;; ]")
    refused(dgekg, sandbox, f"data/{PRACTICE}:{line}:", "does not parse")


def test_blank_node(sandbox: Project, dgekg: Run) -> None:
    append(sandbox, PRACTICE, "\n<id/evidence/data-trust-a-9> dgekg:hasEvidence [ a dgekg:Evidence ] .\n")
    refused(dgekg, sandbox, f"data/{PRACTICE}:", "blank node", "Give it one, for example <id/evidence/data-trust-a-1>")


def test_missing_required_field(sandbox: Project, dgekg: Run) -> None:
    text = (sandbox.data / PRACTICE).read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "dgekg:lever " not in line]
    (sandbox.data / PRACTICE).write_text("\n".join(kept) + "\n", encoding="utf-8")
    refused(dgekg, sandbox, f"data/{PRACTICE}:", "dgekg:lever", "[Practice-lever]")


def test_label_in_a_wrong_language(sandbox: Project, dgekg: Run) -> None:
    scheme = sandbox.ontology / "schemes" / "stage.ttl"
    text = scheme.read_text(encoding="utf-8")
    at = text.index("skos:prefLabel")
    scheme.write_text(text[:at] + text[at:].replace('"@es', '"@zz', 1), encoding="utf-8")
    refused(dgekg, sandbox, "ontology/schemes/stage.ttl:", "@zz", "[Concept-prefLabel")


def test_unknown_stage_suggests_the_nearest(sandbox: Project, dgekg: Run) -> None:
    line = change(sandbox, PRACTICE, "<scheme/stage/data>", "<scheme/stage/dta>")
    refused(dgekg, sandbox, f"data/{PRACTICE}:{line}", "no concept of scheme stage", "Did you mean data")


def test_provision_of_no_instrument(sandbox: Project, dgekg: Run) -> None:
    standard = sorted((sandbox.data / "standards").glob("*.ttl"))[0]
    text = standard.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "dgekg:provisionOf" not in line]
    standard.write_text("\n".join(kept) + "\n", encoding="utf-8")
    refused(dgekg, sandbox, f"data/standards/{standard.name}:", "provisionOf")


def test_subject_in_two_files(sandbox: Project, dgekg: Run) -> None:
    text = (sandbox.data / PRACTICE).read_text(encoding="utf-8")
    (sandbox.data / "practices" / "twin.ttl").write_text(text, encoding="utf-8")
    refused(
        dgekg, sandbox, "data/practices/twin.ttl:", f"described in data/{PRACTICE} too", "One subject lives in one file"
    )


def test_duplicate_practice(sandbox: Project, dgekg: Run) -> None:
    text = (sandbox.data / PRACTICE).read_text(encoding="utf-8")
    (sandbox.data / "practices" / "data-trust-z.ttl").write_text(
        text.replace("/data-trust-a", "/data-trust-z").replace("org/data-trust-z/", "org/data-trust-a/"),
        encoding="utf-8",
    )
    append(sandbox, "changes/2026.csv", "2026-11-21,create,practices/data-trust-z,,\n")
    refused(dgekg, sandbox, "data/practices/data-trust-z.ttl:", "[duplicate-practice]")


def test_practice_recorded_before_a_search_that_found_none(sandbox: Project, dgekg: Run) -> None:
    statement = """
<id/coverage/contradicted> a dgekg:CoverageStatement ;
    dgekg:coverageStatus <scheme/coverage-status/searched-none-found> ;
    dgekg:cellStage <scheme/stage/data> ;
    dgekg:fromActivity <id/collection/{activity}> ;
    dct:date "2026-11-20"^^xsd:date ;
    dgekg:rationale "A search that a record of an earlier day contradicts."@en ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:issued "2026-11-20"^^xsd:date ;
    dct:modified "2026-11-20"^^xsd:date .
"""
    import re

    scans = sorted((sandbox.data / "scan").glob("*.ttl"))
    activity = next(
        m[1] for f in scans if (m := re.search(r"<id/collection/([a-z0-9-]+)> a ", f.read_text(encoding="utf-8")))
    )
    head = "".join(line for line in scans[0].read_text(encoding="utf-8").splitlines(True) if line.startswith("@"))
    (sandbox.data / "scan" / "contradicted.ttl").write_text(
        head + statement.format(activity=activity), encoding="utf-8"
    )
    append(sandbox, "changes/2026.csv", "2026-11-20,create,scan/contradicted,,\n")
    refused(dgekg, sandbox, "[search-contradicted]", "contradicted")


def test_rating_without_evidence(sandbox: Project, dgekg: Run) -> None:
    for file in sorted((sandbox.data / "assessments").glob("*.ttl")):
        text = file.read_text(encoding="utf-8")
        if "rating/yes" in text:
            kept = [line for line in text.splitlines() if "dgekg:hasEvidence" not in line]
            file.write_text("\n".join(kept) + "\n", encoding="utf-8")
            refused(dgekg, sandbox, f"data/assessments/{file.name}:", "[Assessment-")
            return
    pytest.fail("the small world has no rating of yes")


def test_found_to_violate_without_a_decision(sandbox: Project, dgekg: Run) -> None:
    change(
        sandbox,
        PRACTICE,
        "dgekg:relation <scheme/relation/",
        'dgekg:relation <scheme/relation/found-to-violate> ; dgekg:rationale "was ',
    )
    path = sandbox.data / PRACTICE
    text = path.read_text(encoding="utf-8")
    start = text.index('dgekg:rationale "was ')
    end = text.index(">", start)
    path.write_text(text[:end] + '"@en' + text[end + 1 :], encoding="utf-8")
    refused(dgekg, sandbox, f"data/{PRACTICE}:", "SupportAssertion-violation-needs-decision")


def test_cyclic_scheme(sandbox: Project, dgekg: Run) -> None:
    scheme = sandbox.ontology / "schemes" / "group.ttl"
    text = scheme.read_text(encoding="utf-8")
    line = "\n<scheme/group/women-and-girls> skos:broader <scheme/group/women> .\n"
    scheme.write_text(text + line, encoding="utf-8")
    refused(dgekg, sandbox, "ontology/schemes/group.ttl:", "[broader-circle]")


def test_a_file_that_is_not_text(sandbox: Project, dgekg: Run) -> None:
    (sandbox.data / PRACTICE).write_bytes(b"\xff\xfe\x00broken")
    refused(dgekg, sandbox, f"data/{PRACTICE}:1", "not UTF-8")


def test_unknown_term(sandbox: Project, dgekg: Run) -> None:
    change(sandbox, PRACTICE, "dgekg:lever ", "dgekg:levr ")
    refused(dgekg, sandbox, "dgekg:levr", "Did you mean dgekg:lever?")


def test_messages_come_in_the_language_asked_for(sandbox: Project, dgekg: Run) -> None:
    text = (sandbox.data / PRACTICE).read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "dgekg:lever " not in line]
    (sandbox.data / PRACTICE).write_text("\n".join(kept) + "\n", encoding="utf-8")
    said = {lang: dgekg(sandbox, "validate", "--lang", lang).out for lang in ("en", "fr", "es")}
    assert len({text.split("[Practice-lever]")[0] for text in said.values()}) == 3


def test_findings_as_json_and_as_a_shacl_report(sandbox: Project, dgekg: Run) -> None:
    import json

    from pyoxigraph import RdfFormat, parse

    change(sandbox, PRACTICE, "<scheme/stage/data>", "<scheme/stage/dta>")
    document = json.loads(dgekg(sandbox, "validate", "--format", "json").out)
    assert document["conforms"] is False
    assert document["findings"][0]["file"] == f"data/{PRACTICE}"
    assert document["findings"][0]["line"] > 0
    report = list(parse(dgekg(sandbox, "validate", "--format", "shacl").out, format=RdfFormat.TURTLE))
    assert any(q.predicate.value.endswith("conforms") and str(q.object).startswith('"false"') for q in report)


def test_a_question_with_a_broken_header(sandbox: Project, dgekg: Run) -> None:
    dgekg(sandbox, "build")
    file = sorted((sandbox.queries / "questions").glob("*.rq"))[0]
    file.write_text(file.read_text(encoding="utf-8").replace("#+ title:", "#+ titel:", 1), encoding="utf-8")
    ran = dgekg(sandbox, "ask", file.stem)
    assert ran.code == 1
    assert f"{file.name}:" in ran.err
    assert "titel" in ran.err
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "practices-of-a-groop"), "Did you mean"),
        (("ask", "practices-of-a-group", "group=wemen"), "Did you mean"),
        (("ask", "practices-of-a-group", "grup=women"), "Did you mean group"),
        (("ask", "practices-of-a-group", "women"), "expected NAME=VALUE"),
        (("coverage", "--rows", "stge"), "Did you mean stage"),
        (("coverage", "--where", "region=Afrika"), "Did you mean Africa"),
        (("coverage", "--where", "region"), "expected dimension=value"),
        (("coverage", "--rows", "provision", "--cols", "instrument"), "determine each other"),
        (("coverage", "--as-json"), "No such option"),
        (("gaps", "--over", "stage,stage"), "once"),
        (("validate", "--as-of", "yesterday"), "expected a date"),
        (("validate", "nowhere.ttl"), "expected a Turtle file"),
        (("query", "SELECT ?x WHERE {"), "does not parse"),
        (("export", "all.doc"), "Use one of"),
        (("export", "no/such/folder/all.nq"), "does not exist"),
    ],
)
def test_what_cannot_be_understood_says_what_is_known(
    built: Project, dgekg: Run, arguments: tuple[str, ...], said: str
) -> None:
    ran = dgekg(built, *arguments)
    assert ran.code == 2, ran.said
    assert said in ran.err
    assert "Traceback" not in ran.said


def test_nothing_built_yet(sandbox: Project, dgekg: Run) -> None:
    ran = dgekg(sandbox, "gaps")
    assert ran.code == 2
    assert 'Run "dgekg build"' in ran.err


def test_an_unreadable_store(sandbox: Project, dgekg: Run) -> None:
    dgekg(sandbox, "build")
    for file in (sandbox.build / "current" / "store").glob("CURRENT"):
        file.write_text("nonsense")
    ran = dgekg(sandbox, "gaps")
    assert ran.code == 2
    assert "cannot be opened" in ran.err
    assert "delete it and run" in ran.err


def test_a_build_that_is_locked(sandbox: Project, dgekg: Run) -> None:
    import fcntl

    with (sandbox.build / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ran = dgekg(sandbox, "build")
    assert ran.code == 2
    assert "another build is running" in ran.err


def test_a_remote_service_that_is_down_or_slow(built: Project, dgekg: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        down = dgekg(built, "gaps", "--store", address)
        silent.listen()
        monkeypatch.setenv("DGEKG_STORE_TIMEOUT", "1")
        slow = dgekg(built, "gaps", "--store", address)
    assert (down.code, slow.code) == (2, 2)
    assert "no SPARQL service answers" in down.err
    assert "no answer within 1 seconds" in slow.err


def test_settings_out_of_range(built: Project, dgekg: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DGEKG_PORT", "many")
    ran = dgekg(built, "gaps")
    assert ran.code == 2
    assert 'DGEKG_PORT: found "many"' in ran.err


def test_outside_a_project(tmp_path: Path, dgekg: Run) -> None:
    ran = dgekg(Project(tmp_path), "gaps")
    assert ran.code == 2
    assert "ontology/dgekg.ttl" in ran.err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<scheme/stage/data>", "<scheme/stage/dta>"),
        ("dgekg:lever ", "dgekg:levr "),
        ("<scheme/direction/not-applicable>", "<scheme/direction/harm>"),
        ("a dgekg:Practice ;", "a dgekg:Practice ;; ]"),
        ("dgekg:evidenceLevel <scheme/evidence-level/", "dgekg:evidenceLevel <scheme/evidence-level/9"),
    ],
)
def test_one_file_gives_the_findings_that_the_whole_project_gives(
    sandbox: Project, dgekg: Run, old: str, new: str
) -> None:
    change(sandbox, PRACTICE, old, new)
    whole = dgekg(sandbox, "validate").out.splitlines()
    one = dgekg(sandbox, "validate", str(sandbox.data / PRACTICE)).out.splitlines()
    assert one == [line for line in whole if line.startswith(f"data/{PRACTICE}")]
    assert one
