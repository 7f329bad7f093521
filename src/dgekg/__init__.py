"""dgekg: practices, actors and human-rights standards for diversity and gender equality in AI, as a graph."""

__version__ = "0.1.0"
