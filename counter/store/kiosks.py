"""The kiosks of a site: made with a code that serves once, known by the token of their browser, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import new_code, normal_code
from counter.keys import Vault
from counter.kiosk import CODE_LASTS, SEEN_EVERY, WrongKioskCode
from counter.models import Kiosk, Site


def list_kiosks(session: Session, caf_id: int | None) -> list[Kiosk]:
    """Those that were not revoked, of one Caf or (None) of all, by site and name."""
    query = select(Kiosk).join(Site).options(joinedload(Kiosk.site)).where(Kiosk.revoked_at.is_(None))
    if caf_id is not None:
        query = query.where(Site.caf_id == caf_id)
    return list(session.scalars(query.order_by(Site.short_name, Kiosk.name, Kiosk.id)))


def add_kiosk(session: Session, site: Site, name: str) -> Kiosk:
    """A kiosk that no device is yet: `give_code` lets one become it."""
    session.add(kiosk := Kiosk(site_id=site.id, name=name))
    session.flush()
    return kiosk


def give_code(session: Session, vault: Vault, kiosk: Kiosk, now: datetime) -> str:
    """A new code that serves once, for CODE_LASTS. The device in place goes on until the code is typed elsewhere."""
    code = new_code()
    kiosk.code_index, kiosk.code_until = vault.blind_index(code, "kiosk.code"), now + CODE_LASTS
    session.flush()
    return code


def enrol(session: Session, vault: Vault, typed: str, now: datetime) -> tuple[Kiosk, str]:
    """(kiosk, token of its browser): the code is used up. Raises WrongKioskCode."""
    index = vault.blind_index(normal_code(typed), "kiosk.code")
    kiosk = session.scalar(select(Kiosk).where(Kiosk.code_index == index).with_for_update())
    if kiosk is None or kiosk.revoked_at is not None or kiosk.code_until <= now:
        raise WrongKioskCode()
    token = secrets.token_urlsafe(32)
    kiosk.token_index = vault.blind_index(token, "kiosk.token")
    kiosk.code_index = kiosk.code_until = None
    kiosk.enrolled_at = kiosk.seen_at = now
    session.flush()
    return kiosk, token


def kiosk_of_token(session: Session, vault: Vault, token: str) -> Kiosk | None:
    """The kiosk whose browser holds this token; None when it was revoked or another device took its place."""
    query = (
        select(Kiosk)
        .options(joinedload(Kiosk.site))
        .where(Kiosk.token_index == vault.blind_index(token, "kiosk.token"), Kiosk.revoked_at.is_(None))
    )
    return session.scalar(query)


def was_seen_lately(kiosk: Kiosk, now: datetime) -> bool:
    """Whether its sign of life is fresh enough not to be written again."""
    return kiosk.seen_at is not None and now - kiosk.seen_at < SEEN_EVERY


def put_seen(session: Session, kiosk_id: int, now: datetime) -> None:
    session.get_one(Kiosk, kiosk_id).seen_at = now


def revoke(session: Session, kiosk: Kiosk, now: datetime) -> None:
    """No device is this kiosk any more."""
    kiosk.revoked_at = now
    kiosk.token_index = kiosk.code_index = kiosk.code_until = None
    session.flush()
