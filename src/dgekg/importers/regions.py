"""Write the region scheme: the United Nations' tree of places (M49), from maintained packages.

    python -m dgekg.importers.regions ontology/schemes/region.ttl

Which package says what, since no single one has everything:

* **hdx-python-country** ships the tree (world, region, sub-region, intermediate region, country or area),
  the M49 and ISO 3166 codes, and the names of countries in English, French and Spanish as M49 has them.
* **babel** (CLDR) has the French and Spanish names of the regions and the official languages of territories.
  CLDR's own containment is *not* the United Nations' and is not used.
* **pycountry** (ISO 3166) is asked whether each pair of numeric and three-letter code belongs together.

An area is taken in if the table gives it an M49 name: so Taiwan, Kosovo and Sark, which M49 does not name,
are not here (see the scheme `place`). Antarctica hangs directly beneath the world, as in M49. The same input
gives the same file, byte for byte; the versions used stand in its head.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pycountry
from babel import Locale
from babel.languages import get_official_languages

from dgekg.errors import SourceError
from dgekg.identifiers import concept, path_of, scheme
from dgekg.vocabulary import LANGUAGES, PREFIXES

PACKAGES = ("babel", "hdx-python-country", "pycountry")
WORLD = "001"
GEO_AREA = "http://metadata.un.org/sdg/codes/geoArea/"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

Labels = Mapping[str, str]

RETIRED = frozenset({"830"})
"""Channel Islands: a grouping that the United Nations' current table no longer has."""

NAMES_OF_OURS: Mapping[str, Labels] = {
    "053": {"fr": "Australie et Nouvelle-Zélande", "es": "Australia y Nueva Zelandia"},
    "057": {"fr": "Micronésie", "es": "Micronesia"},
    "419": {"fr": "Amérique latine et Caraïbes", "es": "América Latina y el Caribe"},
}
"""Where CLDR names something else under the same code ("Latin America" for 419); drafted by us."""

REGIONAL_IS_NATIONAL = frozenset({"ZA"})
"""South Africa's constitution makes eleven written languages official; CLDR files ten of them as regional."""

NOUNS: Mapping[str, Labels] = {
    "Region": {"en": "Region", "fr": "Région", "es": "Región"},
    "Sub-region": {"en": "Sub-region", "fr": "Sous-région", "es": "Subregión"},
    "Intermediate Region": {
        "en": "Intermediate region",
        "fr": "Région intermédiaire",
        "es": "Región intermedia",
    },
    "area": {"en": "Country or area", "fr": "Pays ou zone", "es": "País o zona"},
}
WITHIN: Labels = {
    "en": "{noun} in the statistical classification of the United Nations (M49), within {parent}.",
    "fr": "{noun} de la classification statistique des Nations Unies (M49), dans la subdivision « {parent} ».",
    "es": "{noun} de la clasificación estadística de las Naciones Unidas (M49), dentro de la subdivisión «{parent}».",
}
WHOLE_WORLD: Labels = {
    "en": "The whole world: where something is said of no place in particular or of every place.",
    "fr": "Le monde entier : ce qui est dit d'aucun lieu en particulier ou de tous les lieux.",
    "es": "El mundo entero: lo que se dice de ningún lugar en particular o de todos los lugares.",
}
TITLE: Labels = {"en": "Region", "fr": "Région", "es": "Región"}
DESCRIPTION: Labels = {
    "en": "Places by the M49 classification of the United Nations, from the world to countries and areas; "
    "its names take no position on the status of any place.",
    "fr": "Lieux selon la classification M49 des Nations Unies, du monde jusqu'aux pays et zones ; "
    "les noms n'expriment aucune position sur le statut d'un lieu.",
    "es": "Lugares según la clasificación M49 de las Naciones Unidas, desde el mundo hasta países y zonas; "
    "los nombres no expresan posición alguna sobre el estatuto de ningún lugar.",
}
HEAD = "@base <https://w3id.org/dgekg/> .\n" + "".join(
    f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in ("dgekg", "dct", "skos")
)


@dataclass(frozen=True, slots=True)
class Place:
    """One node of the tree; `parent` is empty for the world only, `iso3` for everything but countries."""

    code: str
    level: str
    labels: Labels
    parent: str
    iso3: str = ""
    languages: tuple[str, ...] = ()

    @property
    def label_status(self) -> str:
        """Return the code in the scheme `label-status`."""
        return "drafted" if self.code in NAMES_OF_OURS else "from-package"


def build_region_scheme(out: Path) -> int:
    """Write the scheme to `out` and return the number of concepts in it."""
    places = read_places()
    blocks = [_head(), _scheme_block(), *(_block(places[code], places) for code in sorted(places))]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(blocks), encoding="utf-8", newline="\n")
    return len(places)


def read_places() -> dict[str, Place]:
    """Return every place by its three-digit code, from the packages installed."""
    places = {WORLD: Place(WORLD, "world", _region_labels(WORLD, "World"), "")}
    for row in _rows():
        if not row["M49 English"]:
            continue
        parent = WORLD
        for level in ("Region", "Sub-region", "Intermediate Region"):
            code = _digits(row[f"{level} Code"])
            if not code or code in RETIRED:
                continue
            known = places.get(code)
            if known is None:
                places[code] = Place(code, level, _region_labels(code, row[f"{level} Name"]), parent)
            elif known.parent != parent:
                raise SourceError(f"regions: {code} stands under {known.parent} and {parent}; a tree has one.")
            parent = code
        country = _country(row, parent)
        if country.code in places:
            raise SourceError(f"regions: {country.code} is given twice, the second time as {country.iso3}.")
        places[country.code] = country
    return places


def official_languages(alpha2: str) -> tuple[str, ...]:
    """Return the BCP 47 codes of the languages official in the whole of a territory, in law or in fact.

    >>> official_languages("KE"), official_languages("CA")
    (('en', 'sw'), ('en', 'fr'))
    """
    found = get_official_languages(alpha2, regional=alpha2 in REGIONAL_IS_NATIONAL, de_facto=True)
    return tuple(sorted(code.replace("_", "-") for code in found))


def _rows() -> Iterator[dict[str, str]]:
    tables = [entry for entry in files("hdx.location").iterdir() if entry.name.endswith(".csv")]
    if len(tables) != 1:
        raise SourceError(f"regions: hdx-python-country holds {len(tables)} tables, expected one.")
    yield from csv.DictReader(io.StringIO(tables[0].read_text(encoding="utf-8")))


def _country(row: Mapping[str, str], parent: str) -> Place:
    code, iso3 = _digits(row["m49 numerical code"]), row["ISO 3166-1 Alpha 3-Codes"]
    known = pycountry.countries.get(numeric=code)
    if known is None or known.alpha_3 != iso3:
        other = known.alpha_3 if known else "unknown"
        raise SourceError(f"regions: {code} is {iso3} in the table but {other} in ISO 3166; look at both.")
    labels = {"en": row["M49 English"], "fr": row["M49 French"], "es": row["M49 Spanish"]}
    return Place(code, "area", _tidy(labels, code), parent, iso3, official_languages(row["ISO 3166-1 Alpha 2-Codes"]))


def _region_labels(code: str, english: str) -> Labels:
    cldr = {language: Locale(language).territories.get(code, "") for language in LANGUAGES}
    return _tidy({**cldr, "en": english, **NAMES_OF_OURS.get(code, {})}, code)


def _tidy(labels: Mapping[str, str], code: str) -> Labels:
    tidy = {language: " ".join(labels[language].split()) for language in LANGUAGES}
    for language, text in tidy.items():
        if not text:
            raise SourceError(f"regions: {code} has no name in {language}; add one to NAMES_OF_OURS.")
    return tidy


def _digits(code: str) -> str:
    return code.strip().zfill(3) if code.strip() else ""


def _head() -> str:
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"# Written by `python -m dgekg.importers.regions`; do not edit by hand.\n# From {used}.\n{HEAD}"


def _scheme_block() -> str:
    lines = [f"{_iri(scheme('region'))}", "    a skos:ConceptScheme ;"]
    lines += _texts("dct:title", TITLE) + _texts("dct:description", DESCRIPTION)
    lines += [f"    skos:hasTopConcept {_iri(concept('region', WORLD))} ;", f"    dct:license <{LICENCE}> ."]
    return "\n".join(lines) + "\n"


def _block(place: Place, places: Mapping[str, Place]) -> str:
    lines = [_iri(concept("region", place.code)), "    a skos:Concept, dgekg:Region ;"]
    lines.append(f"    skos:inScheme {_iri(scheme('region'))} ;")
    if place.parent:
        lines.append(f"    skos:broader {_iri(concept('region', place.parent))} ;")
        parent = places[place.parent].labels
        definition = {
            language: WITHIN[language].format(noun=NOUNS[place.level][language], parent=parent[language])
            for language in LANGUAGES
        }
    else:
        lines.append(f"    skos:topConceptOf {_iri(scheme('region'))} ;")
        definition = dict(WHOLE_WORLD)
    lines += _texts("skos:prefLabel", place.labels) + _texts("skos:definition", definition)
    lines.append(f'    skos:notation "{place.code}" ;')
    if place.iso3:
        lines.append(f'    dgekg:iso3 "{place.iso3}" ;')
    lines += [f'    dgekg:officialLanguage "{language}" ;' for language in place.languages]
    lines.append(f"    skos:exactMatch <{GEO_AREA}{place.code}> ;")
    lines.append(f"    dgekg:labelReviewStatus {_iri(concept('label-status', place.label_status))} .")
    return "\n".join(lines) + "\n"


def _texts(name: str, labels: Labels) -> list[str]:
    return [f"    {name} {_quoted(labels[language])}@{language} ;" for language in LANGUAGES]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _iri(iri: str) -> str:
    return f"<{path_of(iri)[1:]}>"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m dgekg.importers.regions OUT")
    print(f"{build_region_scheme(Path(sys.argv[1]))} places")
