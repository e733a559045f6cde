"""Conventions, contracts and membership forms: missing, lapsed, or about to end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from counter.control import Finding, Kind, Thresholds
from counter.habilitations import Period
from counter.months import months_before


@dataclass(frozen=True)
class Paper:
    """A convention, a contract or a membership form. `code` names it for the key, `label` in French (« Le bulletin
    d'adhésion Cdap »); `period` None: never received. `dated`: it must say from when it counts."""

    convention_id: int
    code: str
    label: str
    structure: str
    period: Period | None
    dated: bool = False


def paper_findings(
    papers: Iterable[Paper], limits: Thresholds, today: date, spoken: Callable[[date], str]
) -> list[Finding]:
    """What is missing, lapsed, or about to; what lapsed more than a year ago is history. `spoken` writes a date."""
    return [finding for paper in papers if (finding := _paper_finding(paper, limits, today, spoken))]


def _paper_finding(paper: Paper, limits: Thresholds, today: date, spoken: Callable[[date], str]) -> Finding | None:
    ends = paper.period.ends if paper.period else None
    if paper.period is None:
        code, on, what = "manque", today, "n'est pas là."
    elif paper.dated and paper.period.starts is None:
        code, on, what = "sans-date", today, "n'a pas de premier jour : écrivez la date du papier."
    elif ends is None or ends > today + timedelta(days=limits.paper_days) or ends < months_before(today, 12):
        return None
    elif ends < today:
        code, on, what = ends.isoformat(), ends, f"s'est terminé le {spoken(ends)}."
    else:
        code, on, what = ends.isoformat(), today, f"se termine le {spoken(ends)}."
    key = f"{Kind.PAPERS} {paper.convention_id} {paper.code} {code}"
    detail = f"{paper.structure} : {paper.label} {what}"
    return Finding(Kind.PAPERS, key, on, detail, convention_id=paper.convention_id)
