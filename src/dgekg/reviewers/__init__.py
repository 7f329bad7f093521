"""Reviewers: their accounts, sessions, failed attempts, and what they did, all in the private root.

Everything is a file there, readable by its owner alone, so that any number of processes share it and a restart loses
nothing. No address of anybody is kept.
"""

from dgekg.reviewers.accounts import Account, Accounts
from dgekg.reviewers.attempts import Attempts
from dgekg.reviewers.audit import Audit
from dgekg.reviewers.sessions import Session, Sessions

FOLDER = "reviewers"

__all__ = ["FOLDER", "Account", "Accounts", "Attempts", "Audit", "Session", "Sessions"]
