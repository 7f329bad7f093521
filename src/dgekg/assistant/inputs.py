"""What tools take: nothing that they do not know, for a filter that is passed over would make a wrong number."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MOST_ROWS, MOST_CARDS = 100, 5
Texts = list[str]
_WHERE = "Filters, dimension=value, such as group=women or stage=data,design (any of them); != for none of them."


class Arguments(BaseModel):
    """Arguments of a tool."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)


class Listing(Arguments):
    """Arguments of what answers with rows."""

    start: int = Field(0, ge=0, le=1_000_000, description="First row to show; an answer says how to ask on.")
    limit: int = Field(20, ge=1, le=MOST_ROWS, description="Rows to show at most.")
    version: str = Field("", description="When asking on: version of the answer before, so that none is mixed.")


class Excluding(Listing):
    """Arguments of what can leave records out."""

    exclude: Texts = Field(default_factory=list, max_length=100, description="Slugs of records to leave out.")


class Ask(Excluding):
    """Arguments of `ask`."""

    question: str = Field(description="Slug of the question, as `questions` lists it.")
    values: dict[str, str | Texts] = Field(default_factory=dict, description="Its parameters.")


class Placed(Excluding):
    """Arguments of what is about places."""

    where: Texts = Field(default_factory=list, max_length=50, description=_WHERE)
    rung: int | None = Field(
        None, ge=0, le=4, description="Level of evidence that counts as documented; 2 unless given."
    )


class Coverage(Placed):
    """Arguments of `coverage`."""

    rows: str = Field("stage", description="Dimension of the rows, such as group, stage, region, kind, right.")
    cols: Texts = Field(default_factory=list, max_length=3, description="Further dimensions, up to three.")
    at: Texts = Field(
        default_factory=list, max_length=4, description="One cell: a value for each dimension, in their order."
    )


class Gaps(Placed):
    """Arguments of `gaps`."""

    limit: int = Field(10, ge=1, le=MOST_ROWS, description=f"Gaps to show at most; with card, {MOST_CARDS}.")
    rows: str = Field("group", description="Dimension of the rows.")
    cols: Texts = Field(default_factory=lambda: ["stage"], max_length=3, description="Further dimensions.")
    kind: str = Field("", description="Only one kind: knowledge, practice, evidence, implementation, remedy, ...")
    card: bool = Field(False, description="Whether to say what is needed to fill each.")


class Record(Listing):
    """Arguments of `record`."""

    kind: str = Field(description="practice, actor, instrument, provision, concept, ...")
    slug: str = Field(description="Its short name, the end of its address; of a concept scheme/code.")
    part: str = Field("", description="Show only this part of the record, as rows, such as hasEvidence.")


class Search(Excluding):
    """Arguments of `search`."""

    q: str = Field(description="Words.")
    kind: Texts = Field(
        default_factory=list, max_length=5, description="practice, actor, instrument, provision, concept."
    )


class Lookup(Listing):
    """Arguments of `lookup`."""

    url: str = Field(description="Address of a page, with https://.")


class Standards(Excluding):
    """Arguments of `standards`."""

    q: str = Field("", description="Words.")
    kind: str = Field("", description="instrument or provision.")
    family: str = Field("", description="human-rights, ai-governance or both.")
    instrument: str = Field("", description="Only this instrument and its provisions, such as cedaw.")
    right: str = Field("", description="Only provisions that guarantee this right.")
