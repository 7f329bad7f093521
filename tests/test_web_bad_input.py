"""No request whatsoever breaks the web face: each is answered, or refused with a status, a reason and a way out."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dgekg import formats
from dgekg.errors import StoreError
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app
from lengths import examples
from markup import alien

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATHS = (
    "/practices",
    "/coverage",
    "/coverage/cell",
    "/gaps",
    "/questions",
    "/questions/practices-of-a-group",
    "/questions/remedy-cases",
    "/questions/coverage-of-two-dimensions",
    "/questions/stale-evidence",
    "/standards",
    "/actors",
    "/network",
    "/api/practices",
    "/api/coverage",
    "/api/coverage/cell",
    "/api/gaps",
    "/api/questions/remedy-cases",
    "/api/lookup",
    "/api/actors",
    "/api/standards",
    "/api/concepts",
    "/api/search",
    "/api/records/practice/bias-audit-b",
    "/practices.atom",
    "/reconcile",
    "/reconcile/suggest/entity",
    "/reconcile/properties",
    "/scheme/group/women.html",
    "/id/practice/bias-audit-b",
)
KEYS = (
    *("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude", "at", "kind", "from", "limit"),
    *(
        "lang",
        "format",
        "measure",
        "cursor",
        "sort",
        "q",
        "tag",
        "sector",
        "url",
        "group",
        "region",
        "outcome",
        "under",
    ),
    *("rowDimension", "months", "x", ""),
)
WORDS = (
    *("stage", "group", "region", "women", "Kenya", "002", "data", "Western Sahara", "en", "fr", "json", "csv", "md"),
    *("practices", "knowledge", "title", "2", "-1", "99999999999", "²", "-", "yes", "concerns", "governs", "%", "\x00"),
    *("\x1b[31m", "\u202e", "<script>", "'", '"', "{{7*7}}", "{where}", "../..", "é", "\ufffd", "a" * 900, "zzz", ""),
    "https://w3id.org/dgekg/scheme/group/women",
    "http://[",
)
SIGNS = ("=", "!=", "~", ">", ",", " ", "&", "%", "%FF", "%00", "+", ":", "/", "\n")


def texts() -> st.SearchStrategy[str]:
    piece = st.sampled_from(WORDS) | st.sampled_from(SIGNS) | st.text(max_size=4)
    return st.lists(piece, max_size=4).map("".join)


def queries() -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(st.sampled_from(KEYS), texts()), max_size=5)
    return pairs.flatmap(
        lambda found: st.sampled_from(("quoted", "plain")).map(
            lambda how: "&".join(f"{k}={quote(v, safe='') if how == 'quoted' else _ascii(v)}" for k, v in found)
        )
    )


def _ascii(text: str) -> str:
    """Leave what may stand in a request line; a client would not send the rest."""
    return re.sub(r"[^!-~]|#", "", text)


def well_answered(client: TestClient, address: str) -> None:
    whole = f"http://testserver{address}"  # a client takes "//x" for another host
    page = client.get(whole, headers=BROWSER)
    problem = client.get(whole, headers={"accept": "application/json"})
    for answer in (page, problem):
        assert answer.status_code in (200, 303, 304, 307, 400, 404, 406, 413), (address, answer.status_code)
        assert "Traceback" not in answer.text
        assert "\x00" not in answer.text
        assert "\x1b" not in answer.text
    if problem.status_code >= 400:
        assert problem.headers["content-type"].startswith(formats.PROBLEM.media_type)
        body = problem.json()
        assert body["status"] == problem.status_code
        assert body["detail"]
        assert len(body["detail"]) < 3000
    if page.status_code >= 400 and not address.startswith(("/api", "/reconcile", "/practices.atom")):
        assert "<h1>" in page.text
        assert not alien(page.text)


@given(path=st.sampled_from(PATHS), query=queries())
@settings(max_examples=examples(200), deadline=None)
@example(path="/api/coverage", query="where=region%3D%FF%FE")
@example(path="/coverage", query="where=stage%3Da")
@example(path="/practices", query="q=%00")
def test_any_query_is_answered_or_refused(client: TestClient, path: str, query: str) -> None:
    well_answered(client, f"{path}?{query}" if query else path)


@given(
    path=st.sampled_from(
        (
            "/{}",
            "/scheme/{}",
            "/scheme/group/{}",
            "/id/practice/{}",
            "/id/{}/x.html",
            "/questions/{}",
            "/api/questions/{}",
            "/ontology.{}",
            "/download/{}",
            "/coverage/{}",
        )
    ),
    part=texts(),
)
@settings(max_examples=examples(120), deadline=None)
@example(path="/scheme/{}/x.html", part="\x00")
@example(path="/ontology.{}", part="\x00")
@example(path="/questions/{}", part="\x00")
@example(path="/download/{}", part="\x00")
def test_any_path_is_answered_or_refused(client: TestClient, path: str, part: str) -> None:
    well_answered(client, path.format(quote(part)))


@pytest.mark.parametrize(
    ("path", "status", "says", "link"),
    [
        ("/coverage?rows=stage&where=region~002", 400, "is no operator", "/coverage?rows=stage&where=region%3D002"),
        ("/practices?where=level%3E2", 400, "is no operator", "/practices?where=level%3D3%2C4"),
        ("/practices?where=region=women", 400, "known as group", "/practices?where=group%3Dwomen"),
        ("/practices?where=stage=dta,design", 404, "dta", "/practices?where=stage%3Ddata%2Cdesign"),
        ("/practices?where=region=Western+Sahara", 400, "names several", "/practices?where=region%3D732"),
        ("/gaps?rows=stag&cols=group", 404, "stag", "/gaps?rows=stage&cols=group"),
        ("/coverage?rows=stage&empty=nope", 400, "expected yes or no", "/coverage?rows=stage&empty=no"),
        ("/coverage?rows=stage&norm=suports", 404, "suports", "/coverage?rows=stage&norm=supports"),
        ("/coverage?rows=stage&rows=group", 400, "given once", ""),
        ("/coverage?rows=stage&measure=practices&measure=actors", 400, "measure: found", ""),
        ("/gaps?kind=reach&kind=remedy", 400, "kind: found", ""),
        ("/coverage?lang=en&lang=fr", 400, "lang: found", ""),
        ("/coverage?where=region=", 400, "has no value", ""),
        ("/coverage?rows=stage&where=region=404&where=region!=002", 400, "lies in 002", ""),
        ("/coverage?rows=stage&where=level=2&where=level=3", 400, "has one at most", ""),
        ("/coverage?rows=stage&cols=group&cols=region", 400, "the limit is 250,000", ""),
        ("/coverage?rows=region&cols=led-from", 400, "determine each other", ""),
        ("/coverage/cell?rows=stage&cols=group&at=data", 400, "give one for each", ""),
        ("/coverage/cell?rows=stage&at=-", 400, "no practice leaves stage unstated", ""),
        ("/coverage/cell?rows=region&at=western-sahara", 400, "only where a practice names it", ""),
        ("/practices?q=a%1bb", 400, "control character", ""),
        ("/questions/stale-evidence?months=%C2%B2", 400, "expected a whole number", ""),
        ("/practices?where=" + "x" * 20000, 413, "at most 16,000", ""),
    ],
)
def test_what_was_meant_is_one_click_away(client: TestClient, path: str, status: int, says: str, link: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == status, page.text
    assert says in html.unescape(page.text)
    links = [html.unescape(x) for x in re.findall(r'<li><a href="([^"]+)">', page.text)]
    if link:
        assert link in links
        assert client.get(link, headers=BROWSER).status_code == 200
    problem = client.get(path.replace("/coverage?", "/api/coverage?"), headers={"accept": "application/json"})
    if "measure=" not in path:  # a choice of the page alone
        assert problem.status_code == status
        assert problem.headers["content-type"].startswith(formats.PROBLEM.media_type)
        assert says in problem.json()["detail"]


@pytest.mark.parametrize(
    ("path", "language", "status", "detail"),
    [
        ("/api/nowhere", "fr", 404, "Il n'y a rien à l'adresse /api/nowhere."),
        ("/api/records/practice/nobody", "es", 404, "Ninguna ficha tiene la dirección /api/records/practice/nobody."),
        ("/api/coverage?rows=stag", "es", 404, "Aquí nada se llama «stag»."),
        ("/api/coverage?rows=stage&where=region=", "fr", 400, "Une partie de cette adresse ne peut pas être lue."),
        ("/api/coverage?rows=stag", "en", 404, ""),
        ("/api/coverage?lang=xx", "fr", 404, ""),
    ],
)
def test_programs_are_told_in_the_language_they_ask_for(
    client: TestClient, path: str, language: str, status: int, detail: str
) -> None:
    said = client.get(path, headers={"Accept": "application/json", "Accept-Language": language})
    plain = client.get(path, headers={"Accept": "application/json"}).json()
    problem = said.json()
    assert said.status_code == status
    assert said.headers["content-language"] == (language if detail else "en")
    assert problem["detail"].startswith(detail or plain["detail"])
    assert problem.get("detail_en", plain["detail"]) == plain["detail"]
    assert ("detail_en" in problem) == bool(detail)
    if status == 400 and detail:
        assert problem["detail"].endswith(plain["detail"])


def test_a_replacement_touches_only_what_was_wrong(client: TestClient) -> None:
    page = client.get("/practices?where=stage=a", headers=BROWSER)
    links = [html.unescape(x) for x in re.findall(r'<li><a href="([^"]+)">', page.text)]
    assert page.status_code == 404
    assert all("where=stage%3D" in link for link in links if "where=" in link)


def test_where_our_files_lie_is_told_to_nobody(project: Project, world_observatory: Observatory) -> None:
    broken: list[bool] = []

    def source() -> Observatory:
        if broken:
            raise StoreError(f"{project.root}/build/some/file: cannot be read.")
        return world_observatory

    with TestClient(create_app(source, Settings(root=project.root)), raise_server_exceptions=False) as client:
        broken.append(True)
        answers = [client.get("/api/practices", headers={"Accept": kind}) for kind in ("application/json", "text/html")]
    for answer in answers:
        assert answer.status_code == 503
        assert "build/some/file: cannot be read." in answer.text
        assert str(project.root) not in answer.text
