"""Secrets of the instance: made at first start, kept under tight rights, used to encrypt and to sign.

    instance/keys/data.key         AES-256 key of the personal fields, base64
    instance/keys/signing.key      Ed25519 private key of the attestations, PEM
    instance/keys/public/<id>.pem  public keys, also of those no longer used to sign

A lost `data.key` makes the personal fields unreadable for ever: it is never made again beside a
database that was written with another one (see `check_fingerprint`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_NONCE = 12
_LONG_SEAL, _LARGEST_SEAL = 700, 40_000  # bytes: compressed from there on; never more than that
_COMPRESSED = b"\x78"  # how zlib begins; CBOR's array of three begins with 0x83


class KeyFileError(RuntimeError):
    """A key that is missing, unreadable or not the right one; the message says what to do, in French."""


class Unreadable(ValueError):
    """Something encrypted or signed that this key did not make, or that was changed."""


class Vault:
    """Encrypts short texts (AES-GCM) and makes blind indexes (HMAC) for exact look-ups."""

    def __init__(self, key: bytes):
        self._cipher = AESGCM(key)
        self._index_key = hashlib.sha256(b"counter blind index" + key).digest()
        self.session_secret = hashlib.sha256(b"counter session" + key).hexdigest()
        self.journal_key = hashlib.sha256(b"counter journal" + key).digest()
        self.fingerprint = hashlib.sha256(b"counter fingerprint" + key).hexdigest()[:16]

    def encrypt(self, text: str, purpose: str) -> bytes:
        """`purpose` (a column, a token's use) is bound to the result: moved elsewhere, it does not open."""
        return self.encrypt_bytes(text.encode(), purpose)

    def encrypt_bytes(self, content: bytes, purpose: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, purpose.encode())

    def decrypt(self, sealed: bytes, purpose: str) -> str:
        """Raises Unreadable."""
        try:
            return self.decrypt_bytes(sealed, purpose).decode()
        except ValueError as error:
            raise Unreadable(purpose) from error

    def decrypt_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """Raises Unreadable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable(purpose) from error

    def blind_index(self, text: str, purpose: str) -> str:
        """The same text always gives the same 32 letters, which tell nothing of it."""
        return hmac.digest(self._index_key, f"{purpose}\0{text}".encode(), "sha256").hex()[:32]


@dataclass(frozen=True)
class Signer:
    """Signs attestations; `public_keys` maps key ids to every key whose papers are still good."""

    key_id: str
    private_key: Ed25519PrivateKey
    public_keys: dict[str, Ed25519PublicKey]

    def seal(self, content: list) -> str:
        """The text of the QR code: base64url of CBOR [key id, content, signature], compressed when it is long."""
        payload = cbor2.dumps(content, canonical=True)
        sealed = cbor2.dumps([bytes.fromhex(self.key_id), payload, self.private_key.sign(payload)])
        if len(sealed) > _LONG_SEAL:
            sealed = zlib.compress(sealed, 9)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, token: str) -> list:
        return open_seal(token, self.public_keys)


def open_seal(token: str, public_keys: dict[str, Ed25519PublicKey]) -> list:
    """The signed content of a QR code. Raises Unreadable when it was changed or signed by none of the keys."""
    try:
        key_id, payload, signature = cbor2.loads(_sealed(token))
        public_keys[key_id.hex()].verify(signature, payload)
        return cbor2.loads(payload)
    except (*_NO_SEAL, InvalidSignature) as error:
        raise Unreadable("seal") from error


def key_id_of(token: str) -> str:
    """Which key a seal says it was made with. Raises Unreadable."""
    try:
        return cbor2.loads(_sealed(token))[0].hex()
    except _NO_SEAL as error:
        raise Unreadable("seal") from error


_NO_SEAL = (KeyError, IndexError, AttributeError, TypeError, ValueError, binascii.Error, zlib.error, cbor2.CBORError)


def _sealed(token: str) -> bytes:
    """The CBOR of a seal; a compressed one is opened up to _LARGEST_SEAL bytes, whatever it pretends to hold."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return zlib.decompressobj().decompress(raw, _LARGEST_SEAL) if raw[:1] == _COMPRESSED else raw


def public_pem(key: Ed25519PublicKey) -> str:
    """The key as it is published."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw key in groups of four, to be compared aloud; its first eight signs are the id."""
    digest = hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()
    return " ".join(digest[k : k + 4] for k in range(0, len(digest), 4))


@dataclass(frozen=True)
class Published:
    """What a machine that only verifies knows: public keys by id, and the numbers withdrawn under each key.

    `told` is False when only the keys were there: whether a paper was withdrawn is then unknown.
    """

    keys: dict[str, Ed25519PublicKey]
    revoked: dict[str, frozenset[str]]
    told: bool


def read_published(folder: Path) -> Published:
    """The *.pem and *.json (as /.well-known/counter.json gives it) of a folder. Raises KeyFileError."""
    keys: dict[str, Ed25519PublicKey] = {}
    revoked: dict[str, frozenset[str]] = {}
    for path in sorted([*folder.glob("*.pem"), *folder.glob("*.json")]):
        try:
            pems, numbers = _published_in(path)
            found = [load_pem_public_key(pem.encode()) for pem in pems]
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            raise KeyFileError(
                f"Le fichier de clés « {path.name} » est abîmé : enlevez-le, ou copiez-le de nouveau."
            ) from error
        for key in found:
            if isinstance(key, Ed25519PublicKey):
                keys[_key_id(key)] = key
                if numbers is not None:
                    revoked[_key_id(key)] = numbers
    if not keys:
        raise KeyFileError(
            "Aucune clé publique dans ce dossier. Copiez-y le fichier counter.json que la structure publie à l'adresse "
            "/.well-known/counter.json."
        )
    return Published(keys, revoked, bool(revoked))


def _published_in(path: Path) -> tuple[list[str], frozenset[str] | None]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".pem":
        return [text], None
    content = json.loads(text)
    return [item["pem"] for item in content["cles"]], frozenset(content["annulees"])


def rotate(instance: Path) -> tuple[str, str]:
    """Sign with a new key from now on; the old public key stays, so that the old papers are still verified.

    The old private key is not kept: nobody can sign in the past. Returns (old id, new id). Raises KeyFileError.
    """
    old = load_keys(instance, create=False).signer
    new = Ed25519PrivateKey.generate()
    folder = instance / "keys"
    try:
        # The public key first: a power cut between the two leaves a key that signed nothing, never the reverse.
        _write_new(folder / "public" / f"{_key_id(new.public_key())}.pem", public_pem(new.public_key()).encode())
        _write_new(folder / "signing.key", new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except OSError as error:
        raise KeyFileError(
            f"La nouvelle clé ne peut pas être écrite ({error.strerror}). Vérifiez les droits du dossier « keys » de "
            "l'instance. L'ancienne clé sert toujours."
        ) from error
    return old.key_id, _key_id(new.public_key())


@dataclass(frozen=True)
class Keys:
    vault: Vault
    signer: Signer


def load_keys(instance: Path, create: bool) -> Keys:
    """The keys of the instance; with `create`, those that do not exist yet are made (first start).

    Raises KeyFileError with a sentence that says what to do.
    """
    folder = instance / "keys"
    data = _data_key(folder / "data.key", create)
    private = _signing_key(folder / "signing.key", create)
    key_id = _key_id(private.public_key())
    public = _public_keys(folder / "public", key_id, private.public_key())
    return Keys(Vault(data), Signer(key_id, private, public))


def check_fingerprint(vault: Vault, expected: str | None) -> None:
    """Raises KeyFileError when the database was written with another data key."""
    if expected and expected != vault.fingerprint:
        raise KeyFileError(
            "La clé keys/data.key n'est pas celle de cette base. Remettez la clé d'origine depuis votre sauvegarde ; "
            "si plusieurs serveurs partagent la base, copiez ici le dossier « keys » du premier. Sans elle, les noms "
            "et les rendez-vous ne se lisent plus."
        )


def _data_key(path: Path, create: bool) -> bytes:
    text = _read_or_create(path, create, lambda: base64.b64encode(os.urandom(32)))
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise KeyFileError(f"La clé keys/{path.name} est abîmée. Remettez-la depuis votre sauvegarde.")
    return key


def _signing_key(path: Path, create: bool) -> Ed25519PrivateKey:
    pem = _read_or_create(
        path,
        create,
        lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"La clé keys/{path.name} est abîmée. Remettez-la depuis votre sauvegarde.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"La clé keys/{path.name} n'est pas une clé Ed25519.")
    return key


def _key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:8]


def _public_keys(folder: Path, key_id: str, current: Ed25519PublicKey) -> dict[str, Ed25519PublicKey]:
    path = folder / f"{key_id}.pem"
    _read_or_create(path, True, lambda: current.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    found = {key_id: current}
    for item in sorted(folder.glob("*.pem")):
        try:
            key = load_pem_public_key(item.read_bytes())
        except (ValueError, OSError) as error:
            raise KeyFileError(
                f"La clé publique keys/public/{item.name} est abîmée : remettez-la ou enlevez-la."
            ) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyFileError(f"La clé publique keys/public/{item.name} n'est pas une clé Ed25519 : enlevez-la.")
        found[_key_id(key)] = key
    return found


def _read_or_create(path: Path, create: bool, make) -> bytes:
    try:
        if path.exists():
            return _read_tight(path)
        if not create:
            raise KeyFileError(
                f"La clé keys/{path.name} manque. Remettez-la depuis votre sauvegarde ; si plusieurs serveurs "
                "partagent la base, copiez ici le dossier « keys » du premier ; pour une première installation, lancez "
                "« flask init »."
            )
        _write_new(path, content := make())
        return content
    except OSError as error:
        raise KeyFileError(
            f"La clé keys/{path.name} ne peut pas être lue ou écrite ({error.strerror}). Vérifiez "
            "les droits du dossier « keys » de l'instance."
        ) from error


def _read_tight(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return path.read_bytes()


def _write_new(path: Path, content: bytes) -> None:
    """Whole or not at all: a power cut at first start leaves no half-written key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
