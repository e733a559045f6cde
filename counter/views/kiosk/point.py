"""A short diagnosis: sections A to C of the grid alone, one question a screen; a proposal, never a label.

Nothing of it is kept: the answers live in the visit and go with it (diagnosis.md: the situation is never asked here).
"""

from __future__ import annotations

from flask import request, session, url_for

from counter.access import Permission
from counter.diagnosis import NOT_RAISED, SCORED, Answers, Outcome, orient
from counter.security import allow
from counter.views.kiosk.base import blueprint, go, page

_ANSWERS = "point"  # in the session: question key -> 0, 1, 2 or NOT_RAISED


@blueprint.get("/point")
@allow(Permission.KIOSK)
def point():
    """What it is, and that nothing is kept."""
    session.pop(_ANSWERS, None)
    return page("point", total=len(SCORED))


@blueprint.get("/point/<int:number>")
@allow(Permission.KIOSK)
def question(number: int):
    if not 1 <= number <= len(SCORED):
        return go("point")
    asked = SCORED[number - 1]
    back = url_for("kiosk.question", number=number - 1) if number > 1 else url_for("kiosk.point")
    given = session.get(_ANSWERS, {}).get(asked.key)
    return page("question", asked=asked, number=number, total=len(SCORED), given=given, back=back, skip=NOT_RAISED)


@blueprint.post("/point/<int:number>")
@allow(Permission.KIOSK)
def answer(number: int):
    if not 1 <= number <= len(SCORED):
        return go("point")
    said = request.form.get("reponse")
    if said not in {"0", "1", "2", NOT_RAISED}:
        return go("question", number=number)
    value = said if said == NOT_RAISED else int(said)
    session[_ANSWERS] = session.get(_ANSWERS, {}) | {SCORED[number - 1].key: value}
    return go("question", number=number + 1) if number < len(SCORED) else go("proposal")


@blueprint.get("/point/proposition")
@allow(Permission.KIOSK)
def proposal():
    """What can be done now. The words never say what someone is."""
    if _ANSWERS not in session:
        return go("point")
    outcome = orient(Answers(session[_ANSWERS])).outcome
    return page("proposal", alone=outcome is Outcome.AUTONOMOUS, back=url_for("kiosk.question", number=len(SCORED)))
