"""The page of an actor: who it is, its role in practices, what it issued, found, decided and evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg import identifiers
from dgekg.folding import fold
from dgekg.vocabulary import PREFIXES
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.linked import pointing as links
from dgekg.web.linked import records

SHOWN = 60
_TOLD = (PREFIXES["prov"] + "agent", identifiers.term("changedRecord"))  # by role and practice; by the ledger


def actor(visit: Visit, iri: str) -> Mapping[str, Any]:
    """Return what the page of an actor shows."""
    facts = visit.snapshot.actors.get(iri, Facts(iri, {}))
    index = visit.observatory.index
    roles = []
    for role, items in facts.by("practice").items():
        names = sorted(items, key=lambda one: fold(visit.label(one)))
        listed = [one for one in names[:SHOWN] if one in index.position]
        cards = dict(zip(listed, visit.snapshot.cards.of(listed), strict=True))
        roles.append((identifiers.concept("role", role), len(names), [(one, cards.get(one)) for one in names[:SHOWN]]))
    roles.sort(key=lambda one: (not one[0].endswith("/lead"), -one[1], one[0]))
    told = {one for some in facts.by("practice").values() for one in some}
    return {
        "record": records.read(visit, iri),
        "facts": facts,
        "roles": roles,
        "total": len(told),
        "code": iri.rsplit("/", 1)[-1],
        "inverse": records.pointing(visit, links.every(visit, iri), _TOLD),
    }
