"""What is kept about a person, given to them; and the receipt of an erasure, which does not name them."""

from __future__ import annotations

from datetime import date

from counter.formatting import date_long, plural
from counter.pdf.working import Made

_WORDS = {
    "rendez-vous": ("rendez-vous", "rendez-vous"),
    "contacts": ("contact de proche", "contacts de proche"),
    "inscriptions": ("inscription à un atelier", "inscriptions à des ateliers"),
    "attestations": ("attestation", "attestations"),
    "copies": ("copie d'un dossier ou d'un quotient", "copies de dossiers ou de quotients"),
}


def record_pdf(
    name: str, items: list[tuple[str, dict[str, str]]], register: list[tuple[str, str]], made: Made
) -> bytes:
    """`items` are (title, label -> text); `register` is (what, how long it is kept)."""
    sheet = made.sheet("Ce que nous gardons sur vous")
    sheet.paragraph(f"Pour : **{name}**.")
    if not items:
        sheet.paragraph("Nous ne gardons rien à ce nom et à ce jour de naissance.")
    for title, told in items:
        sheet.heading(title)
        sheet.facts(list(told.items()))
    sheet.heading("Combien de temps ?")
    sheet.facts(register)
    sheet.paragraph(
        "Vous pouvez faire corriger ou effacer ces informations : demandez-le à l'accueil. Si la réponse ne vous va "
        "pas, vous pouvez écrire à la CNIL, sur cnil.fr."
    )
    return sheet.to_bytes()


def erased_words(counts: dict[str, int]) -> list[str]:
    """`2 rendez-vous`, `1 attestation`."""
    return [plural(number, *_WORDS[kind]) for kind, number in counts.items()]


def receipt_pdf(code: str, day: date, counts: dict[str, int], made: Made) -> bytes:
    """Proves that an erasure was done, for whoever holds the number; nothing on it says about whom."""
    sheet = made.sheet("Reçu d'effacement")
    sheet.facts([("Numéro du reçu", code), ("Fait le", date_long(day))], size=14)
    sheet.heading("Ce qui a été effacé")
    for words in erased_words(counts):
        sheet.paragraph(f"•  {words}")
    sheet.paragraph(
        "Ce reçu ne contient pas votre nom. Notre journal garde son numéro, sans votre nom non plus. Les papiers que "
        "vous avez chez vous restent à vous."
    )
    return sheet.to_bytes()
