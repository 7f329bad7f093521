"""Running the checks: one after the other, each anew where another version begins to answer while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping

import httpx2 as httpx

from dgekg.errors import InputError, UnknownValue
from dgekg.selfcheck import caching, counting, endpoint, negotiation, replay, signposts
from dgekg.selfcheck.asking import Asker
from dgekg.selfcheck.outcome import NotChecked, Outcome, Report, Unusable
from dgekg.selfcheck.walk import API_CATALOG, SUMS, Walk

Check = Callable[[Walk], None]
_TURNS = 3
# Files are made when first asked for, and the catalogue changes by that: let it happen before these look at it.
_ON_FILES = {"etag", "head", "licence", "checksums", "totals", "feed"}
LARGEST = 128  # MiB of one body

# Name -> check; the names stay. What each looks at is the first line of its docstring.
CHECKS: Mapping[str, Check] = {
    "services": signposts.services,
    "openapi": signposts.openapi,
    "sitemap": signposts.sitemap,
    "negotiation": negotiation.negotiation,
    "same-triples": negotiation.same_triples,
    "context": signposts.context,
    "errors": negotiation.errors,
    "etag": caching.etag,
    "head": caching.head,
    "cors": caching.cors,
    "nosniff": caching.nosniff,
    "licence": caching.licence,
    "paging": counting.paging,
    "totals": counting.totals,
    "checksums": counting.checksums,
    "feed": replay.feed,
    "versions": replay.versions,
    "sparql": endpoint.sparql,
    "description": endpoint.description,
}


def run(
    url: str,
    *,
    sample: int = 3,
    only: Collection[str] = (),
    timeout: float = 60.0,
    largest: int = LARGEST,
    http: httpx.Client | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Report:
    """Check a running service.

    Args:
        url: of the service, with its base path.
        sample: how many of every kind of thing are looked at.
        only: names of checks; none for all.
        timeout: seconds for an answer.
        largest: MiB of an answer, packed and unpacked; what is larger is skipped, never passed.
        http: a client to ask by; one with a single connection is made if none is given.
        told: hears the name of each check as it begins.

    Raises:
        UnknownValue: a check that there is not.
        InputError: the address is none.
        Unreachable: the service does not answer at all.
    """
    for name in only:
        if name not in CHECKS:
            raise UnknownValue("--only", name, CHECKS)
    if not url.startswith(("http://", "https://")):
        raise InputError(f'selfcheck: found "{url}", expected an address that begins with http:// or https://.', url)
    client = http or httpx.Client(timeout=timeout, limits=httpx.Limits(max_connections=1), trust_env=False)
    with client:
        walk = Walk(Asker(url, client, largest * 1024**2), sample)
        walk.ask.get(API_CATALOG)
        if not only or _ON_FILES & set(only):
            with contextlib.suppress(Unusable, NotChecked):
                walk.ask.get(SUMS)
        outcomes = []
        for name in CHECKS:
            if not only or name in only:
                told(name)
                outcomes.append(_checked(walk, name))
        return Report(walk.ask.url, "".join(sorted(walk.ask.versions)[:1]), outcomes, walk.ask.requests)


def _checked(walk: Walk, name: str) -> Outcome:
    check = CHECKS[name]
    for _ in range(_TURNS):
        walk.out = Outcome(name, (check.__doc__ or "").partition("\n")[0])
        _guarded(walk, check)
        if len(walk.ask.versions) < 2:
            return walk.out
        walk.forget()
    out = Outcome(name, walk.out.what)
    out.skip(walk.ask.url, "not checked, new versions began to answer while it ran")
    return out


def _guarded(walk: Walk, check: Check) -> None:
    """Run a check; what it cannot go on from is a finding of it."""
    try:
        check(walk)
    except Unusable as error:
        walk.out.expect(False, error.address, error.found, error.expected, error.mend)
    except NotChecked as error:
        walk.out.skip(error.address, error.why)
    except (KeyError, AttributeError, TypeError, IndexError) as error:
        # A document of another shape than the standards give it; which part, the error's own words tell best.
        found = f"a document of another shape ({type(error).__name__}: {error})"
        walk.out.expect(
            False, walk.ask.last, found, "the shape that its standard gives it", "Check it by its standard."
        )
