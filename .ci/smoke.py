"""Ask a running service what a newcomer would, and fail if an answer is not what it should be."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PREFIX = "PREFIX dgekg: <https://w3id.org/dgekg/ontology#> "


def get(address: str, accept: str = "*/*") -> tuple[str, str]:
    """Return the media type and the body."""
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.headers.get_content_type(), response.read().decode("utf-8")


def main(base: str) -> None:
    """Walk the main job."""
    for _ in range(100):
        try:
            get(f"{base}/health")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    health = json.loads(get(f"{base}/health")[1])
    assert health["version"], health
    kind, page = get(f"{base}/", "text/html")
    assert kind == "text/html", kind
    assert "<table" in page, "the first page has no heat map"
    for language in ("en", "fr", "es"):
        assert f'<html lang="{language}"' in get(f"{base}/?lang={language}", "text/html")[1]
    query = PREFIX + "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p a dgekg:Practice }"
    answer = json.loads(
        get(f"{base}/sparql?{urllib.parse.urlencode({'query': query})}", "application/sparql-results+json")[1]
    )
    count = int(answer["results"]["bindings"][0]["n"]["value"])
    assert count > 50, count
    rows = list(csv.DictReader(io.StringIO(get(f"{base}/api/coverage?rows=stage&cols=group&format=csv")[1])))
    assert {"stage_iri", "group_code", "state", "practices"} <= set(rows[0]), rows[0]
    whole = next(r for r in rows if r["stage_code"] == "whole-lifecycle" and r["group_code"] == "everyone")
    assert int(whole["practices"]) <= count
    kind, turtle = get(f"{base}/id/practice/gender-shades", "text/turtle")
    assert kind == "text/turtle", kind
    assert "gender-shades" in turtle
    print(f"{base}: version {health['version']}, {count} practices, {len(rows)} cells: fine")


main(sys.argv[1].rstrip("/"))
