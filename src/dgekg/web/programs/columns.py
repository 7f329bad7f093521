"""What the columns of the tables for programs mean; OpenAPI and the documents say it with these words."""

from __future__ import annotations

from collections.abc import Mapping

from dgekg import packaged

Columns = Mapping[str, str]
_TABLES: Mapping[str, Columns] = packaged.table("web/programs/columns.yaml")

PRACTICES = _TABLES["practices"]
ACTORS = _TABLES["actors"]
STANDARDS = _TABLES["standards"]
CONCEPTS = _TABLES["concepts"]
MEASURES_OF = _TABLES["measures_of"]
GAPS = _TABLES["gaps"]
QUESTIONS = _TABLES["questions"]
LOOKUP = _TABLES["lookup"]
SEARCH = _TABLES["search"]
