"""How the web and its workers talk: a 4-byte length, a JSON header, and for an answer its body."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct("!I")


def packed(header: dict[str, Any], body: bytes = b"") -> bytes:
    """Return one message as bytes."""
    head = json.dumps(header).encode()
    return LENGTH.pack(len(head)) + head + body


def unpacked(found: bytes | bytearray) -> tuple[dict[str, Any], bytes] | int:
    """Return header and body of one message, or how many bytes are missing at least.

    Raises:
        ValueError: this is no message.

    >>> unpacked(packed({"size": 2}, b"ab")), unpacked(packed({"size": 2}, b"a")), unpacked(b"")
    (({'size': 2}, b'ab'), 1, 4)
    """
    if len(found) < LENGTH.size:
        return LENGTH.size - len(found)
    start = LENGTH.size + LENGTH.unpack_from(found)[0]
    if len(found) < start:
        return int(start - len(found))
    header: dict[str, Any] = json.loads(found[LENGTH.size : start])
    missing = start + int(header.get("size", 0)) - len(found)
    return missing if missing > 0 else (header, bytes(memoryview(found)[start:]))


def send(connection: socket.socket, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    connection.sendall(packed(header, body))


def receive(connection: socket.socket) -> dict[str, Any]:
    """Read the header of one message.

    Raises:
        EOFError: the other side closed before it was complete.
    """
    (size,) = LENGTH.unpack(read_exactly(connection, LENGTH.size))
    header: dict[str, Any] = json.loads(read_exactly(connection, size))
    return header


def read_exactly(connection: socket.socket, size: int) -> bytes:
    """Read so many bytes.

    Raises:
        EOFError: the other side closed before that.
    """
    found = bytearray()
    while len(found) < size:
        data = connection.recv(min(size - len(found), 1 << 20))
        if not data:
            raise EOFError
        found += data
    return bytes(found)
