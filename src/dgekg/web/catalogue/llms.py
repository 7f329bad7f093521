"""`/llms.txt`: what a language model should know before it reads here, in the form of llmstxt.org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, packaged
from dgekg.assistant import words as assistants
from dgekg.web.catalogue.about import told
from dgekg.web.house import LICENCE, House, Visit, link_header

PATH = "/llms.txt"
_COUNTED = ("practice", "actor", "instrument", "provision")


def _known() -> Mapping[str, Any]:
    found: Mapping[str, Any] = packaged.table("web/catalogue/llms.yaml")
    return found


def llms(house: House, request: Request) -> Response:
    """`/llms.txt`, made from the version that is served; in English."""
    visit = Visit(house, request)
    links = {"Link": link_header([(LICENCE, "license", "")])}
    return visit.answer(formats.TEXT, lambda: "\n".join(_lines(visit)), links)


def _lines(visit: Visit) -> Iterator[str]:
    words = _known()
    yield f"# {told(visit)['title']['en']}\n\n> {told(visit)['description']['en']}\n"
    yield f"{_figures(visit)}\n\n{words['states_head']}\n"
    yield from (f"- {name}: {reads}" for name, reads in assistants.known()["states"].items())
    yield f"\n{words['overlap']}\n\n{words['licence'].format(licence=LICENCE)}\n"
    for section in words["sections"]:
        yield f"## {section['title']}\n"
        for name, path, note in section.get("links", ()):
            yield f"- [{name}]({visit.absolute(path)}): {note}"
        if "text" in section:
            yield section["text"].format(root=visit.absolute(""), tools=", ".join(assistants.known()["tools"]))
        yield ""


def _figures(visit: Visit) -> str:
    return str(_known()["figures"]).format(
        as_of=visit.observatory.as_of.isoformat(),
        version=visit.observatory.version,
        health=visit.absolute("/health"),
        **{**dict.fromkeys(_COUNTED, 0), **visit.snapshot.counts},
    )
