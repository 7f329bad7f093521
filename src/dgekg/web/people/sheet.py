"""A sheet that somebody can fill in with any program for tables: what the shapes ask, in words, with room to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dgekg import identifiers
from dgekg.coverage.rows import walk
from dgekg.distributions import fields
from dgekg.tables import csv_text
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit

_DCT, _PROV = PREFIXES["dct"], PREFIXES["prov"]
_MOST_CHOICES = 60
_MARK = "\ufeff"  # by which a spreadsheet knows that accents are written in UTF-8

# Which parts of which kind of record a sheet asks for, and the scheme that an answer is chosen from ("" for free text).
_PRACTICE = {
    _DCT + "title": "",
    _DCT + "description": "",
    "practiceType": "kind",
    "approach": "approach",
    "lever": "lever",
    "actsAtStage": "stage",
    "governsStage": "stage",
    "enablesStage": "stage",
    "addressesGroup": "group",
    "inRegion": "region",
    "yearStarted": "",
    "operationalStatus": "status",
    "ledByGroup": "group",
    "participationMode": "participation-mode",
}
_ROLE = {_PROV + "agent": "", _PROV + "hadRole": "role"}
_EVIDENCE = {
    _DCT + "source": "",
    "accessedOn": "",
    _DCT + "language": "",
    _DCT + "description": "",
    "evidenceType": "evidence-type",
    "evidenceLevel": "evidence-level",
    "speaksTo": "evidence-scope",
    "direction": "direction",
    "aboutGroup": "group",
}
_SEARCH = {
    "cellStage": "stage",
    "cellGroup": "group",
    "cellRegion": "region",
    "cellKind": "kind",
    "cellLever": "lever",
    "rationale": "",
    _DCT + "date": "",
}
SHEETS: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]] = {
    "practice": (("practice", _PRACTICE), ("attribution", _ROLE), ("evidence", _EVIDENCE)),
    "search": (("coverage", _SEARCH),),
}
NEEDED = frozenset(
    {"practiceType", "approach", "lever", "addressesGroup", "inRegion", "accessedOn", "speaksTo", "rationale"}
    | {_DCT + name for name in ("title", "description", "source", "date")}
    | {_PROV + "agent", _PROV + "hadRole"}
)


def text(visit: Visit, name: str) -> str:
    """Return a sheet as CSV: about what, the question, help, what to choose from, whether needed, room to answer."""
    said = fields.foreseen(visit.observatory.project.shapes)
    head = [visit.t(f"sheet.{key}") for key in ("part", "question", "help", "choices", "needed", "answer")]
    rows = []
    for kind, asked in SHEETS[name]:
        for short, scheme in asked.items():
            seen = said.get(kind, {}).get(short if short.startswith("http") else identifiers.term(short))
            if seen is None:
                continue
            question, help_ = (_spoken(words, visit.language) for words in (seen.names, seen.texts))
            needed = visit.t("yes") if short in NEEDED else ""
            rows.append([visit.t(f"kind.{kind}"), question, help_, _choices(visit, scheme), needed, ""])
    return _MARK + csv_text(head, rows)


def _spoken(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words.get("en", "")


def _choices(visit: Visit, scheme: str) -> str:
    """Return what an answer is chosen from: the labels, or where to read them if there are many."""
    if not scheme:
        return ""
    home = identifiers.scheme(scheme)
    rows = [iri for iri, _depth in walk(visit.observatory.index.hierarchy.get(home, {}))]
    found = rows or sorted(visit.snapshot.classes.under(home + "/"), key=visit.label)
    if len(found) > _MOST_CHOICES:
        return visit.absolute(identifiers.path_of(home) + ".html")
    return "; ".join(visit.label(iri) for iri in found)
