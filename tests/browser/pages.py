"""One address at least of every kind of page, on the small test world.

Grids are small where a large one would say nothing new: a browser asks after each cell several times.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

Opener = Callable[..., Page]  # the fixture open_page
TEMPLATES = Path(__file__).parent.parent.parent / "src" / "dgekg" / "web" / "templates"
GONE = "selection-rate-gap"  # is withdrawn for these tests

PAGES = (
    "/",
    "/?lang=es",
    "/practices",
    "/practices?where=group=women&sort=newest",
    "/practices?q=nothing-has-this-name",
    "/practices?view=table&facet=region",
    "/practices?view=map&where=group=women",
    "/practices?where=group=wemen",
    "/coverage",
    "/coverage?rows=region",
    "/coverage?rows=stage",
    "/coverage?rows=region&cols=stage&depth=region=1&open=002&beside=yes",
    "/coverage?rows=region&cols=lever&depth=region=1&measure=actors",
    "/embed/coverage?rows=stage&cols=lever",
    "/embed/coverage?rows=region",
    "/coverage?rows=stage&where=region%3DAmericas&against=region%3DAfrica",
    "/coverage/intersections",
    "/coverage/intersections?of=women,migrants",
    "/coverage/cell?rows=group&cols=stage&at=women&at=retirement",
    "/coverage/cell?rows=stage&at=data",
    "/gaps",
    "/gaps/card?rows=group&cols=stage&at=sex-and-gender&at=whole-lifecycle&kind=participation",
    "/questions",
    "/questions/practices-of-a-group",
    "/questions/practices-of-a-group?group=women",
    "/standards",
    "/actors",
    "/network",
    "/sparql",
    "/data",
    "/about",
    "/method",
    "/contribute",
    "/contribute/practice",
    "/contribute/feedback",
    "/contribute/status",
    "/report",
    "/recommendations",
    "/diff",
    "/review/login",
    "/id/practice/bias-audit-b.html",
    "/id/practice/welfare-scorer-rollout.html",
    f"/id/practice/{GONE}.html",
    "/id/practice/no-such-practice.html",
    "/id/evidence/bias-audit-b-1.html",
    "/id/provision/equality-convention-1.html",
    "/id/instrument/equality-convention.html",
    "/id/actor/ministry-c.html",
    "/id/collection/world-desk.html",
    "/scheme/group.html",
    "/scheme/group/women.html",
    "/scheme/region/076.html",
    "/scheme/evidence-level/2.html",
    "/dimension/stage.html",
    "/ontology.html",
    "/version/0123456789abcdef/practices",
)


def templates() -> set[str]:
    """Return the names of the templates that are whole pages of ours, but for what answers a form or is in files."""
    whole = {path.name for path in TEMPLATES.glob("*.html") if '{% extends "base.html" %}' in path.read_text("utf-8")}
    return {name for name in whole if name != "give_receipt.html" and not name.startswith("edition_")}
