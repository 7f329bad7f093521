"""How the web and its workers talk: a 4-byte length, a JSON header, and for an answer its body."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")


def send(connection: socket.socket, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    head = json.dumps(header).encode()
    connection.sendall(_LENGTH.pack(len(head)) + head + body)


def receive(connection: socket.socket) -> dict[str, Any]:
    """Read the header of one message.

    Raises:
        EOFError: the other side closed before it was complete.
    """
    (size,) = _LENGTH.unpack(read_exactly(connection, _LENGTH.size))
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
