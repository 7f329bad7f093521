"""Reading a file: what it says, whatever its layout, and what it seems to say where it does not parse."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pyoxigraph import Literal

from dgekg import documents, processes
from dgekg.build import Sources
from dgekg.documents import Document
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE

HEAD = f"@base <{BASE}> . @prefix dgekg: <{BASE}ontology#> . @prefix dct: <{PREFIXES['dct']}> .\n"


def read(folder: Path, text: str, name: str = "thing.ttl") -> Document:
    file = folder / name
    file.write_text(HEAD + text, encoding="utf-8")
    return documents.read(file, folder)[0]


def test_a_digest_is_that_of_the_sorted_triples(world_sources: Sources) -> None:
    for document in world_sources.records:
        lines = sorted({f"{t.subject} {t.predicate} {t.object} ." for t in document.triples})
        assert document.digest == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_layout_and_repetition_do_not_change_a_digest(tmp_path: Path) -> None:
    one = read(tmp_path, '<id/system/a> a dgekg:AISystem ; dct:title "é\\n\\"x\\""@en , "b"@fr .')
    two = read(
        tmp_path,
        '<id/system/a> dct:title "b"@fr .\n<id/system/a> a dgekg:AISystem, dgekg:AISystem ;\n'
        ' dct:title """é\n"x\\""""@en .',
    )
    assert one.digest == two.digest
    assert one.classes == two.classes == {f"{BASE}id/system/a": frozenset({f"{BASE}ontology#AISystem"})}


def test_what_a_document_says_by_subject_and_property(tmp_path: Path) -> None:
    document = read(tmp_path, '<id/system/a> a dgekg:AISystem ; dct:title "t"@en ; dct:source <https://example.org/> .')
    content = document.content
    assert content.plain
    assert content.said == {
        f"{BASE}id/system/a": {
            RDF_TYPE: [f"{BASE}ontology#AISystem"],
            PREFIXES["dct"] + "title": [Literal("t", language="en")],
            PREFIXES["dct"] + "source": ["https://example.org/"],
        }
    }
    assert content.addresses == {f"{BASE}ontology#AISystem", "https://example.org/"}
    assert document.references == {"https://example.org/"}
    assert document.kinds == {f"{BASE}ontology#AISystem"}


@pytest.mark.parametrize("odd", ["[ ]", '( "x" )', "<< <id/a> <id/b> <id/c> >>"])
def test_what_is_no_address_or_literal_is_not_plain(tmp_path: Path, odd: str) -> None:
    assert not read(tmp_path, f"<id/system/a> a dgekg:AISystem ; dct:relation {odd} .").content.plain


def test_a_file_that_does_not_parse_seems_to_describe_what_begins_its_lines(tmp_path: Path) -> None:
    broken = read(tmp_path, f"<id/system/a> a dgekg:AISystem ;; ]\n<{BASE}id/system/b> a\n  <id/system/c> .\n<id/x")
    assert broken.likely == {f"{BASE}id/system/a", f"{BASE}id/system/b"}
    assert (broken.triples, broken.digest, dict(broken.classes)) == ((), "", {})
    assert read(tmp_path, "<id/system/a> a dgekg:AISystem .").likely == frozenset()


@pytest.mark.parametrize(
    ("prop", "found", "line"),
    [
        ("", "", 2),
        ("dct:title", "", 3),
        ("dct:extent", "1", 4),
        ("", "1", 2),  # a bare number stands anywhere
        ("", f"{BASE}scheme/region/001", 5),
        ("dgekg:inRegion", f"{BASE}scheme/region/001", 5),
        ("dct:absent", "", 2),
    ],
)
def test_the_line_that_speaks_of_a_value(tmp_path: Path, prop: str, found: str, line: int) -> None:
    text = (
        '<id/system/a> a dgekg:AISystem ;\n    dct:title "1"@en ;\n    dct:extent 1 ;\n'
        "    dgekg:inRegion <scheme/region/001> .\n\n<id/system/b>\n    dct:absent 1 .\n"
    )
    assert read(tmp_path, text).line_of(f"{BASE}id/system/a", prop, found) == line


def test_many_files_are_read_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parent / "world"
    files = documents.of_folder(root / "data")
    alone, _ = documents.read_all(files, root)
    monkeypatch.setattr(processes, "MANY", 2)
    shared, findings = documents.read_all(files, root)
    assert findings == []
    assert [(d.file, d.digest, dict(d.classes)) for d in shared] == [(d.file, d.digest, dict(d.classes)) for d in alone]
