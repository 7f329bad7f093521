"""Settings, read once at the edge (`cli`, `web.app`) from `DGEKG_*` variables and handed down as values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from dgekg.errors import InputError


class Settings(BaseSettings):
    """Everything that an operator may set; each field's description says what it does.

    >>> Settings(cell_limit=10).cell_limit
    10
    """

    model_config = SettingsConfigDict(env_prefix="DGEKG_", extra="ignore")

    root: Path | None = Field(
        None,
        description="Folder that holds ontology/, shapes/, data/ and queries/; found upward from the working folder.",
    )
    store: str = Field("", description="Address of a SPARQL 1.1 query service to read from instead of the built store.")
    store_update: str = Field(
        "",
        description="Address of that service's update endpoint; by default the query address ending in /update.",
    )
    store_timeout: float = Field(30.0, gt=0, description="Seconds to wait for a remote store.")
    language: str = Field("en", pattern="^(en|fr|es)$", description="Language of messages: en, fr or es.")
    cell_limit: int = Field(250_000, gt=0, description="Largest number of cells a coverage view may have.")
    stale_months: int = Field(36, gt=0, description="Age in months from which evidence and searches count as stale.")
    host: str = Field("127.0.0.1", description="Address to serve on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to serve on; 0 takes a free one.")
    query_seconds: float = Field(10.0, gt=0, description="Seconds a public SPARQL query may run before it is stopped.")
    query_memory_mb: int = Field(1024, gt=0, description="Memory in MiB a public SPARQL query may add to its process.")
    query_rows: int = Field(100_000, gt=0, description="Most rows or triples a public SPARQL answer may have.")
    query_bytes: int = Field(100_000, gt=0, description="Longest SPARQL text accepted, in bytes.")
    query_nesting: int = Field(64, gt=0, description="Deepest nesting of brackets accepted in SPARQL.")
    query_workers: int = Field(4, gt=0, description="How many public SPARQL queries may run at once.")

    def project(self) -> Project:
        """Return the folders of the project.

        Raises:
            InputError: no folder upward from here holds `ontology/` and `data/`.
        """
        if self.root is not None:
            return Project.at(self.root)
        here = Path.cwd().resolve()
        for folder in (here, *here.parents):
            if (folder / "ontology" / "dgekg.ttl").is_file():
                return Project(folder)
        raise InputError(
            f"{here}: found no folder here or above with ontology/dgekg.ttl. "
            "Change into the project, or name it with DGEKG_ROOT."
        )


class Project:
    """The folders of one project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ontology = root / "ontology"
        self.shapes = root / "shapes"
        self.data = root / "data"
        self.queries = root / "queries"
        self.build = root / "build"

    @classmethod
    def at(cls, root: Path) -> Project:
        """Return the project at `root`.

        Raises:
            InputError: there is no `ontology/dgekg.ttl` below it.
        """
        resolved = root.resolve()
        if not (resolved / "ontology" / "dgekg.ttl").is_file():
            raise InputError(
                f"{resolved}: expected ontology/dgekg.ttl below it, found none. Name the project's folder."
            )
        return cls(resolved)


def today() -> dt.date:
    """Return the current date, in UTC."""
    return dt.datetime.now(dt.UTC).date()
