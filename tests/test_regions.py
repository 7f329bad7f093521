"""The region scheme is what the packages say, and what the United Nations' tree is known to be."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS

from dgekg.identifiers import concept, scheme, term
from dgekg.importers.regions import NAMES_OF_OURS, PACKAGES, RETIRED, WORLD, build_region_scheme, read_places

COMMITTED = Path(__file__).parents[1] / "ontology" / "schemes" / "region.ttl"
GROUPINGS = COMMITTED.with_name("region-groupings.ttl")
ISO3 = URIRef(term("iso3"))
LANGUAGE = URIRef(term("officialLanguage"))


@pytest.fixture(scope="module")
def regions() -> Graph:
    return Graph().parse(COMMITTED)


def place(code: str) -> URIRef:
    return URIRef(concept("region", code))


def chain(graph: Graph, code: str) -> list[str]:
    codes = [code]
    while (parent := graph.value(place(codes[-1]), SKOS.broader)) is not None:
        codes.append(str(parent).rsplit("/", 1)[1])
    return codes


def test_the_committed_file_is_what_the_packages_give(tmp_path: Path) -> None:
    out = tmp_path / "region.ttl"
    count = build_region_scheme(out)
    assert count == len(set(Graph().parse(out).subjects(SKOS.inScheme, None)))
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    if f"# From {used}.\n" not in COMMITTED.read_text(encoding="utf-8"):
        pytest.skip(f"other versions are installed ({used}): run the importer, look at the difference")
    assert out.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")


def test_same_input_same_bytes(tmp_path: Path) -> None:
    build_region_scheme(tmp_path / "a.ttl")
    build_region_scheme(tmp_path / "b.ttl")
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()


def test_a_tree_with_one_root(regions: Graph) -> None:
    everything = set(regions.subjects(RDF.type, URIRef(term("Region"))))
    roots = {node for node in everything if (node, SKOS.broader, None) not in regions}
    assert roots == {place(WORLD)}
    assert set(regions.objects(URIRef(scheme("region")), SKOS.hasTopConcept)) == roots
    for node in everything:
        assert len(list(regions.objects(node, SKOS.broader))) == (0 if node in roots else 1)
        assert chain(regions, str(node).rsplit("/", 1)[1])[-1] == WORLD


def test_every_country_has_its_iso_code_and_nothing_else_has_one(regions: Graph) -> None:
    parents = set(regions.objects(None, SKOS.broader))
    everything = set(regions.subjects(RDF.type, URIRef(term("Region"))))
    countries = everything - parents
    assert len(countries) == 248
    assert set(regions.subjects(ISO3, None)) == countries
    codes = [str(code) for code in regions.objects(None, ISO3)]
    assert len(codes) == len(set(codes)) == 248
    assert all(len(code) == 3 and code.isupper() for code in codes)


@pytest.mark.parametrize(
    "expected",
    [
        ["404", "014", "202", "002", "001"],  # Kenya: Eastern Africa, Sub-Saharan Africa, Africa
        ["566", "011", "202", "002", "001"],  # Nigeria
        ["818", "015", "002", "001"],  # Egypt: Northern Africa has no intermediate region
        ["124", "021", "019", "001"],  # Canada: Northern America
        ["484", "013", "419", "019", "001"],  # Mexico: Central America
        ["388", "029", "419", "019", "001"],  # Jamaica: Caribbean
        ["076", "005", "419", "019", "001"],  # Brazil: South America
        ["792", "145", "142", "001"],  # Türkiye: Western Asia
        ["196", "145", "142", "001"],  # Cyprus: Western Asia, not Europe as in CLDR
        ["364", "034", "142", "001"],  # Iran: Southern Asia
        ["704", "035", "142", "001"],  # Viet Nam: South-eastern Asia
        ["826", "154", "150", "001"],  # United Kingdom: Northern Europe
        ["554", "053", "009", "001"],  # New Zealand: Australia and New Zealand
        ["732", "015", "002", "001"],  # Western Sahara
        ["275", "145", "142", "001"],  # State of Palestine
        ["010", "001"],  # Antarctica hangs beneath the world
    ],
)
def test_where_the_united_nations_puts_it(regions: Graph, expected: list[str]) -> None:
    assert chain(regions, expected[0]) == expected


def test_the_five_regions(regions: Graph) -> None:
    beneath = {str(node).rsplit("/", 1)[1] for node in regions.subjects(SKOS.broader, place(WORLD))}
    assert beneath == {"002", "009", "010", "019", "142", "150"}


@pytest.mark.parametrize("code", ["158", "680", "830", "003", "383"])
def test_what_the_united_nations_does_not_list_is_absent(regions: Graph, code: str) -> None:
    assert (place(code), None, None) not in regions


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("404", ("Kenya", "Kenya", "Kenya")),
        (
            "419",
            ("Latin America and the Caribbean", "Amérique latine et Caraïbes", "América Latina y el Caribe"),
        ),
        ("035", ("South-eastern Asia", "Asie du Sud-Est", "Sudeste asiático")),
        ("276", ("Germany", "Allemagne", "Alemania")),
    ],
)
def test_names(regions: Graph, code: str, names: tuple[str, str, str]) -> None:
    wanted = {Literal(name, lang=language) for name, language in zip(names, ("en", "fr", "es"), strict=True)}
    assert set(regions.objects(place(code), SKOS.prefLabel)) == wanted


def test_every_place_is_complete(regions: Graph) -> None:
    status = URIRef(term("labelReviewStatus"))
    for node in set(regions.subjects(RDF.type, URIRef(term("Region")))):
        code = str(node).rsplit("/", 1)[1]
        for name in (SKOS.prefLabel, SKOS.definition):
            assert sorted(str(text.language) for text in regions.objects(node, name)) == ["en", "es", "fr"]  # type: ignore[attr-defined]
        assert list(regions.objects(node, SKOS.notation)) == [Literal(code)]
        match = f"http://metadata.un.org/sdg/codes/geoArea/{code}"
        assert list(regions.objects(node, SKOS.exactMatch)) == [URIRef(match)]
        wanted = "drafted" if code in NAMES_OF_OURS else "from-package"
        assert list(regions.objects(node, status)) == [URIRef(concept("label-status", wanted))]


@pytest.mark.parametrize(
    ("code", "languages"),
    [
        ("404", {"en", "sw"}),
        ("124", {"en", "fr"}),
        ("604", {"es", "qu"}),
        ("710", {"af", "en", "nr", "nso", "ss", "st", "tn", "ts", "ve", "xh", "zu"}),
    ],
)
def test_official_languages(regions: Graph, code: str, languages: set[str]) -> None:
    assert {str(language) for language in regions.objects(place(code), LANGUAGE)} == languages


def test_what_is_retired_is_not_read() -> None:
    assert not RETIRED & set(read_places())


def test_groupings_hold_only_countries_of_the_scheme_and_say_when_and_from_where(regions: Graph) -> None:
    graph = Graph().parse(GROUPINGS)
    sizes = {}
    for grouping in set(graph.subjects(RDF.type, SKOS.Collection)):
        members = list(graph.objects(grouping, SKOS.member))
        assert all((member, ISO3, None) in regions for member in members), grouping
        for name in ("title", "date", "source", "description"):
            assert (grouping, URIRef(f"http://purl.org/dc/terms/{name}"), None) in graph, (grouping, name)
        sizes[str(grouping).rsplit("/", 1)[1]] = len(members)
    assert sizes == {
        "african-union-2017": 55,
        "council-of-europe-2022": 46,
        "european-union-2020": 27,
        "gpai-2023": 28,
        "gpai-integrated-2024": 44,
    }
    assert (None, SKOS.broader, None) not in graph
