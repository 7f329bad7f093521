"""A server of a dataset on loopback, and requests to it as they are written in `protocol/*.yaml`."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

FOLDER = Path(__file__).parent / "protocol"


@dataclass(frozen=True)
class Got:
    """An answer: header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def cases(name: str) -> Any:
    """Read a file of cases."""
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


@contextlib.contextmanager
def serving(*files: Path, **settings: object) -> Iterator[str]:
    """Serve files of RDF; yield the address."""
    arguments = [word for file in files for word in ("--dataset", str(file))]
    command = [sys.executable, "-c", "from dgekg.cli import main; main()", "serve", "--port", "0", *arguments]
    limits = {f"DGEKG_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **limits})
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.removeprefix("Serving on ").strip()
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


def ask(server: str, request: Mapping[str, Any], client: str = "127.0.0.1", path: str = "sparql") -> Got:
    """Send a request as a case says it, from one of this machine's own addresses."""
    place = urlsplit(server)
    address = request.get("address", {})
    query = address if isinstance(address, str) else urlencode(address, doseq=True)
    headers = {str(k): str(v) for k, v in request.get("headers", {}).items()}
    body: bytes | None = None
    if "form" in request:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(request["form"], doseq=True).encode()
    elif "body" in request:
        body = str(request["body"]).encode(request.get("encoding", "utf-8"))
        if "type" in request:
            headers["Content-Type"] = request["type"]
    connection = http.client.HTTPConnection(str(place.hostname), place.port, 60, source_address=(client, 0))
    with contextlib.closing(connection):
        connection.request(request["method"], f"/{path}{'?' + query if query else ''}", body, headers)
        answer = connection.getresponse()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
