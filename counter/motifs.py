"""Motifs: finding one by the words of a person, and what is usually booked after an appointment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from counter.appointments import OUTCOMES, Status
from counter.search import words_of


class Named(Protocol):
    """What a motif is found by; `synonyms` one a line."""

    code: str
    label: str
    plain_label: str
    synonyms: str


M = TypeVar("M", bound=Named)


def find(motifs: Iterable[M], query: str) -> list[M]:
    """Those that hold most of the words of the query, the best first; a word matches by its first letters.

    A code is found as it is written: `03`.
    """
    wanted = words_of(query)
    scored = [(_score(motif, wanted), motif) for motif in motifs]
    best = max((score for score, _ in scored), default=0)
    return [m for score, m in sorted(scored, key=lambda item: -item[0]) if score and score * 2 >= best]


def _score(motif: Named, wanted: list[str]) -> int:
    fields = (
        (4, words_of(motif.plain_label)),
        (4, words_of(motif.synonyms)),
        (3, words_of(motif.label)),
        (4, words_of(motif.code)),
    )
    return sum(max((weight for weight, words in fields if any(_alike(w, x) for x in words)), default=0) for w in wanted)


def _alike(wanted: str, word: str) -> bool:
    """The same word, its beginning, or the same but for its end: `documents`, `document`, `docum`."""
    if len(wanted) < 4:
        return wanted == word
    return word.startswith(wanted) or (len(word) >= 4 and wanted.startswith(word[: max(4, len(word) - 2)]))


class Offer(StrEnum):
    """Why a motif is proposed first after an appointment."""

    USUAL = "habituel"
    SAME = "meme"

    @property
    def label(self) -> str:
        return {"habituel": "La suite habituelle", "meme": "Le même motif"}[self]


FOLLOWED = (Status.CALLED, *OUTCOMES, Status.CANCELLED, Status.CANCELLED_BY_SERVICE)


def may_follow(status: Status, day: date, today: date) -> bool:
    """Whether another appointment may be booked from this one: it is under way or over. One to come is moved."""
    return status in FOLLOWED or day < today


def offers_after(
    status: Status, motif_id: int, follow_up_id: int | None, known: Collection[int]
) -> list[tuple[Offer, int]]:
    """(why, motif) to propose first, among the `known` that can be booked.

    The motif's own follow-up comes first once the person was received; who did not come starts again with the same.
    """
    usual = [] if follow_up_id in {None, motif_id} else [(Offer.USUAL, follow_up_id)]
    same = [(Offer.SAME, motif_id)]
    received = status in {Status.CALLED, Status.SEEN}
    offers = [*usual, *same] if received else [*same, *usual]
    return [(why, motif) for why, motif in offers if motif in known]
