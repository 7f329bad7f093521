"""Terms of others' vocabularies beside concepts of ours: compared with the alignments that stand, and proposed.

An alignment is a judgement, so none is written into the vocabulary by a machine: what is not there yet goes to a file
of its own below the source's folder, for a person to read and move to `ontology/alignments/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from dgekg import identifiers
from dgekg.importers import base, rows, sidecar
from dgekg.importers.convert import Converted, Converter
from dgekg.importers.fields import Holds, Plain, Words
from dgekg.importers.records import Taken
from dgekg.importers.rejected import Rejected
from dgekg.importers.task import Outcome, Task
from dgekg.importers.trouble import Trouble, stops, violation, warning
from dgekg.lookup import Names
from dgekg.settings import Project
from dgekg.vocabulary import BASE, PREFIXES

FILE = "proposed.nt"
RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_NEAR = 88.0
_SKOS = PREFIXES["skos"]
_SCHEMES = ("right", "risk", "stage", "group", "lever", "kind", "application-sector", "region", "evidence-type")
FIELDS = Plain(
    {
        "term": Holds("iri", most=1),
        "label": Holds("text"),
        "definition": Holds("text"),
        **{f"{relation}.{scheme}": Holds("concept", (scheme,)) for relation in RELATIONS for scheme in _SCHEMES},
        "near": Holds("text"),
    }
)


def run(task: Task) -> Outcome:
    """Compare a table of terms with the alignments that stand; propose what is new. Errors as `running.run`."""
    names, _store = base.vocabulary(task.project, task.how.today)
    converter = Converter(task.mapping, FIELDS, Words(names))
    standing = _standing(task.project)
    done, proposed = Outcome(), set[Quad]()
    rejected = Rejected(rows.beside(task, task.rejected, "rejected"))
    for row, columns, said in rows.rows_of(task, converter, done):
        state = _take(said, standing, names, proposed)
        rows.told(task, done, rejected, row, columns, Taken(state, said.troubles))
    rejected.close()
    done.rejected, done.changed = rejected.written, bool(proposed)
    if not task.dry and proposed:
        folder = sidecar.folder(task.project, task.source.id)
        folder.mkdir(parents=True, exist_ok=True)
        data = serialize(sorted(proposed, key=str), format=RdfFormat.N_TRIPLES) or b""
        (folder / FILE).write_bytes(data)
        (folder / sidecar.NAME).write_text(task.source.text, "utf-8")
    return done


def _take(said: Converted, standing: Mapping[str, set[str]], names: Names, proposed: set[Quad]) -> str:
    if stops(said.troubles):
        return "refused"
    term = str(next(iter(said.said.get("term", ())), ""))
    if not term:
        said.troubles.append(violation("row.nothing", said.place))
        return "refused"
    said_now = {(path.partition(".")[0], path.partition(".")[2], str(code)) for path, values in said.said.items()
                if path.partition(".")[0] in RELATIONS for code in values}  # fmt: skip
    if not said_now:
        said.troubles.append(_unmatched(said, term, standing, names))
        return "unchanged"
    state = "unchanged"
    for relation, scheme, code in sorted(said_now):
        ours = identifiers.concept(scheme, code)
        if ours in standing.get(term, ()):
            continue
        state = "new"
        proposed.add(Quad(NamedNode(ours), NamedNode(_SKOS + relation), NamedNode(term)))
    return state


def _unmatched(said: Converted, term: str, standing: Mapping[str, set[str]], names: Names) -> Trouble:
    """Return what to say of a term for which the mapping names no concept."""
    there = ", ".join(sorted(identifiers.compact(iri) for iri in standing.get(term, ())))
    if there:
        return warning("alignment.there", said.place, term, {"ours": there})
    label = str(next(iter(said.said.get("label", ())), ""))
    known = {names.label(iri): iri for iri in names.known if iri.startswith(identifiers.scheme("right"))}
    hits = process.extract(
        label, known.keys(), scorer=fuzz.token_set_ratio, processor=default_process, score_cutoff=_NEAR
    )
    close = ", ".join(text for text, _score, _key in hits[:2]) if label else ""
    return warning("alignment.near" if close else "alignment.none", said.place, term, {"near": close})


def _standing(project: Project) -> dict[str, set[str]]:
    """Return outside term -> concepts of ours that an alignment puts beside it."""
    found: dict[str, set[str]] = {}
    for path in sorted(Path(project.ontology / "alignments").glob("*.ttl")):
        for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=BASE):
            if quad.predicate.value.startswith(_SKOS) and not isinstance(quad.object, Literal):
                ours, theirs = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
                found.setdefault(theirs, set()).add(ours)
    return found
