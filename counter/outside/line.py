"""Is the line up? A thread of its own asks once a minute, so that no page ever waits for the answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import datetime

EVERY_SECONDS = 60
TIMEOUT_SECONDS = 3


class LineWatch:
    """`up` is True, False, or None while nobody looked; `checked_at` says when."""

    def __init__(self, target: str, clock: Callable[[], datetime]):
        self._target, self._clock = target, clock
        self.up: bool | None = None
        self.checked_at: datetime | None = None

    def start(self) -> None:
        """Look now and then every minute, until the process ends."""
        if self._target:
            threading.Thread(target=self._run, daemon=True, name="line-watch").start()

    def look(self) -> bool:
        """One look: can a connection be opened to `host:port`?"""
        host, _, port = self._target.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), TIMEOUT_SECONDS):
                self.up = True
        except (OSError, ValueError):
            self.up = False
        self.checked_at = self._clock()
        return self.up

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self.look()
            pause.wait(EVERY_SECONDS)
