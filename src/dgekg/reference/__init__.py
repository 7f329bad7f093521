"""The reference: pages and blocks of the documents that are made from the living code, model and data.

    python -m dgekg.reference docs/reference            writes them
    python -m dgekg.reference --check docs/reference    says which file differs, and ends with 1

Pages are the files of the folder. Notebooks are made of the scripts beside them (see `notebook`).
Blocks stand in README.md, CONTRIBUTING.md and docs/, between markers (see
`blocks`). Where a source is broken, its page is left as it is and the fault is said; the others are written.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from dgekg.errors import DgekgError, InputError
from dgekg.reference import blocks, cookbook, model, notebook, programs, surface
from dgekg.reference.material import Material
from dgekg.settings import Project

PAGES: Mapping[str, Callable[[Material], str]] = {
    "checks.md": surface.checks,
    "commands.md": surface.commands,
    "cookbook.md": cookbook.cookbook,
    "dimensions.md": surface.dimensions,
    "http.md": programs.http,
    "model.md": model.model,
    "python.md": programs.python,
    "questions.md": surface.questions,
    "schemes.md": model.schemes,
    "settings.md": surface.settings,
}
NOTE = "<!-- Made by `python -m dgekg.reference docs/reference`; a test compares it with its sources. -->\n\n"


def generate(project: Project, folder: Path) -> Iterator[tuple[Path, str | DgekgError]]:
    """Yield every file with the text it should have, or the fault that keeps it from being made.

    Args:
        project: the folders.
        folder: where the pages go, below the project's folder.
    """
    material = Material(project)
    for name, page in sorted(PAGES.items()):
        yield folder / name, _made(partial(_noted, page, material))
    for path in documents(project.root):
        text = path.read_text(encoding="utf-8")
        if blocks.has_blocks(text):
            yield path, _made(partial(blocks.filled, text, material))
    for script in notebook.scripts(project.root):
        yield script.with_suffix(".ipynb"), _made(partial(notebook.current, script, material))


def documents(root: Path) -> list[Path]:
    """Return the documents that people write, which may hold blocks: top level and docs/, without the reference."""
    written = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return sorted(p for p in written if "reference" not in p.relative_to(root).parts)


def main(arguments: Sequence[str]) -> int:
    """Write or check; return the exit code."""
    check = "--check" in arguments
    rest = [a for a in arguments if a != "--check"]
    if len(rest) != 1 or rest[0].startswith("-"):
        print("Usage: python -m dgekg.reference [--check] DIR", file=sys.stderr)
        return 2
    try:
        folder = Path(rest[0]).resolve()
        project = _project(folder)
        return _run(project, folder, check)
    except DgekgError as error:
        print(f"dgekg.reference: {error}", file=sys.stderr)
        return error.exit_code


def _run(project: Project, folder: Path, check: bool) -> int:
    code = 0
    wanted = dict(generate(project, folder))
    for path, text in wanted.items():
        name = path.relative_to(project.root).as_posix()
        if isinstance(text, DgekgError):
            print(f"{name}: cannot be made: {text}", file=sys.stderr)
            code = 1
            continue
        present = path.read_text(encoding="utf-8") if path.is_file() else ""
        if present == text:
            continue
        if check:
            print(f"{name}: differs. Run: python -m dgekg.reference docs/reference", file=sys.stderr)
            lines = difflib.unified_diff(present.splitlines(), text.splitlines(), "is", "should be", "", "", 0, "")
            print("\n".join(list(lines)[:12]), file=sys.stderr)
            code = 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
    for path in sorted(set(folder.glob("*.md")) - set(wanted)):
        print(f"{path.relative_to(project.root).as_posix()}: nothing makes this page; delete it.", file=sys.stderr)
        code = 1
    return code


def _noted(page: Callable[[Material], str], material: Material) -> str:
    return NOTE + page(material)


def _made(make: Callable[[], str]) -> str | DgekgError:
    try:
        return make()
    except DgekgError as error:
        return error


def _project(folder: Path) -> Project:
    for parent in folder.parents:
        if (parent / "ontology" / "dgekg.ttl").is_file():
            return Project(parent)
    raise InputError(f"{folder}: expected a folder inside a project, that is below one with ontology/dgekg.ttl.")
