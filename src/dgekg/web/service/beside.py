"""The resident writer beside the service: a process of its own, started where there is an inbox, and started anew."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from dgekg.settings import Settings

_LOG = logging.getLogger("dgekg.writer")
_INBOX = "inbox"
_LOOK_SECONDS, _FIRST_SECONDS, _LONGEST_SECONDS, _END_SECONDS = 1.0, 2.0, 120.0, 20.0
_COMMAND = (sys.executable, "-m", "dgekg", "inbox", "work")


@contextlib.contextmanager
def writer(settings: Settings, store: str = "") -> Iterator[None]:
    """Keep the writer running as long as the block lasts, if this service is to have one.

    Args:
        settings: whether it is wanted, and where the project and its private root are.
        store: address of a remote store; then there is nothing to write.
    """
    if not wanted(settings, store):
        yield
        return
    beside = Beside(settings)
    try:
        yield
    finally:
        beside.end()


def wanted(settings: Settings, store: str = "") -> bool:
    """Whether this service runs a writer: it is not switched off, and the project can be written."""
    if settings.writer == "off" or store or settings.store:
        return False
    project = settings.project()
    folders = (project.data, project.build)
    return project.home is None and all(os.access(folder, os.W_OK) for folder in folders)


class Beside:
    """A thread that starts the writer once there is an inbox, and again when it ends.

    The process gets the signal to end when this thread does: it never outlives the service.

    Args:
        settings: handed on to the process.
        command: run instead of the writer.
    """

    def __init__(self, settings: Settings, command: tuple[str, ...] = ()) -> None:
        self._settings = settings
        self._command = command or (*_COMMAND, "--with-parent", str(os.getpid()))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="dgekg-writer", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the process, once it has finished what it writes."""
        self._stop.set()
        self._thread.join(_END_SECONDS + _LOOK_SECONDS)

    def _keep(self) -> None:
        inbox: Path = self._settings.private_root() / _INBOX
        rest = _FIRST_SECONDS
        while not self._stop.is_set():
            if not inbox.is_dir():
                self._stop.wait(_LOOK_SECONDS)
                continue
            code = self._run()
            if not self._stop.is_set():
                _LOG.error("the writer ended (%s) and is started anew in %.0f seconds", code, rest)
                self._stop.wait(rest)
                rest = min(2 * rest, _LONGEST_SECONDS)

    def _run(self) -> int:
        environment = {**os.environ, **self._settings.environment()}
        with subprocess.Popen(
            self._command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            told = threading.Thread(target=self._tell, args=(process,), daemon=True)
            told.start()
            while process.poll() is None:
                if self._stop.wait(_LOOK_SECONDS / 2):
                    process.terminate()
                    try:
                        process.wait(_END_SECONDS)
                    except subprocess.TimeoutExpired:
                        process.kill()
            return process.returncode

    def _tell(self, process: subprocess.Popen[str]) -> None:
        for line in process.stderr or ():
            _LOG.info("%s", line.rstrip())
