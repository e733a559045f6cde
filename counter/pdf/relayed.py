"""The facts of a paper that relays what the Caf or the MSA answered: frozen as they were copied, with the source and
the date, and nothing worked out but the total.

`copied_at` is on the wall clock of the counter. Amounts come in cents, and leave as they are printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from counter.attestations import CELLS
from counter.formatting import NBSP, date_long, date_partial, euros, hour_of, month_long, of_month
from counter.quotient import Answer, Born, provider_words

MOST_ADDRESS_LINES = 7  # with the name: what the window of an envelope shows


def payment_facts(content: Mapping, payments: Iterable[Mapping], source: str, copied_at: datetime) -> dict[str, str]:
    """Of the payments of one month (counter.dossiers.contents.certified_months)."""
    payments = list(payments)
    lines = [line for payment in payments for line in payment["lignes"]]
    total = sum(line["montant"] for line in lines)
    quotient = content.get("quotient")
    return {
        "caf": content["caf"],
        "numero": content["numero"],
        "destinataire": _of_dossier(content),
        "personne": _name(content["responsable"]),
        "mois": month_long(_first(payments[0]["mois"])),
        "copie": _when(copied_at),
        "prestations": "\n".join(_row(line["droit"], euros(line["montant"])) for line in lines),
        "total": euros(total),
        "remarque": _remark(total),
        "paye_le": _all(date_long(date.fromisoformat(payment["le"])) for payment in payments),
        "paye_a": _all(payment["a"][:1].lower() + payment["a"][1:] for payment in payments),
        "quotient_mois": of_month(_first(quotient["mois"])) if quotient else "",
        "quotient": _whole_euros(quotient["valeur"]) if quotient else "",
        "personnes": _household(content),
        "source": source,
    }


def _remark(total: int) -> str:
    if total < 0:
        return "Le total est négatif : ce mois-là, la Caf a repris plus qu'elle n'a payé."
    return "" if total else "Ce mois-là, la Caf n'a rien payé."


def quotient_facts_of_dossier(content: Mapping, source: str, copied_at: datetime) -> dict[str, str]:
    """Of a dossier that has a quotient."""
    quotient = content["quotient"]
    return {
        "organisme": content["caf"],
        "reference": f"Numéro d'allocataire : {content['numero']}",
        "destinataire": _of_dossier(content),
        "personne": _name(content["responsable"]),
        "quotient": _whole_euros(quotient["valeur"]),
        "mois": of_month(_first(quotient["mois"])),
        "donneur": f"la {content['caf']}",
        "copie": _when(copied_at),
        "calcule": "",
        "personnes": _household(content),
        "source": source,
    }


def quotient_facts(answer: Answer, source: str, copied_at: datetime) -> dict[str, str]:
    """Of an answer of API Particulier that has a quotient and an adult."""
    giver = provider_words(answer.provider)
    known = [*answer.adults, *answer.children]
    holder = answer.adults[0].name if answer.adults else ""
    return {
        "organisme": giver.removeprefix("la ") if answer.provider else "Caf ou MSA",
        "reference": "",
        "destinataire": "\n".join(answer.address or (holder,)),
        "personne": holder,
        "quotient": _whole_euros(answer.value),
        "mois": of_month(answer.month) if answer.month else "",
        "donneur": giver,
        "copie": _when(copied_at),
        "calcule": month_long(answer.computed) if answer.computed and answer.computed != answer.month else "",
        "personnes": "\n".join(_row(person.name, _born(person.born)) for person in known if person.name),
        "source": source,
    }


# ── small words ─────────────────────────────────────────────────────────────────────────────────


def _whole_euros(value: int) -> str:
    return f"{value}{NBSP}€".replace("-", "−")


def _name(person: Mapping) -> str:
    return f"{person['prenom']} {person['nom']}".strip()


def _row(first: str, second: str) -> str:
    return f"{' '.join(first.replace(CELLS.strip(), '/').split())}{CELLS}{second}"


def _of_dossier(content: Mapping) -> str:
    """The holder and the address, a line each."""
    lines = [part.strip() for part in (content.get("adresse") or "").replace("\n", ",").split(",")]
    lines = [line for line in lines if line]
    if len(lines) > MOST_ADDRESS_LINES - 1:
        lines = [*lines[: MOST_ADDRESS_LINES - 2], ", ".join(lines[MOST_ADDRESS_LINES - 2 :])]
    return "\n".join([_name(content["responsable"]), *lines])


def _household(content: Mapping) -> str:
    people = [content["responsable"], content.get("conjoint"), *content.get("enfants", ()), *content.get("autres", ())]
    return "\n".join(_row(_name(person), _day(person.get("naissance"))) for person in people if person)


def _day(text: str | None) -> str:
    return date_long(date.fromisoformat(text)) if text else "non connue"


def _born(born: Born) -> str:
    return date_partial(born.year, born.month, born.day)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _when(moment: datetime) -> str:
    return f"{date_long(moment.date())} à {hour_of(moment)}"


def _all(texts: Iterable[str]) -> str:
    return " et ".join(dict.fromkeys(texts))
