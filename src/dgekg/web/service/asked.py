"""What a request asks of which version: fixed once, at its first look, so that no answer is mixed of two."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from dgekg.web.snapshot import Snapshot

BASE_KEY, VERSION_KEY, ORIGIN_KEY = "dgekg.base", "dgekg.version", "dgekg.origin"


@dataclass
class Asked:
    """One request's version.

    Attributes:
        version: id of the kept version that its address names; "" for the current one.
        snapshot: what was found for it, once it was looked for.
    """

    version: str = ""
    snapshot: Snapshot | None = None


ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)


def base_of(scope: MutableMapping[str, Any]) -> str:
    """Return the path that the service lies under, "" for the root."""
    return str(scope.get(BASE_KEY, scope.get("root_path", "")))


def version_of(scope: MutableMapping[str, Any]) -> str:
    """Return the version that an address names, "" where it names none."""
    return str(scope.get(VERSION_KEY, ""))


def root_of(scope: MutableMapping[str, Any]) -> str:
    """Return what stands before every path of this service and, where the address names one, of its version."""
    version = version_of(scope)
    return f"{base_of(scope)}/version/{version}" if version else base_of(scope)
