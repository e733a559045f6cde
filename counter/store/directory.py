"""Sites put in from the official list of France Services."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from counter.directory import Directory, Place, zone_of
from counter.models import Caf, Site
from counter.places import alike
from counter.store.places import caf_of_department, list_sites, site_of_matricule, site_of_short_name

_OTHER_DEPARTMENT = (
    "la liste dit {} pour « {} » : le département reste {}. Si la liste a raison, changez-le sur la page du lieu : "
    "elle montre d'abord les rendez-vous à déplacer, car les jours fériés ne sont pas les mêmes partout"
)


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
    list (short name, access, time zone) stays, and so do hours where it has none, and the département, for its public
    holidays would move people. With `caf_id`, only those of that Caf's département, and only what is to
    be said of its lines or of lines whose département is not known."""
    done, refused = Imported(), {}
    cafs = {number: caf_of_department(session, number) for number in set(directory.departments.values())}
    others = {number for number, caf in cafs.items() if caf_id is not None and (caf is None or caf.id != caf_id)}
    elsewhere = {line for line, number in directory.departments.items() if number in others}
    for line, place in directory.places:
        if line in elsewhere:
            done.elsewhere += 1
        elif fault := _refusal(session, place, cafs[place.department]):
            refused[line] = fault
        else:
            done.faults += [(line, remark) for remark in _put_site(session, place, cafs[place.department], done)]
    done.faults += refused.items()
    done.faults += [fault for fault in directory.faults if fault[0] not in elsewhere and fault[0] not in refused]
    session.flush()
    done.faults.sort()
    return done


def _refusal(session: Session, place: Place, caf: Caf | None) -> str:
    """Why the site is not put in, "" when it is."""
    if caf is None:
        return f"aucune Caf n'est créée pour le département {place.department} : le lieu n'est pas ajouté"
    site = site_of_matricule(session, place.matricule)
    if site is not None and site.caf_id != caf.id:
        return f"le lieu {place.matricule} appartient déjà à une autre Caf : il n'est pas changé"
    return ""


def _put_site(session: Session, place: Place, caf: Caf, done: Imported) -> list[str]:
    """Put it in; what is to be looked at is given back."""
    facts = {name: getattr(place, name) for name in ("name", "street", "postal_code", "city", "department")}
    if place.hours:
        facts["hours"] = place.hours
    if place.latitude is not None:
        facts |= {"latitude": place.latitude, "longitude": place.longitude}
    remarks: list[str] = []
    site = site_of_matricule(session, place.matricule) or _by_hand(session, place, caf, remarks)
    if site is None:
        names = {"name": place.name, "short_name": _short_name(session, place, caf)}
        zone = zone_of(place.department)
        session.add(Site(caf_id=caf.id, matricule=place.matricule, timezone=zone, **(facts | names)))
        session.flush()
        done.added += 1
        return remarks
    facts["matricule"] = place.matricule
    if site.department != facts.pop("department"):
        remarks.append(_OTHER_DEPARTMENT.format(place.department, site.name, site.department))
    changed = {name: value for name, value in facts.items() if getattr(site, name) != value}
    for name, value in changed.items():
        setattr(site, name, value)
    done.changed += bool(changed)
    done.same += not changed
    return remarks


def _by_hand(session: Session, place: Place, caf: Caf, remarks: list[str]) -> Site | None:
    """The one site without matricule that has the same name in the same commune: somebody typed it before. When it is
    not sure, it is left alone, and said."""
    without = [site for site in list_sites(session, caf.id) if not site.matricule]
    here = [site for site in without if site.postal_code == place.postal_code and alike(site.city) == alike(place.city)]
    named = [site for site in here if alike(site.name) == alike(place.name)]
    same = [site for site in named if site.department == place.department]  # another one has other public holidays
    if len(same) == 1:
        remarks.append(f"« {same[0].name} » était déjà là sans matricule : il a maintenant le {place.matricule}")
        return same[0]
    near = named or [site for site in here if alike(place.street).startswith(alike(site.street))]
    said = "le lieu est ajouté, mais il est peut-être déjà là sans matricule"
    remarks += [f"{said} : regardez « {site.name} »" for site in near[:1]]
    return None


def _short_name(session: Session, place: Place, caf: Caf) -> str:
    """The name of the list; with its commune where another site of the Caf is called so."""
    name, city = place.name[:60], place.city[:25]
    return f"{name[: 58 - len(city)]}, {city}" if site_of_short_name(session, caf.id, name) else name
