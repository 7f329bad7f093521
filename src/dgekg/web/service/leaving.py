"""How a process that ends leaves its clients: nobody who has just come is turned away without an answer."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_PATIENCE_SECONDS = 2.0


class Leaving(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but a connection on which nothing was asked yet is not closed at once.

    Its request may be on its way already, and whoever sent it would read "connection reset by peer" though other
    processes of the service answer.
    """

    def shutdown(self) -> None:
        """End the connection: at once where it rests, after its answer where one is made, else a little later."""
        if self.cycle is None and not self.transport.is_closing():
            self.loop.call_later(_PATIENCE_SECONDS, self._end)
        else:
            super().shutdown()

    def _end(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
