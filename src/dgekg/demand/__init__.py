"""Demand: recorded harm, what supervising bodies asked, what those consulted said; set beside what there is.

Demand raises a gap and never lowers one: what was not recorded says nothing. Recorded harm comes from databases of
others, under their licences; it stays in a graph of its own that no public dump holds (see `graph`).
"""

from dgekg.demand.graph import Credit, Incident, Incidents, mark, of_build, packed, put, stored
from dgekg.demand.ranked import Ordered
from dgekg.demand.recorded import SORTS, Place, Recorded, incidents, voices, weight_of
from dgekg.demand.telling import COLUMNS, about, columns, sentences

__all__ = [
    "COLUMNS",
    "SORTS",
    "Credit",
    "Incident",
    "Incidents",
    "Ordered",
    "Place",
    "Recorded",
    "about",
    "columns",
    "incidents",
    "mark",
    "of_build",
    "packed",
    "put",
    "sentences",
    "stored",
    "voices",
    "weight_of",
]
