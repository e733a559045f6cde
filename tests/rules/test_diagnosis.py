"""Grid AUT-1 over every answer set, against the rules as diagnosis.md writes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import pytest

from counter.diagnosis import (
    NO,
    NOT_RAISED,
    SCORED,
    SECTIONS,
    YES,
    Answers,
    Help,
    Need,
    Orientation,
    Outcome,
    Override,
    SocialRoute,
    next_actions,
    orient,
)
from counter.icons import icon

KEYS = [question.key for question in SCORED]
ALL_SETS = list(product((0, 1, 2), repeat=len(KEYS)))
WEIGHT = {Outcome.AUTONOMOUS: 0, Outcome.PARTIAL: 1, Outcome.SOCIAL: 2}
BEST, WORST = (0,) * 10, (2,) * 10


def proposal(values, **situation) -> Orientation:
    return orient(Answers(dict(zip(KEYS, values, strict=True)), **situation))


def with_change(values) -> bool:
    """Rule 3: N ≥ 8 or A ≥ 3."""
    return sum(values[:7]) >= 8 or sum(values[7:]) >= 3


def written_rule(values) -> tuple[Outcome, set[Help]]:
    """Rules 4 to 6, as the page writes them."""
    digital, paperwork = sum(values[:7]), sum(values[7:])
    if paperwork >= 5 and values[9] == 2:
        return Outcome.SOCIAL, set()
    if digital <= 3 and paperwork <= 1 and 2 not in values:
        return Outcome.AUTONOMOUS, set()
    helps = {Help.DIGITAL} if digital >= 4 or 2 in values[:7] else set()
    return Outcome.PARTIAL, helps | ({Help.PAPERWORK} if paperwork >= 2 or 2 in values[7:] else set())


@pytest.fixture(scope="module")
def proposals() -> dict[tuple, Orientation]:
    return {values: proposal(values) for values in ALL_SETS}


@pytest.fixture(scope="module")
def proposals_after_a_change() -> dict[tuple, Orientation]:
    return {values: proposal(values, change=YES) for values in ALL_SETS}


def lighter_when_worse(found: dict[tuple, Orientation]) -> list[tuple]:
    """The answer sets that one worse answer makes lighter."""
    weights = {values: WEIGHT[made.outcome] for values, made in found.items()}
    return [
        values
        for values, weight in weights.items()
        for place, answer in enumerate(values)
        if answer < 2 and weights[(*values[:place], answer + 1, *values[place + 1 :])] < weight
    ]


# ── every answer set ────────────────────────────────────────────────────────────────────────────


def test_the_grid_asks_ten_scored_questions_in_order():
    assert [question.number for question in SCORED] == list(range(1, 11))
    assert len({question.key for section in SECTIONS for question in section.questions}) == 10
    assert all(len(question.answers) == 3 for question in SCORED)


def test_every_answer_set_gets_the_counts_of_the_grid(proposals):
    assert len(proposals) == 59_049
    assert Counter(made.outcome for made in proposals.values()) == {
        Outcome.AUTONOMOUS: 256,
        Outcome.PARTIAL: 52_232,
        Outcome.SOCIAL: 6_561,
    }


def test_every_answer_set_follows_the_written_rules(proposals):
    wrong = [values for values, made in proposals.items() if (made.outcome, set(made.helps)) != written_rule(values)]
    assert wrong == []


def test_every_partly_autonomous_person_gets_at_least_one_kind_of_help(proposals):
    helps = {made.helps for made in proposals.values() if made.outcome is Outcome.PARTIAL}
    assert helps == {(Help.DIGITAL,), (Help.PAPERWORK,), (Help.DIGITAL, Help.PAPERWORK)}


def test_scores_are_the_sums_of_the_two_halves(proposals):
    assert all((made.digital, made.paperwork) == (sum(v[:7]), sum(v[7:])) for v, made in proposals.items())
    assert (proposals[WORST].digital, proposals[WORST].paperwork) == (14, 6)


def test_an_answer_made_worse_never_gives_a_lighter_outcome(proposals):
    assert lighter_when_worse(proposals) == []


def test_an_answer_made_worse_after_a_change_never_gives_a_lighter_outcome(proposals_after_a_change):
    assert lighter_when_worse(proposals_after_a_change) == []


def test_every_outcome_is_explained_in_one_sentence(proposals):
    explained = {made.explanation for made in proposals.values()}
    explained |= {proposal(BEST, urgent=YES).explanation, proposal(WORST, change=YES).explanation}
    explained |= {orient(Answers({})).explanation, proposal(BEST, asks_social_worker=True).explanation}
    assert len(explained) == 9
    assert all(words.endswith(".") and words.count(". ") == 0 for words in explained)


# ── the Situation section ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("values", [BEST, WORST, (1,) * 10])
@pytest.mark.parametrize("change", [YES, NO, NOT_RAISED])
@pytest.mark.parametrize("asks", [True, False])
def test_an_urgent_need_brings_a_human_at_once_whatever_else_is_said(values, change, asks):
    made = proposal(values, urgent=YES, change=change, asks_social_worker=asks)
    assert (made.outcome, made.right_now, made.route) == (Outcome.SOCIAL, True, SocialRoute.YES)
    assert made.explanation == orient(Answers({}, urgent=YES)).explanation


def test_an_urgent_need_is_heard_before_any_question_was_asked():
    made = orient(Answers({}, urgent=YES))
    assert (made.outcome, made.right_now) == (Outcome.SOCIAL, True)


@pytest.mark.parametrize("scored", [{}, dict.fromkeys(KEYS, 0), dict.fromkeys(KEYS, 2)])
def test_who_asks_for_a_social_worker_is_proposed_one_without_hurry(scored):
    made = orient(Answers(scored, asks_social_worker=True))
    assert (made.outcome, made.right_now, made.route) == (Outcome.SOCIAL, False, SocialRoute.YES)


def test_a_change_with_hard_demarches_leads_to_a_social_worker(proposals_after_a_change):
    for values, made in proposals_after_a_change.items():
        if with_change(values):
            assert (made.outcome, made.right_now, made.offer_social) == (Outcome.SOCIAL, False, False), values


def test_a_change_alone_adds_the_offer_of_social_work_and_nothing_else(proposals, proposals_after_a_change):
    compared = 0
    for values, made in proposals.items():
        if not with_change(values):
            expected = replace(made, offer_social=True, route=SocialRoute.NO)
            assert proposals_after_a_change[values] == expected, values
            compared += 1
    assert compared > 9_000


@pytest.mark.parametrize(
    ("values", "social"),
    [
        ((2, 2, 2, 2, 0, 0, 0, 0, 0, 0), True),
        ((2, 2, 2, 1, 0, 0, 0, 0, 0, 0), False),
        ((0, 0, 0, 0, 0, 0, 0, 1, 1, 1), True),
        ((0, 0, 0, 0, 0, 0, 0, 1, 1, 0), False),
    ],
)
def test_the_change_rule_starts_at_eight_digital_or_three_paperwork(values, social):
    assert (proposal(values, change=YES).outcome is Outcome.SOCIAL) is social


def test_the_situation_leaves_only_the_route(proposals):
    """A « no » differs from « not raised » by the route alone, whichever of the two questions it answers."""
    for values in ALL_SETS[::7]:
        made = proposals[values]
        route = SocialRoute.YES if made.outcome is Outcome.SOCIAL else SocialRoute.NO
        for situation in ({"change": NO}, {"urgent": NO}, {"change": NO, "urgent": NO}):
            assert proposal(values, **situation) == replace(made, route=route)


def test_a_situation_nobody_raised_is_kept_as_not_raised(proposals):
    assert {made.route for made in proposals.values()} == {SocialRoute.NOT_RAISED, SocialRoute.YES}
    assert all((made.route is SocialRoute.YES) is (made.outcome is Outcome.SOCIAL) for made in proposals.values())


# ── questions that were not raised ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("missing", list(combinations(range(10), 3)))
def test_up_to_three_questions_not_raised_count_one_each(missing):
    values = [NOT_RAISED if place in missing else 0 for place in range(10)]
    made = proposal(values)
    ones = proposal([1 if value == NOT_RAISED else value for value in values])
    assert made == replace(ones, not_raised=3)


def test_a_question_left_out_is_the_same_as_one_not_raised():
    left_out = orient(Answers(dict.fromkeys(KEYS[1:], 0)))
    assert left_out == proposal((NOT_RAISED, *BEST[1:]))
    assert left_out.not_raised == 1


@pytest.mark.parametrize("answer", [0, 1, 2])
@pytest.mark.parametrize("raised", range(7))
def test_more_than_three_questions_not_raised_give_no_outcome(answer, raised):
    made = orient(Answers(dict.fromkeys(KEYS[:raised], answer), change=YES))
    assert (made.outcome, made.helps, made.right_now) == (Outcome.INCOMPLETE, (), False)
    assert str(10 - raised) in made.explanation


def test_not_raised_papers_and_help_are_not_a_no():
    assert proposal((*BEST[:7], 2, 2, 2)).outcome is Outcome.SOCIAL
    assert proposal((*BEST[:7], 2, 2, NOT_RAISED)).outcome is Outcome.PARTIAL


# ── what comes next ─────────────────────────────────────────────────────────────────────────────

ALL_HELPS = [(), (Help.DIGITAL,), (Help.PAPERWORK,), (Help.DIGITAL, Help.PAPERWORK)]


@pytest.mark.parametrize("offer", [True, False])
@pytest.mark.parametrize("right_now", [True, False])
@pytest.mark.parametrize("helps", ALL_HELPS)
@pytest.mark.parametrize("outcome", Outcome)
def test_there_is_always_a_next_action(outcome, helps, right_now, offer):
    actions = next_actions(outcome, helps, right_now, offer)
    assert actions
    assert all(action.label and action.detail and icon(action.icon) for action in actions)
    assert {action.target for action in actions} <= {"demarches", "motifs", "appointment", "workshops", "call", "visit"}
    assert len({action.label for action in actions}) == len(actions)


@pytest.mark.parametrize(
    ("outcome", "helps", "targets"),
    [
        (Outcome.AUTONOMOUS, (), ["demarches"]),
        (Outcome.PARTIAL, (Help.DIGITAL,), ["demarches", "workshops"]),
        (Outcome.PARTIAL, (Help.PAPERWORK,), ["motifs"]),
        (Outcome.PARTIAL, (Help.DIGITAL, Help.PAPERWORK), ["motifs", "demarches", "workshops"]),
        (Outcome.SOCIAL, (), ["appointment", "call"]),
        (Outcome.INCOMPLETE, (), ["visit", "motifs", "appointment"]),
    ],
)
def test_the_next_actions_are_those_of_the_table(outcome, helps, targets):
    assert [action.target for action in next_actions(outcome, helps)] == targets


def test_an_urgent_need_puts_the_call_first():
    assert next_actions(Outcome.SOCIAL, (), right_now=True)[0].target == "call"


@pytest.mark.parametrize("helps", ALL_HELPS)
def test_the_offer_of_social_work_comes_after_the_rest(helps):
    without, offered = next_actions(Outcome.PARTIAL, helps), next_actions(Outcome.PARTIAL, helps, offer_social=True)
    assert offered[:-1] == without
    assert (offered[-1].target, offered[-1].topic) == ("appointment", "difficultes")


def test_an_agent_who_chooses_partly_autonomous_is_offered_more_than_the_booklet():
    """The view passes no helps when the agent overrides the proposal."""
    assert next_actions(Outcome.PARTIAL, ()) != next_actions(Outcome.AUTONOMOUS, ())


def test_everything_shown_has_french_words_and_a_picture():
    for kind in (Outcome, Help, SocialRoute, Need, Override):
        assert len({member.label for member in kind}) == len(kind)
    assert all(icon(question.icon) for question in SCORED)
    assert all(icon(need.icon) for need in Need)
