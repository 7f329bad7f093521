"""Where an outside table comes from: a small file beside it, without which nothing is imported."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dgekg.errors import InputError
from dgekg.identifiers import SLUG
from dgekg.settings import Project

NAME = "source.yaml"
NEEDED = ("title", "publisher", "address", "licence", "accessed")
_ALLOWED = (*NEEDED, "note", "citation")
# Licences under which what is taken over may stand beside records under CC BY 4.0; the record keeps its own.
_OPEN = re.compile(
    r"https?://(?:creativecommons\.org/(?:publicdomain/(?:zero|mark)/1\.0|licenses/by/[234]\.\d)|"
    r"opendatacommons\.org/licenses/(?:by|pddl)/1[.-]0|www\.nationalarchives\.gov\.uk/doc/open-government-licence/version/3|"
    r"www\.etalab\.gouv\.fr/licence-ouverte-open-licence)/?.*"
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table comes from.

    Attributes:
        id: name of its folder below data/sources/.
        title: what it is called.
        publisher: who publishes it.
        address: where it can be had.
        licence: address of the licence.
        accessed: day on which it was taken.
        note: anything else, such as how it was made.
        text: the file as it stands.
    """

    id: str
    title: str
    publisher: str
    address: str
    licence: str
    accessed: dt.date
    note: str = ""
    text: str = ""

    @property
    def mixes(self) -> bool:
        """Whether what is taken from it may stand in the public graph; else only in a graph of its own."""
        return bool(_OPEN.fullmatch(self.licence))


def folder(project: Project, name: str) -> Path:
    """Return the folder of a source."""
    return project.data / "sources" / name


def read(project: Project, given: str, usual: str, today: dt.date) -> Source:
    """Read the sidecar of a source.

    Args:
        project: the folders.
        given: name of a source, or a YAML file to be taken over as its sidecar; "" for the mapping's own.
        usual: name that the mapping gives.
        today: no later day can have been the day of access.

    Raises:
        InputError: there is none, or something is missing in it; says what to write.
    """
    path = Path(given) if given.endswith((".yaml", ".yml")) else None
    name = usual if path or not given else given
    if not SLUG.fullmatch(name):
        raise InputError(f'--source: found "{name}", expected a name such as my-table, or a YAML file.')
    place = path or folder(project, name) / NAME
    if not place.is_file():
        example = "\n".join(f"  {key}: ..." for key in NEEDED)
        raise InputError(
            f"{place}: nothing is imported without a note of where it comes from. Write this file with\n{example}\n"
            "licence and address are addresses that begin with https://, accessed a date such as 2026-11-21."
        )
    text = place.read_text("utf-8", "replace")
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{place}: the YAML does not parse: {' '.join(str(error).split())[:160]}") from None
    return _source(name, said, place, text, today)


def _source(name: str, said: Any, place: Path, text: str, today: dt.date) -> Source:
    if not isinstance(said, dict):
        raise InputError(f"{place}: expected {', '.join(NEEDED)}, each with a value.")
    for key in said:
        if key not in _ALLOWED:
            raise InputError(f'{place}: found "{key}", expected {", ".join(_ALLOWED)}.')
    for key in NEEDED:
        if not str(said.get(key) or "").strip():
            raise InputError(f"{place}: {key}: found nothing; nothing is imported without it.")
    for key in ("address", "licence"):
        if not re.fullmatch(r"https?://[^\s<>\"]+", str(said[key])):
            raise InputError(f'{place}: {key}: found "{str(said[key])[:80]}", expected an address (https://...).')
    try:
        accessed = dt.date.fromisoformat(str(said["accessed"]))
    except ValueError:
        raise InputError(
            f'{place}: accessed: found "{said["accessed"]}", expected a date such as 2026-11-21.'
        ) from None
    if accessed > today:
        raise InputError(f"{place}: accessed: {accessed} lies after today.")
    words = {
        key: " ".join(str(said.get(key, "")).split()) for key in ("title", "publisher", "address", "licence", "note")
    }
    return Source(id=name, accessed=accessed, text=text, **words)
