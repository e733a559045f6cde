"""The journal in the database: nothing in it can be changed, and whoever breaks in is found out."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from counter.db import Database
from counter.journal import Act, FaultKind, Subject
from counter.store import journal
from counter.store.journal import Search
from counter.store.settings import put_setting
from tests.conftest import START

TRIGGERS = ("journal", "journal_head", "journal_cut")


def record(database: Database, count: int = 1, at: datetime = START, agent: int | None = 2) -> None:
    for number in range(count):
        with database.writing() as session:
            journal.record(session, Act.READ, agent, Subject.APPOINTMENT, number, "10.0.0.7", at)


def told(database: Database) -> list[tuple]:
    with database.reading() as session:
        return [(fault.kind, fault.first, fault.last) for fault in journal.verify(session)]


def lines(database: Database, **wanted) -> list:
    with database.reading() as session:
        return journal.search(session, Search(**wanted))


def force(database: Database, *statements: str) -> None:
    """What someone does who may do anything in the database, triggers included, but has not the key."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            dropped = [f"DROP TRIGGER {name}" for name in names]
        else:
            dropped = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in TRIGGERS]
        for statement in (*dropped, *statements):
            connection.execute(text(statement))
        connection.commit()


def test_lines_are_numbered_and_say_who_what_when_and_from_where(blank):
    record(blank, 3)
    assert [(line.seq, line.subject_id) for line in lines(blank)] == [(3, "2"), (2, "1"), (1, "0")]
    line = lines(blank)[0]
    assert (line.act, line.agent_id, line.subject, line.address, line.at) == (
        "consultation", 2, "rendez-vous", "10.0.0.7", START,
    )  # fmt: skip
    assert told(blank) == []


def test_a_line_is_written_with_what_it_tells_or_not_at_all(blank):
    with pytest.raises(ZeroDivisionError), blank.writing() as session:
        journal.record(session, Act.CREATED, 1, Subject.SITE, 1, "", START)
        put_setting(session, "essai", str(1 // 0))
    assert lines(blank) == [] and told(blank) == []
    with blank.writing() as session:
        for act in (Act.CREATED, Act.CHANGED):
            journal.record(session, act, 1, Subject.SITE, 1, "", START)
    assert [line.act for line in lines(blank)] == ["modification", "creation"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET agent_id = 1 WHERE seq = 2",
        "UPDATE journal SET detail = 'rien'",
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal",
        "INSERT INTO journal SELECT 2, at, act, 9, subject, subject_id, address, detail, previous, hash FROM journal "
        "WHERE seq = 1",
        "UPDATE journal_head SET seq = 1",
        "DELETE FROM journal_head",
    ],
)
def test_the_database_refuses_to_change_the_journal(blank, statement):
    record(blank, 3)
    with pytest.raises(SQLAlchemyError, match="append-only"), blank.engine.connect() as connection:
        connection.execute(text(statement))
    assert len(lines(blank)) == 3 and told(blank) == []


def test_sqlite_cannot_replace_nor_postgresql_truncate(blank):
    record(blank, 3)
    statement = (
        "INSERT OR REPLACE INTO journal SELECT 2, at, act, 9, subject, '', '', '', previous, hash FROM journal LIMIT 1"
        if blank.engine.dialect.name == "sqlite"
        else "TRUNCATE journal, journal_head"
    )
    with pytest.raises(SQLAlchemyError, match="append-only"), blank.engine.connect() as connection:
        connection.execute(text(statement))
    assert len(lines(blank)) == 3 and told(blank) == []


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE journal SET agent_id = 1 WHERE seq = 4"], (FaultKind.CHANGED, 4, 4)),
        (["UPDATE journal SET agent_id = NULL WHERE seq = 1"], (FaultKind.CHANGED, 1, 1)),
        (["DELETE FROM journal WHERE seq = 4"], (FaultKind.REMOVED, 4, 4)),
        (["DELETE FROM journal WHERE seq <= 2"], (FaultKind.REMOVED, 1, 2)),
        (["DELETE FROM journal WHERE seq > 6"], (FaultKind.REMOVED, 7, 8)),
        (["DELETE FROM journal"], (FaultKind.REMOVED, 1, 8)),
        (
            ["DELETE FROM journal WHERE seq > 6",
             "UPDATE journal_head SET seq = 6, hash = (SELECT hash FROM journal WHERE seq = 6)"],
            (FaultKind.HEAD, 6, 6),
        ),
        (
            ["INSERT INTO journal SELECT 9, at, act, agent_id, subject, '77', address, detail, hash, hash FROM journal "
             "WHERE seq = 8"],
            (FaultKind.INSERTED, 9, 9),
        ),
        (
            ["UPDATE journal SET seq = -seq WHERE seq >= 5", "UPDATE journal SET seq = 1 - seq WHERE seq < 0",
             "INSERT INTO journal SELECT 5, at, act, agent_id, subject, '77', address, detail, hash, hash FROM journal "
             "WHERE seq = 4"],
            (FaultKind.INSERTED, 5, 5),
        ),
        (["DELETE FROM journal_head"], (FaultKind.REMOVED, 1, 8)),
    ],
)  # fmt: skip
def test_whoever_breaks_in_is_found_out(blank, statements, found):
    record(blank, 8)
    force(blank, *statements)
    faults = told(blank)
    if statements == ["DELETE FROM journal_head"]:
        assert faults == [(FaultKind.HEAD, 0, 0)]
    else:
        assert faults == [found]


def test_many_who_write_at_once_make_one_chain(blank):
    failed = []

    def write() -> None:
        try:
            record(blank, 10)
        except SQLAlchemyError as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failed
    with blank.reading() as session:
        assert len(list(journal.each_line(session, Search()))) == 80
    assert told(blank) == []


# ── searching ───────────────────────────────────────────────────────────────────────────────────


def test_searching_by_agent_act_subject_and_days(blank):
    record(blank, 2)
    record(blank, 1, at=START + timedelta(days=1), agent=3)
    with blank.writing() as session:
        journal.record(session, Act.SIGN_IN_REFUSED, None, Subject.SESSION, None, "10.0.0.9", START)
    assert len(lines(blank, agent_id=3)) == 1
    assert [line.address for line in lines(blank, act=Act.SIGN_IN_REFUSED)] == ["10.0.0.9"]
    assert len(lines(blank, subject=Subject.APPOINTMENT, subject_id="0")) == 2
    assert len(lines(blank, since=START, until=START + timedelta(minutes=1))) == 3
    assert [line.seq for line in lines(blank, since=START + timedelta(minutes=1))] == [3]
    assert lines(blank, until=START) == []
    assert [line.seq for line in lines(blank, before=3)] == [2, 1]


# ── cutting ─────────────────────────────────────────────────────────────────────────────────────


def cut(database: Database, today: date) -> int:
    with database.writing() as session:
        expected = journal.lines_to_cut(session, today, 12)
        done = journal.cut(session, today, 12, datetime.combine(today, datetime.min.time(), tzinfo=UTC))
    assert done == expected
    return done


def test_a_lawful_cut_removes_whole_months_and_the_rest_still_holds(blank):
    record(blank, 3, at=datetime(2025, 10, 31, 23, 59, tzinfo=UTC))
    record(blank, 2, at=datetime(2025, 11, 1, tzinfo=UTC))
    assert cut(blank, date(2026, 11, 24)) == 3
    assert [line.seq for line in lines(blank)] == [5, 4] and told(blank) == []
    record(blank)
    assert cut(blank, date(2026, 11, 30)) == 0
    assert cut(blank, date(2026, 12, 1)) == 2
    assert [line.seq for line in lines(blank)] == [6] and told(blank) == []


def test_after_everything_was_cut_the_chain_goes_on(blank):
    record(blank, 3)
    assert cut(blank, date(2028, 1, 1)) == 3
    assert lines(blank) == [] and told(blank) == []
    record(blank)
    assert [line.seq for line in lines(blank)] == [4] and told(blank) == []


def test_a_clock_that_went_back_never_lets_a_newer_line_go(blank):
    record(blank, 1, at=START)
    record(blank, 1, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert cut(blank, START.date()) == 0 and len(lines(blank)) == 2


def test_only_what_a_cut_covers_may_be_deleted_and_a_false_cut_is_found(blank):
    record(blank, 3, at=datetime(2025, 10, 1, tzinfo=UTC))
    record(blank, 3)
    cut(blank, START.date())
    with pytest.raises(SQLAlchemyError, match="append-only"), blank.engine.connect() as connection:
        connection.execute(text("DELETE FROM journal WHERE seq = 4"))
    with pytest.raises(SQLAlchemyError, match="append-only"), blank.engine.connect() as connection:
        connection.execute(text("DELETE FROM journal_cut"))
    with blank.engine.connect() as connection:  # no trigger stops this: the seal does
        connection.execute(text("INSERT INTO journal_cut SELECT 5, hash, at, mark FROM journal_cut"))
        connection.execute(text("DELETE FROM journal WHERE seq <= 5"))
        connection.commit()
    assert told(blank) == [(FaultKind.CUT, 5, 5), (FaultKind.REMOVED, 4, 5)]


def test_a_line_put_back_before_the_cut_is_found(blank):
    record(blank, 3, at=datetime(2025, 10, 1, tzinfo=UTC))
    record(blank, 3)
    cut(blank, START.date())
    force(
        blank,
        "INSERT INTO journal SELECT 2, at, act, agent_id, subject, '1', address, detail, previous, hash FROM journal "
        "WHERE seq = 5",
    )
    assert told(blank) == [(FaultKind.INSERTED, 2, 2)]


def test_a_reading_does_not_wait_for_the_disk_and_what_is_done_does(blank):
    setting = "PRAGMA synchronous" if blank.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    with blank.writing(lasting=False) as session:
        journal.record(session, Act.READ, 2, Subject.APPOINTMENT, 1, "10.0.0.7", START)
        light = session.execute(text(setting)).scalar()
    with blank.writing() as session:
        whole = session.execute(text(setting)).scalar()
    assert light in {1, "off"} and (whole == 2 or blank.engine.dialect.name == "postgresql")
    assert len(lines(blank)) == 1 and told(blank) == []
