"""Linked data: every address answers, with a document in the format and profile that is asked for."""
