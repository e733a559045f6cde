"""Processing dates: what the Caf publishes, told on the counter's home page, and when to look again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(days=7)


class Subject(StrEnum):
    """What the Caf dates apart (faits.md, "Délais de traitement")."""

    RSA_AAH = "rsa-aah"
    OTHERS = "autres"
    LETTERS = "courriers"

    @property
    def label(self) -> str:
        return {
            "rsa-aah": "Les demandes de RSA et d'AAH",
            "autres": "Les autres demandes",
            "courriers": "Les courriers et les e-mails",
        }[self]


def is_stale(updated_at: datetime, now: datetime) -> bool:
    """Whether the date should be looked up again on the Caf's site."""
    return now - updated_at > STALE_AFTER


def last_date(day_month: tuple[int, int], today: date) -> date | None:
    """The most recent such day, today included; None for a 29 February of long ago."""
    day, month = day_month
    for year in range(today.year, today.year - 5, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
