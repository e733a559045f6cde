"""What the tables share: naming of constraints, encrypted and day columns, the settings row."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta

import cbor2
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from counter.slots import EPOCH, day_number

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """counter.sqlite: what must not be lost."""

    metadata = MetaData(naming_convention=NAMING)


class CacheBase(DeclarativeBase):
    """cache.sqlite: what can be fetched or built again."""

    metadata = MetaData(naming_convention=NAMING)


class Encrypted(TypeDecorator):
    """A text (or, with `as_json`, a plain value) encrypted at rest with the vault of the engine.

    `purpose` names the column: a value copied to another column does not open there.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, as_json: bool = False):
        super().__init__()
        self.purpose, self.as_json = purpose, as_json

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if self.as_json else value
        return dialect.vault.encrypt(text, self.purpose)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        text = dialect.vault.decrypt(bytes(value), self.purpose)
        return json.loads(text) if self.as_json else text


class Person(Encrypted):
    """Who comes, as ContactForm.person gives it, and the code they were given. On the disk: CBOR whose keys are the
    places of their names in FIELDS, without what is empty; half as long as JSON."""

    cache_ok = True
    FIELDS = ("code", "first_name", "last_name", "birth_day", "birth_month", "phone", "email", "contact_name",
              "contact_shared", "needs", "language", "careful")  # fmt: skip # only ever made longer
    _KEYS = {name: key for key, name in enumerate(FIELDS)}

    def process_bind_param(self, value: dict, dialect):
        short = {self._KEYS[name]: item for name, item in value.items() if item}
        return dialect.vault.encrypt_bytes(cbor2.dumps(short), self.purpose)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        short = cbor2.loads(dialect.vault.decrypt_bytes(bytes(value), self.purpose))
        empty = {"phone": "", "email": "", "contact_name": "", "contact_shared": False}
        empty |= {"needs": [], "language": "", "careful": False}
        return empty | {self.FIELDS[key]: item for key, item in short.items()}


class Uid(TypeDecorator):
    """A UUID as text, kept in 16 bytes."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else uuid.UUID(value).bytes

    def process_result_value(self, value, dialect):
        return None if value is None else str(uuid.UUID(bytes=bytes(value)))


class Digest(TypeDecorator):
    """16 bytes (or fewer) of a text that is only ever looked for, never read back. An index of them is less than half
    as large as one of the texts. Reading gives the bytes; migration 0008 makes them in the same way."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, length: int = 16):
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else hashlib.blake2b(value.encode(), digest_size=16).digest()[: self.length]


class Day(TypeDecorator):
    """A date kept as days since 1970: three bytes a row in SQLite instead of eleven."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect):
        return None if value is None else day_number(value)

    def process_result_value(self, value, dialect):
        return None if value is None else EPOCH + timedelta(days=value)


class Moment(TypeDecorator):
    """An aware UTC moment; SQLite keeps it without zone, and it comes back with it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Second(TypeDecorator):
    """An aware UTC moment, to the second, kept as seconds since 1970: five bytes a row in SQLite instead of
    twenty-seven."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value, dialect):
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Microsecond(TypeDecorator):
    """An aware UTC moment kept as microseconds since 1970: eight bytes a row in SQLite instead of twenty-seven, and the
    same in its index."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        return None if value is None else (value - _START) // timedelta(microseconds=1)

    def process_result_value(self, value, dialect):
        return None if value is None else _START + timedelta(microseconds=value)


_START = datetime.combine(EPOCH, time.min, UTC)


class Setting(Base):
    """A fact of the whole database: key fingerprint, demonstration or not, last prepared day."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
