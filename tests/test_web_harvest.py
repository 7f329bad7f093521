"""What harvesters meet: catalogue, statistics, collections, files with checksums, sitemap, schema.org."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, Quad, RdfFormat

from dgekg import formats, identifiers, partitions, versions
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.web.app import create_app
from dgekg.web.catalogue.about import CATALOG, DATASET
from dgekg.web.catalogue.telling import full
from dgekg.web.service.current import Current

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TYPE = full("rdf:type")
# The mandatory properties of DCAT-AP 3.0.1, and those recommended ones without which a harvester cannot use us.
MANDATORY = {
    "dcat:Catalog": ("dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dcat:service", "dct:license"),
    "dcat:Dataset": ("dct:title", "dct:description", "dct:publisher", "dcat:version"),
    "dcat:Distribution": ("dcat:accessURL", "dcat:downloadURL", "dct:license", "dcat:mediaType", "dct:description"),
    "dcat:DataService": ("dct:title", "dcat:endpointURL", "dct:license", "dcat:servesDataset", "dcat:contactPoint"),
    "foaf:Agent": ("foaf:name",),
    "vcard:Kind": ("vcard:fn",),
    "spdx:Checksum": ("spdx:algorithm", "spdx:checksumValue"),
    "dct:PeriodOfTime": ("dcat:startDate", "dcat:endDate"),
}
# What DCAT-AP says that the value of a property must be.
RANGES = {
    "dct:publisher": "foaf:Agent",
    "dcat:contactPoint": "vcard:Kind",
    "dcat:distribution": "dcat:Distribution",
    "dcat:service": "dcat:DataService",
    "dcat:hasVersion": "dcat:Dataset",
    "dct:spatial": "dct:Location",
    "dct:temporal": "dct:PeriodOfTime",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:conformsTo": "dct:Standard",
    "dcat:theme": "skos:Concept",
    "dcat:mediaType": "dct:MediaType",
    "dcat:compressFormat": "dct:MediaType",
    "dcat:packageFormat": "dct:MediaType",
    "dct:format": "dct:MediaTypeOrExtent",
    "dcat:landingPage": "foaf:Document",
    "foaf:page": "foaf:Document",
    "foaf:homepage": "foaf:Document",
    "spdx:checksum": "spdx:Checksum",
}


@pytest.fixture(scope="module")
def project(versions_apart: tuple[Project, str]) -> Project:
    return versions_apart[0]


@pytest.fixture(scope="module")
def client(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(root=project.root, private=tmp_path_factory.mktemp("private"))
    with TestClient(create_app(Current(settings), settings), follow_redirects=False) as found:
        yield found


@pytest.fixture(scope="module")
def sums(client: TestClient) -> dict[str, str]:
    """Return the checksums, once all files are made."""
    answer = client.get("/download/SHA256SUMS")
    assert answer.status_code == 200
    return {name: total for total, _, name in (line.partition("  ") for line in answer.text.splitlines())}


PARTS = {"attribution", "change", "evidence", "exclusion", "search", "support"}


def dumped(project: Project) -> Iterator[Quad]:
    yield from ox.parse(path=str(versions.current(project.build).dump), format=RdfFormat.N_QUADS)


class Said:
    """Triples, looked up by short names."""

    def __init__(self, data: bytes, form: RdfFormat = RdfFormat.TURTLE) -> None:
        self.triples = {q.triple for q in ox.parse(data, format=form)}
        self.by: dict[tuple[str, str], list[str]] = {}
        for triple in self.triples:
            key = (str(getattr(triple.subject, "value", "")), triple.predicate.value)
            self.by.setdefault(key, []).append(str(getattr(triple.object, "value", "")))

    def of(self, subject: str, name: str) -> list[str]:
        return sorted(self.by.get((subject, full(name)), []))

    def one(self, subject: str, name: str) -> str:
        (value,) = self.of(subject, name)
        return value

    def all(self, short: str) -> list[str]:
        return sorted(s for (s, p), values in self.by.items() if p == TYPE and full(short) in values)


@pytest.fixture(scope="module")
def catalog(client: TestClient, sums: dict[str, str]) -> Said:
    assert sums
    return Said(client.get("/catalog.ttl").content)


@pytest.mark.parametrize("class_", MANDATORY)
def test_the_catalogue_says_what_dcat_ap_demands(catalog: Said, class_: str) -> None:
    things = catalog.all(class_)
    assert things
    for thing in things:
        for name in MANDATORY[class_]:
            assert catalog.of(thing, name), (thing, name)


@pytest.mark.parametrize("name", RANGES)
def test_values_are_of_the_class_that_dcat_ap_demands(catalog: Said, name: str) -> None:
    found = {v for (_s, p), values in catalog.by.items() if p == full(name) for v in values}
    assert found
    assert found <= set(catalog.all(RANGES[name]))


def test_every_file_has_its_size_checksum_and_licence(catalog: Said, client: TestClient, sums: dict[str, str]) -> None:
    distributions = catalog.of(DATASET, "dcat:distribution")
    assert len(distributions) == len(sums) == len(catalog.all("dcat:Distribution"))
    for iri in distributions:
        address = catalog.one(iri, "dcat:downloadURL")
        name = address.rpartition("/")[2]
        check = catalog.one(iri, "spdx:checksum")
        assert catalog.one(check, "spdx:checksumValue") == sums[name]
        assert catalog.one(check, "spdx:algorithm").endswith("checksumAlgorithm_sha256")
        assert catalog.of(iri, "dct:license") == [LICENCE]
    for name in ("dump.nq", "dump.trig.gz", "tables.zip", "practice.parquet", "codebook.csv"):
        answer = client.get(f"/download/{name}", headers={"accept-encoding": "identity"})
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == sums[name]
        (iri,) = (i for i in distributions if i.endswith(f"#{name}"))
        assert int(catalog.one(iri, "dcat:byteSize")) == len(answer.content)
        assert f'<{LICENCE}>; rel="license"' in answer.headers["link"]
        assert client.get(f"/download/{name}", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_before_files_are_made_the_catalogue_answers_without_their_sums(project: Project, tmp_path: Path) -> None:
    settings = Settings(root=project.root, private=tmp_path)
    with TestClient(create_app(Current(settings), settings)) as fresh:
        first = fresh.get("/catalog.ttl")
        assert Said(first.content).all("dcat:Distribution")
        fresh.get("/download/SHA256SUMS")
        last = fresh.get("/catalog.ttl", headers={"if-none-match": first.headers["etag"]})
    assert last.status_code == 200, "with more said it is another answer"
    said = Said(last.content)
    assert len(said.all("spdx:Checksum")) == len(said.all("dcat:Distribution"))


def test_kept_versions_are_named_and_open(
    catalog: Said, client: TestClient, versions_apart: tuple[Project, str]
) -> None:
    project, older = versions_apart
    now = versions.current(project.build).id
    assert catalog.of(DATASET, "dcat:hasVersion") == sorted(
        identifiers.version(v) for v in versions.kept(project.build)
    )
    assert catalog.one(DATASET, "dcat:version") == now
    assert catalog.one(DATASET, "dcat:previousVersion") == identifiers.version(older)
    there = client.get(f"/version/{older}/catalog.ttl")
    assert Said(there.content).one(DATASET, "dcat:version") == older


@pytest.mark.parametrize("path", ["/catalog", "/.well-known/void", "/catalog/records", "/id/practice"])
@pytest.mark.parametrize("form", formats.GRAPHS, ids=lambda f: f.suffix)
def test_descriptions_come_in_every_format_with_their_licence(
    client: TestClient, path: str, form: formats.Format
) -> None:
    client.get("/download/SHA256SUMS")
    answer = client.get(path, headers={"accept": form.media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(form.media_type)
    assert "Accept" in answer.headers["vary"]
    assert f'<{LICENCE}>; rel="license"' in answer.headers["link"]
    assert form.rdf is not None
    turtle = client.get(path, headers={"accept": "text/turtle"})
    assert Said(answer.content, form.rdf).triples == Said(turtle.content).triples
    assert (
        client.get(path, headers={"accept": form.media_type, "if-none-match": answer.headers["etag"]}).status_code
        == 304
    )
    assert client.get(path, headers={"accept": "image/png"}).status_code == 406


def test_the_catalogue_for_people_and_for_programs(client: TestClient, sums: dict[str, str]) -> None:
    page = client.get("/catalog", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/data")
    body = client.get("/catalog.json").json()
    assert {f["name"]: f["sha256"] for f in body["files"]} == sums
    assert all(f["license"] == LICENCE for f in body["files"])
    assert body["publisher"] == "The dgekg founders"
    assert client.get("/catalog.doc").status_code == 404


def test_void_counts_what_is_there(client: TestClient, project: Project) -> None:
    store = LocalStore.of_file(versions.current(project.build).dump)
    quads = list(store.engine)
    said = Said(client.get("/.well-known/void", headers={"accept": "text/turtle"}).content)
    triples = {q.triple for q in quads}
    assert int(said.one(DATASET, "void:distinctSubjects")) == len({t.subject for t in triples})
    assert int(said.one(DATASET, "void:distinctObjects")) == len({t.object for t in triples})
    parts = said.of(DATASET, "void:propertyPartition")
    shown = {said.one(p, "void:property"): int(said.one(p, "void:triples")) for p in parts}
    assert shown == Counter(q.predicate.value for q in quads)
    assert int(said.one(DATASET, "void:triples")) == sum(shown.values())
    classes = said.of(DATASET, "void:classPartition")
    counted = {said.one(p, "void:class"): int(said.one(p, "void:entities")) for p in classes}
    brute: dict[str, set[object]] = {}
    for quad in quads:
        if quad.predicate.value == TYPE and isinstance(quad.object, NamedNode):
            brute.setdefault(quad.object.value, set()).add(quad.subject)
    assert counted == {iri: len(found) for iri, found in brute.items()}
    assert int(said.one(DATASET, "void:properties")) == len(shown)
    links = said.all("void:Linkset")
    assert sum(int(said.one(part, "void:triples")) for part in links) > 0
    for iri in said.of(DATASET, "void:exampleResource"):
        assert client.get(identifiers.path_of(iri)).status_code == 303
    assert full("dct:title").removesuffix("title") in said.of(DATASET, "void:vocabulary")


def test_the_build_keeps_its_counts(project: Project) -> None:
    version = versions.current(project.build)
    kept = partitions.read(version.path)
    assert kept is not None
    assert kept == partitions.count(LocalStore.of_file(version.dump), project.queries)
    assert partitions.read(None) is None
    assert partitions.read(version.path / "store") is None


@pytest.mark.parametrize("path", ["/catalog/records?limit=37", "/id/practice?limit=5"])
def test_a_collection_is_walked_whole_by_hydra_and_by_tree(client: TestClient, project: Project, path: str) -> None:
    kind = "practice" if "practice" in path else ""
    dump = versions.current(project.build).dump
    wanted = set()
    for quad in ox.parse(path=str(dump), format=RdfFormat.N_QUADS):
        local = identifiers.parse(str(getattr(quad.subject, "value", "")))
        if quad.predicate.value == TYPE and local and local.kind != "scheme" and kind in ("", local.kind):
            wanted.add(quad.subject.value)
    collection = identifiers.of_path(path.partition("?")[0])
    found: list[str] = []
    address, before = f"http://testserver{path}", ""
    for _ in range(200):
        said = Said(client.get(address, headers={"accept": "text/turtle"}).content)
        assert int(said.one(collection, "hydra:totalItems")) == len(wanted)
        assert said.one(collection, "hydra:view") == address
        assert said.of(collection, "hydra:member") == said.of(collection, "tree:member")
        names = {iri: said.one(iri, "schema:identifier") for iri in said.of(collection, "hydra:member")}
        assert all(name > before for name in names.values()), "what a relation promises holds"
        found += list(names)
        following = said.of(address, "hydra:next")
        relations = said.of(address, "tree:relation")
        assert len(following) == len(relations)
        if not following:
            break
        assert said.one(relations[0], "tree:node") == following[0]
        assert said.one(relations[0], "tree:value") == max(names.values())
        address, before = following[0], max(names.values())
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_collections_for_people_and_programs(client: TestClient) -> None:
    page = client.get("/id/practice", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/practices")
    body = client.get("/id/practice?limit=2", headers={"accept": "application/json"})
    assert len(body.json()["items"]) == 2
    assert body.json()["license"] == LICENCE
    assert 'rel="next"' in body.headers["link"]
    assert client.get("/id/practise", headers={"accept": "application/json"}).status_code == 404
    assert client.get("/id/practice?limit=0", headers={"accept": "application/json"}).status_code == 400
    assert client.get("/catalog/records?cursor=x", headers={"accept": "text/turtle"}).status_code == 400


def test_the_api_catalog_lists_services_that_answer(client: TestClient) -> None:
    answer = client.get("/.well-known/api-catalog")
    assert answer.headers["content-type"].startswith("application/linkset+json")
    assert "rfc9727" in answer.headers["content-type"]
    assert 'rel="api-catalog"' in client.head("/.well-known/api-catalog").headers["link"]
    first, *services = answer.json()["linkset"]
    assert [item["href"] for item in first["item"]] == [s["anchor"] for s in services]
    for service in services:
        assert service["license"] == [{"href": LICENCE}]
        for relation in ("service-desc", "service-doc", "service-meta"):
            for link in service[relation]:
                found = client.get(link["href"], headers={"accept": link["type"]}, follow_redirects=True)
                assert found.status_code == 200, link
                assert found.headers["content-type"].startswith(link["type"]), link


def test_the_sitemap_lists_every_page_once(
    client: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dgekg.web.catalogue.signposts.PART", 100)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    parts = [e.text or "" for e in ET.fromstring(client.get("/sitemap.xml?x=1").content).iter(f"{space}loc")]
    assert len(parts) > 3
    listed: list[str] = []
    days = {}
    for part in parts:
        root = ET.fromstring(client.get(f"{part}?x=1").content)
        urls = root.findall(f"{space}url")
        assert 0 < len(urls) <= 100
        for url in urls:
            address = url.findtext(f"{space}loc") or ""
            listed.append(address)
            days[address] = url.findtext(f"{space}lastmod")
            tongues = [e.get("hreflang") for e in url if e.tag.endswith("link")]
            assert tongues == ["x-default", "en", "fr", "es"]
    assert len(listed) == len(set(listed))
    wanted = {str(getattr(q.subject, "value", "")) for q in dumped(project) if q.predicate.value == TYPE}
    shown = {w for w in wanted if (local := identifiers.parse(w)) and local.kind not in PARTS}
    assert {a for a in listed if a.endswith(".html")} == {
        f"http://testserver{identifiers.path_of(w)}.html" for w in shown
    }
    assert "http://testserver/id/practice/bias-audit-b.html" in listed
    assert "http://testserver/scheme/stage/data.html" in listed
    assert not any("/id/evidence/" in address or "/id/change/" in address for address in listed)
    assert days["http://testserver/id/practice/bias-audit-b.html"]
    for address in (listed[0], listed[50], listed[-1]):
        assert client.get(address, headers={"accept": "text/html"}).status_code == 200
    assert client.get(f"/sitemap-{len(parts) + 1}.xml?x=1").status_code == 404
    assert client.get("/sitemap-x.xml").status_code == 404
    robots = client.get("/robots.txt")
    assert "Sitemap: http://testserver/sitemap.xml" in robots.text
    assert "Disallow: /version/" in robots.text


def structured(client: TestClient, path: str) -> dict[str, object]:
    text = client.get(path, headers={"accept": "text/html"}).text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert "<" not in found
    body: dict[str, object] = json.loads(found)
    assert body["@context"] == "https://schema.org"
    return body


def test_pages_carry_schema_org(client: TestClient) -> None:
    for path in ("/", "/data"):
        dataset = structured(client, path)
        assert dataset["@type"] == "Dataset"
        assert dataset["license"] == LICENCE
        assert {"name", "description", "creator", "distribution", "version", "dateModified"} <= set(dataset)
    page = structured(client, "/id/practice/bias-audit-b.html?lang=fr")
    assert (page["@type"], page["license"], page["inLanguage"]) == ("WebPage", LICENCE, "fr")
    thing = page["mainEntity"]
    assert isinstance(thing, dict)
    assert thing["@id"] == identifiers.record("practice", "bias-audit-b")
    assert "license" not in thing, "our licence is that of the record, not of what it is about"
    for path, kind in (
        ("/id/actor/ministry-c.html", "Organization"),
        ("/scheme/group/women.html", "DefinedTerm"),
        ("/scheme/group.html", "DefinedTermSet"),
    ):
        about = structured(client, path)["mainEntity"]
        assert isinstance(about, dict)
        assert about["@type"] == kind
    assert "<script type" not in client.get("/practices", headers={"accept": "text/html"}).text


def test_what_a_text_says_cannot_end_the_script(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "</script><script>alert(1)</script>&"
    told = dict.fromkeys(("title", "description", "keywords"), dict.fromkeys(("en", "fr", "es"), hostile))
    monkeypatch.setattr("dgekg.web.catalogue.structured.told", lambda _visit: told)
    assert structured(client, "/data?lang=es")["name"] == hostile


def test_the_publisher_and_contact_are_settings(project: Project, tmp_path: Path) -> None:
    settings = Settings(root=project.root, private=tmp_path, publisher="House X", contact="mailto:x@example.org")
    with TestClient(create_app(Current(settings), settings)) as client:
        said = Said(client.get("/catalog.ttl").content)
    agent = said.one(CATALOG, "dct:publisher")
    assert said.one(agent, "foaf:name") == "House X"
    contact = said.one(DATASET, "dcat:contactPoint")
    assert said.one(contact, "vcard:hasEmail") == "mailto:x@example.org"
