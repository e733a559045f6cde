"""Finding a motif by the words of a person; what is proposed after an appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from counter.appointments import Status
from counter.motifs import Offer, find, may_follow, offers_after


@dataclass
class Named:
    code: str
    label: str
    plain_label: str
    synonyms: str = ""


HOUSING = Named("08", "Je suis éligible à l'aide au logement", "Je demande une aide au logement", "APL\nmon loyer")
DEBT = Named("09", "Je dois de l'argent", "Je dois de l'argent à la Caf", "trop-perçu\ndette")
PAPERS = Named("05", "Je dois transmettre des documents", "Je dois donner des documents", "justificatif")
MOTIFS = [PAPERS, HOUSING, DEBT]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("APL", HOUSING),
        ("j'ai des problèmes de loyer", HOUSING),
        ("LOGEMENT", HOUSING),
        ("logements", HOUSING),
        ("trop perçu", DEBT),
        ("trop-percu", DEBT),
        ("justificatifs", PAPERS),
        ("un document", PAPERS),
        ("transmettre", PAPERS),
        ("09", DEBT),
    ],
)
def test_a_motif_is_found_by_its_names_its_code_and_the_words_of_people(said, found):
    assert find(MOTIFS, said)[0] is found


def test_one_word_in_common_brings_no_motif_that_fits_less_than_half():
    assert find(MOTIFS, "aide au logement APL") == [HOUSING]


@pytest.mark.parametrize("said", ["", "  ", "zzz", "je", "ap", "😀", "'; drop table motif"])
def test_words_that_say_nothing_find_nothing(said):
    assert find(MOTIFS, said) == []


def test_only_an_appointment_under_way_or_over_is_followed():
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert {status for status in Status if not may_follow(status, monday, monday)} == {Status.BOOKED, Status.ARRIVED}
    assert all(may_follow(status, monday, tuesday) for status in Status), "the next day it is over, noted or not"


@pytest.mark.parametrize(
    ("status", "follow_up", "known", "offered"),
    [
        (Status.SEEN, 2, {1, 2}, [(Offer.USUAL, 2), (Offer.SAME, 1)]),
        (Status.ABSENT, 2, {1, 2}, [(Offer.SAME, 1), (Offer.USUAL, 2)]),
        (Status.SEEN, None, {1, 2}, [(Offer.SAME, 1)]),
        (Status.SEEN, 1, {1, 2}, [(Offer.SAME, 1)]),
        (Status.SEEN, 2, {1}, [(Offer.SAME, 1)]),
        (Status.SEEN, 2, set(), []),
    ],
)
def test_what_is_proposed_after_an_appointment(status, follow_up, known, offered):
    assert offers_after(status, 1, follow_up, known) == offered
