"""Outside tables, read row by row: CSV, workbooks, JSON, bibliographies, RDF."""

from dgekg.importers.reading.table import Row, Table, open_table

__all__ = ["Row", "Table", "open_table"]
