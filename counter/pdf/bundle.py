"""Many papers in one download: a zip written while it is sent, so that memory stays flat."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date

Paper = tuple[str, date, Callable[[], bytes]]


class _Pipe:
    """A file that is only written: what was written is taken away chunk by chunk."""

    def __init__(self):
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self.chunks = b"".join(self.chunks), []
        return taken


def zipped(papers: Iterable[Paper]) -> Iterator[bytes]:
    """The zip of (file name, day it bears, what makes its bytes): one paper in memory at a time, same papers → same
    bytes."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, day, make in papers:
            archive.writestr(zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), make())
            yield pipe.take()
    yield pipe.take()
