"""A gap card as text for a terminal, as Markdown, and as a JSON object."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Any

from dgekg.cards.records import Duty, GapCard, Round
from dgekg.cards.speech import CardWords, Item

_WIDTH = 96


def text(words: CardWords) -> str:
    """Return a card for a terminal, at most 96 characters a line."""
    lines = [words.kind.upper(), *textwrap.wrap(words.sentence, _WIDTH)]
    for section in words.sections:
        lines += ["", section.title]
        for item in section.items:
            name = f"{item.name}{words.colon} " if item.name else ""
            lines += textwrap.wrap(name + item.text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def markdown(words: CardWords) -> str:
    """Return a card as Markdown, with links."""
    lines = [f"## {_plain(words.where)}", "", f"*{_plain(words.kind)}*. {_plain(words.sentence)}"]
    for section in words.sections:
        lines += ["", f"### {section.title}", "", *(_bullet(item, words.colon) for item in section.items)]
    return "\n".join(lines) + "\n"


def as_json(card: GapCard, words: CardWords) -> dict[str, Any]:
    """Return a card as a JSON object: values with addresses and codes, then the words."""
    gap, looked = card.gap, card.looked
    return {
        "kind": gap.kind,
        "priority": gap.priority,
        "parts": dict(gap.parts),
        "cell": {"at": dict(card.at), "state": gap.cell.state.value, "marks": list(gap.cell.marks)},
        "sentence": words.sentence,
        "duties": [_duty(duty) for duty in card.duties],
        "more_binding_instruments": card.more,
        "guidance": _duty(card.guidance) if card.guidance else None,
        "findings": [{"iri": f.iri, "date": f.date, "issued_by": sorted(f.issuers)} for f in card.findings],
        "looked": {
            "searches": [
                {"iri": s.iri, "date": s.date, "round": _round(s.round) if s.round else None} for s in looked.searches
            ],
            "overtaken": looked.overtaken,
            "rounds": [{**_round(one), "practices": number} for one, number in looked.rounds],
        },
        "helped": [asdict(near) for near in card.helped],
        "failed": asdict(card.failed) if card.failed else None,
        "nearer_failure_not_named": card.unnamed,
        "power": [asdict(one) for one in card.power],
        "consult": asdict(card.consult),
        "certainty": {"word": card.certainty.word, "reasons": [list(reason) for reason in card.certainty.reasons]},
        "sections": [
            {"key": s.key, "title": s.title, "items": [_item(item) for item in s.items]} for s in words.sections
        ],
    }


def _duty(duty: Duty) -> dict[str, Any]:
    norm, act = duty.norm, duty.act
    return {
        "norm": norm.iri,
        "instrument": norm.instrument,
        "force": norm.force,
        "in_force_since": norm.since,
        "subject": dict(duty.subject),
        "text_opened": duty.opened,
        "binds_here": duty.binds,
        "parties_on_record": duty.parties,
        "duty_on": sorted(norm.duty_on),
        "act": {**asdict(act), "reserved": sorted(act.reserved), "note": dict(duty.note)} if act else None,
    }


def _round(one: Round) -> dict[str, Any]:
    return asdict(one)


def _item(item: Item) -> dict[str, str]:
    return {"name": item.name, "iri": item.iri, "text": item.text}


def _bullet(item: Item, colon: str) -> str:
    name = f"[{_plain(item.name)}]({item.iri})" if item.iri else f"**{_plain(item.name)}**" if item.name else ""
    return f"- {name}{colon} {_plain(item.text)}" if name else f"- {_plain(item.text)}"


def _plain(text_: str) -> str:
    """Return text in which nothing is read as Markdown or HTML."""
    for sign in "\\`*_[]<>":
        text_ = text_.replace(sign, f"\\{sign}")
    return text_.replace("\n", " ")
