"""Groups at their crossing as a picture: made for each, naming all its parts, and how many would do so by chance."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from dgekg.charts.colours import ink
from dgekg.charts.drawing import SIZE, Drawn
from dgekg.charts.picture import Picture
from dgekg.coverage.intersections import Combination
from dgekg.web.house import Visit

MOST = 15
_LEFT, _WIDE, _END, _TALL, _BAR = 270, 380, 200, 27, 15
_LETTERS = 38


def picture(visit: Visit, combinations: Sequence[Combination]) -> Picture:
    """Return the first combinations as bars; a table beside it says the same."""
    shown = combinations[:MOST]
    longest = max(1.0, *(max(one.counts["all"], one.counts["made"], one.expected) for one in shown))
    rows = "".join(_row(visit, n, one, _WIDE / longest) for n, one in enumerate(shown))
    drawn = Drawn(rows, _LEFT + _WIDE + _END, len(shown) * _TALL + 4)
    return Picture(drawn, title=visit.t("cross.picture"), says=visit.t("cross.picture_key"))


def _row(visit: Visit, number: int, one: Combination, scale: float) -> str:
    top = number * _TALL + 6
    made, every, chance = (scale * n for n in (one.counts["made"], one.counts["all"], one.expected))
    name = ", ".join(visit.label(iri) for iri in one.groups) or ", ".join(visit.label(iri) for iri in one.parts)
    name = name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"
    middle = top + _BAR / 2
    end = _LEFT + max(made, every, chance) + 10
    told = visit.t("cross.picture_row", made=one.counts["made"], all=one.counts["all"])
    text = f'font-size="{SIZE}" dominant-baseline="central"'
    return (
        f'<text x="{_LEFT - 10}" y="{middle:g}" text-anchor="end" fill="{ink("ink")}" {text}>{escape(name)}</text>'
        f'<path d="M{_LEFT} {top}h{every:.1f}v{_BAR}h-{every:.1f}z" fill="{ink("c1")}" stroke="{ink("c3")}"/>'
        f'<path d="M{_LEFT} {top}h{made:.1f}v{_BAR}h-{made:.1f}z" fill="{ink("c3")}"/>'
        f'<path d="M{_LEFT + chance:.1f} {top - 4}v{_BAR + 8}" stroke="{ink("ink")}" stroke-width="2"/>'
        f'<text x="{end:.0f}" y="{middle:g}" fill="{ink("soft")}" {text}>{escape(told)}</text>'
    )
