"""Secrets of the instance: made once, kept tight, never replaced; what they encrypt and sign."""

from __future__ import annotations

import base64
import os
import shutil
import stat

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counter.commands.instance import prepare_instance
from counter.keys import KeyFileError, Unreadable, Vault, check_fingerprint, load_keys, open_seal
from tests.conftest import START, settings_for

CONTENT = [1, "2026-000042", "passage", [["personne", "Zoé Durand-Démo"], ["heure", "9 h 10"]], False]
posix = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


@pytest.fixture
def keys(tmp_path):
    return load_keys(tmp_path, create=True)


def rights(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def all_files(folder) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# ── the files ───────────────────────────────────────────────────────────────────────────────────


@posix
def test_keys_made_at_first_start_are_for_their_owner_only(tmp_path):
    before = os.umask(0)
    try:
        keys = load_keys(tmp_path, create=True)
    finally:
        os.umask(before)
    folder = tmp_path / "keys"
    names = {"data.key", "signing.key", f"public/{keys.signer.key_id}.pem"}
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == names
    assert {rights(folder / name) for name in names} == {0o600}
    assert rights(folder) == rights(folder / "public") == 0o700


@posix
def test_keys_left_open_to_others_are_closed_again(tmp_path, keys):
    for name in ("data.key", "signing.key"):
        (tmp_path / "keys" / name).chmod(0o644)
    load_keys(tmp_path, create=False)
    assert rights(tmp_path / "keys" / "data.key") == rights(tmp_path / "keys" / "signing.key") == 0o600


def test_a_second_start_reads_the_same_keys(tmp_path, keys):
    before = all_files(tmp_path)
    again = load_keys(tmp_path, create=True)
    assert all_files(tmp_path) == before
    assert again.vault.decrypt(keys.vault.encrypt("Zoé", "nom"), "nom") == "Zoé"
    assert again.signer.open(keys.signer.seal(CONTENT)) == CONTENT


def test_two_instances_never_share_a_key(tmp_path, keys):
    other = load_keys(tmp_path / "other", create=True)
    assert other.vault.fingerprint != keys.vault.fingerprint
    assert other.vault.session_secret != keys.vault.session_secret
    assert other.signer.key_id != keys.signer.key_id
    with pytest.raises(Unreadable):
        other.signer.open(keys.signer.seal(CONTENT))


@pytest.mark.parametrize("name", ["data.key", "signing.key"])
def test_a_lost_key_is_never_made_again_beside_a_database(empty_instance, name):
    (empty_instance / "keys" / name).unlink()
    before = all_files(empty_instance)
    with pytest.raises(KeyFileError, match=f"La clé keys/{name} manque. Remettez-la depuis votre sauvegarde"):
        prepare_instance(settings_for(empty_instance), START)
    assert all_files(empty_instance) == before


def test_the_key_of_another_instance_is_refused_beside_a_database(empty_instance, tmp_path):
    load_keys(tmp_path / "other", create=True)
    shutil.copy(tmp_path / "other" / "keys" / "data.key", empty_instance / "keys" / "data.key")
    with pytest.raises(KeyFileError, match="n'est pas celle de cette base"):
        prepare_instance(settings_for(empty_instance), START)


def test_a_database_that_knows_no_key_yet_takes_any(keys):
    check_fingerprint(keys.vault, None)
    check_fingerprint(keys.vault, keys.vault.fingerprint)
    with pytest.raises(KeyFileError):
        check_fingerprint(keys.vault, "0" * 16)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"trop court", base64.b64encode(b"x" * 31), b"!" * 44])
def test_a_damaged_data_key_says_to_restore_it(tmp_path, keys, content):
    (tmp_path / "keys" / "data.key").write_bytes(content)
    with pytest.raises(KeyFileError, match="La clé keys/data.key est abîmée. Remettez-la depuis votre sauvegarde."):
        load_keys(tmp_path, create=True)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_signing_key_says_to_restore_it(tmp_path, keys, content):
    (tmp_path / "keys" / "signing.key").write_bytes(content)
    with pytest.raises(KeyFileError, match="La clé keys/signing.key est abîmée. Remettez-la depuis votre sauvegarde."):
        load_keys(tmp_path, create=True)


def test_a_damaged_public_key_is_named(tmp_path, keys):
    (tmp_path / "keys" / "public" / "ancienne.pem").write_bytes(b"rien")
    with pytest.raises(KeyFileError, match="keys/public/ancienne.pem est abîmée : remettez-la ou enlevez-la."):
        load_keys(tmp_path, create=False)


def test_a_public_key_of_another_kind_is_named(tmp_path, keys):
    other = generate_private_key(SECP256R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "keys" / "public" / "autre.pem").write_bytes(pem)
    with pytest.raises(KeyFileError, match=r"autre\.pem"):
        load_keys(tmp_path, create=False)


@pytest.mark.parametrize("name", ["data.key", "signing.key"])
def test_a_key_that_cannot_be_read_says_to_look_at_the_rights(tmp_path, keys, name):
    """A folder stands for a file the system refuses: rights do not stop root."""
    (tmp_path / "keys" / name).unlink()
    (tmp_path / "keys" / name).mkdir()
    with pytest.raises(KeyFileError, match="Vérifiez les droits du dossier « keys » de l'instance."):
        load_keys(tmp_path, create=True)


def test_a_public_folder_that_cannot_be_written_says_to_look_at_the_rights(tmp_path, keys):
    shutil.rmtree(tmp_path / "keys" / "public")
    (tmp_path / "keys" / "public").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(KeyFileError, match="Vérifiez les droits du dossier « keys » de l'instance."):
        load_keys(tmp_path, create=False)


# ── encrypting ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "Zoé Durand-Démo", "日本", "x" * 10_000])
def test_what_is_encrypted_is_read_again_and_does_not_show(keys, text):
    sealed = keys.vault.encrypt(text, "nom")
    assert keys.vault.decrypt(sealed, "nom") == text
    assert not text or text.encode() not in sealed


def test_the_same_text_is_never_encrypted_twice_alike(keys):
    assert len({keys.vault.encrypt("Zoé", "nom") for _ in range(50)}) == 50


def test_a_value_moved_to_another_column_does_not_open(keys):
    with pytest.raises(Unreadable):
        keys.vault.decrypt(keys.vault.encrypt("Zoé", "nom"), "prenom")


def test_no_byte_of_an_encrypted_value_can_change(keys):
    sealed = keys.vault.encrypt("Zoé Durand-Démo", "nom")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Unreadable):
            keys.vault.decrypt(bytes(changed), "nom")
    for cut in range(len(sealed)):
        with pytest.raises(Unreadable):
            keys.vault.decrypt(sealed[:cut], "nom")


def test_a_blind_index_finds_again_and_tells_nothing(keys):
    index = keys.vault.blind_index("ABCD2345", "code")
    assert index == keys.vault.blind_index("ABCD2345", "code")
    assert len(index) == 32
    others = {("ABCD2346", "code"), ("ABCD2345", "nom"), ("5", "codeABCD234")}
    assert index not in {keys.vault.blind_index(*other) for other in others}
    assert Vault(b"\x01" * 32).blind_index("ABCD2345", "code") != index


# ── signing ─────────────────────────────────────────────────────────────────────────────────────


def raw_of(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def token_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_sealed_paper_opens_as_it_was_signed(keys):
    token = keys.signer.seal(CONTENT)
    assert keys.signer.open(token) == open_seal(token, keys.signer.public_keys) == CONTENT


def test_no_byte_of_a_seal_can_change(keys):
    raw = raw_of(keys.signer.seal(CONTENT))
    for place in range(len(raw)):
        for change in (0x01, 0x10, 0x20, 0x40, 0x80, 0xFF):
            changed = bytearray(raw)
            changed[place] ^= change
            with pytest.raises(Unreadable):
                keys.signer.open(token_of(bytes(changed)))


def test_no_letter_of_the_printed_seal_can_change(keys):
    """The last letter may carry bits that belong to no byte: a change there leaves the paper as it was."""
    token = keys.signer.seal(CONTENT)
    for place, letter in enumerate(token[:-1]):
        with pytest.raises(Unreadable):
            keys.signer.open(token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :])


def test_a_seal_cut_short_does_not_open(keys):
    token = keys.signer.seal(CONTENT)
    for length in range(len(token)):
        with pytest.raises(Unreadable):
            keys.signer.open(token[:length])


@pytest.mark.parametrize(
    "token",
    ["", "a", "é" * 8, "2026-000042", "https://www.caf.fr", "A" * 4000, token_of(b"\x81" * 9000), token_of(b"\xc0")],
)
def test_what_is_no_seal_does_not_open(keys, token):
    with pytest.raises(Unreadable):
        keys.signer.open(token)


def test_a_paper_signed_by_oneself_under_the_key_id_of_the_house_does_not_open(tmp_path, keys):
    forger = load_keys(tmp_path / "forger", create=True).signer
    _, payload, signature = cbor2.loads(raw_of(forger.seal(CONTENT)))
    forged = cbor2.dumps([bytes.fromhex(keys.signer.key_id), payload, signature])
    with pytest.raises(Unreadable):
        keys.signer.open(token_of(forged))


def test_papers_signed_before_the_key_was_changed_still_verify(tmp_path, keys):
    old = keys.signer.seal(CONTENT)
    (tmp_path / "keys" / "signing.key").unlink()
    rotated = load_keys(tmp_path, create=True).signer
    assert rotated.key_id != keys.signer.key_id
    assert rotated.open(old) == rotated.open(rotated.seal(CONTENT)) == CONTENT
    (tmp_path / "keys" / "public" / f"{keys.signer.key_id}.pem").unlink()
    with pytest.raises(Unreadable):
        load_keys(tmp_path, create=False).signer.open(old)
