"""The attestations of a workshop: one paper for each person who came, issued some at a time, printed together."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, stream_with_context, url_for

from counter.access import Permission
from counter.attestations import Kind, key_of_enrolment, key_of_next
from counter.formatting import day_long, hour
from counter.forms.workshops import PresenceForm
from counter.journal import Subject
from counter.models import Attestation as StoredAttestation
from counter.models import Enrolment, Workshop
from counter.papers import issue, pdf_response
from counter.pdf.attestation import attestation_pdf, attestation_sheet
from counter.pdf.bundle import zipped
from counter.pdf.sheet import bound
from counter.security import allow
from counter.slots import has_begun
from counter.store import attestations as store
from counter.views.attestations import printed
from counter.views.workshops import its_workshop
from counter.web import agent, local_at, reading, seen, writing

blueprint = Blueprint("workshop_papers", __name__, url_prefix="/attestations/atelier/<int:workshop_id>")
PART = 25  # papers issued at each step of a large workshop: the page answers at once, and shows how far it is


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def workshop(workshop_id: int):
    """Who came, and the number of each paper. Issued some at a time: the page shows how far it is."""
    if PresenceForm().validate_on_submit():
        missing = _issue_part(workshop_id)
        return redirect(url_for("workshop_papers.workshop", workshop_id=workshop_id, encore="oui" if missing else None))
    shown = its_workshop(workshop_id)
    people = _present(shown)
    papers = store.find_by_keys(reading(), [key_of_enrolment(item.id) for item in people])
    seen(Subject.WORKSHOP, shown.id)
    rows = [(item, papers.get(key_of_enrolment(item.id))) for item in people]
    made = sum(not _to_make(paper) for _, paper in rows)
    return render_template(
        "attestations/workshop.html", shown=shown, rows=rows, made=made, form=PresenceForm(), me=agent().id,
        going_on="encore" in request.args,
        too_soon=not has_begun(shown.day, shown.minute, local_at(shown.site)),
    )  # fmt: skip


def _present(shown: Workshop) -> list[Enrolment]:
    return [item for item in shown.enrolments if item.seat_value.came]


def _to_make(paper: StoredAttestation | None) -> bool:
    """Whether there is none yet, or it was withdrawn because what it said was wrong."""
    return paper is None or (paper.revoked_at is not None and paper.reason.asks_for_another)


def _issue_part(workshop_id: int) -> int:
    """Issue up to PART papers; how many people still have none. None before the workshop."""
    with writing() as main:
        shown = its_workshop(workshop_id, main)
        if not has_begun(shown.day, shown.minute, local_at(shown.site)):
            return 0
        people = {key_of_enrolment(item.id): item for item in _present(shown)}
        papers = store.find_by_keys(main, list(people))
        waiting = [key for key in people if _to_make(papers.get(key))]
        for key in waiting[:PART]:
            old, facts = papers.get(key), _workshop_facts(shown, people[key])
            new = key_of_next(old.idempotency_key) if old else key
            issue(main, Kind.WORKSHOP, facts, new, in_visit=False, replaces=old)
    return len(waiting[PART:])


def _workshop_facts(shown: Workshop, enrolment: Enrolment) -> dict[str, str]:
    return {
        "personne": enrolment.name,
        "atelier": shown.title,
        "jour": day_long(shown.day, year=True),
        "horaire": f"de {hour(shown.minute)} à {hour(shown.minute + shown.duration)}",
        "lieu": f"{shown.site.name}, {shown.site.address}",
        "partenaires": shown.partners.rstrip(" ."),
    }


def _good_papers(workshop_id: int) -> list[StoredAttestation]:
    """The good papers of a workshop, in the order of the list."""
    people = _present(its_workshop(workshop_id))
    papers = store.find_by_keys(reading(), [key_of_enrolment(item.id) for item in people])
    seen(Subject.WORKSHOP, workshop_id, "papiers")
    made = (papers.get(key_of_enrolment(item.id)) for item in people)
    good = [paper for paper in made if paper and not paper.revoked_at]
    return good or abort(404, "Aucune attestation n'est faite pour cet atelier. Faites-les d'abord.")


@blueprint.get("/attestations.pdf")
@allow(Permission.COUNTER)
def in_one(workshop_id: int):
    """All the papers in one file, to print in one go."""
    sheets = [attestation_sheet(*printed(kept.value(), kept.seal)) for kept in _good_papers(workshop_id)]
    return pdf_response(bound(sheets), "attestations-atelier.pdf")


@blueprint.get("/attestations.zip")
@allow(Permission.COUNTER)
def apart(workshop_id: int):
    """One file a person, to send or keep apart. File names carry the number, nobody's name."""
    papers = [printed(kept.value(), kept.seal) for kept in _good_papers(workshop_id)]
    files = (
        (
            f"attestation-{paper[0].number}.pdf",
            paper[0].issued_on,
            lambda paper=paper: attestation_pdf(*paper),
        )
        for paper in papers
    )
    headers = {"Content-Disposition": 'attachment; filename="attestations-atelier.zip"'}
    return Response(stream_with_context(zipped(files)), mimetype="application/zip", headers=headers)
