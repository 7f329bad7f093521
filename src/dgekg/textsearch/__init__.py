"""Full-text search in three languages, by an embedded engine: written with a build, opened by each process."""

from dgekg.textsearch.entries import KINDS, Entry
from dgekg.textsearch.folder import build, open_folder, update
from dgekg.textsearch.growing import Growing
from dgekg.textsearch.search import Found, Hit, Search
from dgekg.textsearch.words import MOST_LETTERS, MOST_WORDS

__all__ = [
    "KINDS",
    "MOST_LETTERS",
    "MOST_WORDS",
    "Entry",
    "Found",
    "Growing",
    "Hit",
    "Search",
    "build",
    "open_folder",
    "update",
]
