"""For whoever runs the service: is it well, what does it do, which versions does it keep."""

from __future__ import annotations

import json
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, versions
from dgekg.errors import DgekgError
from dgekg.settings import today
from dgekg.web.house import House, Visit
from dgekg.web.service import metrics

_FRESH = {"Cache-Control": "no-store"}


def health(house: House, request: Request) -> Response:
    """`/health`: 200 with version, age and counts; 503 with the reason where nothing can be shown."""
    try:
        visit = Visit(house, request)
        body, status = _health(visit), 200
    except DgekgError as error:
        if error.http_status < 500:
            raise
        body, status = {"status": "broken", "reason": str(error)}, 503
    headers = {**_FRESH, "Retry-After": "10"} if status == 503 else _FRESH
    return Response(json.dumps(body, indent=1) + "\n", status, headers, formats.JSON.media_type)


def _health(visit: Visit) -> dict[str, Any]:
    observatory = visit.observatory
    trouble = getattr(visit.house.source, "trouble", "")
    return {
        "status": "old" if trouble else "ok",
        "version": observatory.version,
        "as_of": observatory.as_of.isoformat(),
        "age_days": (today() - observatory.as_of).days,
        "built": observatory.meta.get("built"),
        "counts": {**visit.snapshot.counts, "practices_counted": len(observatory.index.practices)},
        "suppressed_since_built": observatory.suppressed_since,
        **({"reason": trouble} if trouble else {}),
    }


def figures(house: House, _request: Request) -> Response:
    """`/metrics`: figures for Prometheus."""
    return Response(metrics.text(house), headers=_FRESH, media_type=CONTENT_TYPE_LATEST)


def kept(house: House, request: Request) -> Response:
    """`/version`: the versions that are kept, the newest first, and by which rule."""
    visit = Visit(house, request)
    observatory = visit.observatory
    here = [observatory.version] if observatory.builds is None else versions.kept(observatory.builds)
    days = {} if observatory.builds is None else versions.made(observatory.builds)
    rows = [
        {
            "version": version,
            "as_of": days.get(version, observatory.as_of.isoformat()),
            "current": version == observatory.version,
            "address": visit.absolute(f"/version/{version}/"),
        }
        for version in here
    ]
    keep = house.settings.keep_versions
    rule = f"The current version and {keep} before it are kept, and any that is being read."
    body = {"current": observatory.version, "rule": rule, "versions": rows}
    return Response(json.dumps(body, indent=1) + "\n", headers=_FRESH, media_type=formats.JSON.media_type)
