"""From the second acceptance to the public: `python -m benchmarks.acceptance FOLDER` on a copy of a project, built.

Serves the project, proposes practices like those that are there, accepts each twice, and waits until its address
answers. Changes FOLDER.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from dgekg.forms import Forms
from dgekg.inbox import FOLDER, Draft, Inbox
from dgekg.settings import Project

_TITLES = ("Okapi", "Quagga", "Tapir", "Zebra", "Gaur", "Nilgai", "Kudu", "Saiga")
_PATIENCE_SECONDS = 180.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as private:
        seconds = measured(Project.at(given.folder), Path(private), given.times)
    each = ", ".join(f"{one:.1f}" for one in seconds)
    print(f"second acceptance to visible, seconds: {each}; median {statistics.median(seconds):.1f}")


def measured(project: Project, private: Path, times: int) -> list[float]:
    """Return how many seconds each acceptance took until it could be seen."""
    inbox, forms = Inbox(private / FOLDER), Forms(project)
    inbox.secret()
    environment = {**os.environ, "DGEKG_ROOT": str(project.root), "DGEKG_PRIVATE": str(private)}
    command = [sys.executable, "-m", "dgekg", "serve", "--port", "0"]
    log = private / "log"
    with (
        log.open("w") as told,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=told, text=True) as service,
    ):
        try:
            found = re.search(r"http://\S+", service.stdout.readline() if service.stdout else "")
            assert found, log.read_text()
            address = found[0].rstrip("/")
            wait(lambda: "writer: ready" in log.read_text(), "the writer does not start")
            every = sorted((project.data / "practices").glob("*.ttl"))
            chosen = every[:: max(1, len(every) // times)][:times]
            return [accepted(inbox, forms, path, address, n) for n, path in enumerate(chosen)]
        finally:
            service.send_signal(signal.SIGTERM)


def accepted(inbox: Inbox, forms: Forms, like: Path, address: str, number: int) -> float:
    """Propose a practice much like another, accept it, and return the seconds until it is seen."""
    answers = forms.from_document(like.read_text("utf-8"))
    word = f"{_TITLES[number % len(_TITLES)]} {secrets.token_hex(3)}"
    answers["fields"]["title"] = [{"value": word, "language": "en"}]
    receipt = inbox.submit(Draft("new", answers, consent={"publish": True}), secrets.token_hex(16))
    inbox.decide(receipt.id, "first", "accept")
    before = time.monotonic()
    inbox.decide(receipt.id, "second", "accept")
    slug = word.lower().replace(" ", "-")
    wait(lambda: shown(f"{address}/id/practice/{slug}"), f"{slug} is not shown; see dgekg inbox show {receipt.id}")
    return time.monotonic() - before


def shown(address: str) -> bool:
    """Whether an address answers with a record."""
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def wait(done: Callable[[], bool], otherwise: str) -> None:
    """Wait until something is so."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not done():
        if time.monotonic() > until:
            raise SystemExit(otherwise)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
