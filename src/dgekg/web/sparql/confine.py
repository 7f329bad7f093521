"""What the kernel is asked to keep a worker from: sockets, and outliving its parent. Linux; elsewhere nothing."""

from __future__ import annotations

import ctypes
import errno
import platform
import signal
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_FILTER = 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # of a 4-byte word; jump if equal; return a constant
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
# The number of socket(2), and what the kernel calls the architecture.
_SOCKET = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def no_sockets() -> bool:
    """Refuse every new socket to this process and all that it will fork, for good.

    Returns:
        whether the kernel agreed; where not, workers still have no free file number to open one with.
    """
    known = _SOCKET.get(platform.machine())
    prctl = _prctl()
    if known is None or prctl is None:
        return False
    number, architecture = known
    steps = (
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 3, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    )
    written = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), written)
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def die_with_parent() -> None:
    """Have this process killed when the one that forked it ends."""
    prctl = _prctl()
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _prctl() -> Any:
    try:
        return ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
