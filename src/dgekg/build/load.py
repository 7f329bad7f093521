"""Loading a version into a SPARQL service through its protocol."""

from __future__ import annotations

from dgekg.settings import Settings
from dgekg.store.remote import RemoteStore
from dgekg.versions import Version


def load_remote(version: Version, url: str, settings: Settings) -> int:
    """Replace our graphs at a SPARQL 1.1 service by those of a version; return the number of quads.

    Raises:
        StoreError: the service cannot be reached or refuses.
    """
    return RemoteStore(url, settings.store_update, settings.store_timeout).load(version.dump)
