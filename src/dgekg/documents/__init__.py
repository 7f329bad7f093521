"""Documents: one Turtle file each (`document`), and reading them (`reading`)."""

from __future__ import annotations

from dgekg.documents.document import Content, Document, Said, Value
from dgekg.documents.reading import MAIN_KIND, clashes, classes, named_as_one, of_folder, of_text, read, read_all, twice

__all__ = [
    "MAIN_KIND",
    "Content",
    "Document",
    "Said",
    "Value",
    "clashes",
    "classes",
    "named_as_one",
    "of_folder",
    "of_text",
    "read",
    "read_all",
    "twice",
]
