"""A person's request, from one page: what is kept about them, a copy of it, its erasure. No address names them."""

from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import new_code, spoken_code
from counter.formatting import birthday
from counter.forms.rights import EraseForm, PersonForm
from counter.journal import Act, Subject
from counter.models import Appointment, Attestation, DossierCopy, Enrolment, QuotientCopy
from counter.papers import pdf_response, structure
from counter.pdf.rights import erased_words, receipt_pdf, record_pdf
from counter.pdf.working import Made
from counter.retention import REGISTER
from counter.rights import Asked, Match
from counter.security import allow
from counter.store import rights as store
from counter.store.rights_copies import erase_copies, find_copies
from counter.views.administration import own_caf
from counter.web import agent, found, local, note, now, reading, render_form, seen, services, writing

blueprint = Blueprint("rights", __name__, url_prefix="/administration/droits")
_SUBJECTS = {
    Appointment: Subject.APPOINTMENT,
    Attestation: Subject.ATTESTATION,
    Enrolment: Subject.ENROLMENT,
    DossierCopy: Subject.DOSSIER,
    QuotientCopy: Subject.QUOTIENT,
}
ASKED, RECEIPT = "rights_asked", "rights_receipt"


def _asked() -> Asked | None:
    kept = session.get(ASKED)
    return Asked(**kept) if kept else None


def _items(asked: Asked, main=None) -> list[store.Item]:
    site = agent().site
    with services().cache.reading() as cache:
        copies = find_copies(cache, asked, site.caf.department if site else None)
    return store.find(main or reading(), asked, own_caf()) + copies


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def find():
    """Who asks. What is typed stays in the session, encrypted, until the request is dealt with."""
    form = PersonForm()
    if form.validate_on_submit():
        session[ASKED] = vars(form.asked())
        return redirect(url_for("rights.person"))
    return render_form("rights/find.html", form)


@blueprint.get("/personne")
@allow(Permission.ADMINISTER)
def person():
    """What is kept about them, and what can be done with it."""
    asked = _asked()
    return _page(asked, EraseForm()) if asked else redirect(url_for("rights.find"))


def _page(asked: Asked, form: EraseForm):
    items = _items(asked)
    _saw(items)
    chosen = request.form.getlist("choisi") if request.method == "POST" else _sure(items)
    born = birthday(asked.birth_day, asked.birth_month)
    return render_form("rights/person.html", form, asked=asked, born=born, items=items, chosen=chosen)


def _sure(items: list[store.Item]) -> list[str]:
    return [item.key for item in items if item.match is Match.SURE]


def _saw(items: list[store.Item]) -> None:
    seen(Subject.PERSON)
    for item in items:
        seen(_subject(item), item.number, "demande")


def _subject(item: store.Item) -> Subject:
    return _SUBJECTS[type(item.row)]


# ── a copy ──────────────────────────────────────────────────────────────────────────────────────


def _copied() -> tuple[Asked, list[store.Item]]:
    """What the copy holds: only what is surely theirs, so that nobody is given what is someone else's."""
    asked = found(_asked())
    items = [item for item in _items(asked) if item.match is Match.SURE]
    with writing() as main:
        note(main, Act.EXPORTED, Subject.PERSON)
        for item in items:
            note(main, Act.EXPORTED, _subject(item), item.number)
    return asked, items


@blueprint.get("/copie.pdf")
@allow(Permission.ADMINISTER)
def copy_pdf():
    asked, items = _copied()
    register = [(kept.label, kept.term) for kept in REGISTER if kept.names]
    pdf = record_pdf(asked.name, [(item.title, item.told) for item in items], register, _made())
    return pdf_response(pdf, "ce-que-nous-gardons.pdf")


@blueprint.get("/copie.json")
@allow(Permission.ADMINISTER)
def copy_json():
    asked, items = _copied()
    content = {
        "structure": structure().name,
        "fait_le": local().isoformat(timespec="seconds"),
        "personne": {
            "prenom": asked.first_name,
            "nom": asked.last_name,
            "jour_de_naissance": asked.birth_day,
            "mois_de_naissance": asked.birth_month,
        },
        "donnees": [{"titre": item.title, "contenu": item.told} for item in items],
        "durees": {kept.label: kept.term for kept in REGISTER if kept.names},
    }
    text = json.dumps(content, ensure_ascii=False, indent=2).replace("\u00a0", " ")
    headers = {"Content-Disposition": 'attachment; filename="ce-que-nous-gardons.json"'}
    return Response(text + "\n", mimetype="application/json", headers=headers)


def _made() -> Made:
    return Made(structure().name, local().date(), structure().specimen, structure().logo)


# ── erasure ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/effacer")
@allow(Permission.ADMINISTER)
def erase():
    """Erase what is ticked, among what was found for this person; the receipt holds a number and no name."""
    asked, form = _asked(), EraseForm()
    if asked is None:
        return redirect(url_for("rights.find"))
    chosen = set(request.form.getlist("choisi"))
    if form.validate_on_submit() and not chosen:
        form.checked.errors = ["Cochez au moins une ligne à effacer."]
    if form.errors or not form.is_submitted():
        return _page(asked, form)
    code = new_code()
    with writing() as main:
        items = [item for item in _items(asked, main) if item.key in chosen]
        touched = [(_subject(item), item.number) for item in items]
        copies = [item for item in items if item.in_cache]
        counts = store.erase(main, [item for item in items if not item.in_cache], now())
        counts |= {"copies": len(copies)} if copies else {}
        for subject, number in touched:
            note(main, Act.ERASED, subject, number, f"recu {code.lower()}")
        told = " ".join(f"{kind} {number}" for kind, number in counts.items())
        note(main, Act.ERASED, Subject.PERSON, spoken_code(code), told)  # the number of the receipt finds this line
    with services().cache.writing() as cache:
        erase_copies(cache, copies)
    for database in (services().main, services().cache):
        database.forget()
    session.pop(ASKED)
    session[RECEIPT] = {"code": code, "day": local().date().isoformat(), "counts": counts}
    return redirect(url_for("rights.receipt"))


@blueprint.get("/recu")
@allow(Permission.ADMINISTER)
def receipt():
    kept = session.get(RECEIPT)
    if kept is None:
        return redirect(url_for("rights.find"))
    return render_template("rights/receipt.html", code=spoken_code(kept["code"]), told=erased_words(kept["counts"]))


@blueprint.get("/recu.pdf")
@allow(Permission.ADMINISTER)
def receipt_paper():
    kept = found(session.get(RECEIPT))
    made = _made()
    return pdf_response(receipt_pdf(spoken_code(kept["code"]), made.day, kept["counts"], made), "recu.pdf")
