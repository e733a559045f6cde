"""A guided démarche: where the person is."""

from __future__ import annotations

from dataclasses import dataclass

from counter.tutorials import Step, Tutorial


class UnknownStep(LookupError):
    """The démarche has no step of this number."""


@dataclass(frozen=True)
class Progress:
    """Step `number` (from 1) of a tutorial of `total` steps."""

    tutorial: Tutorial
    number: int

    @property
    def total(self) -> int:
        return len(self.tutorial.steps)

    @property
    def step(self) -> Step:
        return self.tutorial.steps[self.number - 1]

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.total else None


def progress(tutorial: Tutorial, number: int) -> Progress:
    """Raises UnknownStep outside 1 … number of steps."""
    if not 1 <= number <= len(tutorial.steps):
        raise UnknownStep(number)
    return Progress(tutorial, number)
