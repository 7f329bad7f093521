"""The fields of a form that was sent: read with a limit on size, number and time."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import Request

from dgekg.errors import InputError, TooLong, TooSlow, UnsupportedType, shown
from dgekg.formats import FORM_TYPE

Fields = dict[str, list[str]]


async def form(request: Request, seconds: float, longest: int = 100_000, most: int = 200) -> Fields:
    """Return the fields of a form, each with its values in order.

    Args:
        request: as it came.
        seconds: that it may take.
        longest: bytes that it may have.
        most: fields that it may have.

    Raises:
        UnsupportedType: it is none.
        TooLong, TooSlow: it is larger, or came more slowly, than this service reads.
        InputError: it cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise UnsupportedType(f'Content-Type: found "{shown(kind)}", expected {FORM_TYPE}.')
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > longest:
                    raise TooLong(f"The form is longer than {longest:,} bytes.")
    except TimeoutError as error:
        raise TooSlow("The form took too long to arrive. Send it again.") from error
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError as error:
        raise InputError(f"The form cannot be read: expected UTF-8 and at most {most} fields.") from error
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields
