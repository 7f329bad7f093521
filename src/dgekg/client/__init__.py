"""A Python client: the same methods over HTTP (`dgekg.Client`) or embedded (`dgekg.open`); answers become tables."""

from __future__ import annotations

from dgekg.client.client import Client
from dgekg.client.service import Service
from dgekg.client.table import Pages, Table

__all__ = ["Client", "Pages", "Service", "Table"]
