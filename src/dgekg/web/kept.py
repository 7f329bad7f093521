"""What is made once for a version, and let go with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

Version = TypeVar("Version")
Made = TypeVar("Made")


def kept_with(make: Callable[[Version], Made]) -> Callable[[Version], Made]:
    """Make something at first use and keep it for as long as its version is held; who comes meanwhile waits.

    By weak keys: a version that nobody shows any more must be let go, or `dgekg erase` cannot delete it. So what is
    made must not hold the version itself.

    >>> class Version: ...
    >>> made, version = kept_with(lambda version: object()), Version()
    >>> made(version) is made(version), made(version) is made(Version())
    (True, False)
    """
    lock = threading.Lock()
    kept: WeakKeyDictionary[Version, Made] = WeakKeyDictionary()

    @wraps(make)
    def found(version: Version) -> Made:
        with lock:
            if version not in kept:
                kept[version] = make(version)
            return kept[version]

    return found
