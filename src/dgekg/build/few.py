"""Validation of a few files, fast: what a person waits for after each change.

The other files are not parsed here but loaded as they are into a store, in a process beside this one, which runs
the checks there, while this process gets the SHACL engine ready. Where a file cannot be loaded, or no process
can be started, the whole project is validated instead, with the same findings.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from dgekg import documents
from dgekg.build import checks, ledger
from dgekg.build.derive import DERIVED, VOCABULARY, assemble_texts
from dgekg.build.sources import Sources, vocabulary_files
from dgekg.build.validate import validate
from dgekg.documents import Document
from dgekg.examining.alone import Examiner
from dgekg.examining.quick import Quick
from dgekg.examining.references import Known
from dgekg.findings import Finding, ordered, violation, violations
from dgekg.settings import Project
from dgekg.store.local import LocalStore
from dgekg.vocabulary import RDF_TYPE

Context = dict[str, frozenset[str]]
_DERIVED = NamedNode(DERIVED)
_shared: dict[str, Any] = {}


def validate_few(project: Project, files: Sequence[Path], as_of: dt.date, language: str = "en") -> list[Finding]:
    """Return the findings that concern some files of the records.

    Args:
        project: the folders.
        files: Turtle files below `data/`.
        as_of: the day to reckon from.
        language: language of the messages.
    """
    read = [documents.read(path, project.root) for path in files]
    wanted = [document for document, _ in read]
    findings = [finding for _, found in read for finding in found]
    whole = None if violations(findings) else _beside(project, wanted, as_of, language)
    if whole is None:
        only = [document.file for document in wanted]
        return validate(Sources(project), as_of, language, only)[0]
    findings += whole
    names = {document.file for document in wanted}
    book = ledger.check(project.data / "changes", wanted, project.root, as_of)
    findings += [finding for finding in book if finding.file in names]
    findings = checks.once(findings, project.queries / "checks")
    return ordered(finding.spoken(language) for finding in findings)


def _beside(project: Project, wanted: Sequence[Document], as_of: dt.date, language: str) -> list[Finding] | None:
    """Run the checks in another process and get the shapes ready in this one; None where that cannot be done."""
    if not hasattr(os, "fork"):
        return None
    _shared.update(project=project, wanted=wanted, as_of=as_of, language=language)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        result = pool.apply_async(_whole)
        from dgekg.shapes import Shapes

        shapes = Shapes(project.shapes)
        shapes.prepare({kind for document in wanted for kind in document.kinds})  # takes as long as the checks
        whole = result.get()
    if whole is None:
        return None
    context, others, found = whole
    examiner = Examiner(Quick(shapes), Known(context, others), language)
    return [*found, *(finding for document in wanted for finding in examiner(document).findings)]


def _whole() -> tuple[Context, frozenset[str], list[Finding]] | None:
    project: Project = _shared["project"]
    wanted: Sequence[Document] = _shared["wanted"]
    try:
        store = assemble_texts(project, vocabulary_files(project), documents.of_folder(project.data), _shared["as_of"])
    except SyntaxError:
        return None
    home = {subject: document for document in wanted for subject in document.subjects}
    found = checks.run(store, project.queries / "checks", home, _shared["as_of"], _shared["language"])
    found = [finding for finding in found if finding.file]
    found += [finding for document in wanted for finding in _elsewhere(store, document)]
    context = _classes(store)
    return context, _unclassed(store, wanted, context), found


def _unclassed(store: LocalStore, documents: Sequence[Document], context: Context) -> frozenset[str]:
    """Return what documents refer to that is described without a class; a derived word alone describes nothing."""
    strange = {iri for document in documents for iri in document.content.addresses if iri not in context}
    quads = (quad for iri in strange for quad in store.engine.quads_for_pattern(NamedNode(iri), None, None, None))
    return frozenset(str(getattr(q.subject, "value", "")) for q in quads if q.graph_name != _DERIVED)


def _classes(store: LocalStore) -> Context:
    found: dict[str, set[str]] = {}
    for quad in store.engine.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None):
        found.setdefault(str(getattr(quad.subject, "value", "")), set()).add(str(getattr(quad.object, "value", "")))
    return {iri: frozenset(kinds) for iri, kinds in found.items()}


def _elsewhere(store: LocalStore, document: Document) -> list[Finding]:
    """Find the subjects of a document that another file describes too."""
    findings = []
    for subject in sorted(document.subjects):
        quads = store.engine.quads_for_pattern(NamedNode(subject), None, None, None)
        graphs = {str(getattr(quad.graph_name, "value", "")) for quad in quads}
        others = sorted(graphs - {document.graph, DERIVED, VOCABULARY})
        if others:
            other = f"data/{others[0].split('/graph/', 1)[-1]}.ttl"
            line = document.line_of(subject)
            findings.append(
                violation("one-file", "one-file", document.file, line, record=subject, values={"other": other})
            )
    return findings
