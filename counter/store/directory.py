"""Sites put in from the official list of France Services."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from counter.directory import Directory, Place, zone_of
from counter.models import Caf, Site
from counter.store.places import caf_of_department, site_of_matricule


@dataclass
class Imported:
    """How many sites came in, were changed, were right already, are of a Caf that was not asked for; and the
    (line, sentence) of what was not read."""

    added: int = 0
    changed: int = 0
    same: int = 0
    elsewhere: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def import_directory(session: Session, directory: Directory, caf_id: int | None = None) -> Imported:
    """Add the sites that are new by their MATRICULE, correct the others; what an administrator wrote beside the
    list (short name, access, time zone) stays. With `caf_id`, only those of that Caf's département."""
    done = Imported(faults=list(directory.faults))
    cafs: dict[str, Caf | None] = {}
    for line, place in directory.places:
        if place.department not in cafs:
            cafs[place.department] = caf_of_department(session, place.department)
        caf = cafs[place.department]
        if caf_id is not None and (caf is None or caf.id != caf_id):
            done.elsewhere += 1
            continue
        fault = _put_site(session, place, caf, done)
        if fault:
            done.faults.append((line, fault))
    session.flush()
    done.faults.sort()
    return done


def _put_site(session: Session, place: Place, caf: Caf | None, done: Imported) -> str | None:
    """Why the site was not put in, None when it was."""
    if caf is None:
        return f"aucune Caf n'est créée pour le département {place.department} : le lieu n'est pas ajouté"
    facts = {name: getattr(place, name) for name in ("name", "street", "postal_code", "city", "department", "hours")}
    if place.latitude is not None:
        facts |= {"latitude": place.latitude, "longitude": place.longitude}
    site = site_of_matricule(session, place.matricule)
    if site is None:
        zone = zone_of(place.department)
        session.add(Site(caf_id=caf.id, matricule=place.matricule, short_name=place.name[:60], timezone=zone, **facts))
        done.added += 1
        return None
    if site.caf_id != caf.id:
        return f"le lieu {place.matricule} appartient déjà à une autre Caf : il n'est pas changé"
    changed = {name: value for name, value in facts.items() if getattr(site, name) != value}
    for name, value in changed.items():
        setattr(site, name, value)
    done.changed += bool(changed)
    done.same += not changed
    return None
