"""Reviewers: their accounts, sessions, failed attempts, and what they did, all in the private root.

Everything is a file there, readable by its owner alone, so that any number of processes share it and a restart loses
nothing. No address of anybody is kept.
"""

from pathlib import Path

from dgekg.reviewers.accounts import Account, Accounts
from dgekg.reviewers.attempts import Attempts
from dgekg.reviewers.audit import Audit
from dgekg.reviewers.second import FILE, KEYS, SecondFactor
from dgekg.reviewers.sessions import Session, Sessions

FOLDER = "reviewers"

__all__ = ["FOLDER", "Account", "Accounts", "Attempts", "Audit", "SecondFactor", "Session", "Sessions", "second_factor"]


def second_factor(private: Path, key: Path | None) -> SecondFactor:
    """Return the second factors of a private root.

    Args:
        private: the root.
        key: file with the keys that encrypt them; None for the one in the private root.
    """
    return SecondFactor(Accounts(private / FOLDER), key or private / KEYS / FILE)
