"""A sound service passes every check; each thing spoiled on the way is found by the check that is meant for it."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2 as httpx
import pytest

from conftest import Ran, free_port
from dgekg import selfcheck
from dgekg.errors import InputError, UnknownValue, Unreachable
from dgekg.selfcheck import CHECKS, Report
from dgekg.selfcheck.asking import Asker
from dgekg.selfcheck.outcome import Finding, Outcome
from dgekg.settings import Project
from live import Live, serving


@pytest.fixture(scope="module")
def live(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(built, tmp_path_factory.mktemp("selfcheck") / "private") as found:
        yield found


@dataclass
class Seen:
    """An answer on its way, to be spoiled."""

    request: httpx.Request
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def path(self) -> str:
        return self.request.url.path

    def without(self, *names: str) -> None:
        for name in names:
            self.headers.pop(name, None)

    def swap(self, old: bytes, new: bytes) -> None:
        self.body = self.body.replace(old, new)


class Spoiling(httpx.BaseTransport):
    """A proxy between: spoils one thing, passes on all else."""

    def __init__(self, spoil: Callable[[Seen], None]) -> None:
        self._real, self._spoil = httpx.HTTPTransport(), spoil
        self.touched = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._real.handle_request(request)
        body = b"".join(answer.iter_raw())
        answer.close()
        seen = Seen(request, answer.status_code, httpx.Headers(answer.headers), body)
        self._spoil(seen)
        if (seen.status, seen.body, seen.headers.multi_items()) != (
            answer.status_code,
            body,
            answer.headers.multi_items(),
        ):
            self.touched += 1
        if seen.body != body:
            seen.headers["content-length"] = str(len(seen.body))
        # A stream, not `content`, so that the body reaches the client as it came.
        return httpx.Response(seen.status, headers=seen.headers, stream=httpx.ByteStream(seen.body))

    def close(self) -> None:
        self._real.close()


def address(live: Live) -> str:
    return f"http://127.0.0.1:{live.port}"


def failed(report: Report) -> dict[str, list[Finding]]:
    return {o.name: [f for f in o.findings if f.status == "failed"] for o in report.outcomes if o.status == "failed"}


def test_a_sound_service_passes_everything(live: Live) -> None:
    report = selfcheck.run(address(live), sample=1)
    assert {o.name: (o.status, o.findings) for o in report.outcomes} == {name: ("passed", []) for name in CHECKS}
    assert report.good
    assert all(o.passed for o in report.outcomes)


def _is_rdf(seen: Seen) -> bool:
    return seen.headers.get("content-type", "").startswith("text/turtle") and seen.path.startswith("/id/")


def wrong_type(seen: Seen) -> None:
    if seen.path.startswith("/id/") and seen.path.endswith(".nt"):
        seen.headers["content-type"] = "text/plain"


def no_vary(seen: Seen) -> None:
    if seen.status == 303:
        seen.without("vary")


def fewer_triples(seen: Seen) -> None:
    if seen.path.startswith("/id/") and seen.path.endswith(".nt"):
        seen.body = seen.body.partition(b"\n")[2]


def no_rdf(seen: Seen) -> None:
    if seen.path.startswith("/id/") and seen.path.endswith(".rdf"):
        seen.body = b"<html>"


def weak_tag(seen: Seen) -> None:
    if "etag" in seen.headers:
        seen.headers["etag"] = "W/" + seen.headers["etag"]


def no_tag(seen: Seen) -> None:
    if seen.path == "/.well-known/void":
        seen.without("etag")


def one_tag(seen: Seen) -> None:
    if seen.path.startswith("/id/"):
        seen.headers["etag"] = '"always"'


def never_304(seen: Seen) -> None:
    if seen.status == 304:
        seen.status = 200


def other_head(seen: Seen) -> None:
    if seen.request.method == "HEAD":
        seen.without("content-type")


def no_cors_on_errors(seen: Seen) -> None:
    if seen.status >= 400:
        seen.without("access-control-allow-origin")


def sniffed(seen: Seen) -> None:
    if _is_rdf(seen):
        seen.without("x-content-type-options")


def no_licence_link(seen: Seen) -> None:
    if seen.path == "/.well-known/void":
        seen.without("link")


def no_licence_of_a_file(seen: Seen) -> None:
    if seen.path.startswith("/catalog") and b"dump.nq>" in seen.body:
        start = re.search(rb"<[^>]*#dump\.nq> a ", seen.body)
        assert start
        at = seen.body.index(b"dct:license", start.start())
        seen.body = seen.body[:at] + b"dct:rights" + seen.body[at + len(b"dct:license") :]


def wrong_total(seen: Seen) -> None:
    if seen.path == "/id/practice":
        seen.body = re.sub(rb"hydra:totalItems (\d+)", rb"hydra:totalItems 1\1", seen.body)


def wrong_count(seen: Seen) -> None:
    if seen.path == "/.well-known/void":
        seen.body = re.sub(rb"(\n\tvoid:triples) (\d+)", rb"\1 1\2", seen.body, count=1)


def wrong_partition(seen: Seen) -> None:
    if seen.path == "/.well-known/void":
        seen.body = re.sub(rb"(void:class dgekg:Practice ;\s+void:entities) \d+", rb"\1 999", seen.body)


def short_list(seen: Seen) -> None:
    if seen.path == "/catalog/records" and "json" not in seen.request.headers["accept"]:
        seen.body = re.sub(rb"hydra:next <[^>]*> ;", b"", seen.body)
        seen.body = re.sub(rb"hydra:member <[^>]*> ,", b"hydra:member ", seen.body, count=1)


def other_tree(seen: Seen) -> None:
    if seen.path == "/id/practice":
        seen.body = seen.body.replace(b"tree:member", b"tree:left", 1)


def changed_file(seen: Seen) -> None:
    if seen.path == "/download/practice.csv" and seen.body:
        seen.body += b"one line more\n"


def other_sums(seen: Seen) -> None:
    if seen.path == "/download/SHA256SUMS":
        seen.body = seen.body.replace(b"practice.csv", b"practises.csv")


def shorter_dump(seen: Seen) -> None:
    if seen.path == "/download/dump.nq.gz" and seen.body:
        lines = gzip.decompress(seen.body).splitlines(keepends=True)
        seen.body = gzip.compress(b"".join(lines[1:]))


def short_feed(seen: Seen) -> None:
    if seen.path == "/feed":
        seen.body = re.sub(rb"tree:node <[^>]*/feed/vocabulary[^>]*>", b"a tree:Relation", seen.body)


def lost_member(seen: Seen) -> None:
    if seen.path.startswith("/feed/") and "vocabulary" not in seen.path:
        seen.body = seen.body.replace(b"tree:member", b"tree:left", 1)


def traceback(seen: Seen) -> None:
    if seen.status == 404:
        seen.headers["content-type"] = "text/html"
        seen.body = b"<pre>Traceback (most recent call last): ...</pre>"


def soft_404(seen: Seen) -> None:
    if seen.status == 404:
        seen.status = 200


def other_version(seen: Seen) -> None:
    if seen.path.startswith("/version/"):
        seen.headers["x-dgekg-version"] = "0" * 16


def context_gone(seen: Seen) -> None:
    if seen.path.startswith("/context/"):
        seen.status = 404


def context_short_lived(seen: Seen) -> None:
    if seen.path.startswith("/context/"):
        seen.headers["cache-control"] = "no-store"


def takes_updates(seen: Seen) -> None:
    if b"INSERT" in seen.request.content:
        seen.status, seen.body = 204, b""


def no_position(seen: Seen) -> None:
    if seen.path == "/sparql" and seen.status == 400:
        seen.body = json.dumps({k: v for k, v in json.loads(seen.body).items() if k != "line"}).encode()


def other_endpoint(seen: Seen) -> None:
    if seen.path == "/sparql":
        seen.swap(b"sd:endpoint <http://127", b"sd:endpoint <http://elsewhere.127")


def no_openapi(seen: Seen) -> None:
    if seen.path == "/openapi.json":
        seen.body = b"{}"


def dead_page(seen: Seen) -> None:
    if seen.path == "/":
        seen.status = 500


def dead_service(seen: Seen) -> None:
    if seen.path == "/.well-known/api-catalog":
        seen.swap(b"/feed", b"/feeds")


FAULTS: list[tuple[str, Callable[[Seen], None], str]] = [
    ("negotiation", wrong_type, "200 text/plain"),
    ("negotiation", no_vary, "Vary: none"),
    ("same-triples", fewer_triples, "1 fewer than in"),
    ("same-triples", no_rdf, "does not parse"),
    ("etag", weak_tag, "W/"),
    ("etag", no_tag, "ETag: none"),
    ("etag", one_tag, "the ETag of"),
    ("etag", never_304, "200 with ETag"),
    ("head", other_head, "differs in: content-type"),
    ("cors", no_cors_on_errors, "none"),
    ("nosniff", sniffed, "none"),
    ("licence", no_licence_link, "no licence"),
    ("licence", no_licence_of_a_file, "no licence"),
    ("paging", wrong_total, "hydra:totalItems 1"),
    ("paging", short_list, "hydra:totalItems"),
    ("paging", other_tree, "by TREE"),
    ("totals", wrong_count, "void:triples: 1"),
    ("totals", wrong_partition, "said to have 999"),
    ("totals", shorter_dump, "statements in the dump"),
    ("checksums", changed_file, "SHA-256"),
    ("checksums", shorter_dump, "SHA-256"),
    ("checksums", other_sums, "for http"),
    ("feed", short_feed, "statements missing"),
    ("feed", lost_member, "statements missing"),
    ("errors", traceback, "with a traceback"),
    ("errors", soft_404, "200 application/problem+json"),
    ("versions", other_version, "X-DGEKG-Version 0000"),
    ("context", context_gone, "404"),
    ("context", context_short_lived, "no-store"),
    ("sparql", takes_updates, "204"),
    ("sparql", no_position, "line None"),
    ("description", other_endpoint, "elsewhere"),
    ("openapi", no_openapi, "0 paths"),
    ("sitemap", dead_page, "500 text/html"),
    ("services", dead_service, "404"),
]


@pytest.mark.parametrize(("check", "spoil", "said"), FAULTS, ids=[f"{c}-{s.__name__}" for c, s, _ in FAULTS])
def test_what_is_spoiled_is_found_by_its_own_check(
    live: Live, check: str, spoil: Callable[[Seen], None], said: str
) -> None:
    proxy = Spoiling(spoil)
    report = selfcheck.run(address(live), sample=1, only=[check], http=httpx.Client(transport=proxy, timeout=120))
    assert proxy.touched, "nothing was spoiled: the test is not about anything"
    found = failed(report)
    assert list(found) == [check]
    assert any(said in f.found for f in found[check]), [f.found for f in found[check]]
    assert all(f.address and f.expected and f.mend for f in found[check])
    assert not report.good


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert {check for check, _, _ in FAULTS} == set(CHECKS)


def test_what_is_too_large_is_skipped_and_never_passed(live: Live) -> None:
    report = selfcheck.run(address(live), sample=1, only=["checksums", "totals", "feed"], largest=1)
    told = {o.name: {f.status for f in o.findings} for o in report.outcomes}
    assert told == {"checksums": {"skipped"}, "totals": {"skipped"}, "feed": {"skipped"}}
    assert {o.status for o in report.outcomes} == {"skipped"}
    assert any("larger than 1 MiB" in f.found for o in report.outcomes for f in o.findings)
    assert not Outcome("x", "nothing").findings
    assert Outcome("x", "nothing").status == "skipped", "nothing looked at is nothing passed"


def test_it_waits_when_it_is_told_to(live: Live) -> None:
    waited: list[float] = []
    left = [503, 429]

    def busy(seen: Seen) -> None:
        if left:
            seen.status = left.pop()
            seen.headers["retry-after"] = "7"

    with httpx.Client(transport=Spoiling(busy)) as http:
        answer = Asker(address(live), http, 10**7, waited.append).get("/catalog")
    assert answer.status != 503
    assert waited == [7.0, 7.0]


def test_a_version_that_comes_meanwhile_is_no_fault(live: Live) -> None:
    turns = iter(range(10_000))

    def changing(seen: Seen) -> None:
        if next(turns) == 3:
            seen.headers["x-dgekg-version"] = "newer"

    http = httpx.Client(transport=Spoiling(changing), timeout=120)
    (outcome,) = selfcheck.run(address(live), sample=1, only=["services"], http=http).outcomes
    assert outcome.status == "passed"


def test_it_asks_nobody_else(live: Live) -> None:
    asked: set[str] = set()

    def elsewhere(seen: Seen) -> None:
        asked.add(seen.request.url.host)
        if seen.path == "/feed":
            seen.body = re.sub(rb"<http://127[^/]*/feed/", b"<http://192.0.2.1/feed/", seen.body)

    http = httpx.Client(transport=Spoiling(elsewhere), timeout=120)
    report = selfcheck.run(address(live), sample=1, only=["feed"], http=http)
    assert asked == {"127.0.0.1"}
    assert any("an address elsewhere" in f.found for f in failed(report)["feed"])


def test_as_a_command(live: Live, built: Project, dgekg: Callable[..., Ran]) -> None:
    said = dgekg(built, "selfcheck", address(live), "--only", "context", "--only", "description", "--format", "json")
    document = json.loads(said.out)
    assert (said.code, document["good"]) == (0, True)
    assert [c["check"] for c in document["checks"]] == ["context", "description"]
    table = dgekg(built, "selfcheck", address(live), "--only", "context")
    assert table.code == 0
    assert "1 checks, 0 failed" in table.out
    nobody = dgekg(built, "selfcheck", f"http://127.0.0.1:{free_port()}")
    assert nobody.code == 2
    assert "cannot be reached" in nobody.err


def test_what_it_cannot_do_is_said() -> None:
    with pytest.raises(UnknownValue, match="--only"):
        selfcheck.run("http://127.0.0.1:1", only=["etags"])
    with pytest.raises(InputError, match="http"):
        selfcheck.run("example.org")
    with pytest.raises(Unreachable):
        selfcheck.run(f"http://127.0.0.1:{free_port()}")
    assert dataclasses.is_dataclass(Report)


def test_read_only(live: Live) -> None:
    methods: set[str] = set()
    before = hashlib.sha256(live.get("/download/dump.nq")[2]).hexdigest()
    http = httpx.Client(transport=Spoiling(lambda seen: methods.add(seen.request.method)), timeout=120)
    selfcheck.run(address(live), sample=1, only=["sparql", "errors"], http=http)
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST", "PUT"}
    assert hashlib.sha256(live.get("/download/dump.nq")[2]).hexdigest() == before
