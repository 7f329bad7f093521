"""Getting an answer: tried again where the service asks for that, and its problems raised as errors."""

from __future__ import annotations

import datetime as dt
import email.utils
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx2 as httpx

from dgekg import formats
from dgekg.errors import DgekgError, Unreachable
from dgekg.problems import raised

Pairs = Sequence[tuple[str, str]]
_AGAIN = (429, 503)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0


class Transport:
    """One service over HTTP.

    Args:
        http: the client that sends requests.
        tries: how often a request is sent at most, where the service is busy or cannot be reached.
        sleep: waits; handed in by tests.
    """

    def __init__(self, http: httpx.Client, tries: int, sleep: Callable[[float], None] = time.sleep) -> None:
        self.http, self._tries, self._sleep = http, max(1, tries), sleep

    def get(self, path: str, pairs: Pairs = (), accept: str = formats.JSON.media_type) -> Any:
        """Return the JSON answer of an address.

        Raises:
            DgekgError: the service's problem, as the error that it names.
            Unreachable: no answer, or none that is ours.
        """
        return self._document(lambda: self.http.get(path, params=list(pairs), headers={"Accept": accept}))

    def post(self, path: str, text: str, kind: str, accept: str) -> Any:
        """Return the JSON answer to a text sent.

        Raises:
            DgekgError: as `get`.
        """
        headers = {"Accept": accept, "Content-Type": kind}
        return self._document(lambda: self.http.post(path, content=text.encode(), headers=headers))

    def _document(self, send: Callable[[], httpx.Response]) -> Any:
        answer = self._answer(send)
        try:
            body = answer.json()
        except ValueError:
            body = None
        if answer.is_success and body is not None:
            return body
        if isinstance(body, dict) and "detail" in body:
            raise raised(body, answer.status_code)
        raise Unreachable(
            f"{answer.url}: found an answer with status {answer.status_code} that is none of this service's. "
            "Check the address of the service."
        )

    def _answer(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        for turn in range(1, self._tries + 1):
            failed: DgekgError | None = None
            try:
                answer = send()
            except httpx.TransportError as error:
                failed = Unreachable(f"{self.http.base_url}: cannot be reached ({error or type(error).__name__}).")
            except (httpx.InvalidURL, ValueError) as error:
                raise Unreachable(f"{self.http.base_url}: is no address of a service ({error}).") from error
            if failed is None and answer.status_code not in _AGAIN:
                return answer
            if turn == self._tries:
                break
            self._sleep(wait(None if failed else answer.headers.get("Retry-After"), turn))
        if failed is not None:
            raise failed
        return answer


def wait(header: str | None, turn: int) -> float:
    """Return how many seconds to wait: what the service says, seconds or a date, else ever longer.

    >>> wait("7", 1), wait("100000", 1)
    (7.0, 60.0)
    """
    if header and header.strip().isdigit():
        return min(float(header), _LONGEST_WAIT)
    if header:
        try:
            when = email.utils.parsedate_to_datetime(header)
            return min(max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds()), _LONGEST_WAIT)
        except (TypeError, ValueError):
            pass
    return min(_FIRST_WAIT * 2.0 ** (turn - 1) * random.uniform(1, 1.5), _LONGEST_WAIT)
