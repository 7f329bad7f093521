"""Settings, read once at the edge (`cli`, `web.app`) from `DGEKG_*` variables and handed down as values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from dgekg import __version__
from dgekg.errors import InputError
from dgekg.vocabulary import LANGUAGES

PREFIX = "DGEKG_"
_SHIPPED = Path(__file__).parent / "shipped"  # in an installed package alone; see hatch_build.py


def _setting(default: Any, description: str, least: float | None = None, one_of: tuple[str, ...] = ()) -> Any:
    known = {"description": description, "least": least, "one_of": one_of}
    return dataclasses.field(default=default, metadata=known)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator may set; each field's description says what it does.

    The standard library reads them: every command waits for this module, and the usual package for settings takes
    longer to load than validating a record does.

    >>> Settings.read({"DGEKG_PORT": "80"}).port
    80
    """

    root: Path | None = _setting(
        None, "Folder that holds ontology/, shapes/, data/ and queries/; found upward from the working folder."
    )
    store: str = _setting("", "Address of a SPARQL 1.1 query service to read from instead of the built store.")
    store_update: str = _setting(
        "", "Address of that service's update endpoint; by default the query address ending in /update."
    )
    store_timeout: float = _setting(30.0, "Seconds to wait for a remote store.", 0.1)
    language: str = _setting("en", "Language of messages: en, fr or es.", one_of=LANGUAGES)
    cell_limit: int = _setting(250_000, "Largest number of cells a coverage view may have.", 1)
    stale_months: int = _setting(36, "Age in months from which evidence and searches count as stale.", 1)
    private: Path | None = _setting(
        None, "Folder for what is never public, such as the list of what was withdrawn; else dgekg-private beside root."
    )
    keep_versions: int = _setting(3, "How many built versions stay on disk beside the current one.", 0)
    open_versions: int = _setting(3, "How many older versions a serving process keeps open at once.", 1)
    host: str = _setting("127.0.0.1", "Address to serve on.")
    port: int = _setting(8000, "Port to serve on; 0 takes a free one.", 0)
    address: str = _setting(
        "", "Public address of the service, such as https://example.org/x; else each request's Host header says it."
    )
    publisher: str = _setting("The dgekg founders", "Who publishes, as the catalogue names them.")
    contact: str = _setting(
        "", "Where to write to, mailto: or https:, as the catalogue says; else the service's own page /contribute."
    )
    base_path: str = _setting("", "Path that the service lies under, such as /x; nothing for the root.")
    proxy: str = _setting(
        "", "Addresses of proxies whose X-Forwarded-For, -Proto and -Host are believed, by commas; none unless given."
    )
    workers: int = _setting(1, "How many processes serve.", 1)
    stop_seconds: int = _setting(20, "Seconds that running requests are given to end when the service stops.", 0)
    query_seconds: float = _setting(10.0, "Seconds a public SPARQL query may run before it is stopped.", 0.01)
    query_memory_mb: int = _setting(1024, "Memory in MiB a public SPARQL query may add to its process.", 1)
    query_rows: int = _setting(100_000, "Most rows or triples a public SPARQL answer may have.", 1)
    query_bytes: int = _setting(100_000, "Longest SPARQL text accepted, in bytes.", 1)
    query_nesting: int = _setting(64, "Deepest nesting of brackets accepted in SPARQL.", 1)
    query_workers: int = _setting(4, "How many public SPARQL queries may run at once.", 1)
    query_patterns: int = _setting(500, "Most patterns (parts ended by . ; , or a bracket) in a SPARQL query.", 1)
    query_operators: int = _setting(500, "Most operators (OPTIONAL, UNION, FILTER ..., signs of paths) in a query.", 1)
    query_graphs: int = _setting(100, "Most graphs that one request may name as its dataset.", 1)
    query_long_seconds: float = _setting(
        1.0, "Seconds from which a public query counts as long: each client may run one long query at once.", 0.01
    )
    query_long: int = _setting(2, "How many long queries may run at once, of all clients together.", 1)
    query_queue: int = _setting(64, "How many public queries may wait for their turn.", 0)
    query_client_queue: int = _setting(16, "How many queries of one client may wait for their turn.", 0)
    query_wait_seconds: float = _setting(10.0, "Seconds a public query may wait for its turn.", 0.01)
    query_held_mb: int = _setting(256, "MiB of answers that may be on their way to clients at once.", 1)
    review_idle_minutes: int = _setting(30, "Minutes without a request after which a reviewer is logged out.", 1)
    review_hours: int = _setting(12, "Hours after which a reviewer is logged out in any case.", 1)
    review_second: str = _setting(
        "offered",
        "Whether reviewers may have a second factor, or have to before they see anything.",
        one_of=("offered", "required"),
    )
    review_key: Path | None = _setting(
        None, "File with the key to reviewers' second factors; keys/reviewers.key in the private root unless given."
    )
    writer: str = _setting(
        "on",
        "Whether the service takes in what reviewers accept, in a process of its own, where there is an inbox.",
        one_of=("on", "off"),
    )
    keep_rejected_days: int = _setting(90, "Days that a rejected proposal, or one taken back, is kept.", 0)
    keep_returned_days: int = _setting(365, "Days that a returned proposal is kept that nobody answers.", 0)
    keep_applied_days: int = _setting(730, "Days that a proposal is kept once it is taken in.", 0)
    keep_suspect_days: int = _setting(30, "Days that a proposal is kept that may be spam.", 0)
    keep_answers_days: int = _setting(365, "Days that what single people answered to a consultation is kept.", 0)
    file_mb: int = _setting(8, "MiB that one file attached to a proposal may have.", 1)
    files_mb: int = _setting(20, "MiB that all files attached to one proposal may have together.", 1)
    all_files_mb: int = _setting(4096, "MiB that the files of all proposals may have together.", 1)
    keep_contacts_days: int = _setting(365, "Days that contact data is kept after somebody was last asked.", 0)
    outreach_key: Path | None = _setting(
        None, "File with the key to the contacts of those who were asked; without it, a passphrase is asked for."
    )
    body_seconds: float = _setting(10.0, "Seconds a client may take to send the body of a request.", 0.01)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings of an environment, by default this process's.

        Raises:
            InputError: a value is not of its type, too small, or none of those allowed.
        """
        given = os.environ if environment is None else environment
        types = get_type_hints(cls)
        found: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            name = PREFIX + field.name.upper()
            if given.get(name, "").strip():
                found[field.name] = _value(name, given[name].strip(), types[field.name], field.metadata)
        return cls(**found)

    def environment(self) -> dict[str, str]:
        """Return the variables that say, to another process, what differs from the defaults.

        >>> Settings(port=80).environment()
        {'DGEKG_PORT': '80'}
        """
        fields = [(f.name, getattr(self, f.name), f.default) for f in dataclasses.fields(self)]
        return {PREFIX + name.upper(): str(value) for name, value, default in fields if value != default}

    def project(self) -> Project:
        """Return the folders of the project.

        An installed package brings the collection along: it is taken where no folder upward from here is a project,
        and what is made of it goes into the user's own folder for data.

        Raises:
            InputError: no folder upward from here holds `ontology/` and `data/`, and none came with the package.
        """
        if self.root is not None:
            return Project.at(self.root)
        here = Path.cwd().resolve()
        for folder in (here, *here.parents):
            if (folder / "ontology" / "dgekg.ttl").is_file():
                return Project(folder)
        if (_SHIPPED / "ontology" / "dgekg.ttl").is_file():
            return Project(_SHIPPED, _home())
        raise InputError(
            f"{here}: found no folder here or above with ontology/dgekg.ttl. "
            "Change into the project, or name it with DGEKG_ROOT."
        )

    def private_root(self) -> Path:
        """Return the private root: as set, else a folder beside the project's.

        Raises:
            InputError: there is no project here.
        """
        if self.private is not None:
            return self.private
        project = self.project()
        return project.root.parent / "dgekg-private" if project.home is None else project.home / "private"


class Project:
    """The folders of one project.

    Args:
        root: holds `ontology/`, `shapes/`, `data/` and `queries/`.
        home: where builds and lists go; None for the root itself. An installed package is not written into, and each
            version of it brings another collection.
    """

    def __init__(self, root: Path, home: Path | None = None) -> None:
        self.root, self.home = root, home
        self.ontology = root / "ontology"
        self.shapes = root / "shapes"
        self.data = root / "data"
        self.queries = root / "queries"
        self.build = root / "build" if home is None else home / "builds" / __version__
        self.releases = (home or self.data) / "releases.csv"

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


def _home() -> Path:
    """Return the user's own folder for what is made of the collection that came with the package."""
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data else Path.home() / ".local" / "share") / "dgekg"


def today() -> dt.date:
    """Return the current date, in UTC."""
    return dt.datetime.now(dt.UTC).date()


def _value(name: str, text: str, kind: Any, known: Mapping[str, Any]) -> Any:
    if known["one_of"] and text not in known["one_of"]:
        raise InputError(f'{name}: found "{text}", expected one of {", ".join(known["one_of"])}.')
    if kind not in (int, float):
        return text if kind is str else Path(text)
    try:
        number = kind(text)
    except ValueError:
        raise InputError(f'{name}: found "{text}", expected a number.') from None
    if not number >= known["least"]:
        raise InputError(f'{name}: found "{text}", expected at least {known["least"]:g}.')
    return number
