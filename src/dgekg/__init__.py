"""dgekg: practices, actors and human-rights standards for diversity and gender equality in AI, as a graph.

`dgekg.open()` opens a built collection on this machine, `dgekg.Client(url)` one that is served; both answer the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Client", "Service", "Table", "open"]

if TYPE_CHECKING:
    from dgekg.client import Client, Service, Table
    from dgekg.embedded import open_here as open  # as `gzip.open` and `tarfile.open`


def __getattr__(name: str) -> Any:
    """Load the client when it is asked for: `import dgekg` alone costs nothing."""
    if name == "open":
        from dgekg.embedded import open_here

        return open_here
    if name in __all__:
        from dgekg import client

        return getattr(client, name)
    raise AttributeError(f"module 'dgekg' has no attribute '{name}'")
