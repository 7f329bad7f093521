"""From coded answers to findings: what enough people said, without a place or group that too few of them name."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dgekg.consulting.answers import Answer
from dgekg.consulting.coding import Unit
from dgekg.inbox import Draft
from dgekg.outreach.counting import LEAST, LEAST_PROTECTED

_CONSENT = ("aggregate-only", "public-anonymous", "public-attributed")  # the narrowest first
Broader = Mapping[str, Sequence[str]]
"""By code of a concept, the codes directly above it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What many said of one theme.

    Attributes:
        theme: its code.
        people: how many said so; None where they are too few to be told.
        sectors: codes that at least so many of them name, as near as that allows.
        regions: likewise.
        groups: likewise, never broader than what was named.
        consent: the narrowest that any of them gave.
        year: in which the last of them answered.
        protected: whether a group in a protected domain is among those that they speak for.
    """

    theme: str
    people: int | None
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    consent: str = _CONSENT[0]
    year: str = ""
    protected: bool = False


def findings(
    answers: Sequence[Answer],
    themes_of: Mapping[Unit, frozenset[str]],
    themes: Collection[str],
    broader: Mapping[str, Broader],
    protected: Collection[str],
) -> list[Finding]:
    """Return a finding for each theme, those of too few without anything about them.

    Args:
        answers: of the round.
        themes_of: what is settled, by text.
        themes: codes.
        broader: for sector, region and group.
        protected: codes of groups in protected domains.
    """
    found = []
    for theme in themes:
        ids = {answer for (answer, _question), given in themes_of.items() if theme in given}
        those = [one for one in answers if one.id in ids]
        shielded = any(set(one.codes("aboutGroup")) & set(protected) for one in those)
        least = LEAST_PROTECTED if shielded else LEAST
        if len(those) < least:
            # Whether it was too few by the one limit or the other would tell that somebody spoke for such a group.
            found.append(Finding(theme, None))
            continue
        given = {name: [one.codes(name) for one in those] for name in ("respondentSector", "inRegion", "aboutGroup")}
        found.append(
            Finding(
                theme,
                len(those),
                listed(given["respondentSector"], broader["sector"], least),
                listed(given["inRegion"], broader["region"], least),
                listed(given["aboutGroup"], {}, least),
                min((one.codes("consentClass")[0] for one in those), key=_CONSENT.index),
                max(one.received for one in those)[:4],
                shielded,
            )
        )
    return found


def listed(given: Sequence[Collection[str]], broader: Broader, least: int) -> tuple[str, ...]:
    """Return the concepts that at least so many people name, each as near as that allows.

    From the deepest up: what enough people name is listed, and the others are counted with what is above. So nobody
    stands in a list alone, and a broader concept stands in it only where enough people are in none of the nearer ones.

    Args:
        given: codes of each person.
        broader: what is above each code.
        least: how many make enough.

    >>> up = {"ke": ["africa"], "gh": ["africa"], "fr": ["europe"], "africa": ["world"], "europe": ["world"]}
    >>> listed([["ke"]] * 6 + [["gh"]] * 3 + [["fr"]] * 2, up, 5)
    ('ke', 'world')
    """
    standing = {number: set(codes) for number, codes in enumerate(given)}
    found = []
    while codes := {code for one in standing.values() for code in one}:
        deepest = max(_depth(code, broader) for code in codes)
        for code in sorted(code for code in codes if _depth(code, broader) == deepest):
            those = [number for number, one in standing.items() if code in one]
            enough = len(those) >= least
            if enough:
                found.append(code)
            for number in those:
                standing[number].discard(code)
                standing[number] |= set() if enough else set(broader.get(code, ()))
    return tuple(sorted(found))


def draft_of(finding: Finding, label: Mapping[str, str], said: Mapping[str, str], round_: str) -> Draft:
    """Return a finding as a proposal of a new record; a reviewer reads it before it is published.

    Args:
        finding: of enough people.
        label: what the theme is called, by language.
        said: what they said about it, by language.
        round_: slug of the collection activity.
    """
    title = [{"value": text, "language": tag} for tag, text in label.items()]
    fields = {
        "title": title,
        "theme": title,
        "description": [{"value": text, "language": tag} for tag, text in said.items()],
        "respondentSector": list(finding.sectors),
        "respondents": [finding.people],
        "aboutGroup": list(finding.groups),
        "inRegion": list(finding.regions),
        "date": [finding.year],
        "consentClass": [finding.consent],
        "fromActivity": [f"collection/{round_}"],
    }
    answers = {
        "kind": "consultation",
        "slug": None,
        "fields": {name: values for name, values in fields.items() if values},
    }
    return Draft("new", answers, consent={"publish": True}, note=f"Coded from the answers of {round_}.")


def key_of(secret: bytes, round_: str, theme: str) -> str:
    """Return the key of a finding's proposal: the same finding again changes the one that waits."""
    return hmac.new(secret, f"consultation|{round_}|{theme}".encode(), hashlib.sha256).hexdigest()


def _depth(code: str, broader: Broader) -> int:
    depth, above = 0, set(broader.get(code, ()))
    while above:
        depth, above = depth + 1, {up for one in above for up in broader.get(one, ())}
    return depth
