"""The namespaces, and the few IRIs that code itself needs; everything else is data in `ontology/`."""

from __future__ import annotations

BASE = "https://w3id.org/dgekg/"
ONTOLOGY = BASE + "ontology#"
DIMENSION = BASE + "dimension/"
SHAPES = BASE + "shapes#"

PREFIXES: dict[str, str] = {
    "dgekg": ONTOLOGY,
    "dimension": DIMENSION,
    "dgsh": SHAPES,
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "m8g": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "sh": "http://www.w3.org/ns/shacl#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "vann": "http://purl.org/vocab/vann/",
}

RDF_TYPE = PREFIXES["rdf"] + "type"
RDFS_LABEL = PREFIXES["rdfs"] + "label"
SKOS_PREF_LABEL = PREFIXES["skos"] + "prefLabel"
SKOS_NOTATION = PREFIXES["skos"] + "notation"
DCT_TITLE = PREFIXES["dct"] + "title"
FOAF_NAME = PREFIXES["foaf"] + "name"

# The best first: a provision's derived rdfs:label names its instrument, its title alone does not.
LABEL_PROPERTIES = (SKOS_PREF_LABEL, RDFS_LABEL, DCT_TITLE, FOAF_NAME)
LANGUAGES = ("en", "fr", "es")
