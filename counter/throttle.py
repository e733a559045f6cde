"""Slows down guessing: after some failures for one key, further tries wait."""

from __future__ import annotations

import math
import time
from enum import Enum, auto

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Guess(Enum):
    """What may be guessed; _LIMITS says how many failures are let through in which time."""

    PASSWORD = auto()
    PASSWORD_FROM_PLACE = auto()
    APPOINTMENT_CODE = auto()
    ATTESTATION_NUMBER = auto()
    HELD_CODE = auto()
    DOSSIER = auto()
    SECOND_STEP = auto()
    FORGOTTEN = auto()
    KIOSK_CODE = auto()
    FORGOTTEN_FROM_PLACE = auto()
    ARRIVAL = auto()


_LIMITS = {
    Guess.PASSWORD: parse("5 per 15 minutes"),
    Guess.PASSWORD_FROM_PLACE: parse("30 per 15 minutes"),
    Guess.APPOINTMENT_CODE: parse("10 per 15 minutes"),
    Guess.ATTESTATION_NUMBER: parse("30 per 15 minutes"),
    Guess.HELD_CODE: parse("10 per 15 minutes"),
    Guess.DOSSIER: parse("10 per 15 minutes"),
    Guess.SECOND_STEP: parse("5 per 15 minutes"),
    Guess.KIOSK_CODE: parse("10 per 15 minutes"),
    Guess.FORGOTTEN: parse("3 per 60 minutes"),
    Guess.FORGOTTEN_FROM_PLACE: parse("20 per 60 minutes"),
    Guess.ARRIVAL: parse("20 per 15 minutes"),
}


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
        limit = _LIMITS[guess]
        if not self._limiter.test(limit, guess.name, key):
            reset = self._limiter.get_window_stats(limit, guess.name, key).reset_time
            raise TooManyTries(max(1, math.ceil((reset - time.time()) / 60)))

    def failed(self, guess: Guess, key: str) -> None:
        self._limiter.hit(_LIMITS[guess], guess.name, key)

    def succeeded(self, guess: Guess, key: str) -> None:
        self._limiter.clear(_LIMITS[guess], guess.name, key)
