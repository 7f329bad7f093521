"""One file, cleaned by what it is."""

from __future__ import annotations

from dgekg.attachments.kinds import kind_of


def clean(data: bytes) -> tuple[str, bytes]:
    """Return the kind of a file, and the file without what it says of its makers.

    Raises:
        Refused: it is none of the kinds that are taken, or cannot be cleaned.

    >>> clean(b"One line.")
    ('txt', b'One line.')
    """
    kind = kind_of(data)
    # Each library is loaded for its own kind alone: this runs in a process that is made for one file.
    if kind == "pdf":
        from dgekg.attachments import portable

        return kind, portable.clean(data)
    if kind == "docx":
        from dgekg.attachments import written

        return kind, written.clean(data)
    if kind == "txt":
        from dgekg.attachments import plain

        return kind, plain.clean(data)
    from dgekg.attachments import pictures

    return kind, pictures.clean(data, kind)
