"""The one form of every answer to an assistant: what was found, and all that a number needs to be passed on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class State(_Part):
    """What is known of the place that was asked about."""

    state: str | None = Field(description="The state, such as not-searched; null where the answer is about no place.")
    words: str = Field(description="The state in words.")
    reads: str = Field(description="How it is to be read, and passed on.")
    marks: list[str] = Field(default_factory=list, description="effect-shown, harm-or-mixed, from-afar, stale.")


class Source(_Part):
    """A record behind the answer, and where what it says comes from."""

    record: str = Field(description="Address of the record; give it as the source.")
    addresses: list[str] = Field(description="Addresses of its own sources and of its evidence.")


class Query(_Part):
    """A SPARQL query that gives the same numbers."""

    gives: str = Field(description="Which numbers of this answer it gives.")
    sparql: str = Field(description="The query, whole.")
    ask_at: str = Field(description="Where to ask it.")


class More(_Part):
    """What of the answer is not shown, and how to ask on."""

    left: int = Field(description="Rows that are left.")
    start: int = Field(description="Where they begin.")
    how: str = Field(description="How to ask for them.")


class Answer(_Part):
    """An answer. Pass no number on without version, day, filter, sources and what is not known."""

    tool: str
    notes: list[str] = Field(description="Sentences about the whole answer.")
    total: int | None = Field(description="Rows in all, of which `rows` shows some; null where it is one record.")
    rows: list[dict[str, Any]] = Field(description="The answer as a table.")
    record: dict[str, Any] | None = Field(description="The record, or the explained cell; null elsewhere.")
    state: State
    states: dict[str, str] = Field(description="Every state that occurs in the rows, and how it is to be read.")
    searched: dict[str, int] = Field(description="Cells of each state in the whole view; empty where there is none.")
    not_known: list[str] = Field(description="What this answer does not say; repeat it with any number.")
    sources: list[Source] = Field(description="The records behind what is shown, with where they have it from.")
    sources_note: str = Field(description="Where sources are missing or cut: why.")
    queries: list[Query] = Field(description="SPARQL that gives the same numbers.")
    no_query: str = Field(description="Where there is no query: why.")
    version: str = Field(description="Id of the version that was read.")
    as_of: str = Field(description="Day up to which the collection is described.")
    withdrawn_since_built: int = Field(description="Records left out of this version since it was built.")
    filter: str = Field(description="What was asked, in its shortest form.")
    licence: str
    page: str | None = Field(description="The same for people.")
    more: More | None
    left_out: list[str] = Field(description="Lists within the answer that were cut, and where the rest is.")
