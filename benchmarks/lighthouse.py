"""A command: what Lighthouse says of some pages: how fast, for whom they can be used, and what it would mend.

    python -m benchmarks.lighthouse ADDRESS [--page /gaps] [--form desktop] [--keep DIR]

Lighthouse is no part of the project: it is the program of that name on the PATH, else `--program`, else npm fetches it
into a folder that is gone afterwards. It imitates a phone on a slow network, or (`--form desktop`) a computer on a
cable. Exit code 1 where a category has less than 95 of 100.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import chromium, screens

VERSION = "12"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = ("/", "/practices", "/id/practice/{practice}.html", "/coverage", "/gaps")
GOAL = 95
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
_FORMS = ("mobile", "desktop")
_SECONDS = 300


def main(arguments: list[str]) -> int:
    """Print the scores of each page and what lowers them; return 1 where one misses the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("address", help="of a running service")
    parser.add_argument("--page", action="append", help=f"path; default {' '.join(PAGES)}")
    parser.add_argument("--form", choices=_FORMS, action="append", help="default both")
    parser.add_argument("--program", default="", help="path of lighthouse, where it is not on the PATH")
    parser.add_argument("--keep", type=Path, help="folder for the whole reports, as JSON")
    chosen = parser.parse_args(arguments)
    address = chosen.address.rstrip("/")
    paths = [screens.filled(address, path) for path in chosen.page or PAGES]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="dgekg-lighthouse-") as folder:
        program = chosen.program or shutil.which("lighthouse") or fetched(Path(folder))
        keep = chosen.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        print(f"| page | form | {' | '.join(CATEGORIES)} | first paint | largest paint | blocked | shift | bytes |")
        print("| --- " * (len(CATEGORIES) + 7) + "|")
        for path in paths:
            for form in chosen.form or _FORMS:
                report = asked(program, address + path, form, keep / f"{_named(path)}-{form}.json")
                missed += sum(score < GOAL for score in scores(report).values())
                print(line(path, form, report), flush=True)
                for told in lowered(report):
                    print(f"    {told}", flush=True)
    return 1 if missed else 0


def fetched(folder: Path) -> str:
    """Let npm put Lighthouse into a folder; return its path.

    Raises:
        subprocess.CalledProcessError: npm failed; it has said why.
    """
    command = ["npm", "install", "--prefix", str(folder), "--cache", str(folder / "cache"), "--ignore-scripts"]
    subprocess.run([*command, "--loglevel=error", f"lighthouse@{VERSION}"], check=True, stdout=subprocess.DEVNULL)
    return str(folder / "node_modules" / ".bin" / "lighthouse")


def asked(program: str, address: str, form: str, report: Path) -> dict[str, Any]:
    """Let Lighthouse look at one page; return its report, which it writes into a file.

    Raises:
        RuntimeError: it gave none; says what it said.
    """
    command = [program, address, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={_FLAGS}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", *(["--preset=desktop"] if form == "desktop" else [])]
    environment = {**os.environ, "CHROME_PATH": chromium.find()}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if ran.returncode or not report.exists():
        raise RuntimeError(f"{address}: lighthouse gave no report: {ran.stderr.strip()[-600:]}")
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def scores(report: dict[str, Any]) -> dict[str, int]:
    """Return the score of each category, of 100.

    >>> scores({"categories": {"seo": {"score": 0.955}}})
    {'seo': 96}
    """
    return {name: round(100 * (one["score"] or 0)) for name, one in report["categories"].items()}


def line(path: str, form: str, report: dict[str, Any]) -> str:
    """Return one row of the table."""
    names = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
    shown = [report["audits"][name].get("displayValue", "") for name in (*names, "total-byte-weight")]
    cells = [path, form, *(str(scores(report)[name]) for name in CATEGORIES), *shown]
    return f"| {' | '.join(cell.replace(chr(160), ' ') for cell in cells)} |"


def lowered(report: dict[str, Any]) -> list[str]:
    """Return what lowers a score: category, what was looked at, what was found.

    >>> lowered({"audits": {"x": {"title": "No title", "score": 0}},
    ...          "categories": {"seo": {"auditRefs": [{"id": "x", "weight": 1}, {"id": "y", "weight": 0}]}}})
    ['seo: No title']
    """
    found = []
    for name, category in report["categories"].items():
        for reference in category["auditRefs"]:
            audit = report["audits"].get(reference["id"], {})
            if reference["weight"] and audit.get("score") is not None and audit["score"] < 0.9:
                found.append(f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip())
    return found


def _named(path: str) -> str:
    return re.sub(r"\W+", "-", path).strip("-") or "home"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
