"""Working sheets: nothing typed here is kept; the answer is the paper."""

from __future__ import annotations

from flask import Blueprint, render_template

from counter.access import Permission
from counter.forms.working import ContactSheetForm, EscalationSheetForm, LetterSheetForm
from counter.months import first_of_month
from counter.papers import pdf_response, structure
from counter.pdf.working import (
    Blocked,
    Letter,
    Made,
    checklist_pdf,
    contact_pdf,
    escalation_pdf,
    letter_pdf,
    resources_pdf,
)
from counter.security import allow
from counter.web import agent, found, local, render_form, services

blueprint = Blueprint("working", __name__, url_prefix="/feuilles")


@blueprint.get("")
@allow(Permission.COUNTER)
def choose():
    """Which sheet."""
    return render_template("working/choose.html")


def _made() -> Made:
    return Made(structure().name, local().date(), structure().specimen, structure().logo)


@blueprint.get("/papiers/<slug>.pdf")
@allow(Permission.COUNTER)
def checklist(slug: str):
    """The papers to bring for a démarche."""
    return pdf_response(checklist_pdf(found(services().catalogue.tutorials.get(slug)), _made()), "papiers.pdf")


@blueprint.get("/ressources.pdf")
@allow(Permission.COUNTER)
def resources():
    """The three whole months before this one, which a quarterly declaration asks for."""
    today = local().date()
    months = [first_of_month(today, before) for before in (3, 2, 1)]
    return pdf_response(resources_pdf(months, _made()), "ressources.pdf")


@blueprint.route("/contact", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def contact():
    """For a social worker, with the person's consent."""
    form = ContactSheetForm()
    if form.validate_on_submit():
        number = getattr(form.phone, "normal", "")
        pdf = contact_pdf(
            form.person(), form.to.data, number, form.safe.data, form.when.data or "", form.say.data, _made()
        )
        return pdf_response(pdf, "contact.pdf")
    fields = [form.to, form.consent, form.phone, form.safe, form.when, form.say]
    return render_form("working/form.html", form, title="Demande de contact", fields=fields)


@blueprint.route("/dossier-bloque", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def escalation():
    """A blocked case, once the normal channel was tried."""
    form = EscalationSheetForm(answer_to=f"{agent().display_name}, {structure().name}")
    if form.validate_on_submit():
        blocked = Blocked(
            form.person(), form.number.data or "", form.tried_how.data, form.since.data, form.what.data,
            form.asked.data, form.answer_to.data,
        )  # fmt: skip
        pdf = escalation_pdf(blocked, _made())
        return pdf_response(pdf, "dossier-bloque.pdf")
    fields = [form.number, form.what, form.since, form.tried, form.tried_how, form.asked, form.answer_to]
    return render_form("working/form.html", form, title="Dossier bloqué", fields=fields)


@blueprint.route("/lettre", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def letter():
    """The page on top of documents sent by post."""
    form = LetterSheetForm(addressee=_caf_by_post())
    if form.validate_on_submit():
        letter = Letter(
            form.person(), form.number.data or "", form.sender.data, form.addressee.data, form.subject.data,
            form.documents.data,
        )  # fmt: skip
        pdf = letter_pdf(letter, _made())
        return pdf_response(pdf, "lettre.pdf")
    fields = [form.sender, form.addressee, form.number, form.subject, form.documents]
    return render_form("working/form.html", form, title="Lettre d'envoi de documents", fields=fields)


def _caf_by_post() -> str:
    """The Caf of the agent's site and where documents are posted to; to be written by hand when nobody did yet."""
    site = agent().site
    return f"{site.caf.name}\n{site.caf.post_address}" if site and site.caf.post_address else ""
