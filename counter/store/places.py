"""Cafs, sites and motifs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from counter.models import Caf, Motif, Site


def list_sites(session: Session, caf_id: int) -> list[Site]:
    return list(session.scalars(select(Site).where(Site.caf_id == caf_id).order_by(Site.short_name)))


def get_site(session: Session, site_id: int) -> Site | None:
    return session.get(Site, site_id)


def list_cafs(session: Session) -> list[Caf]:
    return list(session.scalars(select(Caf).order_by(Caf.name)))


def list_motifs(session: Session, caf_id: int) -> list[Motif]:
    """The catalogue of one Caf, by code, with its modes."""
    return list(
        session.scalars(
            select(Motif).where(Motif.caf_id == caf_id).options(selectinload(Motif.modes)).order_by(Motif.code)
        )
    )


def get_motif(session: Session, motif_id: int, caf_id: int) -> Motif | None:
    """A motif of that Caf, None for any other."""
    return session.scalar(
        select(Motif).where(Motif.id == motif_id, Motif.caf_id == caf_id).options(selectinload(Motif.modes))
    )


def motif_of_topic(session: Session, topic: str, caf_id: int) -> Motif | None:
    """The Caf's motif for a subject, when it has one."""
    return session.scalar(
        select(Motif).where(Motif.topic == topic, Motif.caf_id == caf_id).order_by(Motif.code).limit(1)
    )
