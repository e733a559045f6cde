"""What each rubrique shows of a dossier: facts, tables and notes, in words an agent can read aloud.

A dossier is plain JSON, as its copy is kept: amounts in cents, days as `2026-11-24`, months as `2026-11`. What is
missing is said, never left blank: an agent must know that there is nothing from not knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counter.dossiers import Rubrique
from counter.months import first_of_month


class Cents(int):
    """An amount in cents of euro."""


@dataclass(frozen=True)
class Month:
    """A month, by its first day."""

    first: date


Cell = str | date | Month | Cents


class Tone(StrEnum):
    """How a note is said."""

    INFO = "info"
    OK = "ok"
    STOP = "stop"


@dataclass(frozen=True)
class Facts:
    """Labelled values."""

    title: str
    rows: tuple[tuple[str, Cell], ...]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under column heads; `empty` is said when there is none. A column of Cents is set to the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    total: Cents | None = None
    kind: str = "table"


@dataclass(frozen=True)
class Note:
    """A sentence the agent must not miss."""

    tone: Tone
    text: str
    kind: str = "note"


Block = Facts | Table | Note
NOT_KNOWN = "Non renseigné"
THRESHOLDS = {"Aide au logement": 1000, "Prime d'activité": 1500, "RSA": 600}  # cents a month: less is not paid


def blocks(content: Mapping, rubrique: Rubrique, today: date) -> list[Block]:
    """What a rubrique shows, from its own part of the dossier and nothing else."""
    return list(_SHOWN[rubrique](content, today))


def head_of(content: Mapping) -> list[tuple[str, Cell]]:
    """Who the dossier is about, shown above every rubrique."""
    return [("Responsable du dossier", _name(content["responsable"])), ("Caf", content["caf"])]


# ── small words ─────────────────────────────────────────────────────────────────────────────────


def _name(person: Mapping) -> str:
    return f"{person['prenom']} {person['nom']}".strip()


def _day(text: str | None) -> Cell:
    return date.fromisoformat(text) if text else NOT_KNOWN


def _month(text: str) -> Month:
    return Month(date.fromisoformat(f"{text}-01"))


def _cents(amount: int | None) -> Cell:
    return NOT_KNOWN if amount is None else Cents(amount)


def _until(text: str | None, open_words: str = "en cours") -> Cell:
    return date.fromisoformat(text) if text else open_words


def _text(value: str | None) -> str:
    return value or NOT_KNOWN


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}" if number else f"Aucun {one}"


# ── the rubriques ───────────────────────────────────────────────────────────────────────────────


def _summary(c: Mapping, today: date) -> Iterable[Block]:
    yield from _state(c)
    spouse = c.get("conjoint")
    quotient = c.get("quotient")
    yield Facts(
        "La personne",
        (
            ("Responsable du dossier", _name(c["responsable"])),
            ("Conjoint", _name(spouse) if spouse else "Aucun"),
            ("Situation", _text(c.get("situation"))),
            ("Enfants à charge", _count(len(c.get("enfants", ())), "enfant", "enfants")),
            ("Commune", _text(c.get("commune"))),
        ),
    )
    if quotient is None:
        yield Note(Tone.INFO, "Pas de quotient familial : il manque les ressources. La personne peut les déclarer.")
    else:
        value, month = f"{quotient['valeur']} €", _month(quotient["mois"])
        yield Facts("Quotient familial", (("Quotient", value), ("Du mois de", month)))


def _state(c: Mapping) -> Iterable[Block]:
    if c["etat"] == "actif":
        yield Note(Tone.OK, "Ce dossier est actif.")
    elif c["etat"] == "suspendu":
        yield Note(Tone.STOP, f"Ce dossier est suspendu : {c['etat_motif']}.")
    else:
        yield Note(Tone.STOP, f"Ce dossier est fermé : {c['etat_motif']}.")


def _payments(c: Mapping, today: date) -> Iterable[Block]:
    payments = c.get("paiements", ())
    if not payments:
        yield Note(Tone.INFO, "Aucun paiement sur les 24 derniers mois.")
        return
    rows = tuple(
        (_month(p["mois"]), _day(p["le"]), p["a"], " ; ".join(line["droit"] for line in p["lignes"]), _total(p))
        for p in payments
    )
    head = ("Mois", "Payé le", "À", "Pour", "Montant")
    yield Table("Les paiements, le plus récent d'abord", head, rows, "", Cents(sum(row[-1] for row in rows)))


def _total(payment: Mapping) -> Cents:
    return Cents(sum(line["montant"] for line in payment["lignes"]))


def _dossier(c: Mapping, today: date) -> Iterable[Block]:
    yield from _state(c)
    spouse = c.get("conjoint")
    yield Facts(
        "Le dossier",
        (
            ("Numéro d'allocataire", c["numero"]),
            ("Caf", c["caf"]),
            ("Ouvert le", _day(c.get("ouvert_le"))),
            ("Dans cet état depuis le", _day(c.get("etat_depuis"))),
            ("Caf précédente", c.get("caf_precedente") or "Aucune"),
        ),
    )
    yield Facts(
        "Adresse",
        (("Adresse", _text(c.get("adresse"))), ("Depuis le", _day(c.get("adresse_depuis")))),
    )
    if spouse:
        told = "oui" if spouse.get("autorisation") else "non : il ou elle peut seulement consulter"
        yield Facts("Conjoint", (("Nom", _name(spouse)), ("Autorisation de gestion", told)))


def _family(c: Mapping, today: date) -> Iterable[Block]:
    adults = [c["responsable"], *([c["conjoint"]] if c.get("conjoint") else ())]
    rows = tuple((_name(a), _day(a.get("naissance")), _text(a.get("activite"))) for a in adults)
    yield Table("Les adultes", ("Nom", "Né(e) le", "Activité"), rows, "")
    children = c.get("enfants", ())
    rows = tuple((_name(e), _day(e.get("naissance")), _text(e.get("activite")), _home(e)) for e in children)
    head = ("Nom", "Né(e) le", "Activité", "Résidence")
    yield Table("Les enfants", head, rows, "Aucun enfant à charge.")
    disabled = tuple((_name(e), _until(e.get("aeeh_fin"), "sans fin")) for e in children if e.get("aeeh"))
    yield Table("Enfants avec l'AEEH", ("Nom", "Droit jusqu'au"), disabled, "Aucun enfant avec l'AEEH.")
    others = tuple((_name(o), _day(o.get("naissance")), _text(o.get("lien"))) for o in c.get("autres", ()))
    yield Table("Autres personnes à charge", ("Nom", "Né(e) le", "Lien"), others, "Aucune autre personne à charge.")


def _home(child: Mapping) -> str:
    if child.get("residence") == "alternee":
        return f"En alternance, {child.get('part', 'parts à préciser')}"
    return {"foyer": "Au foyer", "placee": "Confié(e) à l'aide sociale à l'enfance"}.get(
        child.get("residence"), NOT_KNOWN
    )


_RIGHT_STATES = {"verse": "Versé", "suspendu": "Suspendu", "seuil": "Non versé", "etude": "À l'étude"}


def _rights(c: Mapping, today: date) -> Iterable[Block]:
    rights = c.get("droits", ())
    rows = tuple(
        (r["nom"], _RIGHT_STATES[r["etat"]], _day(r.get("depuis")), _until(r.get("jusquau")), _cents(r.get("montant")))
        for r in rights
    )
    head = ("Droit", "État", "Depuis le", "Jusqu'au", "Par mois")
    yield Table("Les droits", head, rows, "Aucun droit ouvert.")
    for right in rights:
        if right["etat"] == "suspendu":
            yield Note(Tone.STOP, f"{right['nom']} : suspendu. {right['motif']}")
        elif right["etat"] == "seuil":
            least = THRESHOLDS[right["nom"]] // 100
            yield Note(
                Tone.INFO, f"{right['nom']} : le montant est plus petit que {least} € par mois. Il n'est pas versé."
            )


def _housing(c: Mapping, today: date) -> Iterable[Block]:
    h = c.get("logement")
    if not h:
        yield Note(Tone.INFO, "Aucun logement n'est connu pour une aide.")
        return
    yield Facts(
        "Le logement",
        (
            ("Adresse", _text(h.get("adresse"))),
            ("Occupation", _text(h.get("occupation"))),
            ("Entrée le", _day(h.get("entree"))),
            ("Loyer du mois", _cents(h.get("loyer"))),
            ("Charges du mois", _cents(h.get("charges"))),
            ("Surface", f"{h['surface']} m²" if h.get("surface") else NOT_KNOWN),
            ("Colocataires", _count(h.get("colocataires", 0), "colocataire", "colocataires")),
        ),
    )
    yield Facts(
        "Le bailleur",
        (
            ("Nom", _text(h.get("bailleur"))),
            ("Numéro de bailleur", _text(h.get("bailleur_numero"))),
            ("Aide versée", "au bailleur" if h.get("tiers_payant") else "à la personne"),
        ),
    )
    if h.get("impaye"):
        yield Note(Tone.STOP, f"Un impayé de loyer est signalé : {h['impaye']}.")


def _resources(c: Mapping, today: date) -> Iterable[Block]:
    resources = c.get("ressources", ())
    if not resources:
        yield Note(Tone.INFO, "Aucune ressource n'est connue. La personne peut les déclarer dans Mon Compte.")
    for item in resources:
        rows = tuple((line["nature"], Cents(line["montant"])) for line in item["lignes"])
        total = Cents(sum(row[1] for row in rows)) if len(rows) > 1 else None
        empty = "Aucune ressource déclarée : la personne a répondu qu'elle n'en a pas."
        yield Table(f"{item['qui']}, {item['periode']}", ("Nature", "Montant"), rows, empty, total)


def _rsa(c: Mapping, today: date) -> Iterable[Block]:
    rsa = c.get("rsa")
    if not rsa:
        yield Note(Tone.INFO, "Pas de RSA, ni maintenant ni avant.")
        return
    rows = tuple((_day(p["du"]), _until(p["au"]), _cents(p.get("montant"))) for p in rsa["periodes"])
    yield Table("Les périodes de RSA", ("Du", "Au", "Par mois"), rows, "Aucune période.")
    yield Facts(
        "L'accompagnement",
        (
            ("Orientation", _text(rsa.get("orientation"))),
            ("Contrat d'engagement", _text(rsa.get("contrat"))),
            ("Service qui a instruit la demande", ", ".join(c.get("instructeurs", ())) or NOT_KNOWN),
            ("Dernière déclaration de ressources", _day(rsa.get("declaration"))),
        ),
    )


def _debts(c: Mapping, today: date) -> Iterable[Block]:
    debts = c.get("creances", ())
    rows = tuple((d["nature"], _day(d["du"]), d["etat"], _cents(d["initial"]), _cents(d["reste"])) for d in debts)
    left = Cents(sum(d["reste"] for d in debts)) if debts else None
    head = ("Nature", "Depuis le", "Où en est-on", "Au départ", "Reste")
    yield Table("Ce que la personne doit", head, rows, "La personne ne doit rien à la Caf.", left)
    if any(d.get("fraude") for d in debts):
        yield Note(Tone.STOP, "Une dette vient d'une fraude : aucune remise n'est possible.")


def _letters(c: Mapping, today: date) -> Iterable[Block]:
    rows = tuple((_day(m["le"]), m["sens"], m["objet"]) for m in c.get("courriers", ()))
    yield Table("Les courriers", ("Date", "Sens", "Objet"), rows, "Aucun courrier sur les 12 derniers mois.")


def _health_rsa(c: Mapping, today: date) -> Iterable[Block]:
    cover = c.get("couverture")
    if not cover:
        yield Note(Tone.INFO, "La Caf n'a rien transmis pour la couverture santé.")
        return
    yield Facts(
        "Le RSA, pour la couverture santé",
        (
            ("RSA au jour de la copie", "oui" if cover["rsa"] else "non"),
            ("Depuis le", _day(cover.get("rsa_depuis"))),
            ("Dernier mois avec du RSA", _month(cover["rsa_dernier_mois"]) if cover.get("rsa_dernier_mois") else "–"),
            ("Personnes du foyer", str(cover["personnes"])),
        ),
    )


def _health_resources(c: Mapping, today: date) -> Iterable[Block]:
    cover = c.get("couverture")
    rows = tuple((line["nature"], Cents(line["montant"])) for line in cover["ressources"]) if cover else ()
    total = Cents(sum(row[1] for row in rows)) if len(rows) > 1 else None
    yield Table(
        "Les ressources des 12 derniers mois, pour la complémentaire santé solidaire",
        ("Nature", "Montant"),
        rows,
        "Aucune ressource n'est connue pour la complémentaire santé solidaire.",
        total,
    )


def _more(c: Mapping, today: date) -> Iterable[Block]:
    more = c.get("complements", {})
    yield Facts(
        "Contact",
        (("Téléphone", _text(more.get("telephone"))), ("E-mail", _text(more.get("email")))),
    )
    permits = tuple((p["qui"], p["titre"], _day(p["du"]), _until(p["au"], "sans fin")) for p in more.get("sejour", ()))
    head = ("Personne", "Titre", "Du", "Au")
    yield Table("Titres de séjour", head, permits, "Aucun titre de séjour : il n'en faut pas, ou il n'est pas connu.")
    for permit in more.get("sejour", ()):
        if permit["au"] and date.fromisoformat(permit["au"]) < today:
            yield Note(Tone.STOP, f"Le titre de séjour de {permit['qui']} est fini. Les droits peuvent s'arrêter.")
    measures = tuple((p["mesure"], p["organisme"], _day(p["du"]), _until(p["au"])) for p in c.get("protections", ()))
    head = ("Mesure", "Organisme", "Du", "Au")
    yield Table("Mesures de protection", head, measures, "Aucune mesure de protection.")
    if more.get("taux"):
        yield Facts(
            "Handicap", (("Taux d'incapacité", more["taux"]), ("Accord jusqu'au", _until(more.get("taux_fin"))))
        )


MONTHS_HELD = 24


def certified_months(c: Mapping, today: date) -> dict[str, list[Mapping]]:
    """Month (`2026-11`) -> its payments, for the months a payment certificate may be of: those held among the last 24,
    the latest first. A month whose total is nothing, or a debt, has one too."""
    first = first_of_month(today, MONTHS_HELD)
    held: dict[str, list[Mapping]] = {}
    for payment in sorted(c.get("paiements", ()), key=lambda p: p["mois"], reverse=True):
        month = _month(payment["mois"]).first
        if first <= month <= today and payment["lignes"]:
            held.setdefault(payment["mois"], []).append(payment)
    return held


def month_of(text: str) -> date:
    """The first day of a month as it is kept."""
    return _month(text).first


def _certificate(c: Mapping, today: date) -> Iterable[Block]:
    held = certified_months(c, today)
    if not held:
        yield Note(Tone.INFO, "Aucun mois payé sur les 24 derniers : il n'y a pas d'attestation de paiement.")
        return
    last = next(iter(held.values()))[0]
    yield Facts(
        "Dernier mois payé", (("Mois", _month(last["mois"])), ("Payé le", _day(last["le"])), ("Payé à", last["a"]))
    )
    rows = tuple((line["droit"], Cents(line["montant"])) for line in last["lignes"])
    yield Table("Ce qui a été payé", ("Droit", "Montant"), rows, "", _total(last))


_SHOWN: dict[Rubrique, Callable[[Mapping, date], Iterable[Block]]] = {
    Rubrique.SUMMARY: _summary,
    Rubrique.PAYMENTS: _payments,
    Rubrique.DOSSIER: _dossier,
    Rubrique.FAMILY: _family,
    Rubrique.RIGHTS: _rights,
    Rubrique.HOUSING: _housing,
    Rubrique.RESOURCES: _resources,
    Rubrique.RSA: _rsa,
    Rubrique.DEBTS: _debts,
    Rubrique.LETTERS: _letters,
    Rubrique.HEALTH_RSA: _health_rsa,
    Rubrique.HEALTH_RESOURCES: _health_resources,
    Rubrique.MORE: _more,
    Rubrique.PAYMENT_CERTIFICATE: _certificate,
}
