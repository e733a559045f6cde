"""Slows down guessing: after some failures for one key, further tries wait."""

from __future__ import annotations

import math
import time
from enum import Enum

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Guess(Enum):
    """What may be guessed, and how many failures are let through in which time."""

    PASSWORD = "5 per 15 minutes"
    PASSWORD_FROM_PLACE = "30 per 15 minutes"
    APPOINTMENT_CODE = "10 per 15 minutes"
    ATTESTATION_NUMBER = "30 per 15 minutes"


class TooManyTries(Exception):
    """`minutes` until the next try is let through (at least 1)."""

    def __init__(self, minutes: int):
        self.minutes = minutes
        super().__init__(f"wait {minutes} min")


class Throttle:
    """Counts failures in the memory of this process, by kind of guess and key."""

    def __init__(self):
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, guess: Guess, key: str) -> None:
        """Raises TooManyTries when this key failed too often."""
        limit = parse(guess.value)
        if not self._limiter.test(limit, guess.name, key):
            reset = self._limiter.get_window_stats(limit, guess.name, key).reset_time
            raise TooManyTries(max(1, math.ceil((reset - time.time()) / 60)))

    def failed(self, guess: Guess, key: str) -> None:
        self._limiter.hit(parse(guess.value), guess.name, key)

    def succeeded(self, guess: Guess, key: str) -> None:
        self._limiter.clear(parse(guess.value), guess.name, key)
