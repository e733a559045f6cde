"""The chain of the journal: any line changed, taken out or put in is found, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from counter.journal import (
    START,
    Act,
    FaultKind,
    Line,
    Mark,
    NotForTheJournal,
    Subject,
    check_words,
    faults,
    seal,
    seal_cut,
    seal_head,
)

KEY, OTHER = b"k" * 32, b"o" * 32
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def chain(count: int = 8, key: bytes = KEY) -> list[Line]:
    lines, last = [], START
    for seq in range(1, count + 1):
        line = Line(
            seq, AT + timedelta(minutes=seq), Act.READ, 2, Subject.APPOINTMENT, str(seq), "10.0.0.7", "", last.hash
        )
        lines.append(replace(line, hash=seal(key, line)))
        last = Mark(seq, lines[-1].hash)
    return lines


def end(lines: list[Line]) -> Mark:
    return Mark(lines[-1].seq, lines[-1].hash)


def told(lines: list[Line], last: Mark, start: Mark = START) -> list[tuple]:
    return [(fault.kind, fault.first, fault.last) for fault in faults(KEY, start, lines, last)]


def test_a_whole_chain_says_nothing():
    lines = chain()
    assert told(lines, end(lines)) == []
    assert list(faults(KEY, START, [], None)) == []


@pytest.mark.parametrize("place", [0, 3, 7])
@pytest.mark.parametrize(
    "change",
    [
        {"act": Act.CREATED}, {"agent_id": 3}, {"agent_id": None}, {"subject": Subject.DOSSIER}, {"subject_id": "99"},
        {"address": "10.0.0.8"}, {"detail": "rien"}, {"at": AT}, {"hash": b"x" * 16},
    ],
)  # fmt: skip
def test_whatever_is_changed_in_a_line_is_found_and_only_that_line_named(place, change):
    lines = chain()
    last = end(lines)
    lines[place] = replace(lines[place], **change)
    assert told(lines, last) == [(FaultKind.CHANGED, place + 1, place + 1)]


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 3), (4, 4), (4, 6), (8, 8), (6, 8)])
def test_lines_taken_out_are_found_at_the_beginning_within_and_at_the_end(first, last):
    lines = chain()
    left = [line for line in lines if not first <= line.seq <= last]
    assert told(left, end(lines)) == [(FaultKind.REMOVED, first, last)]


def test_a_journal_that_was_emptied_is_found():
    lines = chain()
    assert told([], end(lines)) == [(FaultKind.REMOVED, 1, 8)]


@pytest.mark.parametrize("place", [1, 4, 9])
def test_a_line_put_in_is_found_even_when_the_others_are_numbered_again(place):
    lines = chain()
    last = end(lines)
    before = lines[place - 2].hash if place > 1 else START.hash
    fake = Line(place, AT, Act.SIGNED_IN, 9, Subject.SESSION, previous=before)
    fake = replace(fake, hash=seal(OTHER, fake))
    after = [replace(line, seq=line.seq + 1) for line in lines[place - 1 :]]
    assert told([*lines[: place - 1], fake, *after], last) == [(FaultKind.INSERTED, place, place)]


def test_a_true_line_copied_elsewhere_is_found():
    lines = chain()
    copied = replace(lines[2], seq=9)
    assert told([*lines, copied], end(lines)) == [(FaultKind.INSERTED, 9, 9)]


def test_two_lines_that_changed_places_are_found():
    lines = chain()
    last = end(lines)
    lines[2], lines[3] = replace(lines[3], seq=3), replace(lines[2], seq=4)
    assert told(lines, last)


def test_a_chain_made_anew_without_the_key_is_found_whole():
    forged = chain(key=OTHER)
    assert told(forged, end(forged))[0] == (FaultKind.CHANGED, 1, 1)


def test_after_a_cut_the_chain_begins_where_it_was_cut():
    lines = chain()
    cut = Mark(3, lines[2].hash)
    assert told(lines[3:], end(lines), cut) == []
    assert told(lines[4:], end(lines), cut) == [(FaultKind.REMOVED, 4, 4)]
    assert told(lines[2:], end(lines), cut)[0][0] is FaultKind.INSERTED


def test_each_kind_of_seal_is_worth_nothing_for_another():
    made = {seal_head(KEY, 1, b"h" * 16), seal_cut(KEY, 1, b"h" * 16, AT), seal_cut(KEY, 2, b"h" * 16, AT)}
    made |= {seal_head(KEY, 2, b"h" * 16), seal_head(OTHER, 1, b"h" * 16)}
    assert len(made) == 5


def test_the_same_moment_gives_the_same_seal_in_any_zone():
    line = chain(1)[0]
    assert seal(KEY, replace(line, at=line.at.astimezone())) == line.hash


@pytest.mark.parametrize("words", ["Zoé", "MARTIN", "martin@exemple.fr", "06 12;", "x" * 81, "a\nb"])
def test_words_about_someone_do_not_go_in(words):
    with pytest.raises(NotForTheJournal):
        check_words("", words)
    with pytest.raises(NotForTheJournal):
        check_words("Zoé Martin", "")


def test_every_act_and_subject_has_french_words():
    assert all(act.label[0].isupper() for act in Act)
    assert all(subject.label[0].isupper() for subject in Subject)
