"""Working sheets: filled, printed, and not kept."""

from __future__ import annotations

from wtforms.validators import StopValidation

from counter.dossiers import normal_number
from counter.forms.fields import AreaField, CardField, Choice, CounterForm, Required, TextField
from counter.forms.validators import Lines, OneLine, PersonName, Phone


class ContactSheetForm(CounterForm):
    """For a social worker: the person agrees, what to say, how to reach them without danger."""

    first_name = TextField("Prénom", [PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    consent = CardField(
        "La personne est-elle d'accord pour que cette feuille soit transmise ?",
        [Choice("oui", "Oui, elle est d'accord", "circle-check"), Choice("non", "Non", "circle-x")],
        [Required("Demandez l'accord de la personne.")],
    )
    to = TextField("À qui ?", [Required("Écrivez à qui va la feuille."), OneLine(120)], maxlength=200,
                   hint="Par exemple : travailleur social de la Caf, CCAS.")  # fmt: skip
    phone = TextField("Téléphone", [Phone()], inputmode="tel", type="tel", width=20, maxlength=30)
    safe = CardField(
        "Comment la joindre sans risque ?",
        [
            Choice("appel", "Appeler, laisser un message est possible", "phone"),
            Choice("prudent", "Appeler, sans laisser de message ni dire d'où l'on appelle", "phone-off"),
            Choice("jamais", "Ne pas appeler : la personne reviendra", "ban"),
        ],
        [Required("Dites comment joindre la personne.")],
    )
    when = TextField("Quand ?", [OneLine(90)], maxlength=200, hint="Par exemple : le matin, pas le mercredi.")
    say = AreaField("Ce que la personne veut dire", [Required("Écrivez ce que la personne veut dire."), Lines(12)],
                    hint="Avec ses mots. 12 lignes au plus.", maxlength=1500)  # fmt: skip

    def validate_phone(self, field):
        if not field.data and self.safe.data in {"appel", "prudent"}:
            raise StopValidation("Écrivez le numéro à appeler. La personne n'en a pas ? Choisissez « Ne pas appeler ».")

    def validate_consent(self, field):
        if field.data == "non":
            raise StopValidation(
                "Sans son accord, la feuille ne se fait pas. Proposez à la personne d'appeler elle-même."
            )

    def person(self) -> str:
        return f"{self.first_name.data or ''} {self.last_name.data}".strip()


class AllocataireNumber:
    """Seven digits and perhaps a letter, when it is known."""

    def __call__(self, form, field):
        if field.data and normal_number(field.data) is None:
            raise StopValidation("Un numéro d'allocataire a 7 chiffres. Vérifiez-le sur un courrier de la Caf.")


class EscalationSheetForm(CounterForm):
    """A blocked case: what was tried first, since when, what is asked, and whom to answer."""

    first_name = TextField("Prénom", [PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    number = TextField("Numéro d'allocataire", [AllocataireNumber()], width=14, maxlength=12, inputmode="numeric")
    tried = CardField(
        "La voie normale a-t-elle été essayée ?",
        [
            Choice("oui", "Oui, sans résultat", "circle-check"),
            Choice("non", "Non, pas encore", "circle-x"),
        ],
        [Required("Dites si la voie normale a été essayée.")],
        hint="Mon Compte, le 3230, un courrier ou un rendez-vous.",
    )
    tried_how = AreaField("Ce qui a été essayé, et quand", [Required("Écrivez ce qui a été essayé."), Lines(6)],
                          maxlength=800)  # fmt: skip
    since = TextField("Bloqué depuis", [Required("Écrivez depuis quand."), OneLine(60)], maxlength=100,
                      hint="Par exemple : le 3 septembre, ou deux mois.")  # fmt: skip
    what = AreaField("Ce qui bloque", [Required("Écrivez ce qui bloque."), Lines(8)], maxlength=1000)
    asked = AreaField("Ce qui est demandé", [Required("Écrivez ce qui est demandé."), Lines(6)], maxlength=800)
    answer_to = TextField("Répondre à", [Required("Écrivez à qui la Caf répond."), OneLine(120)], maxlength=200,
                          hint="Votre nom, votre téléphone ou votre e-mail.")  # fmt: skip

    def validate_tried(self, field):
        if field.data == "non":
            raise StopValidation(
                "Essayez d'abord la voie normale : Mon Compte, le 3230, un courrier ou un rendez-vous."
            )

    def person(self) -> str:
        return f"{self.first_name.data or ''} {self.last_name.data}".strip()


class LetterSheetForm(CounterForm):
    """The page on top of documents sent by post."""

    first_name = TextField("Prénom", [PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    sender = AreaField("Son adresse", [Required("Écrivez l'adresse."), Lines(6, 45, wraps=False)], maxlength=400)
    addressee = AreaField(
        "Adresse de la Caf", [Required("Écrivez l'adresse de la Caf."), Lines(6, 45, wraps=False)], maxlength=400
    )
    number = TextField("Numéro d'allocataire", [AllocataireNumber()], width=14, maxlength=12, inputmode="numeric",
                       hint="La Caf range les papiers avec ce numéro.")  # fmt: skip
    subject = TextField("Objet", [Required("Écrivez l'objet."), OneLine(90)], maxlength=200,
                        hint="Par exemple : documents pour ma demande de RSA.")  # fmt: skip
    documents = AreaField("Les documents joints, un par ligne", [Required("Écrivez les documents."), Lines(14)],
                          maxlength=1500)  # fmt: skip

    def person(self) -> str:
        return f"{self.first_name.data or ''} {self.last_name.data}".strip()
