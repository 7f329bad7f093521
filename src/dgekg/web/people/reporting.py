"""`/report`: the report of the version that is served, in four formats and three languages, written on demand.

Writing one takes seconds of a processor, so a process of its own does it, one at a time, and what it wrote is kept in
the private root until the version or the list of what may not be shown has changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats
from dgekg.errors import InputError, StoreError, TooBusy, UnknownValue, shown
from dgekg.report.faces import FORMATS
from dgekg.vocabulary import LANGUAGES
from dgekg.web.house import House, Visit
from dgekg.web.people.pages import known

PLAIN, ABOUT = ("full", "brief"), ("country", "group", "instrument", "stage")
_KINDS = {"html": formats.HTML, "pdf": formats.PDF, "docx": formats.DOCX, "md": formats.MARKDOWN}
_FOLDER, _MOST, _SECONDS, _PATIENCE = "reports", 200, 180, 40
_TURN = threading.Lock()
# The file brings its style and no script; nothing in it may be asked for from elsewhere.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; base-uri 'none'; form-action 'none'"


def page(house: House, request: Request) -> Response:
    """`/report`: what the report holds, and the report as files."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("report.html", lambda: {"forms": FORMATS, "plain": PLAIN, "about": ABOUT, "tongues": LANGUAGES})


def asked(house: House, request: Request) -> Response:
    """`/report/of`: leads the form of the page to the file that it means."""
    visit = Visit(house, request)
    given = visit.request.query_params
    variant, form = _one_of("variant", given.get("variant", ""), ABOUT), _one_of("form", given.get("form", ""), FORMATS)
    path = visit.url(f"/report/{variant}.{visit.language}.{form}", [("of", given.get("of", ""))])
    return Response(status_code=303, headers={"Location": path})


def file(house: House, request: Request) -> Response:
    """`/report/{variant}.{language}.{form}`: one report as a file.

    Raises:
        UnknownValue: no such variant, language or format.
        InputError: what it is to be about is not known.
        TooBusy: another one is being written.
    """
    visit = Visit(house, request)
    variant, _, rest = str(request.path_params["name"]).partition(".")
    language, _, form = rest.partition(".")
    _one_of("variant", variant, (*PLAIN, *ABOUT))
    _one_of("language", language, LANGUAGES)
    _one_of("format", form, FORMATS)
    of = request.query_params.get("of", "").strip()
    if variant in ABOUT and not of:
        raise InputError(f"of: found nothing, expected which {variant}, as ?of=...", field="of")
    name = f"{variant}={of}" if variant in ABOUT else variant
    body = _made(visit, name, language, form)
    place = "inline" if form == "html" else "attachment"
    headers = {"Content-Disposition": f'{place}; filename="dgekg-{variant}.{language}.{form}"'}
    if form == "html":
        headers["Content-Security-Policy"] = _POLICY
    return visit.answer(_KINDS[form], lambda: body, headers)


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UnknownValue(field, value, allowed)
    return value


def _made(visit: Visit, variant: str, language: str, form: str) -> bytes:
    now = visit.observatory
    private = visit.house.settings.private_root() / _FOLDER
    folder = private / f"{now.version}-{now.suppressed.counter}"
    kept = folder / f"{variant.encode().hex()[:120]}.{language}.{form}"
    if kept.is_file():
        return kept.read_bytes()
    if not _TURN.acquire(timeout=_PATIENCE):
        raise TooBusy("Another report is being written. Try again in 20 seconds.", 20)
    try:
        if kept.is_file():
            return kept.read_bytes()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _tidied(private, folder)
        body = _written(visit, variant, language, form, folder)
        fresh = folder / f".{os.getpid()}.{kept.name}"
        fresh.write_bytes(body)
        fresh.replace(kept)
        return body
    except OSError as error:
        raise StoreError(f"The report cannot be kept ({error.strerror}).") from error
    finally:
        _TURN.release()


def _written(visit: Visit, variant: str, language: str, form: str, folder: Path) -> bytes:
    settings = visit.house.settings
    environment = {**os.environ, **settings.environment(), "DGEKG_ROOT": str(visit.observatory.project.root)}
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
        target = Path(scratch) / f"report.{form}"
        command = [sys.executable, "-m", "dgekg", "report", "--variant", variant, "--language", language]
        command += ["--format", form, "--output", str(target), "--version", visit.observatory.version]
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise TooBusy("Writing the report took too long. Try again later.", 60) from error
        if done.returncode or not target.is_file():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise InputError(
                shown((said or ["The report could not be written."])[-1]).removeprefix("dgekg: "), field="of"
            )
        return target.read_bytes()


def _tidied(private: Path, folder: Path) -> None:
    """Delete what was written for other versions, and everything where there is too much."""
    for other in private.iterdir():
        if other != folder and other.is_dir():
            shutil.rmtree(other, ignore_errors=True)
    if len(list(folder.iterdir())) >= _MOST:
        for old in folder.iterdir():
            old.unlink(missing_ok=True) if old.is_file() else None
