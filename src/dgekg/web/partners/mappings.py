"""`/download/mappings.sssom.tsv`: what of ours is mapped to other vocabularies, as SSSOM (w3id.org/sssom).

The mappings stand in `ontology/alignments/`; nothing is added here. How each was found is not recorded there, so that
the justification is the one that SSSOM has for that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import yaml
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats
from dgekg.vocabulary import BASE, PREFIXES
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import query

NAME = "mappings.sssom.tsv"
COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification", "comment")
_JUSTIFIED = "semapv:UnspecifiedMatching"
_KNOWN = {
    **PREFIXES,
    "airo": "https://w3id.org/airo#",
    "dpv": "https://w3id.org/dpv#",
    "dpv-ai": "https://w3id.org/dpv/ai#",
    "dpv-risk": "https://w3id.org/dpv/risk#",
    "dpv-aiact": "https://w3id.org/dpv/legal/eu/aiact#",
    "eu-rights": "https://w3id.org/dpv/rights/eu#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "sdg": "http://metadata.un.org/sdg/",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
    "obo": "http://purl.obolibrary.org/obo/",
    "scheme": f"{BASE}scheme/",
    "semapv": "https://w3id.org/semapv/vocab/",
}


def mappings(house: House, request: Request) -> Response:
    """`/download/mappings.sssom.tsv`."""
    visit = Visit(house, request)
    headers = {"Link": link_header([(LICENCE, "license", "")])}
    headers["Content-Disposition"] = f'inline; filename="dgekg-{visit.observatory.version[:12]}-{NAME}"'
    return visit.answer(formats.TSV, lambda: text_of(visit), headers)


def text_of(visit: Visit) -> str:
    """Return the mappings as SSSOM's table, its header in comments."""
    pinned = _pinned(visit.observatory.project.ontology / "alignments" / "pinned-iris.csv")
    prefixes: dict[str, str] = {"semapv": _KNOWN["semapv"]}
    rows = []
    for subject, relation, target in visit.observatory.store.select(query("mappings")).rows:
        if subject is None or relation is None or target is None:
            continue
        short = [_short(term.value, prefixes) for term in (subject, relation, target)]
        label = visit.observatory.names.label(subject.value, "en")
        rows.append([short[0], label, short[1], short[2], _JUSTIFIED, pinned.get(target.value, "")])
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(rows))
    return _header(visit, prefixes) + out.getvalue()


def _header(visit: Visit, prefixes: Mapping[str, str]) -> str:
    about = {
        "mapping_set_id": f"{BASE}mappings",
        "mapping_set_version": visit.observatory.version,
        "mapping_set_title": "dgekg: mappings to other vocabularies",
        "mapping_set_description": (
            "Classes, properties and concepts of the ontology, beside those of other vocabularies. `comment` names the "
            "release that each target was looked up in."
        ),
        "license": LICENCE,
        "publication_date": visit.observatory.as_of.isoformat(),
        "curie_map": dict(sorted(prefixes.items())),
    }
    text = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"#{line}\n" for line in text.splitlines())


def _short(iri: str, prefixes: dict[str, str]) -> str:
    """Return an IRI in short, and keep its prefix; the longest known namespace counts.

    >>> _short("https://w3id.org/dgekg/scheme/stage/data", {})
    'scheme:stage/data'
    """
    fitting = [(space, name) for name, space in _KNOWN.items() if iri.startswith(space) and len(iri) > len(space)]
    if fitting:
        space, name = max(fitting, key=lambda pair: (len(pair[0]), pair[1]))
    else:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        space = iri[:cut]
        name = next(
            (n for n, s in prefixes.items() if s == space), f"other{sum(n.startswith('other') for n in prefixes) + 1}"
        )
    prefixes[name] = space
    return f"{name}:{iri[len(space) :]}"


def _pinned(file: Path) -> dict[str, str]:
    """Return the vocabulary and release that each target was looked up in; nothing where no list is at hand."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["iri"]: f"{row['vocabulary']} {row['version_or_date']}" for row in csv.DictReader(lines)}
