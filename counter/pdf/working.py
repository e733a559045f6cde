"""Working sheets: they help a case along and prove nothing. What is written on them is kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from counter.formatting import date_long, month_long, phone
from counter.pdf.sheet import Sheet
from counter.tutorials import Tutorial

SAFE = {
    "appel": "Appeler. Laisser un message est possible.",
    "prudent": "Appeler, **sans laisser de message** et sans dire d'où l'on appelle.",
    "jamais": "**Ne pas appeler.** La personne reviendra.",
}
INCOMES = (
    "Salaire (montant net social)",
    "Chômage",
    "Maladie, maternité, accident",
    "Retraite, invalidité",
    "Pension alimentaire reçue",
    "Travail indépendant",
    "Autre (loyer, placement…)",
)


@dataclass(frozen=True)
class Made:
    """By whom and when a sheet is made: what its frame says."""

    structure: str
    day: date
    specimen: bool = False
    logo: Path | None = None

    def sheet(self, title: str, falc: bool = False, footer: str = "") -> Sheet:
        return Sheet(
            title,
            self.structure,
            aside=date_long(self.day),
            specimen=self.specimen,
            logo=self.logo,
            falc=falc,
            footer=footer or self.structure,
        )


def checklist_pdf(tutorial: Tutorial, made: Made) -> bytes:
    """The papers to bring for a démarche, to tick at home."""
    sheet = made.sheet("Les papiers à apporter", falc=True)
    sheet.paragraph(f"Pour cette démarche : **{tutorial.title}**.")
    sheet.checklist(list(tutorial.bring) or ["Votre pièce d'identité", "Votre numéro d'allocataire"])
    sheet.paragraph("Il vous manque un papier ? Venez quand même : nous cherchons avec vous.")
    return sheet.to_bytes()


def resources_pdf(months: list[date], made: Made) -> bytes:
    """A grid to prepare a declaration of resources by hand; `months` are the three declared, the first of each."""
    sheet = made.sheet("Préparer ma déclaration de ressources")
    sheet.paragraph("Écrivez l'argent reçu chaque mois par chaque personne. Rien reçu ? Écrivez 0.")
    sheet.paragraph("Le **montant net social** est sur la fiche de paie. Pour l'AAH, écrivez le **net imposable**.")
    for who in ("Moi", "Mon conjoint, mon concubin"):
        sheet.heading(who)
        sheet.lined_grid(["Argent reçu", *(month_long(month).capitalize() for month in months)], list(INCOMES))
    sheet.space(8)
    sheet.paragraph("Cette feuille aide à préparer. La déclaration se fait sur caf.fr ou avec nous.")
    return sheet.to_bytes()


def contact_pdf(person: str, to: str, number: str, safe: str, when: str, say: str, made: Made) -> bytes:
    """For a social worker. `safe` is a key of SAFE."""
    sheet = made.sheet("Demande de contact", footer="Confidentiel. À détruire après le contact.")
    sheet.panel([("La personne est d'accord pour que cette feuille soit transmise", 14), (SAFE[safe], 13)])
    told = phone(number) if number and safe != "jamais" else ""
    sheet.facts([("Pour", to), ("Personne", person), ("Téléphone", told), ("Quand", when)])
    sheet.heading("Ce que la personne veut dire")
    for line in say.splitlines():
        sheet.paragraph(line)
    sheet.signature(f"Fait le {date_long(made.day)}.", "Signature de la personne")
    return sheet.to_bytes()


@dataclass(frozen=True)
class Blocked:
    """A blocked case; texts of one or more lines, `number` "" when it is not known."""

    person: str
    number: str
    tried: str
    since: str
    what: str
    asked: str
    answer_to: str


def escalation_pdf(blocked: Blocked, made: Made) -> bytes:
    """For whoever may unblock it."""
    sheet = made.sheet("Dossier bloqué", footer="Confidentiel. À détruire une fois le dossier débloqué.")
    sheet.panel([("La voie normale a été essayée, sans résultat", 14), (f"Bloqué depuis : {blocked.since}", 13)])
    sheet.facts(
        [
            ("Personne", blocked.person),
            ("Numéro d'allocataire", blocked.number),
            ("Répondre à", blocked.answer_to),
        ]
    )
    parts = (
        ("Ce qui bloque", blocked.what),
        ("Ce qui a déjà été essayé", blocked.tried),
        ("Ce qui est demandé", blocked.asked),
    )
    for title, text in parts:
        sheet.heading(title)
        for line in text.splitlines():
            sheet.paragraph(line)
    sheet.signature("Réponse :", "Date et signature")
    return sheet.to_bytes()


@dataclass(frozen=True)
class Letter:
    """A letter with documents; addresses and documents one a line, `number` "" when it is not known."""

    person: str
    number: str
    sender: str
    addressee: str
    subject: str
    documents: str


def letter_pdf(letter: Letter, made: Made) -> bytes:
    """The page on top of posted documents; the address of the Caf stands in the window of the envelope."""
    sheet = made.sheet("Envoi de documents")
    sheet.addresses([letter.person, *letter.sender.splitlines()], letter.addressee.splitlines())
    sheet.facts([("Objet", letter.subject), ("Numéro d'allocataire", letter.number)])
    documents = [line for line in letter.documents.splitlines() if line]
    sheet.paragraph("Madame, Monsieur,")
    sheet.paragraph(
        "Vous trouverez avec cette lettre le document suivant :"
        if len(documents) == 1
        else f"Vous trouverez avec cette lettre {len(documents)} documents :"
    )
    for document in documents:
        sheet.paragraph(f"•  {document}")
    sheet.paragraph("Je vous remercie et vous prie de recevoir mes salutations.")
    sheet.signature(f"Le {date_long(made.day)}.", "Signature")
    sheet.paragraph(
        "Avant de poster : gardez une copie de chaque papier, et n'envoyez jamais un original. Écrivez votre numéro "
        "d'allocataire sur chaque page."
    )
    return sheet.to_bytes()
