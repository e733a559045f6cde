"""What the tables share: naming of constraints, encrypted and day columns, the settings row."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from counter.appointments import EPOCH, day_number

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
    """Who comes, as ContactForm.person gives it; what is empty takes no room on the disk."""

    cache_ok = True

    def __init__(self, purpose: str):
        super().__init__(purpose, as_json=True)

    def process_bind_param(self, value: dict, dialect):
        return super().process_bind_param({name: item for name, item in value.items() if item}, dialect)

    def process_result_value(self, value, dialect):
        empty = {"phone": "", "email": "", "contact_name": "", "contact_shared": False}
        empty |= {"needs": [], "language": "", "careful": False}
        return None if value is None else empty | super().process_result_value(value, dialect)


class Uid(TypeDecorator):
    """A UUID as text, kept in 16 bytes."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else uuid.UUID(value).bytes

    def process_result_value(self, value, dialect):
        return None if value is None else str(uuid.UUID(bytes=bytes(value)))


class Digest(TypeDecorator):
    """16 bytes of a text that is only ever looked for, never read back. An index of them is less than half as large
    as one of the texts. Reading gives the bytes; migration 0008 makes them in the same way."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else hashlib.blake2b(value.encode(), digest_size=16).digest()


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


class Setting(Base):
    """A fact of the whole database: key fingerprint, demonstration or not, last prepared day."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
