"""The addresses for harvesters, as the application binds them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from dgekg.web.catalogue import dcat, downloads, feed, llms, records, signposts, void
from dgekg.web.house import House

ROUTES: tuple[tuple[str, Callable[[House, Request], Response]], ...] = (
    ("/download/{name}", downloads.download),
    ("/catalog", dcat.catalog),
    ("/catalog.{suffix}", dcat.catalog),
    (records.PATH, records.everything),
    ("/id/{kind}", records.of_kind),
    (void.PATH, void.void),
    (signposts.API_CATALOG, signposts.api_catalog),
    ("/api", signposts.interface),
    (llms.PATH, llms.llms),
    ("/robots.txt", signposts.robots),
    ("/sitemap.xml", signposts.sitemap),
    ("/sitemap-{number}.xml", signposts.sitemap_part),
    ("/feed", feed.feed),
    ("/feed/{page}", feed.page),
)
