"""Roles and permissions, passwords, and the end of a session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter.access import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    Permission,
    Role,
    initial_password,
    may,
    password_faults,
    session_ended,
)
from counter.demonstration import SIGN_INS
from tests.conftest import START


@pytest.mark.parametrize("permission", Permission)
def test_who_is_not_signed_in_reaches_public_pages_only(permission):
    assert may(None, permission) is (permission is Permission.PUBLIC)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FRONT_DESK, Role.SOCIAL_WORKER])
def test_every_agent_works_at_the_counter(role):
    assert all(may(role, p) for p in (Permission.PUBLIC, Permission.SIGNED_IN, Permission.COUNTER))


def test_only_administrators_set_up():
    assert [role for role in Role if may(role, Permission.ADMINISTER)] == [Role.ADMINISTRATOR]


def test_a_referent_sees_figures_and_serves_nobody():
    assert may(Role.REFERENT, Permission.FIGURES) and not may(Role.REFERENT, Permission.COUNTER)


def test_who_may_only_add_to_a_group_reaches_nothing_else():
    assert {p for p in Permission if may(Role.MANAGER, p)} == {
        Permission.PUBLIC, Permission.SIGNED_IN, Permission.HABILITATE,
    }  # fmt: skip
    assert {p for p in Permission if may(Role.KIOSK, p)} == {Permission.KIOSK}, "a kiosk reaches its own pages alone"


def test_roles_are_called_by_their_french_names():
    assert [role.label for role in Role] == [
        "Administrateur", "Responsable des habilitations", "Agent d'accueil", "Travailleur social", "Référent", "Borne",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Bonj-26", "8 à 32 caractères"),
        ("Bonjour-2026" + "a" * 21, "8 à 32 caractères"),
        ("bonjour-2026", "une majuscule"),
        ("BONJOUR-2026", "une minuscule"),
        ("Bonjour-deux", "un chiffre"),
        ("Bonjour2026", "un caractère spécial comme ! ou ?"),
        ("Bonjour 2026", "un caractère spécial comme ! ou ?"),
        ("Bonjour-2026€", "aucun signe de monnaie"),
        ("Bonjour-2026$", "aucun signe de monnaie"),
    ],
)
def test_a_password_that_lacks_one_thing_is_told_that_thing_only(password, fault):
    assert password_faults(password) == [fault]


def test_an_empty_password_is_told_everything_it_lacks():
    assert len(password_faults("")) == 5


@pytest.mark.parametrize("password", ["Bonjour-2026", "Éàç-9999", "Abcdef1!", "Un deux 3 quatre !", "A1-" + "a" * 29])
def test_a_good_password_will_do(password):
    assert MIN_PASSWORD <= len(password) <= MAX_PASSWORD
    assert password_faults(password) == []


def test_the_passwords_of_the_demonstration_follow_the_rule():
    assert SIGN_INS and all(password_faults(sign_in.password) == [] for sign_in in SIGN_INS)


def ended(started: timedelta, seen: timedelta) -> bool:
    """Whether a session begun and last seen that long ago is over: 30 minutes idle, 10 hours in all."""
    return session_ended(START - started, START - seen, START, idle_minutes=30, session_hours=10)


def test_a_session_lasts_until_thirty_idle_minutes():
    assert not ended(timedelta(hours=2), timedelta(minutes=29, seconds=59))
    assert ended(timedelta(hours=2), timedelta(minutes=30))


def test_a_busy_session_still_ends_after_ten_hours():
    assert not ended(timedelta(hours=9, minutes=59), timedelta(seconds=1))
    assert ended(timedelta(hours=10), timedelta(seconds=1))


@pytest.mark.parametrize("password", ["Motdepasse1!", "P@ssw0rd-26", "Azerty-2026", "2026!Soleil", "Adm1n!2026"])
def test_a_common_password_is_refused_however_it_is_dressed(password):
    assert password_faults(password) == ["un mot de passe moins connu"]


@pytest.mark.parametrize("password", ["Camille-2026", "C4mille!26", "2026-Demo-Xyz", "DUVAL-essai1", "Élise+Tarare9"])
def test_a_password_that_tells_who_is_refused(password):
    personal = ("camille", "Camille Démo", "", "France Services du Duval", "Tarare")
    assert "sans votre nom" in password_faults(password, personal)[0]


def test_what_is_personal_to_someone_else_will_do():
    assert password_faults("Camille-2026", ("sacha", "Sacha Modèle")) == []


def test_a_provisional_password_follows_the_rule_and_never_looks_like_another():
    import secrets

    made = {initial_password(secrets.choice) for _ in range(300)}
    assert len(made) == 300
    assert all(password_faults(password) == [] for password in made)
    assert not set("".join(made)) & set("0OoIl1")
