"""The forms of `/contribute`: sent, mended, sent again; nothing typed is lost, nothing counts twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dgekg.inbox import FOLDER, Held, Inbox
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app

GOOD = {
    "title.0": "Captioning by Deaf reviewers",
    "title.0~language": "en",
    "description.0": "Deaf reviewers check automatic captions before they are shown.",
    "description.0~language": "en",
    "practiceType.0": "benchmark",
    "approach.0": "mainstreaming",
    "lever": "technical-measure",
    "actsAtStage": "data",
    "addressesGroup.0": "persons-with-disabilities",
    "inRegion.0": "Kenya",
    "qualifiedAttribution.0.agent.0": "actor/company-e",
    "qualifiedAttribution.0.hadRole.0": "lead",
    "hasEvidence.0.description.0": "The page describes it.",
    "hasEvidence.0.evidenceType.0": "self-report",
    "hasEvidence.0.evidenceLevel.0": "1",
    "hasEvidence.0.speaksTo.0": "exists",
    "hasEvidence.0.direction.0": "not-applicable",
    "hasEvidence.0.source.0": "https://example.org/captions",
    "hasEvidence.0.accessedOn.0": "2026-11-20",
    "publish": "yes",
    "adult": "yes",
}


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "private"


@pytest.fixture
def client(world_observatory: Observatory, private: Path) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, Settings(private=private))
    with TestClient(app, follow_redirects=False) as found:
        yield found


def inbox(private: Path) -> list[Held]:
    return Inbox(private / FOLDER).list()


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|ticket|base|code)" value="([^"]*)"', page))


def test_faults_stand_beside_the_fields_and_nothing_typed_is_lost(client: TestClient, private: Path) -> None:
    page = client.get("/contribute/practice").text
    answer = client.post("/contribute/practice", data={**hidden(page), "title.0": "Half a <b>title</b>"})
    print(re.findall(r'class="fault" id="[^"]*">[^<]*', answer.text))
    assert answer.status_code == 400
    assert 'value="Half a &lt;b&gt;title&lt;/b&gt;"' in answer.text
    assert 'id="e-lever"' in answer.text
    assert 'href="#q-adult"' in answer.text
    assert inbox(private) == []


def test_a_whole_form_is_taken_in_once(client: TestClient, private: Path) -> None:
    page = client.get("/contribute/practice").text
    sent = {**GOOD, **hidden(page)}
    answer = client.post("/contribute/practice", data=sent)
    assert answer.status_code == 200, re.findall(r'<li><a href="#.*?</li>', answer.text)
    assert answer.headers["cache-control"] == "no-store"
    again = client.post("/contribute/practice", data=sent)
    codes = [re.search(r'receipt code" data-sent>([^<]+)<', a.text)[1] for a in (answer, again)]  # type: ignore[index]
    assert codes[0] == codes[1]
    (held,) = inbox(private)
    assert held.proposal.answers["fields"]["addressesGroup"] == ["persons-with-disabilities"]
    assert held.proposal.answers["fields"]["inRegion"] == ["404"]
    assert held.proposal.answers["fields"]["hasEvidence"][0]["fields"]["evidenceLevel"] == ["1"]


def code_of(page: str) -> str:
    found = re.search(r'receipt code" data-sent>([^<]+)<', page)
    assert found is not None
    return found[1]


def sent(client: TestClient, path: str, values: dict[str, Any]) -> str:
    answer = client.post(path, data={**values, **hidden(client.get(path).text)})
    assert answer.status_code == 200, re.findall(r'<li><a href="#.*?</li>', answer.text)
    return code_of(answer.text)


def test_with_the_code_it_is_seen_changed_and_taken_back(client: TestClient, private: Path) -> None:
    code = sent(client, "/contribute/practice", {**GOOD, "named": "A reviewers' circle", "note": "for you alone"})
    seen = client.post("/contribute/status", data={"code": code})
    assert "waits to be read" in seen.text
    assert "A reviewers&#39; circle" in seen.text
    form = client.post("/contribute/status", data={"code": code, "do": "amend"}).text
    assert 'value="Captioning by Deaf reviewers"' in form
    assert 'action="/contribute/practice"' in form
    changed = client.post("/contribute/practice", data={**GOOD, "title.0": "Another", **hidden(form)})
    assert code_of(changed.text) == code
    (held,) = inbox(private)
    assert held.proposal.answers["fields"]["title"] == [{"value": "Another", "language": "en"}]
    asked = client.post("/contribute/status", data={"code": code.lower().replace("-", " "), "do": "ask"}).text
    assert "<dd>Another</dd>" in asked
    assert "cannot be undone" in asked
    assert f'value="{code}"' in asked, "as it was given out"
    assert inbox(private)[0].state == "received", "one tap deletes nothing"
    assert "taken back" in client.post("/contribute/status", data={"code": code, "do": "withdraw"}).text
    assert inbox(private)[0].state == "withdrawn"
    assert client.post("/contribute/status", data={"code": "ABCD-EFGH"}).status_code == 404


def test_a_correction_begins_with_what_the_record_says(built: Project, private: Path) -> None:
    observatory = open_observatory(Settings(root=built.root, private=private))
    with TestClient(create_app(lambda: observatory, Settings(root=built.root, private=private))) as client:
        path = "/contribute/correct?record=practice/data-trust-a"
        page = client.get(path).text
        assert 'value="Data trust A"' in page
        assert re.search(r'name="base" value="[0-9a-f]{64}"', page)
        for wrong in ("practice/none-such", "../../x", "instrument/cedaw"):
            assert client.get(f"/contribute/correct?record={wrong}").status_code == 404


@pytest.mark.parametrize(("act", "record"), [("withdraw", "practice/data-trust-a"), ("feedback", "")])
def test_words_are_enough(client: TestClient, private: Path, act: str, record: str) -> None:
    path = f"/contribute/{act}" + (f"?record={record}" if record else "")
    assert client.post(path, data={**hidden(client.get(path).text), "adult": "yes"}).status_code == 400
    sent(client, path, {"note": "safety", "adult": "yes"})
    (held,) = inbox(private)
    assert (held.proposal.act, held.proposal.note) == (act, "safety")
    assert held.proposal.record.endswith(record)


def test_a_reply_is_kept_with_its_record(client: TestClient, private: Path) -> None:
    path = "/contribute/reply?record=practice/data-trust-a"
    sent(client, path, {"description.0": "It ended in 2024.", "publish": "yes", "adult": "yes"})
    (held,) = inbox(private)
    assert held.proposal.act == "reply"
    assert held.proposal.answers["fields"]["description"][0]["value"] == "It ended in 2024."


def test_an_organisation_that_is_not_in_yet_comes_along(client: TestClient, private: Path) -> None:
    new = {"qualifiedAttribution.0.agent.0": "The Third Institute"}
    page = client.get("/contribute/practice").text
    answer = client.post("/contribute/practice", data={**GOOD, **new, **hidden(page)})
    assert answer.status_code == 400
    assert "say who it is below" in answer.text
    place = "qualifiedAttribution.0.agent.0~new."
    told = {f"{place}type": "Organization", f"{place}classification": "research", f"{place}dutyBearer.0": "false"}
    sent(client, "/contribute/practice", {**GOOD, **new, **told})
    (held,) = inbox(private)
    agent = held.proposal.answers["fields"]["qualifiedAttribution"][0]["fields"]["agent"][0]
    assert agent["kind"] == "actor"
    assert agent["fields"]["name"] == [{"value": "The Third Institute", "language": "en"}]


def test_all_that_is_to_be_mended_is_told_at_once_and_once(client: TestClient) -> None:
    wrong = {"practiceType.0": "no such kind", "hasEvidence.0.source.0": "www.example", "yearStarted.0": "soon"}
    page = client.post(
        "/contribute/practice", data={**GOOD, **wrong, **hidden(client.get("/contribute/practice").text)}
    )
    faults = re.findall(r'class="fault" id="e-([^"]*)"', page.text)
    assert sorted(faults) == ["hasEvidence-0-source-0", "practiceType-0", "yearStarted-0"]


def test_further_rows_are_named_for_those_who_hear_them(client: TestClient) -> None:
    page = client.get("/contribute/practice?lang=es").text
    assert ' aria-label="Para quién, Número 2" ' in page


def test_one_more_row_without_script(client: TestClient) -> None:
    page = client.get("/contribute/practice").text
    assert 'name="hasEvidence.1.source.0"' not in page
    answer = client.post("/contribute/practice", data={**GOOD, **hidden(page), "more": "hasEvidence"})
    assert answer.status_code == 200
    assert 'name="hasEvidence.1.source.0"' in answer.text
    assert 'value="https://example.org/captions"' in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hasEvidence.0.source.0", "javascript:alert(1)"),
        ("hasEvidence.0.accessedOn.0", "yesterday"),
        ("lever", "no-such-lever"),
        ("yearStarted.0", "9" * 400),
        ("inRegion.0", "Nowhere at all"),
        ("title.0", "x" * 30_000),
    ],
)
def test_what_will_not_do_is_said_at_its_field(client: TestClient, private: Path, field: str, value: str) -> None:
    page = client.get("/contribute/practice").text
    answer = client.post("/contribute/practice", data={**GOOD, **hidden(page), field: value})
    assert answer.status_code in (400, 413)
    name = field.partition(".0")[0].rpartition(".")[2]
    assert re.search(rf'<li><a href="#q-[^"]*{field.split(".")[0]}', answer.text), name
    assert inbox(private) == []


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", '"><img src=x>', "'><svg/onload=x>"])
def test_signs_of_other_languages_stay_text(client: TestClient, value: str) -> None:
    page = client.get("/contribute/practice").text
    answer = client.post("/contribute/practice", data={**GOOD, **hidden(page), "title.0": value, "adult": ""})
    assert answer.status_code == 400
    assert value not in answer.text
    assert "<img" not in answer.text
    assert "<svg/" not in answer.text


def test_a_flood_is_stopped_and_nothing_says_who_sent_it(client: TestClient, private: Path) -> None:
    codes = [client.post("/contribute/status", data={"code": f"AAAA-{n:04}"}).status_code for n in range(30)]
    assert codes[0] == 404
    assert codes[-1] == 429
    sent_files = [p.read_text("utf-8") for p in private.rglob("*.json")] if private.exists() else []
    assert not any("testclient" in json.dumps(text) for text in sent_files)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_in_three_languages(client: TestClient, language: str) -> None:
    page = client.get(f"/contribute/practice?lang={language}").text
    assert f'<html lang="{language}"' in page
    assert {"en": "Send", "fr": "Envoyer", "es": "Enviar"}[language] in page


def test_what_a_person_should_leave_empty_says_so_in_their_language(client: TestClient) -> None:
    for language, words in (
        ("en", "Leave this field empty"),
        ("fr", "Laissez ce champ vide"),
        ("es", "Deje este campo vac"),
    ):
        page = client.get(f"/contribute/feedback?lang={language}").text
        assert words in page.partition('class="trap"')[2].partition("</p>")[0]


def test_a_form_of_elsewhere_is_shown_again(client: TestClient, private: Path) -> None:
    made = {**GOOD, "key": "k" * 20, "ticket": "1.2.3"}
    answer = client.post("/contribute/practice", data=made)
    assert answer.status_code == 400
    assert 'value="Captioning by Deaf reviewers"' in answer.text
    assert inbox(private) == []
