"""Figures of the counter: how full it is, how long one waits, what nobody could be offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

ROW, LABEL, BAR = 34, 260, 420
INK, FULL, EMPTY = "#17212e", "#0b4d63", "#ece8dd"


@dataclass(frozen=True)
class Filling:
    """Intervals taken among all those of a site over a period."""

    site: str
    taken: int
    total: int

    @property
    def percent(self) -> int:
        """0 to 100, rounded; 0 for a site that opens nothing."""
        return round(100 * self.taken / self.total) if self.total else 0


@dataclass(frozen=True)
class Delay:
    """Days until the first slot of a motif; None when there is none up to its horizon."""

    motif: str
    days: int | None


@dataclass(frozen=True)
class Unmet:
    """Searches of a motif that found nothing, since a day."""

    motif: str
    searches: int


@dataclass(frozen=True)
class Absence:
    """Of the appointments of a motif at a site that have an outcome, those nobody came to. An excuse is no absence."""

    motif: str
    site: str
    absent: int
    total: int

    @property
    def percent(self) -> int:
        """0 to 100, rounded; 0 when there was no appointment."""
        return round(100 * self.absent / self.total) if self.total else 0


def absences_by(part: str, rows: list[Absence]) -> list[Absence]:
    """The rows added up by `motif` or by `site`, the highest share first; the other part is "" then."""
    added: dict[str, list[int]] = {}
    for row in rows:
        count = added.setdefault(getattr(row, part), [0, 0])
        count[0] += row.absent
        count[1] += row.total
    found = [Absence(**{"motif": "", "site": "", part: name}, absent=a, total=t) for name, (a, t) in added.items()]
    return sorted(found, key=lambda row: (-row.percent, -row.total, row.motif, row.site))


def days_until(day: date | None, today: date) -> int | None:
    return None if day is None else (day - today).days


def bars(rows: list[tuple[str, float, str]]) -> str:
    """SVG of horizontal bars: (label, share from 0 to 1, words beside the bar).

    Every length is in rem: the drawing grows with the text of the browser. Hidden from screen readers: the table under
    it says the same.
    """
    height = ROW * len(rows)
    drawn = "".join(_bar(index * ROW, *row) for index, row in enumerate(rows))
    return (
        f'<svg width="{_rem(LABEL + BAR + 120)}" height="{_rem(height)}" aria-hidden="true" focusable="false" '
        f'font-family="Verdana, DejaVu Sans, sans-serif" font-size="1rem" fill="{INK}">{drawn}</svg>'
    )


def _bar(y: int, label: str, share: float, words: str) -> str:
    shown = label if len(label) <= 28 else label[:27] + "…"
    wide = round(BAR * min(1.0, max(0.0, share)))
    place = f'x="{_rem(LABEL)}" y="{_rem(y + 6)}" height="{_rem(22)}" rx="4"'
    return (
        f'<text x="0" y="{_rem(y + 22)}">{escape(shown)}</text>'
        f'<rect {place} width="{_rem(BAR)}" fill="{EMPTY}"/><rect {place} width="{_rem(wide)}" fill="{FULL}"/>'
        f'<text x="{_rem(LABEL + BAR + 12)}" y="{_rem(y + 22)}">{escape(words)}</text>'
    )


def _rem(pixels: int) -> str:
    return f"{pixels / 16:g}rem"
