"""The copies that are about a person, in the cache: of dossiers, of answers of API Particulier. Kept some days only,
and told and erased all the same when the person asks.

What they say is not told here: an administrator would read, on this page, rubriques that their profile does not open.
The Caf or the MSA, whose data these are, give it to the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from counter.formatting import date_long
from counter.models import DossierCopy, QuotientCopy
from counter.quotient import read_born
from counter.rights import Asked, Match
from counter.store.rights import Item


def find_copies(cache: Session, asked: Asked, department: str | None) -> list[Item]:
    """Dossiers and quotients in which the person is named, of a département (None: of all)."""
    return [*_dossiers(cache, asked, department), *_quotients(cache, asked, department)]


def erase_copies(cache: Session, items: list[Item]) -> int:
    """Erase these. Returns how many."""
    for item in items:
        table = type(item.row)
        cache.execute(delete(table).where(table.key == item.row.key))
    return len(items)


def _dossiers(cache: Session, asked: Asked, department: str | None) -> Iterator[Item]:
    for row in cache.scalars(select(DossierCopy).order_by(DossierCopy.fetched_at, DossierCopy.key)):
        content = row.content
        if department is not None and content["departement"] != department:
            continue
        others = [content.get("conjoint") or {}, *content.get("enfants", ())]
        match = _match(asked, [content["responsable"]], others, ("prenom", "naissance"), ("nom",))
        if match:
            title = f"Copie du dossier, faite le {date_long(row.fetched_at.date())}"
            yield Item(f"dos-{row.key}", row, match, title, _told(row, row.source))


_POSTAL = {"2A": "20", "2B": "20"}  # how postal codes of a département begin where it is not by its number


def _quotients(cache: Session, asked: Asked, department: str | None) -> Iterator[Item]:
    for row in cache.scalars(select(QuotientCopy).order_by(QuotientCopy.fetched_at, QuotientCopy.key)):
        content = row.content
        town = str((content.get("adresse") or {}).get("code_postal_ville") or "")
        if department is not None and town and not town.startswith(_POSTAL.get(department, department)):
            continue
        holders, others = content.get("allocataires") or [], content.get("enfants") or []
        match = _match(asked, holders, others, ("prenoms", "date_naissance"), ("nom_naissance", "nom_usage"))
        if match:
            title = f"Copie du quotient familial, faite le {date_long(row.fetched_at.date())}"
            yield Item(f"quo-{row.key}", row, match, title, _told(row, "API Particulier"))


def _told(row: DossierCopy | QuotientCopy, source: str) -> dict[str, str]:
    return {
        "D'où elle vient": source,
        "Jusqu'à quand": date_long(row.expires_at.date()),
        "Ce qu'elle dit": "Ces données sont celles de la Caf ou de la MSA. Elles se lisent dans Mon Compte, ou se "
        "demandent à leur accueil.",
    }


def _match(asked: Asked, holders, others, given: tuple[str, str], names: tuple[str, ...]) -> Match | None:
    """SURE for a holder, MEMBER for someone else of the family, SAME_NAME without a day of birth."""
    found = [match for person in holders if (match := _person(asked, person, given, names))]
    if found:
        return min(found, key=list(Match).index)
    return Match.MEMBER if any(_person(asked, person, given, names) for person in others) else None


def _person(asked: Asked, person: Mapping, given: tuple[str, str], names: tuple[str, ...]) -> Match | None:
    """All the first names, or the first one alone; any of the family names."""
    first_names, born = str(person.get(given[0]) or ""), read_born(person.get(given[1]))
    for first in {first_names, first_names.split(" ")[0]}:
        for name in names:
            who = {"first_name": first, "last_name": person.get(name) or ""}
            if match := asked.match(who | {"birth_day": born.day, "birth_month": born.month}):
                return match
    return None
