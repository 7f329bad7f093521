"""What a person types into a view, read into concepts: filters, depths, and the place of one cell.

A condition is `dimension=value`, `dimension!=value`; several values by commas. A value may be a label, a code or an
address, and a label may hold a comma of its own. What cannot be read is refused with what was found, and with what
could stand in its place where that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from dgekg import identifiers
from dgekg.errors import Ambiguous, InputError, TooLong, UnknownValue, ViewError, shown
from dgekg.index import Dimension, Index
from dgekg.lookup import Names

NOT_STATED = "-"
LONGEST_QUERY = 16_000
_LONGEST_VALUE = 600
_MOST_PARTS = 200
_MOST_PAIRS = 300
_PARTS_OF_A_LABEL = 6
_SCALE = 12
_EXPECTED = "expected dimension=value, or dimension!=value; several values by commas."
_CONDITION = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z-]*)\s*(?P<operator>[^\w\s,;.\"'()-]+|\s(?:is not|not in|is|not|in)\s)(?P<value>.*)",
    re.DOTALL,
)
_NEGATIONS = ("!", "<>", "≠", "!==", "=!", "!:", "!~", "is not", "not in", "not")

Condition = tuple[str, tuple[str, ...], bool]


def pairs_of(query: str, what: str = "") -> list[tuple[str, str]]:
    """Return keys and values of a query string, in order.

    Raises:
        TooLong: more of them than anybody asks for; the message says of what (`A view of`).
    """
    try:
        return parse_qsl(query, max_num_fields=_MOST_PAIRS)
    except ValueError:
        start = f"{what} more" if what else "More"
        raise TooLong(f"{start} than {_MOST_PAIRS} parts; give fewer conditions.") from None


def homes_of(dimension: Dimension) -> list[str]:
    """Return what the IRIs of a dimension's values begin with."""
    if "#" in dimension.home:
        kind = {"CollectionActivity": "collection"}.get(dimension.home.rsplit("#", 1)[-1])
        return [identifiers.records(kind or dimension.home.rsplit("#", 1)[-1].lower())]
    return [home + "/" for home in (dimension.home, *dimension.beside)]


def condition(text: str, index: Index, names: Names) -> Condition:
    """Read one filter: its dimension, its values in order, and whether they are excluded.

    Raises:
        InputError: no dimension, operator or value that is known; what may have been meant is suggested.
    """
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise InputError(f'where: found "{shown(text)}", {_EXPECTED}', text)
    dimension, operator, value = index.dimension(match["name"]), match["operator"].strip(), match["value"].strip()
    if operator not in ("=", "!="):
        raise _operator(text, dimension, operator, value, index)
    if not value.strip(" ,"):
        raise InputError(f'where: found "{shown(text)}", which has no value; {_EXPECTED}', text)
    values = _values(value, dimension, index, names)
    return dimension.name, tuple(sorted(set(values))), operator == "!="


def value_of(text: str, dimension: Dimension, index: Index, names: Names) -> str:
    """Return the IRI of a value of a dimension.

    Raises:
        UnknownValue: no such value; the nearest are suggested.
        Ambiguous: several values have the name; they are listed.
        InputError: it is a value of another dimension, which is named, or an address of something else.
    """
    if len(text) > _LONGEST_VALUE:
        raise TooLong(f'{dimension.name}: found "{shown(text)}", longer than any name here ({_LONGEST_VALUE} letters).')
    try:
        return names.resolve(text, homes_of(dimension), dimension.name)
    except UnknownValue as error:
        raise _of_another(text.strip(), dimension, index, names) or error from None


def depth_of(text: str, index: Index) -> tuple[str, int]:
    """Read `dimension=levels`.

    Raises:
        InputError: no such dimension, or not a whole number.
    """
    name, _, number = text.partition("=")
    return index.dimension(name.strip()).name, integer("depth", number.strip())


def depths_of(texts: Sequence[str], index: Index) -> tuple[tuple[str, int], ...]:
    """Read several depths.

    Raises:
        InputError: one cannot be read, or one dimension has two.
    """
    found: dict[str, int] = {}
    for name, levels in (depth_of(text, index) for text in texts):
        if found.setdefault(name, levels) != levels:
            raise InputError(f"depth: {name} is given twice, {found[name]} and {levels}; give it once.")
    return tuple(found.items())


def place_of(texts: Sequence[str], dimensions: Sequence[str], index: Index, names: Names) -> tuple[str, ...]:
    """Read the place of one cell: a value for each dimension, "-" for what is not stated.

    Args:
        texts: one a dimension, or a single text with them by commas.
        dimensions: those of the view, in order.
        index: whose concepts they are.
        names: of the same version.

    Raises:
        InputError: not one for each dimension, or one that is not known.
    """
    parts = list(texts)
    if len(parts) == 1 and len(dimensions) > 1:
        parts = parts[0].split(",")
    if len(parts) != len(dimensions) or not all(part.strip() for part in parts):
        raise InputError(
            f"at: found {sum(bool(part.strip()) for part in parts)} values for {len(dimensions)} dimensions "
            f'({", ".join(dimensions)}); give one for each, in this order, "-" for what is not stated.'
        )
    return tuple(
        "" if part.strip() == NOT_STATED else value_of(part, index.dimension(name), index, names)
        for name, part in zip(dimensions, parts, strict=True)
    )


def integer(field: str, text: str) -> int:
    """Read a whole number of at most three digits.

    Raises:
        InputError: it is none.
    """
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise InputError(f'{field}: found "{shown(text)}", expected a whole number.', text)
    return int(text)


def yes_or_no(field: str, text: str) -> bool:
    """Read yes or no.

    Raises:
        InputError: it is neither.
    """
    if text not in ("yes", "no"):
        raise InputError(f'{field}: found "{shown(text)}", expected yes or no.', text, ["yes", "no"])
    return text == "yes"


def once(key: str, values: Sequence[str], default: str, hint: str = "") -> str:
    """Return the one value of a key that may be given once; the same value again is no contradiction.

    Raises:
        InputError: it is given twice, with different values.
    """
    different = list(dict.fromkeys(values))
    if len(different) > 1:
        listed = ", ".join(f'"{shown(value, 40)}"' for value in different[:4])
        raise InputError(f"{key}: found {listed}; it can be given once. {hint}".rstrip())
    return different[0] if different else default


def _values(text: str, dimension: Dimension, index: Index, names: Names) -> list[str]:
    """Read values by commas; of the ways to read commas, that with the longest names that exist."""
    parts = text.split(",")
    if len(parts) > _MOST_PARTS:
        raise TooLong(f"{dimension.name}: found {len(parts)} values; at most {_MOST_PARTS} are read.")
    found, at = [], 0
    while at < len(parts):
        if not parts[at].strip():
            at += 1
            continue
        for end in range(min(len(parts), at + _PARTS_OF_A_LABEL), at + 1, -1):
            whole = ",".join(parts[at:end])
            hits = names.exact(whole, homes_of(dimension)) if whole.strip(" ,") == whole.strip() else []
            if hits:
                found.append(value_of(whole, dimension, index, names))
                at = end
                break
        else:
            found.append(value_of(parts[at], dimension, index, names))
            at += 1
    return found


def _operator(text: str, dimension: Dimension, operator: str, value: str, index: Index) -> InputError:
    """Return the error for an operator that views do not have, with what may have been meant."""
    meant = f"{dimension.name}{'!=' if operator in _NEGATIONS else '='}{value}"
    if operator in (">", "<", ">=", "<="):
        codes = _beyond(dimension, operator, value, index)
        meant = f"{dimension.name}={','.join(codes)}" if codes else ""
    tail = f" Did you mean {shown(meant)}?" if meant and value else ""
    said = f'where: found "{shown(text)}", where "{shown(operator)}" is no operator of a view; {_EXPECTED}{tail}'
    return ViewError(said, text, [meant] if tail else [])


def _beyond(dimension: Dimension, operator: str, value: str, index: Index) -> list[str]:
    """Return the codes above or below a number, where a dimension is a short scale of numbers."""
    scale = {int(c.notation): c.code for c in index.concepts(dimension.name).values() if c.notation.isdecimal()}
    if not re.fullmatch(r"[0-9]{1,3}", value) or len(scale) > _SCALE:
        return []
    bound = int(value)
    holds = {">": bound.__lt__, "<": bound.__gt__, ">=": bound.__le__, "<=": bound.__ge__}[operator]
    return [scale[number] for number in sorted(scale) if holds(number)]


def _of_another(text: str, dimension: Dimension, index: Index, names: Names) -> InputError | None:
    """Return the error for a value that belongs to another dimension, or for an address of something else."""
    for other in index.dimensions.values():
        if other.home == dimension.home:
            continue
        hits = names.exact(text, homes_of(other))
        if hits:
            code = hits[0].rsplit("/", 1)[-1]
            return Ambiguous(
                f'{dimension.name}: found "{shown(text)}", which is known as {other.name}, not as {dimension.name}. '
                f"Did you mean {other.name}={code}?",
                f"{dimension.name}={text}",
                [f"{other.name}={code}"],
            )
    if text.startswith(("http://", "https://")) and not text.startswith(tuple(homes_of(dimension))):
        return InputError(
            f'{dimension.name}: found "{shown(text)}", an address of something else; '
            f"expected one that begins with {' or '.join(homes_of(dimension))}",
            text,
        )
    return None
