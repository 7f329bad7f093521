"""Forms: read from the shapes alone; answers to documents and back; what the shapes say, at its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgekg import documents, forms
from dgekg.build import Sources
from dgekg.errors import InputError, UnknownValue
from dgekg.examining.alone import Examiner
from dgekg.examining.quick import Quick
from dgekg.examining.references import Known
from dgekg.forms import AnswersError, Placed
from dgekg.forms import slugs as slugs_
from dgekg.forms.cells import to_value
from dgekg.importers.templates import filled_by
from dgekg.settings import Project
from dgekg.vocabulary import LANGUAGES
from forms_support import few, leaves, records, same, triples

ROOT = Path(__file__).parents[1]
FORMS = forms.of(Project.at(ROOT))
TODAY = dt.date(2026, 11, 22)
Answers = dict[str, Any]


def english(text: str) -> list[dict[str, str]]:
    return [{"value": text, "language": "en"}]


def proposal(**fields: list[Any]) -> Answers:
    """Answers that conform, as a contributor gives them, and what else is said."""
    evidence = {
        "description": english("A page describes it."),
        "evidenceType": ["official-document"],
        "evidenceLevel": ["2"],
        "speaksTo": ["exists"],
        "direction": ["not-applicable"],
        "source": ["https://example.org/page"],
        "accessedOn": ["2026-11-20"],
        "language": ["en"],
    }
    said = {
        "title": english("A help desk"),
        "description": english("People are helped."),
        "practiceType": ["policy"],
        "approach": ["mainstreaming"],
        "lever": ["procurement"],
        "actsAtStage": ["deployment"],
        "addressesGroup": ["women"],
        "qualifiedAttribution": [{"fields": {"agent": ["actor/ministry-c"], "hadRole": ["lead"]}}],
        "inRegion": ["404"],
        "hasEvidence": [{"fields": evidence}],
    }
    return {"kind": "practice", "slug": None, "fields": {**said, **fields}}


def changed(answers: Answers, part: str, **fields: list[Any]) -> Answers:
    """Change the first part of some answers."""
    first, *others = answers["fields"][part]
    held = [{**first, "fields": {**first["fields"], **fields}}, *others]
    return {**answers, "fields": {**answers["fields"], part: held}}


def evidence(**fields: list[Any]) -> Answers:
    return changed(proposal(), "hasEvidence", **fields)


def paths(placed: list[Placed]) -> list[str]:
    return [one.path for one in placed]


def test_every_kind_has_a_form_whose_questions_have_names_and_words_in_every_language() -> None:
    for kind in FORMS.kinds:
        form = FORMS.form(kind)
        ids = [field.id for field in form.fields]
        assert len(ids) == len(set(ids)) > 2, kind
        for field in leaves(form):
            for words in (field.label, field.help, field.message):
                assert set(words) == set(LANGUAGES), f"{kind}: {field.id}"
        for words in (form.label, form.help, *(section.label for section in form.sections)):
            assert set(words) == set(LANGUAGES), kind


def test_several_shapes_on_one_property_are_one_question() -> None:
    title = FORMS.form("practice").field("title")
    assert title is not None
    assert title.shapes == ("Practice-title", "Practice-title-language")
    assert (title.type, title.least, title.languages, title.each_language) == ("language-text", 1, LANGUAGES, True)
    language = {f.id: f for f in leaves(FORMS.form("practice"))}["language"]
    assert (language.least, language.advised) == (0, True)


def test_what_the_house_fills_in_is_not_asked_and_that_is_said_in_the_shapes() -> None:
    form = FORMS.form("practice")
    house = {field.id for field in form.fields if not field.asked}
    assert house == {"identifier", "foundInRound", "exposure", "license", "issued", "modified"}
    asked = {field.id for field in leaves(form.only_asked())}
    assert not asked & {*house, "supportingPractice", "wasAttributedTo", "reviewStatus", "basis"}
    assert {"accessRights", "hasEvidence", "supportedNorm", "rationale"} <= asked


ADDRESS = re.compile(r"\b(actor|practice|evidence|attribution|provision|instrument|collection|system|criterion)/[a-z]")


def test_words_carry_no_signs_of_turtle() -> None:
    for kind in FORMS.kinds:
        for field in leaves(FORMS.form(kind)):
            for language in LANGUAGES:
                text = field.help[language] + field.message[language]
                assert "<" not in text.replace("<1", ""), f"{kind}: {field.id}: {text}"
                assert "^^" not in text, f"{kind}: {field.id}: {text}"
                assert not ADDRESS.search(field.help[language]), f"{kind}: {field.id}: {field.help[language]}"


def test_every_record_of_the_small_world_comes_back(world_sources: Sources) -> None:
    count = 0
    for document in world_sources.records:
        names = FORMS.records(document)
        said = [triples(FORMS.to_document(FORMS.from_document(document, name))) for name in names]
        assert set().union(*said) == {str(triple) for triple in document.triples}, document.file
        count += len(names)
    assert count > 60


@few(25)
@given(st.data())
def test_record_to_answers_to_record(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["practice", "actor", "lesson", "collection", "instrument", "observation"]))
    answers = data.draw(records(FORMS.form(kind)))
    text = FORMS.to_document(answers, today=TODAY)
    back = FORMS.from_document(text)
    assert back["slug"] == answers["slug"]
    assert triples(FORMS.to_document(back)) == triples(text)
    for name, values in answers["fields"].items():
        field = FORMS.form(kind).field(name)
        if values and field is not None and field.part is None and field.type != "language-text":
            assert len(back["fields"][name]) <= len(values)
    same(FORMS, back, FORMS.from_document(FORMS.to_document(back)))


def test_what_lies_outside_the_form_comes_back_too() -> None:
    text = FORMS.to_document({**proposal(), "slug": "x"}, today=TODAY)
    text += '<id/practice/x> <https://example.org/p> "a"@sw, 7, <https://example.org/o> ; a <https://example.org/C> .\n'
    text += "<id/evidence/x-1> <https://example.org/p> true ; a <https://example.org/C> .\n"
    answers = FORMS.from_document(text)
    assert set(answers["other"]) == {"https://example.org/p"}
    assert triples(FORMS.to_document(answers)) == triples(text)
    read = FORMS.read_xlsx(FORMS.xlsx("practice", answers=[answers], asked=False), "practice").filled[0].answers
    assert triples(FORMS.to_document(read)) == triples(text)


def test_a_document_is_laid_out_as_those_in_data() -> None:
    text = FORMS.to_document(proposal(), today=TODAY)
    assert text.startswith("@base <https://w3id.org/dgekg/> .\n@prefix dgekg: ")
    assert '<id/practice/a-help-desk> a dgekg:Practice ;\n    dct:title "A help desk"@en ;\n' in text
    assert "\n<id/evidence/a-help-desk-1> a dgekg:Evidence ;\n" in text
    assert 'dct:issued "2026-11-22"^^xsd:date ;\n    dct:modified "2026-11-22"^^xsd:date .\n' in text
    assert "dct:license <https://creativecommons.org/licenses/by/4.0/> ;" in text


def test_new_parts_get_the_next_number_and_old_ones_keep_theirs() -> None:
    answers = proposal()
    first = answers["fields"]["hasEvidence"][0]
    parts = [{"slug": "x-3", **first}, first, {"slug": "x-1", **first}]
    text = FORMS.to_document({**answers, "slug": "x", "fields": {**answers["fields"], "hasEvidence": parts}})
    assert [f"<id/evidence/x-{n}>" in text for n in (1, 2, 3, 4)] == [True, False, True, True]


def test_a_part_is_named_by_its_number() -> None:
    link = {"supportedNorm": ["instrument/x"], "relation": ["concerns"], "hasEvidence": ["evidence/#1"]}
    text = FORMS.to_document(proposal(support=[{"fields": link}]))
    assert "dgekg:hasEvidence <id/evidence/a-help-desk-1>" in text.split("<id/support/a-help-desk-1> a ")[1]
    assert "dgekg:supportingPractice <id/practice/a-help-desk>" in text


def test_new_slugs_are_made_of_the_name_and_differ_from_those_in_use() -> None:
    assert FORMS.to_documents(proposal(), taken={"practice/a-help-desk"})[0].slug == "a-help-desk-2"
    assert FORMS.to_documents(proposal(title=english("Égalité & droits")))[0].slug == "egalite-and-droits"
    other = FORMS.to_documents(proposal(title=[{"value": "女性", "language": "zh"}]))[0].slug
    assert other.startswith("practice-")
    assert len(slugs_.of_text("word " * 50)) <= 60


def test_a_new_organisation_becomes_a_record_of_its_own() -> None:
    new = {"kind": "actor", "fields": {"name": english("New House"), "type": ["Organization"]}}
    twice = [{"fields": {"agent": [new], "hadRole": [role]}} for role in ("lead", "funder")]
    main, actor = FORMS.to_documents(proposal(qualifiedAttribution=twice))
    assert actor.file == "data/actors/new-house.ttl"
    assert main.text.count("<id/actor/new-house>") == 2
    assert "a dgekg:Actor, org:Organization ;" in actor.text
    places = paths(FORMS.check(proposal(qualifiedAttribution=twice)))
    assert "qualifiedAttribution[0].agent[0].classification" in places


def test_the_house_speaks_only_where_nobody_is_asked() -> None:
    house: Mapping[str, Mapping[str, list[Any]]] = {
        "practice": {"exposure": ["open"], "foundInRound": ["collection/x"], "lever": ["procurement"]}
    }
    text = FORMS.to_document(proposal(lever=[]), house=house)
    assert "dgekg:exposure <scheme/exposure/open>" in text
    assert "dgekg:foundInRound <id/collection/x>" in text
    assert "dgekg:lever" not in text


def test_a_part_that_lacks_is_asked_for_in_the_words_of_forms() -> None:
    lacking = proposal(hasEvidence=[])
    (found,) = (one for one in FORMS.check(lacking, language="es") if one.finding.rule == "Practice-hasEvidence")
    assert found.message == "Evidencia: rellene al menos una."


@pytest.mark.parametrize("typed", ["Auditoría", "auditoria", "AUDITORÍA", "Audit [audit]"])
def test_a_name_of_a_list_is_known_without_its_accents(typed: str) -> None:
    field = FORMS.form("practice").field("practiceType")
    assert field is not None
    assert to_value(field, typed) == "audit"


def test_an_actor_that_is_typed_by_name_is_the_one_that_is_there() -> None:
    answers = changed(proposal(lever=["data"]), "qualifiedAttribution", agent=["Company E"])
    known = {"Company E": "actor/company-e", "data": "actor/data"}
    settled = filled_by(answers, FORMS.form("practice"), lambda name: known.get(name, ""))
    assert settled["fields"]["qualifiedAttribution"][0]["fields"]["agent"] == ["actor/company-e"]
    assert settled["fields"]["lever"] == ["data"]


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(InputError, match=r"answers.xlsx: the file is empty"):
        FORMS.read(b"", "practice", "answers.xlsx")


def test_a_contributor_cannot_say_what_is_the_house_s_to_say() -> None:
    answers = proposal(exposure=["open"], license=["https://example.org/mine"])
    answers["other"] = {"https://w3id.org/dgekg/ontology#exposure": [{"iri": "https://w3id.org/dgekg/x"}]}
    kept = FORMS.contributed(changed(answers, "hasEvidence", funder=["actor/a"]))
    assert "exposure" not in kept["fields"]
    assert "license" not in kept["fields"]
    assert "other" not in kept
    assert kept["fields"]["hasEvidence"][0]["fields"]["funder"] == ["actor/a"]


def test_answers_that_conform_are_met_with_silence() -> None:
    assert paths(FORMS.check(proposal())) == []


@pytest.mark.parametrize(
    ("answers", "path", "rule"),
    [
        (proposal(title=[]), "title", "Practice-title"),
        (proposal(title=[*english("A"), *english("B")]), "title", "Practice-title-language"),
        (proposal(actsAtStage=[]), "actsAtStage", "Practice-stageLink"),
        (proposal(page=["https://example.org", "javascript:alert(1)"]), "page[1]", "Practice-page"),
        (proposal(page=["no address"]), "page[0]", "Practice-page"),
        (proposal(lever=["procurement", "procurment"]), "lever[1]", "reference"),
        (proposal(lever=["Not a code!"]), "lever[0]", "Practice-lever"),
        (proposal(yearStarted=["last year"]), "yearStarted[0]", "Practice-yearStarted"),
        (changed(proposal(), "qualifiedAttribution", hadRole=["host"]), "qualifiedAttribution", "Practice-leadActor"),
        (evidence(source=[]), "hasEvidence[0].source", "Evidence-source"),
        (evidence(accessedOn=["soon"]), "hasEvidence[0].accessedOn[0]", "Evidence-accessedOn"),
        (evidence(direction=["harm"]), "hasEvidence[0].direction[0]", "Evidence-exists-has-no-direction"),
        (evidence(evidenceLevel=["3"]), "hasEvidence[0].evaluator", "Evidence-level-needs-evaluator"),
    ],
)  # fmt: skip
def test_a_finding_stands_at_its_place(answers: Answers, path: str, rule: str) -> None:
    found = [(one.path, one.finding.rule) for one in FORMS.check(answers)]
    assert (path, rule) in found
    assert len({p for p, _rule in found}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_those_of_validation(language: str, world_sources: Sources) -> None:
    context = world_sources.context
    answers = proposal(title=[], lever=["procurment"], fundedBy=["actor/ministry-see"], page=["x"])
    placed = FORMS.check(answers, language=language, records=context, whole=True, today=TODAY)
    document, _ = documents.of_text("data/practices/x.ttl", FORMS.to_document(answers, today=TODAY).encode())
    examiner = Examiner(Quick(FORMS.shapes), Known({**context, **document.classes}), language)
    wanted = {f.spoken(language).message for f in examiner(document).findings}
    assert {one.finding.message for one in placed} == wanted
    assert len(wanted) > 4


def test_records_that_are_not_there_are_told_where_they_are_known(world_sources: Sources) -> None:
    answers = proposal(fundedBy=["actor/nobody"])
    assert paths(FORMS.check(answers)) == []
    assert paths(FORMS.check(answers, records=world_sources.context)) == ["fundedBy[0]"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "expected an object"),
        ({"kind": "practise"}, "Did you mean practice?"),
        ({"kind": "practice", "fields": {"titel": []}}, "Did you mean title?"),
        ({"kind": "practice", "fields": {"title": "x"}}, "title: found"),
        ({"kind": "practice", "fields": {"title": [{"value": 1}]}}, r"title\[0\].value"),
        ({"kind": "practice", "fields": {"title": [["x"]]}}, r"title\[0\]"),
        ({"kind": "practice", "fields": {"title": ["x"] * 501}}, "501 answers"),
        ({"kind": "practice", "fields": {"title": ["x" * 20_001]}}, "20,001 signs"),
        ({"kind": "practice", "fields": {"title": ["\x00"]}}, "signs that are no text"),
        ({"kind": "practice", "fields": {"title": ["\ud800"]}}, "signs that are no text"),
        ({"kind": "practice", "slug": "../x", "fields": {}}, "slug: found"),
        ({"kind": "practice", "fields": {"hasEvidence": [{"fields": {"source": 1}}]}}, r"hasEvidence\[0\].source"),
        ({"kind": "practice", "fields": {"lever": [{"kind": "actor", "fields": {}}]}}, r"lever\[0\].kind"),
        ({"kind": "practice", "fields": {}, "file": "x"}, "key: found"),
    ],
)
def test_what_has_not_the_shape_of_answers_is_refused_with_its_place(answers: Any, words: str) -> None:
    with pytest.raises((AnswersError, UnknownValue), match=words):
        FORMS.check(answers)


def test_a_document_that_does_not_parse_or_has_no_record_is_refused() -> None:
    with pytest.raises(InputError, match="does not parse"):
        FORMS.from_document("<x> <y>")
    with pytest.raises(InputError, match="no record"):
        FORMS.from_document("<https://example.org/x> <https://example.org/y> 1 .")
