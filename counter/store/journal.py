"""The journal's lines: written last in a transaction, searched, verified, and cut by whole months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hmac import compare_digest

from sqlalchemy import Select, delete, func, insert, inspect, or_, select
from sqlalchemy.orm import Session

from counter.journal import (
    START,
    Act,
    Fault,
    FaultKind,
    Line,
    Mark,
    Subject,
    check_words,
    faults,
    seal,
    seal_cut,
    seal_head,
)
from counter.models import Agent, JournalCut, JournalHead, JournalLine, Site
from counter.months import first_of_month
from counter.store.locks import lock_journal
from counter.store.prepared import Prepared

_HEAD = 1
_RECORDED = "journal"

# ── writing ─────────────────────────────────────────────────────────────────────────────────────


def record(
    session: Session,
    act: Act,
    agent_id: int | None,
    subject: Subject,
    subject_id: int | str | None,
    address: str,
    at: datetime,
    detail: str = "",
) -> None:
    """Say in the journal what this transaction does or shows. `agent_id` None: the person, or a command.

    `address` is that of the machine, "" when it is the person's own. `detail` holds codes, never words about someone.
    The line is written when the transaction ends (`write_recorded`): with it or not at all. Raises NotForTheJournal.
    """
    number = "" if subject_id is None else str(subject_id)
    check_words(number, detail)
    line = Line(0, at, Act(act), agent_id, Subject(subject), number, address[:45], detail)
    session.info.setdefault(_RECORDED, []).append(line)


def changed(row, words: dict[str, str]) -> str:
    """For `detail`: what was set anew on a row and not yet flushed. `words`: attribute -> code; "" for nothing."""
    attributes = inspect(row).attrs
    codes = (code for name, code in words.items() if attributes[name].history.has_changes())
    return " ".join(dict.fromkeys(codes))


def write_recorded(session: Session) -> None:
    """Join what was recorded to the chain. Called by Database.writing once all else is written and just before it
    commits: the journal is locked last of all and for the shortest time, so that nobody waits in a circle and the
    chain never forks."""
    recorded = session.info.pop(_RECORDED, None)
    if not recorded:
        return
    lock_journal(session)
    key, last = _key(session), _read_head(session) or START
    for line in recorded:
        values = vars(line) | {"seq": last.seq + 1, "previous": last.hash}
        values["hash"] = seal(key, Line(**values))
        _LINE.run(session, values)
        last = Mark(values["seq"], values["hash"])
    sealed = {"id": _HEAD, "seq": last.seq, "hash": last.hash, "mark": seal_head(key, last.seq, last.hash)}
    _PUT_HEAD.run(session, sealed)


def _key(session: Session) -> bytes:
    return session.get_bind().dialect.vault.journal_key


def _read_head(session: Session) -> Mark | None:
    row = _READ_HEAD.first(session, {})
    return Mark(row[0], bytes(row[1])) if row else None


def _replaced(insert: Callable):
    row = insert(_heads)
    return row.on_conflict_do_update(index_elements=["id"], set_={k: row.excluded[k] for k in ("seq", "hash", "mark")})


_heads, _lines = JournalHead.__table__, JournalLine.__table__
_READ_HEAD = Prepared(select(_heads.c.seq, _heads.c.hash))
_PUT_HEAD = Prepared(_replaced, _heads.columns.keys())
_LINE = Prepared(insert(_lines), _lines.columns.keys())


# ── searching ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Search:
    """What is looked for; empty looks for everything. `caf_id`: lines of the agents of that Caf, and those of no
    agent. From `since` on and before `until`; `before` is the number of the last line already shown."""

    caf_id: int | None = None
    agent_id: int | None = None
    act: Act | None = None
    subject: Subject | None = None
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def search(session: Session, wanted: Search, limit: int = 50) -> list[JournalLine]:
    """The lines that suit, the newest first."""
    return list(session.scalars(_suited(wanted).order_by(JournalLine.seq.desc()).limit(limit)))


def each_line(session: Session, wanted: Search) -> Iterator[JournalLine]:
    """All the lines that suit, the oldest first, read some at a time."""
    query = _suited(wanted).order_by(JournalLine.seq).execution_options(yield_per=500)
    yield from session.scalars(query)


def _suited(wanted: Search) -> Select:
    query = select(JournalLine)
    if wanted.caf_id is not None:
        theirs = select(Agent.id).outerjoin(Site, Site.id == Agent.site_id)
        theirs = theirs.where(or_(Site.caf_id == wanted.caf_id, Agent.site_id.is_(None)))
        query = query.where(or_(JournalLine.agent_id.is_(None), JournalLine.agent_id.in_(theirs)))
    for column, value in (
        (JournalLine.agent_id, wanted.agent_id),
        (JournalLine.act, wanted.act),
        (JournalLine.subject, wanted.subject),
        (JournalLine.subject_id, wanted.subject_id or None),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(JournalLine.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(JournalLine.at < wanted.until)
    return query if wanted.before is None else query.where(JournalLine.seq < wanted.before)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


# ── verifying ───────────────────────────────────────────────────────────────────────────────────


def last_mark(session: Session) -> Mark | None:
    """Where the journal ends. Copied elsewhere, it also shows a base that was put back to an older day."""
    return _read_head(session)


def verify(session: Session) -> Iterator[Fault]:
    """Everything that was changed, taken out or put in since the last lawful cut."""
    key = _key(session)
    start, forged = _last_cut(session, key)
    yield from forged
    head = session.execute(select(JournalHead.seq, JournalHead.hash, JournalHead.mark)).first()
    end = Mark(head.seq, bytes(head.hash)) if head else None
    if end is not None and not compare_digest(seal_head(key, end.seq, end.hash), bytes(head.mark)):
        yield Fault(FaultKind.HEAD, end.seq, end.seq)
        end = None
    for seq in session.scalars(select(JournalLine.seq).where(JournalLine.seq <= start.seq).order_by(JournalLine.seq)):
        yield Fault(FaultKind.INSERTED, seq, seq)
    found = False
    for fault in faults(key, start, _rows_after(session, start.seq), end):
        found = True
        yield fault
    if head is None and not found and session.scalar(select(func.count()).select_from(JournalLine)):
        yield Fault(FaultKind.HEAD, 0, 0)


def _rows_after(session: Session, seq: int) -> Iterator:
    query = select(*JournalLine.__table__.columns).where(JournalLine.seq > seq).order_by(JournalLine.seq)
    yield from session.execute(query.execution_options(yield_per=1000))


def _last_cut(session: Session, key: bytes) -> tuple[Mark, list[Fault]]:
    """Where the journal begins now, and the cuts that Counter did not make."""
    start, forged = START, []
    for cut in session.scalars(select(JournalCut).order_by(JournalCut.last)):
        if compare_digest(seal_cut(key, cut.last, bytes(cut.hash), cut.at), bytes(cut.mark)):
            start = Mark(cut.last, bytes(cut.hash))
        else:
            forged.append(Fault(FaultKind.CUT, cut.last, cut.last))
    return start, forged


# ── cutting ─────────────────────────────────────────────────────────────────────────────────────


def lines_to_cut(session: Session, today: date, months: int) -> int:
    """How many lines are older than the months that are kept."""
    last = _last_to_cut(session, today, months)
    if last is None:
        return 0
    return session.scalar(select(func.count()).select_from(JournalLine).where(JournalLine.seq <= last.seq))


def cut(session: Session, today: date, months: int, at: datetime) -> int:
    """Remove the whole months that are too old, leaving the seal of the last line removed. Returns how many lines.

    The database lets go only what a cut covers, so the cut is written first.
    """
    lock_journal(session)
    last = _last_to_cut(session, today, months)
    if last is None:
        return 0
    mark = seal_cut(_key(session), last.seq, last.hash, at)
    session.add(JournalCut(last=last.seq, hash=last.hash, at=at, mark=mark))
    session.flush()
    gone = delete(JournalLine).where(JournalLine.seq <= last.seq).execution_options(synchronize_session=False)
    return session.execute(gone).rowcount


def _last_to_cut(session: Session, today: date, months: int) -> Mark | None:
    """The last line before the first one that is kept: a clock that went back never cuts a newer line."""
    kept = select(func.min(JournalLine.seq)).where(JournalLine.at >= _start(first_of_month(today, months)))
    first_kept = session.scalar(kept)
    query = select(JournalLine.seq, JournalLine.hash).order_by(JournalLine.seq.desc()).limit(1)
    if first_kept is not None:
        query = query.where(JournalLine.seq < first_kept)
    row = session.execute(query).first()
    return Mark(row.seq, bytes(row.hash)) if row else None
