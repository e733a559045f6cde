"""Agents: found, made, signed in, their passwords and their second step."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from counter.access import PROVISIONAL, Role, initial_password
from counter.habilitations import HabilitationRefused, Seat
from counter.keys import Vault
from counter.models import Agent, RecoveryCode, Site

_hasher = PasswordHasher()
RECOVERY_CODES = 10
_EMAIL, _RECOVERY = "agent.email", "agent.recovery"  # what the blind indexes are for


class IdentifierTaken(ValueError):
    """Another agent has this identifier."""


class AddressTaken(ValueError):
    """Another agent has this e-mail address."""


# ── found ───────────────────────────────────────────────────────────────────────────────────────


def get_agent(session: Session, agent_id: int) -> Agent | None:
    """The agent with their site, or None when unknown or closed."""
    agent = any_agent(session, agent_id)
    return agent if agent and agent.active else None


def any_agent(session: Session, agent_id: int) -> Agent | None:
    """The same, closed ones too: what they did stays theirs."""
    return session.scalar(_AGENT, {"number": agent_id})


_AGENT = select(Agent).where(Agent.id == bindparam("number")).options(joinedload(Agent.site))


def list_agents(session: Session, caf_id: int) -> list[Agent]:
    """Active agents at the sites of a Caf, by name."""
    query = select(Agent).join(Agent.site).where(Site.caf_id == caf_id, Agent.active).order_by(Agent.display_name)
    return list(session.scalars(query))


def every_agent(session: Session, caf_id: int | None, siteless: bool = False) -> list[Agent]:
    """Agents of a Caf (None: of all of them) by name, closed ones too, for the journal still speaks of them; with
    `siteless` those of no site as well."""
    query = select(Agent).outerjoin(Agent.site).options(contains_eager(Agent.site))
    if caf_id is not None:
        here = Site.caf_id == caf_id
        query = query.where(or_(here, Agent.site_id.is_(None)) if siteless else here)
    return list(session.scalars(query.order_by(Agent.display_name, Agent.id)))


def agent_of_address(session: Session, vault: Vault, email: str) -> Agent | None:
    """The agent whose address it is, however it is written."""
    return session.scalar(select(Agent).where(Agent.email_index == _address_index(vault, email)))


def agent_of_proconnect(session: Session, vault: Vault, sub: str, email: str) -> Agent | None:
    """The agent whom ProConnect proved: by `sub` once it is kept, by the address the first time; None for a
    closed account. An address whose agent has another `sub` proves nothing (it was given to someone else)."""
    agent = session.scalar(select(Agent).where(Agent.proconnect_sub == sub))
    if agent is None:
        agent = agent_of_address(session, vault, email)
        if agent is None or agent.proconnect_sub is not None:
            return None
    return agent if agent.active else None


# ── made ────────────────────────────────────────────────────────────────────────────────────────


def create_agent(
    session: Session, identifier: str, display_name: str, role: Role, password: str, site_id: int | None = None
) -> Agent:
    """Raises IdentifierTaken, and HabilitationRefused for a third administrator. The password must have passed
    access.password_faults; "" when none opens yet (see give_provisional)."""
    identifier = _normal(identifier)
    if session.scalar(select(Agent.id).where(Agent.identifier == identifier)):
        raise IdentifierTaken(identifier)
    agent = Agent(
        identifier=identifier,
        display_name=display_name,
        role=role,
        site_id=site_id,
        password_hash=_hasher.hash(password) if password else "",
    )
    session.add(agent)
    session.flush()
    settle_seat(session, agent)
    return agent


def close_account(session: Session, agent: Agent, now: datetime) -> None:
    """It opens no more; its seat of administrator is free again. From now on its name is kept for a time only."""
    agent.active, agent.closed_at = False, now
    session.flush()
    settle_seat(session, agent)


def reopen_account(session: Session, agent: Agent, today: date) -> None:
    """It opens again, and counts as opened today: it was perhaps closed because nobody used it. Raises
    HabilitationRefused for a third administrator."""
    agent.active, agent.closed_at, agent.opens_on = True, None, today
    session.flush()
    settle_seat(session, agent)


def settle_seat(session: Session, agent: Agent) -> None:
    """Give an administrator the first free seat of their Caf, take it from who is none any more or is closed.

    Raises HabilitationRefused when both seats are held; should two come at once, the database refuses the second.
    """
    if agent.role_value is not Role.ADMINISTRATOR or not agent.active:
        agent.admin_seat = None
        session.flush()
        return
    site = session.get(Site, agent.site_id) if agent.site_id else None
    caf = site.caf_id if site else 0
    seats = [f"{caf}:{seat}" for seat in Seat]
    if agent.admin_seat in seats:
        return
    held = set(session.scalars(select(Agent.admin_seat).where(Agent.admin_seat.in_(seats))))
    free = [seat for seat in seats if seat not in held]
    if not free:
        raise HabilitationRefused(
            "Il y a déjà deux administrateurs, le principal et le suppléant. Retirez d'abord ce rôle à l'un des deux."
        )
    agent.admin_seat = free[0]
    session.flush()


def put_address(session: Session, vault: Vault, agent: Agent, email: str) -> None:
    """Set or remove ("") the address. Raises AddressTaken."""
    index = _address_index(vault, email) if email else None
    if index and session.scalar(select(Agent.id).where(Agent.email_index == index, Agent.id != agent.id)):
        raise AddressTaken()
    agent.email, agent.email_index = email or None, index
    session.flush()


def _address_index(vault: Vault, email: str) -> str:
    return vault.blind_index(email.strip().lower(), _EMAIL)


def _normal(identifier: str) -> str:
    """As it is kept. PostgreSQL refuses a text with NUL in it, so no identifier has one."""
    return identifier.strip().lower().replace("\0", "")


# ── passwords ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Opened:
    """Whose password it was; `provisional`: it only leads to choosing the own one. `expired`: it was right, and came
    too late."""

    agent: Agent
    provisional: bool = False
    expired: bool = False


def open_with(session: Session, identifier: str, password: str, now: datetime) -> Opened | None:
    """The active agent whose password this is, own or provisional.

    Two hashes are always compared, known identifier or not: the time says nothing.
    """
    agent = session.scalar(select(Agent).where(func.lower(Agent.identifier) == _normal(identifier)))
    own = _verifies(agent.password_hash if agent else "", password)
    provisional = _verifies((agent.provisional_hash if agent else "") or "", password)
    if agent is None or not agent.active:
        return None
    if own:
        return Opened(agent)
    if not provisional:
        return None
    return Opened(agent, provisional=True, expired=now >= agent.provisional_until)


@cache
def _nobodys_hash() -> str:
    """What an unknown identifier is compared with, so that it is refused as slowly as a wrong password. Made when it is
    first asked for: no command waits for it."""
    return _hasher.hash("no agent has this password")


def _verifies(kept: str, password: str) -> bool:
    nobodys = _nobodys_hash()  # whoever is named, so that the first of all waits for it alike
    try:
        return _hasher.verify(kept or nobodys, password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def is_own_password(agent: Agent, password: str) -> bool:
    return _verifies(agent.password_hash, password) or _verifies(agent.provisional_hash or "", password)


def give_provisional(session: Session, agent: Agent | None, now: datetime) -> str:
    """A new provisional password, good for 24 hours: told once, kept hashed. For None it is made and hashed just the
    same, and opens nothing."""
    password = initial_password(secrets.choice)
    hashed = _hasher.hash(password)
    if agent is not None:
        agent.provisional_hash, agent.provisional_until = hashed, now + PROVISIONAL
        session.flush()
    return password


def choose_password(session: Session, agent: Agent, password: str) -> None:
    """The agent's own password, which must have passed access.password_faults; the provisional one opens no more."""
    agent.password_hash = _hasher.hash(password)
    agent.provisional_hash = agent.provisional_until = None
    session.flush()


def record_sign_in(session: Session, agent_id: int, now: datetime) -> None:
    agent = session.get_one(Agent, agent_id)
    agent.previous_sign_in_at, agent.signed_in_at = agent.signed_in_at, now
    session.flush()


# ── second step ─────────────────────────────────────────────────────────────────────────────────


def start_second_step(session: Session, vault: Vault, agent: Agent, secret: str, step: int) -> list[str]:
    """Ask for a code from now on; the recovery codes, told once. `step` is the one whose code was just shown."""
    agent.totp_secret, agent.totp_step = secret, step
    return new_recovery_codes(session, vault, agent)


def new_recovery_codes(session: Session, vault: Vault, agent: Agent) -> list[str]:
    """Ten codes, each good once; those of before open no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(agent_id=agent.id, code_hash=_recovery_index(vault, code)) for code in codes)
    session.flush()
    return codes


def _recovery_code() -> str:
    letters = "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _recovery_index(vault: Vault, code: str) -> str:
    return vault.blind_index("".join(c for c in code.upper() if c.isalnum()), _RECOVERY)


def stop_second_step(session: Session, agent: Agent) -> None:
    agent.totp_secret, agent.totp_step = None, 0
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    session.flush()


def recovery_codes_left(session: Session, agent_id: int) -> int:
    unused = RecoveryCode.agent_id == agent_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused))


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step (of 30 s) whose code it is: this one, the one before or the one after; None for any other."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // totp.interval
    steps = (current, current - 1, current + 1)
    return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), code)), None)


def pass_second_step(session: Session, vault: Vault, agent: Agent, code: str, now: datetime) -> bool:
    """Whether this code lets the agent in. A code of the telephone serves once, a recovery code too."""
    step = totp_step(agent.totp_secret, code, now)
    if step is not None:
        if step <= agent.totp_step:
            return False
        agent.totp_step = step
        session.flush()
        return True
    known = RecoveryCode.code_hash == _recovery_index(vault, code)
    row = session.scalar(
        select(RecoveryCode).where(RecoveryCode.agent_id == agent.id, known, RecoveryCode.used_at.is_(None))
    )
    if row is None:
        return False
    row.used_at = now
    session.flush()
    return True
