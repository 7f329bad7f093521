"""A module imports only from floors below its own, or its own package; `ast`, no dependency."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

SRC = Path(__file__).parent.parent / "src" / "dgekg"

# From the ground up. A package stands for its modules; what shares a line may not import each other.
FLOORS: list[set[str]] = [
    {"disk", "folding", "nearness", "packaged", "typography", "vocabulary", "zips"},
    {"errors"},
    {"charts", "identifiers", "keys", "settings", "processes", "problems", "releases", "targets"},
    {"collection", "formats", "template", "findings", "tables", "suppression"},
    {"store.base", "versions", "suppressing"},
    {"store.local", "store.remote"},
    {"store.dumps", "partitions"},
    {"context", "distributions", "documents", "questions", "status_rule"},
    {"shapes", "lookup", "index", "textsearch", "assessment", "withheld", "attachments"},
    {"examining"},
    {"coverage", "network", "forms"},
    {"demand", "duties", "withdrawal", "inbox"},
    {"letters", "assessing", "reviewers"},
    {"generation"},
    {"observatory"},
    {"comparing", "equivalent"},
    {"why"},
    {"render"},
    {"render_comparison"},
    {"comparison_rows", "differences", "render_intersections"},
    {"explain", "finding"},
    {"cards"},
    {"build", "export"},
    {"importers"},  # writes by the lock and the ledger of builds
    {"writer"},
    {"release", "report", "starting"},
    {"outreach"},
    {"consulting"},
    {"terminal"},
    {"client"},
    {"assistant"},
    {"selfcheck", "web"},
    {"embedded"},
    {"publishing"},
    {"commands"},
    {"cli"},
    {"reference"},  # writes the documentation of all the others
]
SHUT = {"web": {"build", "importers", "writer"}, "store": {"questions"}}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def floor_of(module: str) -> int:
    for height, names in enumerate(FLOORS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return height
    raise AssertionError(f"{module}: on no floor; add it to FLOORS")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dgekg"):
            base = (node.module or "").removeprefix("dgekg").lstrip(".")
            found |= {base} if base else {alias.name for alias in node.names if alias.name != "__version__"}
            if base in {"store", "build", "web", "coverage", "commands"}:
                found |= {f"{base}.{a.name}" for a in node.names if (SRC / base / f"{a.name}.py").exists()}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("dgekg.") for a in node.names if a.name.startswith("dgekg.")}
    return found - {""}


def modules() -> list[tuple[str, Path]]:
    names = [(path.relative_to(SRC).with_suffix("").as_posix().replace("/", "."), path) for path in SRC.rglob("*.py")]
    return [
        (name.removesuffix(".__init__"), path) for name, path in sorted(names) if name not in ("__init__", "__main__")
    ]


def test_imports_go_one_way() -> None:
    wrong = []
    for module, path in modules():
        if module == "store":
            continue
        for used in imports_of(path):
            same = module.split(".")[0] == used.split(".")[0] and module.split(".")[0] != "store"
            if not same and used != "store" and floor_of(used) >= floor_of(module):
                wrong.append(f"{module} imports {used}")
    assert not wrong


def test_shut_doors() -> None:
    wrong = [
        f"{module} imports {used}"
        for module, path in modules()
        for used in imports_of(path)
        if used.split(".")[0] in SHUT.get(module.split(".")[0], set())
    ]
    assert not wrong


def test_what_takes_long_to_load_is_loaded_by_who_needs_it() -> None:
    heavy = ("scipy.", "duckdb", "typst", "vl_convert")
    found = [
        f"{module} imports {name}"
        for module, path in modules()
        for node in parsed(path).body
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else names_of(node))
        if f"{name}.".startswith(heavy)
    ]
    assert not found


def names_of(node: ast.stmt) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_only_the_edge_reads_settings() -> None:
    readers = {
        module
        for module, path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Settings", "Settings.read")
    }
    assert {m for m in readers if not m.startswith("reference")} <= {"cli", "web.app", "settings", "embedded"}


def test_sparql_lives_in_files() -> None:
    words = ("SELECT ?", "SELECT DISTINCT", "CONSTRUCT {", "ASK {", "PREFIX dgekg:")
    found = [m for m, path in modules() if any(w in text for text in literals(path) for w in words)]
    assert not found


def test_a_newcomer_finds_every_room() -> None:
    """The table "Where is what" names each module and package at the top, and nothing that is not there."""
    root = SRC.parent.parent
    told = (root / "CONTRIBUTING.md").read_text("utf-8").partition("Where is what")[2]
    named = {name for name in re.findall(r"`([^`]+)`", told) if not name.startswith("/")}
    assert not [n for n in named if "*" not in n and not (SRC / n).exists() and not (root / n).exists()]
    assert not [n for n in named if "*" in n and not list(SRC.glob(n))]
    rooms = {path.relative_to(SRC).parts[0] for _, path in modules()}
    assert rooms - {name.split("/")[0] for name in named} == set()


def literals(path: Path) -> list[str]:
    """Return the strings of a module, without its docstrings."""
    tree = parsed(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docstrings]
    return [n.value for n in constants if isinstance(n.value, str)]
