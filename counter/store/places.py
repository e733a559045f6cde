"""Cafs, sites and motifs."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from counter.models import Caf, Motif, MotifMode, Site
from counter.places import alike

ANY_QUESTION = "renseignement"  # the subject every Caf receives


def list_sites(session: Session, caf_id: int) -> list[Site]:
    return list(session.scalars(_OF_CAF, {"caf": caf_id}))


_OF_CAF = select(Site).where(Site.caf_id == bindparam("caf")).order_by(Site.short_name)


def get_site(session: Session, site_id: int) -> Site | None:
    return session.get(Site, site_id)


def list_cafs(session: Session) -> list[Caf]:
    return list(session.scalars(select(Caf).order_by(Caf.name)))


def get_caf(session: Session, caf_id: int) -> Caf | None:
    return session.get(Caf, caf_id)


def caf_of_department(session: Session, department: str) -> Caf | None:
    return session.scalar(select(Caf).where(Caf.department == department))


def site_of_matricule(session: Session, matricule: str) -> Site | None:
    """The site with this number in the official list of France Services."""
    return session.scalar(select(Site).where(Site.matricule == matricule))


def same_site(session: Session, site: Site) -> Site | None:
    """One of the Caf that is already there with the same name and address, however they are written."""
    same = ("name", "street", "postal_code", "city")
    known = list_sites(session, site.caf_id)
    return next((s for s in known if all(alike(getattr(s, k)) == alike(getattr(site, k)) for k in same)), None)


def site_of_short_name(session: Session, caf_id: int, short_name: str) -> Site | None:
    """The site of a Caf that has this short name already, however it is written."""
    return next((s for s in list_sites(session, caf_id) if alike(s.short_name) == alike(short_name)), None)


def list_motifs(session: Session, caf_id: int, closed: bool = False) -> list[Motif]:
    """The catalogue of one Caf, by code, with its modes; with `closed`, the motifs no longer offered too."""
    query = select(Motif).where(Motif.caf_id == caf_id).options(selectinload(Motif.modes)).order_by(Motif.code)
    return list(session.scalars(query if closed else query.where(Motif.active)))


def motif_of_code(session: Session, code: str, caf_id: int) -> Motif | None:
    return session.scalar(select(Motif).where(Motif.code == code, Motif.caf_id == caf_id))


def put_modes(session: Session, motif: Motif, durations: dict[str, int]) -> None:
    """Allow exactly these modes, each with its minutes; what is booked keeps the length it was promised."""
    known = {item.mode: item for item in motif.modes}
    for rank, (mode, minutes) in enumerate(durations.items()):
        if mode in known:
            known[mode].duration, known[mode].rank = minutes, rank
        else:
            motif.modes.append(MotifMode(mode=mode, duration=minutes, rank=rank))
    for mode, item in known.items():
        if mode not in durations:
            motif.modes.remove(item)
    session.flush()


def get_motif(session: Session, motif_id: int, caf_id: int) -> Motif | None:
    """A motif of that Caf, None for any other."""
    return session.scalars(_MOTIF, {"number": motif_id, "caf": caf_id}).unique().one_or_none()


_MOTIF = (
    select(Motif)
    .where(Motif.id == bindparam("number"), Motif.caf_id == bindparam("caf"))
    .options(joinedload(Motif.modes))
)


def motif_of_topic(session: Session, topic: str, caf_id: int) -> Motif | None:
    """The Caf's motif for a subject, when it has one."""
    return session.scalar(
        select(Motif).where(Motif.topic == topic, Motif.caf_id == caf_id, Motif.active).order_by(Motif.code).limit(1)
    )


def motif_to_propose(session: Session, topic: str, caf_id: int) -> Motif | None:
    """The Caf's motif for a subject; when it has none, the one for any question, so that nobody is left without."""
    return motif_of_topic(session, topic, caf_id) or motif_of_topic(session, ANY_QUESTION, caf_id)
