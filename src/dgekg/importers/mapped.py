"""What a mapping file says, once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dgekg.importers.reading.table import Reading

Lookup = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """What one column says.

    Attributes:
        to: the field, as `title` or `hasEvidence[1].source`; `[*]` takes the number that stands in the column.
        language: of a text.
        split: sign between several values; "" where there is one.
        lookup: what the table's words mean here; None where they are ours already.
        otherwise: what a word means that the lookup lacks; None makes it a finding.
        text: a text in which {value} is filled in.
        date: how dates are written, as `%d/%m/%Y`.
        required: whether a row without it is no row.
    """

    to: str
    language: str = ""
    split: str = ""
    lookup: Lookup | None = None
    otherwise: tuple[str, ...] | None = None
    text: str = ""
    date: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class TableMap:
    """How one table is read.

    Attributes:
        name: how messages call it.
        columns: what each column says; nothing for one that is ignored.
        optional: columns that a file may lack.
        constants: what every row says beside.
        defaults: what a row says where no column said anything of the field.
        only: values of columns that a row must have to be read.
        key: columns that tell rows apart.
    """

    name: str
    columns: Mapping[str, tuple[Target, ...]]
    optional: frozenset[str] = frozenset()
    constants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping.

    Attributes:
        file: its name, for messages.
        title: what it is for.
        kind: what rows become.
        source: default name of the source.
        slug: text from which the name of a record is made, with {fields}; "" takes the title or name.
        reading: how files are read.
        tables: one or several.
        blank: words that mean an empty cell.
        actors: what is said of an actor whose name is not known; None where such a row is a finding.
    """

    file: str
    title: str
    kind: str
    source: str
    slug: str
    reading: Reading
    tables: tuple[TableMap, ...]
    blank: frozenset[str]
    actors: Mapping[str, tuple[str, ...]] | None
