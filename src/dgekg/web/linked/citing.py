"""How a record is cited: in words, as BibTeX, RIS and CSL-JSON; `/id/{kind}/{slug}.bib`, `.ris`, `.csl.json`.

What is cited is the record in this collection and its version, never the work of the practice itself: its authors
are those who publish the collection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from dgekg import formats
from dgekg.formats import Format
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked import records

FORMATS = (formats.BIBTEX, formats.RIS, formats.CSL)
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True, slots=True)
class Citation:
    """What every form of a citation says."""

    key: str
    title: str
    tongue: str
    author: str
    container: str
    version: str
    date: str
    address: str

    @property
    def year(self) -> str:
        """The year of the version."""
        return self.date[:4]


def split(path: str) -> tuple[str, Format | None]:
    """Return a path without the suffix of a citation, and which; None where it has none.

    >>> split("/id/practice/x.csl.json")[1].suffix, split("/id/practice/x.json")
    ('csl.json', ('/id/practice/x.json', None))
    """
    for kind in FORMATS:
        if path.endswith(f".{kind.suffix}"):
            return path.removesuffix(f".{kind.suffix}"), kind
    return path, None


def of(visit: Visit, iri: str) -> Citation:
    """Return the citation of a record, in the version at hand."""
    return Citation(
        iri.rsplit("/", 1)[-1],
        records.read_title(visit, iri),
        visit.tongue(iri) or visit.language,
        visit.house.settings.publisher,
        visit.t("site.name"),
        visit.observatory.version[:16],
        visit.observatory.as_of.isoformat(),
        iri,
    )


def text(visit: Visit, cited: Citation) -> str:
    """Return the citation in words."""
    words = visit.t("practice.cite_in", container=cited.container, version=cited.version, date=cited.date)
    return f"{cited.author}. {cited.year}. “{cited.title}”. {words} {cited.address}."


def written(visit: Visit, iri: str, kind: Format) -> str:
    """Return the citation of a record as BibTeX, RIS or CSL-JSON."""
    cited = of(visit, iri)
    return {formats.BIBTEX: _bibtex, formats.RIS: _ris, formats.CSL: _csl}[kind](cited)


def _bibtex(cited: Citation) -> str:
    fields = {
        "author": f"{{{cited.author.translate(_TEX)}}}",
        "title": f"{{{cited.title.translate(_TEX)}}}",
        "howpublished": cited.container.translate(_TEX),
        "year": cited.year,
        "date": cited.date,
        "version": cited.version,
        "url": cited.address,
        "note": f"Licence: {LICENCE}",
        "langid": {"en": "english", "fr": "french", "es": "spanish"}.get(cited.tongue, cited.tongue),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{dgekg-{cited.key}-{cited.version},\n{lines}\n}}\n"


def _ris(cited: Citation) -> str:
    lines = (
        ("TY", "DBASE"),
        ("ID", f"dgekg-{cited.key}-{cited.version}"),
        ("AU", cited.author),
        ("TI", " ".join(cited.title.split())),
        ("T2", cited.container),
        ("PY", cited.year),
        ("DA", cited.date.replace("-", "/")),
        ("ET", cited.version),
        ("LA", cited.tongue),
        ("UR", cited.address),
        ("N1", f"Licence: {LICENCE}"),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def _csl(cited: Citation) -> str:
    item = {
        "id": f"dgekg-{cited.key}-{cited.version}",
        "type": "entry",
        "title": cited.title,
        "author": [{"literal": cited.author}],
        "container-title": cited.container,
        "issued": {"date-parts": [[int(part) for part in cited.date.split("-")]]},
        "version": cited.version,
        "language": cited.tongue,
        "URL": cited.address,
        "license": LICENCE,
    }
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"
