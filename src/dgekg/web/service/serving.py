"""Serving: one process, or several behind one socket under a supervisor that starts a dead one anew."""

from __future__ import annotations

import ctypes
import logging
import logging.config
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from dgekg import suppression, versions
from dgekg.errors import StoreError
from dgekg.settings import Settings
from dgekg.store.local import LocalStore
from dgekg.web.service import beside
from dgekg.web.service.leaving import Leaving
from dgekg.web.service.logs import CONFIG

_LOG = logging.getLogger("dgekg.web")
_DEATH, _AGAIN_SECONDS = 1, 2.0  # PR_SET_PDEATHSIG; and a rest before a worker that cannot start is started anew
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def one(app: Starlette, settings: Settings, store: str = "") -> None:
    """Serve from this process until SIGTERM or SIGINT; running requests are finished first.

    Args:
        app: what answers.
        settings: where to serve, and limits.
        store: address of a remote store, or what else is served in place of the built one; "" for that.

    Raises:
        StoreError: the address is taken.
    """
    logging.config.dictConfig(CONFIG)
    listener = _listening(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # the server raises again what it was stopped by
    config = _config(settings, app)
    with beside.writer(settings, store):
        uvicorn.Server(config).run(sockets=[listener])


def several(settings: Settings, store: str, factory: str) -> None:
    """Serve from `settings.workers` processes until SIGTERM or SIGINT; SIGHUP changes them one by one.

    Args:
        settings: limits.
        store: address of a remote store; "" for the built one.
        factory: what makes the application in each of them, as "module:function".

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the build is broken, or the address is taken.
    """
    if not (store or settings.store):
        version = versions.current(settings.project().build)
        versions.check(version)
        LocalStore(version.store)
    suppression.read(settings.private_root())
    logging.config.dictConfig(CONFIG)
    figures = tempfile.mkdtemp(prefix="dgekg-metrics-")
    os.environ |= {**settings.environment(), _FOLDER: figures}
    if store:
        os.environ["DGEKG_STORE"] = store
    try:
        config = _config(settings, factory)
        config.factory, config.workers = True, settings.workers
        config.timeout_worker_healthcheck = 60  # a worker that opens a large build is busy, not dead
        with beside.writer(settings, store):
            Multiprocess(config, [_listening(settings)]).run()
    finally:
        shutil.rmtree(figures, ignore_errors=True)


def worker(make: Callable[[], FastAPI]) -> FastAPI:
    """Return the application of a worker process; the process ends with its supervisor, whatever becomes of that.

    Where it cannot be made, the reason is logged and the process ends, to be started anew.
    """
    ctypes.CDLL(None).prctl(_DEATH, signal.SIGTERM)
    try:
        return make()
    except StoreError as error:
        _LOG.error("a worker cannot start: %s", error)
        time.sleep(_AGAIN_SECONDS)
        sys.exit(1)


def _config(settings: Settings, app: Starlette | str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `entry` believes those that the settings name, and nobody else
        timeout_graceful_shutdown=settings.stop_seconds,
        loop="asyncio",
        http=Leaving,
    )


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where a socket says that it is TCP does asyncio send small answers at once; else each waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise StoreError(
            f"{host}:{port}: cannot be served on ({error.strerror}). Choose another with --port; 0 takes a free one."
        ) from error
    shown = f"[{host}]" if ":" in host else host
    base = settings.base_path.strip("/")
    print(f"Serving on http://{shown}:{listener.getsockname()[1]}/{base + '/' if base else ''}", flush=True)
    return listener
