"""Build the style sheets and scripts of the pages, if anything they are made of has changed.

    python src/dgekg/web/assets/build.py [--check] [--force] [--exact]

Fetches what package-lock.json pins (npm), bundles css/ and js/ (build.mjs) and puts the result into ../static/built,
which the service and the wheel take. What was there before stays for an hour, because a service that is running may
still name it; with --exact nothing stays. Node and npm are those on the machine if they are new enough, else the Python
package that brings them (requirements-node.lock). Only the standard library: the project may not be installed yet.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "static" / "built"
MANIFEST = BUILT / "manifest.json"
_MODULES = HERE / "node_modules"
_NODE_LOCK = HERE.parents[3] / "requirements-node.lock"
_OLDEST_NODE = 18
_STAYS = 3600  # seconds
_EXIT_FAILED = 2


def sources() -> Iterator[Path]:
    """Yield every file that the result is made of, in order."""
    yield from sorted(path for folder in ("css", "js") for path in (HERE / folder).rglob("*") if path.is_file())
    yield from (HERE / name for name in ("build.mjs", "made.mjs", "package.json", "package-lock.json"))
    yield HERE.parent / "colours.json"


def digest() -> str:
    """Return a hash of names and contents of the sources."""
    found = hashlib.sha256()
    for path in sources():
        found.update(f"{path.relative_to(HERE.parent).as_posix()}\n".encode() + path.read_bytes() + b"\n")
    return found.hexdigest()


def fresh(exact: bool = False) -> bool:
    """Whether what is built was made of the sources as they are, and is all there; with `exact`, and nothing else."""
    try:
        manifest = json.loads(MANIFEST.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    wanted, there = set(manifest.get("all", ())), {path.name for path in BUILT.iterdir()}
    whole = wanted == there if exact else wanted <= there
    return bool(wanted and whole and manifest.get("sources") == digest())


def node() -> tuple[str, dict[str, str]] | None:
    """Return npm's path and an environment whose PATH begins where a Node new enough is; None where there is none."""
    beside = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    for places in (path, f"{beside}{os.pathsep}{path}"):
        program, npm = shutil.which("node", path=places), shutil.which("npm", path=places)
        if program and npm and _version(program) >= _OLDEST_NODE:
            return npm, {**os.environ, "PATH": places}
    return None


def _version(program: str) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
        return int(said.strip().lstrip("v").partition(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _fetch_node() -> tuple[str, dict[str, str]]:
    """Install Node through its Python package, beside this Python."""
    print("assets: no Node on this machine; taking its Python package", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(_NODE_LOCK)], check=True)
    found = node()
    if found is None:
        raise SystemExit(
            f"assets: neither the PATH nor the folder of {sys.executable} has node {_OLDEST_NODE} or newer and npm, "
            f"even after {_NODE_LOCK.name}. Install Node and npm, then say: make setup"
        )
    return found


def make(exact: bool = False) -> None:
    """Build, whatever there is already; what is there stays as it is until the new is whole.

    Args:
        exact: keep nothing of what was there before.

    Raises:
        subprocess.CalledProcessError: npm or the bundler failed; it has said why.
    """
    npm, environment = node() or _fetch_node()
    program = shutil.which("node", path=environment["PATH"]) or "node"
    pinned = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = _MODULES / ".pinned"
    if not mark.is_file() or mark.read_text("utf-8") != pinned:
        subprocess.run([npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=HERE, env=environment, check=True)
        mark.write_text(pinned, "utf-8")
    made_of = digest()
    BUILT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT.parent, prefix=".built-") as scratch:
        new = Path(scratch) / "new"
        subprocess.run([program, "build.mjs", str(new)], cwd=HERE, env=environment, check=True)
        manifest = json.loads((new / "manifest.json").read_text("utf-8"))
        manifest |= {"all": sorted(path.name for path in new.iterdir()), "sources": made_of}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        if BUILT.exists():
            if not exact:
                _keep(BUILT, new)
            BUILT.rename(Path(scratch) / "old")
        new.rename(BUILT)
    print(f"assets: {len(manifest['files'])} files in {os.path.relpath(BUILT)}", flush=True)


def _keep(old: Path, new: Path) -> None:
    for path in old.iterdir():
        if not (new / path.name).exists() and time.time() - path.stat().st_mtime < _STAYS:
            shutil.copy2(path, new / path.name)


def main(arguments: list[str]) -> int:
    """Run it; `--check` builds nothing and says whether that was needed."""
    exact = "--exact" in arguments
    if "--force" not in arguments and fresh(exact):
        return 0
    if "--check" in arguments:
        print("assets: not built, or changed since. Say: make setup", file=sys.stderr)
        return 1
    try:
        make(exact)
    except subprocess.CalledProcessError as error:
        said = " ".join(map(str, error.cmd[:3]))
        print(f"assets: `{said} ...` failed (exit {error.returncode}); what it said stands above.", file=sys.stderr)
        return _EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
